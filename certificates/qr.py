"""QR code of an address (ISO/IEC 18004 by segno), drawn as one path. The mask is fixed: readers find it in the code."""

import segno
from reportlab.pdfgen.canvas import Canvas

QUIET_ZONE = 4  # modules around the code
_MASK = 3


def draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """Draw the code with its lower left corner at (x, y), quiet zone included; all in points."""
    matrix = segno.make(text, error="m", mask=_MASK, micro=False).matrix
    unit = side / (len(matrix) + 2 * QUIET_ZONE)
    runs = [
        f"{column + QUIET_ZONE} {len(matrix) - row + QUIET_ZONE - 1} {length} 1 re"
        for row, line in enumerate(matrix)
        for column, length in _runs(bytes(line))
    ]
    place = f"q {unit:.5f} 0 0 {unit:.5f} {x:.3f} {y:.3f} cm"
    canvas.addLiteral(" ".join([place, "0 g", *runs, "f", "Q"]))


def _runs(line: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for column, dark in enumerate(line):
        if not dark:
            continue
        if found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((column, 1))
    return found
