"""One hub on one data folder and one port, killed and started again."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

READY_S = 30.0
DEAD_S = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class HubProcess:
    """`etabli-hub serve`, forked from a launcher that has loaded it, or as a program of its own."""

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.with_name(f"{folder.name}.log")
        self.environment = {**os.environ, "ETABLI_PUBLIC_URL": self.url, "ETABLI_PASSWORD": "un cheval correct"}
        if demo:
            self.environment["ETABLI_DEMO"] = "1"
        self._launcher: subprocess.Popen[str] | None = None
        self._program: subprocess.Popen[bytes] | None = None
        self._pid = self._pidfd = -1

    @property
    def database(self) -> Path:
        return self.folder / "hub.db"

    def command(self, *words: str) -> str:
        """Run one command to its end; give what it says."""
        argv = [sys.executable, "-m", "hub", "--data", str(self.folder), *words]
        done = subprocess.run(argv, env=self.environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def start(self, *, forked: bool = True) -> None:
        """Begin; `wait_ready` says when it answers."""
        words = ["--data", str(self.folder), "serve", "--port", str(self.port)]
        self._pid = self._forked(words) if forked else self._own(words)
        self._pidfd = os.pidfd_open(self._pid)

    def wait_ready(self) -> None:
        """Wait until it answers. Raises AssertionError when it ends or says nothing for 30 s."""
        until = time.monotonic() + READY_S
        with httpx.Client(base_url=self.url, timeout=5) as client:
            while time.monotonic() < until and not self.dead(0):
                try:
                    client.get("/api/v1/nonce")
                except httpx.TransportError:
                    time.sleep(0.01)
                else:
                    return
        raise AssertionError(f"the hub did not come up: {self.log.read_text(errors='replace')[-2000:]}")

    def cpu_s(self) -> float:
        """Seconds of processor time that the running hub has used."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        assert self.dead(DEAD_S)
        os.close(self._pidfd)
        self._pidfd = -1
        if self._program is not None:
            self._program.wait(timeout=DEAD_S)
            self._program = None

    def dead(self, seconds: float) -> bool:
        """Wait for its end, at most `seconds`."""
        return bool(select.select([self._pidfd], [], [], seconds)[0])

    def close(self) -> None:
        """End everything that is left."""
        if self._pidfd >= 0:
            self.kill()
        if self._launcher is not None:
            assert self._launcher.stdin is not None
            assert self._launcher.stdout is not None
            self._launcher.stdin.close()
            self._launcher.wait(timeout=30)
            self._launcher.stdout.close()

    def _forked(self, words: Sequence[str]) -> int:
        if self._launcher is None:
            argv = [sys.executable, "-m", "tests.campaigns.launcher"]
            self._launcher = subprocess.Popen(
                argv, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        print(json.dumps({"argv": words, "log": str(self.log)}), file=self._launcher.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._launcher.stdout.readline())
        return int(answer["pid"])

    def _own(self, words: Sequence[str]) -> int:
        with self.log.open("ab") as log:
            argv = [sys.executable, "-m", "hub", *words]
            self._program = subprocess.Popen(
                argv, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self._program.pid
