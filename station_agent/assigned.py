"""What a hub assigned to this bench, as types: lots and what is expected, who works here, what may start by itself.

Pure. Made only from a document whose signature, bench and form were checked (`station_agent.assignments`). Where it
cannot be used, `Unusable` says why, and then nothing starts by itself.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from certificates.assignments import ANY, OpenedAssignments
from certificates.shape import WALL_FORM
from station_agent.language import mark, without_controls

AGED: Final = mark("The assignments of the hub are of {date} ({days} d ago).")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the catalogue and what fills its braces."""

    sentence: str
    facts: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class AssignedLot:
    """An open lot: what it expects, its default policy, and whether two people decide. `donor` "" is not told."""

    code: str
    donor: str
    policy: str
    four_eyes: bool
    assets: frozenset[str]
    serials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Drives of a lot may start by themselves: who approved it (pseudonym, name), until when, after which countdown."""

    id: int
    lot: str
    policy: str
    any_drive: bool  # False: only serials that the lot expects
    exceptions: bool  # True: also with exceptions known beforehand
    countdown_s: int
    approved_by: str
    approver_name: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class AssignedOperator:
    """Somebody who may work here: pseudonym, name, and the SHA-256 of the badge's token or ""."""

    id: str
    name: str
    badge_sha256: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """Plain text of the hub for everybody at the bench; `until` None: until newer assignments leave it out."""

    id: int
    text: str
    severity: str  # info, warning, urgent
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Assignments:
    """What holds at this bench until newer assignments come. `demo`: of a hub for simulated drives only."""

    counter: int
    issued: datetime
    demo: bool
    lots: tuple[AssignedLot, ...] = ()
    protected_serials: frozenset[str] = frozenset()
    operators: tuple[AssignedOperator, ...] = ()
    rules: tuple[Rule, ...] = ()
    messages: tuple[Message, ...] = ()

    def lot(self, code: str) -> AssignedLot | None:
        """Find an open lot by its code."""
        return next((lot for lot in self.lots if lot.code == code), None)

    def lots_expecting(self, serial: str) -> tuple[str, ...]:
        """Give the codes of the lots that expect a drive of this serial number, exactly as it is written."""
        return tuple(lot.code for lot in self.lots if serial and serial in lot.serials)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Assignments are here and cannot be used: nothing starts by itself. `code` is stable, `why` is for people."""

    code: str
    why: Said


def assignments_from(opened: OpenedAssignments) -> Assignments:
    """Give the types of a document that was checked."""
    document = opened.document
    return Assignments(
        counter=document["counter"],
        issued=_moment(document["issued"]),
        demo=opened.demo,
        lots=tuple(_lot(lot) for lot in document["lots"]),
        protected_serials=frozenset(document["protected_serials"]),
        operators=tuple(
            AssignedOperator(one["id"], without_controls(one["name"]), one["badge_sha256"])
            for one in document["operators"]
        ),
        rules=tuple(_rule(rule) for rule in document["auto_start"]),
        messages=tuple(_message(message) for message in document["messages"]),
    )


def age(assignments: Assignments, now: datetime) -> timedelta:
    """Give how old they are by the clock of this bench; never less than nothing."""
    return max(now - assignments.issued, timedelta())


def told(assignments: Assignments | Unusable | None, now: datetime, *, clock_set: bool) -> tuple[Said, ...]:
    """Say what everybody should know: why nothing starts by itself, an age of a day or more, messages of the hub.

    A message past its end is left out, unless the clock of this bench is not set: then nobody knows.
    """
    if assignments is None:
        return ()
    if isinstance(assignments, Unusable):
        return (assignments.why,)
    days = age(assignments, now).days if clock_set else 0
    aged = (Said(AGED, {"date": f"{assignments.issued:%Y-%m-%d}", "days": str(days)}),) if days else ()
    return (*aged, *(_hub_says(one) for one in current_messages(assignments, now, clock_set=clock_set)))


def current_messages(assignments: Assignments, now: datetime, *, clock_set: bool) -> tuple[Message, ...]:
    """Give the messages that still hold, the urgent ones first."""
    order = {"urgent": 0, "warning": 1, "info": 2}
    held = [one for one in assignments.messages if one.until is None or not clock_set or now < one.until]
    return tuple(sorted(held, key=lambda one: (order.get(one.severity, 0), one.id)))


def _hub_says(message: Message) -> Said:
    sentence = {
        "urgent": mark("URGENT, your hub says: {text}"),
        "warning": mark("Attention, your hub says: {text}"),
    }.get(message.severity, mark("Your hub says: {text}"))
    return Said(sentence, {"text": without_controls(message.text)})


def _lot(lot: dict[str, Any]) -> AssignedLot:
    assets, serials = frozenset(lot["assets"]), frozenset(lot["serials"])
    return AssignedLot(lot["code"], lot["donor_label"], lot["policy"], lot["four_eyes"], assets, serials)


def _rule(rule: dict[str, Any]) -> Rule:
    return Rule(
        id=rule["id"],
        lot=rule["lot"],
        policy=rule["policy"],
        any_drive=rule["drives"] == ANY,
        exceptions=rule["exceptions"],
        countdown_s=rule["countdown_s"],
        approved_by=rule["approved_by"]["id"],
        approver_name=without_controls(rule["approved_by"]["name"]),
        valid_until=_moment(rule["valid_until"]),
    )


def _message(message: dict[str, Any]) -> Message:
    until = _moment(message["until"]) if message["until"] else None
    return Message(message["id"], message["text"], message["severity"], until)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, WALL_FORM).replace(tzinfo=UTC)
