"""Runs the line mode on an input: lines and pictures come by threads of their own, and are taken one by one."""

import queue
import threading
from collections.abc import Callable
from typing import Final, TextIO

from station_agent.console.plain import Plain
from station_agent.console.watcher import Watcher
from station_agent.control.view import BenchView
from station_agent.errors import StationError

LOOK_EVERY_S: Final = 0.1
END: Final = ""


class Reader(threading.Thread):
    """Reads lines; an empty text is the end of the input."""

    def __init__(self, read: Callable[[], str]) -> None:
        super().__init__(name="lines", daemon=True)
        self.lines: queue.Queue[str] = queue.Queue(1)
        self._read = read

    def run(self) -> None:
        """Read until the end."""
        line = "-"
        while line:
            try:
                line = self._read()
            except (OSError, ValueError):  # the input is gone
                line = END
            self.lines.put(line)


def run_plain(plain: Plain, watcher: Watcher, source: TextIO) -> None:
    """Take commands until the person leaves or the input ends; a command waits while `wait` waits for the runs."""
    reader = Reader(source.readline)
    watcher.start()
    reader.start()
    try:
        while not plain.over:
            for news in watcher.taken():
                take_news(plain, news)
            plain.tick()
            if plain.waits or plain.view is None:
                watcher.pause(LOOK_EVERY_S)
                continue
            try:
                line = reader.lines.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if line == END:
                return
            plain.take(line)
    finally:
        watcher.end()


def take_news(plain: Plain, news: BenchView | StationError) -> None:
    """Take a picture, or that the bench is gone."""
    if isinstance(news, BenchView):
        plain.see(news)
    else:
        plain.lose(news)
