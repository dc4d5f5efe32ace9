r"""Setting text on a page: fonts, measuring, wrapping and shrinking. Text is drawn as given, never as markup.

Characters that a font lacks are shown as visible `\u{1F600}`; nothing ever runs over the width it was given.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates.figures import shown
from certificates.marks import Mark, Role, marked, unmarked

FONTS = Path(__file__).parent / "fonts"
TEXT, STRONG, CODE = "Etabli-Text", "Etabli-Strong", "Etabli-Code"
_FILES = {TEXT: "SourceSansPro-Regular.ttf", STRONG: "SourceSansPro-Semibold.ttf", CODE: "DejaVuSansMono.ttf"}
ELLIPSIS = "…"
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """Font, sizes in points from the wanted one down to the smallest allowed, leading as a share of the size."""

    font: str
    sizes: tuple[float, ...]
    leading: float = 1.28


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text that fit, and the size at which they do."""

    lines: tuple[str, ...]
    font: str
    size: float
    leading: float  # points
    cut: bool = False

    @property
    def height(self) -> float:
        """Height of the block in points."""
        return len(self.lines) * self.leading

    @property
    def width(self) -> float:
        """Width of the longest line in points."""
        return max(_width(line, self.font, self.size) for line in self.lines)


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the three fonts known to reportlab, once per process."""
    for name, file in _FILES.items():
        font = TTFont(name, str(FONTS / file))
        _mend_widths(font)
        pdfmetrics.registerFont(font)


@lru_cache(maxsize=1024)  # a page is measured before it is drawn, and labels come back on every page
def fit(text: str, style: Style, width: float, lines: int) -> Setting:
    """Set text in at most `lines` lines of `width` points: shrink first, then cut with an ellipsis."""
    text = drawable(text, style.font)
    for size in style.sizes:
        wrapped = wrap(text, style.font, size, width)
        if len(wrapped) <= lines:
            return Setting(tuple(wrapped), style.font, size, size * style.leading)
    size = style.sizes[-1]
    kept = wrap(text, style.font, size, width)[:lines]
    last = kept[-1]
    while last and _width(last + ELLIPSIS, style.font, size) > width:
        last = last[:-1]
    return Setting((*kept[:-1], last + ELLIPSIS), style.font, size, size * style.leading, cut=True)


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Break text at spaces, and inside words that are wider than the line; no-break spaces hold."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if _width(joined, font, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, font, size, width)
        lines.extend(full)
    return [*lines, line] if line or not lines else lines


def drawable(text: str, font: str) -> str:
    """Text in which every character can be seen with this font."""
    register_fonts()
    glyphs = _glyphs(font)
    return "".join(letter if ord(letter) in glyphs else f"\\u{{{ord(letter):X}}}" for letter in shown(text))


class Pen:
    """Draws on a canvas, or only measures when there is none; remembers whether any text was cut.

    With a list of marks it says of everything that it draws what it is.
    """

    def __init__(self, canvas: Canvas | None, marks: list[Mark] | None = None) -> None:
        self.canvas, self.marks = canvas, marks
        self.cut = False

    def text(self, setting: Setting, x: float, y: float, colour: Colour, role: Role = "P") -> float:
        """Draw lines downwards with the first baseline one size below `y`; returns the y under the block."""
        self.cut = self.cut or setting.cut
        if self.canvas is not None:
            with self.part(Mark(role)):
                self.canvas.setFillColorRGB(*colour)
                self.canvas.setFont(setting.font, setting.size)
                for place, line in enumerate(setting.lines):
                    self.canvas.drawString(x, y - setting.size - place * setting.leading, line)
        return y - setting.height

    @contextmanager
    def part(self, mark: Mark | None) -> Iterator[None]:
        """Whatever is drawn meanwhile is this part of the page, or ornament."""
        around: AbstractContextManager[None] = nullcontext()
        if self.canvas is not None and self.marks is not None:
            around = marked(self.canvas, self.marks, mark) if mark else unmarked(self.canvas)
        with around:
            yield

    def block(self, x: float, y: float, width: float, height: float, colour: Colour) -> float:
        """Fill a rectangle whose upper left corner is (x, y); returns the y under it."""
        if self.canvas is not None:
            with self.part(None):
                self.canvas.setFillColorRGB(*colour)
                self.canvas.rect(x, y - height, width, height, stroke=0, fill=1)
        return y - height


def _mend_widths(font: TTFont) -> None:
    """Give the glyphs after the last full metric its width in the font's own units (ISO/IEC 14496-22, hmtx).

    reportlab 5.1 has it there in thousandths of the em: letters of an embedded font of one width were then of another
    width than the page says (ISO 19005-3, 6.2.11.5).
    """
    face = font.face
    table: bytes = face.get_table("hhea")  # type: ignore[no-untyped-call]  # the stubs leave it out
    full = int.from_bytes(table[34:36], "big")
    width = face.hmetrics[full - 1][0]
    face.hmetrics[full:] = [(width, bearing) for _, bearing in face.hmetrics[full:]]


@lru_cache(maxsize=8)
def _glyphs(font: str) -> frozenset[int]:
    loaded = pdfmetrics.getFont(font)
    assert isinstance(loaded, TTFont)
    return frozenset(loaded.face.charToGlyph)


def _pieces(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and _width(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width(text: str, font: str, size: float) -> float:
    width: float = pdfmetrics.stringWidth(text, font, size)
    return width
