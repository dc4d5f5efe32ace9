"""Running smartctl: one call, one time limit, one process group; what it printed is kept as evidence.

The only module of this library that starts processes. It never passes a shell string, never trusts an empty answer, and
never waits for a child that the kernel will not let go: such a drive is "not responding" and its neighbours go on.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diagnostics import plain
from diagnostics.errors import NotResponding, ToolError, UnreadableReport
from diagnostics.health import parse_documents
from diagnostics.reading import SmartReading, decode

SMARTCTL = "smartctl"
TIME_LIMIT = 60.0  # seconds for one call; a healthy drive answers in two
LAST_WORDS = 2.0  # seconds that a killed child is given before it is left behind
OLDEST_TOOL = (7, 4)
# Bridges that hide a drive, tried in this order where the automatic type reads poorly.
BRIDGE_TYPES = ("sat", "sntasmedia", "sntjmicron", "sntrealtek", "usbjmicron,0", "usbjmicron,1", "scsi")


@dataclass(frozen=True, slots=True)
class ToolRun:
    """Evidence of one call: arguments, output, exit status."""

    arguments: tuple[str, ...]
    stdout: str
    stderr: str
    exit_status: int

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "arguments": list(self.arguments),
            "stdout": self.stdout,
            "stderr": self.stderr,
            "exit_status": self.exit_status,
        }


Runner = Callable[[Sequence[str], float], ToolRun]


@dataclass(frozen=True, slots=True)
class LiveReading:
    """A reading of a live drive: the document, its decoded form, the device type that gave it, and every call made."""

    document: Mapping[str, object]
    reading: SmartReading
    device_type: str  # "" for the automatic type
    calls: tuple[ToolRun, ...]

    @property
    def tool_version(self) -> tuple[int, ...]:
        """Version of smartctl as stated in the document; empty where it is not."""
        stated = plain.table(self.document.get("smartctl")).get("version")
        return tuple(part for part in stated if isinstance(part, int)) if isinstance(stated, list) else ()

    @property
    def tool_is_old(self) -> bool:
        """Say whether smartctl is older than the oldest version that this library was made for."""
        return self.tool_version < OLDEST_TOOL


def run_tool(arguments: Sequence[str], time_limit: float) -> ToolRun:
    """Run a program to its end, at most `time_limit` seconds, in a process group of its own.

    Raises NotResponding after killing the whole group, ToolError where the program cannot be started.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 - an argument list, made here
            list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{arguments[0]} cannot be started: {error.strerror}") from error
    try:
        stdout, stderr = child.communicate(timeout=time_limit)
    except subprocess.TimeoutExpired as error:
        _kill_group(child)
        raise NotResponding(f"{arguments[0]} did not answer within {time_limit:g} s") from error
    except BaseException:
        _kill_group(child)
        raise
    return ToolRun(tuple(arguments), _decoded(stdout), _decoded(stderr), child.returncode)


def read_drive(
    device: str, *, program: str = SMARTCTL, time_limit: float = TIME_LIMIT, run: Runner = run_tool
) -> LiveReading:
    """Read a drive; where the automatic type reads poorly, try the bridges and keep the first that reads well.

    A drive with SMART switched off is switched on once and read again. Raises NotResponding, ToolError,
    UnreadableReport.
    """
    first = _call(device, "", program, time_limit, run)
    if first.reading.smart_enabled is False and first.reading.passed is None:
        first = _enabled(first, device, program, time_limit, run)
    if _reads_well(first.reading):
        return first
    return _through_a_bridge(first, device, program, time_limit, run)


def arguments_for(device: str, device_type: str = "", *, program: str = SMARTCTL) -> tuple[str, ...]:
    """Return the argument list of a reading. A sleeping drive is woken: a person waits for the answer."""
    chosen = ("-d", device_type) if device_type else ()
    return (program, "--json=o", "-x", "-n", "never", *chosen, "--", device)


def _call(device: str, device_type: str, program: str, time_limit: float, run: Runner) -> LiveReading:
    done = run(arguments_for(device, device_type, program=program), time_limit)
    documents = [part for part in parse_documents(done.stdout) if isinstance(part, Mapping)]
    document = documents[0]
    return LiveReading(document, decode(document, done.exit_status), device_type, (done,))


def _enabled(first: LiveReading, device: str, program: str, time_limit: float, run: Runner) -> LiveReading:
    switched = run((program, "-s", "on", "--", device), time_limit)
    again = _call(device, "", program, time_limit, run)
    return LiveReading(again.document, again.reading, "", (*first.calls, switched, *again.calls))


def _through_a_bridge(first: LiveReading, device: str, program: str, time_limit: float, run: Runner) -> LiveReading:
    calls = first.calls
    for device_type in BRIDGE_TYPES:
        try:
            tried = _call(device, device_type, program, time_limit, run)
        except UnreadableReport:
            continue
        calls = (*calls, *tried.calls)
        if _reads_well(tried.reading):
            return LiveReading(tried.document, tried.reading, device_type, calls)
    return LiveReading(first.document, first.reading, "", calls)


def _reads_well(reading: SmartReading) -> bool:
    return bool(reading.identity.model and reading.identity.serial and reading.passed is not None)


def _decoded(output: bytes) -> str:
    return output.decode("utf-8", "backslashreplace")


def _kill_group(child: "subprocess.Popen[bytes]") -> None:
    """Kill the whole group; a child stuck in the kernel is left behind, never waited for again."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    try:
        child.communicate(timeout=LAST_WORDS)
    except subprocess.TimeoutExpired:
        _abandon(child)


def _abandon(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
    child.returncode = -signal.SIGKILL  # it will be reaped by init; Popen must not ask for it again
