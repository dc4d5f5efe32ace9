"""Words of a lot's account: where devices go, what explains a drive, why it is open, how it was destroyed."""

from collections.abc import Iterable, Mapping

from hub import wording
from hub.devices import outcomes
from hub.lots import counts, explaining
from hub.lots.account import Explained, Why
from hub.pages.language import mark, words

CLASSES = {
    Explained.ERASED_PURGE: ("ok", "seal", mark("erased (Purge)")),
    Explained.ERASED_CLEAR: ("ok", "seal", mark("erased (Clear)")),
    Explained.EXCEPTIONS: ("wait", "check-note", mark("erased with exceptions")),
    Explained.IMPORTED: ("wait", "upload", mark("imported evidence, not erased here")),
    Explained.DESTROYED: ("none", "cross", mark("destroyed, with a record")),
    Explained.ABSENT: ("none", "dash", mark("no drive, attested")),
    Explained.RETURNED: ("none", "back", mark("given back to the donor against signature")),
    Explained.LOST: ("bad", "alert", mark("lost, incident recorded")),
    Explained.OPEN: ("bad", "question", mark("not explained")),
}
WHYS = {
    Why.NONE: "",
    Why.UNSEEN: mark("no bench has reported it, and nobody has said what became of it"),
    Why.AWAITING: mark("its run waits for a decision"),
    Why.REJECTED: mark("its run was rejected"),
    Why.FAILED: mark("its run did not complete: erase it in another way, or have it destroyed"),
    Why.EARLIER: mark("its approved run is from before the reception: a lead says whether it counts"),
    Why.CONTRADICTED: mark("a later run failed after the approval: erase it again"),
    Why.REREAD: mark("another person read it again and did not find it clean: erase it again, or have it destroyed"),
    Why.DISPUTED: mark("somebody else may have had the key that signed its run: erase it again, or have it destroyed"),
    Why.SEEN_AFTER: mark("a bench saw it although a record says it is gone: take that record back"),
}
DISPOSITIONS = {
    outcomes.REUSE: ("ok", "check", mark("reusable")),
    outcomes.PARTS: ("wait", "box", mark("for parts")),
    outcomes.WEEE: ("none", "undo", mark("e-waste")),
    outcomes.WASTE: ("none", "dash", mark("other waste")),
    outcomes.RETURNED: ("none", "back", mark("given back to the donor")),
    outcomes.LOST: ("bad", "alert", mark("lost")),
}
NOWHERE = ("wait", "question", mark("nobody has said where it goes"))
STEPS = {
    "received": mark("received"),
    "triaged": mark("triaged"),
    "wiping": mark("being erased"),
    "diagnosed": mark("diagnosed"),
    "repairing": mark("in repair"),
    "graded": mark("graded"),
    "installed": mark("reinstalled"),
    "ready": mark("ready to leave"),
    "reserved": mark("reserved"),
    outcomes.OUT: mark("out"),
}
METHODS = {
    "shredded": mark("shredded"),
    "crushed": mark("crushed"),
    "drilled": mark("drilled through"),
    "melted": mark("melted"),
    "other": mark("in another way (say which)"),
}
ABSENCES = {
    explaining.BAY_EMPTY: mark("the bay was empty when it was opened"),
    explaining.NOT_ARRIVED: mark("it was announced and never came (say how you know)"),
    explaining.LIST_WRONG: mark("the list is wrong (say how you know)"),
    explaining.SAME_DRIVE: mark("it is another drive of this account (say which)"),
}
REFUSALS = {
    counts.DAMAGED: mark("damaged beyond use"),
    counts.NOT_ANNOUNCED: mark("not announced"),
    counts.DANGEROUS: mark("dangerous (swollen battery, leak)"),
    counts.SPECIAL: mark("media under special duties"),
    counts.OTHER: mark("another reason (say which)"),
}
COUNT_STEPS = {
    counts.ANNOUNCED: mark("announced"),
    counts.COLLECTED: mark("collected"),
    counts.RECEIVED: mark("received"),
    counts.REFUSED: mark("refused"),
    counts.SORTED: mark("sorted by number"),
}
HOWS = {
    "destroyed": mark("destroyed"),
    "absent": mark("no such drive"),
    "returned": mark("given back to the donor"),
    "lost": mark("lost"),
    "earlier-run": mark("the earlier run counts"),
    "imported": mark("imported report of another program"),
}


def class_state(explained: str, lang: str) -> wording.State:
    """How a class of the drive account is shown."""
    return wording.state(CLASSES[Explained(explained)], lang)


def why_words(why: str, lang: str) -> str:
    """Why a drive is open, in words."""
    return say(WHYS[Why(why)], lang)


def disposition_state(word: str, lang: str) -> wording.State:
    """Where a device goes; "" where nobody said."""
    return wording.state(DISPOSITIONS[word] if word else NOWHERE, lang)


def say(text: str, lang: str) -> str:
    """One of the words above in the language."""
    return words(lang).gettext(text) if text else ""


def choices(table: Mapping[str, str], lang: str, only: Iterable[str] | None = None) -> tuple[tuple[str, str], ...]:
    """Codes and words of a list to choose from."""
    return tuple((code, say(table[code], lang)) for code in (table if only is None else only))


def dispositions(lang: str) -> tuple[tuple[str, str], ...]:
    """The outcomes to choose from."""
    return tuple((code, say(entry[2], lang)) for code, entry in DISPOSITIONS.items())


def kinds(lang: str) -> tuple[tuple[str, str], ...]:
    """The kinds to choose from."""
    return tuple((kind, wording.kind_word(kind, lang)) for kind in outcomes.KINDS)
