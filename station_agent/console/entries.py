"""What can be typed or scanned: lot, tag, PSID, who works here. PIN, badge and PSID are handed on and forgotten."""

import re
from collections.abc import Callable
from typing import Final

from station_agent.asked import PSID
from station_agent.console.entry import Entry, Wanted
from station_agent.console.planning import plan_drives
from station_agent.console.scans import say, sign_in_by_badge
from station_agent.console.session import ConsoleSession
from station_agent.console.signs import drive_words
from station_agent.control.view import AssetOrder, LotOrder, SignInOrder, Tile
from station_agent.language import Voice, mark
from station_agent.scanner.codes import DAMAGED, Code, Kind, Refused, read_code

LOT_HINTS: Final = (
    mark("Type or scan the code of the lot that these drives came in. Empty: no lot."),
    mark("It holds for drives that were not begun, and for all that come from now on."),
)
ASSET_HINTS: Final = (
    mark("Type or scan the tag of this drive: it also confirms the drive before it is erased. Empty: no tag."),
)
MACHINE_HINTS: Final = (mark("Type or scan the tag of this machine. Empty: no tag."),)
PSID_HINTS: Final = (
    mark(
        "The PSID is printed on the label of the drive: 32 letters and figures. Better scan its square code. It opens "
        "a locked drive for the erase that follows; it is never kept."
    ),
    mark("O (letter) and 0 (zero), I and 1, B and 8 look alike: compare each with the label."),
)
NAME_HINTS: Final = (mark("Scan your badge, or type your pseudonym and then your PIN."),)
BELIEVED: Final = mark(
    "This bench knows no operators: names are believed, and no PIN is asked for. `etabli-station operator add NAME` "
    "makes the first one known."
)
PSEUDONYM_HINTS: Final = (mark("Type your pseudonym."), BELIEVED)
PIN_HINTS: Final = (mark("Type your PIN. It is not shown and not kept."),)
SHORT: Final = mark("{n} of 32 characters")
TOO_LONG: Final = mark("{n} characters: a PSID has 32. Was something scanned twice?")
BAD_GLYPHS: Final = mark("Not in a PSID: {glyphs}. Only letters A-Z and figures 0-9 are.")
LOOKS_RIGHT: Final = mark("32 of 32: Enter plans the drive.")
NOT_A_PSID: Final = mark("That was no PSID ({n} characters instead of 32): nothing was done.")
BADGE: Final = 14  # characters: a badge has at least so many, a pseudonym fewer
NAME_SHOWN: Final = 4  # characters of a pseudonym; the rest might be a badge's secret
NEVER: Final = frozenset({Kind.STATEMENT, Kind.TEST, Kind.COMMAND})
NO_LOT: Final = NEVER | {Kind.OPERATOR, Kind.ASSET, Kind.SERIAL, Kind.PSID, Kind.WWN}
NO_TAG: Final = NEVER | {Kind.OPERATOR, Kind.LOT, Kind.SERIAL, Kind.PSID, Kind.WWN}
NO_NAME: Final = NEVER | {Kind.LOT, Kind.PSID, Kind.WWN}
NO_PSID: Final = NEVER | {Kind.OPERATOR, Kind.LOT, Kind.ASSET, Kind.SERIAL, Kind.WWN}


def plain_psid(text: str) -> str:
    """Leave out what a label puts between the characters."""
    return re.sub(r"[\s-]", "", text).upper()


def psid_problem(voice: Voice, text: str) -> str:
    """Say how a PSID stands so far."""
    plain = plain_psid(text)
    bad = "".join(sorted(set(re.sub(r"[0-9A-Z]", "", plain))))
    if bad:
        return voice.say(BAD_GLYPHS, glyphs=bad[:20])
    if PSID.fullmatch(plain):
        return voice.say(LOOKS_RIGHT)
    return voice.say(SHORT if len(plain) < LENGTH else TOO_LONG, n=len(plain)) if plain else ""


LENGTH: Final = 32


def psid_entry(console: ConsoleSession, tile: Tile) -> Entry:
    """Ask for the PSID of one drive, and plan that drive with it."""

    def then(text: str) -> None:
        plain = plain_psid(text)
        if not PSID.fullmatch(plain):
            console.tell(NOT_A_PSID, n=len(plain))
        elif tile.drive is not None:
            plan_drives(console, (tile.drive,), psid=plain)

    hints = (drive_words(console.voice, tile), *PSID_HINTS)
    wanted = Wanted(mark("PSID of a locked drive"), "PSID", hints, refuses=NO_PSID)
    return Entry(console, wanted, then, lambda text: psid_problem(console.voice, text))


def lot_entry(console: ConsoleSession) -> Entry:
    """Ask for the lot."""

    def then(text: str) -> None:
        if checked(console, text):
            order = LotOrder(lot=text)
            console.order(lambda: console.desk.set_lot(order), lambda told: say(console, told))

    return Entry(console, Wanted(mark("Lot"), mark("lot"), LOT_HINTS, refuses=NO_LOT), then)


def checked(console: ConsoleSession, text: str) -> bool:
    """Say whether a code of ours has its right check character; what is none of ours has none to be wrong."""
    read = read_code(text)
    wrong = isinstance(read, Refused) and read.sentence == DAMAGED
    if wrong:
        console.tell(DAMAGED)
    return not wrong


def asset_entry(console: ConsoleSession, tile: Tile | None) -> Entry:
    """Ask for the tag of a drive, or of the machine."""
    drive = None if tile is None else tile.drive

    def then(text: str) -> None:
        if checked(console, text):
            order = AssetOrder(asset=text, drive=drive)
            console.order(lambda: console.desk.set_asset(order), lambda told: say(console, told))

    hints = MACHINE_HINTS if tile is None else (drive_words(console.voice, tile), *ASSET_HINTS)
    return Entry(console, Wanted(mark("Tag"), mark("tag"), hints, refuses=NO_TAG), then)


def sign_in_entry(console: ConsoleSession) -> Entry:
    """Ask who works here: a badge, or a pseudonym and then a PIN, which is hidden; no PIN where nobody has one."""
    believed = console.view is not None and not console.view.operators_known

    def pin(name: str) -> Callable[[str], None]:
        return lambda text: _sign_in(console, SignInOrder(badge="", operator=name, pin=text))

    def then(text: str) -> None:
        read = read_code(text)
        if isinstance(read, Code) and read.kind is Kind.OPERATOR:
            sign_in_by_badge(console, read)
        elif not checked(console, text):
            console.open(sign_in_entry(console))
        elif len(text) >= BADGE:
            _sign_in(console, SignInOrder(badge=text, operator="", pin=""))
        elif text and believed:
            _sign_in(console, SignInOrder(badge="", operator=text, pin=""))
        elif text:
            asked = Wanted(mark("Sign in"), "PIN", PIN_HINTS, open=0, refuses=frozenset({Kind.OPERATOR}))
            console.open(Entry(console, asked, pin(text)))

    hints = PSEUDONYM_HINTS if believed else NAME_HINTS
    asked = Wanted(mark("Sign in"), mark("badge or pseudonym"), hints, open=NAME_SHOWN, refuses=NO_NAME)
    return Entry(console, asked, then)


def sign_out(console: ConsoleSession) -> None:
    """Sign out."""
    console.order(console.desk.sign_out, lambda told: say(console, told))


def _sign_in(console: ConsoleSession, order: SignInOrder) -> None:
    def again() -> None:
        console.open(sign_in_entry(console))  # what is typed next is a name, and no key of the wall

    console.order(lambda: console.desk.sign_in(order), lambda told: say(console, told), again)
