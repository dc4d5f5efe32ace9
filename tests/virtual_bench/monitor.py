"""The machine protocol of QEMU (QMP): one command, one answer, events kept aside. Never interprets a device."""

import json
import socket
import time
from collections.abc import Mapping
from typing import Any

from tests.virtual_bench.cache import BenchError

ANSWER_S = 90.0


class Monitor:
    """One QMP connection."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._lines = stream.makefile("rb")
        self.events: list[dict[str, Any]] = []
        self._next(ANSWER_S)  # the greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Send a command and give its result. Raises BenchError when QEMU refuses or says nothing."""
        self._stream.sendall(json.dumps({"execute": command, "arguments": dict(arguments or {})}).encode() + b"\n")
        while True:
            answer = self._next(ANSWER_S)
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise BenchError(f"QEMU refused {command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def say(self, line: str) -> str:
        """Give one command of the human monitor: `savevm` has no short form of its own."""
        return str(self.ask("human-monitor-command", {"command-line": line})).strip()

    def await_event(self, name: str, device: str, timeout_s: float) -> None:
        """Wait for an event about a device, also one that has come already. Raises BenchError."""
        limit = time.monotonic() + timeout_s
        while not any(seen["event"] == name and seen["data"].get("device") == device for seen in self.events):
            if time.monotonic() > limit:
                raise BenchError(f"QEMU told no {name} of {device} within {timeout_s} s")
            self.events.append(self._next(max(limit - time.monotonic(), 0.01)))

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self._stream.close()

    def _next(self, timeout_s: float) -> dict[str, Any]:
        self._stream.settimeout(timeout_s)
        try:
            line = self._lines.readline()
        except TimeoutError:
            raise BenchError(f"QEMU said nothing for {timeout_s:.0f} s") from None
        if not line:
            raise BenchError("QEMU ended")
        message: dict[str, Any] = json.loads(line)
        return message
