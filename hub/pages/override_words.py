"""A person's letter in words, always beside the computed one, and the form that asks for it.

A donor reads that a person gave the letter and for which sort of reason; the name and the remark stay in the workshop.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.grades import overriding
from hub.models import GradeOverride
from hub.pages.grade_words import letter_word
from hub.pages.language import mark, words

REASONS = {
    overriding.LOOKS: mark("its looks, seen by a person"),
    overriding.REPAIRED: mark("repaired after the diagnosis"),
    overriding.MEASURED: mark("a measurement is wrong"),
    overriding.DEFECT: mark("a defect that no check looks for"),
    overriding.OTHER: mark("another reason"),
}


@dataclass(frozen=True, slots=True)
class OverrideFacts:
    """One letter by a person; `who` and `note` are "" for a donor."""

    letter: str
    computed: str
    policy: str
    policy_version: int
    reason: str
    note: str
    who: str
    at: datetime
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class OverrideForm:
    """What a lead may choose."""

    letters: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


def override_facts(row: GradeOverride | None, lang: str, *, inside: bool) -> OverrideFacts | None:
    """The letter that a person gave, in words; None where none stands."""
    if row is None:
        return None
    say = words(lang).gettext
    return OverrideFacts(
        letter=letter_word(row.letter, lang),
        computed=letter_word(row.computed, lang),
        policy=row.policy,
        policy_version=row.policy_version,
        reason=say(REASONS.get(row.reason, REASONS[overriding.OTHER])),
        note=row.note if inside else "",
        who=row.by_name if inside else "",
        at=row.at,
        withdrawn=row.withdrawn,
    )


def override_history(rows: Iterable[GradeOverride], lang: str) -> tuple[OverrideFacts, ...]:
    """Every letter by a person, oldest first, for the workshop."""
    told = (override_facts(row, lang, inside=True) for row in rows)
    return tuple(one for one in told if one is not None)


def override_form(session: Session, lang: str) -> OverrideForm:
    """The letters of the policy in force and the reasons, in words."""
    say = words(lang).gettext
    return OverrideForm(overriding.letters(session), tuple((code, say(word)) for code, word in REASONS.items()))
