"""Follows a bench in a thread of its own; what it learns waits until a console takes it."""

import queue
import threading
from collections.abc import Iterator

from station_agent.console.desk import Following
from station_agent.control.view import BenchView
from station_agent.errors import StationError


class Watcher(threading.Thread):
    """Follows a bench. What it learns waits in `news` until somebody takes it."""

    def __init__(self, desk: Following) -> None:
        super().__init__(name="watch", daemon=True)
        self.news: queue.SimpleQueue[BenchView | StationError] = queue.SimpleQueue()
        self._desk = desk
        self._ended = threading.Event()

    def run(self) -> None:
        """Follow until it is told to end."""
        try:
            for view in self._desk.follow(self._lost, self._ended.wait):
                if self._ended.is_set():
                    return
                self.news.put(view)
        except StationError as error:
            self.news.put(error)

    def end(self) -> None:
        """Follow no longer."""
        self._ended.set()

    def pause(self, seconds: float) -> None:
        """Wait a little, or until it is told to end."""
        self._ended.wait(seconds)

    def taken(self) -> Iterator[BenchView | StationError]:
        """Give what has come since."""
        while not self.news.empty():
            yield self.news.get()

    def _lost(self, error: StationError) -> bool:
        self.news.put(error)
        return not self._ended.is_set()
