"""The plan of many drives: one line each, all about the one under the cursor, and drives taken out again.

Nothing is erased here: S goes on to the confirmation of every drive by its serial number or its tag.
"""

from typing import Final

from station_agent.console.confirm_screen import Confirming, must_sign_in
from station_agent.console.entries import sign_in_entry
from station_agent.console.frame import Action, Line, Size, window, words
from station_agent.console.lists import Methods
from station_agent.console.order import Order, can_start
from station_agent.console.plan_words import plan_details, plan_line
from station_agent.console.scan import NAMES, Scan
from station_agent.console.scans import ONLY_NAMES, refuse, sign_in_by_badge
from station_agent.console.screen import UP_DOWN, Screen
from station_agent.console.session import ConsoleSession
from station_agent.language import mark
from station_agent.scanner.codes import Kind

NOTHING_LEFT: Final = mark("None of these drives can be erased: see why for each, below.")
SIGN_IN: Final = mark("Sign in first (key i, or scan a badge): drives are erased under a name.")
FIRST_ROWS: Final = 9  # lines of drives; the rest tells about one


class PlanScreen(Screen):
    """Many plans at once."""

    title = mark("Plan: nothing is erased yet")
    commands = frozenset({"S"})

    def __init__(self, console: ConsoleSession, order: Order) -> None:
        super().__init__(console)
        self.made = order
        self.place = next((n for n, plan in enumerate(order.plans) if can_start(plan)), 0)
        self.first = 0

    def body(self, size: Size) -> tuple[Line, ...]:
        """Draw the lines of the drives, a rule, and the details of one."""
        plans, voice = self.made.plans, self.console.voice
        lines = [plan_line(voice, self.made, plan, size.columns, here=n == self.place) for n, plan in enumerate(plans)]
        rows = min(len(lines), max(3, size.body // 2 - 1) if size.body > 2 * FIRST_ROWS else FIRST_ROWS)
        shown, _ = window(lines, self.place - rows // 2, rows)
        details = plan_details(voice, plans[self.place], size.columns) if plans else []
        told, self.first = window(details, self.first, size.body - len(shown) - 2)
        return (*shown, words("─" * size.columns, "faint"), *told)

    def actions(self) -> tuple[Action, ...]:
        """Offer the start, a drive taken out, another method."""
        keys = (
            ("S", mark("START: confirm each drive"), ""), ("x", mark("take this drive out"), ""),
            ("m", mark("method"), ""), ("up", UP_DOWN, "↑ ↓"), ("pagedown", mark("more"), self.say(mark("PgDn"))),
        )  # fmt: skip
        signs = (("i", mark("sign in"), ""),) if must_sign_in(self.console.view) else ()
        return (*(Action(key, self.say(told), name) for key, told, name in (*signs, *keys)), *super().actions())

    def press(self, key: str) -> None:
        """Go from drive to drive, take one out, or start."""
        if key in ("up", "down") and self.made.plans:
            self.place = max(0, min(len(self.made.plans) - 1, self.place + (1 if key == "down" else -1)))
            self.first = 0
        elif key in ("pagedown", "pageup"):
            self.first = max(0, self.first + (6 if key == "pagedown" else -6))
        elif key in ("S", "s", "enter"):
            self._start()
        elif key in ("x", "delete", "backspace") and self.made.plans:
            self._drop()
        elif key == "m":
            self._method()
        elif key == "i":
            self.console.open(sign_in_entry(self.console))
        else:
            super().press(key)

    def scan(self, scan: Scan) -> None:
        """Go on to the confirmation with the serial or tag that was scanned; a badge signs in, for the start."""
        code = scan.code
        if code is not None and code.kind is Kind.OPERATOR:
            sign_in_by_badge(self.console, code)
        elif scan.damaged or not scan.kinds & NAMES:
            refuse(self.console, scan, ONLY_NAMES)
        else:
            self._start()
            if self.console.screen is not self:
                self.console.screen.scan(scan)

    def _drop(self) -> None:
        drive = self.made.plans[self.place].drive
        self.made.drop(drive)
        self.console.chosen.discard(drive)
        self.place = max(0, min(self.place, len(self.made.plans) - 1))
        if not self.made.plans:
            self.console.leave(self)

    def _method(self) -> None:
        self.console.open(Methods(self.console, tuple(plan.drive for plan in self.made.plans)))

    def _start(self) -> None:
        view = self.console.view
        if not self.made.erasable:
            self.console.tell(NOTHING_LEFT)
        elif must_sign_in(view):
            self.console.tell(SIGN_IN)
        elif view is not None and view.stops_new is not None:
            self.console.said = view.stops_new
        else:
            self.console.open(Confirming(self.console, self.made))
