"""From facts to a plan or a refusal. Pure: the same facts give the same answer, and nothing is touched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from erasure.applicability import Inapplicable
from erasure.clips import restorable
from erasure.drive import DriveFacts
from erasure.facts import size_faults
from erasure.hidden import AreaState
from erasure.identity import serial_fault
from erasure.methods import METHODS
from erasure.methods.protocol import MethodKind
from erasure.methods.scsi_sanitize import unreadable_sectors
from erasure.naming import naming_faults
from erasure.outcome import Level, Reason, ReasonCode
from erasure.policy import Policy
from erasure.quirks import QuirkEffect, quirks_of
from erasure.sanitizing import WHOLE, SanitizeState

SECTOR_SIZES = frozenset({512, 1024, 2048, 4096})  # bytes; 520 and 528 need another way (drives, 5.1)

PROTECTED = "the drive is protected"
LOCKING = "ata.security."  # sets a password, and may leave the drive locked: whatever the policy, a person allows it


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What will be done, printable before anything happens."""

    facts: DriveFacts
    policy: Policy
    method: str
    method_version: int
    level: Level  # earned if everything goes well
    verification: Literal["full", "sample"]
    sample_sectors: int
    exceptions: tuple[Reason, ...]  # known beforehand: areas that this method does not cover
    inapplicable: tuple[Inapplicable, ...]  # every other method, with its reason
    before: tuple[str, ...] = ()  # steps that come first, in order: a recovery, the destruction of the key
    restore: bool = False  # hidden areas are removed first
    adopt: bool = False  # the drive is at it already: it is followed, nothing is started


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing destructive will be sent, and this is why. At least one reason."""

    facts: DriveFacts | None
    reasons: tuple[Reason, ...]
    inapplicable: tuple[Inapplicable, ...] = ()  # every method, with its reason; empty when the drive was not examined


class PlannableMethod(Protocol):
    """The part of an erase method that a plan needs (`erasure.methods.ErasureMethod` has the rest)."""

    @property
    def id(self) -> str:
        """Name for ever: "overwrite.zeros"."""
        ...

    @property
    def version(self) -> int:
        """Raised when what it does changes."""
        ...

    @property
    def level(self) -> Level:
        """What it earns when everything goes well."""
        ...

    @property
    def kind(self) -> MethodKind:
        """What proves it."""
        ...

    def uncovered(self, facts: DriveFacts, /) -> tuple[Reason, ...]:
        """Areas that it does not reach."""
        ...

    def applies(self, facts: DriveFacts, /) -> Any:
        """Return `Inapplicable` when it cannot be used on this drive; any other answer says that it can."""
        ...


def plan(
    facts: DriveFacts,
    blocks: tuple[Reason, ...],
    policy: Policy,
    methods: Sequence[PlannableMethod] = METHODS,
    *,
    allowed: frozenset[str] = frozenset(),
    wanted: str = "",
    resuming: str = "",
) -> ErasurePlan | Refusal:
    """Choose the first method of the policy that this drive really supports, or refuse with every reason.

    `blocks` are the interlocks' reasons: one is enough for a refusal. `methods` are all known rows, by default those
    of `erasure.methods`. `allowed` are the opt-in methods and recoveries that a person allowed for this drive;
    `wanted` is the method that a person named instead of the policy's first. A method that does not apply is never
    replaced by one that the policy does not name. `resuming` is the method of an open run of this very drive: it alone
    goes on, and a sanitize that runs is taken for its own.
    """
    rows = {row.id: row for row in methods}
    recovery = recovery_for(facts, rows, allowed)
    opened = without_lock(facts) if recovery else facts
    judged = {name: judge(row, opened, policy, allowed) for name, row in rows.items()}
    reasons = (*blocks, *dict.fromkeys(refusals(facts)))
    if reasons:
        return Refusal(facts, reasons, tuple(told(judged, PROTECTED)))
    named = resuming or wanted
    order = (named,) if named else policy.methods
    missing = [Reason(ReasonCode.UNSUPPORTED, f"unknown method {name}") for name in order if name not in rows]
    running = is_running(facts) and (resuming or running_method(facts, rows))
    if running == "":
        return Refusal(facts, (Reason(ReasonCode.IN_USE, told_running(facts)),), tuple(told(judged, PROTECTED)))
    fitting = [running] if running else [name for name in order if name in rows and judged[name] is None]
    if missing or not fitting:
        asked = [reason for name in order if name in rows and (reason := judged[name]) is not None]
        own = [of_method(named, reason) for reason in asked] if named else decisive(asked)
        unnamed = f"{named} was asked for" if named else f"policy {policy.name} does not name it"
        return Refusal(facts, (*missing, *dict.fromkeys(own)), tuple(told(judged, unnamed)))
    chosen = rows[fitting[0]]
    return ErasurePlan(
        facts=facts,
        policy=policy,
        method=chosen.id,
        method_version=chosen.version,
        level=chosen.level,
        verification=policy.verification,
        sample_sectors=policy.sample_sectors,
        exceptions=(*uncovered(facts), *chosen.uncovered(facts)),
        inapplicable=tuple(set_aside(judged, chosen.id, policy)),
        before=() if running else (*recovery, *key_first(chosen.id, judged, policy)),
        restore=not running and restorable(facts),
        adopt=bool(running) and not resuming,
    )


def decisive(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Leave out what only says that a method is for another kind of drive, where something else stands in the way."""
    others = tuple(reason for reason in reasons if reason.code not in (ReasonCode.UNSUPPORTED, ReasonCode.BRIDGE))
    return others or tuple(reasons)


def judge(row: PlannableMethod, facts: DriveFacts, policy: Policy, allowed: frozenset[str]) -> Reason | None:
    """Ask a method whether it applies, and the policy whether it may be used; None when both agree."""
    answer = row.applies(facts)
    if isinstance(answer, Inapplicable):
        return answer.reason
    for quirk in quirks_of(facts.device.identity):
        if quirk.effect is QuirkEffect.AVOID_METHOD and quirk.concerns(row.id):
            return Reason(ReasonCode.UNSUPPORTED, f"known to fail on this model ({quirk.issue})")
    if row.kind is MethodKind.RECOVERY:
        return Reason(ReasonCode.OPERATOR, "opens a locked drive, and an erase has to follow")
    if row.level is not Level.PURGE and policy.require is Level.PURGE:
        return Reason(ReasonCode.OPERATOR, f"policy {policy.name} requires Purge, this earns Clear")
    asked_for = row.id in policy.opt_in or row.id.startswith(LOCKING)
    if asked_for and row.id not in allowed:
        return Reason(ReasonCode.OPERATOR, f"policy {policy.name} uses {row.id} only when a person allows it")
    return None


def recovery_for(facts: DriveFacts, rows: Mapping[str, PlannableMethod], allowed: frozenset[str]) -> tuple[str, ...]:
    """Name the step that opens a locked drive, when a person allowed one that applies."""
    if not facts.locked:
        return ()
    fits = (row for row in rows.values() if row.kind is MethodKind.RECOVERY and row.id in allowed)
    return next(((row.id,) for row in fits if not isinstance(row.applies(facts), Inapplicable)), ())


def without_lock(facts: DriveFacts) -> DriveFacts:
    """Give the facts as they will be once the drive was opened: only to choose what follows."""
    ata = facts.ata and replace(facts.ata, security=replace(facts.ata.security, locked=False, enabled=False))
    opal = facts.opal and replace(facts.opal, locked=False, locking_enabled=False)
    return replace(facts, ata=ata, opal=opal)


def key_first(chosen: str, judged: Mapping[str, Reason | None], policy: Policy) -> tuple[str, ...]:
    """Name the crypto erase that goes before a block erase, when the policy wants it and the drive can."""
    crypto = chosen.removesuffix("block") + "crypto"
    wanted = policy.crypto_first and chosen.endswith(".sanitize.block")
    return (crypto,) if wanted and crypto in judged and judged[crypto] is None else ()


def is_running(facts: DriveFacts) -> bool:
    """Say whether the drive is erasing itself now."""
    return facts.sanitize is not None and facts.sanitize.state is SanitizeState.RUNNING


def told_running(facts: DriveFacts) -> str:
    """Say how far a sanitize is that somebody else started."""
    done = facts.sanitize.progress if facts.sanitize else None
    told = "" if done is None else f", {done * 100 // WHOLE} % done"
    return f"a sanitize that was started elsewhere is running{told}: wait for its end"


def running_method(facts: DriveFacts, rows: Mapping[str, PlannableMethod]) -> str:
    """Name the sanitize that runs on this drive already; "" when none does, or when nobody can say which.

    ATA and SCSI drives do not say what they are doing: only one that can do one thing alone is known to do that.
    """
    report = facts.sanitize
    if report is None or not is_running(facts):
        return ""
    family = "nvme" if facts.nvme is not None else "ata" if facts.ata is not None else "scsi"
    can = facts.nvme or facts.ata or facts.scsi
    able = {name: getattr(can, f"sanitize_{name}") for name in ("crypto", "block", "overwrite")}
    possible = [name for name, told in able.items() if told is not False]  # what it does not say it may do
    action = report.action or (possible[0] if len(possible) == 1 and able[possible[0]] else "")
    name = f"{family}.sanitize.{action}"
    return name if name in rows else ""


def of_method(name: str, reason: Reason) -> Reason:
    """Say that the method that was named does not apply, and why; a policy that forbids it speaks for itself."""
    if reason.code is ReasonCode.OPERATOR:
        return reason
    return Reason(reason.code, f"{name} does not apply to this drive: {reason.detail}")


def told(judged: Mapping[str, Reason | None], otherwise: str) -> Iterator[Inapplicable]:
    """Every method of a refused drive: with its own reason, or, where it would apply, with what keeps it from use."""
    for name, reason in judged.items():
        yield Inapplicable(name, reason or Reason(ReasonCode.OPERATOR, otherwise))


def set_aside(judged: Mapping[str, Reason | None], chosen: str, policy: Policy) -> Iterator[Inapplicable]:
    """Every method that was not chosen, with the reason."""
    for name, reason in judged.items():
        if name != chosen:
            asked = Reason(ReasonCode.OPERATOR, f"policy {policy.name} prefers {chosen}")
            yield Inapplicable(name, reason or asked)


def refusals(facts: DriveFacts) -> Iterator[Reason]:
    """Reasons in the drive itself why nothing is planned for it."""
    yield from identity_refusals(facts)
    yield from size_refusals(facts)
    if facts.read_only:
        yield Reason(ReasonCode.READ_ONLY, "the kernel refuses writes to this drive")


def identity_refusals(facts: DriveFacts) -> Iterator[Reason]:
    """Why the drive cannot be told from another one, or is no drive."""
    identity = facts.device.identity
    yield from naming_faults(facts)
    if fault := serial_fault(identity.serial):
        yield Reason(ReasonCode.IDENTITY, fault)
    for quirk in quirks_of(identity):
        if quirk.effect is QuirkEffect.SERIAL_UNTRUSTED:
            yield Reason(ReasonCode.IDENTITY, f"serial {identity.serial} is known to be shared ({quirk.issue})")
        elif quirk.effect is QuirkEffect.AVOID_METHOD:
            continue
        elif quirk.effect is QuirkEffect.RAID_VOLUME:
            yield Reason(ReasonCode.RAID_VOLUME, f"{identity.model} is a volume of a RAID controller")
        else:
            yield Reason(ReasonCode.UNSUPPORTED, f"{identity.model} is a remote-management medium ({quirk.issue})")


def size_refusals(facts: DriveFacts) -> Iterator[Reason]:
    """Why the sizes read do not hold together. A drive under sanitize may show none until it has ended."""
    if facts.unmeasured:
        return  # the run waits until kernel and drive tell the same capacity (`erasure.measuring`)
    if facts.scsi is not None and (unusable := unreadable_sectors(facts.scsi)):
        yield unusable  # the kernel shows no capacity at all then: that is no fault of the drive
        return
    if facts.logical_sector not in SECTOR_SIZES:
        yield Reason(ReasonCode.SIZE, f"logical sectors of {facts.logical_sector} bytes")
    elif facts.size_bytes <= 0 or facts.size_bytes % facts.logical_sector:
        no_capacity = Reason(ReasonCode.SIZE, f"{facts.size_bytes} bytes are no whole number of sectors")
        yield (facts.scsi and unreadable_sectors(facts.scsi)) or no_capacity
    elif facts.physical_sector < facts.logical_sector or facts.physical_sector % facts.logical_sector:
        yield Reason(ReasonCode.SIZE, f"sectors of {facts.logical_sector} and {facts.physical_sector} bytes disagree")
    yield from size_faults(facts)
    if facts.size_bytes != facts.device.size_bytes:
        detail = f"{facts.size_bytes} bytes on the open device, {facts.device.size_bytes} in sysfs"
        yield Reason(ReasonCode.SIZE, detail)


def uncovered(facts: DriveFacts) -> Iterator[Reason]:
    """The open entries of the ledger of hidden areas: known now, printed before and after. Restorable ones go first."""
    if restorable(facts):
        return
    for area in ("hpa", "dco", "ama"):
        state: AreaState = getattr(facts.hidden, area)
        if state in (AreaState.PRESENT, AreaState.UNKNOWN):
            yield Reason(ReasonCode.HIDDEN_AREA, f"{area.upper()} {state.value}")
    native = facts.hidden.native_bytes
    if native is not None and native != facts.size_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"native capacity {native} bytes, visible {facts.size_bytes}")
