"""Members of a report as sentences: locks, notes, year, panels, discharge, how two readers compare, evidence.

Like `words`: out of plain JSON that may be anything, never raising; a code that is not known is shown as it stands.
"""

from collections.abc import Iterable, Mapping

from diagnostics import machine_wording, wording
from diagnostics.grading.banned import lawful
from diagnostics.grading.plainly import Table, rows, table, whole, word
from diagnostics.grading.words import Translate, named, say

_SHOWN, _DEEPEST = 200, 4  # members of one evidence, levels
_WEIGHTS = {weight: place for place, weight in enumerate(("blocks", "look", "ask", "info"))}


def lock_lines(report: Table, translate: Translate = str, *, inside: bool = True) -> tuple[tuple[str, str], ...]:
    """Return weight and sentence of every finding about locks, blocking ones first, the list over all before the rest.

    Readers outside the workshop (`inside` false) learn that somebody looked, not who.
    """
    locks = table(table(report.get("machine")).get("locks"))
    listed = [*rows(report.get("locks")), *rows(locks.get("findings"))][:_SHOWN]
    told = ((word(row.get("weight")), _lock(row, translate, inside=inside)) for row in listed)
    return tuple(sorted(dict.fromkeys(told), key=lambda row: _WEIGHTS.get(row[0], len(_WEIGHTS))))


def note_lines(report: Table, translate: Translate = str) -> tuple[str, ...]:
    """Return what a person must know about the reading: notes, what the maker left, doubts about panels."""
    machine = table(report.get("machine"))
    identity, notes = table(machine.get("identity")), machine.get("notes")
    codes = [word(code) for code in notes] if isinstance(notes, list | tuple) else []
    said = [named(machine_wording.NOTES, code, translate) for code in codes if code]
    left = wording.IDENTITY_NOTES["placeholder"]
    said += [say(left, row, translate) for row in rows(identity.get("placeholders"))]
    said += repeat_lines(identity, translate)
    doubts = [word(panel.get("doubt")) for panel in rows(machine.get("panels"))]
    return (*said, *(named(machine_wording.PANEL_DOUBTS, doubt, translate) for doubt in doubts if doubt))


def repeat_lines(identity: Table, translate: Translate = str) -> tuple[str, ...]:
    """Return what another machine of the bench shows too, of one identity."""
    board, again = wording.IDENTITY_NOTES["repeated-board"], wording.IDENTITY_NOTES["repeated"]
    repeated = identity.get("repeated")
    fields = [word(field) for field in repeated][:_SHOWN] if isinstance(repeated, list | tuple) else []
    named_ = {"serial": wording.READER_FIELDS["serial"], "uuid": "UUID"}
    lines = ((board if field == "board" else again, named(named_, field, translate)) for field in fields)
    return tuple(say(line, {"field": field}, translate) for line, field in lines)


def year_line(report: Table, translate: Translate = str) -> str:
    """Return the year of manufacture with its source as a sentence; "" where the report has none."""
    stated = table(table(report.get("machine")).get("year"))
    year, source = whole(stated.get("year")), word(stated.get("source"))
    if year is None or source not in machine_wording.YEAR_SOURCES:
        return ""
    return say(*machine_wording.year(source, year), translate)


def discharge_lines(report: Table, translate: Translate = str) -> tuple[tuple[str, str], ...]:
    """Return battery and sentence of every discharge measurement."""
    known = machine_wording.DISCHARGE_OUTCOMES
    measured = rows(report.get("battery_discharge"))
    return tuple((word(row.get("name")), named(known, word(row.get("outcome")), translate)) for row in measured)


def readers_line(drive: Table, translate: Translate = str) -> str:
    """Return how the two readers of a drive compare; "" where they were not both asked."""
    readers = table(drive.get("readers"))
    state = word(readers.get("state"))
    fields = [
        named(wording.READER_FIELDS, word(row.get("field")), translate) for row in rows(readers.get("differences"))
    ]
    return say(wording.READERS.get(state, state), {"field": ", ".join(fields)}, translate) if state else ""


def differing_fields(drive: Table) -> tuple[str, ...]:
    """Return the fields that two readers of a drive differ in for no known reason: they keep a certificate back."""
    readers = table(drive.get("readers"))
    differences = rows(readers.get("differences")) if word(readers.get("state")) == "differs" else []
    return tuple(word(row.get("field")) for row in differences if not word(row.get("explained")))


def evidence_lines(row: Table) -> tuple[tuple[str, str], ...]:
    """Return what the bench measured in a guided check, as name and figure; nothing where a person alone judged."""
    return tuple(_flat(row.get("evidence"), "", _DEEPEST))[:_SHOWN] if isinstance(row.get("evidence"), Mapping) else ()


def earlier_lines(row: Table, translate: Translate = str) -> tuple[tuple[str, str], ...]:
    """Return result and moment of the earlier answers of a guided check, the oldest first."""
    answers = rows(row.get("earlier"))
    return tuple(
        (named(wording.CHECK_RESULTS, word(one.get("result")), translate), word(one.get("ended"))) for one in answers
    )


def _lock(row: Table, translate: Translate, *, inside: bool) -> str:
    code, values = word(row.get("code")), dict(table(row.get("values")))
    if "lock" in values:
        values["lock"] = named(machine_wording.DECLARED_LOCKS, word(values["lock"]), translate)
    if "person" in values and not inside:
        values["person"] = translate(machine_wording.PEOPLE[""])
    return say(*machine_wording.lock(code, values), translate)


def _flat(value: object, path: str, levels: int) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping) and levels:
        for name, one in value.items():
            yield from _flat(one, f"{path}.{name}" if path else str(name), levels - 1)
    elif isinstance(value, list | tuple):
        yield path, lawful(", ".join(str(one) for one in value[:_SHOWN]))
    else:
        yield path, lawful(str(value))
