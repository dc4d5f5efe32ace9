"""Requests as bytes: what no parser may let through, with whichever of the two it runs."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from uvicorn.server import ServerState

from hub.boundary import wire
from hub.boundary.limits import BodyLimit
from hub.boundary.wire import HEAD, QUICKEST, TimelyH11
from hub.serving import server_of

PARSERS = pytest.mark.parametrize("parser", [TimelyH11, QUICKEST], ids=["h11", "quickest"])


class Heard:
    """An application behind the limits of the hub that keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await BodyLimit(self.hear)(scope, receive, send)

    async def hear(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.requests.append((request.method, request.url.path, dict(request.headers), body))
        await JSONResponse({"length": len(body)})(scope, receive, send)


class Line(asyncio.Transport):
    """A connection without a network: keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 80)})
        self.written, self.closed = b"", False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        """Nothing more is sent while this is asked for: the tests send little."""

    def resume_reading(self) -> None:
        """Go on."""


def said(parser: Any, *parts: bytes) -> tuple[bytes, Heard]:
    """What the server answers to these bytes, one part after the other until it closes the line; and what it heard."""
    return asyncio.run(_said(parser, parts))


async def _said(parser: Any, parts: Sequence[bytes]) -> tuple[bytes, Heard]:
    protocol, line, heard = _listening(parser)
    await _tell(protocol, line, parts)
    protocol.connection_lost(None)
    return line.written, heard


async def _left_open(parser: Any, parts: Sequence[bytes]) -> bool:
    """Whether the line is open still when these bytes came one after the other and nothing more came for a while."""
    protocol, line, _ = _listening(parser)
    await _tell(protocol, line, parts or [b""])
    left_open = not line.closed
    protocol.connection_lost(None)
    return left_open


async def _tell(protocol: Any, line: Line, parts: Sequence[bytes]) -> None:
    for part in parts:
        if part and not line.closed:
            protocol.data_received(part)
        for _ in range(20):  # turns of the loop: all that an application without waiting needs
            await asyncio.sleep(0)


def _listening(parser: Any) -> tuple[Any, Line, Heard]:
    heard, line = Heard(), Line()
    config = uvicorn.Config(heard, http=parser, h11_max_incomplete_event_size=HEAD, log_config=None, lifespan="off")
    config.load()
    protocol = parser(config=config, server_state=ServerState(), app_state={}, _loop=asyncio.get_running_loop())
    protocol.connection_made(line)
    return protocol, line, heard


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


WHOLE = b"GET /z HTTP/1.1\r\nHost: hub\r\n\r\n"
PUT = b"PUT /api/v1/statements/x HTTP/1.1\r\nHost: hub\r\n"


@PARSERS
def test_a_whole_request_is_heard(parser: Any) -> None:
    answer, heard = said(parser, PUT + b"Content-Length: 4\r\nConnection: close\r\n\r\nbody")
    assert status_of(answer) == 200
    assert [(method, path, body) for method, path, _, body in heard.requests] == [
        ("PUT", "/api/v1/statements/x", b"body")
    ]


@PARSERS
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: hub\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 40\r\n\r\nbodyGET /smuggled HTTP/1.1\r\nHost: hub\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 4 4\r\n\r\nbody",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n",
        b"Transfer-Encoding: nonsense\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: hub\r\n\r\n",
        b"X-Name: a\x00b\r\n\r\n",
        b"X Name: a\r\n\r\n",
        b"X-Name : a\r\n\r\n",
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(parser: Any, head: bytes) -> None:
    answer, heard = said(parser, PUT + head)
    assert status_of(answer) in {0, 400, 501}, answer
    assert [path for _, path, _, body in heard.requests if path == "/smuggled" or body] == []


@PARSERS
@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"], ids=["unfinished", "whole"])
def test_a_head_without_end_is_refused(parser: Any, end: bytes) -> None:
    answer, heard = said(parser, PUT + b"X-Long: ", *[b"x" * 4096] * 64, end)
    assert status_of(answer) in {400, 431}, answer[:200]
    assert heard.requests == []


@PARSERS
def test_a_trailer_without_end_is_refused(parser: Any) -> None:
    chunks = b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
    answer, heard = said(parser, PUT + chunks + b"X-Long: ", *[b"x" * 4096] * 64)
    assert status_of(answer) in {400, 431}, answer[:200]
    assert heard.requests == []


@PARSERS
@pytest.mark.parametrize(
    "parts",
    [[], [b"\r\n"], [b"GET /z HT"], [PUT], [PUT, b"X-A: b\r\n"], [WHOLE, b"GET /y HT"]],
    ids=["nothing", "an empty line", "an address", "no end", "in parts", "after another"],
)
def test_a_line_on_which_no_head_comes_in_time_is_closed(
    parser: Any, parts: Sequence[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.0)
    assert asyncio.run(_left_open(parser, parts)) is False


def test_a_head_that_begins_behind_another_request_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.0)
    assert asyncio.run(_left_open(QUICKEST, [WHOLE + b"GET /y HT"])) is False


@PARSERS
def test_a_slow_body_is_no_slow_head(parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.0)
    assert asyncio.run(_left_open(parser, [PUT + b"Content-Length: 9\r\n\r\n", b"body"])) is True


@PARSERS
def test_a_head_of_many_small_headers_is_refused(parser: Any) -> None:
    answer, heard = said(parser, PUT, *[b"X-A: b\r\n" * 1000] * 20, b"\r\n")
    assert status_of(answer) in {400, 431}, answer[:200]
    assert heard.requests == []


@PARSERS
def test_an_address_without_end_is_refused(parser: Any) -> None:
    answer, heard = said(parser, b"GET /", *[b"x" * 4096] * 64)
    assert status_of(answer) in {400, 431}, answer[:200]
    assert heard.requests == []


@PARSERS
def test_a_long_body_is_no_long_head_and_the_next_request_is_heard(parser: Any) -> None:
    body = b"x" * (4 * HEAD)
    first = PUT + b"Content-Length: %d\r\n\r\n" % len(body)
    _, heard = said(parser, first, body[:HEAD], body[HEAD:], first, body, b"GET /z HTTP/1.1\r\nHost: hub\r\n\r\n")
    assert [(path, len(sent)) for _, path, _, sent in heard.requests] == [
        ("/api/v1/statements/x", len(body)),
        ("/api/v1/statements/x", len(body)),
        ("/z", 0),
    ]


@PARSERS
def test_what_follows_the_body_is_no_header(parser: Any) -> None:
    chunks = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\nCookie: etabli=x\r\n\r\n"
    _, heard = said(parser, PUT + chunks)
    assert [(sent, "cookie" in headers) for _, _, headers, sent in heard.requests] == [(b"body", False)]


def test_the_hub_listens_with_these_bounds(app: Any) -> None:
    config = server_of(app, "127.0.0.1", 0, ()).config
    assert (config.http, config.h11_max_incomplete_event_size) == (QUICKEST, HEAD)
