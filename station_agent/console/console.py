"""One session at the bench with its screens: which one is open, what a scan is, what was found at the start.

Knows no terminal. What screens share is in `session`, which knows no screen: so nothing here is imported in a circle.
"""

from dataclasses import dataclass
from typing import Final

from station_agent.console.blank import flash_page
from station_agent.console.frame import Line
from station_agent.console.frame import lay_out as lay_rows
from station_agent.console.help import Help
from station_agent.console.lists import Found
from station_agent.console.order import Order
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.scan import read_scan
from station_agent.console.scans import take_scan
from station_agent.console.session import ConsoleSession
from station_agent.console.signals import turns
from station_agent.console.wall_screen import Wall
from station_agent.control.view import BenchView

FLASH_S: Final = 2.0
START_S: Final = 20.0  # then the wall comes by itself


@dataclass(slots=True)
class Console(ConsoleSession):
    """A session with its screens."""

    def __post_init__(self) -> None:
        """Stand at the wall."""
        self.stack.append(Wall(self))

    def see(self, view: BenchView) -> None:
        """Take a new picture: forget what left, and call people when a drive is over."""
        if self.view is not None and self.lost is None and view.revision < self.view.revision:
            return  # an older one that was under way
        happened = turns(self.view, view)
        self.view, self.lost = view, None
        self.chosen &= {tile.drive for tile in view.tiles if tile.drive is not None}
        if not self.begun:
            self.begun = True
            self._show_start(view)
        if happened.over:
            self.flash, self._flash_until = happened, self.now() + FLASH_S
            self.signal.call(happened)

    def _show_start(self, view: BenchView) -> None:
        if view.found_at_start:
            self.open(Found(self))
            self._start_until = self.now() + START_S

    def show_plan(self, made: Order) -> None:
        """Open the plan of an order, on its first drive that can be erased."""
        self.open(PlanScreen(self, made))

    def tick(self) -> None:
        """Let time pass: answers come, a flash ends."""
        self.errands.tick()
        self.screen.tick()
        if self.flash is not None and self.now() >= self._flash_until:
            self.flash = None
        if isinstance(self.screen, Found) and self.now() >= self._start_until:
            self.home()

    def scan(self, text: str, *, typed: bool = False) -> None:
        """Take a whole code; a flash goes, since who scans is here. `typed`: it came as letters of the terminal."""
        self.flash = None
        if not self.errands.busy:
            self.said = None
        take_scan(self, read_scan(self.view, text, typed=typed))

    def help(self) -> None:
        """Open the help, or close it."""
        if isinstance(self.screen, Help):
            self.leave(self.screen)
        else:
            self.open(Help(self))

    def rows(self) -> tuple[Line, ...]:
        """Give every row of the terminal."""
        if self.flash is not None:
            return lay_rows(flash_page(self.voice, self.flash, self.size), self.size)
        return lay_rows(self.screen.page(self.size), self.size)
