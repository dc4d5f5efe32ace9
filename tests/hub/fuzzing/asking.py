"""Asks an application without a network: one ASGI call each, on one event loop; an error that escapes is kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote_to_bytes

PATIENCE = 60.0  # seconds; far above any answer, so that a line that never ends fails by its name


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: method, address as it goes over the line, headers, body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        """The request as a report shows it."""
        return f"{self.method} {self.target} {dict(self.headers)} {self.body[:2000]!r}"


@dataclass(slots=True)
class Answered:
    """The answer; `error` is what escaped from the application, if anything."""

    status: int = 0
    headers: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""
    error: Exception | None = None

    def first(self, name: str) -> str:
        """The first header of that name, "" when there is none."""
        return self.headers.get(name, [""])[0]


class Asking:
    """One event loop and one application."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.close()

    def __call__(self, asked: Asked) -> Answered:
        """Ask, and wait for the whole answer."""
        return self._runner.run(asyncio.wait_for(self._ask(asked), PATIENCE))

    async def _ask(self, asked: Asked) -> Answered:
        answered, told = Answered(), False

        async def receive() -> dict[str, Any]:
            nonlocal told
            if told:
                await asyncio.Event().wait()  # the client stays on the line
            told = True
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                for name, value in message["headers"]:
                    answered.headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
            else:
                answered.body += message.get("body", b"")

        try:
            await self.app(_scope(asked), receive, send)
        except Exception as error:  # noqa: BLE001 - any error that escapes is a finding
            answered.error = error
        return answered


def _scope(asked: Asked) -> dict[str, Any]:
    path, _, query = asked.target.partition("?")
    headers = [("host", "testserver"), ("content-length", str(len(asked.body))), *asked.headers]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        "client": ("198.51.100.7", 4711),
        "server": ("testserver", 80),
        "state": {},
    }
