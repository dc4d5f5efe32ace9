"""Devices and drives of one lot in a table: one row per drive, and one for a device without any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub import wording
from hub.claims import donor_of, label_of, name_of
from hub.devices import service as devices
from hub.devices.service import DeviceView, DriveView
from hub.lots.blocking import Blocker, Ledgerbook
from hub.models import DecisionWord, Lot, Role
from hub.pages import standing
from hub.pages.blocker_words import short_list
from hub.pages.grade_words import letter_word
from hub.pages.language import mark, words
from hub.pages.visit import Visit

LOOSE = mark("loose drive")
AWAITING = DecisionWord.AWAITING


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One row: device, drive, result, decision. A donor's table shows `outcome` instead of result and decision."""

    tag: str
    path: str
    device: str
    device_serial: str
    letter: str
    by_person: str  # the letter that a person gave beside it
    drive: str
    drive_serial: str
    verdict: wording.State
    reasons: str
    decision: wording.State
    decide_path: str
    outcome: wording.State
    attention: bool


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the head of a lot's page says."""

    code: str
    label: str
    donor: str
    state: wording.State
    devices: int
    received: int
    graded: int
    drives: int
    certified: int
    open: int
    waiting: int
    bar: standing.Bar
    blockers: tuple[str, ...]


def lot_facts(visit: Visit, lot: Lot, book: Ledgerbook, found: Sequence[Blocker]) -> LotFacts:
    """Count one lot, with what a closing would look at and meet."""
    views = devices.devices_of_lot(visit.session, visit.someone, lot)
    pairs = list(_pairs(visit, lot))
    settled = _settled(book)
    outcomes = [_outcome(device, drive, settled) for device, drive in pairs if drive]
    numbers = standing.stretches(outcomes)
    return LotFacts(
        code=lot.code,
        label=label_of(lot),
        donor=donor_of(lot),
        state=wording.lot_state(lot.state, visit.lang),
        devices=len(views),
        received=sum(_received(view) for view in views),
        graded=sum(view.diagnostic is not None for view in views),
        drives=len(outcomes),
        certified=numbers["certified"],
        open=len(outcomes) - numbers["certified"] - numbers["settled"],
        waiting=numbers["awaiting"],
        bar=standing.bar(numbers, visit.lang),
        blockers=short_list(found, visit.lang),
    )


def staff_rows(visit: Visit, lot: Lot, book: Ledgerbook) -> list[DeviceRow]:
    """Every device and drive of a lot; what needs somebody first."""
    settled = _settled(book)
    rows = [_row(visit, device, drive, settled) for device, drive in _pairs(visit, lot)]
    return sorted(rows, key=lambda row: (row.outcome.tone != "bad", not row.attention))


def donor_rows(visit: Visit, lot: Lot, book: Ledgerbook) -> list[DeviceRow]:
    """Every device and drive of a lot, in the order of the tags."""
    settled = _settled(book)
    return [_row(visit, device, drive, settled) for device, drive in _pairs(visit, lot)]


def _pairs(visit: Visit, lot: Lot) -> Iterator[tuple[DeviceView | None, DriveView | None]]:
    for view in devices.devices_of_lot(visit.session, visit.someone, lot):
        yield from ((view, drive) for drive in view.drives)
        if not view.drives:
            yield view, None
    for drive in devices.loose_drives_of_lot(visit.session, visit.someone, lot):
        yield None, drive


def _received(view: DeviceView | None) -> bool:
    """A device is here when somebody said so or when a bench has seen it."""
    if view is None:
        return True
    seen = view.diagnostic is not None or any(drive.erasure for drive in view.drives)
    return view.device.received is not None or seen


def _outcome(view: DeviceView | None, found: DriveView, settled: Mapping[str, str]) -> str:
    return settled.get(found.drive.id) or standing.outcome(found, received=_received(view))


def _settled(book: Ledgerbook) -> Mapping[str, str]:
    """The drives that a person's record explains, and how."""
    classes = ((line.drive.id, line.standing.explained) for line in book.lines)
    return {drive_id: explained.value for drive_id, explained in classes if explained in standing.SETTLED}


def _row(visit: Visit, view: DeviceView | None, found: DriveView | None, settled: Mapping[str, str]) -> DeviceRow:
    lang, erasure = visit.lang, found.erasure if found else None
    device, word = view.device if view else None, "nothing"
    if found is not None:
        word = _outcome(view, found, settled)
    codes = [reason["code"] for reason in erasure.payload["result"]["reasons"]] if erasure else []
    return DeviceRow(
        tag=(device.asset or device.serial or "?") if device else words(lang).gettext(LOOSE),
        path=f"/devices/{device.id}" if device else "",
        device=_name(view, lang),
        device_serial=device.serial if device else "",
        letter=letter_word(view.letter, lang) if view and view.diagnostic else "",
        by_person=letter_word(view.override.letter, lang) if view and view.override else "",
        drive=(found.drive.model or words(lang).gettext(mark("Drive"))) if found else "",
        drive_serial=found.drive.serial if found else "",
        verdict=_verdict(found, lang),
        reasons=", ".join(dict.fromkeys(wording.reason_words(code, lang) for code in codes)),
        decision=wording.decision_state(erasure.decision, lang)
        if erasure
        else wording.State("none", "dash", words(lang).gettext(mark("nothing to decide"))),
        decide_path=f"/queue/{erasure.statement_id}" if erasure and visit.has_role(Role.LEAD) else "",
        outcome=standing.outcome_state(word, lang),
        attention=word == "open"
        or (erasure is not None and erasure.decision == AWAITING and word not in standing.SETTLED),
    )


def _verdict(found: DriveView | None, lang: str) -> wording.State:
    if found is None or found.erasure is None:
        return wording.state(wording.UNTOUCHED, lang)
    return wording.verdict_state(found.erasure.verdict, lang)


def _name(view: DeviceView | None, lang: str) -> str:
    if view is None:
        return ""
    kind = wording.kind_word(view.device.kind, lang)
    name = name_of(view.device)
    return f"{name} ({kind})" if name else kind
