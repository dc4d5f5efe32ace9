"""Requests as bytes on the line: how long the head of one may be, whichever parser reads it.

`httptools` is quick and bounds nothing by itself; `h11` does, and serves where the other is not installed. What both
refuse (two lengths, a length beside chunks, control characters) is tried in tests/hub/test_wire.py.
"""

from typing import Any, Final

from uvicorn.config import HTTPProtocolType
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD: Final = 16 * 1024  # bytes of a request line and its headers
FIELD: Final = 4  # colon, space and end of line, beside a name and a value
Protocol = HTTPProtocolType | type[Any]

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:
    QUICKEST: Protocol = H11Protocol
else:

    class BoundedProtocol(HttpToolsProtocol):
        """Refuses (400) a head that is too long, whole or unfinished, and leaves out what comes as a trailer."""

        _length = 0  # of the head so far, as the parser tells it
        _unfinished = 0  # bytes taken in since the parser last had a whole head, a part of a body or its end
        _whole = False

        def data_received(self, data: bytes) -> None:
            """Take bytes in; a parser keeps an unfinished line to itself, in a trailer too: bytes are counted here."""
            self._unfinished += len(data)
            super().data_received(data)
            if self._unfinished > HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

        def on_message_begin(self) -> None:
            """A new head."""
            self._whole, self._length = False, 0
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
            self._whole = True
            self._unfinished = 0
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
