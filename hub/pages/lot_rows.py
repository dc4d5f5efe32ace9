"""One row per lot, as the start page and the list of lots show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hub import wording
from hub.claims import donor_of, label_of
from hub.intake.channels import came_by
from hub.lots import overview
from hub.models import Lot
from hub.pages import standing, turning
from hub.pages.turning import Turning
from hub.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot in one line. `open` counts drives that nothing explains yet."""

    code: str
    label: str
    donor: str
    word: str
    state: wording.State
    devices: int
    drives: int
    certified: int
    open: int
    bar: standing.Bar


def lot_page(visit: Visit, after: str = "", channel: str = "") -> tuple[list[LotRow], Turning]:
    """A page of the lots in the reader's scope, the newest first, those after one code; and where it goes on.

    `channel`: only those that came this way; "" for all.
    """
    which = (came_by(channel),) if channel else ()
    found = overview.page_of(visit.session, visit.someone, after, overview.SIZE + 1, *which)
    page, more = turning.shown(found, overview.SIZE)
    path = f"/lots?{urlencode({'channel': channel})}" if channel else "/lots"
    links = turning.turning(path, "after", after, page[-1].code if page else "", more=more)
    return lot_rows(visit, page), links


def lots_in_hand(visit: Visit, most: int) -> list[LotRow]:
    """The newest lots in the reader's scope that have not ended."""
    return lot_rows(visit, overview.page_of(visit.session, visit.someone, size=most, ended=False))


def lot_rows(visit: Visit, lots: Sequence[Lot]) -> list[LotRow]:
    """These lots, found in the reader's scope."""
    return [_row(visit, found) for found in overview.summaries(visit.session, lots)]


def _row(visit: Visit, found: overview.LotSummary) -> LotRow:
    complete = sum(found.verdicts.get(word, 0) for word in standing.CERTIFIABLE)
    certified = min(found.certified, complete)
    awaiting = min(found.awaiting, complete - certified)
    untouched = min(found.unseen, found.drives - certified - awaiting)
    numbers = {
        "certified": certified,
        "awaiting": awaiting,
        "open": found.drives - certified - awaiting - untouched,
        "untouched": untouched,
    }
    return LotRow(
        code=found.lot.code,
        label=label_of(found.lot),
        donor=donor_of(found.lot),
        word=found.lot.state,
        state=wording.lot_state(found.lot.state, visit.lang),
        devices=found.devices,
        drives=found.drives,
        certified=certified,
        open=found.drives - certified,
        bar=standing.bar(numbers, visit.lang),
    )
