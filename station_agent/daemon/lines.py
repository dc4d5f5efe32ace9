"""The plain lines of the daemon on standard output: drives that come and go, runs, the hub. For the journal of systemd.

Everything here is told once; nothing rests on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from erasure.drive import BlockDevice
from station_agent.board import Line
from station_agent.control.view import OutboxView, Phrase
from station_agent.daemon.drives import Seen
from station_agent.language import Voice
from station_agent.sync_words import COUNTED, sync_words
from station_agent.words import ending_words, named, size_words


@dataclass(slots=True)
class Teller:
    """Says what changes."""

    voice: Voice
    write: Callable[[str], None]
    hub_words: Callable[[str], str] = str
    _endings: dict[str, str] = field(default_factory=dict)
    _hub: tuple[str, int, int] = ("", 0, 0)

    def came(self, device: BlockDevice) -> None:
        """Say that a drive came."""
        self.write(f"+ {named(device, self.voice.lang)}")

    def left(self, device: BlockDevice) -> None:
        """Say that a drive left."""
        self.write(f"- {named(device, self.voice.lang)}")

    def said(self, told: Phrase) -> None:
        """Say a phrase."""
        self.write(self.voice.say(told.message, **told.facts))

    def read(self, seen: Seen, *, was_unmeasured: bool) -> None:
        """Say what a drive tells of a sanitize, once for each state of it."""
        from station_agent.drive_words import MEASURED, sanitize_lines  # noqa: PLC0415  not needed to be ready

        facts = None if seen.look is None else seen.look.surveyed.outcome.facts
        if seen.look is None or facts is None:
            return
        drive = seen.look.surveyed
        if was_unmeasured and facts.size_bytes:
            told = [self.voice.say(MEASURED, size=size_words(facts.size_bytes, self.voice.lang))]
        elif seen.told == seen.sanitize:
            return
        else:
            told = sanitize_lines(self.voice, facts, drive.open_run, drive.closed_run)
        seen.told = seen.sanitize
        for line in told:
            self.write(f"  {named(drive.device, self.voice.lang)}  {line}")

    def at(self, line: Line) -> None:
        """Say how a run ended, once."""
        words = ending_words(self.voice, line)
        if line.over and self._endings.get(line.run_id) != words:
            self._endings[line.run_id] = words
            self.write(f"  {named(line.device, self.voice.lang)}  {words}")

    def hub(self, outbox: OutboxView, message: str) -> None:
        """Say what the hub answered, when it changed."""
        news = (outbox.sync, outbox.confirmed, outbox.refused + outbox.conflict)
        if news == self._hub:
            return
        self._hub = news
        counts = {"queued": outbox.queued, "confirmed": outbox.confirmed, "refused": outbox.refused}
        counts["conflict"] = outbox.conflict
        numbers = ", ".join(self.voice.say(COUNTED[state], n=n) for state, n in counts.items() if n)
        self.write(
            self.voice.say(
                "hub: {state} {message}  outbox: {numbers}",
                state=sync_words(self.voice, outbox.sync),
                message=self.hub_words(message),
                numbers=numbers or "-",
            )
        )
