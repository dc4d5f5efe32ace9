"""A browser for an application in this process: what the framework's own test client does, without its crossings.

That one goes from its thread to that of a loop and back eight times for each request, and the application to threads
of its own for each of its functions: together as long as a page takes. What threads change is seen where a hub serves.
"""

import asyncio
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from typing import Any

import httpx
from anyio import to_thread
from starlette.types import ASGIApp

BASE = "http://testserver"


class TestClient(httpx.Client):
    """Asks an application directly, each request and its answer whole, from any thread; runs no lifespan."""

    __test__ = False  # nothing that pytest collects

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = BASE,
        *,
        raise_server_exceptions: bool = True,
        cookies: dict[str, str] | None = None,
        follow_redirects: bool = True,
    ) -> None:
        self.app = app
        _stay_here()
        super().__init__(
            base_url=base_url,
            headers={"user-agent": "testclient"},
            transport=_Here(app, raising=raise_server_exceptions),
            follow_redirects=follow_redirects,
            cookies=cookies,
        )


class _Here(httpx.BaseTransport):
    def __init__(self, app: ASGIApp, *, raising: bool) -> None:
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=raising, client=("testclient", 50000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return _loops.own.loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asgi.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class _Loop:
    """A loop that is closed with its thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.loop.close()


class _Loops(threading.local):
    def __init__(self) -> None:
        self.own = _Loop()


_loops = _Loops()


@cache
def _stay_here() -> None:
    """Functions that block are called in place by loops of this module, in a context of their own as in a thread."""
    elsewhere = to_thread.run_sync

    async def run_sync(function: Callable[..., Any], *told: Any, **how: Any) -> Any:
        if asyncio.get_running_loop() is _loops.own.loop:
            return copy_context().run(function, *told)
        return await elsewhere(function, *told, **how)

    to_thread.run_sync = run_sync  # the framework asks for it by this name each time
