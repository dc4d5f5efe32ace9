"""A diagnostic report for people: machine, drives, batteries, checks, locks, and whatever else a bench measured.

Every member may be absent, or of a shape that a newer or an older bench gave it: what is not understood is shown as it
stands, in order, and never breaks a page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from diagnostics.grading import (
    battery_doubts,
    chassis_line,
    check_line,
    check_value,
    discharge_lines,
    earlier_lines,
    evidence_lines,
    health_lines,
    lock_lines,
    note_lines,
    pace_lines,
    readers_line,
    year_line,
)
from hub import wording
from hub.models import Diagnostic
from hub.pages import formats
from hub.pages.grade_words import diagnostics_words
from hub.pages.language import mark, words

HEALTH_LOOKS = {"ok": ("ok", "check"), "review": ("wait", "alert"), "reject": ("bad", "cross")}
CHECK_LOOKS = {"pass": ("ok", "check"), "fail": ("bad", "cross"), "na": ("none", "dash")}
UNCERTAIN = ("none", "question")
LOCK_STATES = {
    "enabled": ("bad", "lock", mark("set")),
    "disabled": ("ok", "check", mark("not set")),
    "not-implemented": ("none", "dash", mark("not offered")),
}
LOCK_WEIGHTS = {
    "blocks": ("bad", "lock", mark("blocks reuse")),
    "look": ("wait", "alert", mark("look")),
    "ask": ("wait", "question", mark("ask")),
    "info": ("none", "info", mark("good to know")),
}
MEASURED = {
    "stress": mark("Stress tests"),
    "read_benchmark": mark("Reading speed of the drives"),
    "self_tests": mark("Self-tests of the drives"),
    "battery_discharge": mark("Battery under discharge"),
    "second_reader": mark("Second reading of the drives"),
    "locks": mark("Locks, as read"),
}
KNOWN = frozenset({"machine", "drives", "batteries", "checks", "grade", "untested", "checklist"})
MOST_LINES, MOST_ROWS, DEEPEST = 120, 200, 6
PERMILLE = 10
GIBI = 2**30

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HealthRow:
    """The health of one drive."""

    model: str
    serial: str
    verdict: wording.State
    hours: str
    temperature: str
    policy: str
    reasons: tuple[str, ...]
    readers: str  # how the second reader compares, "" where it was not asked
    security: str  # ATA security in smartctl's words


@dataclass(frozen=True, slots=True)
class BatteryRow:
    """One battery."""

    name: str
    health: str
    cycles: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One guided check: result, what was measured, who and when, how often, and the digest of a photo."""

    name: str
    result: wording.State
    value: str
    who: str
    when: str
    attempts: int
    photo: str
    evidence: tuple[Pair, ...]
    earlier: tuple[Pair, ...]  # result and moment


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that a page shows of a report."""

    machine: tuple[Pair, ...]
    drives: tuple[HealthRow, ...]
    batteries: tuple[BatteryRow, ...]
    checks: tuple[CheckRow, ...]
    findings: tuple[tuple[str, wording.State], ...]  # about locks, blocking ones first
    notes: tuple[str, ...]
    locks: tuple[tuple[str, wording.State], ...]
    discharge: tuple[Pair, ...]
    measured: tuple[tuple[str, tuple[Pair, ...]], ...]


def report_facts(diagnostic: Diagnostic | None, lang: str, *, inside: bool = True) -> ReportFacts | None:
    """The report of a diagnosis; None without one. A donor (`inside` false) reads no names of people."""
    if diagnostic is None:
        return None
    report = _table(diagnostic.payload.get("report"))
    machine, say = _table(report.get("machine")), diagnostics_words(lang)
    return ReportFacts(
        machine=tuple(_machine(report, lang)),
        drives=tuple(_health(row, lang) for row in _rows(report.get("drives"))),
        batteries=tuple(_battery(row, lang) for row in _rows(report.get("batteries"))),
        checks=tuple(_check(row, lang, inside=inside) for row in _rows(report.get("checks"))),
        findings=tuple((said, _weight(weight, lang)) for weight, said in lock_lines(report, say, inside=inside)),
        notes=note_lines(report, say),
        discharge=discharge_lines(report, say),
        locks=tuple(_locks(_table(report.get("locks")) or _table(machine.get("locks")), lang)),
        measured=tuple(_measured(report, lang)),
    )


def _weight(weight: str, lang: str) -> wording.State:
    known = LOCK_WEIGHTS.get(weight)
    return wording.state(known, lang) if known else wording.State(*UNCERTAIN, weight)


def _machine(report: Mapping[str, Any], lang: str) -> Iterator[Pair]:
    machine = _table(report.get("machine"))
    say = words(lang).gettext
    processor, memory, bios = (_table(machine.get(name)) for name in ("processor", "memory", "bios"))
    yield say(mark("Chassis")), chassis_line(report, diagnostics_words(lang))
    yield say(mark("Year of manufacture")), year_line(report, diagnostics_words(lang)) or _year(machine.get("year"))
    yield say(mark("Processor")), _text(processor.get("name"))
    yield say(mark("Cores / threads")), _both(processor.get("cores"), processor.get("threads"))
    if figures := pace_lines(report, diagnostics_words(lang)):
        yield say(mark("Benchmark")), " · ".join(figures)
    yield say(mark("Memory")), _memory(memory.get("bytes"), lang)
    for drive in _rows(machine.get("storage")):
        name = " ".join(part for part in (_text(drive.get("model")), _text(drive.get("serial"))) if part)
        yield say(mark("Drive inside")), f"{name} · {_size(drive.get('size_bytes'), lang)}"
    for panel in _rows(machine.get("panels")):
        yield say(mark("Panel")), _panel(panel, lang)
    kinds = [_text(row.get("kind")) for row in _rows(machine.get("adapters"))]
    yield say(mark("Network")), ", ".join(dict.fromkeys(kind for kind in kinds if kind))
    yield say(mark("Cameras")), _text(machine.get("cameras"))
    yield say(mark("Firmware")), " ".join(_text(bios.get(name)) for name in ("vendor", "version", "date")).strip()
    yield say(mark("TPM")), _text(machine.get("tpm"))


def _panel(panel: Mapping[str, Any], lang: str) -> str:
    """Size, resolution, maker and year of a screen, as far as they are told."""
    tenths, pixels = panel.get("diagonal_tenths_of_inch"), (panel.get("width_px"), panel.get("height_px"))
    told = [formats.inches_text(tenths, lang) if _whole(tenths) and tenths > 0 else ""]
    told += ["{} × {}".format(*pixels) if all(map(_whole, pixels)) else ""]
    told += [" ".join(part for part in (_text(panel.get("maker")), _text(panel.get("model"))) if part)]
    told += [_text(panel.get("year"))]
    return " · ".join(part for part in told if part) or _text(panel.get("connector"))


def _health(row: Mapping[str, Any], lang: str) -> HealthRow:
    identity, verdict = _table(row.get("identity")), _text(row.get("verdict"))
    word, reasons = health_lines(row, diagnostics_words(lang))
    tone, icon = HEALTH_LOOKS.get(verdict, UNCERTAIN)
    hours, heat = row.get("hours"), row.get("temperature")
    return HealthRow(
        _text(identity.get("model")),
        _text(identity.get("serial")),
        wording.State(tone, icon, word),
        formats.count_text(hours, lang) if _whole(hours) else "",
        f"{heat}{formats.NO_BREAK}°C" if _whole(heat) else "",
        _policy(row.get("policy")),
        reasons,
        readers_line(row, diagnostics_words(lang)),
        _text(row.get("security")),
    )


def _battery(row: Mapping[str, Any], lang: str) -> BatteryRow:
    health = row.get("health_permille")
    written = f"{health // PERMILLE}{formats.NO_BREAK}%" if _whole(health) else ""
    name = " ".join(part for part in (_text(row.get(key)) for key in ("name", "maker", "model")) if part)
    return BatteryRow(name, written, _text(row.get("cycles")), battery_doubts(row, diagnostics_words(lang)))


def _check(row: Mapping[str, Any], lang: str, *, inside: bool) -> CheckRow:
    name, result, reason = check_line(row, diagnostics_words(lang))
    tone, icon = CHECK_LOOKS.get(_text(row.get("result")), UNCERTAIN)
    attempts, note = row.get("attempts"), _text(row.get("note"))
    value = check_value(_text(row.get("id")), _text(row.get("value")), diagnostics_words(lang))
    told = ", ".join(part for part in (value, reason, note if inside else "") if part)
    return CheckRow(
        name,
        wording.State(tone, icon, result),
        told,
        _text(row.get("operator")) if inside else "",
        _moment(row.get("ended") or row.get("started"), lang),
        attempts if _whole(attempts) else 0,
        _text(row.get("photo_sha256"))[:12],
        evidence_lines(row),
        tuple((result, _moment(at, lang)) for result, at in earlier_lines(row, diagnostics_words(lang))),
    )


def _locks(locks: Mapping[str, Any], lang: str) -> Iterator[tuple[str, wording.State]]:
    say = words(lang).gettext
    unknown = wording.state((*UNCERTAIN, mark("not told by the machine")), lang)
    for name, state in _table(locks.get("passwords")).items():
        role = {"administrator": mark("Firmware administrator password"), "power-on": mark("Power-on password")}
        shown = LOCK_STATES.get(_text(state))
        yield say(role[name]) if name in role else str(name), wording.state(shown, lang) if shown else unknown
    remote = _text(locks.get("remote_lock"))
    if "remote_lock" in locks:
        gone = remote.lower() in ("disabled", "permanentlydisabled", "permanently disabled")
        look = ("ok", "check") if gone else ("bad", "lock")
        yield say(mark("Remote lock (Absolute)")), wording.State(*look, remote) if remote else unknown
    for name, word, looks in (
        ("reinstalling_agent", mark("Agent that reinstalls itself"), ("wait", "alert")),
        ("management_engine", mark("Management engine"), ("none", "info")),
        ("windows_key", mark("Windows licence in the firmware"), ("none", "info")),
    ):
        if isinstance(locks.get(name), bool):
            found = (*looks, mark("present")) if locks[name] else ("ok", "check", mark("absent"))
            yield say(word), wording.state(found, lang)


def _measured(report: Mapping[str, Any], lang: str) -> Iterator[tuple[str, tuple[Pair, ...]]]:
    """What benches add: known members under their names, unknown ones under the name that the bench gave."""
    say = words(lang).gettext
    for name in (*MEASURED, *(name for name in report if name not in KNOWN and name not in MEASURED)):
        told = name == "locks" and isinstance(report.get(name), list)  # row by row, before anything else on the page
        lines = tuple(flat(report[name])) if report.get(name) and not told else ()
        if lines:
            yield say(MEASURED[name]) if name in MEASURED else str(name), lines


def flat(value: Any, path: str = "") -> list[Pair]:
    """A nested value as lines of path and text, in its own order, cut at `MOST_LINES` lines and `DEEPEST` levels."""
    found: list[Pair] = []
    inside: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        inside = [(str(name), one) for name, one in value.items()]
    elif isinstance(value, list):
        inside = [(str(at), one) for at, one in enumerate(value, 1)]
    if not inside or path.count(".") >= DEEPEST:
        return [(path or "-", _text(value) or "-")]
    for name, one in inside[:MOST_LINES]:
        if len(found) >= MOST_LINES:
            break
        found += flat(one, f"{path}.{name}" if path else name)
    return found[:MOST_LINES]


def _year(value: Any) -> str:
    stated = _table(value)
    if not stated:
        return _text(value) if _whole(value) else ""
    year, source = _text(stated.get("year", stated.get("value"))), _text(stated.get("source"))
    return f"{year} ({source})" if year and source else year


def _policy(value: Any) -> str:
    stated = _table(value)
    return " ".join(_text(stated.get(name)) for name in ("name", "version")).strip() if stated else _text(value)


def _both(first: Any, second: Any) -> str:
    return f"{first} / {second}" if _whole(first) and _whole(second) else ""


def _size(value: Any, lang: str) -> str:
    return formats.size_text(value, lang) if _whole(value) and value > 0 else "?"


def _memory(value: Any, lang: str) -> str:
    unit = "Gio" if lang == "fr" else "GiB"
    return f"{round(value / GIBI)}{formats.NO_BREAK}{unit}" if _whole(value) and value > 0 else ""


def _moment(value: Any, lang: str) -> str:
    try:
        return formats.moment_text(datetime.fromisoformat(_text(value)), lang)
    except (ValueError, OverflowError):
        return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)][:MOST_ROWS] if isinstance(value, list) else []
