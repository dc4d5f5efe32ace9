"""The command channel into a guest: a virtio-serial port with JSON lines, so that no network and no ssh is needed.

The other end is `guest/bench-command-server`. One request at a time; long commands run in the background.
"""

import json
import shlex
import socket
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.lines import Lines

REMEMBERED = 200  # questions and answers, for the log of a scenario that failed
SLACK_S = 20.0  # for the channel itself, beside the time that a command may take


@dataclass(frozen=True, slots=True)
class Said:
    """How a command in the guest ended."""

    status: int
    out: str
    err: str

    def required(self, what: str) -> "Said":
        """Give itself when the status is 0. Raises BenchError."""
        if self.status:
            raise BenchError(f"{what}: status {self.status}: {(self.err or self.out).strip()[-1500:]}")
        return self


class Channel:
    """One connection to the command server of a guest; `slower` lengthens every limit for a busy machine."""

    def __init__(self, stream: socket.socket, *, slower: float = 1.0) -> None:
        self._stream = stream
        self._slower = slower
        self._lines = Lines(stream, "the guest")
        self.heard: deque[str] = deque(maxlen=REMEMBERED)

    def await_ready(self, timeout_s: float) -> None:
        """Wait for the first line of a guest that boots. Raises BenchError."""
        self._answer(timeout_s)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float = 60,
        env: Mapping[str, str] | None = None,
        warm: bool = False,
    ) -> Said:
        """Run a command in the guest to its end, as root; status 124 when it was given up. Raises BenchError."""
        timeout_s *= self._slower
        request = {"argv": list(argv), "timeout_s": timeout_s, "env": dict(env or {}), "warm": warm}
        return Said(**self._ask(request, timeout_s))

    def shell(self, line: str, *, timeout_s: float = 60) -> Said:
        """Run a shell line in the guest. Raises BenchError, also when its status is not 0."""
        return self.run(("sh", "-c", line), timeout_s=timeout_s).required(line)

    def begin(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, warm: bool = False, read: str = "/dev/null"
    ) -> int:
        """Start a command in the background and give its process id in the guest. Raises BenchError.

        `warm`: a `python3 -m station_agent ...` as a fork of the agent that waits in the saved guest. `read` is the
        file, or the pipe, of its standard input.
        """
        request = {"argv": list(argv), "background": True, "env": dict(env or {}), "warm": warm, "read": read}
        answer = Said(**self._ask(request, 10))
        return int(answer.required(shlex.join(argv)).out)

    def ended(self, process: int, timeout_s: float = 0) -> Said | None:
        """Give how a background command ended, None while it runs after that time. Raises BenchError."""
        answer = self._ask({"ended": process, "timeout_s": timeout_s}, timeout_s)
        return None if answer["status"] is None else Said(**answer)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        self._stream.settimeout(SLACK_S)
        self.heard.append(f"> {json.dumps(request)}")
        self._stream.sendall(json.dumps(request).encode() + b"\n")
        return self._answer(timeout_s + SLACK_S * self._slower)

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        line = self._lines.next(timeout_s)
        answer: dict[str, Any] = json.loads(line)
        self.heard.append(f"< {line.decode('utf-8', 'replace')}")
        return answer
