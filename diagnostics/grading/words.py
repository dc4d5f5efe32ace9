"""Words of grades, categories, orientations and of the mention « reconditionné », as English sentences with places.

Like `diagnostics.wording`: a function answers `(msgid, values)`, French is in `locale/fr.po`, and nothing is decided
here. `explanation` puts the whole of a grade document into sentences; it never raises, whatever the document holds.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from diagnostics import wording
from diagnostics.grading.banned import lawful
from diagnostics.grading.plainly import Table, result, rows, table, word
from diagnostics.grading.policy import ROOM

Translate = Callable[[str], str]
LOCALE = ROOM / "locale"

OUTCOMES = {
    "reuse": "For reuse",
    "parts": "For parts",
    "weee": "E-waste recycling",
    "waste": "Waste, not electrical",
    "": "No proposal yet",
}
INPUTS = {
    "function": "Function",
    "looks": "Looks",
    "battery": "Battery",
    "parts": "Missing parts",
    "locks": "Locks",
}
SOURCES = {
    "checks.all": "every function passed or does not apply",
    "checks.not-passed": "not passed: {names}",
    "check": "answer to “{names}”",
    "check-by": "answer to “{names}” by {operator}",
    "reading": "read by the bench from {names}",
    "confirmed": "doubtful reading of {names}, confirmed by a person",
    "locks.read": "a lock that blocks reuse was found: it stands first in the report",
    "discharge": "measured under load: the battery gave way",
    "none": "“{names}” has no result",
}
RULES = {
    "function": "{letter} wants function {wanted} or better; it is {value}",
    "looks": "{letter} wants looks {wanted} or better; they are {value}",
    "battery": "{letter} wants a battery of {wanted} or more; it is at {value}",
    "parts.none": "{letter} wants no missing part; missing: {value}",
    "parts.usable": "{letter} wants no missing part that stops use; missing: {value}",
    "parts.any": "{letter} allows any missing part",
}
ANSWERS = {"held": "met", "not-held": "not met", "nothing": "none"}
ORIENTATION_REASONS = {
    "orientation.triage": "a person chose so at triage",
    "orientation.letters": "grade {value}, one of {wanted}",
    "orientation.locked": "the machine is locked",
    "orientation.function-at-most": "function {value}, where {wanted} or lower leads here",
    "orientation.function-at-least": "function {value}, where at least {wanted} is wanted",
    "orientation.looks-at-most": "looks {value}, where {wanted} or lower leads here",
    "orientation.battery-below-permille": "battery at {value}, below {wanted}",
    "orientation.age-over-years": "made {value} years ago, more than {wanted}",
}
CATEGORY_STATES = {
    "found": "Category {category}",
    "input-missing": "No category: {missing} not known",
    "to-be-filled-in": "To be filled in: the site has no score tables",
    "below-all": "Below every category",
}
CATEGORY_INPUTS = {
    "memory_mib": "memory (MiB)",
    "cores": "cores",
    "threads": "threads",
    "benchmark": "processor benchmark",
    "ssd_gb": "solid-state drive (GB)",
    "hdd_gb": "hard disk (GB)",
    "age_years": "age (years)",
    "function": "function",
    "looks": "looks",
    "battery_permille": "battery (permille)",
}
CATEGORY_LINES = {
    "note": "note {note} for {input}",
    "weight": "{points} points for {input}",
    "total": "sum {total}",
    "cap": "at best {at_best} because of {input}",
}
MENTIONS = {
    "refurbished": "May be called refurbished",
    "second-hand": "Second-hand, not refurbished",
}
MENTION_MISSING = {
    "mention.chassis": "no checklist is known for this chassis ({value})",
    "mention.check": "no result: {check}",
    "mention.defect": "open defect: {check}",
    "mention.drive-exceptions": "drive {serial} is erased with exceptions",
    "mention.drive-awaiting": "drive {serial} is erased, and awaits a decision",
    "mention.drive-rejected": "the erasure of drive {serial} was rejected",
    "mention.drive-failed": "drive {serial} is not erased",
    "mention.drive-nothing": "no bench has reported drive {serial}",
    "mention.drive-unseen": "the machine shows drive {serial}, and no bench has reported it",
    "mention.absence": "no drive is known, and nobody has attested that there is none",
}


def say(msgid: str, values: Mapping[str, object], translate: Translate = str) -> str:
    """Translate and fill in; a value that is lost is shown as "?", and a word that the law bans is masked."""
    return lawful(translate(msgid).format_map(_Lenient({name: str(value) for name, value in values.items()})))


def named(kind: Mapping[str, str], code: str, translate: Translate = str) -> str:
    """Return the word of a code out of one table; an unknown code as it stands."""
    return translate(kind[code]) if code in kind else lawful(code)


def input_line(row: Table, translate: Translate = str) -> tuple[str, str, str]:
    """Return name, value and source of one input of a grade document."""
    names = [named(wording.CHECKS, str(name), translate) for name in _texts(row.get("names"))]
    code, operator = word(row.get("source")), word(row.get("operator"))
    if code == "check" and operator:
        code = "check-by"
    source = say(
        SOURCES.get(code, "{code}"), {"names": ", ".join(names), "operator": operator, "code": code}, translate
    )
    return named(INPUTS, word(row.get("input")), translate), _value(row, translate), source


def rule_line(row: Table, translate: Translate = str) -> tuple[str, str]:
    """Return the sentence of one rule of a grade document, and whether it was met."""
    kind, wanted = word(row.get("input")), word(row.get("wanted"))
    sentence = RULES.get(f"parts.{wanted}" if kind == "parts" else kind, "{letter}: {input} {wanted} {value}")
    values = {"letter": row.get("letter"), "wanted": wanted, "value": _value(row, translate), "input": kind}
    return say(sentence, values, translate), translate(ANSWERS["held" if row.get("held") is True else "not-held"])


def grade_reason_line(row: Table, translate: Translate = str) -> str:
    """Return the sentence of one reason of a grade document; an unknown code with its values."""
    code, values = word(row.get("code")), dict(table(row.get("values")))
    if code not in wording.GRADE_REASONS:
        return lawful(" ".join((code, *(str(value) for value in values.values()))))
    if "check" in values:
        values["check"] = named(wording.CHECKS, str(values["check"]), translate)
    if code == "grade.parts":
        values["value"] = _parts(str(values.get("value", "")), translate)
    return say(wording.GRADE_REASONS[code], values, translate)


def orientation_lines(document: Table, translate: Translate = str) -> tuple[str, tuple[str, ...]]:
    """Return the proposal of an orientation document and its reasons."""
    reasons = tuple(_coded(ORIENTATION_REASONS, row, translate) for row in rows(document.get("reasons")))
    return named(OUTCOMES, word(document.get("to")), translate), reasons


def category_lines(document: Table, translate: Translate = str) -> tuple[str, tuple[str, ...]]:
    """Return the category of a category document, or why there is none, and how it came about."""
    missing = ", ".join(_texts(document.get("missing")))
    state = CATEGORY_STATES.get(word(document.get("state")), "{category}")
    head = say(state, {"category": document.get("category"), "missing": missing}, translate)
    kinds = (("note", "notes"), ("weight", "weights"), ("cap", "caps"))
    members = [(CATEGORY_LINES[kind], row) for kind, member in kinds for row in rows(document.get(member))]
    lines = [
        say(line, {**row, "input": named(CATEGORY_INPUTS, word(row.get("input")), translate)}, translate)
        for line, row in members
    ]
    total, line = document.get("total"), CATEGORY_LINES["total"]
    if total is not None:
        lines.append(say(line, {"total": total}, translate))
    return head, tuple(lines)


def mention_lines(document: Table, translate: Translate = str) -> tuple[str, tuple[str, ...]]:
    """Return the lawful word of a mention document, and what is missing for the better one."""
    lines = tuple(_coded(MENTION_MISSING, row, translate) for row in rows(document.get("missing")))
    return named(MENTIONS, word(document.get("word")), translate), lines


def health_lines(document: Table, translate: Translate = str) -> tuple[str, tuple[str, ...]]:
    """Return the verdict of a health document and its reasons; an unknown code as the text that came with it."""
    lines = []
    for row in rows(document.get("reasons")):
        code, attribute, value = word(row.get("code")), str(row.get("attribute", "")), str(row.get("value", ""))
        known = wording.health_reason(code, attribute, value)
        lines.append(
            say(*known, translate) if code in wording.HEALTH_REASONS else lawful(word(row.get("text")) or code)
        )
    return say(*wording.health_verdict(word(document.get("verdict"))), translate), tuple(lines)


def check_line(row: Table, translate: Translate = str) -> tuple[str, str, str]:
    """Return name, result and reason of one guided check."""
    reason = word(row.get("reason"))
    return (
        named(wording.CHECKS, word(row.get("id")), translate),
        named(wording.CHECK_RESULTS, result(row), translate),
        named(wording.ABSENCE_REASONS, reason, translate),
    )


def check_value(name: str, value: str, translate: Translate = str) -> str:
    """Return what a person chose in one guided check, or measured, in words; a value without words as it stands."""
    if name == "parts" and value:
        return _parts(value, translate)
    return named(OUTCOMES, value, translate) if name == "triage" and value else lawful(value)


def battery_doubts(row: Table, translate: Translate = str) -> tuple[str, ...]:
    """Return the doubts about one battery as sentences."""
    return tuple(named(wording.BATTERY_FLAGS, flag, translate) for flag in _texts(row.get("flags")))


def part_names(parts: Iterable[str], translate: Translate = str) -> str:
    """Return the names of parts, comma separated; "none" for none."""
    return _parts(", ".join(parts), translate)


def explanation(document: Table, translate: Translate = str) -> tuple[str, ...]:
    """Return a grade document as lines: every input with value and source, every rule, the orientation."""
    lines = [": ".join((name, f"{value} ({source})")) for name, value, source in _inputs(document, translate)]
    lines += [f"{sentence}: {held}" for sentence, held in _rules(document, translate)]
    lines += [grade_reason_line(row, translate) for row in rows(document.get("reasons"))]
    proposal, reasons = orientation_lines(table(document.get("orientation")), translate)
    return (*lines, f"{proposal}: {', '.join(reasons)}" if reasons else proposal)


def every_msgid() -> frozenset[str]:
    """All English texts of this module, for the check that translations are complete."""
    tables = (
        OUTCOMES, INPUTS, SOURCES, RULES, ANSWERS, ORIENTATION_REASONS, CATEGORY_STATES, CATEGORY_INPUTS,
        CATEGORY_LINES, MENTIONS, MENTION_MISSING,
    )  # fmt: skip
    return frozenset(text for kind in tables for text in kind.values())


class _Lenient(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


def _coded(kind: Mapping[str, str], row: Table, translate: Translate) -> str:
    """Return the sentence of a code with its values; a check among them by its name."""
    values = {**table(row.get("values")), "code": row.get("code")}
    if "check" in values:
        values["check"] = named(wording.CHECKS, str(values["check"]), translate)
    return say(kind.get(word(row.get("code")), "{code}"), values, translate)


def _inputs(document: Table, translate: Translate) -> list[tuple[str, str, str]]:
    return [input_line(row, translate) for row in rows(document.get("inputs"))]


def _rules(document: Table, translate: Translate) -> list[tuple[str, str]]:
    return [rule_line(row, translate) for row in rows(document.get("rules"))]


def _value(row: Table, translate: Translate) -> str:
    kind, value = word(row.get("input")), word(row.get("value"))
    if kind == "parts":
        return _parts(value, translate)
    return named(wording.CHECK_RESULTS, value, translate) if kind == "locks" else lawful(value)


def _parts(value: str, translate: Translate) -> str:
    names = [part.strip() for part in value.split(",") if part.strip()]
    return ", ".join(named(wording.PARTS, part, translate) for part in names) or translate(ANSWERS["nothing"])


def _texts(value: Any) -> Iterable[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else ()
