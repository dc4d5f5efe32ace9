"""The story of a device as its evidence tells it, from its arrival to its certificate, and what is still to come."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from certificates.wording.techniques import method_words
from hub import wording
from hub.derive.interpret import payload_of
from hub.devices import service as devices
from hub.devices.service import DeviceView, TimelineEvent
from hub.models import Erasure, LedgerEntry, Role
from hub.pages.grade_words import letter_word
from hub.pages.language import mark
from hub.pages.visit import Visit

SOURCES = {
    "import": mark("Announced on the donor's list"),
    "bench": mark("First seen by a bench"),
    "person": mark("Recorded by a person"),
}
# what must come, in this order: key, drawing, words while it has not come
AHEAD = (
    ("received", "box", mark("Not received yet")),
    ("diagnostics", "laptop", mark("Not diagnosed yet")),
    ("erasure", "drive", mark("Not erased yet")),
    ("decision", "list", mark("No decision yet")),
    ("certificate", "seal", mark("No certificate yet")),
)
ORDER = ("created", "received", "diagnostics", "erasure", "decision", "overtaken", "recalled", "certificate")
LOOSE = "drive"
LOOSE_NEVER = frozenset({"diagnostics"})  # a loose drive is no machine: nobody will diagnose and grade it
BENCH_STEPS = frozenset({"diagnostics", "erasure"})
DECISIONS = {"approved": ("ok", "check", mark("Approved")), "rejected": ("bad", "cross", mark("Rejected"))}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story; without a time it has not happened yet."""

    key: str
    tone: str
    icon: str
    title: str
    at: datetime | None = None
    who: str = ""
    lines: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    statement: str = ""


def story(visit: Visit, view: DeviceView) -> list[Step]:
    """What happened, oldest first, then what is still to come."""
    told = [_step(visit, event) for event in devices.timeline(visit.session, view.device)]
    told += _received(visit, view, [step for step in told if step.key in BENCH_STEPS])
    # within one second the order of a drive's life decides: a certificate is never told before its approval
    told.sort(key=lambda step: (int(step.at.timestamp()) if step.at else 0, ORDER.index(step.key)))
    never = LOOSE_NEVER if view.device.kind == LOOSE else frozenset()
    return [*told, *_ahead(visit, {step.key for step in told} | never)]


def _received(visit: Visit, view: DeviceView, at_bench: list[Step]) -> list[Step]:
    """A person noted the reception, or a bench has had the device in its bay: then it is here."""
    if view.device.received is not None:
        return [Step("received", "ok", "box", visit.say(mark("Received at the workshop")), view.device.received)]
    times = [step.at for step in at_bench if step.at]
    if not times:
        return []
    return [Step("received", "ok", "box", visit.say(mark("At the workshop: seen by a bench")), min(times))]


def _ahead(visit: Visit, done: Iterable[str]) -> list[Step]:
    reached = set(done)
    return [Step(key, "none", icon, visit.say(title)) for key, icon, title in AHEAD if key not in reached]


def _step(visit: Visit, event: TimelineEvent) -> Step:
    if event.kind in DECISIONS:
        return _decision(visit, event)
    if event.kind == "erasure":
        return _erasure(visit, event)
    step = Step(event.kind, "ok", "laptop", "", event.at, statement=event.statement_id or "")
    if event.kind == "created":
        return replace(step, tone="none", icon="list", title=visit.say(SOURCES.get(event.word, SOURCES["person"])))
    if event.kind == "diagnostics":
        return replace(
            step, title=visit.say(mark("Diagnosed: grade %(letter)s"), letter=letter_word(event.word, visit.lang))
        )
    if event.kind == "recalled":
        said = visit.say(mark("Certificate %(number)s counts no more"), number=event.word)
        return replace(step, tone="wait", icon="undo", title=said)
    issued = visit.say(mark("Certificate %(number)s issued"), number=event.word)
    return replace(step, tone="ok" if event.kind == "certificate" else "none", icon="seal", title=issued)


def _erasure(visit: Visit, event: TimelineEvent) -> Step:
    erasure = visit.session.scalar(select(Erasure).where(Erasure.statement_id == event.statement_id))
    assert erasure is not None
    look = wording.run_state(erasure.verdict, erasure.decision, visit.lang)
    seen = erasure.payload["subject"]["drive"]
    return Step(
        "erasure",
        look.tone,
        look.icon,
        visit.say(mark("Drive %(serial)s: %(verdict)s"), serial=seen["serial"], verdict=look.word),
        event.at,
        erasure.payload["station"],
        (method_words(erasure.method, visit.lang),),
        wording.reasons((*erasure.payload["result"]["reasons"], *erasure.payload["exceptions"]), visit.lang),
        erasure.statement_id,
    )


def _decision(visit: Visit, event: TimelineEvent) -> Step:
    tone, icon, title = DECISIONS[event.kind]
    entry = visit.session.scalar(select(LedgerEntry).where(LedgerEntry.id == event.statement_id))
    said = payload_of(entry) if entry else {"validator_name": "", "reason": ""}
    inside = not visit.has_role(Role.DONOR)  # remarks of the workshop stay in the workshop
    lines = (str(said["reason"]),) if said["reason"] and inside else ()
    who, statement = str(said["validator_name"]) if inside else "", event.statement_id or ""
    return Step("decision", tone, icon, visit.say(title), event.at, who, lines, (), statement)
