"""Indicators that are bound: K-15 to the role that moderates, K-16 to what a public donor says of itself. Pure."""

from fractions import Fraction

from hub.figures.rows import Book, Figure, Line, percent

ROLE, NO_VALUE, NO_PUBLIC, NO_RETIRED = "role", "no-value", "no-public", "retired"


def value(book: Book) -> Figure:
    """K-15: declared values of what was received and what sales brought, in cents; nothing for other roles."""
    if book.money is None:
        return Figure("K-15", 2, missing=ROLE)
    if not book.money.declared and not book.money.sold:
        return Figure("K-15", 2, missing=NO_VALUE)
    lines = (
        Line("total", "declared", Fraction(sum(book.money.declared.values())), "cents"),
        Line("total", "sales", Fraction(book.money.sold), "cents"),
        *(Line("kind", kind, Fraction(cents), "cents") for kind, cents in sorted(book.money.declared.items())),
    )
    return Figure("K-15", 2, lines)


def reen(book: Book) -> Figure:
    """K-16: A / B x 100 of each public donor and year that has a B; a donor that said nothing is no zero."""
    if not book.reen:
        return Figure("K-16", 2, missing=NO_PUBLIC)
    told = [row for row in book.reen if row.retired]
    if not told:
        return Figure("K-16", 2, missing=NO_RETIRED)
    lines = tuple(
        Line("public", f"{row.donor} {row.year}", percent(row.sent, row.retired or 1), "percent") for row in told
    )
    return Figure("K-16", 2, lines, notes=("retired-unknown",) if len(told) < len(book.reen) else ())
