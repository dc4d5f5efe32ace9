"""Errors as answers: JSON `{"error": {"code", "message"}}` under /api, a page elsewhere. Nothing inner is told."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

from hub import pages
from hub.boundary.headers import security_headers
from hub.errors import Conflict, HubError, Throttled
from hub.pages.language import asked_language
from hub.pages.sentences import in_words

NONCE_HEADER = "ETABLI-Nonce"
CODES = {400: "malformed", 404: "not-found", 405: "method", 408: "too-slow", 413: "too-large", 415: "wrong-type"}
UNIQUE_VIOLATION = "23505"
UNIQUE_ON_SQLITE = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}
log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(HubError, _hub_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(IntegrityError, _somebody_was_faster)
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
    lang = asked_language(request)  # programs read the code
    told = in_words(message, lang) if lang else message
    return JSONResponse({"error": {"code": code, "message": told}}, status, headers)


# Plain functions: the framework runs them beside its loop, for the page of an error asks the database who reads it.
def _hub_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    response = answer(request, error.status, error.code, error.message)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _somebody_was_faster(request: Request, error: Exception) -> Response:
    """Two did the same at the same moment and the database took one; anything else that it refuses is our fault."""
    assert isinstance(error, IntegrityError)
    if not taken_already(error):
        raise error
    conflict = Conflict("somebody else did the same at this moment: look how it stands, then try again")
    return answer(request, conflict.status, conflict.code, conflict.message)


def taken_already(error: IntegrityError) -> bool:
    """Whether the database refused a value that must be there once only."""
    state = getattr(error.orig, "sqlstate", None)  # PostgreSQL
    return state == UNIQUE_VIOLATION or getattr(error.orig, "sqlite_errorname", "") in UNIQUE_ON_SQLITE


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
