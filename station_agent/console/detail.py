"""One drive in detail: where it stands, what limits it, what to do next; and the drawer with the evidence of its run.

The evidence is the report of the record as `etabli-station report` shows it: commands, sizes, hidden areas, SMART
numbers that changed, and what was not checked. Nothing here adds to it.
"""

from typing import Any, Final

from station_agent.console.detail_words import detail_lines
from station_agent.console.frame import Action, Line, Size, told
from station_agent.console.screen import Question, Scroll
from station_agent.console.session import ConsoleSession
from station_agent.control.view import DriveView, TileState, Told
from station_agent.errors import StationError
from station_agent.language import Voice, mark
from station_agent.run_context import RunContext
from station_agent.run_record import RunRecord
from station_agent.run_report import report_lines

GONE: Final = mark("This drive is not in a slot any more.")
NO_REPORT: Final = mark("No run of this drive is recorded on this bench.")
UNREADABLE: Final = mark("The record of this run is of another version; `etabli-station report` may read it.")
GIVE_UP: Final = mark("Give this run up?")
GIVES_UP: Final = mark(
    "The drive is stated as FAILED or UNCONFIRMED and counts as NOT erased. Better choose it and press S: it goes on "
    "where it was."
)
NOT_OPEN: Final = mark("No interrupted run of this drive is open.")


class Detail(Scroll):
    """One drive."""

    title = mark("Drive")

    def __init__(self, console: ConsoleSession, drive: str) -> None:
        super().__init__(console)
        self.drive = drive
        self.known: DriveView | None = None
        self.drawer = False
        console.order(lambda: console.desk.drive(drive), self._take)

    def _take(self, known: DriveView) -> None:
        self.known = known

    def lines(self, size: Size) -> list[Line]:
        """Say all that is known, or show the evidence."""
        tile = self.console.tile_of(self.drive)
        if tile is None:
            return [(), *told(self.say(GONE), size.columns, "warn")]
        voice = self.console.voice
        if self.drawer:
            report = None if self.known is None else self.known.report
            return [line for text in evidence(voice, report) for line in evidence_rows(text, size.columns)]
        said = detail_lines(voice, tile, self.known)
        return [line for text, style in said for line in (told(text, size.columns, style, then="   ") or [()])]

    def actions(self) -> tuple[Action, ...]:
        """Offer the drawer, and what can be done with the run."""
        tile = self.console.tile_of(self.drive)
        keys = [("e", mark("details") if self.drawer else mark("evidence"))]
        keys += [("r", mark("read again"))]
        keys += [("g", mark("give the run up"))] if tile is not None and tile.state in OPEN else []
        return (*(Action(key, self.say(words)) for key, words in keys), *super().actions())

    def press(self, key: str) -> None:
        """Open or close the drawer, read again, give a run up."""
        if key in ("e", "enter"):
            self.drawer, self.first = not self.drawer, 0
        elif key == "r":
            self.console.order(lambda: self.console.desk.drive(self.drive), self._take)
        elif key == "g":
            self._give_up()
        elif key == "d":
            self.console.leave(self)
        else:
            super().press(key)

    def _give_up(self) -> None:
        tile = self.console.tile_of(self.drive)
        if tile is None or tile.state not in OPEN or tile.run is None:
            self.console.tell(NOT_OPEN)
            return
        run = tile.run.run_id
        then = lambda: self.console.order(lambda: self.console.desk.give_up(run), self._said)  # noqa: E731
        lines = lambda size: [(), *told(self.say(GIVES_UP), size.columns)]  # noqa: E731
        self.console.open(Question(self.console, GIVE_UP, lines, mark("give it up"), then))

    def _said(self, answer: Told) -> None:
        self.console.said = answer.what


OPEN: Final = frozenset({TileState.INTERRUPTED, TileState.POWER_CYCLE})


def evidence(voice: Voice, report: dict[str, Any] | None) -> list[str]:
    """Give the report of a run in words; a record that this version cannot read is named as such."""
    if report is None:
        return [voice.say(NO_REPORT)]
    try:
        return report_lines(voice, record(report))
    except (KeyError, TypeError, ValueError, AttributeError, StationError):
        return [voice.say(UNREADABLE)]


def record(document: dict[str, Any]) -> RunRecord:
    """Rebuild a record from its document. Raises KeyError, TypeError, ValueError, `StationError`."""
    return RunRecord(
        run_id=document["run_id"],
        opened=document["opened"],
        open=document["open"],
        context=RunContext.from_document(document["context"]),
        journal=tuple(document["journal"]),
        transcript=tuple(document["transcript"]),
        statement_id=document["statement_id"] or "",
        statement=document["statement"],
        evidence_found=document["evidence_found"],
    )


def evidence_rows(text: str, columns: int) -> list[Line]:
    """Break a line of the report for this screen; headings stand out."""
    if not text:
        return [()]
    indent = " " * (len(text) - len(text.lstrip(" ")) + 1)
    style = "head" if len(indent) == 1 else ""
    return told(text.lstrip(" "), columns, style, begin=indent, then=f"{indent}  ")
