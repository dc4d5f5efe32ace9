"""What a scanned code was taken for, in words."""

from typing import Final

from station_agent.language import Voice, mark
from station_agent.scanner.codes import Kind

KINDS: Final = {
    Kind.TEST: mark("the test code of the scanner"),
    Kind.ASSET: mark("a tag"),
    Kind.LOT: mark("a lot"),
    Kind.OPERATOR: mark("a badge"),
    Kind.COMMAND: mark("a command of the sheet"),
    Kind.SERIAL: mark("a serial number"),
    Kind.WWN: mark("a WWN (number of a port or drive)"),
    Kind.PSID: mark("a PSID"),
    Kind.STATEMENT: mark("the code of a statement"),
}


def kind_words(voice: Voice, kind: str) -> str:
    """Name a kind of code; a word that is none stays as it is."""
    return voice.say(KINDS[Kind(kind)]) if kind in set(Kind) else kind
