"""What a lot amounts to, for its page: counts by step, where units went, the drive account, the last report."""

from dataclasses import dataclass

from hub import wording
from hub.accounted import LotClosing
from hub.lots import closing, counts
from hub.lots.blocking import Blocker, Ledgerbook, blockers, book_of
from hub.models import Lot
from hub.pages import account_words
from hub.pages.drive_account_pages import class_totals
from hub.pages.places_of_lots import lot_path
from hub.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class LotNumbers:
    """The figures of a lot. `gap` is None while one of its two sides was not counted."""

    path: str
    steps: list[tuple[str, int | None]]
    gap: int | None
    refusals: list[tuple[str, int]]
    outcomes: list[tuple[wording.State, int]]
    totals: list[tuple[wording.State, int]]
    report: LotClosing | None


def read_book(visit: Visit, lot: Lot) -> tuple[Ledgerbook, tuple[Blocker, ...]]:
    """What a closing would look at, and what it would meet."""
    book = book_of(visit.session, visit.someone, lot)
    return book, blockers(visit.session, visit.someone, lot, book)


def lot_numbers(visit: Visit, lot: Lot, book: Ledgerbook) -> LotNumbers:
    """Count one lot for its page."""
    lang, counted = visit.lang, book.counted
    shown = (counts.ANNOUNCED, counts.COLLECTED, counts.RECEIVED, counts.REFUSED)
    outcomes, closings = book.outcomes, closing.closings_of(visit.session, visit.someone, lot)
    return LotNumbers(
        lot_path(lot.code),
        [
            (
                account_words.say(account_words.COUNT_STEPS[step], lang),
                counted.total(step) if step in counted.told else None,
            )
            for step in shown
        ],
        counted.gap,
        [
            (account_words.say(account_words.REFUSALS[code], lang), n)
            for code, n in sorted(counted.refusals.items())
            if n
        ],
        [(account_words.disposition_state(word, lang), outcomes[word]) for word in account_words.DISPOSITIONS],
        class_totals(book.lines, lang),
        closings[0] if closings else None,
    )
