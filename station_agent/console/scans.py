"""What a scan means on the screen that is open. It goes where a person would go by keys, and no further.

A code never starts an erasure that was not confirmed drive by drive, and confirms by the rules of what is typed: the
whole serial number or the tag, judged by `order` and again by the bench. A PSID and a badge are never shown.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from station_agent.control.view import BenchView, SignInOrder, Told
from station_agent.language import mark
from station_agent.scanner.codes import DAMAGED, NO_SUCH_COMMAND, SECRET, Ambiguous, Code, Kind, Known, Reading, Refused
from station_agent.scanner.codes import read_code as read_text
from station_agent.scanner.own_codes import SheetCommand

if TYPE_CHECKING:
    from station_agent.console.console import Console

KEY_OF: Final = {
    SheetCommand.START: "S", SheetCommand.STOP: "x", SheetCommand.CONFIRM: "enter", SheetCommand.BACK: "escape",
    SheetCommand.HELP: "f1", SheetCommand.LANGUAGE: "f2", SheetCommand.BIGFONT: "f", SheetCommand.UNFREEZE: "u",
    SheetCommand.MUTE: "n",
}  # fmt: skip
EVERYWHERE: Final = frozenset({"enter", "escape", "f1", "f2"})
NAMES: Final = frozenset({Kind.SERIAL, Kind.ASSET})
UNKNOWN: Final = mark(
    "{text} was taken for a serial number or a tag, and no drive here has it. Plug the drive in; or to give a drive "
    "this tag: go to it, key a, scan again."
)
UNKNOWN_TAG: Final = mark("No drive here has the tag {text}. To give a drive this tag: go to it, key a, scan again.")
UNKNOWN_SERIAL: Final = mark("No drive here has the serial number {text}. Plug it in, or look for it on another bench.")
TWO_OF_THEM: Final = mark(
    "Several drives here have {text}: read their whole serial numbers, and go there by the arrows."
)
TAKEN_FOR: Final = mark("This was taken for {kind}. Here a serial number, a tag, a lot, a badge or a command is taken.")
ONLY_NAMES: Final = mark(
    "This was taken for {kind}. Here only the serial number or the tag of a drive is taken; nothing was confirmed."
)
NOT_HERE: Final = mark("This was taken for {kind}, which does not belong here: nothing was taken. Scan the right code.")
MAYBE_PSID: Final = mark(
    "This may be a PSID or a WWN. If it is the PSID of a drive: go to that drive, key k, and scan it again."
)
PSID_OF_NONE: Final = mark("This was taken for a PSID. Go to its drive first, then scan it again: it is not kept.")
SCANNER_WORKS: Final = mark("The scanner is read well: that was its test code.")
COMMAND_NOT_HERE: Final = mark("This command does nothing on this screen: Esc goes back to the wall first.")
LABELS: Final = mark("Labels are printed by `etabli-station label`, for a device or a drive that is stated.")
NOBODY_TO_SIGN_OUT: Final = mark("Nobody is signed in.")


@dataclass(frozen=True, slots=True)
class Scan:
    """A code as it was read, and what it is. `typed`: it came as letters of the terminal, behind what stood there."""

    text: str = field(repr=False)
    reading: Reading = field(repr=False)
    typed: bool = False

    @property
    def code(self) -> Code | None:
        """The one thing that it is; None when it may be several, or none."""
        return self.reading if isinstance(self.reading, Code) else None

    @property
    def kinds(self) -> frozenset[Kind]:
        """Everything that it may be."""
        if isinstance(self.reading, Ambiguous):
            return frozenset(code.kind for code in self.reading.candidates)
        return frozenset() if self.code is None else frozenset({self.code.kind})

    @property
    def damaged(self) -> bool:
        """True for a code of ours that was misread, or that this version does not know."""
        return isinstance(self.reading, Refused) and self.reading.sentence in (DAMAGED, NO_SUCH_COMMAND)

    @property
    def name(self) -> str:
        """The serial or tag as it is written in the code: without what a label puts before it, in its own capitals."""
        value = "" if self.code is None or self.code.kind not in NAMES else self.code.value
        return value if value and self.text.endswith(value) else self.text


def known_of(view: BenchView | None) -> Known:
    """Give what this bench knows by name."""
    if view is None:
        return Known()
    serials = frozenset(tile.serial for tile in view.tiles if tile.serial)
    assets = frozenset(tile.asset for tile in view.tiles if tile.asset)
    lots = frozenset({*view.lots, view.lot, *(tile.lot for tile in view.tiles)} - {""})
    return Known(serials, assets | ({view.asset} - {""}), lots)


def read_scan(view: BenchView | None, text: str, *, typed: bool = False) -> Scan:
    """Tell what a code is on this bench."""
    return Scan(text.strip(), read_text(text, known_of(view)), typed)


def take_scan(console: "Console", scan: Scan) -> None:
    """Give a scan to the screen that is open; a command of the sheet does what its key does."""
    if scan.code is not None and scan.code.kind is Kind.COMMAND:
        _command(console, SheetCommand(scan.code.value))
    else:
        console.screen.scan(scan)


def _command(console: "Console", command: SheetCommand) -> None:
    screen, key = console.screen, KEY_OF.get(command, "")
    if command is SheetCommand.SIGNOUT:
        sign_out_by_scan(console)
    elif command is SheetCommand.LABEL:
        console.tell(LABELS)
    elif key in EVERYWHERE or key in screen.commands:
        screen.command(key)
    else:
        console.tell(COMMAND_NOT_HERE)


def sign_out_by_scan(console: "Console") -> None:
    """Sign out whoever is signed in."""
    if console.view is None or not console.view.operator:
        console.tell(NOBODY_TO_SIGN_OUT)
    else:
        console.order(console.desk.sign_out, lambda told: say(console, told))


def sign_in_by_badge(console: "Console", code: Code) -> None:
    """Sign in who wears this badge."""
    order = SignInOrder(badge=code.value, operator="", pin="")
    console.order(lambda: console.desk.sign_in(order), lambda told: say(console, told))


def refuse(console: "Console", scan: Scan, sentence: str) -> None:
    """Say that a code does not belong here, or that it is none."""
    if isinstance(scan.reading, Refused):
        console.tell(scan.reading.sentence)
    elif Kind.PSID in scan.kinds and scan.code is None:
        console.tell(MAYBE_PSID)
    elif scan.code is not None:
        console.tell(SCANNER_WORKS if scan.code.kind is Kind.TEST else sentence, kind=scan.code.kind.value)
    else:
        console.tell(sentence, kind=Kind.SERIAL.value)


def shown(scan: Scan) -> str:
    """Give the text of a code that may be shown; "" for a secret."""
    return "" if scan.kinds & SECRET else scan.text


def say(console: "Console", told: Told) -> None:
    """Say what the bench said about an order."""
    console.said = told.what
