"""Indicators of what left and what came back: K-3, K-4, K-5, K-8, K-9, K-14. Pure functions over counted rows.

A device counts once in each of them, whatever happened to it; units without a tag count by number.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from hub.exits.modes import DELIVERED, GIFT, LOAN, RENTAL, SALE, WEEE
from hub.figures.rows import Book, ExitRow, Figure, Line, LotRow, ReturnRow, once, percent, ranked

RECEIVED = "received"
NO_LOT, NO_COUNT, NO_EXIT, NO_DELIVERY, NO_CODE = "no-lot", "no-count", "no-exit", "no-delivery", "no-code"
MODES = (SALE, GIFT, LOAN, RENTAL)
PENDING_UNKNOWN = "pending-unknown"


def reused(book: Book) -> Figure:
    """K-3: of the lots received in the period, what is out for reuse at its end, in per cent of what was received."""
    lots = [lot for lot in book.lots if lot.total(RECEIVED)]
    if not lots:
        return Figure("K-3", 2, missing=NO_COUNT if book.lots else NO_LOT)
    gone = reused_of(book)
    whole, out = sum(lot.total(RECEIVED) for lot in lots), sum(gone[lot.code] for lot in lots)
    lines = (
        Line("total", "rate", percent(out, whole), "percent"),
        Line("total", "reused", Fraction(out)),
        Line("total", RECEIVED, Fraction(whole)),
        *(Line("lot", lot.code, percent(gone[lot.code], lot.total(RECEIVED)), "percent") for lot in lots),
    )
    return Figure("K-3", 2, lines, notes=("uncounted",) if len(lots) < len(book.lots) else ())


def reused_of(book: Book) -> Counter[str]:
    """Units of each lot that are out for reuse at the end of the period: what came back is not."""
    found = Counter[str]()
    for row in once(row for row in book.exits):
        if row.mode in DELIVERED and not row.back:
            found[row.lot] += row.units
    return found


def made_use_of(book: Book) -> Figure:
    """K-4: units that left for reuse after a repair, and units that left as e-waste to be recycled."""
    repaired, recycled = repaired_of(book), recycled_of(book)
    if not book.left:
        return Figure("K-4", 2, missing=NO_EXIT)
    lines = [Line("use", "repaired", _units(repaired)), Line("use", "recycled", _units(recycled))]
    for group, rows in (("repaired", repaired), ("recycled", recycled)):
        lines += ranked(f"{group}-kind", _by(rows, lambda row: row.kind))
        lines += ranked(f"{group}-donor", _by(rows, lambda row: row.donor))
    return Figure("K-4", 2, tuple(lines))


def repaired_of(book: Book) -> tuple[ExitRow, ...]:
    """What left for reuse in the period after a repair."""
    return tuple(row for row in book.delivered if row.repaired)


def recycled_of(book: Book) -> tuple[ExitRow, ...]:
    """What left as e-waste in the period."""
    return once(row for row in book.left if row.mode == WEEE)


def modes(book: Book) -> Figure:
    """K-5: units that were sold, given, lent and rented in the period; by kind, by source, by region."""
    if not book.delivered:
        return Figure("K-5", 2, missing=NO_DELIVERY)
    counted = Counter[str]()
    for mode in MODES:
        counted[mode] = int(_units(once(row for row in book.left if row.mode == mode)))
    lines = (
        *(Line("mode", mode, Fraction(counted[mode])) for mode in MODES),
        *ranked("kind", _by(book.delivered, lambda row: row.kind)),
        *ranked("donor", _by(book.delivered, lambda row: row.donor)),
        *ranked("region", _by(book.delivered, lambda row: row.region)),
    )
    return Figure("K-5", 2, lines)


def nonconformity(book: Book) -> Figure:
    """K-8: delivered devices with a counted defect, in per cent of the delivered ones; each device counts once."""
    devices = {row.line: row for row in book.delivered if row.thing}
    if not devices:
        return Figure("K-8", 2, missing=NO_DELIVERY)
    things = {row.thing for row in devices.values()}
    found = [row for row in book.defects if row.thing in things]
    bad = {row.thing for row in found}
    lines = (
        Line("total", "rate", percent(len(bad), len(things)), "percent"),
        Line("total", "nonconforming", Fraction(len(bad))),
        Line("total", "delivered", Fraction(len(things))),
        *ranked("reason", _reasons(found)),
    )
    return Figure("K-8", 2, lines)


def returned(book: Book) -> Figure:
    """K-9: returns within the legal warranty of what left in the period, in per cent of it, with their reasons."""
    things = {row.thing for row in book.delivered if row.thing}
    if not things:
        return Figure("K-9", 2, missing=NO_DELIVERY)
    found = [row for row in book.returns if row.thing in things]
    within = [row for row in found if row.within]
    inside = {row.thing for row in within}
    lines = (
        Line("total", "rate", percent(len(inside), len(things)), "percent"),
        Line("total", "within", Fraction(len(inside))),
        Line("total", "outside", Fraction(len({row.thing for row in found} - inside))),
        Line("total", "delivered", Fraction(len(things))),
        *ranked("reason", _reasons(within)),
    )
    return Figure("K-9", 2, lines)


def households(book: Book) -> Figure:
    """K-14: prescriptions that were served in the period, each code once, and those that are still open."""
    codes = {row.prescription for row in book.left if row.prescription and row.mode in DELIVERED}
    if book.prescribed is None and not codes:
        return Figure("K-14", 2, missing=NO_CODE)
    lines = (
        Line("total", "served", Fraction(len(codes))),
        *(Line("pending", state, Fraction(number)) for state, number in sorted((book.prescribed or {}).items())),
    )
    return Figure("K-14", 2, lines, notes=(PENDING_UNKNOWN,) if book.prescribed is None else ())


def _reasons(rows: Iterable[ReturnRow]) -> Counter[str]:
    """Devices by reason: a device counts once for each reason that it has."""
    return Counter(reason for reason, _thing in {(row.reason, row.thing) for row in rows})


def _by(rows: Iterable[ExitRow], word: Callable[[ExitRow], str]) -> Counter[str]:
    found = Counter[str]()
    for row in rows:
        found[word(row)] += row.units
    del found[""]
    return found


def _units(rows: Iterable[ExitRow]) -> Fraction:
    return Fraction(sum(row.units for row in rows))


def lots_with(book: Book, step: str) -> list[LotRow]:
    """The lots of the period in which a step was counted."""
    return [lot for lot in book.lots if step in lot.told]
