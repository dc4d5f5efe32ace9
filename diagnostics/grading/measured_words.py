"""What a bench measured as sentences: stress and benchmark, self-tests of drives, what two readers said, the chassis.

Like `report_words`: out of plain JSON that may be anything, bounded in number and length, never raising; a code that is
not known is shown as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from diagnostics import measured_wording, wording
from diagnostics.grading.plainly import Table, rows, table, whole, word
from diagnostics.grading.words import Translate, named, say

MOST_ROWS, MOST_LETTERS, MOST_FIGURE = 64, 120, 10**15
_COUNTED = ("throttled", "wrong", "lost", "wrong_words", "slow", "unreadable")  # of what ought not to be


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One thing that was measured: of what, the code of its verdict and its word, what was seen, when it ended."""

    name: str
    verdict: str
    said: str
    facts: tuple[str, ...]
    ended: str


def stress_rows(report: Table, translate: Translate = str) -> tuple[MeasuredRow, ...]:
    """Return the long tests of a report, the benchmark among them, in its order."""
    return tuple(_stress(row, translate) for row in rows(report.get("stress"))[:MOST_ROWS])


def self_test_rows(report: Table, translate: Translate = str) -> tuple[MeasuredRow, ...]:
    """Return the self-tests of drives: the drive, the outcome, kind and duration."""
    return tuple(_self_test(row, translate) for row in rows(report.get("self_tests"))[:MOST_ROWS])


def read_rows(report: Table, translate: Translate = str) -> tuple[MeasuredRow, ...]:
    """Return how fast the drives read in the guided checks: slowest, middle and fastest place, and bad places."""
    return tuple(_read(row, translate) for row in rows(report.get("read_benchmark"))[:MOST_ROWS])


def reader_rows(report: Table, translate: Translate = str) -> tuple[MeasuredRow, ...]:
    """Return what the two readers of each drive said: the state is the verdict, both sayings where they differ."""
    return tuple(_readers(row, translate) for row in rows(report.get("second_reader"))[:MOST_ROWS])


def chassis_line(report: Table, translate: Translate = str) -> str:
    """Return the chassis; with what the firmware says where a person gave another one, "" where nothing tells."""
    identity = table(table(report.get("machine")).get("identity"))
    chassis, read = (_kind(_short(identity.get(name)), translate) for name in ("chassis", "chassis_read"))
    if word(identity.get("chassis_source")) != "person":
        return chassis
    sentence = measured_wording.CHASSIS["corrected" if read else "given"]
    return say(sentence, {"chassis": chassis, "read": read}, translate)


def pace_lines(report: Table, translate: Translate = str) -> tuple[str, ...]:
    """Return the figures of the last benchmark of a report; nothing where none was run."""
    found = [row for row in rows(report.get("stress"))[:MOST_ROWS] if word(row.get("id")) == "benchmark"]
    return tuple(_figures(found[-1], translate)) if found else ()


def _stress(row: Table, translate: Translate) -> MeasuredRow:
    code, verdict = _short(row.get("id")), _short(row.get("verdict"))
    name = named(measured_wording.STRESS, code, translate)
    drive = _drive(row)
    lines = list(_paces(row, translate) if code == "benchmark" else _facts(code, row, translate))
    source = _short(row.get("by"))
    lines += [named(measured_wording.SOURCES, source, translate)] if source else []
    return MeasuredRow(
        f"{name}, {drive}" if drive else name,
        verdict,
        named(measured_wording.STRESS_VERDICTS, verdict or "unknown", translate),
        tuple(lines),
        _short(row.get("ended")),
    )


def _facts(code: str, row: Table, translate: Translate) -> Iterator[str]:
    """Say what a long test saw; figures of zero that mean "nothing wrong" are left out."""
    if (seconds := _figure(row.get("seconds"))) and code != "drive-read":
        yield f"{seconds} s"
    if code == "cpu-load":
        yield from _heat(row, translate)
    if (tested := _figure(row.get("region_bytes"))) is not None:
        whole_region = word(row.get("verdict")) in ("pass", "fail")
        yield _fact("mebibytes" if whole_region else "mebibytes-not-through", translate, value=tested >> 20)
    if (speed := _figure(row.get("kilobytes_per_second"))) is not None:
        outer, inner = (_figure(row.get(f"{end}_kilobytes_per_second")) or 0 for end in ("outer", "inner"))
        yield _fact("speed", translate, value=speed // 1000, outer=outer // 1000, inner=inner // 1000)
    yield from _troubles(row, translate)
    ending = word(row.get("ending"))
    if ending in measured_wording.ENDINGS and (code, ending) != ("cpu-load", "time-limit"):  # its limit is its end
        yield named(measured_wording.ENDINGS, ending, translate)


def _troubles(row: Table, translate: Translate) -> Iterator[str]:
    for name in _COUNTED:
        value = row.get(name)
        count = len(value) if isinstance(value, list | tuple) else _figure(value)
        if count:
            yield _fact(name, translate, value=count)
    if row.get("fans_seen") is True and row.get("fans_turn") is False:
        yield _fact("no-fan", translate)
    if row.get("skipped") is True:
        yield _fact("skipped", translate)
    if detail := _short(row.get("error")):
        yield _fact("error", translate, value=detail)


def _heat(row: Table, translate: Translate) -> Iterator[str]:
    most, limit = _figure(row.get("celsius_most")), _figure(row.get("celsius_limit"))
    if most is None:
        yield _fact("no-sensor", translate)
        return
    yield _fact("celsius_most", translate, value=most)
    if limit is not None:
        yield _fact("celsius_limit", translate, value=limit)


def _fact(name: str, translate: Translate, **values: object) -> str:
    return say(measured_wording.STRESS_FACTS[name], values, translate)


def _figures(row: Table, translate: Translate) -> Iterator[str]:
    for figure in rows(row.get("figures"))[:MOST_ROWS]:
        work, workers, speed = (
            _short(figure.get("work")), _figure(figure.get("workers")), _figure(figure.get("kilobytes_per_second")),
        )  # fmt: skip
        if workers is None or speed is None:
            continue
        known = measured_wording.PACES_OF_ONE if workers == 1 else measured_wording.PACES
        values: dict[str, object] = {"speed": speed // 1000, "workers": workers}
        yield say(known[work], values, translate) if work in known else f"{work}: {speed // 1000} MB/s ({workers})"


def _paces(row: Table, translate: Translate) -> Iterator[str]:
    yield from _figures(row, translate)
    libraries = [f"{_short(name)} {_short(version)}" for name, version in [*table(row.get("libraries")).items()][:8]]
    values = {"method": _short(row.get("method")) or "?", "libraries": ", ".join(libraries) or "?"}
    method, before = (measured_wording.METHOD[name] for name in ("method", "load"))
    yield say(method, values, translate)
    if (load := _figure(row.get("load_hundredths"))) is not None:
        yield say(before, {"value": f"{load // 100}.{load % 100:02d}"}, translate)
    if word(row.get("ending")) in measured_wording.ENDINGS:
        yield named(measured_wording.ENDINGS, word(row.get("ending")), translate)


def _self_test(row: Table, translate: Translate) -> MeasuredRow:
    outcome = _short(row.get("outcome"))
    seconds, minutes, block = (_figure(row.get(name)) for name in ("seconds", "minutes", "first_error_lba"))
    facts = [named(measured_wording.SELF_TEST_KINDS, _short(row.get("kind")), translate)]
    facts += [f"{seconds} s"] if seconds is not None else [] if minutes is None else [f"{minutes} min"]
    place = measured_wording.FIRST_ERROR["lba"]
    facts += [] if block is None else [say(place, {"value": block}, translate)]
    said = say(wording.SELF_TESTS.get(outcome or "unknown", outcome), {"value": "?"}, translate)
    detail = _short(row.get("detail"))
    return MeasuredRow(
        _drive(row) or "?", outcome, said, tuple(filter(None, (*facts, detail))), _short(row.get("ended"))
    )


def _read(row: Table, translate: Translate) -> MeasuredRow:
    verdict = _short(row.get("verdict"))
    least, middle, most = (_figure(row.get(name)) for name in ("min", "median", "max"))
    known = None not in (least, middle, most)
    facts = [_fact("speeds", translate, least=least, value=middle, most=most)] if known else []
    facts += _troubles(row, translate)
    facts += [named(measured_wording.ENDINGS, "aborted", translate)] if row.get("aborted") is True else []
    said = named(measured_wording.STRESS_VERDICTS, verdict or "unknown", translate)
    return MeasuredRow(_drive(row) or "?", verdict, said, tuple(facts), _short(row.get("ended")))


def _readers(row: Table, translate: Translate) -> MeasuredRow:
    state, differences = _short(row.get("state")), rows(row.get("differences"))[:MOST_ROWS]
    fields = [named(wording.READER_FIELDS, _short(one.get("field")), translate) for one in differences]
    said = say(wording.READERS.get(state, state), {"field": ", ".join(fields)}, translate)
    known, sayings = measured_wording.READINGS, [(name, table(row.get(name))) for name in ("first", "second")]
    facts = [say(known[name], {"what": _reading(told)}, translate) for name, told in sayings if told]
    return MeasuredRow(_drive(row) or "?", state, said, tuple(facts) if state not in ("agree", "absent") else (), "")


def _reading(told: Table) -> str:
    size = _figure(told.get("size_bytes"))
    parts = (_short(told.get("model")), _short(told.get("serial")), "" if size is None else f"{size} B")
    return ", ".join(part for part in parts if part) or "-"


def _drive(row: Table) -> str:
    drive = table(row.get("drive"))
    return " ".join(part for part in (_short(drive.get("model")), _short(drive.get("serial"))) if part)


def _kind(chassis: str, translate: Translate) -> str:
    return named(measured_wording.CHASSIS_KINDS, chassis, translate) if chassis else ""


def _short(value: object) -> str:
    """Return a text cut to a length that a page can bear; "" for anything that is no text."""
    text = word(value)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _figure(value: object) -> int | None:
    """Return a whole number that can be a measurement; None for anything else."""
    number = whole(value)
    return number if number is not None and 0 <= number < MOST_FIGURE else None
