"""What a scan means on the screen that is open. It goes where a person would go by keys, and no further.

A code never starts an erasure that was not confirmed drive by drive, and confirms by the rules of what is typed: the
whole serial number or the tag, judged by `order` and again by the bench. A PSID and a badge are never shown.
"""

from typing import Final

from station_agent.console.scan import Scan
from station_agent.console.session import ConsoleSession
from station_agent.control.view import SignInOrder, Told
from station_agent.language import mark
from station_agent.scanner.codes import Code, Kind, Refused
from station_agent.scanner.own_codes import SheetCommand

KEY_OF: Final = {
    SheetCommand.START: "S", SheetCommand.STOP: "x", SheetCommand.CONFIRM: "enter", SheetCommand.BACK: "escape",
    SheetCommand.HELP: "f1", SheetCommand.LANGUAGE: "f2", SheetCommand.BIGFONT: "f", SheetCommand.UNFREEZE: "u",
    SheetCommand.MUTE: "n",
}  # fmt: skip
EVERYWHERE: Final = frozenset({"enter", "escape", "f1", "f2"})
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


def take_scan(console: ConsoleSession, scan: Scan) -> None:
    """Give a scan to the screen that is open; a command of the sheet does what its key does."""
    if scan.code is not None and scan.code.kind is Kind.COMMAND:
        _command(console, SheetCommand(scan.code.value))
    else:
        console.screen.scan(scan)


def _command(console: ConsoleSession, command: SheetCommand) -> None:
    screen, key = console.screen, KEY_OF.get(command, "")
    if command is SheetCommand.SIGNOUT:
        sign_out_by_scan(console)
    elif command is SheetCommand.LABEL:
        console.tell(LABELS)
    elif key in EVERYWHERE or key in screen.commands:
        screen.command(key)
    else:
        console.tell(COMMAND_NOT_HERE)


def sign_out_by_scan(console: ConsoleSession) -> None:
    """Sign out whoever is signed in."""
    if console.view is None or not console.view.operator:
        console.tell(NOBODY_TO_SIGN_OUT)
    else:
        console.order(console.desk.sign_out, lambda told: say(console, told))


def sign_in_by_badge(console: ConsoleSession, code: Code) -> None:
    """Sign in who wears this badge."""
    order = SignInOrder(badge=code.value, operator="", pin="")
    console.order(lambda: console.desk.sign_in(order), lambda told: say(console, told))


def refuse(console: ConsoleSession, scan: Scan, sentence: str) -> None:
    """Say that a code does not belong here, or that it is none."""
    if isinstance(scan.reading, Refused):
        console.tell(scan.reading.sentence)
    elif Kind.PSID in scan.kinds and scan.code is None:
        console.tell(MAYBE_PSID)
    elif scan.code is not None:
        console.tell(SCANNER_WORKS if scan.code.kind is Kind.TEST else sentence, kind=scan.code.kind.value)
    else:
        console.tell(sentence, kind=Kind.SERIAL.value)


def say(console: ConsoleSession, told: Told) -> None:
    """Say what the bench said about an order."""
    console.said = told.what
