"""Whose name a drive goes by: its own where its IDENTIFY can be read and agrees with the kernel, else the kernel's.

The kernel hears of an ATA drive by INQUIRY, which has room for 16 characters of the model and 4 of the firmware (SAT).
Bridges hand on serial numbers of their own, the same for every unit built, byte-swapped, or changing (drives 5.1,
scenarios 26 to 30). What was heard stays on record beside the drive's own name. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from erasure.ata.facts import AtaFacts
from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.identity import same_serial, serial_fault
from erasure.outcome import Reason, ReasonCode

OWN_WORD = "identify"  # source of an identity that the drive itself gave
BRIDGE_SERIAL = "bridge_serial"  # raw reading: what the kernel heard in its place
HEARD = ("model", "serial", "wwn", "firmware")  # raw readings "kernel_...": what the kernel heard of an ATA drive
MODEL, REVISION = 16, 4  # characters that INQUIRY has room for
MODEL_WORDS = slice(2 * 27, 2 * 47)  # of IDENTIFY
WWN_DIGITS = 16  # of a name as IDENTIFY tells it; controllers make longer ones of their own
ENDS, UNPRINTABLE = re.compile(r"\\x00.*"), re.compile(r"\\x[0-9a-f]{2}")


class OwnWords(NamedTuple):
    """What an ATA drive calls itself, and the IDENTIFY block that it is from (b"" when that was not kept)."""

    model: str
    serial: str
    wwn: str
    firmware: str
    block: bytes


def own_words(ata: AtaFacts) -> OwnWords:
    """Give the words of a drive that was asked."""
    return OwnWords(ata.model, ata.serial, ata.wwn, ata.firmware, bytes.fromhex(ata.raw.get("identify", "")))


def named_by_drive(device: BlockDevice, ata: AtaFacts | None) -> BlockDevice:
    """Give a drive on ATA or behind a USB bridge its own name, when it told one; every other device as it is.

    On ATA the kernel heard the same drive: one that contradicts it is not renamed, and `naming_faults` says why.
    """
    heard = device.identity
    if ata is None or heard.bus not in ("ata", "usb") or serial_fault(ata.serial):
        return device
    if heard.bus == "usb":
        return replace(device, identity=own_name(heard, ata, wwn=ata.wwn, grade=IdentityGrade.B))
    if any(contradictions(heard, own_words(ata))):
        return device
    wwn = heard.wwn or ata.wwn
    grade = heard.grade if heard.grade is IdentityGrade.C else IdentityGrade.A if wwn else IdentityGrade.B
    return replace(device, identity=own_name(heard, ata, wwn=wwn, grade=grade))


def own_name(heard: DriveIdentity, ata: AtaFacts, *, wwn: str, grade: IdentityGrade) -> DriveIdentity:
    """Put the drive's own words in the place of those that were heard."""
    words = {"model": ata.model, "serial": ata.serial, "firmware": ata.firmware}
    return replace(heard, **words, wwn=wwn, source=OWN_WORD, grade=grade)


def as_heard(device: BlockDevice) -> dict[str, str]:
    """Give the raw readings that keep what the kernel heard of a drive which names itself."""
    if device.identity.bus == "usb":
        return {BRIDGE_SERIAL: device.identity.serial}
    return {f"kernel_{name}": getattr(device.identity, name) for name in HEARD}


def naming_faults(facts: DriveFacts) -> Iterator[Reason]:
    """Say why the kernel and the drive itself name two drives (scenario 28: byte-swapped is the same)."""
    identity = facts.device.identity
    if facts.ata is None or identity.source == OWN_WORD or identity.bus == "usb":
        return
    own = own_words(facts.ata)
    told = contradictions(identity, own) if identity.bus == "ata" else other_serial(identity, own)
    yield from (Reason(ReasonCode.IDENTITY, detail) for detail in told)


def contradictions(heard: DriveIdentity, own: OwnWords) -> Iterator[str]:
    """Say which words of an ATA drive cannot be what the kernel heard; a word that it did not hear says nothing."""
    yield from other_serial(heard, own)
    if heard.model and heard.model not in (own.model, model_heard(own.model), blanks_first(own)):
        yield f"the drive calls itself {own.model}, the kernel heard {heard.model}"
    if heard.firmware and not revision_of(heard.firmware, own.firmware):
        yield f"the drive tells firmware {own.firmware or 'nothing'}, the kernel heard {heard.firmware}"
    if len(heard.wwn) == WWN_DIGITS and own.wwn and heard.wwn.lower() != own.wwn.lower():
        yield f"the drive tells world-wide name {own.wwn}, the kernel heard {heard.wwn}"


def other_serial(heard: DriveIdentity, own: OwnWords) -> Iterator[str]:
    """Say that the drive tells another serial number than the kernel heard."""
    told, other = own.serial.strip(), heard.serial.strip()
    if not same_serial(told, other):
        yield f"the drive calls itself {told or 'nothing'}, the kernel heard {other or 'nothing'}"


def model_heard(own: str) -> str:
    """Give what INQUIRY leaves of a model: 16 characters; what is not printable is a blank there, NUL ends it."""
    return UNPRINTABLE.sub(" ", ENDS.sub("", own))[:MODEL].strip()


def blanks_first(own: OwnWords) -> str:
    """Give what INQUIRY leaves of a model that stands behind blanks; "" when there are none, or the block is gone."""
    words = own.block[MODEL_WORDS]
    plain = bytes(words[at ^ 1] for at in range(len(words) & ~1)).decode("latin-1")
    blanks = len(plain) - len(plain.lstrip(" "))
    return model_heard(own.model)[: MODEL - blanks].strip() if 0 < blanks < MODEL else ""


def revision_of(heard: str, own: str) -> bool:
    """Say whether this is a firmware, or what INQUIRY leaves of it: its last 4 characters of 8, or the first 4."""
    plain = UNPRINTABLE.sub(" ", ENDS.sub("", own)).strip()
    cut = len(heard) <= REVISION and (plain.startswith(heard) or plain.endswith(heard))
    return heard in (own, plain) or cut


def told_whole(heard: DriveIdentity, own: OwnWords) -> DriveIdentity:
    """Give what the kernel heard with the cut words made whole, from the IDENTIFY that it keeps; its word it stays."""
    if any(contradictions(heard, own)):
        return heard
    return replace(heard, model=own.model, firmware=own.firmware)


def same_model(one: DriveIdentity, other: DriveIdentity) -> bool:
    """Say whether two names have one model: the same, or on ATA what the kernel heard of the other, which is longer.

    A model that the drive itself told is whole: it is never taken for the beginning of another.
    """
    return one.model == other.model or cut_from(one, other) or cut_from(other, one)


def cut_from(heard: DriveIdentity, whole: DriveIdentity) -> bool:
    """Say whether one model is what INQUIRY left of the other. Older runs have it so, and every mere sighting."""
    on_ata = heard.bus == whole.bus == "ata" and heard.source != OWN_WORD
    return on_ata and len(whole.model) > MODEL and bool(heard.model) and heard.model == model_heard(whole.model)


def unlike(one: DriveIdentity, other: DriveIdentity) -> tuple[str, ...]:
    """Name what tells two drives apart, of "model", "serial" and "wwn"; () when both are names of one drive.

    On ATA one may be what the kernel heard and the other the drive's own word; two names of one kind must be the same.
    """
    mixed = one.bus == other.bus == "ata" and (one.source == OWN_WORD) is not (other.source == OWN_WORD)
    heard = other if one.source == OWN_WORD else one
    same = {
        "model": same_model(one, other),
        "serial": one.serial == other.serial or (mixed and same_serial(one.serial, other.serial)),
        "wwn": one.wwn == other.wwn or (mixed and not heard.wwn),
    }
    return tuple(name for name, agrees in same.items() if not agrees)


def fell_silent(before: DriveIdentity, now: DriveIdentity) -> bool:
    """Say whether a drive named itself before and cannot be asked any more: that is no longer the same identity."""
    return before.source == OWN_WORD != now.source
