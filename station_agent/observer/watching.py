"""Looks at the log of a hub at each sync, keeps what it saw, and stops the sync of a hub that shows another history.

Never needed for a wipe. The network is used outside of every transaction; what a hub shows counts once it is durable
here. An alarm is kept with both views in rows, and in files beside them, before anybody is told.
"""

import json
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NoReturn, Protocol

from certificates.root import Root
from station_agent.errors import HubUnreachable, LogAlarm, LogUnproved, StationError, StoreBroken
from station_agent.hub_link import Answer
from station_agent.language import mark
from station_agent.observer.book import ENROLLED, FIRST_SEEN, ROLLED, LogBook, Pin, Raised
from station_agent.observer.contradiction import Contradiction
from station_agent.observer.judging import judge_checkpoint, judge_end, judge_listing
from station_agent.observer.listing import FROZEN, OPEN, Shard, listed
from station_agent.observer.roots import first_root, followed, is_newer, told_root
from station_agent.observer.words import alarm_error, evidence_of, standing
from station_agent.state import write_whole

NOT_FOUND: Final = 404
SMALLER, SMALLER_CODE = 409, "log.smaller"  # both: a gateway may answer 409 for reasons of its own
LOCKED, LOCKED_CODE = 423, "log.frozen"
MOST_KEPT: Final = 100_000  # characters of an answer that are kept as evidence
NO_LONGER: Final = mark("it has no log any more, and had one")
FROZEN_NOW: Final = mark("its log is frozen; a person there has to act")
NO_ANSWER: Final = mark("it answers {status} where its log should be")
NO_LOG: Final = mark(
    "The hub is of an older version and keeps no log that this bench could follow; statements are sent as before."
)


class LogLink(Protocol):
    """What of the wire is used here."""

    def log(self) -> Answer:
        """Ask which logs there are. Raises `HubUnreachable`."""
        ...

    def roots(self, after: int) -> Answer:
        """Ask for the root files after a version. Raises `HubUnreachable`."""
        ...

    def trust_with_log(self) -> Answer:
        """Ask for the signed trust file. Raises `HubUnreachable`."""
        ...

    def consistency(self, shard: str, old: int) -> Answer:
        """Ask for the newest checkpoint and a proof from a size. Raises `HubUnreachable`."""
        ...


class Observer:
    """One hub's log as this bench follows it. `observe` in one thread, everything else in any."""

    def __init__(
        self, book: LogBook, now: Callable[[], str], hub_keys: Callable[[], Collection[str]] = frozenset
    ) -> None:
        """`now` gives the wall time as statements write it, `hub_keys` ids of keys of this hub that are believed."""
        self._book = book
        self._now = now
        self._hub_keys = hub_keys
        self._guard = threading.Lock()
        self.state = ""  # "", "none", "seen", "unproved" or "alarm.<code>": what a heartbeat says
        self.troubles: tuple[StationError, ...] = ()
        self._alarm = book.alarm()
        self._frozen = tuple(pin.origin for pin in book.pins() if pin.state == FROZEN)
        self._tell()

    @property
    def root(self) -> Root | None:
        """The root file that is followed here."""
        return self._book.root()

    def require_calm(self) -> None:
        """Raise `LogAlarm` while an alarm stands that nobody has ended."""
        if self._alarm is not None:
            raise alarm_error(self._alarm)

    def observe(self, link: LogLink, how: str = FIRST_SEEN) -> None:
        """Ask what the hub's log is now, and keep it where it continues what was seen.

        Raises `LogAlarm` when it does not, `LogUnproved` when it shows no proof, `HubUnreachable`, `StoreError`.
        """
        with self._guard:
            self.require_calm()
            try:
                self._look(link, how)
            except LogUnproved:
                self.state = "unproved"
                raise

    def first_look(self, link: LogLink) -> None:
        """Keep the keys of the log at enrolment, when a person with a token stands here; what fails comes at sync."""
        with suppress(LogAlarm, LogUnproved, HubUnreachable):  # an alarm is kept, and told by whatever comes next
            self.observe(link, ENROLLED)

    def _look(self, link: LogLink, how: str) -> None:
        answer = link.log()
        pins = self._book.pins()
        if answer.status == NOT_FOUND and not pins:
            self.state = "none"
            self.troubles = (LogUnproved(NO_LOG),)
            return
        if answer.status == NOT_FOUND:
            raise LogUnproved(NO_LONGER)
        if not answer.good:
            raise LogUnproved(NO_ANSWER, status=answer.status)
        shards = listed(answer.document)
        try:
            new = judge_listing(pins, shards, self._followed_root(link, answer.document, pins))
        except Contradiction as found:
            self._raise(found, answer.document, pins)
        if not shards:  # a log that is not opened yet: there is nothing to prove
            self.state = "none"
            return
        known = {pin.origin for pin in pins}
        self._book.pin([shard for shard in shards if shard.origin in known], how)
        self._book.pin(new, ROLLED if pins else how)
        self._follow(link, shards)
        self._frozen = tuple(shard.origin for shard in shards if shard.state == FROZEN)
        self.state = "seen"
        self._tell()

    def _followed_root(self, link: LogLink, document: dict[str, Any], pins: tuple[Pin, ...]) -> Root | None:
        """Give the root file that counts here, kept durably; None while none was seen. Raises `Contradiction`."""
        kept, origin = self._book.root(), pins[-1].origin if pins else self._book.hub
        if "root" not in document:  # a hub of an older version; no key is believed without it
            return kept
        told = told_root(document)
        if kept is None:
            return self._first_root(link, pins, origin) if told is not None else None
        if not is_newer(kept, told, origin) or told is None:
            return kept
        answer = link.roots(kept.version)
        if not answer.good:
            raise LogUnproved(NO_ANSWER, status=answer.status)
        return self._book.keep_root(followed(kept, answer.document, told, origin))

    def _first_root(self, link: LogLink, pins: tuple[Pin, ...], origin: str) -> Root | None:
        """Take the first root file from a trust file that a key signed which this bench knows, where it knows one."""
        known = self._hub_keys()
        answer = link.trust_with_log() if known else None
        found = first_root(answer.document, known, pins, origin) if answer is not None and answer.good else None
        return self._book.keep_root(found) if found is not None else None

    def _follow(self, link: LogLink, shards: tuple[Shard, ...]) -> None:
        """Follow each log to its newest checkpoint, the oldest first; what was seen of a frozen one has to be proved.

        Else a freeze could hide another history. Raises `LogUnproved` too while the newest is frozen: nothing that is
        sent could be proved.
        """
        pins = {pin.origin: pin for pin in self._book.pins()}
        for shard in shards:
            pin = pins[shard.origin]
            nothing = not (pin.size or (shard.size and shard.state != FROZEN))  # to prove
            if pin.final or nothing:
                continue
            seen = self._proved(link, pin, shard)
            final = shard.state != OPEN and seen.size == shard.size
            if (seen.note, final) != (pin.note, pin.final):
                self._book.keep(replace(seen, final=final))
        if shards[-1].state == FROZEN:
            raise LogUnproved(FROZEN_NOW)

    def _proved(self, link: LogLink, pin: Pin, shard: Shard) -> Pin:
        answer = link.consistency(pin.name, pin.size)
        try:
            if (answer.status, answer.code, shard.state) == (LOCKED, LOCKED_CODE, FROZEN):
                raise Contradiction("withheld", pin.origin, f"{pin.size} … {shard.size}")  # noqa: TRY301  (as below)
            if answer.status == LOCKED:
                raise LogUnproved(FROZEN_NOW)
            if answer.status == SMALLER and answer.code == SMALLER_CODE:
                raise Contradiction("smaller", pin.origin, f"< {pin.size}")  # noqa: TRY301  (one place that keeps it)
            if not answer.good:
                raise LogUnproved(NO_ANSWER, status=answer.status)
            return judge_end(judge_checkpoint(pin, answer.document, self._now()), shard)
        except Contradiction as found:
            self._raise(found, answer.document, (pin,))

    def _raise(self, found: Contradiction, document: dict[str, Any], pins: tuple[Pin, ...]) -> NoReturn:
        """Keep both views durably, then raise `LogAlarm`."""
        kept = next((pin.note for pin in reversed(pins) if pin.origin == found.origin), pins[-1].note if pins else "")
        answer = json.dumps(document, sort_keys=True)[:MOST_KEPT]
        detail = found.detail.encode("utf-8", "replace").decode()[:400]
        told = found.told.encode("utf-8", "replace").decode()
        raised = Raised(0, self._book.hub, found.origin, found.code, detail, kept, told, answer, self._now())
        self._alarm = self._book.raise_alarm(raised)
        self._write(self._alarm)
        self._tell()
        raise alarm_error(self._alarm)

    def _write(self, raised: Raised) -> None:
        """Write both views as files to be handed on; the rows have them in any case."""
        place = evidence_of(self._book.store.folder, raised)
        with suppress(OSError, StoreBroken):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(place / "kept.note", raised.kept)
            write_whole(place / "told.note", raised.told)
            write_whole(place / "answer.json", raised.answer + "\n")

    def resume(self, *, by: str, word: str, anew: bool) -> int:
        """End the alarm by the word of a person; gives how many were ended. Raises `StoreError`."""
        with self._guard:
            ended = self._book.resolve(at=self._now(), by=by, word=word, anew=anew)
            self._alarm = None
            self._frozen = () if anew else self._frozen
            self.state = ""
            self._tell()
            return ended

    def _tell(self) -> None:
        if self._alarm is not None:
            self.state = f"alarm.{self._alarm.code}"
        self.troubles = standing(self._book.store.folder, self._alarm, self._frozen)
