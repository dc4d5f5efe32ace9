"""The only place of the bench that starts programs: argument lists, time limits, end of the whole process group."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from station_agent.errors import ProcessFailed
from station_agent.language import mark, visible

TERM_PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended."""

    argv: tuple[str, ...]
    status: int
    out: str
    err: str

    def require(self) -> "Finished":
        """Give itself when the status is 0. Raises `ProcessFailed`."""
        if self.status != 0:
            raise ProcessFailed(
                mark("{program} ended with status {status}: {detail}"),
                program=" ".join(self.argv[:4]),
                status=self.status,
                detail=visible((self.err or self.out).strip()[-600:]),
            )
        return self


def run(
    argv: Sequence[str], *, timeout_s: float, env: Mapping[str, str] | None = None, given: str | None = None
) -> Finished:
    """Run a program to its end. Raises `ProcessFailed` when it cannot start or is killed for not ending in time."""
    try:
        process = subprocess.Popen(  # noqa: S603  an argument list, never a shell
            list(argv),
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ProcessFailed(mark("{program} cannot be started: {detail}"), program=argv[0], detail=error) from error
    try:
        out, err = process.communicate(given, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        kill_group(process.pid)
        process.communicate()
        raise ProcessFailed(
            mark("{program} did not end within {seconds} s and was stopped."), program=argv[0], seconds=timeout_s
        ) from None
    return Finished(tuple(argv), process.returncode, out, err)


class Service:
    """A program that keeps running until `stop`; its output goes to a file."""

    def __init__(self, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log: IO[bytes] = log.open("ab")
        self.argv = tuple(argv)
        try:
            self._process = subprocess.Popen(  # noqa: S603  an argument list, never a shell
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=None if env is None else dict(env),
                start_new_session=True,
            )
        except OSError as error:
            self._log.close()
            raise ProcessFailed(mark("{program} cannot be started: {detail}"), program=argv[0], detail=error) from error

    @property
    def pid(self) -> int:
        """Process id, which is also its group."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask the group to end, and kill what is left of it."""
        if self._process.poll() is None:
            _signal_group(self.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(TERM_PATIENCE_S)
        kill_group(self.pid)
        self._process.wait()
        self._log.close()


def kill_group(pid: int) -> None:
    """Kill a whole process group; one that is gone is fine."""
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
