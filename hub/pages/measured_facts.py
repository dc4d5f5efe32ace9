"""What a bench ran and measured, for the device page: long tests, reading speed, self-tests, two readings of a drive.

The sentences come from the grading library, which bounds their number and length; a member of a shape that it does not
know has no row here, and is shown as it stands elsewhere on the page.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from diagnostics.grading import (
    MeasuredRow,
    lock_lines,
    pace_lines,
    read_rows,
    reader_rows,
    self_test_rows,
    stress_rows,
)
from hub import wording
from hub.pages import formats
from hub.pages.grade_words import diagnostics_words
from hub.pages.language import mark, words

UNCERTAIN: Final = ("none", "question")
LOOKS: Final = {
    "pass": ("ok", "check"),
    "review": ("wait", "alert"),
    "fail": ("bad", "cross"),
    "passed": ("ok", "check"),
    "failed": ("bad", "cross"),
    "aborted": ("none", "dash"),
    "refused": ("wait", "alert"),
    "timed-out": ("wait", "alert"),
    "agree": ("ok", "check"),
    "explained": ("none", "info"),
    "differs": ("bad", "alert"),
}
Reader = Callable[[Mapping[str, Any], Callable[[str], str]], tuple[MeasuredRow, ...]]
TABLES: Final[tuple[tuple[str, Reader], ...]] = (
    (mark("Stress tests"), stress_rows),
    (mark("Reading speed of the drives"), read_rows),
    (mark("Self-tests of the drives"), self_test_rows),
    (mark("Second reading of the drives"), reader_rows),
)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One thing that was measured, as a line of a table."""

    name: str
    state: wording.State
    facts: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """What stands at the top of the page, the figures of the benchmark, and the tables with a row in them."""

    blocking: tuple[str, ...]
    benchmark: tuple[str, ...]
    tables: tuple[tuple[str, tuple[ShownRow, ...]], ...]


def measured_facts(report: Mapping[str, Any], lang: str, *, inside: bool = True) -> MeasuredFacts:
    """Give the facts of a report, which may hold anything. A donor (`inside` false) reads no names of people."""
    say = diagnostics_words(lang)
    blocking = (said for weight, said in lock_lines(report, say, inside=inside) if weight == "blocks")
    return MeasuredFacts(tuple(blocking), pace_lines(report, say), tuple(_tables(report, lang)))


def _tables(report: Mapping[str, Any], lang: str) -> Iterator[tuple[str, tuple[ShownRow, ...]]]:
    for title, reader in TABLES:
        rows = reader(report, diagnostics_words(lang))
        if rows:
            yield words(lang).gettext(title), tuple(_shown(row, lang) for row in rows)


def _shown(row: MeasuredRow, lang: str) -> ShownRow:
    tone, icon = LOOKS.get(row.verdict, UNCERTAIN)
    return ShownRow(row.name, wording.State(tone, icon, row.said), row.facts, _moment(row.ended, lang))


def _moment(text: str, lang: str) -> str:
    try:
        return formats.moment_text(datetime.fromisoformat(text), lang)
    except (ValueError, OverflowError):
        return text
