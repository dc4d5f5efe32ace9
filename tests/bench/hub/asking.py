"""Asks the hub's application for one page after the other in this process, and takes the time until its last byte.

Server time: routing, session, queries, drawing, middleware; no socket and no browser. One request at a time.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from hub.people.dependencies import cookie_name


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, how long it took (seconds of wall and of this process), and its text."""

    status: int
    wall: float
    cpu: float
    text: str


class Asker:
    """A reader with a session; use it as a context."""

    def __init__(self, app: Any, token: str) -> None:
        self._app = app
        self._headers = [
            (b"host", b"hub.example"),
            (b"cookie", f"{cookie_name(app.state.hub)}={token}; etabli-lang=fr".encode()),
        ]
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def get(self, address: str) -> Answer:
        """Ask for one page."""
        return self._loop.run_until_complete(self._get(address))

    async def _get(self, address: str) -> Answer:
        path, _, query = address.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": self._headers, "client": ("127.0.0.1", 1), "server": ("hub.example", 80),
        }  # fmt: skip
        messages: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        cpu, began = time.process_time(), time.perf_counter()
        await self._app(scope, receive, send)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        body = b"".join(message.get("body", b"") for message in messages)
        return Answer(messages[0]["status"], wall, cpu, body.decode())


def turned(asker: Asker, address: str, most: int, before: Callable[[], None] | None = None) -> Iterator[Answer]:
    """A page and those that follow by its link `rel="next"`, again from the first after the last: `most` answers."""
    current = address
    for _ in range(most):
        if before is not None:
            before()
        answer = asker.get(current)
        yield answer
        current = following(answer.text) or address


def following(text: str) -> str:
    """The address behind the link to the next page; "" where there is none."""
    _, mark, rest = text.partition('rel="next" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if mark else ""
