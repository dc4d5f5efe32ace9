"""Triage in words: what a person chose before any effort was spent, or that nobody has (field reference, 1.2 step 4).

A missing triage is said and stops nothing: evidence is taken in whatever order the work was done.
"""

from typing import Any

from diagnostics.grading import check_value, triage_of
from hub import wording
from hub.models import Diagnostic
from hub.pages.grade_words import ORIENTATION_LOOKS, diagnostics_words
from hub.pages.language import mark, words

MISSING = mark("missing: nobody has chosen where it goes")
NOT_TRIAGED = frozenset({"drive", "parts"})  # kinds that a bench does not triage


def triage_missing(kind: str, diagnostic: Diagnostic | None) -> bool:
    """Whether a machine is worked on and no report of it tells of a triage."""
    return kind not in NOT_TRIAGED and not triage_of(_report(diagnostic))


def triage_state(diagnostic: Diagnostic | None, lang: str) -> wording.State:
    """What was chosen, or that it is missing."""
    chosen = triage_of(_report(diagnostic))
    if not chosen:
        return wording.State("wait", "question", words(lang).gettext(MISSING))
    return wording.State(*ORIENTATION_LOOKS[chosen], check_value("triage", chosen, diagnostics_words(lang)))


def _report(diagnostic: Diagnostic | None) -> dict[str, Any]:
    found = diagnostic.payload.get("report") if diagnostic else None
    return found if isinstance(found, dict) else {}
