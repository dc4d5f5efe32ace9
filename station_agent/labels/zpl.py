"""Labels as ZPL II for Zebra and compatible printers, 203 dots per inch, in UTF-8 (`^CI28`).

Text goes in as `^FH` fields in which everything but letters, figures and blanks is written in hexadecimal: `^` and `~`
begin commands in this language, and no tag or serial may give one.
"""

from collections.abc import Sequence
from typing import Final

from station_agent.labels.face import HEIGHT_MM, WIDTH_MM, Face

DOTS_PER_MM: Final = 8
WIDTH, HEIGHT = int(WIDTH_MM * DOTS_PER_MM), int(HEIGHT_MM * DOTS_PER_MM)
PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
MARGIN: Final = 18
LEFT: Final = 210
LINE: Final = 25
LONGEST_LINE: Final = 34
CODE128_HEIGHT: Final = 40


def zpl_of(faces: Sequence[Face]) -> bytes:
    """Write labels, one after the other."""
    return "".join(_label(face) for face in faces).encode("ascii")


def escaped(text: str) -> str:
    """Write text for a `^FH` field: every byte of its UTF-8 that is not plain as _XX."""
    return "".join(chr(byte) if chr(byte) in PLAIN else f"_{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _label(face: Face) -> str:
    parts = ["^XA^CI28", f"^PW{WIDTH}^LL{HEIGHT}^LH0,0", _heading(face)]
    if face.letter:
        parts.append(_text(face.letter, WIDTH - MARGIN - 30 * len(face.letter[:4]) - 30, MARGIN - 6, 72))
    parts.append(f"^FO{MARGIN},76^BQN,2,4^FH^FDMA,{escaped(face.qr)}^FS")
    below = 70
    for line in (*face.lines, *([face.ribbon] if face.ribbon else [])):
        parts.append(_text(line[:LONGEST_LINE], LEFT, below, LINE - 3))
        below += LINE
    if face.barcode and below + CODE128_HEIGHT <= HEIGHT - MARGIN - LINE:
        parts.append(f"^FO{LEFT},{HEIGHT - MARGIN - LINE - CODE128_HEIGHT}^BY{_module(face.barcode)}")
        parts.append(f"^BCN,{CODE128_HEIGHT},N,N,N,A^FH^FD{escaped(face.barcode)}^FS")
    parts.append(_text(face.foot, LEFT, HEIGHT - MARGIN - LINE + 8, 18))
    return "\n".join([*parts, "^PQ1^XZ", ""])


def _heading(face: Face) -> str:
    """Write the heading; that of an alarm white on black, for the printer has no red."""
    field = _text(face.heading[:22], MARGIN, MARGIN, 46 if len(face.heading) <= 16 else 32)  # noqa: PLR2004
    return f"^FO0,0^GB{WIDTH},64,64^FS^FR{field}" if face.alarm else field


def _text(text: str, x: int, y: int, height: int) -> str:
    return f"^FO{x},{y}^A0N,{height},{height}^FH^FD{escaped(text)}^FS"


def _module(text: str) -> int:
    """Give the width of one bar in dots: two where the code has room for it, else one."""
    return 2 if (11 * (len(text) + 3) + 2) * 2 <= WIDTH - LEFT - MARGIN else 1
