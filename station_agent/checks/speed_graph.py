"""The reading speed of a drive over its surface as a small picture of text, in glyphs that every console has.

Each column stands for a stretch from the begin (left) to the end (right) and shows its slowest place. Below it "!"
marks a read that took a second and more, "X" a place that could not be read: nothing is said by colour alone.
"""

from typing import Final

from diagnostics.stress.drive_reading import DriveSpeed
from station_agent.checks.page import Line, Segment

WIDE: Final = 60
HIGH: Final = 4
UNREADABLE, SLOW = "X", "!"


def graph(speed: DriveSpeed, wide: int = WIDE, high: int = HIGH) -> tuple[Line, ...]:
    """Draw the points of a reading; nothing where there are none."""
    if not speed.points:
        return ()
    points = [point / 1000 for point in speed.points]
    top = max(*points, 1.0)
    columns = _columns(points, min(wide, len(points)))
    marks = _marks(speed, len(columns))
    lines: list[Line] = []
    for row in range(high, 0, -1):
        label = f"{round(top):6d} MB/s " if row == high else " " * 12
        drawn = "".join(_cell(column / top * high, row) for column in columns)
        lines.append((Segment(label, "dim"), Segment("│", "faint"), Segment(drawn, "good")))
    axis = "".join(mark or "─" for mark in marks)
    lines.append(
        (Segment(f"{0:6d}      ", "dim"), Segment("└", "faint"), Segment(axis, "bad" if any(marks) else "faint"))
    )
    return tuple(lines)


def _columns(points: list[float], count: int) -> list[float]:
    bounds = [len(points) * number // count for number in range(count + 1)]
    return [min(points[bounds[number] : bounds[number + 1]]) for number in range(count)]


def _cell(height: float, row: int) -> str:
    if height >= row - 0.25:
        return "█"
    return "▒" if height >= row - 0.75 else " "


def _marks(speed: DriveSpeed, count: int) -> list[str]:
    """Mark columns; an unreadable place outweighs a slow one."""
    marks = [""] * count
    size = max(1, speed.size_bytes)
    for places, sign in ((speed.slow_at, SLOW), (speed.unreadable, UNREADABLE)):
        for offset in places:
            marks[min(count - 1, offset * count // size)] = sign
    return marks
