"""A medium that fills or fails under running erases: they go on, nothing new begins, nothing is claimed too early."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.errors import JournalError
from erasure.journal import MAY_WAIT, EntryKind, JournalEntry
from erasure.supervisor import Supervisor
from station_agent.bench import simulated_bench
from station_agent.control.view import Tile, TileState
from station_agent.errors import StoreBroken
from station_agent.journal import BenchJournal
from station_agent.patient_journal import PatientJournal
from station_agent.station import Station
from tests.station_agent.daemon.daemon_bench import DaemonBench
from tests.station_agent.daemon.test_notes import died
from tests.station_agent.daemon.test_orders import refused

Make = Callable[..., Any]
RUN = "d" * 32


class Medium:
    """Fails the writes of one journal: `full` for the time being, `failed` for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = "sound"
        self.after: EntryKind | None = None  # it fails right behind the first such entry
        self.then = ""
        wrote = BenchJournal._write

        def write(journal: BenchJournal, connection: sqlite3.Connection, entry: JournalEntry) -> None:
            if self.state != "sound":
                error = sqlite3.OperationalError("disk I/O error" if self.state == "failed" else "disk is full")
                error.sqlite_errorname = "SQLITE_IOERR_WRITE" if self.state == "failed" else "SQLITE_FULL"
                raise error
            wrote(journal, connection, entry)
            if entry.kind is self.after:
                self.after, self.state = None, self.then

        monkeypatch.setattr(BenchJournal, "_write", write)

    def fails(self, after: EntryKind, then: str) -> None:
        self.after, self.then = after, then


@pytest.fixture
def medium(monkeypatch: pytest.MonkeyPatch) -> Medium:
    return Medium(monkeypatch)


def workers(station: Station, file: Path) -> Supervisor:
    bench = simulated_bench(file, station.store.folder / "bench")
    return Supervisor(PatientJournal(station.journal), opener=bench.opener, examine=bench.examine)


def kinds(station: Station, run_id: str) -> list[str]:
    rows = station.store.rows("SELECT kind FROM journal WHERE run_id = ? ORDER BY position", (run_id,))
    return [str(row["kind"]) for row in rows]


def notice(tile: Tile) -> str:
    assert tile.run is not None
    return "" if tile.run.notice is None else tile.run.notice.message


@pytest.mark.world
def test_an_erase_on_a_full_medium_goes_on_and_is_stated_when_there_is_room(daemon: Make, medium: Medium) -> None:
    bench: DaemonBench = daemon("sda", "sdb", crew=workers)
    medium.fails(after=EntryKind.INTENT, then="full")
    (run_id,) = bench.erase("sda")
    tile = bench.until_state("sda", TileState.UNSTATED)
    assert "waits in memory" in notice(tile)
    assert tile.run is not None
    assert (tile.run.verdict, bench.station.outbox.rows(), kinds(bench.station, run_id)) == ("", (), ["INTENT"])
    bench.until(lambda view: view.stops_new is not None)
    assert refused(lambda: bench.erase("sdb"))[0] == "stops-new"
    medium.state = "sound"
    tile = bench.until_state("sda", TileState.ERASED)
    assert [row.id for row in bench.station.outbox.rows()] == [tile.run.statement if tile.run else ""]
    whole = kinds(bench.station, run_id)
    assert (whole[0], whole[-2:], "WRITTEN" in whole) == ("INTENT", ["VERIFIED", "CLOSED"], True)
    bench.until(lambda view: view.stops_new is None)


@pytest.mark.world
def test_an_erase_on_a_failed_medium_goes_on_is_not_claimed_and_is_interrupted_at_the_next_start(
    daemon: Make, medium: Medium
) -> None:
    bench: DaemonBench = daemon("sda", crew=workers)
    medium.fails(after=EntryKind.INTENT, then="failed")
    (run_id,) = bench.erase("sda")
    tile = bench.until_state("sda", TileState.UNSTATED)
    assert "has failed" in notice(tile)
    medium.state = "sound"  # it looks well again; what was lost is not known, so this process trusts it no more
    bench.foreman.ask(lambda: bench.foreman._look_up(bench.means.now())).result()
    assert (bench.tile(bench.foreman.bulletin.view, "sda").state, bench.station.outbox.rows()) == (
        TileState.UNSTATED,
        (),
    )
    bench.crew.close()
    died(bench)
    again: DaemonBench = daemon("sda", crew=workers)
    tile = again.until_state("sda", TileState.INTERRUPTED)
    assert tile.run is not None
    assert tile.run.run_id == run_id
    plan = again.client.plan(_order(tile)).plans[0]
    again.client.erase(_erase(plan))
    assert again.until_state("sda", TileState.ERASED)


@pytest.mark.world
@pytest.mark.parametrize("state", ["full", "failed"])
def test_a_drive_whose_intent_cannot_be_recorded_is_not_touched(daemon: Make, medium: Medium, state: str) -> None:
    bench: DaemonBench = daemon("sda", crew=workers)
    before = bench.drives.backing("sda").read_bytes()
    plan = bench.plan("sda").plans[0]
    medium.state = state
    bench.client.erase(_erase(plan))
    bench.until_state("sda", TileState.INTERRUPTED)
    assert bench.drives.backing("sda").read_bytes() == before
    bench.crew.close()
    medium.state = "sound"
    died(bench)
    again: DaemonBench = daemon("sda", crew=workers)
    assert again.ready("sda")
    assert again.station.outbox.rows() == ()


def _order(tile: Tile) -> Any:
    from station_agent.control.view import PlanOrder

    return PlanOrder(drives=(str(tile.drive),))


def _erase(plan: Any) -> Any:
    from station_agent.control.view import EraseOrder

    return EraseOrder(plans=(plan.id,), confirmed=(plan.serial,))


@pytest.fixture
def patient(station: Station, make_context: Make) -> PatientJournal:
    station.journal.open_run(RUN, make_context())
    return PatientJournal(station.journal)


def entry(kind: EntryKind, **data: Any) -> JournalEntry:
    return JournalEntry(RUN, kind, data)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_nothing_waits_before_the_intent_is_durable(patient: PatientJournal, medium: Medium, kind: EntryKind) -> None:
    medium.state = "full"
    with pytest.raises(JournalError):
        patient.record(entry(kind))


@pytest.mark.parametrize("kind", list(EntryKind))
def test_behind_a_durable_intent_waits_only_what_permits_nothing(
    patient: PatientJournal, station: Station, medium: Medium, kind: EntryKind
) -> None:
    patient.record(entry(EntryKind.INTENT))
    medium.state = "full"
    if kind in MAY_WAIT:
        patient.record(entry(kind))
    else:
        with pytest.raises(JournalError):
            patient.record(entry(kind))
    assert (RUN in station.journal.postponed) == (kind in MAY_WAIT)


def test_what_permits_something_never_waits() -> None:
    permits = {EntryKind.INTENT, EntryKind.RESUMED, EntryKind.COMMANDED, EntryKind.CLOSED, EntryKind.POWER_CYCLE}
    assert not permits & MAY_WAIT


def test_a_command_goes_out_only_once_everything_before_it_is_durable(
    patient: PatientJournal, station: Station, medium: Medium
) -> None:
    patient.record(entry(EntryKind.INTENT))
    medium.state = "full"
    for offset in (1, 2, 3):
        patient.record(entry(EntryKind.CHECKPOINT, offset=offset))
    patient.record(entry(EntryKind.FOUND, mismatch=[[7, 1]]))
    with pytest.raises(JournalError):
        patient.record(entry(EntryKind.COMMANDED))
    assert kinds(station, RUN) == ["INTENT"]
    medium.state = "sound"
    patient.record(entry(EntryKind.COMMANDED))
    assert kinds(station, RUN) == ["INTENT", "CHECKPOINT", "FOUND", "COMMANDED"]
    assert [one.data for one in station.journal.entries(RUN)][1] == {"offset": 3}
    assert station.journal.postponed == frozenset()


def test_a_finding_that_waits_counts_for_whoever_takes_the_run_up(
    patient: PatientJournal, station: Station, medium: Medium
) -> None:
    patient.record(entry(EntryKind.INTENT))
    medium.state = "full"
    patient.record(entry(EntryKind.FOUND, mismatch=[[7, 1]]))
    (run,) = station.journal.open_runs()
    assert [one.kind for one in run.entries] == [EntryKind.INTENT, EntryKind.FOUND]


def test_a_verdict_is_stated_with_everything_that_waited_or_not_at_all(
    patient: PatientJournal, station: Station, medium: Medium, make_report: Make, make_context: Make
) -> None:
    patient.record(entry(EntryKind.INTENT))
    medium.state = "full"
    patient.record(entry(EntryKind.VERIFIED))
    with pytest.raises(StoreBroken):
        station.journal.close_run(make_report(RUN), make_context())
    assert station.outbox.rows() == ()
    medium.state = "sound"
    station.journal.close_run(make_report(RUN), make_context())
    assert kinds(station, RUN) == ["INTENT", "VERIFIED", "CLOSED"]
    assert len(station.outbox.rows()) == 1
