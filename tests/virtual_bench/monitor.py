"""The machine protocol of QEMU (QMP): one command, one answer, events kept aside. Never interprets a device."""

import json
import socket
from collections.abc import Mapping
from typing import Any

from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.lines import Lines, Patience

ANSWER_S = 90.0


class Monitor:
    """One QMP connection."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._lines = Lines(stream, "QEMU")
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
        patience = Patience(timeout_s)
        while not any(seen["event"] == name and seen["data"].get("device") == device for seen in self.events):
            if patience.spent():
                raise BenchError(f"QEMU told no {name} of {device} within {timeout_s} s")
            self.events.append(self._next(max(patience.left, 0.01)))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _next(self, timeout_s: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._lines.next(timeout_s))
        return message
