"""Draws random drives with random vices, and random things that happen while they are erased. Knows no engine."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from erasure.simulated import FaultKind
from erasure.simulated.firmware import Vice

KIB = 1024
SANITIZE = ("crypto", "block", "overwrite")
POLICIES = ("purge-preferred", "purge-required", "clear-is-enough", "overwrite", "zeros", "sample")
FORGIVING = ("purge-preferred", "overwrite", "zeros")  # every healthy drive can be erased under them
PSID = "DEMO0000PSID0000DEMO0000PSID0000"
MOMENTS = {"record": 14, "command": 8, "ask": 700, "write": 120}  # kinds of moments, and how many may go by before
PASSING = (FaultKind.SHORT_IO, FaultKind.INTERRUPTED_IO, FaultKind.SLOW)  # vices that a healthy drive may have
TELLING = (  # vices of the erase itself: drawn as often as all others together
    Vice.LIES,
    Vice.HALF,
    Vice.ONE_NAMESPACE,
    Vice.STUCK,
    Vice.FAILS,
    Vice.VANISHES,
    Vice.RESETS,
    Vice.HANGS,
    Vice.ZERO_LOG,
    Vice.NO_SENSE,
    Vice.FORGETS,
    Vice.POWER_LOSS,
)
BETWEEN = ("nothing", "nothing", "power", "reboot", "both", "stranger")


@dataclass(frozen=True, slots=True)
class Cut:
    """What ends a part of the run before its end: at the nth moment of its kind, just before it or just after it."""

    how: str  # "stop", "kill", "journal"
    moment: str
    nth: int
    after: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One attempt: the faults of the bus while it lasts, its cut if any, and what happens before the next."""

    faults: tuple[dict[str, Any], ...] = ()
    cut: Cut | None = None
    between: str = "nothing"
    swapped: bool = False  # between plan and order another drive takes the name of this one


@dataclass(frozen=True, slots=True)
class Plan:
    """One random fault plan, printable. `target` and `neighbour` are tables of a bench file."""

    target: dict[str, Any]
    neighbour: dict[str, Any]
    policy: str
    wanted: str
    parts: tuple[Part, ...]
    healthy: bool = False  # then it must end ERASED
    offers: tuple[str, ...] = field(default=())

    @property
    def vices(self) -> frozenset[str]:
        """Vices of the firmware of the target."""
        return frozenset(self.target.get("vices", ()))


@st.composite
def geometry(draw: st.DrawFn, at_least: int = 48, at_most: int = 320) -> dict[str, Any]:
    sector = draw(st.sampled_from([512, 512, 512, 4096]))
    kib = draw(st.integers(at_least, at_most)) // 4 * 4
    odd = draw(st.integers(0, 7)) if sector == 512 else 0
    return {
        "size_bytes": kib * KIB + odd * sector,
        "logical_sector": sector,
        "physical_sector": 4096,
        "contents": draw(st.sampled_from(["pattern", "random", "filesystem", "pattern", "random", "zeros"])),
    }


@st.composite
def ata(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = draw(geometry())
    actions = draw(st.sets(st.sampled_from(SANITIZE)))
    enhanced = draw(st.booleans())
    hidden = draw(st.sampled_from(["", "", "", "hpa", "dco", "amac"]))
    table: dict[str, Any] = {name: name in actions for name in SANITIZE}
    table |= {"seconds": 1, "enhanced": enhanced, "amac": hidden == "amac", "dco": hidden == "dco"}
    table["definitive_ending"] = draw(st.booleans())
    if hidden:
        table["native_bytes"] = found["size_bytes"] + draw(st.integers(1, 64)) * found["logical_sector"]
    if hidden == "dco":
        table["dco_bytes"] = found["size_bytes"]
    named = draw(st.sampled_from(["50000000000000a1", ""]))
    offers = [f"ata.sanitize.{name}" for name in sorted(actions)] + ["ata.security.normal"]
    offers += ["ata.security.enhanced"] if enhanced else []
    return {**found, "bus": "ata", "wwn": named, "ata": table}, tuple(offers)


@st.composite
def bridged(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found, offers = draw(ata())
    own = {"bridge_serial": "DEMO-BRIDGE"} if draw(st.booleans()) else {}
    return {**found, "bus": "usb", "bridge": "DEMO Bridge", "ata": {**found["ata"], **own}}, offers[:0]


@st.composite
def nvme(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = {**draw(geometry()), "logical_sector": 512}
    actions = sorted(draw(st.sets(st.sampled_from(SANITIZE))))
    formatting = draw(st.booleans())
    table: dict[str, Any] = {"sanitize": actions, "seconds": 1.0, "format_crypto": formatting}
    table["purge_reporting"] = draw(st.booleans())
    table["deallocated_reads"] = draw(st.sampled_from([0, 1, 2]))
    table["unallocated_bytes"] = draw(st.sampled_from([0, 0, 0, 1 << 20]))
    if draw(st.sampled_from([True, False, False])):
        other = draw(st.integers(20, 100)) * 2 * KIB
        table["namespaces"] = [
            {"size_bytes": found["size_bytes"], "eui64": "00000000000000b1"},
            {"size_bytes": other, "eui64": "00000000000000b2"},
        ]
    offers = [f"nvme.sanitize.{name}" for name in actions] + ["nvme.format.user-data"]
    offers += ["nvme.format.crypto"] if formatting else []
    return {**found, "bus": "nvme", "wwn": "eui.00000000000000b0", "nvme": table}, tuple(offers)


@st.composite
def scsi(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = draw(geometry())
    actions = draw(st.sets(st.sampled_from(SANITIZE)))
    table: dict[str, Any] = {name: name in actions for name in SANITIZE}
    table |= {"seconds": 1, "report_opcodes": True}
    offers = tuple(f"scsi.sanitize.{name}" for name in sorted(actions))
    return {**found, "bus": "scsi", "wwn": "50000000000000c1", "scsi": table}, offers


@st.composite
def mmc(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = {**draw(geometry()), "logical_sector": 512, "physical_sector": 512}
    old = draw(st.booleans())
    table: dict[str, Any] = {"revision": 5 if old else 8, "sanitize": not old, "secure_erase": old, "seconds": 1.0}
    table["boot_bytes"] = draw(st.sampled_from([0, 0, 131072]))
    table["erased_ones"] = draw(st.booleans())
    return {**found, "bus": "mmc", "mmc": table}, ("emmc.secure-erase" if old else "emmc.sanitize",)


@st.composite
def opal(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    found, _ = draw(nvme())
    table = {"psid": PSID, "locking_enabled": True, "locked": True, "keeps_key": draw(st.booleans())}
    return {**found, "nvme": {**found["nvme"], "security": True}, "opal": table}, ()


@st.composite
def plain(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, ...]]:
    return {**draw(geometry()), "bus": draw(st.sampled_from(["ata", "usb", "virtio", "scsi"]))}, ()


FAMILIES = (ata(), nvme(), scsi(), mmc(), plain(), bridged(), opal())
KINDS = st.one_of(ata(), nvme(), ata(), nvme(), scsi(), mmc(), plain(), bridged(), opal())
FIRMWARE = ("ata", "nvme", "scsi", "mmc")


@st.composite
def fault(draw: st.DrawFn, table: dict[str, Any], kinds: tuple[FaultKind, ...]) -> dict[str, Any]:
    kind, sector, size = draw(st.sampled_from(kinds)), table["logical_sector"], table["size_bytes"]
    first = draw(st.integers(0, size // sector - 1))
    place = {"first_lba": first, "count": draw(st.integers(1, 200))}
    late = {"after_bytes": draw(st.sampled_from([0, 1, size // 3, size, size + sector]))}
    members: dict[FaultKind, dict[str, Any]] = {
        FaultKind.WRONG_SIZE: {"real_bytes": draw(st.integers(1, 2 * size // sector)) * sector, **late},
        FaultKind.VANISH: late if draw(st.booleans()) else {"after_read_bytes": draw(st.integers(1, size))},
        FaultKind.POWER_LOSS: late,
        FaultKind.RENAMED: {"after_read_bytes": draw(st.integers(sector, size))},
        FaultKind.SHORT_IO: {"count": draw(st.integers(1, 64))},
        FaultKind.BAD_FLUSH: {},
        FaultKind.INTERRUPTED_IO: {},
        FaultKind.SLOW: {**place, "seconds": 1.0},
        FaultKind.DROP_WRITES: {**place, **late} if draw(st.booleans()) else late,
    }
    return {"kind": str(kind), **members.get(kind, place)}


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    moment = draw(st.sampled_from(sorted(MOMENTS)))
    how = "stop" if moment == "ask" and draw(st.booleans()) else draw(st.sampled_from(["kill", "kill", "journal"]))
    moment = "record" if how == "journal" else moment
    return Cut(how, moment, draw(st.integers(0, MOMENTS[moment])), draw(st.booleans()))


@st.composite
def troubled(draw: st.DrawFn) -> Plan:
    """A drive with vices and faults, interrupted or not, under any policy, with any method that a person may name."""
    table, offers = draw(KINDS)
    vices = sorted(draw(st.sets(st.one_of(st.sampled_from(list(Vice)), st.sampled_from(TELLING)), max_size=2)))
    if any(kind in table for kind in FIRMWARE):
        table["vices"] = [str(vice) for vice in vices]
    if Vice.WRAPS in vices and ("ata" in table or "scsi" in table):
        kind = "ata" if "ata" in table else "scsi"
        half = table["size_bytes"] // table["logical_sector"] // 2 * table["logical_sector"]
        table[kind] = {**table[kind], "wrap_bytes": max(half, table["logical_sector"])}
    kinds = tuple(kind for kind in FaultKind if kind is not FaultKind.WRAP)
    some = st.lists(fault(table, kinds), max_size=2).map(tuple)
    rarely = st.integers(0, 19).map(lambda number: number == 19)
    interrupted = st.builds(Part, faults=some, cut=cuts(), between=st.sampled_from(BETWEEN), swapped=rarely)
    parts = (*draw(st.lists(interrupted, max_size=2)), draw(st.builds(Part, faults=some, swapped=rarely)))
    wanted = draw(st.sampled_from(["", "", *offers, "overwrite.keystream", "overwrite.zeros"]))
    return Plan(table, draw(neighbours(table)), draw(st.sampled_from(POLICIES)), wanted, parts, offers=offers)


@st.composite
def sound(draw: st.DrawFn) -> Plan:
    """A drive without a vice, which may be interrupted by its bench: it must end erased all the same."""
    table, offers = draw(KINDS)
    some = st.lists(fault(table, PASSING), max_size=1).map(tuple)
    interrupted = st.builds(Part, faults=some, cut=cuts(), between=st.sampled_from(["nothing", "reboot", "stranger"]))
    parts = (*draw(st.lists(interrupted, max_size=1)), draw(st.builds(Part, faults=some)))
    wanted = draw(st.sampled_from(["", "overwrite.keystream", "overwrite.zeros", *offers, *offers]))
    policy = draw(st.sampled_from(FORGIVING))
    return Plan(table, draw(neighbours(table)), policy, wanted, parts, healthy=True, offers=offers)


@st.composite
def neighbours(draw: st.DrawFn, table: dict[str, Any]) -> dict[str, Any]:
    """Another drive on the bench: the same model and size under another serial number, or anything else."""
    if draw(st.booleans()):
        return {**table, "vices": []} if "vices" in table else dict(table)
    return draw(KINDS)[0]


PLANS = st.one_of(troubled(), troubled(), troubled(), sound())
