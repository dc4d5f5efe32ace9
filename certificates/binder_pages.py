"""The first pages of a binder (A4): what it is, what it proves and does not, and the list of its certificates.

Classes are listed one after the other, each with its own number; they are never added up, and what has exceptions or
explains its drive no more never stands among the erased. Points.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from certificates.figures import date, number
from certificates.language import mark as _
from certificates.layout import CODE, STRONG, TEXT, Colour, Pen, Style, fit, register_fonts
from certificates.wording import words


class Group(StrEnum):
    """What a certificate means for the account of its lot, in the order in which the list has them."""

    PURGE = "erased-purge"
    CLEAR = "erased-clear"
    EXCEPTIONS = "exceptions"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate of the list."""

    number: str
    model: str
    serial: str
    group: Group


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the first pages say. `made` is a time "2026-11-21T10:00:00Z"; entries get sorted by group."""

    issuer: str
    donor: str
    lot: str
    made: str
    entries: tuple[Entry, ...]
    lang: str
    simulated: bool = False

    def __post_init__(self) -> None:
        order = list(Group)
        ranked = sorted(self.entries, key=lambda entry: (order.index(entry.group), entry.number))
        object.__setattr__(self, "entries", tuple(ranked))

    @property
    def title(self) -> str:
        """What stands over the list, and in the window of a reader."""
        return words(self.lang).gettext("Certificates of lot {lot}").format(lot=self.lot)


HEADINGS = {
    Group.PURGE: _("Erased (Purge)"),
    Group.CLEAR: _("Erased (Clear)"),
    Group.EXCEPTIONS: _("Erased with exceptions: each page says which, none counts as erased without them"),
    Group.OVERTAKEN: _("Issued, but no longer what explains its drive: not counted"),
}
_PROVES = (
    _("This file gathers, for reading, the pages of the certificates as they were issued."),
    _("It is no certificate: it carries no seal and no signed statement, and a verifier says that it checked nothing."),
    _("The proof stays with each certificate: its own PDF, or its bundle, which anybody can check, offline too."),
    _("A drive that is not listed here has no certificate in this lot; the report of the lot says what became of it."),
)  # fmt: skip

_LEFT, _RIGHT, _TOP, _FOOT = 51.0, A4[0] - 51.0, A4[1] - 46.0, 52.0
_WIDTH = _RIGHT - _LEFT
_COLUMNS = (0.0, 110.0, 290.0, _WIDTH - 46.0)  # number, model, serial, page
_ROW = 15.0
_HEAD = 30.0
_INK: Colour = (0.09, 0.11, 0.14)
_SOFT: Colour = (0.36, 0.40, 0.45)
_LINE: Colour = (0.84, 0.86, 0.88)
_ALARM: Colour = (0.78, 0.09, 0.09)
_TITLE = Style(STRONG, (24.0, 21.0), 1.2)
_HEADING = Style(STRONG, (10.5, 9.6, 8.8))
_BODY = Style(TEXT, (9.6, 9.0), 1.32)
_CELL = Style(TEXT, (9.0, 8.2, 7.4, 6.6))
_CODE = Style(CODE, (8.2, 7.4, 6.6, 5.6))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the list: a heading (then without entry) or a certificate, and how high it is."""

    text: str
    entry: Entry | None = None
    place: int = 0

    @property
    def height(self) -> float:
        return _ROW if self.entry else _HEAD


def draw_contents(contents: Contents) -> bytes:
    """Draw the pages; the same contents give the same bytes."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=1, lang=contents.lang, initialFontName=TEXT)  # type: ignore[arg-type]  # the stubs say float
    pages = list(_pages(contents, _head(Pen(None), contents) - 12))
    for at, lines in enumerate(pages, 1):
        pen = Pen(canvas)
        y = _head(pen, contents) - 12 if at == 1 else _TOP
        for line in lines:
            y = _draw(pen, line, y, contents.lang, len(pages))
        _foot(pen, contents, at, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _head(pen: Pen, contents: Contents) -> float:
    say = words(contents.lang).gettext
    y = pen.text(fit(contents.issuer, _HEADING, _WIDTH * 0.66, 2), _LEFT, _TOP, _INK)
    y = pen.text(fit(contents.title, _TITLE, _WIDTH, 2), _LEFT, y - 10, _INK)
    line = say("{donor} · put together on {date}").format(donor=contents.donor, date=date(contents.made, contents.lang))
    y = pen.text(fit(line, Style(TEXT, (11.5, 10.5, 9.5)), _WIDTH, 2), _LEFT, y - 2, _SOFT)
    if contents.simulated:
        y = pen.text(fit(say("SIMULATION — WITHOUT VALUE"), _HEADING, _WIDTH, 1), _LEFT, y - 4, _ALARM)
    y = pen.text(fit(say("What this file proves, and what not"), _HEADING, _WIDTH, 1), _LEFT, y - 12, _INK) - 2
    for sentence in _PROVES:
        y = pen.text(fit(say(sentence), _BODY, _WIDTH, 3), _LEFT, y, _SOFT) - 2
    y -= 8
    for group, count in _counts(contents.entries):
        y = pen.text(fit(f"{number(count, contents.lang)} · {say(HEADINGS[group])}", _BODY, _WIDTH, 2), _LEFT, y, _INK)
    return y


def _counts(entries: Sequence[Entry]) -> Iterator[tuple[Group, int]]:
    for group in Group:
        if found := sum(entry.group is group for entry in entries):
            yield group, found


def _lines(contents: Contents) -> Iterator[_Line]:
    say, place = words(contents.lang).gettext, 0
    for group, entries in groupby(contents.entries, key=lambda entry: entry.group):
        yield _Line(say(HEADINGS[group]))
        for entry in entries:
            yield _Line("", entry, place)
            place += 1


def _pages(contents: Contents, first: float) -> Iterator[list[_Line]]:
    """Fill pages from the top; a heading takes the line after it along."""
    page: list[_Line] = []
    y = first
    for line in _lines(contents):
        needed = line.height + (0.0 if line.entry else _ROW)
        if page and y - needed < _FOOT:
            yield page
            page, y = [], _TOP
        page.append(line)
        y -= line.height
    yield page


def _draw(pen: Pen, line: _Line, y: float, lang: str, ahead: int) -> float:
    if line.entry is None:
        pen.text(fit(line.text, _HEADING, _WIDTH, 1), _LEFT, y - 12, _INK)
        return pen.block(_LEFT, y - line.height + 2, _WIDTH, 0.6, _LINE) - 1.4
    entry, page = line.entry, number(ahead + line.place + 1, lang)
    cells = ((entry.number, _CODE), (entry.model, _CELL), (entry.serial, _CODE), (page, _CELL))
    ends = (*_COLUMNS[1:], _WIDTH)
    for (text, style), start, end in zip(cells, _COLUMNS, ends, strict=True):
        pen.text(fit(text, style, end - start - 8, 1), _LEFT + start, y - 2, _INK)
    return y - line.height


def _foot(pen: Pen, contents: Contents, at: int, pages: int) -> None:
    say = words(contents.lang).gettext
    text = say("Page {page} · list of {pages} pages, then one page for each certificate in this order")
    pen.text(
        fit(text.format(page=number(at, contents.lang), pages=number(pages, contents.lang)), _CELL, _WIDTH, 1),
        _LEFT,
        _FOOT - 14,
        _SOFT,
    )
