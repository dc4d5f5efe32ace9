"""Scenarios 31 to 40: what a drive hides or is at, and orders that are not for it."""

from dataclasses import replace

from erasure.simulated.faults import Fault, FaultKind
from erasure.simulated.tables import firmware_from_document
from tests.station_agent.daemon.interlocks.hall import SIZE, Hall
from tests.station_agent.daemon.interlocks.orders import Order
from tests.station_agent.daemon.interlocks.room import Room
from tests.station_agent.daemon.interlocks.scenario import Scenario, ordinary, plain

TIMES = {"seconds": 1, "erase_minutes": 2, "enhanced_minutes": 2}
ENHANCED = "ata.security.enhanced"


def ata(hall: Hall, *vices: str, flaw: str = "", never: str = "", **table: object) -> None:
    """T answers ATA commands."""
    firmwares = firmware_from_document({"ata": {**TIMES, **table}, "vices": list(vices)})
    ordinary(hall, spec={"model": "DEMO DISK", "firmwares": firmwares}, flaw=flaw, never=never)


def hpa(hall: Hall) -> None:
    """T hides its last 16 KiB behind a host protected area."""
    ata(hall, hpa=True, native_bytes=SIZE + 16384)


def dco(hall: Hall) -> None:
    """T has an overlay that will not be read."""
    ata(hall, "dco-frozen", dco=True, hpa=True, flaw="nobody knows what its overlay hides")


def sector_event(order: Order) -> None:
    """T comes back to its bench with sectors of another size: a bridge that counts otherwise."""
    target = order.hall.disks["T"]
    target.sector = 512 if target.sector == 4096 else 4096


def counterfeit(hall: Hall) -> None:
    """T has half of the capacity that it tells."""
    wrap = (Fault(FaultKind.WRAP, real_bytes=SIZE // 2),)
    ordinary(hall, spec={"model": "DEMO DISK", "faults": wrap}, flaw="it is a counterfeit")


def frozen(hall: Hall) -> None:
    """The machine froze the security of T, and a person wants it erased by that."""
    ata(hall, "frozen", never="its security is frozen", freezes_again=True)


def locked(hall: Hall) -> None:
    """T has a password that nobody knows."""
    ata(hall, "locked", block=True, never="it is locked")


def sanitizing(hall: Hall) -> None:
    """T came while it erased itself."""
    table = {"seconds": 20.0, "sanitize": ["block"], "last": "running", "last_action": "block"}
    firmwares = firmware_from_document({"nvme": {**table, "estimates": {"block": 20}}})
    spec = {"model": "DEMO DISK", "firmwares": firmwares, "rotational": False}
    t = ordinary(hall, bus="nvme", home="nvme0n1", part=False, spec=spec, at_it=True)
    assert t.at_it


def stranger_event(order: Order) -> None:
    """A plan that another bench made for the very same drive is started at this one."""
    folder = order.hall.folder.parent / f"other-{len(order.told)}"
    other = Room(order.hall, order.judge, order.chance, folder)
    try:
        here = other.here()
        disk = next((disk for disk in order.hall.here if other.key_of(disk.at)), None)
        if disk is None:
            return
        view = other.plan(str(other.key_of(disk.at)), here)
        if view.id:
            order.plans.append(replace(order.planned(view, disk, here), presence=-1, daemon=-1))
    finally:
        other.die()


def again_event(order: Order) -> None:
    """A plan that was begun before is started again; or one that is as old as can be."""
    if order.plans:
        order.plans.append(order.chance.choice([order.plans[0], *order.plans[-2:]]))
        order.do_start()


def forged_event(order: Order) -> None:
    """A plan comes under an id that nobody gave it."""
    if order.plans:
        last = order.plans[-1]
        order.plans.append(replace(last, view=last.view.model_copy(update={"id": "0" * 24}), presence=-1, daemon=-1))


def listed_event(order: Order) -> None:
    """The hub protects T."""
    order.room.protect(frozenset({order.hall.disks["T"].label}))


STATES = (
    Scenario(31, "host protected area", hpa),
    Scenario(32, "DCO or AMA", dco),
    Scenario(33, "512e and 4Kn disagree", plain, events=(("sectors of another size", sector_event),)),
    Scenario(34, "counterfeit capacity", counterfeit),
    Scenario(35, "frozen", frozen, refused=("FROZEN",), method=ENHANCED, allow=(ENHANCED,)),
    Scenario(36, "locked by a password", locked, refused=("LOCKED",)),
    Scenario(37, "sanitize already running", sanitizing),
    Scenario(
        38,
        "order for another station or boot",
        plain,
        events=(("other bench", stranger_event),),
        often=(("kill", 4.0),),
    ),
    Scenario(39, "stale or doubled order", plain, events=(("again", again_event), ("forged", forged_event))),
    Scenario(
        40,
        "not in the lot, or protected by the hub",
        plain,
        (),
        ("NOT_IN_LOT",),
        first=listed_event,
        often=(("protect", 6.0), ("lot", 8.0)),
    ),
)
