"""A grade in words: its letter, the policy that gave it, every input with its source, every rule, and its history.

Words come from `diagnostics.grading`, so that the bench and the hub say the same; a code that is not known here is
shown as it is: the statement may come from a newer bench.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from certificates.language import catalogue
from diagnostics.grading import (
    LOCALE,
    DriveStanding,
    Mention,
    category_lines,
    grade_reason_line,
    input_line,
    lawful,
    mention,
    mention_lines,
    orientation_lines,
    rule_line,
)
from hub import wording
from hub.devices.service import DeviceView
from hub.grades.policies import CATEGORY, GRADE
from hub.models import Assessment, DecisionWord, Diagnostic
from hub.pages import standing
from hub.pages.language import mark, words

UNGRADED = ("", "none")  # a signed report says "none" where the policy gave no letter
NOT_GRADED = mark("not graded")
OF_BENCH = mark("the bench")
OF_COMMAND = mark("the command line")
ORIENTATION_LOOKS = {
    "reuse": ("ok", "check"),
    "parts": ("wait", "box"),
    "weee": ("wait", "alert"),
    "waste": ("bad", "cross"),
}
SHOWN_OF_DIGEST = 12
STANDINGS = {"certified": "erased", "exceptions": "exceptions", "awaiting": "awaiting"}


@dataclass(frozen=True, slots=True)
class PolicyName:
    """What stands beside every letter: name, version and the beginning of the digest ("" in old statements)."""

    name: str
    version: int
    digest: str
    by: str


@dataclass(frozen=True, slots=True)
class PastGrade:
    """One grade of the history."""

    letter: str
    policy: PolicyName
    at: Any
    state: str  # in force, superseded, undone


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """A grade, the policy that gave it, and why; `letter` is a word where there is no letter."""

    letter: str
    policy: PolicyName
    inputs: tuple[tuple[str, str, str], ...]  # name, value, source
    rules: tuple[tuple[str, str, bool], ...]  # sentence, met or not, held
    reasons: tuple[str, ...]
    orientation: wording.State
    orientation_reasons: tuple[str, ...]
    category: str
    category_lines: tuple[str, ...]
    category_policy: PolicyName | None
    mention: wording.State
    mention_missing: tuple[str, ...]


def diagnostics_words(lang: str) -> Callable[[str], str]:
    """The translation of the sentences of `diagnostics`."""
    return _catalogue(lang)


def letter_word(letter: str, lang: str) -> str:
    """The letter, or "not graded"; never a word that the law bans, whoever signed it."""
    return words(lang).gettext(NOT_GRADED) if letter in UNGRADED else lawful(letter)


def grade_facts(view: DeviceView, lang: str, *, inside: bool = True) -> GradeFacts | None:
    """The grade that stands for a device, explained; None without a diagnosis. A donor reads no names (`inside`)."""
    diagnostic = view.diagnostic
    if diagnostic is None:
        return None
    say, given = diagnostics_words(lang), view.assessed.get(GRADE)
    document: Mapping[str, Any] = given.document if given else diagnostic.payload["report"]["grade"]
    proposal, why = orientation_lines(_table(document.get("orientation")), say)
    category = view.assessed.get(CATEGORY)
    category_word, category_why = category_lines(category.document if category else {"state": "to-be-filled-in"}, say)
    spoken = _mention(view, diagnostic).to_document()
    may, missing = mention_lines(spoken, say)
    return GradeFacts(
        letter=letter_word(view.letter, lang),
        policy=_known_to(_policy_name(diagnostic, given, lang), inside=inside),
        inputs=tuple(input_line(_anonymous(row, inside=inside), say) for row in _inputs(document)),
        rules=tuple((*rule_line(row, say), row.get("held") is True) for row in _records(document.get("rules"))),
        reasons=tuple(grade_reason_line(row, say) for row in _records(document.get("reasons"))),
        orientation=_orientation(document, proposal),
        orientation_reasons=why,
        category=category_word,
        category_lines=category_why,
        category_policy=_of_assessment(category, lang) if category else None,
        mention=wording.State("ok", "seal", may) if not missing else wording.State("none", "info", may),
        mention_missing=missing,
    )


def past_grades(diagnostic: Diagnostic, found: Iterable[Assessment], lang: str) -> tuple[PastGrade, ...]:
    """Every letter that a diagnosis ever had, oldest first: the bench's own, then each policy of the site."""
    mine = [one for one in found if one.use.policy.kind == GRADE]
    in_force = next((one for one in reversed(mine) if one.use.until_position is None), None)
    say = words(lang).gettext
    states = {True: say(mark("in force")), False: say(mark("earlier"))}
    told = [
        PastGrade(
            letter_word(diagnostic.letter, lang),
            _policy_name(diagnostic, None, lang),
            diagnostic.received,
            states[in_force is None],
        )
    ]
    for one in mine:
        state = say(mark("undone")) if one.use.undone else states[one is in_force]
        told.append(PastGrade(letter_word(one.word, lang), _of_assessment(one, lang), one.use.since, state))
    return tuple(told)


def _mention(view: DeviceView, diagnostic: Diagnostic) -> Mention:
    drives = [
        DriveStanding(one.drive.serial, one.drive.model, _standing(one, view)) for one in view.drives
    ]  # fmt: skip
    return mention(diagnostic.payload["report"], drives)


def _standing(one: Any, view: DeviceView) -> str:
    word = standing.outcome(one, received=view.device.received is not None)
    if word == "open":
        return "rejected" if one.erasure.decision == DecisionWord.REJECTED else "failed"
    return STANDINGS.get(word, "nothing")


def _orientation(document: Mapping[str, Any], proposal: str) -> wording.State:
    tone, icon = ORIENTATION_LOOKS.get(str(_table(document.get("orientation")).get("to")), ("none", "question"))
    return wording.State(tone, icon, proposal)


def _policy_name(diagnostic: Diagnostic, given: Assessment | None, lang: str) -> PolicyName:
    if given is not None:
        return _of_assessment(given, lang)
    digest = str(diagnostic.payload["report"]["grade"].get("policy_sha256", ""))[:SHOWN_OF_DIGEST]
    return PolicyName(diagnostic.policy, diagnostic.policy_version, digest, words(lang).gettext(OF_BENCH))


def _of_assessment(given: Assessment, lang: str) -> PolicyName:
    policy, person = given.use.policy, given.use.person
    by = person.name if person else words(lang).gettext(OF_COMMAND)
    return PolicyName(policy.name, policy.version, policy.sha256[:SHOWN_OF_DIGEST], by)


def _inputs(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The inputs; of a statement from before they were kept with their sources, what it has."""
    if rows := _records(document.get("inputs")):
        return rows
    permille = document.get("battery_permille")
    battery = f"{permille // 10} %" if isinstance(permille, int) else ""
    known = (("function", document.get("function")), ("looks", document.get("looks")), ("battery", battery))
    return [{"input": name, "value": str(value), "source": ""} for name, value in known if value]


def _known_to(name: PolicyName, *, inside: bool) -> PolicyName:
    return name if inside else replace(name, by="")


def _anonymous(row: Mapping[str, Any], *, inside: bool) -> Mapping[str, Any]:
    return row if inside else {**row, "operator": ""}


def _table(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _records(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


@cache
def _catalogue(lang: str) -> Callable[[str], str]:
    return catalogue(LOCALE, lang).gettext
