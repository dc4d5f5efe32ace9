"""Running smartctl: one call, one time limit, one process group; what it printed is kept as evidence.

The only module of this library that starts processes. It never passes a shell string, never trusts an empty answer, and
never waits for a child that the kernel will not let go: such a drive is "not responding" and its neighbours go on.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from diagnostics import plain
from diagnostics.dump import parse_documents
from diagnostics.errors import NotResponding, ToolError, UnreadableReport
from diagnostics.reading import SmartReading, decode

SMARTCTL = "smartctl"
TIME_LIMIT = 60.0  # seconds for one call; a healthy drive answers in two
LAST_WORDS = 2.0  # seconds that a killed child is given before it is left behind
OLDEST_TOOL = (7, 4)
# Bridges that hide a drive, tried in this order where the automatic type reads poorly.
BRIDGE_TYPES = ("sat", "sntasmedia", "sntjmicron", "sntrealtek", "usbjmicron,0", "usbjmicron,1", "scsi")
# Types by which smartctl names a member of a RAID, with or without what the member speaks ("sat+megaraid,3").
_MEMBER = re.compile(r"(?:^|\+)(?:megaraid|cciss|areca|3ware|aacraid|hpt|sssraid),")


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
    asking = _Asking(device, program, time_limit, run)
    first = asking.read("")
    if _reads_well(first.reading):
        return first
    for device_type in BRIDGE_TYPES:
        try:
            tried = asking.read(device_type)
        except UnreadableReport:
            continue
        if _reads_well(tried.reading):
            return tried
    return replace(first, calls=tuple(asking.calls))


def read_as(
    device: str, device_type: str, *, program: str = SMARTCTL, time_limit: float = TIME_LIMIT, run: Runner = run_tool
) -> LiveReading:
    """Read a drive by one device type, such as a member of a RAID ("megaraid,3"). Raises as `read_drive`."""
    return _Asking(device, program, time_limit, run).read(device_type)


def members(
    *, program: str = SMARTCTL, time_limit: float = TIME_LIMIT, run: Runner = run_tool
) -> tuple[tuple[str, str], ...]:
    """Return (device, type) of every drive that smartctl finds behind a RAID controller. Raises as `read_drive`."""
    done = run((program, "--json=c", "--scan-open"), time_limit)
    found = [row for part in parse_documents(done.stdout) for row in plain.rows(plain.table(part).get("devices"))]
    named = [(plain.text(row.get("name")), plain.text(row.get("type"))) for row in found]
    return tuple((name, kind) for name, kind in named if name and _MEMBER.search(kind))


def arguments_for(device: str, device_type: str = "", *, program: str = SMARTCTL) -> tuple[str, ...]:
    """Return the argument list of a reading. A sleeping drive is woken: a person waits for the answer."""
    chosen = ("-d", device_type) if device_type else ()
    return (program, "--json=o", "-x", "-n", "never", *chosen, "--", device)


class _Asking:
    """The calls made for one drive, in their order; SMART is switched on at most once."""

    def __init__(self, device: str, program: str, time_limit: float, run: Runner) -> None:
        self.device, self.program, self.time_limit, self.run = device, program, time_limit, run
        self.calls: list[ToolRun] = []
        self.switched = False

    def read(self, device_type: str) -> LiveReading:
        """Read by one type, and once more where SMART was off and could be switched on."""
        found = self._once(device_type)
        if self.switched or found.reading.smart_enabled is not False or found.reading.passed is not None:
            return found
        self.switched = True
        chosen = ("-d", device_type) if device_type else ()
        self.calls.append(self.run((self.program, "-s", "on", *chosen, "--", self.device), self.time_limit))
        return self._once(device_type)

    def _once(self, device_type: str) -> LiveReading:
        done = self.run(arguments_for(self.device, device_type, program=self.program), self.time_limit)
        self.calls.append(done)
        document = next(part for part in parse_documents(done.stdout) if isinstance(part, Mapping))
        return LiveReading(document, decode(document, done.exit_status), device_type, tuple(self.calls))


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
