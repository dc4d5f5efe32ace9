"""The course of one run after its intent is durable: hidden areas, the steps that come first, the erase, the look.

Each part is journalled, so that a run that is taken up again does nothing twice. A part that fails ends the course:
nothing else is tried (drives, sections 2.3 and 3.7).
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from erasure.announcement import Announced
from erasure.applicability import Inapplicable
from erasure.clips import restore
from erasure.closing import NOTHING_READ, Done
from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import DeviceError, IdentityChanged, PowerCycleRequired
from erasure.facts import identify, read_facts
from erasure.firmware import FirmwareErase, found_nothing
from erasure.hidden import HiddenAreas
from erasure.journal import EntryKind
from erasure.measuring import follow, measure
from erasure.methods import method_named
from erasure.methods.overwriting import ZEROS
from erasure.methods.protocol import ErasureMethod, MethodKind
from erasure.outcome import LbaRange, Phase, Reason, ReasonCode
from erasure.own_word import other_word
from erasure.passes import Evidence, Marks, Ports, Written
from erasure.pins import changes
from erasure.plan import ErasurePlan, is_running
from erasure.resume import MEASURED, ResumePoint, ranges_document, reasons_document
from erasure.standing import Standing
from erasure.transcript import Transcript, facts_document
from erasure.transfer import errno_name, size_reason
from erasure.unmeasured import awaited

POWER_CYCLES = 4  # HPA, AMAC, DCO and one more: a drive that still hides something then keeps it


@dataclass(slots=True)
class Course:
    """Carries out one plan. `facts` follow the drive: they are read again after whatever changes it."""

    ports: Ports
    plan: ErasurePlan
    facts: DriveFacts
    told: Transcript
    resume: ResumePoint | None
    guard: Announced  # lets a command pass that the journal has announced
    ledger: HiddenAreas | None = None  # of hidden areas, once their removal has shown it
    followed: str = ""  # method that was seen at work before its capacity could be read
    reread: bool = False  # the drive was at work when its facts were read, and told its hidden areas afterwards

    def carry_out(self) -> Done:
        """Do all of it. Raises RunInterrupted, PowerCycleRequired, JournalError; DeviceError when the drive left."""
        if awaited(self.facts, self.plan.facts):
            self._measure()
        obstacles = self._restore() if self.plan.restore else ()
        strange = tuple(reason for reason in obstacles if reason.code is ReasonCode.IDENTITY)
        if strange:
            return self._done(Written((), (), 0, strange), NOTHING_READ, Marks())
        if not self.plan.restore and self.resume is not None and self.resume.ledger is not None:
            self.ledger = self.resume.ledger
            self.facts = replace(self.facts, hidden=self.ledger)
        earlier: tuple[Phase, ...] = ()
        for name in self.plan.before:
            done = self._step(method_named(name))
            if done is not None and done.failed:
                return replace(done, exceptions=(*obstacles, *self._kept()), earlier=earlier)
            earlier += done.phases if done is not None else ()
        method = method_named(self.plan.method)
        done = self._overwrite(method) if method.kind is MethodKind.OVERWRITE else self._by_firmware(method)
        return replace(done, exceptions=(*obstacles, *self._kept()), earlier=earlier)

    def _measure(self) -> None:
        """Follow a drive of which the kernel shows no capacity until it shows one, and go on with what it is then."""
        resume = self.resume
        names = (*self.plan.before, self.plan.method)
        followed = (name for name in names if resume is not None and resume.follows(name))
        self.followed = next(followed, self.plan.method)
        erase = FirmwareErase(self.ports, self.facts, method_named(self.followed), self.told.record, self.guard)
        follow(erase, 0 if resume is None else resume.size_bytes)
        fresh = measure(self.ports, self.facts)
        if resume is not None and (changed := resume.differs_from(fresh, self.plan.method)):
            raise IdentityChanged(f"the run stays open, it is not taken up again on this drive: {changed}")
        sizes = {"size_bytes": fresh.size_bytes, "logical_sector": fresh.logical_sector}
        self.told.record(EntryKind.OBSERVED, {"method": self.followed, "state": MEASURED, **sizes})
        self.told.note("facts", facts_document(fresh))
        self.reread, self.facts = True, fresh

    def _kept(self) -> tuple[Reason, ...]:
        """Give what kept hidden areas in an earlier part of a run that restores nothing any more, while one is open."""
        hidden = self.facts.hidden
        if self.plan.restore or self.resume is None or (hidden.closed and hidden.native_bytes == self.facts.size_bytes):
            return ()
        return tuple(reason for reason in self.resume.obstacles if reason.code is not ReasonCode.IDENTITY)

    def _restore(self) -> tuple[Reason, ...]:
        """Remove what hides sectors, first of all; give what stays and why."""
        try:
            with self.guard.closing():
                restored = restore(self.ports, self.facts)
        except OSError as error:
            told = Reason(ReasonCode.HIDDEN_AREA, f"the hidden area could not be removed: {errno_name(error)}")
            self.told.record(EntryKind.RESTORED, {"done": [], "obstacles": reasons_document((told,))})
            return (told,)
        self.ledger = restored.hidden
        stranger = self._read_again()
        now: dict[str, Any] = {"native_bytes": restored.native_bytes, "visible_bytes": self.facts.size_bytes}
        now |= {"hidden": None if restored.hidden is None else asdict(restored.hidden)}
        obstacles = reasons_document(restored.obstacles)
        self.told.record(EntryKind.RESTORED, {"done": list(restored.done), "obstacles": obstacles, **now})
        if stranger:
            return stranger
        grew = restored.native_bytes is not None and restored.native_bytes != self.facts.size_bytes
        wanted = restored.power_cycle or (bool(restored.done) and grew)
        if wanted and self._power_may_help(refused=not restored.done):
            self._wait_for_power(restored.native_bytes if restored.done else None)
        return restored.obstacles

    def _power_may_help(self, *, refused: bool) -> bool:
        """Say whether to ask for (another) power cycle: not for a drive that refused after one, and not for ever."""
        earlier = self.resume.entries if self.resume is not None else ()
        asked = sum(entry.kind is EntryKind.POWER_CYCLE for entry in earlier)
        return asked == 0 if refused else asked < POWER_CYCLES

    def _wait_for_power(self, native_bytes: int | None) -> None:
        """Leave the run open until the drive was switched off and on. Raises PowerCycleRequired."""
        boot = self.ports.clock.boot_id()
        diskseq = self.facts.device.diskseq
        self.told.record(EntryKind.POWER_CYCLE, {"native_bytes": native_bytes, "boot_id": boot, "diskseq": diskseq})
        raise PowerCycleRequired(
            f"{self.facts.device.path}: hidden areas are being removed; switch the drive off and on, then erase again"
        )

    def _step(self, method: ErasureMethod) -> Done | None:
        """Carry out what comes before the method, once; None when an earlier part of the run did it."""
        if self.resume is not None and method.id in self.resume.steps:
            return None
        done = self._recover(method) if method.kind is MethodKind.RECOVERY else self._by_firmware(method, step=True)
        if not done.failed:
            self.told.record(EntryKind.STEPPED, {"method": method.id})
            reasons = self._read_again()
            answer = method_named(self.plan.method).applies(self.facts)
            if isinstance(answer, Inapplicable):
                reasons = (*reasons, answer.reason)
            if reasons:
                return replace(done, written=replace(done.written, failures=reasons))
        return done

    def _read_again(self) -> tuple[Reason, ...]:
        """Read the facts again after what changed the drive; why it is not the same one any more, () when it is.

        A ledger of hidden areas that it does not tell by itself stays. Raises DeviceError when it left.
        """
        before = self.facts.device
        try:
            fresh = read_facts(self.ports.block)
        except OSError as error:
            raise DeviceError(f"the drive left ({errno_name(error)}): the run stays open") from error
        changed = changes(before.identity, fresh.device.identity) or other_word(self.facts, fresh)
        if not changed and before.diskseq != fresh.device.diskseq:
            changed = f"diskseq was {before.diskseq}, is {fresh.device.diskseq}"
        if changed:
            return (Reason(ReasonCode.IDENTITY, changed),)
        self.reread = self.reread or self._ended(fresh)
        self.facts = fresh if self.ledger is None else replace(fresh, hidden=self.ledger)
        return ()

    def _ended(self, fresh: DriveFacts) -> bool:
        """Say whether the drive was at work when its facts were read, and is not any more: it tells more of itself."""
        return is_running(self.facts) and not is_running(fresh)

    def _recover(self, method: ErasureMethod) -> Done:
        """Open a locked drive: nothing is claimed by it, and an erase follows. What it did may be unknown."""
        before = self.guard.sent
        try:
            with self.guard.closing():
                written = method.start(self.ports, self.facts).written
        except OSError as error:
            told = Reason(ReasonCode.LOCKED, f"it could not be opened: {errno_name(error)}")
            if self.guard.sent > before:
                doubt = f"whether the drive took the command is not known: {errno_name(error)}"
                told = Reason(ReasonCode.STATUS_UNREADABLE, doubt)
            written = Written((), (), 0, (told,))
        return self._done(written, NOTHING_READ, Marks())

    def _overwrite(self, method: ErasureMethod) -> Done:
        """Write, then read back unless the pass failed; everything journalled."""
        resume = self.resume
        if resume is not None and resume.written:
            covered = 0 if resume.failures else resume.offset  # what the drive shows now may be more than that
            written = Written((), resume.bad_write, covered, resume.failures)
        else:
            written = self._write(method, self.ports)
            failures = reasons_document(written.failures)
            step = step_document("write", self.facts.size_bytes, written.bad)
            self.told.record(EntryKind.WRITTEN, {**step, "failures": failures})
        evidence = NOTHING_READ if written.failures else self._look(method, self.ports)
        if resume is not None:
            evidence = resume.with_earlier_findings(evidence)
        if not written.failures:
            self.told.record(EntryKind.VERIFIED, verified_document(evidence))
        return self._done(written, evidence, Marks())

    def _write(self, method: ErasureMethod, ports: Ports) -> Written:
        try:
            return method.start(ports, self.facts).written
        except (OSError, DeviceError) as error:
            reason = Reason(ReasonCode.TRANSPORT, f"the write pass ended: {error}")
            return Written((), (LbaRange(0, self.facts.sectors),), 0, (reason,))

    def _by_firmware(self, method: ErasureMethod, *, step: bool = False) -> Done:
        """Let the drive erase itself, wait for its end, and look whether it is true."""
        resume = self.resume
        standing = resume.standing(method.id) if resume is not None else Standing()
        if self.followed == method.id:
            standing = replace(standing, seen_running=True)
        ports = replace(self.ports, needs_write=needs_write(self.facts, method.id))
        if resume is not None and resume.written and not step:
            written, ports = resume.by_firmware(), replace(ports, marks=standing.marks)
        else:
            erase = FirmwareErase(ports, self.facts, method, self.told.record, self.guard)
            written, ports = erase.carry_out(standing, adopt=self.plan.adopt and not step)
            if not step:
                self.told.record(EntryKind.WRITTEN, self._commanded(written))
        evidence = NOTHING_READ if written.failures else self._look(method, ports)
        if not step and resume is not None:
            evidence = resume.with_earlier_findings(evidence)
        if ports.needs_write and found_nothing(evidence) and not written.failures and not step:
            written, evidence = self._make_readable(written, evidence)
        if not written.failures and not step:
            self.told.record(EntryKind.VERIFIED, verified_document(evidence))
        self._note_afterwards()
        return self._done(written, evidence, ports.marks)

    def _note_afterwards(self) -> None:
        """Keep the facts of the erased drive. Raises DeviceError when it left: the run stays open.

        A drive at work does not tell its hidden areas: of one that was, those count that it tells now. Its size stays
        that of the beginning, which the verdict compares with that of the end.
        """
        try:
            fresh = read_facts(self.ports.block)
        except OSError as error:
            gone = size_reason(self.ports.block, self.facts.size_bytes)
            if gone is not None and gone.code is ReasonCode.DEVICE_LOST:
                raise DeviceError(f"the drive left ({gone.detail}): the run stays open") from error
            self.told.note("facts-after", {"error": errno_name(error)})
            return
        self.told.note("facts-after", facts_document(fresh))
        if self._ended(fresh):
            self.reread, self.facts = True, replace(self.facts, hidden=self.ledger or fresh.hidden)

    def _make_readable(self, written: Written, looked: Evidence) -> tuple[Written, Evidence]:
        """Write every sector of a drive that announced that it cannot be read before, and read all of them back."""
        quiet = replace(self.ports, checkpoint=lambda _offset, _bad: None, begun=False, offset=0, bad=())
        passed = self._write(ZEROS, quiet)
        evidence = NOTHING_READ if passed.failures else self._look(ZEROS, self.ports)
        phases = (*written.phases, *looked.phases, *passed.phases)
        failures = (*written.failures, *passed.failures)
        return replace(written, phases=phases, bad=passed.bad, failures=failures), evidence

    def _look(self, method: ErasureMethod, ports: Ports) -> Evidence:
        """Let the method confirm; a reader that cannot be opened is a failure, not a pass."""
        try:
            if method.kind is MethodKind.FIRMWARE:
                for port in (ports.block, *ports.companions):
                    port.forget_cache()
            return method.confirm(ports, self.facts)
        except (OSError, DeviceError) as error:
            reason = Reason(ReasonCode.TRANSPORT, f"the read-back could not begin: {error}")
            return Evidence((), NOTHING_READ.verification, (), (), (reason,))

    def _commanded(self, written: Written) -> dict[str, object]:
        """What the journal keeps of a firmware erase that is over."""
        completion = None if written.completion is None else asdict(written.completion)
        step = step_document("command", self.facts.size_bytes, ())
        return {**step, "failures": reasons_document(written.failures), "completion": completion}

    def _done(self, written: Written, evidence: Evidence, marks: Marks) -> Done:
        return Done(written, evidence, self._sighting(), self.facts, marks, reread=self.reread)

    def _sighting(self) -> BlockDevice | None:
        try:
            return identify(self.ports.block, self.facts)
        except (OSError, DeviceError):
            return None


def needs_write(facts: DriveFacts, method: str) -> bool:
    """Say whether the drive announced that what this method leaves cannot be read (WABEREQ, WACEREQ, protection)."""
    scsi = facts.scsi
    if scsi is None or not method.startswith("scsi.sanitize."):
        return False
    by_action = {"block": scsi.write_needed_after_block, "crypto": scsi.write_needed_after_crypto}
    return by_action.get(method.rsplit(".", 1)[1], False) or scsi.protection > 0


def step_document(phase: str, offset: int, bad: tuple[LbaRange, ...]) -> dict[str, object]:
    """What the journal keeps of a pass that reached byte `offset`."""
    return {"phase": phase, "offset": offset, "bad": ranges_document(bad)}


def verified_document(evidence: Evidence) -> dict[str, object]:
    """What the journal keeps of a read-back."""
    return {
        **asdict(evidence.verification),
        "failures": reasons_document(evidence.failures),
        "unreadable_ranges": len(evidence.unreadable),
        "mismatch_ranges": len(evidence.mismatch),
    }
