"""What was noted on the word of a person, said back: lot, tag, who works here. Pure."""

from typing import Final

from station_agent.control.view import Phrase
from station_agent.daemon.phrases import phrase
from station_agent.language import mark, visible

LOT: Final = mark("Noted: lot {lot}, for drives that were not begun and for all that come.")
NO_LOT: Final = mark("Noted: no lot, for drives that were not begun and for all that come.")
TAG: Final = mark("Noted: tag {asset} for the drive {serial}.")
NO_TAG: Final = mark("Noted: no tag for the drive {serial}.")
OWN_TAG: Final = mark("Noted: tag {asset} for this machine.")
NO_OWN_TAG: Final = mark("Noted: no tag for this machine.")
NEXT_TAG: Final = mark("Noted: tag {asset} for all drives that come from now on.")
NO_NEXT_TAG: Final = mark("Noted: no tag for drives that come from now on.")
SIGNED_IN: Final = mark("Signed in: {name}. Drives are erased under this name.")
SIGNED_OUT: Final = mark("Signed out. What runs goes on under the name of who began it.")


def lot_noted(lot: str) -> Phrase:
    """Say which lot was set."""
    return phrase(LOT, lot=visible(lot)) if lot else phrase(NO_LOT)


def tag_noted(tag: str, serial: str) -> Phrase:
    """Say which tag a drive was given."""
    return phrase(TAG if tag else NO_TAG, asset=visible(tag), serial=visible(serial) or "-")


def common_tag_noted(tag: str, *, machine: bool) -> Phrase:
    """Say which tag this machine was given, or the drives that come."""
    yes, no = (OWN_TAG, NO_OWN_TAG) if machine else (NEXT_TAG, NO_NEXT_TAG)
    return phrase(yes, asset=visible(tag)) if tag else phrase(no)


def person_noted(name: str) -> Phrase:
    """Say who works here."""
    return phrase(SIGNED_IN, name=visible(name)) if name else phrase(SIGNED_OUT)
