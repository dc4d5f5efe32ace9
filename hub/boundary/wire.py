"""Requests as bytes on the line: how long the head of one may be and take, whichever parser reads it.

`httptools` is quick and bounds nothing by itself; `h11` does, and serves where the other is not installed. What both
refuse (two lengths, a length beside chunks, control characters) is tried in tests/hub/test_wire.py.
"""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Final

import h11
from uvicorn.config import HTTPProtocolType
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD: Final = 16 * 1024  # bytes of a request line and its headers
FIELD: Final = 4  # colon, space and end of line, beside a name and a value
HEAD_S: Final = 30.0  # for a head to come, from the opening of a line or its own first byte on
Protocol = HTTPProtocolType | type[Any]


class HeadInTime(ABC, asyncio.Protocol):
    """Closes a line on which no head comes, or too slowly: the server counts lines, and so many serve nobody else."""

    _late: asyncio.TimerHandle | None = None
    _line: asyncio.BaseTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._line = transport
        self._late = asyncio.get_running_loop().call_later(HEAD_S, transport.close)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and wait for the rest of an unfinished head."""
        super().data_received(data)
        if not self.amid_head():
            self._wait_no_more()
        elif self._late is None:
            self._late = asyncio.get_running_loop().call_later(HEAD_S, self._line.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    @abstractmethod
    def amid_head(self) -> bool:
        """Whether a head has begun and is not whole."""

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class TimelyH11(HeadInTime, H11Protocol):
    """Bounds the length of a head by itself."""

    def amid_head(self) -> bool:
        """Whether a head has begun and is not whole."""
        return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])


try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:
    QUICKEST: Protocol = TimelyH11
else:

    class BoundedProtocol(HeadInTime, HttpToolsProtocol):
        """Refuses (400) a head that is too long, whole or unfinished, and leaves out what comes as a trailer."""

        _length = 0  # of the head so far, as the parser tells it
        _unfinished = 0  # bytes taken in since the parser last had a whole head, a part of a body or its end
        _begun = _whole = False  # the head

        def data_received(self, data: bytes) -> None:
            """Take bytes in; a parser keeps an unfinished line to itself, in a trailer too: bytes are counted here."""
            self._unfinished += len(data)
            super().data_received(data)
            if self._unfinished > HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

        def amid_head(self) -> bool:
            """Whether a head has begun and is not whole."""
            return self._begun or (not self._whole and self._unfinished > 0)

        def on_message_begin(self) -> None:
            """A new head."""
            self._begun, self._whole, self._length = True, False, 0
            super().on_message_begin()

        def on_url(self, url: bytes) -> None:
            """A part of the address."""
            self._add(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            """A header; after the head it is a trailer, which nobody here reads."""
            self._add(len(name) + len(value) + FIELD)
            if not self._whole:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """The head is whole."""
            self._begun, self._whole, self._unfinished = False, True, 0
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            """A part of the body."""
            self._unfinished = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            """The body is whole; what follows is a new head."""
            super().on_message_complete()
            self._whole, self._unfinished = False, 0

        def _add(self, count: int) -> None:
            self._length += count
            if self._length > HEAD:
                raise ValueError("the head of the request is too long")  # the parser ends here: 400

    QUICKEST = BoundedProtocol
