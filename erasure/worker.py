"""The process of one drive: opens it exclusively, is cleared under that descriptor, runs, reports, ends.

It holds no journal: every entry goes through the pipe, and the worker waits until the supervisor says that it is
durable. Without a supervisor it writes nothing more: a closed pipe is a request to stop.
"""

import gc
import os
import select
import signal
import sys
from contextlib import ExitStack
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from erasure.clearance import Clearance, authorize
from erasure.clock import Clock
from erasure.closing import Beginning, not_erased
from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import (
    ClearanceError,
    DeviceBusy,
    DeviceError,
    ErasureError,
    IdentityChanged,
    JournalError,
    NotABlockDevice,
)
from erasure.events import Ended, Event
from erasure.facts import read_facts
from erasure.journal import JournalEntry
from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from erasure.orders import Durable, Examiner, NotDurable, RecordRequest, StillOpen, StopRequest, WorkOrder
from erasure.outcome import Reason, ReasonCode
from erasure.pins import moved
from erasure.report import ErasureReport
from erasure.run import run
from erasure.transport.ports import BlockPort, PortOpener
from erasure.unmeasured import settles

EXIT_DONE = 0
EXIT_OPEN = 22  # the run stays open
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGHUP)  # held back by the supervisor until a worker listens


class Wire:
    """The worker's end of the pipe: a journal, a way to report, and the question whether to stop."""

    def __init__(self, link: "Connection[Any, Any]") -> None:
        self._link = link
        self._waiting = select.poll()  # `Connection.poll` builds a selector for each question
        self._waiting.register(link.fileno(), select.POLLIN)
        self._asked_to_stop = False
        self.begun = False  # an intent is durable: from now on nobody may say that nothing was sent

    def ask_to_stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Note that the run shall stop: handler of SIGTERM and SIGINT."""
        self._asked_to_stop = True

    def stop(self) -> bool:
        """Say whether the run shall stop: asked to, or nobody is left at the other end."""
        try:
            while self._waiting.poll(0):
                self._take(self._link.recv())
        except (EOFError, OSError):
            self._asked_to_stop = True
        return self._asked_to_stop

    def tell(self, message: Event | StillOpen) -> None:
        """Send a message; with nobody at the other end the run stops."""
        try:
            self._link.send(message)
        except OSError:
            self._asked_to_stop = True

    def record(self, entry: JournalEntry) -> None:
        """Wait until the supervisor has made `entry` durable. Raises JournalError when it did not or is gone."""
        try:
            self._link.send(RecordRequest(entry))
            answer = self._link.recv()
            while isinstance(answer, StopRequest):
                self._take(answer)
                answer = self._link.recv()
        except (EOFError, OSError) as error:
            self._asked_to_stop = True
            raise JournalError(f"the supervisor is gone: {error!r}") from error
        if isinstance(answer, NotDurable):
            raise JournalError(answer.detail)
        if not isinstance(answer, Durable):
            raise JournalError(f"the supervisor answered {answer!r}")
        self.begun = True

    def _take(self, message: object) -> None:
        if isinstance(message, StopRequest):
            self._asked_to_stop = True


def work(order: WorkOrder, link: "Connection[Any, Any]", opener: PortOpener, examine: Examiner, clock: Clock) -> None:
    """Carry out one order, then end the process: exit code 0 with a report, 22 when the run stays open."""
    gc.freeze()  # what came with the fork stays shared: collections would copy its pages
    wire = Wire(link)
    signal.signal(signal.SIGTERM, wire.ask_to_stop)
    for number in TERMINAL_SIGNALS:
        signal.signal(number, wire.ask_to_stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TERMINAL_SIGNALS)
    try:
        wire.tell(Ended(order.run_id, erase(order, wire, opener, examine, clock)))
    except ErasureError as error:
        wire.tell(StillOpen(order.run_id, error.code, str(error)))
        sys.exit(EXIT_OPEN)
    finally:
        link.close()
    sys.exit(EXIT_DONE)


def erase(order: WorkOrder, wire: Wire, opener: PortOpener, examine: Examiner, clock: Clock) -> ErasureReport:
    """Open, examine, clear, run. What stands in the way becomes NOT_ERASED, or leaves a resumed run open.

    Raises RunInterrupted, JournalError; DeviceError on a run that is taken up again, or after the intent is durable.
    """
    begun = Beginning.now(order.run_id, clock)
    facts = order.plan.facts
    try:
        with ExitStack() as held:
            port = held.enter_context(_opened(opener, order))
            companions = tuple(held.enter_context(opener(other)) for other in companions_of(port, order))
            facts, clearance, reasons = clear(order, port, examine, tuple(other.device for other in companions))
            if clearance is not None:
                return run(
                    port,
                    clearance,
                    wire,
                    run_id=order.run_id,
                    clock=clock,
                    random_bytes=os.urandom,
                    report=wire.tell,
                    resume=order.resume,
                    stop=wire.stop,
                    companions=companions,
                    secrets=order.secrets,
                )
    except (DeviceError, OSError) as error:
        if order.resume is not None or wire.begun:
            raise error if isinstance(error, DeviceError) else DeviceError(f"the drive left: {error}") from error
        reasons = (Reason(_CODES.get(type(error), ReasonCode.TRANSPORT), str(error)),)
    if order.resume is not None:
        raise DeviceError("; ".join(f"{reason.code}: {reason.detail}" for reason in reasons))
    return not_erased(begun, clock, order.plan, facts, reasons)


_CODES = {DeviceBusy: ReasonCode.IN_USE, IdentityChanged: ReasonCode.IDENTITY, NotABlockDevice: ReasonCode.UNSUPPORTED}


def companions_of(port: BlockPort, order: WorkOrder) -> tuple[BlockDevice, ...]:
    """Give the other disks that this erase would reach; an overwrite reaches none. Raises DeviceError."""
    steps = (*order.plan.before, order.plan.method)
    if all(method_named(name).kind is MethodKind.OVERWRITE for name in steps):
        return ()
    try:
        return port.companions()
    except OSError as error:
        raise DeviceError(f"{order.device.path}: what else lies on this drive cannot be told: {error}") from error


def _opened(opener: PortOpener, order: WorkOrder) -> BlockPort:
    try:
        return opener(order.device)
    except OSError as error:
        raise DeviceError(f"{order.device.path} cannot be opened: {error}") from error


def clear(
    order: WorkOrder, port: BlockPort, examine: Examiner, companions: tuple[BlockDevice, ...] = ()
) -> tuple[DriveFacts, Clearance | None, tuple[Reason, ...]]:
    """Make the clearance under the open descriptor: facts and interlocks are read again. None comes with reasons."""
    facts = order.plan.facts
    try:
        facts = read_facts(port)
        found = (reason for device in (facts.device, *companions) for reason in examine(device))
        blocks = tuple(reason for reason in found if not settles(facts, reason, order.plan.facts))
    except OSError as error:
        return facts, None, (Reason(ReasonCode.TRANSPORT, f"the drive cannot be examined: {error}"),)
    if facts.device.identity.bus == "loop" and not order.allow_loop:
        blocks = (*blocks, Reason(ReasonCode.UNSUPPORTED, "loop devices are not allowed here"))
    changed = moved(order.plan.facts, facts)
    reasons = (*blocks, Reason(ReasonCode.IDENTITY, changed)) if changed else blocks
    if reasons:
        return facts, None, reasons
    try:
        return facts, authorize(facts, order.plan, blocks, order.confirmation), ()
    except ClearanceError as error:
        return facts, None, (Reason(ReasonCode.OPERATOR, str(error)),)
