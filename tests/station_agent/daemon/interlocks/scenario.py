"""One row of the table: which disks there are, what protects them, and what happens more often than elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.station_agent.daemon.interlocks.hall import Disk, Hall, Trouble

if TYPE_CHECKING:
    from tests.station_agent.daemon.interlocks.orders import Order

Event = Callable[["Order"], None]


@dataclass(frozen=True, slots=True)
class Protects:
    """A trouble that comes and goes. `on` names the disk by its key, `also` the others that it protects too."""

    name: str
    make: Trouble
    on: str = "T"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of drives, section 10. `prepare` makes and plugs the disks: T is the one that it is about.

    `refused` are the codes of which the plan of T has one while it is protected; empty where T can be erased.
    """

    number: int
    name: str
    prepare: Callable[[Hall], None]
    protects: tuple[Protects, ...] = ()
    refused: tuple[str, ...] = ()
    often: tuple[tuple[str, float], ...] = ()  # events by name, with how much more often they come
    events: tuple[tuple[str, Event], ...] = ()  # of this scenario alone
    first: Event | None = None  # what protects T where it is nothing that the kernel shows
    method: str = ""
    allow: tuple[str, ...] = ()


SAME = {"model": "DEMO DISK"}
OF_T_ALONE = ("never", "flaw", "on_plug", "shown", "at_it", "spec")


def ordinary(hall: Hall, **of_t: object) -> Disk:
    """Make N, which nothing protects, T, S that has the same model as T, and W that has also its serial number."""
    words = {"part": True, "spec": SAME, **of_t}
    t = hall.make("T", "DEMO-TARGETS", **words)
    hall.make("N", "DEMO-NEIGHBOUR", part=True)
    alone = {name: value for name, value in words.items() if name not in OF_T_ALONE}
    hall.make("S", "DEMO-SPARE", **{"spec": SAME, **alone})
    hall.make("W", "DEMO-TARGETS", **{"spec": SAME, **alone})
    hall.plug(hall.disks["N"], "sda")
    hall.plug(t, t.home or "sdb")
    return t


def plain(hall: Hall) -> None:
    """Plug N and T in."""
    ordinary(hall)
