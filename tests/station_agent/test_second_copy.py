"""The second copy follows the store, is repaired by it, gives lost statements back, and never stands in its way."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.statement_file import Line, read_lines, written
from station_agent.errors import ChainLocked
from station_agent.records import FILE as DATABASE
from station_agent.restore import restore
from station_agent.second_copy import FILE
from station_agent.station import Station

Make = Callable[..., Any]


def copied(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return [one.envelope for one in read_lines(file) if isinstance(one, Line)]


def kept(station: Station) -> list[bytes]:
    return [row["envelope"] for row in station.store.rows("SELECT envelope FROM statement ORDER BY position")]


def lose_the_database(folder: Path) -> None:
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_statement_is_in_the_copy_before_anybody_is_told(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, *, elsewhere: bool
) -> None:
    folder = tmp_path / "stick" if elsewhere else tmp_path / "state"
    station = open_bench_at(tmp_path / "state", second_copy=folder if elsewhere else None)
    for n in range(1, 4):
        state_runs(station, 1)
        assert copied(folder / FILE) == kept(station)
        assert len(kept(station)) == n
    assert station.trouble is None


@pytest.mark.parametrize("cut", [1, 70, 140, 2000])
def test_a_torn_end_is_cut_off_and_written_again(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, cut: int
) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 3)
    station.close()
    path = tmp_path / "state" / FILE
    os.truncate(path, path.stat().st_size - cut)
    again = open_bench_at(tmp_path / "state")
    assert copied(path) == kept(again)
    assert len(kept(again)) == 3
    assert list(path.parent.glob("*.damaged*")) == []


@pytest.mark.parametrize("size", range(0, 21, 4))
def test_a_copy_that_was_torn_in_its_first_line_is_made_anew(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, size: int
) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 2)
    station.close()
    os.truncate(tmp_path / "state" / FILE, size)
    again = open_bench_at(tmp_path / "state")
    assert copied(tmp_path / "state" / FILE) == kept(again)
    assert len(kept(again)) == 2


def test_other_damage_is_put_aside_and_never_overwritten(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 3)
    station.close()
    path = tmp_path / "state" / FILE
    spoiled = bytearray(path.read_bytes())
    spoiled[300] ^= 1
    path.write_bytes(spoiled)
    again = open_bench_at(tmp_path / "state")
    assert copied(path) == kept(again)
    assert path.with_name(f"{FILE}.damaged-1").read_bytes() == bytes(spoiled)


def test_a_copy_that_cannot_be_written_is_told_and_stops_nothing(
    tmp_path: Path, open_bench_at: Make, state_runs: Make
) -> None:
    (tmp_path / "stick").write_text("no folder", encoding="utf-8")
    station = open_bench_at(tmp_path / "state", second_copy=tmp_path / "stick")
    assert len(state_runs(station, 2)) == 2
    assert "The second copy" in str(station.trouble)
    station.require_fit(1)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_medium_that_fails_is_left_alone_until_the_next_start(
    *, tmp_path: Path, open_bench_at: Make, state_runs: Make, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    station = open_bench_at(tmp_path / "state", second_copy=tmp_path / "stick")
    state_runs(station, 1)
    asked: list[int] = []

    def fail(descriptor: int, *_rest: object) -> int:
        asked.append(descriptor)
        raise OSError(5, os.strerror(5))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        state_runs(station, 2)
    assert len(asked) == 1, "a failed write or sync is final"
    state_runs(station, 1)
    assert "Input/output error" in str(station.trouble)
    station.close()
    again = open_bench_at(tmp_path / "state", second_copy=tmp_path / "stick")
    assert again.trouble is None
    assert copied(tmp_path / "stick" / FILE) == kept(again)
    assert len(kept(again)) == 4


def test_a_lost_database_is_made_again_from_the_copy_and_its_chain_goes_on(
    tmp_path: Path, open_bench_at: Make, state_runs: Make
) -> None:
    station = open_bench_at(tmp_path / "state")
    made = state_runs(station, 3)
    before = kept(station)
    station.close()
    lose_the_database(tmp_path / "state")
    again = open_bench_at(tmp_path / "state")
    assert (kept(again), again.chain.head().seq, again.chain.head().id) == (before, 3, made[-1])
    assert [str(row.state) for row in again.outbox.rows()] == ["queued"] * 3
    state_runs(again, 1)
    assert [row.seq for row in again.outbox.rows()] == [1, 2, 3, 4]


def test_a_state_that_went_back_takes_its_newer_statements_and_closes_their_runs(
    tmp_path: Path, open_bench_at: Make, make_context: Make, make_report: Make, state_runs: Make
) -> None:
    folder = tmp_path / "state"
    station = open_bench_at(folder)
    state_runs(station, 1)
    station.journal.open_run("c" * 32, make_context())
    station.close()
    shutil.copy(folder / DATABASE, tmp_path / "old")
    station = open_bench_at(folder)
    signed = station.journal.close_run(make_report("c" * 32), make_context())
    station.close()
    lose_the_database(folder)
    shutil.copy(tmp_path / "old", folder / DATABASE)
    again = open_bench_at(folder)
    assert again.chain.head().id == signed.id
    assert again.journal.open_runs() == ()
    assert again.journal.statement_of("c" * 32).id == signed.id


def test_two_states_that_grew_apart_stop_signing(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    folder = tmp_path / "state"
    station = open_bench_at(folder)
    state_runs(station, 1)
    station.close()
    shutil.copytree(folder, tmp_path / "clone")
    for place in (folder, tmp_path / "clone"):
        grown = open_bench_at(place)
        state_runs(grown, 1)
        grown.close()
    shutil.copy(tmp_path / "clone" / FILE, folder / FILE)
    again = open_bench_at(folder)
    with pytest.raises(ChainLocked, match="--new-key"):
        again.require_fit(1)
    assert len(kept(again)) == 2


def test_a_copy_that_two_states_wrote_stops_signing_and_keeps_no_bench_from_opening(
    tmp_path: Path, open_bench_at: Make, state_runs: Make
) -> None:
    first = open_bench_at(tmp_path / "state")
    state_runs(first, 1)
    first.close()
    (tmp_path / "twin").mkdir()
    for folder in ("twin", "third"):
        (tmp_path / folder).mkdir(exist_ok=True)
        for key in (tmp_path / "state").glob("*.key"):
            shutil.copy2(key, tmp_path / folder)
    twin = open_bench_at(tmp_path / "twin")
    state_runs(twin, 1)
    (tmp_path / "third" / FILE).write_bytes(written((*kept(twin), *copied(tmp_path / "state" / FILE))))
    third = open_bench_at(tmp_path / "third")
    assert kept(third) == []
    with pytest.raises(ChainLocked):
        third.chain.require_unlocked()


def test_the_copy_of_another_bench_is_left_as_it_is(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    other = open_bench_at(tmp_path / "other")
    state_runs(other, 2)
    other.close()
    theirs = (tmp_path / "other" / FILE).read_bytes()
    station = open_bench_at(tmp_path / "state", second_copy=tmp_path / "other")
    state_runs(station, 1)
    assert (tmp_path / "other" / FILE).read_bytes() == theirs
    assert "did not make" in str(station.trouble)
    assert len(kept(station)) == 1


def test_a_forged_line_is_not_taken(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    station = open_bench_at(tmp_path / "state")
    state_runs(station, 1)
    other = SigningKey.generate(demo=True)
    forged = kept(station)[0].replace(station.key.kid.encode(), other.kid.encode())
    (tmp_path / "forged").write_bytes(written((forged, b"{}", b"not json", kept(station)[0])))
    done = restore(station.store, tmp_path / "forged", {station.key.kid: station.key.public, other.kid: other.public})
    assert (done.taken, done.known, done.foreign) == (0, 1, 3)


def test_the_command_gives_back_what_an_exported_file_has(
    *, tmp_path: Path, open_bench_at: Make, state_runs: Make, run: Make
) -> None:
    station = open_bench_at(tmp_path / "state")
    made = state_runs(station, 3)
    station.close()
    assert run("export", tmp_path / "carried")[0] == 0
    assert run("export", tmp_path / "carried")[0] == 2, "a file that exists is not overwritten"
    lose_the_database(tmp_path / "state")
    (tmp_path / "state" / FILE).unlink()
    status, out, _ = run("restore-copy", tmp_path / "carried")
    assert (status, "3 statements taken back" in out) == (0, True)
    again = open_bench_at(tmp_path / "state")
    assert [row.id for row in again.outbox.rows()] == made
