"""Records that nobody can understand are told as such: no command crashes on them, guesses, or goes on without them."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import DriveIdentity, IdentityGrade
from erasure.journal import EntryKind, JournalEntry
from station_agent.closed_runs import closed_runs_in
from station_agent.errors import StoreBroken
from station_agent.journal import entries_in, open_runs_in
from station_agent.records import open_records
from station_agent.run_record import record_of, runs_of
from station_agent.run_search import run_named
from station_agent.station import Station
from station_agent.store import Store

Make = Callable[..., Any]
RUN = "ab" * 16
NOTHING = ["", "x", "[]", "null", "1e999", '"text"', "[" * 100_000]  # no record of anything
HALF = [
    "{}",
    '{"facts": {}}',
    '{"facts": []}',
    '{"payload": "!!"}',
    '{"payload": "e30="}',
    '{"method": 3}',
    '{"method": null}',
]
DRIVE = DriveIdentity("M", "S", "", "", "nvme", "", "sysfs", IdentityGrade.B)
READERS: dict[str, Callable[[Any], Any]] = {
    "open runs": open_runs_in,
    "closed runs": closed_runs_in,
    "entries": lambda store: entries_in(store, RUN),
    "record": lambda store: record_of(store, RUN),
    "runs of a drive": lambda store: runs_of(store, DRIVE),
    "a run by its id": lambda store: run_named(store, RUN[:8]),
}
TOUCHED = {
    "context": ("open runs", "closed runs", "record", "runs of a drive", "a run by its id"),
    "entry": ("open runs", "closed runs", "entries", "record"),
    "statement": ("closed runs", "record"),
}
PLACES = {
    "context": "UPDATE run SET context = ?",
    "entry": "UPDATE journal SET data = ?",
    "statement": "UPDATE statement SET envelope = CAST(? AS BLOB)",
}


@pytest.fixture
def kept(station: Station, make_report: Make, make_context: Make) -> Station:
    """A bench with one closed run, whose drive was told to sanitize itself."""
    station.journal.open_run(RUN, make_context())
    station.journal.record(JournalEntry(RUN, EntryKind.COMMANDED, {"method": "ata.sanitize.block"}))
    station.journal.close_run(make_report(run_id=RUN), make_context())
    return station


def test_the_records_are_whole_before_they_are_damaged(kept: Station) -> None:
    assert [run.method for run in closed_runs_in(kept.store)] == ["ata.sanitize.block"]
    for reader in READERS.values():
        reader(kept.store)


def damage(station: Station, place: str, text: str, state: str) -> None:
    with station.store.transaction() as connection:
        connection.execute("UPDATE run SET state = ?", (state,))
        connection.execute(PLACES[place], (text,))


@pytest.mark.parametrize("text", NOTHING, ids=[one[:12] or "empty" for one in NOTHING])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_record_is_a_broken_store_for_whoever_reads_it(kept: Station, place: str, text: str) -> None:
    for name in TOUCHED[place]:
        damage(kept, place, text, "open" if name == "open runs" else "closed")
        with pytest.raises(StoreBroken, match="cannot be read"):
            READERS[name](kept.store)


@pytest.mark.parametrize("text", HALF)
@pytest.mark.parametrize("place", PLACES)
def test_half_a_record_is_read_or_told_and_never_a_crash(kept: Station, place: str, text: str) -> None:
    broken = 0
    for state in ("open", "closed"):
        damage(kept, place, text, state)
        for reader in READERS.values():
            try:
                reader(kept.store)
            except StoreBroken:
                broken += 1
    assert broken or place == "entry"  # an entry may have any members


def test_a_schema_that_sqlite_itself_cannot_quote_is_a_broken_store(tmp_path: Path) -> None:
    with Store(tmp_path):
        pass
    path = tmp_path / "station.sqlite3"
    whole = path.read_bytes()
    for place, text in ((b"run_id TEXT", b"run_id \xe8EXT"), (b"CREATE TABLE run", b"CREATE TABLE \xff\xfe\xfd")):
        path.write_bytes(whole.replace(place, text))
        with pytest.raises(StoreBroken):
            Store(tmp_path)
        with pytest.raises(StoreBroken):
            read_only(tmp_path)


def read_only(folder: Path) -> None:
    found = open_records(folder)
    assert found is not None
    with found as records:
        open_runs_in(records)


WRONG = {  # one member of a whole record, and what stands there instead
    "no text": ("facts", "device", "identity", "serial", 7),
    "no members": ("facts", "device", None),
    "no number": ("facts", "size_bytes", "512"),
    "an unknown member": ("surprise", 1),
    "no list": ("others", {}),
    "no readings": ("second", {"model": 1}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_one_wrong_member_of_a_context_is_told(kept: Station, wrong: str) -> None:
    context = json.loads(kept.store.rows("SELECT context FROM run")[0]["context"])
    *path, last, value = WRONG[wrong]
    inner = context
    for name in path:
        inner = inner[name]
    inner[last] = value
    damage(kept, "context", json.dumps(context), "closed")
    with pytest.raises(StoreBroken, match="cannot be read"):
        record_of(kept.store, RUN)


@pytest.mark.parametrize("text", ['{"key": 3}', '{"key": "no digits"}', '{"key": null}'])
def test_a_key_that_is_none_is_told_and_not_shown(kept: Station, text: str) -> None:
    damage(kept, "entry", text, "closed")
    with pytest.raises(StoreBroken, match="cannot be read"):
        record_of(kept.store, RUN)


@pytest.mark.parametrize("text", ["{}", "[1]", "null", '["text"]'])
def test_evidence_that_is_no_list_of_documents_is_told(kept: Station, text: str) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    payload = b64encode(json.dumps({"evidence_sha256": digest}).encode()).decode()
    damage(kept, "statement", json.dumps({"payload": payload}), "closed")
    with kept.store.transaction() as connection:
        connection.execute("INSERT INTO evidence VALUES (?, ?)", (digest, text.encode()))
    with pytest.raises(StoreBroken, match="cannot be read"):
        record_of(kept.store, RUN)


@pytest.mark.parametrize("mistake", [TypeError, KeyError, AttributeError, IndexError, AssertionError])
def test_a_mistake_of_this_program_is_no_broken_store(
    kept: Station, monkeypatch: pytest.MonkeyPatch, mistake: type[Exception]
) -> None:
    def mistaken(*_anything: object) -> None:
        raise mistake("of the program")

    monkeypatch.setattr("station_agent.run_record.unlike", mistaken)
    with pytest.raises(mistake, match="of the program"):
        runs_of(kept.store, DRIVE)
