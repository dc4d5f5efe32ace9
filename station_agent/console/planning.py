"""Has drives planned by the bench and opens the plan; a screen of plans needs no wall, and the wall no plan."""

from typing import TYPE_CHECKING, Final

from station_agent.asked import PSID_REVERT
from station_agent.console.order import Order
from station_agent.control.view import PlanOrder, Plans

if TYPE_CHECKING:
    from station_agent.console.console import Console

DEFAULT: Final = ""


def plan_order(drives: tuple[str, ...], *, method: str = DEFAULT, psid: str = "") -> PlanOrder:
    """Write the order: who gives a PSID allows the revert that needs it."""
    return PlanOrder(drives=drives, method=method, allow=(PSID_REVERT,) if psid else ())


def plan_drives(console: "Console", drives: tuple[str, ...], *, method: str = DEFAULT, psid: str = "") -> None:
    """Have drives planned and show the plan; nothing is touched."""
    order = plan_order(drives, method=method, psid=psid)

    def planned(answer: Plans) -> None:
        tiles = console.view.tiles if console.view is not None else ()
        console.home()
        console.show_plan(Order(answer.plans, tiles, psid=psid, method=method))

    console.order(lambda: console.desk.plan(order), planned)
