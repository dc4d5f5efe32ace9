"""How many bytes a request may bring, before anything reads them; whatever the proxy in front allows."""

import asyncio
import json
import time

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certificates.envelope import MAX_ENVELOPE_BYTES
from hub.pages.errors import error_page

KIB = 1024
BATCH = 4096 * KIB
API = 16 * KIB
FORM = 64 * KIB
UPLOAD = 8192 * KIB
PAUSE = 30.0  # seconds without a byte of an unfinished body
WHOLE_BODY = 300.0  # seconds for all of it


def limit_of(method: str, path: str, content_type: str) -> int:
    """The limit in bytes for a request."""
    if path.startswith("/api/"):
        if path.startswith("/api/v1/statements"):
            return MAX_ENVELOPE_BYTES if method == "PUT" else BATCH
        return API
    return UPLOAD if content_type.startswith("multipart/form-data") else FORM


class BodyTooLarge(HTTPException):
    """The body grew past its limit while it was read."""

    def __init__(self) -> None:
        super().__init__(413, "too many bytes")


class BodyTooSlow(HTTPException):
    """The body did not come within its time."""

    def __init__(self) -> None:
        super().__init__(408, "the request came too slowly")


class BodyLimit:
    """ASGI middleware: 413 at once for a declared length, and while reading for an undeclared one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = limit_of(scope["method"], scope["path"], headers.get("content-type", ""))
        if _declared(headers.get("content-length")) > limit:
            await _refuse(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    left, complete = limit, False
    end = time.monotonic() + WHOLE_BODY

    async def counted() -> Message:
        nonlocal left, complete
        message = await receive() if complete else await _in_time(receive, min(PAUSE, end - time.monotonic()))
        if message["type"] == "http.request":
            complete = not message.get("more_body", False)
            left -= len(message.get("body", b""))
            if left < 0:
                raise BodyTooLarge
        return message

    return counted


async def _in_time(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await receive()
    except TimeoutError as error:
        raise BodyTooSlow from error


def _declared(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else 0


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if not scope["path"].startswith("/api/"):
        page = error_page(Request(scope), 413, "too-large", "too many bytes")
        page.headers["connection"] = "close"
        await page(scope, receive, send)
        return
    body = json.dumps({"error": {"code": "too-large", "message": "too many bytes"}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
