"""What stood on the terminal as a picture: its cells with their colours, as SVG, and a page with all of them."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from station_agent.checks.picture import svg_of_cells
from station_agent.checks.screen_console import INK, PAPER

Cells = list[tuple[str, Style]]


def cells_of(colours: str, columns: int, rows: int) -> list[Cells]:
    """Read what `tmux capture-pane -e` gives: rows of words with their colours, each as wide as the screen."""
    lines = [Text.from_ansi(line) for line in colours.split("\n")[:rows]]
    lines += [Text() for _ in range(rows - len(lines))]
    console = Console(width=columns, color_system="truecolor")
    return [_row(line, columns, console) for line in lines]


def _row(line: Text, columns: int, console: Console) -> Cells:
    drawn = [(segment.text, _whole(segment.style)) for segment in line.render(console) if segment.text != "\n"]
    drawn = [(text.replace("\n", ""), style) for text, style in drawn]
    used = sum(len(text) for text, _ in drawn)
    return [*drawn, (" " * (columns - used), _whole(None))] if used < columns else drawn


def _whole(style: Style | None) -> Style:
    """Give a style both its colours; what is reversed changes them."""
    given = style or Style()
    ink, paper = _known(given.color, INK), _known(given.bgcolor, PAPER)
    return Style(color=paper if given.reverse else ink, bgcolor=ink if given.reverse else paper, bold=given.bold)


def _known(colour: Color | None, other: str) -> str:
    return other if colour is None or colour.is_default else str(colour.get_truecolor().hex)


def svg_of_screen(colours: str, name: str, columns: int, rows: int) -> str:
    """Draw a screen."""
    return svg_of_cells(cells_of(colours, columns, rows), name, columns)


def index(folder: Path, title: str, shown: Sequence[tuple[str, str]]) -> Path:
    """Write a page with every picture, each with what it shows."""
    figures = "\n".join(
        f'<figure><img src="{escape(file)}" alt="{escape(told)}"><figcaption>{n}. {escape(told)}</figcaption></figure>'
        for n, (file, told) in enumerate(shown, 1)
    )
    style = "body{font-family:sans-serif;margin:2rem;background:#eee}img{max-width:100%}figure{margin:0 0 2rem}"
    page = f'<!doctype html><html><meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    path = folder / "index.html"
    path.write_text(f"{page}<h1>{escape(title)}</h1>\n{figures}\n</html>\n", encoding="utf-8")
    return path
