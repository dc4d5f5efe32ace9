"""What stands on a label, in the words of the person: the same for paper and for a label printer."""

from dataclasses import dataclass
from typing import Final

from diagnostics.grading import lawful
from station_agent.labels.facts import NO_RECORD, DriveState, Label, LabelKind
from station_agent.language import Voice, mark, visible

WIDTH_MM: Final = 70.0
HEIGHT_MM: Final = 37.0
MOST_DRIVES: Final = 4
STATES: Final = {
    "ERASED": mark("[OK] erased"),
    "ERASED_WITH_EXCEPTIONS": mark("[!!] erased, with exceptions"),
    "FAILED": mark("[KO] FAILED: TO BE SHREDDED"),
    "UNCONFIRMED": mark("[??] UNCONFIRMED: KEEP IT HERE"),
    "NOT_ERASED": mark("[--] NOT ERASED"),
    NO_RECORD: mark("[--] NO ERASURE STORED"),
}
BARCODE_LONGEST: Final = 20
LONGEST_END: Final = 12


@dataclass(frozen=True, slots=True)
class Face:
    """Everything on a label. `qr` and `barcode` are contents of codes, "" for none; `alarm` asks for red."""

    heading: str
    letter: str
    lines: tuple[str, ...]
    foot: str
    ribbon: str
    qr: str
    barcode: str
    alarm: bool


def face_of(voice: Voice, label: Label) -> Face:
    """Say a label. Whatever was kept in a record, no banned word comes through."""
    asset = lawful(label.asset)
    shred = label.kind is LabelKind.SHRED
    return Face(
        heading=voice.say("SHRED") if shred else asset or voice.say("without tag"),
        letter=lawful(label.grade) if label.kind is LabelKind.DEVICE else "",
        lines=tuple(lawful(line) for line in _lines(voice, label)),
        foot=f"{_day(voice, label.day)}  {label.statement_id[:12]}",
        ribbon=voice.say("SIMULATED: PROVES NOTHING") if label.simulated else "",
        qr=label.address,
        barcode=asset if _fits_barcode(asset) else "",
        alarm=shred,
    )


def _lines(voice: Voice, label: Label) -> list[str]:
    if label.kind is LabelKind.DEVICE:
        return [_lot(voice, label), _grade(voice, label), *_drives(voice, label.drives)]
    (drive,) = label.drives
    tag = [voice.say("tag {asset}", asset=label.asset)] if label.asset and label.kind is LabelKind.SHRED else []
    return [
        visible(drive.model),
        visible(drive.serial) or "-",
        voice.say(STATES[drive.verdict]),
        *tag,
        _lot(voice, label),
    ]


def _lot(voice: Voice, label: Label) -> str:
    return voice.say("lot {lot}", lot=label.lot or "-")


def _grade(voice: Voice, label: Label) -> str:
    return voice.say("grade {letter}", letter=label.grade) if label.grade else voice.say("not graded")


def _drives(voice: Voice, drives: tuple[DriveState, ...]) -> list[str]:
    """Name the drives, the ones with trouble first; what does not fit is counted, never left out in silence."""
    if not drives:
        return [voice.say("no drive seen")]
    ordered = sorted(drives, key=lambda drive: drive.verdict == "ERASED")
    shown = ordered if len(ordered) <= MOST_DRIVES else ordered[: MOST_DRIVES - 1]
    end = _end_that_differs(drives)
    said = [
        voice.say(
            "..{serial} {state}", serial=visible(drive.serial)[-end:] or "?", state=voice.say(STATES[drive.verdict])
        )
        for drive in shown
    ]
    rest = ordered[len(shown) :]
    if not rest:
        return said
    erased = sum(drive.verdict == "ERASED" for drive in rest)
    return [*said, voice.say("and {n} more drives, {erased} of them erased", n=len(rest), erased=erased)]


def _end_that_differs(drives: tuple[DriveState, ...]) -> int:
    """Give how many last characters of the serials tell these drives apart: 4, or more where that is not enough."""
    return next((n for n in (4, 6, 8) if len({drive.serial[-n:] for drive in drives}) == len(drives)), LONGEST_END)


def _day(voice: Voice, day: str) -> str:
    if not day:
        return voice.say("clock not set")
    year, month, date = day.split("-")
    return f"{date}/{month}/{year}" if voice.lang == "fr" else day


def _fits_barcode(asset: str) -> bool:
    return 0 < len(asset) <= BARCODE_LONGEST and asset.isascii() and asset.isprintable()
