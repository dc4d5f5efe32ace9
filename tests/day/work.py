"""The middle of the day: drives end and are changed, one fails, the machine is checked beside them, one is thawed."""

from station_agent.console.confirm_screen import ALL_DONE, Confirming
from station_agent.console.detail_words import CHANGED, DO
from station_agent.console.entries import ASSET_HINTS
from station_agent.console.lists import SLEEPS, Thawed
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.signs import ALREADY
from station_agent.console.wall import PULL, THAW
from station_agent.control.view import TileState
from tests.day.stage import OPERATOR
from tests.day.walk import Walk

TAG = "ETB-0201"
FROZEN = "DEMO-FW-0016"


def swap_the_first(walk: Walk) -> None:
    """The first that is done is pulled while the others run; the drive of the laptop comes into its bay."""
    walk.terminal.until(walk.slot("A2", TileState.ERASED, chosen=None), walk.say(PULL))
    walk.keep("pull-me", "one is done and may be pulled while its neighbours run")
    walk.stage.drives.unplug("sdb")
    walk.terminal.until(walk.slot("A2", TileState.EMPTY, chosen=None))
    walk.stage.drives.plug("nvme0n1")
    walk.terminal.until(walk.slot("A2", TileState.READY))
    walk.go_to("A2", "A1")
    walk.terminal.press("a", walk.say(ASSET_HINTS[0]))
    walk.terminal.scan(TAG)
    walk.terminal.until(walk.slot("A2", TileState.READY), TAG)
    walk.keep("tag", "another drive in the same bay: the tag of its machine was scanned")
    walk.terminal.press("Space", walk.slot("A2", TileState.READY, chosen=True))
    begin(walk, TAG)


def begin(walk: Walk, code: str) -> None:
    """Plan what is chosen, confirm it by a scan, and start it."""
    walk.terminal.press("S", walk.say(PlanScreen.title))
    walk.terminal.press("S", walk.say(Confirming.title))
    walk.terminal.uncovered()
    walk.terminal.scan(code)
    walk.terminal.until(walk.say(ALL_DONE, n=1))
    walk.terminal.press("Enter", f"{OPERATOR} ·", "▶A")


def see_the_failure(walk: Walk) -> None:
    """One drive has bad sectors: its tile is red, its screen says what to do."""
    walk.terminal.until(walk.slot("A4", TileState.FAILED, chosen=None))
    walk.keep("failed", "one drive failed: red, with its word")
    walk.go_to("A4", "A2")
    walk.terminal.press("d", walk.say(DO, remedy="").rstrip())
    walk.keep("failed-next", "why it failed and what to do next")
    walk.terminal.press("Escape", "▶A4")
    walk.stage.drives.unplug("sdd")
    walk.terminal.until(walk.slot("A4", TileState.EMPTY, chosen=None))


def take_the_rest(walk: Walk) -> None:
    """Wait for the stick, the drive of the laptop and the slow one; pull them."""
    walk.terminal.until(
        walk.slot("A1", TileState.ERASED, chosen=None),
        walk.slot("A2", TileState.ERASED, chosen=None),
        walk.slot("A3", TileState.EXCEPTIONS, chosen=None),
    )
    walk.keep("all-over", "all that ran is over: three to pull")
    for slot, name in (("A1", "sda"), ("A2", "nvme0n1"), ("A3", "sdc")):
        walk.stage.drives.unplug(name)
        walk.terminal.until(walk.slot(slot, TileState.EMPTY, chosen=None))


def come_back(walk: Walk) -> None:
    """A drive of this morning is put in again: the bench knows it, and that its content has not changed."""
    walk.stage.drives.plug("sda")
    walk.terminal.until(walk.slot("A1", TileState.READY), walk.say(ALREADY))
    walk.go_to("A1", "A4")
    walk.terminal.press("d", walk.say(CHANGED[False]))
    walk.keep("came-back", "a drive of this morning, put in again: its content is as its run left it")
    walk.terminal.press("Escape", "▶A1")
    walk.stage.drives.unplug("sda")
    walk.terminal.until(walk.slot("A1", TileState.EMPTY, chosen=None))


def thaw(walk: Walk) -> None:
    """The last drive is frozen: the bench sleeps for it, and it takes security commands again."""
    walk.stage.drives.plug("sde")
    walk.terminal.until(walk.slot("A1", TileState.READY), walk.say(THAW))
    walk.keep("frozen", "the sixth drive is frozen by the firmware of the machine")
    walk.terminal.press("u", walk.say(SLEEPS))
    walk.keep("unfreeze", "what a sleep does, before it is done")
    walk.terminal.press("Enter", walk.say(Thawed.title), walk.say("{n} of {all} thawed.", n=1, all=1))
    walk.keep("thawed", "the drive takes security commands again")
    walk.terminal.press("Escape", walk.slot("A1", TileState.READY))
    walk.terminal.press("Space", walk.slot("A1", TileState.READY, chosen=True))
    begin(walk, FROZEN)
    walk.terminal.until(walk.slot("A1", TileState.ERASED, chosen=None), walk.say(PULL))
    walk.keep("last-one", "the sixth drive is done")
