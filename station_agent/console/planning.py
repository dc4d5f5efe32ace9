"""Has drives planned by the bench and opens the plan; a screen of plans needs no wall, and the wall no plan."""

from typing import Final

from station_agent.asked import PSID_REVERT
from station_agent.console.order import Order
from station_agent.console.session import ConsoleSession
from station_agent.control.view import PlanOrder, Plans, TileState
from station_agent.language import mark

DEFAULT: Final = ""
OPEN: Final = frozenset({TileState.INTERRUPTED, TileState.POWER_CYCLE})
NONE_OPEN: Final = mark("No interrupted run waits in a slot of this bench.")


def plan_order(drives: tuple[str, ...], *, method: str = DEFAULT, psid: str = "") -> PlanOrder:
    """Write the order: who gives a PSID allows the revert that needs it."""
    return PlanOrder(drives=drives, method=method, allow=(PSID_REVERT,) if psid else ())


def plan_drives(console: ConsoleSession, drives: tuple[str, ...], *, method: str = DEFAULT, psid: str = "") -> None:
    """Have drives planned and show the plan; nothing is touched."""
    order = plan_order(drives, method=method, psid=psid)

    def planned(answer: Plans) -> None:
        tiles = console.view.tiles if console.view is not None else ()
        console.home()
        console.show_plan(Order(answer.plans, tiles, psid=psid, method=method))

    console.order(lambda: console.desk.plan(order), planned)


def plan_interrupted(console: ConsoleSession) -> None:
    """Plan every interrupted run at once; each drive is confirmed before it goes on, as for any start."""
    tiles = console.view.tiles if console.view is not None else ()
    drives = tuple(tile.drive for tile in tiles if tile.state in OPEN and tile.drive is not None)
    if drives:
        console.chosen = set(drives)
        plan_drives(console, drives)
    else:
        console.tell(NONE_OPEN)
