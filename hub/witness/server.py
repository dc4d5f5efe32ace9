"""The witness over HTTP: `POST /add-checkpoint`, and one plain page at `/`. No account, no cookie, no script.

A body is bounded in bytes and seconds before anything reads it, and one address has a pace of its own.
"""

import asyncio
import time
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hub.boundary.pace import Pace
from hub.errors import Throttled
from hub.serving import bounded, run
from hub.witness.cosigning import Answer, Witness
from hub.witness.page import page_of
from hub.witness.request import MOST_BYTES

BODY_S: Final = 15.0
AT_ONCE: Final = 100
ENDING_S: Final = 10
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TOO_LARGE: Final = Answer(413, "too many bytes\n")
TOO_SLOW: Final = Answer(408, "the request came too slowly\n")


def witness_app(witness: Witness) -> Starlette:
    """The application of one witness."""
    pace = Pace(time.monotonic)

    async def add_checkpoint(request: Request) -> Response:
        try:
            pace.take(request.client.host if request.client else "")
        except Throttled as wait:
            refused = _sent(Answer(429, f"{wait.message}\n"))
            refused.headers["Retry-After"] = str(wait.retry_after)
            return refused
        body = await _body(request)
        if isinstance(body, Answer):
            return _sent(body)
        return _sent(await run_in_threadpool(witness.add_checkpoint, body))

    async def page(request: Request) -> Response:
        lang = "en" if request.query_params.get("lang") == "en" else "fr"
        logs = await run_in_threadpool(witness.book.logs)
        return Response(page_of(witness.key, logs, lang), media_type="text/html", headers=HEADERS)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/", page)])


async def _body(request: Request) -> bytes | Answer:
    """Take the whole body in, or give the refusal."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > MOST_BYTES:
        return TOO_LARGE
    taken = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                taken += chunk
                if len(taken) > MOST_BYTES:
                    return TOO_LARGE
    except TimeoutError:
        return TOO_SLOW
    except ClientDisconnect:
        return Answer(400, "")
    return bytes(taken)


def _sent(answer: Answer) -> Response:
    headers = HEADERS | {"Content-Type": answer.content_type}
    if answer.status in {TOO_LARGE.status, TOO_SLOW.status}:
        headers["Connection"] = "close"
    return Response(answer.body.encode(), answer.status, headers)


def serve_witness(witness: Witness, host: str, port: int, proxies: tuple[str, ...]) -> None:
    """Serve until a signal comes. Raises SystemExit where it could not begin."""
    run(uvicorn.Server(bounded(witness_app(witness), (host, port), proxies, ending_s=ENDING_S, at_once=AT_ONCE)))
