"""How many bytes a request may bring, before anything reads them; whatever the proxy in front allows."""

import asyncio
import json
import time
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certificates.envelope import MAX_ENVELOPE_BYTES
from hub.database import CONNECTIONS
from hub.pages.errors import error_page

KIB = 1024
BATCH = 4096 * KIB
API = 16 * KIB
HEARTBEAT = 64 * KIB
FORM = 64 * KIB
UPLOAD = 8192 * KIB
PAUSE = 30.0  # seconds without a byte of an unfinished body
WHOLE_BODY = 300.0  # seconds for all of it
IN_MEMORY = 256 * KIB  # of one body; the rest waits in a temporary file
CHUNK = 64 * KIB
AT_WORK = CONNECTIONS // 2  # no request needs more than two connections


def limit_of(method: str, path: str, content_type: str) -> int:
    """The limit in bytes for a request."""
    if path.startswith("/api/"):
        if path.startswith("/api/v1/statements"):
            return MAX_ENVELOPE_BYTES if method == "PUT" else BATCH
        return HEARTBEAT if path == "/api/v1/heartbeats" else API
    return UPLOAD if content_type.startswith("multipart/form-data") else FORM


class Refused(Exception):
    """The body is not taken: HTTP status, code and sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


TOO_LARGE = (413, "too-large", "too many bytes")
TWO_LENGTHS = (400, "malformed", "the request tells its length in two ways")
TOO_SLOW = (408, "too-slow", "the request came too slowly")


class BodyLimit:
    """ASGI middleware: takes the whole body in before anything else begins, within its bytes and its time.

    Nobody who sends slowly holds a transaction, a connection to the database or one of the places at work.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, then pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = limit_of(scope["method"], scope["path"], headers.get("content-type", ""))
        try:
            _require_declared(headers, limit)
            first = await _in_time(receive, min(PAUSE, WHOLE_BODY))
            _require_less(first, limit)
        except Refused as refusal:
            await _refuse(scope, receive, send, refusal)
            return
        if first["type"] == "http.request" and not first.get("more_body", False):
            await self.app(scope, _after(first, receive), send)  # it came as one: nothing to gather
            return
        await self._gather(scope, _after(first, receive), send, limit)

    async def _gather(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                if not await _taken_in(receive, body, limit):
                    return  # the client has gone
            except Refused as refusal:
                await _refuse(scope, receive, send, refusal)
                return
            body.seek(0)
            await self.app(scope, _again(body, receive), send)


class PlacesAtWork:
    """ASGI middleware: so many requests at once are worked on, so that each finds a connection to the database."""

    def __init__(self, app: ASGIApp, places: int = AT_WORK) -> None:
        self.app = app
        self._places = asyncio.Semaphore(places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a place, and give it back when the answer begins: all work is committed by then."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self._places.acquire()
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._places.release()

        async def answering(message: Message) -> None:
            leave()
            await send(message)

        try:
            await self.app(scope, receive, answering)
        finally:
            leave()


async def _taken_in(receive: Receive, body: IO[bytes], limit: int) -> bool:
    """Write the whole body into the file; False when the client went away. Raises Refused."""
    left, end = limit, time.monotonic() + WHOLE_BODY
    while True:
        message = await _in_time(receive, min(PAUSE, end - time.monotonic()))
        if message["type"] != "http.request":
            return False
        left -= len(message.get("body", b""))
        if left < 0:
            raise Refused(*TOO_LARGE)
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return True


async def _in_time(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await receive()
    except TimeoutError as error:
        raise Refused(*TOO_SLOW) from error


def _again(body: IO[bytes], receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        part = body.read(CHUNK)
        told = len(part) < CHUNK
        return {"type": "http.request", "body": part, "more_body": not told}

    return replay


def _after(first: Message, receive: Receive) -> Receive:
    waiting: list[Message] = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _require_less(message: Message, limit: int) -> None:
    if len(message.get("body", b"")) > limit:
        raise Refused(*TOO_LARGE)


def _require_declared(headers: Headers, limit: int) -> None:
    value = headers.get("content-length")
    if value and "transfer-encoding" in headers:  # a proxy may have read another body than we (RFC 9112, 6.3)
        raise Refused(*TWO_LENGTHS)
    if value and value.isascii() and value.isdigit() and int(value[:20]) > limit:
        raise Refused(*TOO_LARGE)


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refused) -> None:
    if not scope["path"].startswith("/api/"):
        page = error_page(Request(scope), refusal.status, refusal.code, refusal.message)
        page.headers["connection"] = "close"
        await page(scope, receive, send)
        return
    body = json.dumps({"error": {"code": refusal.code, "message": refusal.message}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": refusal.status, "headers": [*headers, (b"connection", b"close")]}
    )
    await send({"type": "http.response.body", "body": body})
