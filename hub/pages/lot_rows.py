"""One row per lot, as the start page and the list of lots show it."""

from dataclasses import dataclass

from hub import wording
from hub.claims import donor_of, label_of
from hub.lots import service as lots
from hub.models import Lot
from hub.pages import standing
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


def lot_rows(visit: Visit) -> list[LotRow]:
    """The lots in the reader's scope, newest first."""
    return [_row(visit, lots.summary(visit.session, visit.someone, lot)) for lot in visible(visit)]


def visible(visit: Visit) -> tuple[Lot, ...]:
    """The lots in the reader's scope."""
    return lots.visible_lots(visit.session, visit.someone)


def _row(visit: Visit, found: lots.LotSummary) -> LotRow:
    complete = sum(found.verdicts.get(word, 0) for word in standing.CERTIFIABLE)
    certified = min(found.certificates, complete)
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
