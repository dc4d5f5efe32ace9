"""From facts to a plan or a refusal. Pure: the same facts give the same answer, and nothing is touched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from erasure.applicability import Inapplicable
from erasure.drive import AreaState, DriveFacts
from erasure.identity import serial_fault
from erasure.methods import METHODS
from erasure.outcome import Level, Reason, ReasonCode
from erasure.policy import Policy
from erasure.quirks import QuirkEffect, quirks_of

SECTOR_SIZES = frozenset({512, 1024, 2048, 4096})  # bytes; 520 and 528 need another way (drives, 5.1)


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing destructive will be sent, and this is why. At least one reason."""

    facts: DriveFacts | None
    reasons: tuple[Reason, ...]


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

    def applies(self, facts: DriveFacts, /) -> Any:
        """Return `Inapplicable` when it cannot be used on this drive; any other answer says that it can."""
        ...


def plan(
    facts: DriveFacts,
    blocks: tuple[Reason, ...],
    policy: Policy,
    methods: Sequence[PlannableMethod] = METHODS,
) -> ErasurePlan | Refusal:
    """Choose the first method of the policy that this drive really supports, or refuse with every reason.

    `blocks` are the interlocks' reasons: one is enough for a refusal. `methods` are all known rows, by default those
    of `erasure.methods`. A method that does not apply is never replaced by one that the policy does not name.
    """
    reasons = (*blocks, *dict.fromkeys(refusals(facts)))
    if reasons:
        return Refusal(facts, reasons)
    rows = {row.id: row for row in methods}
    judged = {name: judge(row, facts) for name, row in rows.items()}
    missing = [Reason(ReasonCode.UNSUPPORTED, f"unknown method {name}") for name in policy.methods if name not in rows]
    fitting = [name for name in policy.methods if name in rows and judged[name] is None]
    if missing or not fitting:
        wanted = [judged[name] for name in policy.methods if name in rows]
        return Refusal(facts, (*missing, *(reason for reason in wanted if reason is not None)))
    chosen = rows[fitting[0]]
    return ErasurePlan(
        facts=facts,
        policy=policy,
        method=chosen.id,
        method_version=chosen.version,
        level=chosen.level,
        verification=policy.verification,
        sample_sectors=policy.sample_sectors,
        exceptions=tuple(uncovered(facts)),
        inapplicable=tuple(set_aside(judged, chosen.id, policy)),
    )


def judge(row: PlannableMethod, facts: DriveFacts) -> Reason | None:
    """Ask a method whether it applies; None when it does."""
    answer = row.applies(facts)
    return answer.reason if isinstance(answer, Inapplicable) else None


def set_aside(judged: dict[str, Reason | None], chosen: str, policy: Policy) -> Iterator[Inapplicable]:
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
    if facts.zoned == "host-managed":
        yield Reason(ReasonCode.UNSUPPORTED, "host-managed zones: an overwrite in any order is not possible")


def identity_refusals(facts: DriveFacts) -> Iterator[Reason]:
    """Why the drive cannot be told from another one, or is no drive."""
    identity = facts.device.identity
    if fault := serial_fault(identity.serial):
        yield Reason(ReasonCode.IDENTITY, fault)
    for quirk in quirks_of(identity):
        if quirk.effect is QuirkEffect.SERIAL_UNTRUSTED:
            yield Reason(ReasonCode.IDENTITY, f"serial {identity.serial} is known to be shared ({quirk.issue})")
        elif quirk.effect is QuirkEffect.RAID_VOLUME:
            yield Reason(ReasonCode.RAID_VOLUME, f"{identity.model} is a volume of a RAID controller")
        else:
            yield Reason(ReasonCode.UNSUPPORTED, f"{identity.model} is a remote-management medium ({quirk.issue})")


def size_refusals(facts: DriveFacts) -> Iterator[Reason]:
    """Why the sizes read do not hold together."""
    if facts.logical_sector not in SECTOR_SIZES:
        yield Reason(ReasonCode.SIZE, f"logical sectors of {facts.logical_sector} bytes")
    elif facts.size_bytes <= 0 or facts.size_bytes % facts.logical_sector:
        yield Reason(ReasonCode.SIZE, f"{facts.size_bytes} bytes are no whole number of sectors")
    elif facts.physical_sector < facts.logical_sector or facts.physical_sector % facts.logical_sector:
        yield Reason(ReasonCode.SIZE, f"sectors of {facts.logical_sector} and {facts.physical_sector} bytes disagree")
    if facts.size_bytes != facts.device.size_bytes:
        detail = f"{facts.size_bytes} bytes on the open device, {facts.device.size_bytes} in sysfs"
        yield Reason(ReasonCode.SIZE, detail)


def uncovered(facts: DriveFacts) -> Iterator[Reason]:
    """Areas that an overwrite of the visible sectors does not reach: known now, printed before and after."""
    for area in ("hpa", "dco", "ama"):
        state: AreaState = getattr(facts.hidden, area)
        if state in (AreaState.PRESENT, AreaState.UNKNOWN):
            yield Reason(ReasonCode.HIDDEN_AREA, f"{area.upper()} {state.value}")
    native = facts.hidden.native_bytes
    if native is not None and native != facts.size_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"native capacity {native} bytes, visible {facts.size_bytes}")
    for name in facts.raw.get("uncovered", "").split():
        yield Reason(ReasonCode.HIDDEN_AREA, f"{name} is a separate area of the drive")
