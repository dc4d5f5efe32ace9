"""What a state looks like and is called on a page: tone, drawing and word, never a colour alone.

Words about erasures (verdicts, reasons, methods, levels) come from `certificates.wording`, so that a page and a
certificate never differ; words about lots, decisions, stations and people are the hub's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import certificates.wording
from certificates.language import Catalogue, catalogue, mark
from certificates.verdicts import TAKEN_BACK
from certificates.wording.details import detail_words
from hub.devices import kinds
from hub.models import DecisionWord, LotState, Role, StationState

LOCALE = Path(__file__).resolve().parent / "locale"

# tone, icon, word
LOT_STATES = {
    LotState.ANNOUNCED: ("none", "list", mark("announced")),
    LotState.COLLECTED: ("none", "box", mark("collected")),
    LotState.RECEIVED: ("wait", "box", mark("received")),
    LotState.PROCESSING: ("wait", "clock", mark("in progress")),
    LotState.READY: ("ok", "check", mark("ready to close")),
    LotState.CLOSED: ("ok", "lock", mark("closed")),
    LotState.CANCELLED: ("none", "dash", mark("cancelled")),
}
DECISIONS = {
    DecisionWord.AWAITING: ("wait", "clock", mark("awaiting decision")),
    DecisionWord.APPROVED: ("ok", "check", mark("approved")),
    DecisionWord.REJECTED: ("bad", "cross", mark("rejected")),
}
STATION_STATES = {
    StationState.PENDING: ("wait", "clock", mark("waiting for you")),
    StationState.ACCEPTED: ("ok", "check", mark("accepted")),
    StationState.REFUSED: ("none", "dash", mark("refused")),
    StationState.LOCKED: ("bad", "lock", mark("locked: contradictory statements")),
}
ROLES = {
    Role.TECHNICIAN: mark("technician"),
    Role.LEAD: mark("workshop lead"),
    Role.DONOR: mark("donor"),
    Role.ADMIN: mark("administrator"),
    Role.COORDINATOR: mark("coordinator of a network"),
    Role.VOLUNTEER: mark("volunteer"),
    Role.DISTRIBUTOR: mark("solidarity distributor"),
    Role.PRESCRIBER: mark("prescriber"),
}
ALARMS = {
    "fork": mark("Two different statements with one number: a station may have been copied"),
    "gap": mark("Statements of a station are missing"),
    "unreadable": mark("A signed statement that this hub does not understand is kept apart"),
    "refused": mark("A refused station keeps calling"),
    "log": mark("The log is stopped, or something speaks against it: call etabli-hub log fsck"),
}
VERDICT_LOOKS = {
    "ERASED": ("ok", "check"),
    "ERASED_WITH_EXCEPTIONS": ("wait", "check-note"),
    "UNCONFIRMED": ("wait", "question"),
    "FAILED": ("bad", "cross"),
    "NOT_ERASED": ("none", "dash"),
}
# A run that completed before a person approved it: erased is said of none, and after a rejection of none either.
COMPLETE = {
    "ERASED": ("ok", "check", mark("run complete")),
    "ERASED_WITH_EXCEPTIONS": ("wait", "check-note", mark("run complete with exceptions")),
}
TO_DECIDE = {
    "ERASED": ("wait", "clock", mark("run complete, to be decided")),
    "ERASED_WITH_EXCEPTIONS": ("wait", "clock", mark("run complete with exceptions, to be decided")),
}
REFUSED_RUN = {
    "ERASED": ("bad", "cross", mark("run complete, rejected")),
    "ERASED_WITH_EXCEPTIONS": ("bad", "cross", mark("run complete with exceptions, rejected")),
}
JUDGEMENT_LOOKS = {
    "VALID": ("ok", "shield"),
    "VALID-UNWITNESSED": ("wait", "shield"),
    "SUPERSEDED": ("wait", "info"),
    "DISPUTED": ("wait", "alert"),
    "UNKNOWN-KEY": ("wait", "question"),
    "INVALID": ("bad", "cross"),
    TAKEN_BACK: ("bad", "cross"),
}
UNTOUCHED = ("none", "dash", mark("nothing reported yet"))
ACTIVE = ("ok", "check", mark("active"))
ENDED = ("none", "dash", mark("closed account"))
# What a donor reads, in the order of a drive's life.
OUTCOMES = {
    "announced": ("none", "list", mark("announced")),
    "received": ("none", "box", mark("received, not erased yet")),
    "awaiting": TO_DECIDE["ERASED"],
    "certified": ("ok", "seal", mark("erased, certificate issued")),
    "exceptions": ("wait", "seal", mark("erased with exceptions, certificate issued")),
    "open": ("bad", "alert", mark("not erased: handled by the workshop")),
    "doubted": ("bad", "alert", mark("certificate issued, in doubt since: handled by the workshop")),
    "imported": ("wait", "upload", mark("imported evidence, not erased here")),
    "destroyed": ("none", "cross", mark("destroyed, with a record")),
    "absent": ("none", "dash", mark("no drive, attested")),
    "returned": ("none", "back", mark("given back to the donor against signature")),
    "lost": ("bad", "alert", mark("lost, incident recorded")),
    "nothing": ("none", "dash", mark("no drive recorded")),
}


@dataclass(frozen=True, slots=True)
class State:
    """How a state is shown: "ok", "wait", "bad" or "none"; the name of a drawing; a word."""

    tone: str
    icon: str
    word: str


def page_words(lang: str) -> Catalogue:
    """The catalogue of the hub's own words."""
    return catalogue(LOCALE, lang)


def state(entry: tuple[str, str, str], lang: str) -> State:
    """One entry of the tables above, in words of the language."""
    tone, icon, word = entry
    return State(tone, icon, page_words(lang).gettext(word))


def lot_state(word: str, lang: str) -> State:
    """The state of a lot."""
    return state(LOT_STATES[LotState(word)], lang)


def decision_state(word: str, lang: str) -> State:
    """The state of a decision."""
    return state(DECISIONS[DecisionWord(word)], lang)


def station_state(word: str, lang: str) -> State:
    """The state of a station."""
    return state(STATION_STATES[StationState(word)], lang)


def role_word(word: str, lang: str) -> str:
    """What a role is called."""
    return page_words(lang).gettext(ROLES[Role(word)])


def kind_word(kind: str, lang: str) -> str:
    """What a kind of device is called; an unknown kind is shown as it came."""
    found = kinds.shipped().get(kind)
    return found.names["fr" if lang == "fr" else "en"] if found is not None else kind


def verdict_state(verdict: str, lang: str) -> State:
    """The verdict on a drive."""
    tone, icon = VERDICT_LOOKS.get(verdict, ("wait", "question"))
    return State(tone, icon, certificates.wording.verdict_word(verdict, lang))


def run_state(verdict: str, decision: str, lang: str) -> State:
    """The verdict of a run, said as erased only where a person approved it (INV-5)."""
    if verdict not in COMPLETE or decision == DecisionWord.APPROVED:
        return verdict_state(verdict, lang)
    return state((REFUSED_RUN if decision == DecisionWord.REJECTED else TO_DECIDE)[verdict], lang)


def complete_state(verdict: str, lang: str) -> State:
    """The verdict of a bench where no decision is told beside it: how the run ended, never that a drive is erased."""
    return state(COMPLETE[verdict], lang) if verdict in COMPLETE else verdict_state(verdict, lang)


def verdict_meaning(verdict: str, lang: str) -> str:
    """The verdict on a drive, as a sentence."""
    return certificates.wording.verdict_sentence(verdict, lang)


def reason_words(code: str, lang: str) -> str:
    """A reason or exception, as half a sentence."""
    return certificates.wording.reason_words(code, lang)


def reasons(coded: Iterable[Mapping[str, str]], lang: str) -> tuple[str, ...]:
    """Reasons or exceptions with the fact behind each, which is printable ASCII from the bench."""
    return tuple(
        f"{reason_words(one['code'], lang)} ({detail_words(one['detail'], lang)})"
        if one["detail"]
        else reason_words(one["code"], lang)
        for one in coded
    )


def judgement_state(word: str, lang: str, cause: str = "") -> State:
    """The verdict on a document; one that was taken back has no other in its place, and is not called replaced."""
    tone, icon = JUDGEMENT_LOOKS[cause if cause in JUDGEMENT_LOOKS else word]
    return State(tone, icon, certificates.wording.judgement_word(word, lang, cause))
