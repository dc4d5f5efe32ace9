"""Devices and drives of one lot in a table: one row per drive, and one for a device without any, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub import wording
from hub.claims import donor_of, label_of, name_of
from hub.devices.letters import Letters, letters_of
from hub.lots.account import Explained, Why
from hub.lots.blocking import Blocker, Ledgerbook
from hub.lots.drive_account import AccountLine, totals
from hub.lots.erased_now import ERASED_HERE
from hub.lots.seen import DeviceSeen, RunSeen, reasons_of
from hub.lots.spots import Spot, Spots
from hub.models import DecisionWord, Lot, Role
from hub.pages import standing, turning
from hub.pages.blocker_words import short_list
from hub.pages.grade_words import letter_word
from hub.pages.language import mark, words
from hub.pages.visit import Visit

LOOSE = mark("loose drive")
AWAITING = DecisionWord.AWAITING
Told = Sequence[tuple[Spot, str]]  # the lines of a lot, each with where it stands
DISPROVED = frozenset({Why.CONTRADICTED, Why.REREAD, Why.SEEN_AFTER, Why.EARLIER})
CERTIFIED = frozenset({"certified", "exceptions"})


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
class DeviceTable:
    """A page of the table: its rows, what names the last one, whether it is not the first, whether there are more."""

    rows: list[DeviceRow]
    last: str
    turned: bool
    more: bool


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
    erased: int  # by the account: less than those with a certificate, where that has exceptions
    open: int
    unexplained: int  # by the account
    waiting: int
    bar: standing.Bar
    blockers: tuple[str, ...]


def told_of(book: Ledgerbook, spots: Spots) -> Told:
    """Every line of a lot with where it stands: a key of `hub.wording.OUTCOMES`."""
    settled = _settled(book)
    return [(spot, _outcome(spot, settled)) for spot in spots.lines]


def lot_facts(lot: Lot, book: Ledgerbook, spots: Spots, told: Told, found: Sequence[Blocker], *, lang: str) -> LotFacts:
    """Count one lot, with what a closing would look at and meet."""
    outcomes = [word for spot, word in told if spot.drive is not None]
    numbers, classes = standing.stretches(outcomes), totals(book.lines)
    return LotFacts(
        code=lot.code,
        label=label_of(lot),
        donor=donor_of(lot),
        state=wording.lot_state(lot.state, lang),
        devices=len(book.every),
        received=spots.received,
        graded=spots.diagnosed,
        drives=len(outcomes),
        certified=numbers["certified"],
        erased=sum(classes[one] for one in ERASED_HERE),
        open=len(outcomes) - numbers["certified"] - numbers["settled"],
        unexplained=classes[Explained.OPEN],
        waiting=numbers["awaiting"],
        bar=standing.bar(numbers, lang),
        blockers=short_list(found, lang),
    )


def needing_first(told: Told) -> Told:
    """The lines of a lot for the workshop: what needs somebody first."""

    def calm(line: tuple[Spot, str]) -> tuple[bool, bool]:
        return wording.OUTCOMES[line[1]][0] != "bad", not _attention(line[1], line[0].run)

    return sorted(told, key=calm)


def device_rows(visit: Visit, told: Told, after: str) -> DeviceTable:
    """A page of the devices and drives of a lot, in the order of these lines."""
    begin = next((place + 1 for place, one in enumerate(told) if one[0].key == after), 0) if after else 0
    page, more = turning.shown(told[begin : begin + turning.SIZE + 1], turning.SIZE)
    letters = letters_of(visit.session, [one.device.id for one, _word in page if one.device])
    reasons = reasons_of(visit.session, [one.run.statement_id for one, _word in page if one.run])
    rows = [
        _row(
            visit,
            one,
            word,
            letters.get(one.device.id) if one.device else None,
            reasons.get(one.run.statement_id, ()) if one.run else (),
        )
        for one, word in page
    ]
    return DeviceTable(rows, page[-1][0].key if page else "", begin > 0, more)


def _attention(word: str, run: RunSeen | None) -> bool:
    waits = run is not None and run.decision == AWAITING and word not in standing.SETTLED
    return word in {"open", "doubted"} or waits


def _outcome(spot: Spot, settled: Mapping[str, str]) -> str:
    if spot.drive is None:
        return "nothing"
    said = settled.get(spot.drive.id, "")
    if said in standing.SETTLED:
        return said
    word = standing.doubted_if(standing.outcome_of(spot.run, received=spot.received), against=said == "doubted")
    return said if word in CERTIFIED and said in {"open", "exceptions"} else word


def _settled(book: Ledgerbook) -> Mapping[str, str]:
    """What the account says of drives, whatever their newest run says: a record, a doubt, exceptions, nothing yet."""
    return {line.drive.id: word for line in book.lines if (word := _said(line))}


def _said(line: AccountLine) -> str:
    """The word for one drive; none where its newest run tells it, as the account counts the drive as erased."""
    explained, why = line.standing.explained, line.standing.why
    if why in DISPROVED and any(run.certificate_id for run in line.runs):
        return "doubted"
    return "" if explained in ERASED_HERE else explained.value


def _row(visit: Visit, spot: Spot, word: str, letters: Letters | None, reasons: Sequence[str]) -> DeviceRow:
    lang, device, drive, run = visit.lang, spot.device, spot.drive, spot.run
    return DeviceRow(
        tag=(device.asset or device.serial or "?") if device else words(lang).gettext(LOOSE),
        path=f"/devices/{device.id}" if device else "",
        device=_name(device, lang),
        device_serial=device.serial if device else "",
        letter=letter_word(letters.computed, lang) if letters else "",
        by_person=letter_word(letters.by_person, lang) if letters and letters.by_person else "",
        drive=(drive.model or words(lang).gettext(mark("Drive"))) if drive else "",
        drive_serial=drive.serial if drive else "",
        verdict=_verdict(run, lang),
        reasons=", ".join(dict.fromkeys(wording.reason_words(code, lang) for code in reasons)),
        decision=wording.decision_state(run.decision, lang)
        if run
        else wording.State("none", "dash", words(lang).gettext(mark("nothing to decide"))),
        decide_path=f"/queue/{run.statement_id}" if run and visit.has_role(Role.LEAD) else "",
        outcome=standing.outcome_state(word, lang),
        attention=_attention(word, run),
    )


def _verdict(run: RunSeen | None, lang: str) -> wording.State:
    if run is None:
        return wording.state(wording.UNTOUCHED, lang)
    return wording.run_state(run.verdict, run.decision, lang)


def _name(device: DeviceSeen | None, lang: str) -> str:
    if device is None:
        return ""
    kind = wording.kind_word(device.kind, lang)
    name = name_of(device)
    return f"{name} ({kind})" if name else kind
