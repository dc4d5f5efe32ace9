"""What keeps a lot from closing, in words: one line with a link for each, and a short list by number."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.claims import name_of
from hub.lots.account import Why
from hub.lots.blocking import Block, Blocker
from hub.lots.seen import DeviceSeen
from hub.models import Device
from hub.pages.account_words import why_words
from hub.pages.language import mark, words
from hub.pages.places_of_lots import decision_path, device_triage_path, drive_path, lot_path

NOT_RECEIVED = mark("The lot has not been received yet")
NOT_COUNTED = mark("Nobody has counted what was received")
SUMS = mark("%(wanted)s units were received, and %(found)s have an outcome")
DRIVE = mark("Drive %(serial)s: %(why)s")
DECISION = mark("Drive %(serial)s: a run of this drive awaits a decision")
DEVICE = mark("Device %(tag)s: nobody has said where it goes")
BAYS_UNKNOWN = mark("Device %(tag)s: nobody has counted its places for drives")
BAYS = mark(
    "Device %(tag)s: %(wanted)s places for drives, and %(found)s of them are explained by a drive or attested empty"
)
UNDRAWN = mark("No sample was drawn yet from %(found)s approved drives")
SAMPLE = mark("Drive %(serial)s: another person has to read it again (sample)")
UNREAD = mark("without a readable serial")


@dataclass(frozen=True, slots=True)
class BlockerRow:
    """One blocker in words, and where it is settled."""

    text: str
    path: str


def blocker_rows(found: Sequence[Blocker], code: str, lang: str) -> tuple[BlockerRow, ...]:
    """Every blocker with its link."""
    return tuple(_row(one, code, lang) for one in found)


def short_list(found: Sequence[Blocker], lang: str) -> tuple[str, ...]:
    """The blockers by number, for the page of a lot."""
    say = words(lang).gettext
    told = [text % {"num": number} for number, text in _by_number(found, lang) if number]
    plain = {Block.NOT_RECEIVED: NOT_RECEIVED, Block.NOT_COUNTED: NOT_COUNTED}
    told += [say(plain[one.block]) for one in found if one.block in plain]
    told += [say(UNDRAWN) % {"found": one.found} for one in found if one.block is Block.UNDRAWN]
    told += [say(SUMS) % {"wanted": one.wanted, "found": one.found} for one in found if one.block is Block.SUMS]
    return tuple(told)


def _by_number(found: Sequence[Blocker], lang: str) -> Iterator[tuple[int, str]]:
    plural = words(lang).ngettext
    whys = Counter(one.line.standing.why for one in found if one.line is not None and one.run is None)
    blocks = Counter(one.block for one in found)
    number = whys[Why.FAILED] + whys[Why.REJECTED] + whys[Why.CONTRADICTED]
    yield (
        number,
        plural(
            "%(num)s drive failed or was rejected: erase it in another way or have it destroyed",
            "%(num)s drives failed or were rejected: erase them in another way or have them destroyed",
            number,
        ),
    )
    number = whys[Why.AWAITING] + blocks[Block.DECISION]
    yield number, plural("%(num)s drive waits for a decision", "%(num)s drives wait for a decision", number)
    number = whys[Why.UNSEEN]
    yield (
        number,
        plural(
            "%(num)s drive has not been reported by any bench",
            "%(num)s drives have not been reported by any bench",
            number,
        ),
    )
    number = blocks[Block.SAMPLE]
    yield number, plural("%(num)s drive to read again", "%(num)s drives to read again", number)
    number = whys[Why.EARLIER] + whys[Why.SEEN_AFTER] + whys[Why.REREAD]
    yield number, plural("%(num)s drive needs another look", "%(num)s drives need another look", number)
    number = blocks[Block.DEVICE]
    yield number, plural("%(num)s device without an outcome", "%(num)s devices without an outcome", number)
    number = blocks[Block.BAYS_UNKNOWN] + blocks[Block.BAYS]
    yield (
        number,
        plural(
            "%(num)s device whose places for drives are not all explained",
            "%(num)s devices whose places for drives are not all explained",
            number,
        ),
    )


def _row(one: Blocker, code: str, lang: str) -> BlockerRow:
    say = words(lang).gettext
    if one.block is Block.UNDRAWN:
        return BlockerRow(say(UNDRAWN) % {"found": one.found}, lot_path(code) + "/sample")
    if one.line is not None and one.block is Block.SAMPLE:
        serial = one.line.drive.serial or say(UNREAD)
        return BlockerRow(say(SAMPLE) % {"serial": serial}, lot_path(code) + "/sample")
    if one.line is not None:
        if one.run is not None:
            text = say(DECISION) % {"serial": one.line.drive.serial or say(UNREAD)}
            return BlockerRow(text, decision_path(one.run.statement_id))
        serial, why = one.line.drive.serial or say(UNREAD), why_words(one.line.standing.why, lang)
        return BlockerRow(say(DRIVE) % {"serial": serial, "why": why}, drive_path(code, one.line.drive.id))
    if one.device is None:
        texts = {Block.NOT_RECEIVED: NOT_RECEIVED, Block.NOT_COUNTED: NOT_COUNTED, Block.SUMS: SUMS}
        text = say(texts[one.block])
        return BlockerRow(text % {"wanted": one.wanted, "found": one.found}, lot_path(code) + "/life")
    texts = {Block.DEVICE: DEVICE, Block.BAYS_UNKNOWN: BAYS_UNKNOWN, Block.BAYS: BAYS}
    facts = {"tag": tag_of(one.device), "wanted": one.wanted, "found": one.found}
    return BlockerRow(say(texts[one.block]) % facts, device_triage_path(one.device.id))


def tag_of(device: Device | DeviceSeen) -> str:
    """How people name a device: its tag, else its serial, else its maker and model."""
    return device.asset or device.serial or name_of(device) or "?"


def board_blocks(found: Mapping[str, int], lang: str) -> tuple[str, ...]:
    """What blocks a lot, by number, as its card on the board has room for."""
    plural = words(lang).ngettext
    number = {name: found.get(name, 0) for name in ("failed", "awaiting", "unseen", "nowhere", "sample")}
    told = (
        (number["failed"], plural("%(num)s drive failed", "%(num)s drives failed", number["failed"])),
        (
            number["awaiting"],
            plural("%(num)s drive waits for a decision", "%(num)s drives wait for a decision", number["awaiting"]),
        ),
        (
            number["sample"],
            plural("%(num)s drive to read again", "%(num)s drives to read again", number["sample"]),
        ),
        (
            number["unseen"],
            plural(
                "%(num)s drive has not been reported by any bench",
                "%(num)s drives have not been reported by any bench",
                number["unseen"],
            ),
        ),
        (
            number["nowhere"],
            plural("%(num)s device without an outcome", "%(num)s devices without an outcome", number["nowhere"]),
        ),
    )
    return tuple(text % {"num": count} for count, text in told if count)
