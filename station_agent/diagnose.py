"""One diagnosis of the machine of a bench: read, judged and graded by `diagnostics`, stated and queued here."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import diagnostics
from certificates.errors import SchemaError
from certificates.language import catalogue
from diagnostics.agreement import Agreement
from diagnostics.battery import read_batteries
from diagnostics.checks import CheckResult, found_devices, results_from
from diagnostics.diagnosis import diagnose as read_and_grade
from diagnostics.errors import DiagnosticsError
from diagnostics.guided.presence import found_below
from diagnostics.health import assess_document
from diagnostics.locks import DECLARED_LOCKS, DECLARED_STATES, Declaration
from diagnostics.machine import MachineReport, read_machine
from diagnostics.reading import SmartIdentity
from diagnostics.repeats import SeenMachine
from diagnostics.report import OPTIONAL_MEMBERS, STATED_MEMBERS, DiagnosticReport
from erasure.drive import BlockDevice
from station_agent.assemble import diagnostics_facts
from station_agent.bench import Bench
from station_agent.checks.lock_ticks import declared_in
from station_agent.checks.measured import measured_members
from station_agent.drive_locks import drive_locks
from station_agent.errors import UnstatableError, UsageError
from station_agent.language import mark, visible
from station_agent.machine import member
from station_agent.signing import Signed
from station_agent.station import Station
from station_agent.stress import rows_of_checks

KIND: Final = "diagnostics"
UNGRADED: Final = "none"  # the letter of a statement is never empty
NO_GRADE: Final = {"letter": UNGRADED, "policy": UNGRADED, "policy_version": 0}
NOT_STATABLE: Final = mark("Nothing was kept: no statement can carry what was given ({detail}).")
STATED: Final = (*STATED_MEMBERS, *OPTIONAL_MEMBERS)
READ_AT_ONCE: Final = 8  # drives: each waits for its own smartctl, a dying one for a minute
Members = dict[str, list[dict[str, Any]]]  # optional members of a report, lists of rows
Asked = tuple[dict[str, Any], Agreement | None]  # the health document of a drive, and whether two readers agree


def nobody_listens(_done: int, _of: int) -> None:
    """Tell nobody."""


def nobody_looks(_machine: MachineReport) -> None:
    """Show it to nobody."""


def nothing_measured(_drives: list[BlockDevice]) -> Members:
    """Run nothing."""
    return {}


def nothing_kept(_serials: list[str]) -> Members:
    """Know of nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the reading does not tell: answers of the guided checks (oldest first), declared locks, today's year.

    `year` is None where the clock is not set: then the age of the machine stays unknown. `chassis` is what a person
    corrected, `seen` the machines that this bench met before. `first` learns of the machine before its drives are
    asked, `tell` how many drives of how many are read, `measure` runs what else was asked for, with the drives of the
    machine: members of the report, as `kept_of` gives them for drives with these serials.
    """

    kept: tuple[CheckResult, ...] = ()
    declared: tuple[Declaration, ...] = ()
    year: int | None = None
    tell: Callable[[int, int], None] = nobody_listens
    chassis: str = ""
    asset: str = ""
    seen: tuple[SeenMachine, ...] = ()
    first: Callable[[MachineReport], None] = nobody_looks
    measure: Callable[[list[BlockDevice]], Members] = nothing_measured
    kept_of: Callable[[list[str]], Members] = nothing_kept


NOTHING_HEARD: Final = Heard()


def diagnostics_words(lang: str) -> Callable[[str], str]:
    """Give the translation of the diagnostics library's own sentences."""
    return catalogue(Path(diagnostics.__file__).parent / "locale", lang).gettext


def machine_of(bench: Bench) -> tuple[MachineReport, frozenset[str]]:
    """Read the machine of a bench and the devices found in it. Raises `UsageError` where there is none."""
    if bench.machine_root is None:
        raise UsageError(mark("This bench has no machine to diagnose."))
    machine, batteries = read_machine(bench.machine_root), read_batteries(bench.machine_root)
    return machine, found_devices(machine, len(batteries)) | found_below(bench.machine_root)


def declarations(ticks: Iterable[str], person: str) -> tuple[Declaration, ...]:
    """Read LOCK=STATE words that a person ticked.

    Raises `UsageError` for a word that is none, one that contradicts another, or without a person.
    """
    declared: dict[str, Declaration] = {}
    for tick in ticks:
        one = _declaration(tick, person)
        earlier = declared.setdefault(one.lock, one)
        if earlier.state != one.state:
            raise UsageError(
                mark("The lock {lock} is declared {one} and {other}: give one --declare for each lock."),
                lock=one.lock,
                one=earlier.state,
                other=one.state,
            )
    return tuple(declared.values())


def _declaration(tick: str, person: str) -> Declaration:
    lock, _, state = (part.strip() for part in tick.partition("="))
    if lock not in DECLARED_LOCKS or state not in DECLARED_STATES:
        raise UsageError(
            mark("{tick} is no tick: write LOCK=STATE, a lock of {locks}, a state of {states}."),
            tick=visible(tick) or "--declare",
            locks=", ".join(DECLARED_LOCKS),
            states=", ".join(DECLARED_STATES),
        )
    if not person.strip():
        raise UsageError(mark("Who looked for the lock {lock}? Name the person with --operator."), lock=lock)
    return Declaration(lock, state, person)


def diagnosis(bench: Bench, heard: Heard = NOTHING_HEARD) -> DiagnosticReport:
    """Read and grade the machine of a bench with the drives that belong to it. Raises `UsageError`."""
    if bench.machine_root is None:
        raise UsageError(mark("This bench has no machine to diagnose."))
    try:
        checks = [*results_from(bench.checks), *heard.kept]
        machine = _machine(bench, heard)
        heard.first(machine)
        mine = own_drives(bench, machine)
        asked = _documents(bench, mine, heard.tell)
        health = [assess_document(document).identity for document, _ in asked]
        read = read_and_grade(
            bench.machine_root,
            [document for document, _ in asked],
            checks,
            drive_locks=drive_locks(bench.reader, mine),
            declared=(*declared_in(checks), *heard.declared),
            chassis=heard.chassis,
            year=heard.year,
            asset=heard.asset,
            seen=heard.seen,
            extra=joined(
                discharge_member(checks),
                measured_members(checks),
                {"stress": rows_of_checks(checks)},
                heard.measure(mine),
                heard.kept_of([one.serial for one in health]),
                second_readings(health, [readers for _, readers in asked]),
            ),
        )
        drives = zip(read.drives, asked, strict=True)
        return replace(read, drives=tuple(replace(drive, readers=readers) for drive, (_, readers) in drives))
    except (DiagnosticsError, KeyError, ValueError) as error:
        raise UsageError(mark("The diagnosis cannot be made: {detail}"), detail=error) from error


def rehearsal_facts(bench: Bench, *, lot: str, asset: str, operator: str) -> dict[str, Any]:
    """Give a diagnosis that says nothing, with what was given: to try, before drives are asked, whether it fits."""
    report = {**{name: [] for name in STATED_MEMBERS}, "machine": {}, "grade": NO_GRADE}
    machine = member(machine_of(bench)[0].identity)
    return diagnostics_facts(report, machine, lot=lot, asset=asset, operator=operator, simulated=bench.simulated)


def diagnosis_members(bench: Bench, report: DiagnosticReport, *, lot: str, asset: str, operator: str) -> dict[str, Any]:
    """Give the members of the statement of a diagnosis."""
    return diagnostics_facts(
        stated_report(report),
        member(report.machine.identity),
        lot=lot,
        asset=asset,
        operator=operator,
        simulated=bench.simulated,
    )


def require_statable(station: Station, bench: Bench, *, lot: str, asset: str, operator: str) -> None:
    """Make sure, before drives are asked, that a statement can carry what was given. Raises `StationError`."""
    try:
        station.chain.rehearse(KIND, rehearsal_facts(bench, lot=lot, asset=asset, operator=operator))
    except SchemaError as error:
        raise UnstatableError(NOT_STATABLE, detail=error) from error


def state_diagnosis(
    station: Station, bench: Bench, report: DiagnosticReport, *, lot: str, asset: str, operator: str
) -> Signed:
    """Sign the diagnosis and queue it, in one transaction. Raises `StationError`, signing errors."""
    return state_members(station, diagnosis_members(bench, report, lot=lot, asset=asset, operator=operator))


def state_members(station: Station, members: dict[str, Any]) -> Signed:
    """Sign the members of a diagnosis and queue them, in one transaction. Raises `StationError`, signing errors."""
    try:
        with station.store.transaction() as connection:
            return station.chain.append(connection, KIND, members, run_id=None)
    except SchemaError as error:
        raise UnstatableError(NOT_STATABLE, detail=error) from error


def stated_report(report: DiagnosticReport) -> dict[str, Any]:
    """Give the members of a statement, those that the bench has; what else the report says goes beside the grade."""
    document = report.to_document()
    grade = dict(report.grade.to_document())
    beside = {name: value for name, value in document.items() if name not in (*STATED, "grade")}
    return {
        **{name: document[name] for name in STATED if name in document},
        "grade": {**beside, **grade, "letter": grade["letter"] or UNGRADED},
    }


def discharge_member(checks: Iterable[CheckResult]) -> dict[str, Any]:
    """Give the member `battery_discharge` out of the last battery check, where a battery was measured in it."""
    evidence = next((row.evidence for row in reversed(list(checks)) if row.id == "battery"), {})
    return {"battery_discharge": [dict(evidence)]} if evidence.get("outcome") else {}


def second_readings(drives: Iterable[SmartIdentity], readers: Iterable[Agreement | None]) -> Members:
    """Give the member `second_reader`: what smartctl and pySMART said of each drive that both were asked about."""
    rows = [
        {"drive": {"model": drive.model, "serial": drive.serial}, **compared.to_row()}
        for drive, compared in zip(drives, readers, strict=True)
        if compared is not None
    ]
    return {"second_reader": rows}


def joined(*members: Members) -> Members:
    """Put the rows of members of one name one after the other; a member without a row is left out."""
    names = dict.fromkeys(name for one in members for name in one)
    every = {name: [row for one in members for row in one.get(name, ())] for name in names}
    return {name: rows for name, rows in every.items() if rows}


def _machine(bench: Bench, heard: Heard) -> MachineReport:
    """Read the machine for those who must know of it before its drives are asked."""
    assert bench.machine_root is not None
    return read_machine(bench.machine_root, (), heard.declared, heard.chassis)


def own_drives(bench: Bench, machine: MachineReport) -> list[BlockDevice]:
    """Give the drives that the machine itself shows, by serial."""
    own = {drive.serial for drive in machine.storage if drive.serial}
    return [device for device in bench.enumerate_disks() if device.identity.serial in own]


def _documents(bench: Bench, mine: list[BlockDevice], tell: Callable[[int, int], None]) -> list[Asked]:
    """Ask drives by both readers, side by side; those that say nothing are left out."""
    return [(document, readers) for document, readers in _read_all(bench, mine, tell) if document is not None]


def _read_all(
    bench: Bench, drives: list[BlockDevice], tell: Callable[[int, int], None]
) -> Iterable[tuple[dict[str, Any] | None, Agreement | None]]:
    def ask(drive: BlockDevice) -> tuple[dict[str, Any] | None, Agreement | None]:
        document = bench.smart(drive)
        return document, None if document is None else bench.readers(drive, document)

    with ThreadPoolExecutor(READ_AT_ONCE) as pool:
        for done, asked in enumerate(pool.map(ask, drives), 1):
            tell(done, len(drives))
            yield asked
