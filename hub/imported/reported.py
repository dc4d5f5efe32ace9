"""What a wipe report of another program says, in one shape. It is a claim: nothing here makes it the hub's own finding.

An outcome is `success` only where the report says so whole: a percentage, an error count or a warning that contradicts
the word makes it something else (field reference, section 11: "ERASED at 0.0 %").
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.typed import one_line

LONGEST = 120  # characters of one field
MOST_DRIVES = 500


class Outcome(StrEnum):
    """What a report claims of one drive."""

    SUCCESS = "success"
    EXCEPTIONS = "exceptions"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a report that says "erased" is not taken for one, and why another word is not."""

    NONE = ""
    STATE = "state"  # it does not say that the drive is erased
    ERRORS = "errors"
    INCOMPLETE = "incomplete"  # not every byte, or not every round
    UNTOLD = "untold"  # it does not tell how much was erased
    HIDDEN = "hidden"  # areas that it could not reach


class Trouble(StrEnum):
    """Why a file cannot be read as a report."""

    UNKNOWN_FORM = "unknown-form"
    XML = "xml"
    XML_ENTITIES = "xml-entities"
    PDF = "pdf"
    PDF_PACKED = "pdf-packed"
    TOO_LARGE = "too-large"
    NO_DRIVE = "no-drive"
    TEXT = "text"


class Unreadable(Exception):
    """This file is no report that can be read; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class ReportedDrive:
    """One drive of a report. `said` is the report's own word for its outcome; times are as they were written."""

    serial: str
    model: str
    size: str
    technique: str
    outcome: Outcome
    said: str
    why: Why = Why.NONE
    started: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class WipeReport:
    """A whole report. `signed` tells whether it carries something like a signature; nothing checks it."""

    tool: str
    version: str
    form: str
    drives: tuple[ReportedDrive, ...]
    signed: bool = False


def told(value: object) -> str:
    """One field of a report on one line, without what a page must not act upon."""
    return one_line(value, LONGEST) if isinstance(value, str) else ""


def whole(drives: list[ReportedDrive]) -> tuple[ReportedDrive, ...]:
    """The drives of a report. Raises Unreadable where there is none, or more than anybody wipes at once."""
    if not drives:
        raise Unreadable(Trouble.NO_DRIVE)
    if len(drives) > MOST_DRIVES:
        raise Unreadable(Trouble.TOO_LARGE)
    return tuple(drives)
