"""The picture of the bench that everybody sees: published whole, with a revision, by the foreman alone.

Who waits is woken; nobody who reads can hold up who writes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from station_agent.control.view import BenchView


class Bulletin:
    """The last picture. `publish` in one thread, everything else in any."""

    def __init__(self, first: BenchView) -> None:
        self._view = first
        self._news = threading.Condition()
        self._listeners: list[Callable[[], None]] = []
        self.over = False  # no picture comes any more

    @property
    def view(self) -> BenchView:
        """The picture as it is now."""
        return self._view

    def publish(self, view: BenchView) -> None:
        """Show another picture, under the next revision; one that differs in nothing else is not shown."""
        if view.model_copy(update={"revision": self._view.revision}) == self._view:
            return
        with self._news:
            self._view = view.model_copy(update={"revision": self._view.revision + 1})
            self._news.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def end(self) -> None:
        """Wake everybody who listens: no picture comes any more."""
        self.over = True
        with self._news:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def wait(self, until: Callable[[BenchView], bool], timeout_s: float) -> BenchView | None:
        """Give the first picture for which `until` holds; None when there is none within `timeout_s` seconds."""
        with self._news:
            return self._view if self._news.wait_for(lambda: until(self._view), timeout_s) else None

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener`, which must not block, after every picture while the block runs."""
        with self._news:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._news:
                self._listeners.remove(listener)
