"""The way to a witness: one POST, no redirect, little read, and only to addresses that may be asked.

The name is resolved once and the connection goes to that very address; an address in a private network is refused
unless the witness was added with leave for it (threat T25).
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

TIMEOUT_S: Final = 10.0  # of each step, and of head and body of an answer: who drips holds up the other witnesses
WHOLE_S: Final = 25.0  # of all of it, however it drips
MOST_ANSWER: Final = 16_384
Resolve = Callable[[str, int], list[str]]


class Unreachable(Exception):
    """The witness cannot be asked, or did not answer in a way that can be read; says why in a few words."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered."""

    status: int
    content_type: str
    text: str


Post = Callable[[str, bytes, bool], Told]  # address of the witness, body, whether a private network is allowed


def resolve(host: str, port: int) -> list[str]:
    """Addresses of a host. Raises OSError."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def sender(transport: httpx.BaseTransport | None = None, resolving: Resolve = resolve) -> Post:
    """Give what posts to witnesses."""

    def post(url: str, body: bytes, private: bool) -> Told:  # noqa: FBT001  (the shape of Post)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise Unreachable("its address is none") from error
        place = allowed(host, port, resolving, private=private)
        literal = f"[{place}]" if ":" in place else place
        target = f"{parts.scheme}://{literal}:{port}{parts.path.rstrip('/')}/add-checkpoint"
        headers = {
            "Host": parts.netloc.rpartition("@")[2],
            "Content-Type": "text/plain; charset=utf-8",
            "Accept-Encoding": "identity",  # and what comes packed all the same is not unpacked
        }
        with Deadline(WHOLE_S) as deadline:
            asked = {"sni_hostname": host, "trace": deadline.watch}
            try:
                with (
                    httpx.Client(
                        transport=transport, timeout=TIMEOUT_S, trust_env=False, follow_redirects=False
                    ) as client,
                    client.stream("POST", target, content=body, headers=headers, extensions=asked) as answer,
                ):
                    return Told(answer.status_code, answer.headers.get("content-type", ""), _read(answer))
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                why = "it answers too slowly" if deadline.over else f"no answer ({type(error).__name__})"
                raise Unreachable(why) from error

    return post


class Deadline:
    """Ends a line after so many seconds, whatever comes on it: each byte of a head begins a new time of the client."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self.over = False

    def __enter__(self) -> Self:
        """Let the time begin."""
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """The exchange is done: the line may be another's from now on."""
        self._timer.cancel()
        with self._turn:
            self._line = None

    def watch(self, event: str, facts: dict[str, Any]) -> None:
        """Take note of the line once it is there, as the client tells of its steps."""
        if event not in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            return
        with self._turn:
            self._line = facts["return_value"].get_extra_info("socket")
            if self.over:
                self._cut()

    def _end(self) -> None:
        with self._turn:
            self.over = True
            self._cut()

    def _cut(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)  # below TLS: the reading thread wakes


def allowed(host: str, port: int, resolving: Resolve, *, private: bool) -> str:
    """Give the one address to connect to. Raises Unreachable."""
    try:
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in resolving(host, port)]
    except (OSError, ValueError) as error:
        raise Unreachable("its name leads nowhere") from error
    if not found:
        raise Unreachable("its name leads nowhere")
    if not private and not all(one.is_global and not one.is_multicast for one in found):
        raise Unreachable("its address lies in a private network")
    return str(found[0])


def _read(answer: httpx.Response) -> str:
    taken, until = bytearray(), time.monotonic() + TIMEOUT_S
    for chunk in answer.iter_raw():
        taken += chunk
        if len(taken) > MOST_ANSWER:
            raise Unreachable("it answers with too many bytes")
        if time.monotonic() > until:
            raise Unreachable("it answers too slowly")
    return bytes(taken).decode("utf-8")
