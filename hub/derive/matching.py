"""How evidence finds its device and its lot (INV-2).

By the asset tag, a declared drive serial, or the lot that the bench named; two of them that contradict each other match
nothing: a person decides, and each such word is kept. It answers for the runs that waited for it and for later ones
that ask nothing new.

What was known first decides. A run keeps the lot that it found: a list, a lot or a word that comes later places what
still waits, and names the device within the lot, but never takes a run from the donor for whom it was made (INV-4).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid5

from sqlalchemy import select

from hub.derive.known import SPACE, Known
from hub.derive.moments import STEP, moment_of
from hub.devices.observed import clip, is_strong, normal
from hub.models import Device, Drive, DriveTie, Erasure, LedgerEntry, Lot

MAX_ASSET = 64  # characters, as the column
Thing = TypeVar("Thing", Device, Lot)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a statement belongs. `problem` says why it belongs nowhere although something was named."""

    device: Device | None
    lot_id: str | None
    problem: str = ""


def match_erasure(known: Known, entry: LedgerEntry, payload: dict[str, Any], drive: Drive) -> Match:
    """Device and lot of an erasure; where evidence finds nothing, a person's word."""
    tagged, named, ties = tagged_device(known, payload), named_lot(known, payload), known.ties(drive)

    def known_at(moment: int) -> Match:
        tag, lot = _known(tagged, moment), _known(named, moment)
        declared = drive if drive.declared_from is not None and drive.declared_from <= moment else None
        found = _found(known, tag, lot, declared, payload["asset"].strip())
        if found.lot_id is not None and found.device is None and lot is not None:
            found = Match(bench_device(known, entry, payload, lot), lot.id)
        word = next((one for one in ties if one.known_from <= moment), None)
        facts = (tag and tag.known_from, lot and lot.known_from, declared and declared.declared_from)
        newest = max(fact or 0 for fact in facts)
        if found.lot_id is None and word is not None and _answers(known, entry, payload, word, newest):
            return Match(known.device(word.device_id), word.lot_id)
        return found

    said = (drive.declared_from, *(one.known_from for one in ties))
    return _first(entry, known_at, [*said, *(each.known_from for each in (tagged, named) if each)])


def match_machine(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> Match:
    """Device and lot of a diagnosis: by tag, by the machine's serial within the lists, or made in the named lot."""
    tagged, named, same = tagged_device(known, payload), named_lot(known, payload), _same_serial(known, payload)

    def known_at(moment: int) -> Match:
        lot = _known(named, moment)
        device = _known(tagged, moment) or _only([one for one in same if _known(one, moment)], payload)
        if device is not None and lot is not None and device.lot_id != lot.id:
            return Match(None, None, "the tag and the lot named at the bench contradict each other")
        if device is None and lot is not None:
            device = bench_device(known, entry, payload, lot)
        return Match(device, device.lot_id if device else None)

    return _first(entry, known_at, [each.known_from for each in (tagged, named, *same) if each])


def tagged_device(known: Known, payload: dict[str, Any]) -> Device | None:
    """The device with the asset tag of the statement."""
    return known.tagged(payload["asset"].strip())


def named_lot(known: Known, payload: dict[str, Any]) -> Lot | None:
    """The lot that the bench named, if it exists."""
    return known.lots.get(payload["lot"].strip())


def bench_device(known: Known, entry: LedgerEntry, payload: dict[str, Any], lot: Lot) -> Device | None:
    """A device made from the asset tag that a bench stated in an existing lot; None without a usable, free tag."""
    tag = payload["asset"].strip()
    if not tag or len(tag) > MAX_ASSET:
        return None
    own_id = str(uuid5(SPACE, f"device {entry.id}"))
    taken = known.tagged(tag)
    if taken is not None:
        return taken if taken.id == own_id else None
    machine = payload["subject"]["machine"] or {"maker": "", "model": "", "serial": "", "chassis": ""}
    device = Device(
        id=own_id,
        lot_id=lot.id,
        kind=_kind(machine["chassis"]),
        asset=tag,
        maker=clip(machine["maker"], 120),
        model=clip(machine["model"], 120),
        serial=clip(machine["serial"], 120),
        source="bench",
        created=entry.received,
        known_from=known.moments.next(),
    )
    known.add_device(device)
    return device


def _first(entry: LedgerEntry, known_at: Callable[[int], Match], moments: Iterable[int | None]) -> Match:
    """What is known when the statement comes, then at each later moment: the first lot stays, a device may follow."""
    own = moment_of(entry.position)
    place = known_at(own)
    for moment in sorted({later for later in moments if later is not None and later > own}):
        found = known_at(moment)
        if place.lot_id is None or (place.device is None and found.lot_id == place.lot_id):
            place = found
    return place


def _answers(known: Known, entry: LedgerEntry, payload: dict[str, Any], word: DriveTie, newest: int) -> bool:
    """Whether a person's word speaks for this run: said after it, or for one that named the same, with nothing new."""
    if word.known_from > moment_of(entry.position):
        return True
    names = (payload["lot"].strip(), payload["asset"].strip())
    if newest > word.known_from:
        return False
    if not any(names) or word.known_from == 0:  # said before moments were kept: as then, it speaks for every run
        return True
    known.session.flush()
    query = select(Erasure.payload).where(Erasure.drive_id == word.drive_id, Erasure.position < entry.position)
    said_of = query.where(Erasure.position * STEP < word.known_from)
    return any((one["lot"].strip(), one["asset"].strip()) == names for one in known.session.scalars(said_of))


def _found(known: Known, tagged: Device | None, named: Lot | None, declared: Drive | None, tag: str) -> Match:
    lots = {
        *([tagged.lot_id] if tagged else []),
        *([declared.declared_lot_id] if declared else []),
        *([named.id] if named else []),
    }
    if len(lots) > 1:
        return Match(None, None, "the tag, the declared serial and the lot named at the bench contradict each other")
    inside = known.device(declared.declared_device_id) if declared else None
    other_tag = inside is not None and inside.asset is not None and tag not in ("", inside.asset)
    if inside and ((tagged and tagged.id != inside.id) or other_tag):
        return Match(None, None, "this drive was declared in another device than the tagged one")
    return Match(tagged or inside, next(iter(lots), None))


def _known(thing: Thing | None, moment: int) -> Thing | None:
    return thing if thing is not None and thing.known_from <= moment else None


def _same_serial(known: Known, payload: dict[str, Any]) -> list[Device]:
    machine = payload["subject"]["machine"]
    if machine is None or not is_strong(machine["serial"]):
        return []
    return known.with_serial(machine["serial"].strip())


def _only(found: list[Device], payload: dict[str, Any]) -> Device | None:
    if len(found) != 1 or normal(found[0].model) not in {"", normal(payload["subject"]["machine"]["model"])}:
        return None
    return found[0]


def _kind(chassis: str) -> str:
    word = normal(chassis)
    return "desktop" if word in {"desktop", "tower", "mini tower", "all in one", "mini pc"} else "laptop"
