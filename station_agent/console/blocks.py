"""Letters and figures of five rows, drawn with full blocks only: read from across the room in any console font."""

from typing import Final

ROWS: Final = 5
SHAPES: Final = {
    "0": "### # # # # # # ###",
    "1": " #  ##   #   #  ###",
    "2": "###   # ### #   ###",
    "3": "###   # ###   # ###",
    "4": "# # # # ###   #   #",
    "5": "### #   ###   # ###",
    "6": "### #   ### # # ###",
    "7": "###   #   #   #   #",
    "8": "### # # ### # # ###",
    "9": "### # # ###   # ###",
    "%": "# #   #  #  #   # #",
    "O": "### # # # # # # ###",
    "K": "# # # # ##  # # # #",
    "?": "###   #  ##      # ",
    "!": " #   #   #       # ",
    "-": "        ###        ",
    "A": "### # # ### # # # #",
    "C": "### #   #   #   ###",
    "D": "##  # # # # # # ## ",
    "E": "### #   ### #   ###",
    "F": "### #   ### #   #  ",
    "H": "# # # # ### # # # #",
    "I": "###  #   #   #  ###",
    "L": "#   #   #   #   ###",
    "N": "### # # # # # # # #",
    "R": "### # # ##  # # # #",
    "S": "### #   ###   # ###",
    "T": "###  #   #   #   # ",
    "U": "# # # # # # # # ###",
    " ": "                   ",
}
BARE: Final = str.maketrans("ÉÈÊÀÂÔÛÇ", "EEEAAOUC")


def block_lines(text: str) -> list[str]:
    """Draw a short text; letters without a shape are left out."""
    shapes = [SHAPES[glyph] for glyph in text.upper().translate(BARE) if glyph in SHAPES]
    rows = (" ".join(shape[row * 4 : row * 4 + 3].ljust(3) for shape in shapes) for row in range(ROWS))
    return [row.replace("#", "█").rstrip() for row in rows]
