"""Listens to the scanner in a thread of its own, often enough that the kernel drops nothing; what came waits in `news`.

The kernel keeps 64 events of a keyboard, about ten characters: a screen that draws ten times a second is too slow.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic_ns
from typing import Final

from diagnostics.guided.input_event import input_devices
from station_agent.errors import StationError
from station_agent.scanner.device import (
    Learnt,
    News,
    Scanner,
    ScannerSetting,
    Trouble,
    keep_setting,
    kept_setting,
    opener,
)

PAUSE_S: Final = 0.01
LISTEN_EVERY_NS: Final = 2_000_000_000  # for devices that come
Told = News | StationError


class Listening(threading.Thread):
    """Listens until it is told to end; then the grab ends. `keep` stores which scanner the test code has shown."""

    def __init__(
        self,
        scanner: Scanner,
        keep: Callable[[ScannerSetting], None],
        clock_ns: Callable[[], int],
        trouble: StationError | None = None,
    ) -> None:
        super().__init__(name="scanner", daemon=True)
        self._scanner, self._keep, self._clock_ns = scanner, keep, clock_ns
        self._news: queue.SimpleQueue[Told] = queue.SimpleQueue()
        if trouble is not None:
            self._news.put(trouble)
        self._ended = threading.Event()
        self._next = 0
        self._troubles: tuple[Trouble, ...] = ()

    def run(self) -> None:
        """Listen until the end."""
        with self._scanner:
            while not self._ended.wait(PAUSE_S):
                self.turn()

    def turn(self) -> None:
        """Look once for devices that came, when it is time, and for what was scanned."""
        now = self._clock_ns()
        if now >= self._next:
            self._next = now + LISTEN_EVERY_NS
            self._complain(self._scanner.listen(now))
        for one in self._scanner.hear(now):
            self._news.put(one)
            if isinstance(one, Learnt):
                self._store(one.setting)

    def taken(self) -> Iterator[Told]:
        """Give what has come since."""
        while not self._news.empty():
            yield self._news.get()

    def end(self) -> None:
        """Listen no longer."""
        self._ended.set()

    def _complain(self, troubles: tuple[Trouble, ...]) -> None:
        """Tell what stands in the way once, not at every look."""
        for one in troubles:
            if one not in self._troubles:
                self._news.put(one)
        self._troubles = troubles

    def _store(self, setting: ScannerSetting) -> None:
        try:
            self._keep(setting)
        except StationError as error:
            self._news.put(error)


def own_listening(folder: Path, root: Path = Path("/")) -> Listening:
    """Listen to the scanner of this machine, by the setting kept in `folder`; a setting that is damaged is told."""
    trouble: StationError | None = None
    try:
        setting = kept_setting(folder)
    except StationError as error:
        setting, trouble = None, error
    scanner = Scanner(lambda: input_devices(root), opener(root), setting)
    return Listening(scanner, partial(keep_setting, folder), monotonic_ns, trouble)
