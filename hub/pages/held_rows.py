"""What keeps goods here as a page shows it: the thing, the sentence, the page where it is settled. Decides nothing."""

from dataclasses import dataclass

from hub.exits.checks import Held
from hub.pages.places_of_lots import device_triage_path, drive_path, lot_path
from hub.pages.sentences import in_words


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One thing that keeps a device here, and the page where it is settled ("" where there is none)."""

    tag: str
    sentence: str
    path: str


def held_row(one: Held, lang: str) -> HeldRow:
    """The row of one thing that keeps a device here."""
    path = "/reservations" if one.reservation else ""
    path = path or (drive_path(one.lot, one.drive_id) if one.drive_id else "")
    path = path or (device_triage_path(one.device_id) if one.device_id else "")
    path = path or (f"{lot_path(one.lot)}/sample" if one.lot else "")
    return HeldRow(one.tag, in_words(one.sentence, lang), path)
