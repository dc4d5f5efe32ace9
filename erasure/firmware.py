"""One erase that the drive carries out itself: canaries, the command, waiting for its end, looking whether it is true.

The order is the point. What the drive held is noted and canaries are durable before the command; the command is in the
journal before it goes out; its end is read from the drive's own status; and whatever that says, the canaries are looked
for. A drive that leaves meanwhile, or a bench that stops, leaves the run open: the drive goes on by itself and is found
again by its identity. Nothing is ever tried instead (drives, sections 2.3, 3.6, 3.8, 6.2).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from erasure.announcement import Announced
from erasure.canaries import plant
from erasure.drive import DriveFacts
from erasure.errors import DeviceError, RunInterrupted
from erasure.journal import EntryKind
from erasure.methods.protocol import ErasureMethod, Finished, Stuck, Ticket, Working
from erasure.outcome import Phase, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Evidence, Ports, Written
from erasure.sanitizing import WHOLE
from erasure.stall import StallWatch, pace_of
from erasure.standing import Standing
from erasure.transfer import errno_name, size_reason

QUICK_S, SLOW_S = 1, 10  # seconds between two questions: at the beginning, and later
QUICK_FOR = 60  # questions
UNANSWERED_S = 600  # a drive under sanitize may not answer for a while

Record = Callable[[EntryKind, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class FirmwareErase:
    """One method of the run on one drive. `record` makes an entry durable."""

    ports: Ports
    facts: DriveFacts
    method: ErasureMethod
    record: Record
    guard: Announced
    unmeasured: bool = False  # the kernel shows no capacity of the drive: size 0 does not say that it left

    def watch(self) -> Written:
        """Follow what is at work on the drive to its end; nothing is sent.

        Raises RunInterrupted, JournalError; DeviceError when the drive has left.
        """
        return self._follow(Ticket(self.method.id, NOTHING_WRITTEN, accepted=False, seen_running=True))

    def carry_out(self, standing: Standing, *, adopt: bool = False) -> tuple[Written, Ports]:
        """Erase, or follow what runs already; give what was done, and the ports with the marks to look for.

        Raises RunInterrupted, JournalError; DeviceError when the drive has left: the run stays open.
        """
        if adopt:
            return self.watch(), self.ports
        if standing.commanded and (ended := self._taken_up(standing)) is not None:
            return ended, replace(self.ports, marks=standing.marks)
        return self._from_the_start(standing)

    def _taken_up(self, standing: Standing) -> Written | None:
        """Follow the command of an earlier part; None when it is over and did not end well, or nobody can say."""
        ticket = Ticket(self.method.id, NOTHING_WRITTEN, standing.accepted, standing.seen_running, standing.notes)
        ended = self._follow(ticket)
        stuck = any(reason.code is ReasonCode.STUCK for reason in ended.failures)  # then nothing else is sent to it
        return ended if stuck or not ended.failures else None

    def _from_the_start(self, standing: Standing) -> tuple[Written, Ports]:
        try:
            planting = plant(self.ports, self.facts, standing.marks.fingerprints)
        except OSError as error:
            self._stay_open_if_gone()
            return _failed(ReasonCode.TRANSPORT, f"the marks could not be written: {told_error(error)}"), self.ports
        self.record(
            EntryKind.PLANTED,
            {
                "method": self.method.id,
                "planted": planting.marks.planted,
                "lost": planting.marks.lost,
                "disks": list(planting.marks.disks),
                "bare": [[one.asked, one.lost, one.instead] for one in planting.marks.bare],
                "fingerprints": [[one.disk, one.lba, one.digest] for one in planting.marks.fingerprints],
            },
        )
        ports = replace(self.ports, marks=planting.marks)
        if planting.failures:
            return Written((planting.phase,), (), 0, planting.failures), ports
        begun = self.ports.clock.monotonic_ns()
        written = self._start(ports)
        now = self.ports.clock.monotonic_ns()
        command = Phase("command", 0, len(written.failures), begun // 1_000_000, now // 1_000_000)
        return replace(written, phases=(planting.phase, *written.phases, command)), ports

    def _start(self, ports: Ports) -> Written:
        """Send the command and wait for its end. Nobody knowing whether it was taken is no failure: it is unknown."""
        before = self.guard.sent
        try:
            with self.guard.closing():
                ticket = self.method.start(ports, self.facts)
        except OSError as error:
            self._stay_open_if_gone()
            if self.guard.sent == before:
                return _failed(ReasonCode.TRANSPORT, f"the command could not be sent: {told_error(error)}")
            return self._after_unknown_fate(error)
        return ticket.written if ticket.written.failures else self._follow(ticket)

    def _after_unknown_fate(self, error: OSError) -> Written:
        """Ask once whether the drive is at work; if not, nobody can say what it did."""
        ticket = Ticket(self.method.id, NOTHING_WRITTEN, accepted=False, seen_running=False)
        told = f"whether the drive took the command is not known: {told_error(error)}"
        try:
            state = self.method.poll(self.ports, ticket)
        except OSError:
            self._stay_open_if_gone()
            return _failed(ReasonCode.STATUS_UNREADABLE, told)
        return self._follow(ticket) if isinstance(state, Working) else _failed(ReasonCode.STATUS_UNREADABLE, told)

    def _follow(self, ticket: Ticket) -> Written:
        """Ask until the drive is done, or stuck, or gone, or the bench is asked to stop."""
        expected = self.method.expected_seconds(self.facts)
        faster = pace_of(simulated=self.facts.device.simulated)
        watch = StallWatch(self.ports.clock, expected, self.facts.size_bytes, faster)
        answered_ns, asked = self.ports.clock.monotonic_ns(), 0
        if ticket.seen_running:
            self._note_running("")
        while True:
            try:
                state = self.method.poll(self.ports, ticket)
                answered_ns = self.ports.clock.monotonic_ns()
                ticket = self._seen(ticket, state)
            except OSError as error:
                self._stay_open_if_gone()
                state = Working(None, told_error(error))
                if self.ports.clock.monotonic_ns() - answered_ns > UNANSWERED_S * 1_000_000_000 // faster:
                    state = Stuck(f"no readable status any more: {told_error(error)}")
            if isinstance(state, Finished):
                return state.written
            stuck = state.detail if isinstance(state, Stuck) else watch.verdict(state.done)
            if stuck or not isinstance(state, Working):
                return _failed(ReasonCode.STUCK, stuck)
            asked += 1
            self._wait(state, asked)

    def _seen(self, ticket: Ticket, state: Working | Finished | Stuck) -> Ticket:
        """Note durably, once, that the drive was seen at work."""
        if ticket.seen_running or not isinstance(state, Working):
            return ticket
        self._note_running(state.detail)
        return replace(ticket, seen_running=True)

    def _note_running(self, detail: str) -> None:
        self.record(EntryKind.OBSERVED, {"method": self.method.id, "state": "running", "detail": detail})

    def _wait(self, state: Working, asked: int) -> None:
        for _ in range(QUICK_S if asked < QUICK_FOR else SLOW_S):
            if self.ports.stop():
                raise RunInterrupted("stopped on request: the drive goes on by itself and is found again")
            self.ports.progress("command", (state.done or 0) * self.facts.size_bytes // WHOLE, 0)
            self.ports.clock.sleep(1.0)

    def _stay_open_if_gone(self) -> None:
        if self.unmeasured:
            self._stay_open_without_node()
            return
        reason = size_reason(self.ports.block, self.facts.size_bytes)
        if reason is not None and reason.code is ReasonCode.DEVICE_LOST:
            raise DeviceError(f"the drive left before the end of its erase ({reason.detail}): the run stays open")

    def _stay_open_without_node(self) -> None:
        try:
            self.ports.block.sighting()
        except OSError as error:
            raise DeviceError(f"the drive left ({told_error(error)}): the run stays open") from error


def found_nothing(evidence: Evidence) -> bool:
    """Say whether a look after a step found nothing amiss, so that the next step may come."""
    return not (evidence.failures or evidence.unreadable or evidence.mismatch)


def told_error(error: OSError) -> str:
    """Say an error as the port worded it, or by its name."""
    return error.strerror or errno_name(error)


def _failed(code: ReasonCode, detail: str) -> Written:
    return Written((), (), 0, (Reason(code, detail),))
