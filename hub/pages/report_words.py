"""Words for wipe reports of other programs: what they claim, why a claim does not do, why a file could not be read."""

from hub import wording
from hub.foreign import WipeReportFile
from hub.imported import keeping
from hub.imported.reported import Outcome, Trouble, Why
from hub.pages.language import mark, words

OUTCOMES = {
    Outcome.SUCCESS: ("wait", "upload", mark("says: erased")),
    Outcome.EXCEPTIONS: ("wait", "alert", mark("says: erased, with something left out")),
    Outcome.FAILED: ("bad", "cross", mark("says: failed")),
    Outcome.UNKNOWN: ("wait", "question", mark("does not say that it is erased")),
}
WHYS = {
    Why.NONE: "",
    Why.STATE: mark("its word for the state is no plain success"),
    Why.ERRORS: mark("it counts errors"),
    Why.INCOMPLETE: mark("it did not write every byte or every round"),
    Why.UNTOLD: mark("it does not tell how much was written, or with how many errors"),
    Why.HIDDEN: mark("it warns of hidden areas"),
}
TROUBLES = {
    Trouble.UNKNOWN_FORM: mark(
        "It is none of the forms that this hub reads (nwipe: PDF, log, CSV, JSON; Blancco: XML)."
    ),
    Trouble.XML: mark("It is no well-formed XML."),
    Trouble.XML_ENTITIES: mark("This XML declares a document type or entities: such files are not read."),
    Trouble.PDF: mark("This PDF is damaged."),
    Trouble.PDF_PACKED: mark(
        "This PDF was saved again by another program or is locked: give the file that nwipe wrote."
    ),
    Trouble.TOO_LARGE: mark("It is too large or too deeply nested: split it."),
    Trouble.NO_DRIVE: mark("It names no drive."),
    Trouble.TEXT: mark("It is no text in UTF-8 or Windows-1252."),
}
STATES = {
    keeping.STORED: ("wait", "clock", mark("stored, not read yet")),
    keeping.READ: ("none", "list", mark("read")),
    keeping.UNREADABLE: ("bad", "question", mark("to review: cannot be read")),
}
NO_SIGNATURE = mark("carries none")
UNCHECKED = mark("present, not checked")


def outcome_state(outcome: str, lang: str) -> wording.State:
    """What a report claims of a drive."""
    return wording.state(OUTCOMES[Outcome(outcome)], lang)


def why_words(why: str, lang: str) -> str:
    """Why the claim does not do; "" where it does."""
    text = WHYS[Why(why)]
    return words(lang).gettext(text) if text else ""


def report_state(report: WipeReportFile, lang: str) -> wording.State:
    """Whether a report could be read."""
    return wording.state(STATES[report.state], lang)


def trouble_words(report: WipeReportFile, lang: str) -> str:
    """Why a report could not be read; "" for one that was."""
    return words(lang).gettext(TROUBLES[Trouble(report.trouble)]) if report.trouble else ""


def signature_words(report: WipeReportFile, lang: str) -> str:
    """The state of a report's own signature: nothing here checks one."""
    return words(lang).gettext(UNCHECKED if report.signed else NO_SIGNATURE)
