"""A stick that fills or fails stops new wipes, with a sentence; what runs keeps its record to the end."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_agent.errors import StoreBroken, StoreFull
from station_agent.language import voice
from station_agent.reserve import BASE, FULL, LOW_WATER, MIB, PER_RUN, Reserve
from station_agent.station import Station

Make = Callable[..., Any]


class Medium:
    """Free bytes as a medium counts them; `reserve` takes its room from here."""

    def __init__(self, free: int) -> None:
        self.free = free

    def told(self, folder: Path) -> int:
        held = folder / "reserve"
        return self.free - (held.stat().st_size if held.exists() else 0)

    def allocate(self, descriptor: int, offset: int, length: int) -> None:
        if length > self.free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.ftruncate(descriptor, offset + length)


def reserve_on(medium: Medium, folder: Path) -> Reserve:
    return Reserve(folder, free=medium.told, allocate=medium.allocate)


def test_room_for_each_run_is_kept_before_it_begins(tmp_path: Path) -> None:
    reserve = reserve_on(Medium(1000 * MIB), tmp_path)
    reserve.hold(1)
    assert reserve.path.stat().st_size == BASE + PER_RUN
    reserve.hold(24)
    assert reserve.path.stat().st_size == BASE + 24 * PER_RUN
    reserve.hold(2)
    assert reserve.path.stat().st_size == BASE + 24 * PER_RUN


@pytest.mark.parametrize("free", [0, LOW_WATER, BASE + PER_RUN, BASE + PER_RUN + LOW_WATER - 1])
def test_a_new_wipe_does_not_begin_on_a_full_medium(tmp_path: Path, free: int) -> None:
    reserve = reserve_on(Medium(free), tmp_path)
    with pytest.raises(StoreFull, match="Nothing was begun") as refused:
        reserve.hold(1)
    assert refused.value.exit_status == 30
    assert "Rien n'a été commencé" in voice("fr", {}).say(FULL, **refused.value.facts)


def test_a_second_wipe_is_refused_and_the_room_of_the_first_stays(tmp_path: Path) -> None:
    reserve = reserve_on(Medium(BASE + PER_RUN + LOW_WATER), tmp_path)
    reserve.hold(1)
    with pytest.raises(StoreFull):
        reserve.hold(2)
    assert reserve.path.stat().st_size == BASE + PER_RUN


def test_room_that_the_system_does_not_give_is_given_back_whole(tmp_path: Path) -> None:
    def half(descriptor: int, _offset: int, length: int) -> None:
        os.ftruncate(descriptor, length // 2)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    reserve = Reserve(tmp_path, free=lambda _folder: 1000 * MIB, allocate=half)
    with pytest.raises(StoreFull):
        reserve.hold(1)
    assert reserve.path.stat().st_size == 0


def test_the_room_is_given_up_when_somebody_else_fills_the_medium(tmp_path: Path) -> None:
    medium = Medium(100 * MIB)
    reserve = reserve_on(medium, tmp_path)
    reserve.hold(2)
    reserve.ease()
    assert reserve.path.exists()
    medium.free = BASE + 2 * PER_RUN + LOW_WATER - 1
    reserve.ease()
    assert not reserve.path.exists()
    with pytest.raises(StoreFull):
        reserve.hold(3)


def test_what_a_killed_process_has_kept_is_given_up_at_the_next_start(tmp_path: Path, open_bench_at: Make) -> None:
    station = open_bench_at(tmp_path / "state")
    station.require_fit(1)
    (tmp_path / "left").write_bytes(b"")
    os.link(tmp_path / "state" / "reserve", tmp_path / "state" / "of-the-dead")
    station.close()
    (tmp_path / "state" / "of-the-dead").rename(tmp_path / "state" / "reserve")
    open_bench_at(tmp_path / "state")
    assert not (tmp_path / "state" / "reserve").exists()


def fill(station: Station) -> None:
    """Let SQLite find no page more, as a full medium does (SQLITE_FULL)."""
    pages = station.store.rows("PRAGMA page_count")[0][0]
    station.store.rows(f"PRAGMA max_page_count = {pages}")


def test_a_full_database_loses_nothing_and_takes_records_again_when_there_is_room(
    station: Station, state_runs: Make, make_context: Make, make_report: Make
) -> None:
    made = state_runs(station, 2)
    station.journal.open_run("d" * 32, make_context())
    fill(station)
    with pytest.raises(StoreBroken, match="full"):
        state_runs(station, 50)
    rows = station.outbox.rows()
    assert [row.id for row in rows][:2] == made
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    station.store.rows("PRAGMA max_page_count = 1000000")
    signed = station.journal.close_run(make_report("d" * 32), make_context())
    assert signed.seq == len(rows) + 1


def test_a_failed_medium_begins_nothing_more(station: Station, state_runs: Make) -> None:
    state_runs(station, 1)
    station.require_fit(1)
    with station.store.transaction() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreBroken):
        state_runs(station, 1)
    with pytest.raises(StoreBroken):
        station.require_fit(1)


@pytest.mark.world
def test_erase_says_it_and_touches_nothing(bench_file: Path, run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_agent.reserve.Reserve._grow", full)
    status, _, err = run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--policy", "zeros")
    assert status == 30
    assert "is full" in err
    assert "[store-full]" in err
    assert run("outbox", "--json", "--bench", bench_file)[1].count('"seq"') == 0


def full(_self: Reserve, _wanted: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
