"""Errors as answers: JSON `{"error": {"code", "message"}}` under /api, a page elsewhere. Nothing inner is told."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub import pages
from hub.boundary.headers import security_headers
from hub.errors import HubError, Throttled

NONCE_HEADER = "ETABLI-Nonce"
CODES = {400: "malformed", 404: "not-found", 405: "method", 408: "too-slow", 413: "too-large", 415: "wrong-type"}
log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(HubError, _hub_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected)


def answer(request: Request, status: int, code: str, message: str) -> Response:
    """The error in the shape that this address speaks."""
    if not request.scope["path"].startswith("/api/"):
        return pages.error_page(request, status, code, message)
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Signature"
    if status == HTTPStatus.UNAUTHORIZED or getattr(request.state, "signed", False):
        headers[NONCE_HEADER] = request.app.state.nonces.issue()
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


# Plain functions: the framework runs them beside its loop, for the page of an error asks the database who reads it.
def _hub_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    response = answer(request, error.status, error.code, error.message)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = CODES.get(error.status_code, f"http-{error.status_code}")
    response = answer(request, error.status_code, code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return answer(request, 422, "bad-input", f"{place}: {first['msg']}")


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.scope["path"], kind=type(error).__name__, exc_info=error)
    response = answer(request, 500, "internal", "something went wrong inside the hub; nothing was half done")
    response.headers.update(security_headers(secure=request.app.state.hub.settings.secure))
    return response
