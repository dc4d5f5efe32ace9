"""Who and what is in the generated hub: donors, lots of 100 to 500 devices, machines and drives. Pure, by seed.

The history comes first (closed lots without a bench), then lots with certificates, then those at work, those announced.
The lot number `GRAND` is larger than any other, so that there is a depth to turn pages to.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.bench.hub.figure import Scale

START = datetime(2019, 1, 7, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SMALLEST, LARGEST, GRAND_DEVICES = 100, 500, 2_000
MOST_OF = 1 / 10  # of all lots: those of the donor with the most
SCREEN = "screen"  # has no drive
KINDS = ("laptop",) * 6 + ("desktop",) * 3 + (SCREEN,)
MACHINES = (("Lenovo", "ThinkPad T480"), ("Dell", "Latitude 5490"), ("HP", "ProDesk 400"), ("Acer", "Veriton M4"))
DRIVES = ("WDC WD5000LPCX-24VHAT0", "ST500LM021-1KJ152", "SAMSUNG MZ7LN256", "TOSHIBA MQ01ABF050")
HISTORY, CERTIFIED, WORK, ANNOUNCED = "history", "certified", "work", "announced"
STATES = {HISTORY: "closed", CERTIFIED: "closed", WORK: "processing", ANNOUNCED: "announced"}


@dataclass(frozen=True, slots=True)
class DriveMade:
    """A drive; `loose` ones have no device."""

    id: str
    serial: str
    model: str


@dataclass(frozen=True, slots=True)
class DeviceMade:
    """A device and its drives."""

    id: str
    kind: str
    asset: str
    maker: str
    model: str
    serial: str
    drives: tuple[DriveMade, ...]


@dataclass(frozen=True, slots=True)
class LotMade:
    """A lot: its place in the order of arrival, and everything in it."""

    number: int
    id: str
    code: str
    donor: int
    part: str
    created: datetime
    devices: tuple[DeviceMade, ...] = field(repr=False)


def identifier(chance: random.Random) -> str:
    """A random identifier in the form of `hub.base.new_id`."""
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def sizes(scale: Scale) -> list[int]:
    """How many devices each lot has; together those of the scale."""
    chance, left = random.Random(scale.seed), scale.devices
    found = [GRAND_DEVICES] if left >= 20 * GRAND_DEVICES else []
    left -= sum(found)
    smallest, largest = (SMALLEST, LARGEST) if scale.devices >= LARGEST * 20 else (5, 20)
    while left > 0:
        found.append(min(left, chance.randint(smallest, largest)))
        left -= found[-1]
    return found


def lots(scale: Scale) -> Iterator[LotMade]:
    """Every lot of the hub, in the order of their arrival."""
    chance = random.Random(scale.seed + 1)
    counts = sizes(scale)
    ratio = scale.drives / scale.devices
    parts = _parts(scale, counts, ratio)
    step = (NOW - START) / (len(counts) + 1)
    for number, (count, part) in enumerate(zip(counts, parts, strict=True)):
        code = f"LOT-{number + 1:05d}"
        devices = tuple(_device(chance, number, place, ratio) for place in range(count))
        donor = 0 if chance.random() < MOST_OF else chance.randrange(scale.donors)
        yield LotMade(number, identifier(chance), code, donor, part, START + step * (number + 1), devices)


def _parts(scale: Scale, counts: list[int], ratio: float) -> list[str]:
    """Which part of the history each lot belongs to; the newest are announced, before them work, certificates."""
    found, certified, waiting = [HISTORY] * len(counts), 0, 0
    announced = max(1, len(counts) // 30)
    for place in reversed(range(len(counts))):
        drives = int(counts[place] * ratio)
        if len(counts) - place <= announced:
            found[place] = ANNOUNCED
        elif waiting < scale.awaiting:
            found[place], waiting = WORK, waiting + drives
        elif certified < scale.certificates:
            found[place], certified = CERTIFIED, certified + drives
    if counts[0] == GRAND_DEVICES:
        found[0] = CERTIFIED  # the one with a depth has everything
    return found


def _device(chance: random.Random, lot: int, place: int, ratio: float) -> DeviceMade:
    maker, model = chance.choice(MACHINES)
    kind = chance.choice(KINDS)
    each = 0.0 if kind == SCREEN else ratio / (1 - KINDS.count(SCREEN) / len(KINDS))
    count = int(each) + (chance.random() < each % 1)
    drives = tuple(
        DriveMade(identifier(chance), f"S{lot:05d}{place:04d}{number}X", chance.choice(DRIVES))
        for number in range(count)
    )
    return DeviceMade(
        identifier(chance), kind, f"ETB-{lot:05d}-{place:04d}", maker, model,
        f"PC{lot:05d}{place:04d}", drives,
    )  # fmt: skip
