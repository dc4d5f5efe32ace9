"""What a scan does on the wall: it jumps to a drive, sets the lot, signs in, or opens the line for a PSID."""

from typing import Final

from station_agent.console.detail import Detail
from station_agent.console.entries import psid_entry
from station_agent.console.scan import NAMES, Scan
from station_agent.console.scans import (
    PSID_OF_NONE,
    TAKEN_FOR,
    TWO_OF_THEM,
    UNKNOWN,
    UNKNOWN_SERIAL,
    UNKNOWN_TAG,
    refuse,
    sign_in_by_badge,
)
from station_agent.console.session import ConsoleSession
from station_agent.control.view import LotOrder, Phrase, Told
from station_agent.language import mark, visible
from station_agent.scanner.codes import Code, Kind

LOT_SET: Final = mark("Lot {lot} from now on; before: {before}. z takes it back.")
LOT_FIRST: Final = mark("Lot {lot} from now on; before: none. z takes it back.")
LOT_SAME: Final = mark("The lot is {lot} already.")
LOT_BACK: Final = mark("Taken back: the lot is {lot} again.")
LOT_NONE: Final = mark("Taken back: no lot again.")
NOTHING_BACK: Final = mark("No lot was scanned that could be taken back; l sets the lot.")
LONGEST: Final = 60  # characters of a code in a sentence


def take_on_wall(console: ConsoleSession, scan: Scan) -> None:
    """Go where the code leads."""
    code = scan.code
    if scan.kinds & NAMES:
        _go_to_drive(console, scan)
    elif code is not None and code.kind is Kind.LOT:
        set_lot(console, code.value)
    elif code is not None and code.kind is Kind.OPERATOR:
        sign_in_by_badge(console, code)
    elif code is not None and code.kind is Kind.PSID:
        _take_psid(console, code)
    else:
        refuse(console, scan, TAKEN_FOR)


def _go_to_drive(console: ConsoleSession, scan: Scan) -> None:
    """Put the cursor on the drive that has this serial or tag, and open it."""
    tiles = () if console.view is None else console.view.tiles
    wanted = _names(scan)
    found = [place for place, tile in enumerate(tiles) if tile.drive is not None and {tile.serial, tile.asset} & wanted]
    text = visible(scan.text)[:LONGEST]
    if len(found) == 1:
        console.place = found[0]
        console.open(Detail(console, str(tiles[found[0]].drive)))
    elif found:
        console.place = found[0]
        console.tell(TWO_OF_THEM, text=text)
    elif scan.code is None:
        console.tell(UNKNOWN, text=text)
    else:
        console.tell(UNKNOWN_TAG if scan.code.kind is Kind.ASSET else UNKNOWN_SERIAL, text=text)


def _names(scan: Scan) -> set[str]:
    """Give every writing in which a drive may have this serial or tag."""
    read = scan.reading
    codes = (read,) if isinstance(read, Code) else getattr(read, "candidates", ())
    return {scan.text, *(code.value for code in codes if code.kind in NAMES)}


def _take_psid(console: ConsoleSession, code: Code) -> None:
    """Open the line for the PSID of the drive under the cursor, filled in; a person still presses Enter."""
    tile = console.tile
    if tile is None or tile.drive is None:
        console.tell(PSID_OF_NONE)
        return
    entry = psid_entry(console, tile)
    entry.typed = code.value
    console.open(entry)


def set_lot(console: ConsoleSession, lot: str) -> None:
    """Set the lot that was scanned, and say how it is taken back."""
    before = "" if console.view is None else console.view.lot
    if before == lot:
        console.tell(LOT_SAME, lot=visible(lot)[:LONGEST])
        return

    def done(_told: Told) -> None:
        console.lot_before = (before, lot)
        facts: dict[str, str | int] = {"lot": visible(lot)[:LONGEST], "before": visible(before)[:LONGEST]}
        console.said = Phrase(message=LOT_SET if before else LOT_FIRST, facts=facts)

    console.order(lambda: console.desk.set_lot(LotOrder(lot=lot)), done)


def take_lot_back(console: ConsoleSession) -> None:
    """Set the lot that was before the last scan, unless another one was set since."""
    before, scanned = console.lot_before or ("", "")
    if console.lot_before is None or console.view is None or console.view.lot != scanned:
        console.tell(NOTHING_BACK)
        return

    def done(_told: Told) -> None:
        console.lot_before = None
        facts: dict[str, str | int] = {"lot": visible(before)[:LONGEST]}
        console.said = Phrase(message=LOT_BACK if before else LOT_NONE, facts=facts)

    console.order(lambda: console.desk.set_lot(LotOrder(lot=before)), done)
