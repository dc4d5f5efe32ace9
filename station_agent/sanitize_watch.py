"""Reads the sanitize state of each drive that appears, beside the loop of `serve`: a thread each, harmless reads only.

A drive that hangs holds up its own thread and nothing else. Nothing is adopted here: that is for a person who erases.
"""

import queue
import threading
from collections.abc import Callable

from erasure.drive import BlockDevice, DriveFacts

Read = Callable[[BlockDevice], DriveFacts | None]


class SanitizeWatch:
    """Asks drives for their facts and keeps the answers until they are fetched."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._answers: queue.SimpleQueue[DriveFacts] = queue.SimpleQueue()
        self.states: dict[str, str] = {}  # by kernel name: the last sanitize state that was read

    def ask(self, device: BlockDevice) -> threading.Thread:
        """Begin to read one drive."""
        thread = threading.Thread(target=self._ask, args=(device,), name=f"sanitize-{device.name}", daemon=True)
        thread.start()
        return thread

    def forget(self, device: BlockDevice) -> None:
        """Forget a drive that is gone."""
        self.states.pop(device.name, None)

    def answers(self) -> tuple[DriveFacts, ...]:
        """Give the facts that came in since the last call; never waits."""
        found = []
        while not self._answers.empty():
            facts = self._answers.get()
            self.states[facts.device.name] = "" if facts.sanitize is None else str(facts.sanitize.state)
            found.append(facts)
        return tuple(found)

    def _ask(self, device: BlockDevice) -> None:
        facts = self._read(device)
        if facts is not None:
            self._answers.put(facts)
