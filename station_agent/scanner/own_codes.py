"""The codes of this house: `ET` + one letter for the kind + `-` + body + check character, in capitals and figures.

    ETA-  asset tag of a device     ETL-  lot     ETO-  badge of an operator     ETC-  command of the sheet

The check character (ISO 7064 MOD 37,36) covers the letter of the kind too, so that a lot never turns into a tag. The
hyphen is in the test code of the scanner: a layout that is known prints it right.
"""

import re
from enum import StrEnum
from typing import Final

from station_agent.scanner.check_character import check_character, is_checked

SCHEME: Final = "ET"
LONGEST_BODY: Final = 24
BODY: Final = re.compile(rf"[0-9A-Z]{{1,{LONGEST_BODY}}}", re.ASCII)
OWN: Final = re.compile(rf"{SCHEME}([A-Z])-([0-9A-Z]{{2,{LONGEST_BODY + 1}}})", re.ASCII)
BEGINNING: Final = re.compile(rf"{SCHEME}[ALOC]-", re.ASCII)


class Own(StrEnum):
    """Kinds of own codes, by their letter."""

    ASSET = "A"
    LOT = "L"
    OPERATOR = "O"
    COMMAND = "C"


class SheetCommand(StrEnum):
    """What a code of the sheet asks for; the console does with it what the key of that name does."""

    START = "START"
    STOP = "STOP"
    CONFIRM = "CONFIRM"
    BACK = "BACK"
    HELP = "HELP"
    LANGUAGE = "LANGUAGE"
    BIGFONT = "BIGFONT"
    UNFREEZE = "UNFREEZE"
    MUTE = "MUTE"
    LABEL = "LABEL"
    SIGNOUT = "SIGNOUT"


def own_code(kind: Own, body: str) -> str:
    """Write a code. Raises ValueError for a body that is empty, too long or not of 0-9 and A-Z."""
    if not BODY.fullmatch(body):
        raise ValueError(f"no code can be made of {len(body)} characters, of other than 0-9 and A-Z, or of none")
    return f"{SCHEME}{kind}-{body}{check_character(kind + body)}"


def own_parts(text: str) -> tuple[Own, str] | None:
    """Give kind and body of a sound code; None for one that is damaged or none of ours."""
    found = OWN.fullmatch(text)
    if found is None or found[1] not in set(Own) or not is_checked(found[1] + found[2]):
        return None
    return Own(found[1]), found[2][:-1]
