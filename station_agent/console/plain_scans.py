"""A scan in the line mode is a line like any other that is no command: the same meaning as on the screen.

With a plan open a serial number or a tag confirms its drive, by the rules of `confirm`; without one it shows the drive.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from station_agent.console.plain_orders import confirm, details, enter, set_lot, sign_out, start, unfreeze
from station_agent.console.scan import NAMES, Scan, read_scan
from station_agent.console.scans import COMMAND_NOT_HERE, LABELS, MAYBE_PSID, SCANNER_WORKS, TAKEN_FOR, TWO_OF_THEM
from station_agent.console.signs import phrase
from station_agent.control.view import Phrase, SignInOrder, Tile
from station_agent.language import mark, visible
from station_agent.scanner.codes import Code, Kind, Refused
from station_agent.scanner.own_codes import SheetCommand

if TYPE_CHECKING:
    from station_agent.console.plain import Plain

PSID_NEXT: Final = mark(
    "This was taken for a PSID. Say first whose it is: `psid 3`, then scan it again; it is not kept."
)
NOBODY_HAS: Final = mark(
    "{text} is no command, and no drive here has it as its serial number or its tag. `help` lists the commands."
)
LOT_BEFORE: Final = mark("Before it was lot {lot}: `lot {lot}` takes it back.")
NO_LOT_BEFORE: Final = mark("Before there was no lot: `lot` alone takes it back.")
LONGEST: Final = 60
COMMANDS: "Final[dict[SheetCommand, Callable[[Plain], None]]]" = {
    SheetCommand.START: lambda plain: start(plain, []),
    SheetCommand.BACK: lambda plain: plain.commands["cancel"](plain, []),
    SheetCommand.HELP: lambda plain: plain.commands["help"](plain, []),
    SheetCommand.LANGUAGE: lambda plain: plain.commands["lang"](plain, []),
    SheetCommand.UNFREEZE: lambda plain: unfreeze(plain, ["all"]),
    SheetCommand.SIGNOUT: lambda plain: sign_out(plain, []),
    SheetCommand.LABEL: lambda plain: plain.tell(LABELS),
}


def take_scanned(plain: "Plain", line: str) -> bool:
    """Take a line that is a code; False for one that is nothing that this bench knows."""
    scan = read_scan(plain.view, line)
    code = scan.code
    if scan.damaged:
        plain.tell(str(getattr(scan.reading, "sentence", "")))
    elif scan.kinds & NAMES:
        return _name(plain, scan)
    elif code is not None:
        _code(plain, code)
    elif Kind.PSID in scan.kinds:
        plain.tell(MAYBE_PSID)
    else:
        return not isinstance(scan.reading, Refused)
    return True


def _name(plain: "Plain", scan: Scan) -> bool:
    """Confirm or show a drive; False for a word that is rather a mistyped command: in two words, or without figures."""
    if plain.order is not None:
        names = {name for tile in plain.order.tiles for name in (tile.serial, tile.asset)}
        if not (scan.text in names or _is_label(scan)):
            return False
        confirm(plain, [scan.text if scan.text in names else scan.name])
        return True
    found = [tile for tile in _drives(plain) if {tile.serial, tile.asset} & {scan.text, scan.name}]
    if len(found) == 1:
        details(plain, [found[0].slot])
    elif found or _is_label(scan):
        plain.tell(TWO_OF_THEM if found else NOBODY_HAS, text=visible(scan.text)[:LONGEST])
    else:
        return False
    return True


def _is_label(scan: Scan) -> bool:
    return scan.code is not None or (" " not in scan.text and any(glyph.isdigit() for glyph in scan.text))


def _drives(plain: "Plain") -> list[Tile]:
    return [tile for tile in (plain.view.tiles if plain.view is not None else ()) if tile.drive is not None]


def _code(plain: "Plain", code: Code) -> None:
    if code.kind is Kind.LOT:
        before = "" if plain.view is None else plain.view.lot
        set_lot(plain, [code.value])
        plain.tell(LOT_BEFORE if before else NO_LOT_BEFORE, lot=visible(before)[:LONGEST])
    elif code.kind is Kind.OPERATOR:
        enter(plain, SignInOrder(badge=code.value, operator="", pin=""))
    elif code.kind is Kind.COMMAND:
        _command(plain, SheetCommand(code.value))
    elif code.kind is Kind.PSID:
        plain.tell(PSID_NEXT)
    else:
        sentence = SCANNER_WORKS if code.kind is Kind.TEST else TAKEN_FOR
        plain.say(phrase(plain.voice, Phrase(message=sentence, facts={"kind": code.kind.value})))


def _command(plain: "Plain", command: SheetCommand) -> None:
    if command in COMMANDS:
        COMMANDS[command](plain)
    else:
        plain.tell(COMMAND_NOT_HERE)
