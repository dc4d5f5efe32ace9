"""No signal reaches the one call that may destroy; each is honoured right after it. Shown on a call that really blocks.

The C library's `poll` through ctypes stands for SG_IO: it waits in the kernel, and a handler ends it with EINTR.
"""

import ctypes
import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from erasure.announcement import Announced
from erasure.errors import NotAnnounced
from erasure.transport.ports import CommandPorts, MmcCommand, MmcReply, NvmeCommand, NvmeReply, ScsiReply
from erasure.undisturbed import FAULTS, undisturbed

WAIT_MS, SIGNAL_S = 500, 0.15
C_LIBRARY = ctypes.CDLL(None, use_errno=True)
SANITIZE, TEST_UNIT_READY = bytes.fromhex("48820000000000000000"), bytes(6)
GOOD = ScsiReply(status=0, host_status=0, driver_status=0, info=0, resid=0, sense=b"", data=b"", duration_ms=0)


def wait() -> None:
    """Block in the kernel for a while, and let the alarm ring meanwhile. Raises OSError (EINTR) when a handler ran.

    It rings for this thread: an alarm of the whole process is taken by any other thread, where there is one.
    """
    alarm = threading.Timer(SIGNAL_S, signal.pthread_kill, (threading.get_ident(), signal.SIGALRM))
    alarm.start()
    try:
        if C_LIBRARY.poll(None, 0, WAIT_MS) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        alarm.join()


@dataclass
class Blocking:
    """A drive that answers every command well, and late."""

    during: Callable[[], None] = wait
    masks: list[set[int]] = field(default_factory=list)

    def answer(self, reply: Any) -> Any:
        self.masks.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        self.during()
        return reply

    def command(self, sent: Any, **_given: Any) -> Any:
        return self.answer(MmcReply((0, 0, 0, 0), b"") if isinstance(sent, MmcCommand) else GOOD)

    def admin(self, _command: Any, **_given: Any) -> NvmeReply:
        return self.answer(NvmeReply(0, 0, b""))  # type: ignore[no-any-return]

    def psid_revert(self, _psid: bytes) -> int:
        return self.answer(0)  # type: ignore[no-any-return]


@pytest.fixture
def alarms() -> Iterator[list[int]]:
    """An alarm that rings once, as soon as somebody waits; who heard it."""
    heard: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: heard.append(number))
    yield heard
    signal.signal(signal.SIGALRM, before)


def guard(drive: Any) -> Announced:
    return Announced(CommandPorts(scsi=drive, nvme=drive, mmc=drive, opal=drive), lambda _item: None)


def test_a_signal_ends_a_call_that_nothing_protects(alarms: list[int]) -> None:
    """The control: without it, the fate of a command would be unknown here."""
    with pytest.raises(OSError, match="Interrupted") as ended:
        wait()
    assert (ended.value.errno, alarms) == (errno.EINTR, [signal.SIGALRM])


def test_a_destructive_command_is_not_interrupted_and_the_signal_comes_after_it(alarms: list[int]) -> None:
    heard: list[list[int]] = []
    drive = Blocking()
    drive.during = lambda: (wait(), heard.append(list(alarms)))  # type: ignore[assignment, func-returns-value]
    guarded = guard(drive)
    guarded.announce({"command": SANITIZE.hex(" ")})
    assert guarded.ports.scsi is not None
    assert guarded.ports.scsi.command(SANITIZE, timeout_ms=1000) == GOOD
    assert (heard, alarms) == ([[]], [signal.SIGALRM])


def test_a_question_may_be_interrupted(alarms: list[int]) -> None:
    port = guard(Blocking()).ports.scsi
    assert port is not None
    with pytest.raises(OSError, match="Interrupted"):
        port.command(TEST_UNIT_READY, timeout_ms=1000)
    assert alarms == [signal.SIGALRM]


DESTRUCTIVE: dict[str, Callable[[CommandPorts], Any]] = {
    "scsi": lambda ports: ports.scsi and ports.scsi.command(SANITIZE, timeout_ms=1),
    "nvme": lambda ports: ports.nvme and ports.nvme.admin(NvmeCommand(opcode=0x84, nsid=0, cdw10=2), timeout_ms=1),
    "mmc": lambda ports: ports.mmc and ports.mmc.command(MmcCommand(38, 0, 0), timeout_ms=1),
    "opal": lambda ports: ports.opal and ports.opal.psid_revert(b"DEMO"),
}


@pytest.mark.parametrize("port", DESTRUCTIVE)
def test_every_way_to_a_drive_is_protected_and_the_signals_come_back(port: str) -> None:
    drive = Blocking(during=lambda: None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    guarded = guard(drive)
    guarded.announce({})
    DESTRUCTIVE[port](guarded.ports)
    assert drive.masks[0] >= {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGCHLD}
    assert not drive.masks[0] & FAULTS
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_command_that_is_stopped_or_fails_leaves_no_signal_held_back() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    port = guard(Blocking()).ports.scsi
    assert port is not None
    with pytest.raises(NotAnnounced):
        port.command(SANITIZE, timeout_ms=1)
    with pytest.raises(OSError, match="gone"), undisturbed():
        raise OSError(errno.ENODEV, "gone")
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
