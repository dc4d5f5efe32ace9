"""Setting text on a page: fonts, measuring, wrapping and shrinking. Text is drawn as given, never as markup.

Characters that a font lacks are shown as visible `\\u{1F600}`; nothing ever runs over the width it was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates.figures import shown

FONTS = Path(__file__).parent / "fonts"
TEXT, STRONG, CODE = "Etabli-Text", "Etabli-Strong", "Etabli-Code"
_FILES = {TEXT: "SourceSansPro-Regular.ttf", STRONG: "SourceSansPro-Semibold.ttf", CODE: "DejaVuSansMono.ttf"}
ELLIPSIS = "…"


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

    @property
    def height(self) -> float:
        """Height of the block in points."""
        return len(self.lines) * self.leading


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the three fonts known to reportlab, once per process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))


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
    return Setting((*kept[:-1], last + ELLIPSIS), style.font, size, size * style.leading)


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
    glyphs = pdfmetrics.getFont(font).face.charToGlyph
    return "".join(letter if ord(letter) in glyphs else f"\\u{{{ord(letter):X}}}" for letter in shown(text))


def draw(canvas: Canvas, setting: Setting, x: float, y: float) -> float:
    """Draw lines downwards with the first baseline one size below `y`; returns the y under the block."""
    canvas.setFont(setting.font, setting.size)
    baseline = y - setting.size
    for line in setting.lines:
        canvas.drawString(x, baseline, line)
        baseline -= setting.leading
    return y - setting.height


def stack(settings: Sequence[Setting], gap: float) -> float:
    """Height in points of blocks one above the other."""
    return sum(setting.height for setting in settings) + gap * max(0, len(settings) - 1)


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
