"""How people are called when a drive is over, how orders are carried, and how the tiles lie."""

from pathlib import Path

import pytest

from station_agent.console.day import empty
from station_agent.console.desk import Beside
from station_agent.console.frame import Size
from station_agent.console.pictures import bench
from station_agent.console.signals import BellAndLights, Turns, keyboard_lights, light, turns
from station_agent.console.wall import grid
from station_agent.control.view import TileState
from station_agent.errors import StationError


def test_the_first_picture_calls_nobody_and_each_end_calls_once() -> None:
    before, after = bench(), bench()
    assert turns(None, after) == Turns()
    tiles = list(after.tiles)
    tiles[2] = tiles[2].model_copy(update={"state": TileState.UNCONFIRMED})
    now = after.model_copy(update={"tiles": tuple(tiles)})
    assert turns(before, now) == Turns((), ("3",))
    assert turns(now, now) == Turns()


@pytest.mark.parametrize(("columns", "size", "expected"), [
    (0, Size(80, 25), (4, 3)), (0, Size(120, 40), (6, 4)), (4, Size(120, 40), (4, 5)), (12, Size(120, 40), (6, 4)),
])  # fmt: skip
def test_tiles_lie_as_the_bays_do_where_they_stay_readable(columns: int, size: Size, expected: tuple[int, int]) -> None:
    laid = grid(empty(24, columns=columns), size)
    assert (laid.columns, laid.rows) == expected


def test_24_tiles_fit_on_one_large_screen_and_on_two_small_pages() -> None:
    assert grid(empty(24), Size(120, 40)).on_a_page >= 24
    assert grid(empty(24), Size(80, 25)).on_a_page == 12


def test_the_bell_rings_once_for_done_three_times_for_failed_and_never_when_mute(tmp_path: Path) -> None:
    rung: list[str] = []
    lamp = tmp_path / "input3::capslock" / "brightness"
    lamp.parent.mkdir()
    lamp.write_text("0")
    (tmp_path / "phy0-led").mkdir()
    lights = keyboard_lights(tmp_path)
    assert lights == (lamp,)
    bell = BellAndLights(lambda: rung.append("ding"), lights)
    bell.call(Turns(("1",)))
    assert (len(rung), lamp.read_text()) == (1, "1")
    bell.call(Turns((), ("2",)))
    assert len(rung) == 4
    bell.muted = True
    bell.call(Turns(("3",)))
    assert len(rung) == 4
    light((*lights, tmp_path / "gone" / "brightness"), on=False)
    assert lamp.read_text() == "0"
    assert keyboard_lights(tmp_path / "nothing") == ()


def test_orders_go_beside_the_console_one_at_a_time() -> None:
    beside, told = Beside(), []
    beside.send(lambda: 7, told.append, lambda error: None)
    while beside.busy:
        beside.tick()
    assert told == [7]

    def refuse() -> int:
        raise StationError("No.")

    beside.send(refuse, told.append, lambda error: told.append(str(error)))
    while beside.busy:
        beside.tick()
    assert told == [7, "No."]
    beside.close()
