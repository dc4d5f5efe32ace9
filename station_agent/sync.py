"""Bring statements to the hub: oldest first, in batches, again and again until each has a receipt that names it.

A pause with jitter follows every failure and survives a restart. A wipe never waits for this: only short transactions
are shared, and the network is used outside of them. Trust and reliability, section 6.4.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from station_agent.clock import Clock
from station_agent.errors import HubUnreachable, LogAlarm, LogUnproved, StationError
from station_agent.hub_link import Answer, HubLink, error_of
from station_agent.language import mark, visible
from station_agent.observer.watching import Observer
from station_agent.outbox import Outbox, Waiting
from station_agent.signing import Chain
from station_agent.store import Store

BATCH: Final = 20
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 600.0
STORED: Final = (200, 201)
CONFLICT: Final = 409
TOO_LARGE: Final = 413
REFUSED: Final = (413, 422)
UNAUTHORISED: Final = (401, 403)
LOCKED: Final = "locked"  # the hub found two statements of one key for one place
STRANGE: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    OSError,
)  # a hub can answer anything
Jitter = Callable[[], float]  # uniform in [0, 1)


class SyncState(StrEnum):
    """How a step ended."""

    IDLE = "idle"  # nothing is queued
    SENT = "sent"  # something was answered; there may be more
    PAUSED = "paused"  # after a failure, not yet time
    UNREACHABLE = "unreachable"  # no usable answer
    PENDING = "pending"  # the hub does not accept this key (yet)
    UNENROLLED = "unenrolled"  # no hub is known
    BEHIND = "behind"  # the hub has later statements of this key than this bench
    UNPROVED = "unproved"  # the hub shows no proof that its log goes on from what was seen
    ALARM = "alarm"  # the hub shows another history than was seen: nothing is sent until a person acts


@dataclass(frozen=True, slots=True)
class SyncStep:
    """What one step did."""

    state: SyncState
    confirmed: int = 0
    kept: int = 0  # refused or in conflict
    message: str = ""
    error: StationError | None = None  # the message as a sentence that can be translated


class Pause:
    """The pause after failures, kept in the store."""

    def __init__(self, store: Store, *, clock: Clock, jitter: Jitter, kid: str = "") -> None:
        """`kid` names a key that was given up: it has a pause of its own."""
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._failures = f"sync-failures{kid and ':'}{kid}"
        self._not_before = f"sync-not-before{kid and ':'}{kid}"

    def left(self) -> float:
        """Seconds to wait still. A clock that jumped never makes the pause longer than the longest one."""
        until = float(self._store.noted(self._not_before, "0"))
        left = until - self._clock.now().timestamp()
        return left if 0 < left <= LONGEST_PAUSE_S else 0.0

    def failed(self) -> float:
        """Lengthen the pause (doubled, with jitter) and give its seconds."""
        failures = int(self._store.noted(self._failures, "0")) + 1
        longest: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures - 1, 16))
        seconds: float = longest * (0.5 + 0.5 * self._jitter())
        self._store.note(self._failures, str(failures))
        self._store.note(self._not_before, f"{self._clock.now().timestamp() + seconds:.3f}")
        return seconds

    def worked(self) -> None:
        """End the pause."""
        if self._store.noted(self._failures, "0") != "0":
            self._store.note(self._failures, "0")
            self._store.note(self._not_before, "0")


class Sync:
    """One key, one hub, one outbox; `step` does one batch and never raises for the network."""

    def __init__(
        self, outbox: Outbox, chain: Chain, pause: Pause, link: HubLink | None, observer: Observer | None = None
    ) -> None:
        """`observer` follows the log of this hub: each round of sending begins with a look at it."""
        self._observer = observer
        self._observed = False
        self._outbox = outbox
        self._chain = chain
        self._pause = pause
        self._link = link
        self._asked = False
        self._compared = False
        self._size = BATCH

    @property
    def waits(self) -> bool:
        """Whether a statement of this key is queued, or the hub was not yet asked what it has of this key."""
        return not self._asked or bool(self._outbox.waiting(self._chain.kid, 1))

    def step(self, *, now: bool = False) -> SyncStep:
        """Send one batch. `now` ignores the pause (a person asked). Raises `StoreError` only."""
        if self._link is None:
            return SyncStep(SyncState.UNENROLLED)
        try:
            if self._observer is not None:
                self._observer.require_calm()
            if not now and self._pause.left() > 0:
                return SyncStep(SyncState.PAUSED)
            return self._talk(self._link)
        except LogAlarm as error:
            return SyncStep(SyncState.ALARM, message=str(error), error=error)
        except (HubUnreachable, LogUnproved) as error:
            self._compared = self._observed = False  # who answers next may be a hub that was put back from a backup
            self._pause.failed()
            state = SyncState.UNPROVED if isinstance(error, LogUnproved) else SyncState.UNREACHABLE
            return SyncStep(state, message=str(error), error=error)

    def _look_at_log(self, link: HubLink) -> None:
        """Demand a proof once for each round of sending. Raises `LogAlarm`, `LogUnproved`, `HubUnreachable`."""
        if self._observer is not None and not self._observed and (self.waits or not self._compared):
            self._observer.observe(link)
            self._observed = True

    def _talk(self, link: HubLink) -> SyncStep:
        self._look_at_log(link)
        trouble = None if self._compared else self._compare_heads(link)
        if trouble is not None and not (self._chain.locked() and self.waits):
            self._observed = False
            return trouble  # a key that is locked hands over what it signed: that is how the hub learns of a copy
        batch = self._outbox.waiting(self._chain.kid, self._size)
        if not batch:
            self._pause.worked()
            self._observed = False
            return SyncStep(SyncState.IDLE)
        if len(batch) == 1:
            return self._single(link, batch[0])
        return self._several(link, batch)

    def _compare_heads(self, link: HubLink) -> SyncStep | None:
        """Learn the head that the hub has of this key; stop signing when ours is older or another.

        What the hub confirmed and has no more is queued again: it was put back from a backup.
        """
        self._asked = True
        answer = link.myself()
        if answer.status in UNAUTHORISED:
            self._pause.failed()
            return SyncStep(SyncState.PENDING, message=answer.message)
        if not answer.good:
            raise _unusable(answer)
        head = answer.document.get("head")
        theirs = (head.get("seq"), head.get("id")) if isinstance(head, dict) else (None, None)
        if isinstance(theirs[0], int) and theirs[0] > 0 and not self._has(theirs[0], str(theirs[1])):
            why = f"hub: statement {theirs[0]}, bench: {self._chain.head().seq}"
            self._chain.lock(why)
            return SyncStep(SyncState.BEHIND, message=why)
        if answer.document.get("state", "accepted") != "accepted":
            if answer.document["state"] == LOCKED:
                self._chain.lock(f"hub: {LOCKED}")
            self._pause.failed()
            return SyncStep(SyncState.PENDING, message=visible(str(answer.document.get("state")))[:64])
        if isinstance(theirs[0], int):
            self._outbox.send_again(self._chain.kid, max(theirs[0], self._chain.told_elsewhere()))
        self._compared = True
        return None

    def _has(self, seq: int, statement_id: str) -> bool:
        return self._outbox.at(self._chain.kid, seq) == statement_id

    def _single(self, link: HubLink, waiting: Waiting) -> SyncStep:
        answer = link.put(waiting.id, waiting.envelope)
        ended = settle(self._outbox, self._chain, waiting, answer.status, answer.document)
        if ended is None:
            return self._no_answer((waiting,), answer)
        self._pause.worked()
        self._size = BATCH
        return ended

    def _several(self, link: HubLink, batch: tuple[Waiting, ...]) -> SyncStep:
        answer = link.batch(tuple(waiting.envelope for waiting in batch))
        if answer.status == TOO_LARGE:
            self._size = max(1, len(batch) // 2)
            return SyncStep(SyncState.SENT)
        results = answer.document.get("results")
        if not answer.good or not isinstance(results, list):
            return self._no_answer(batch, answer)
        by_id = {str(result.get("id")): result for result in results if isinstance(result, dict)}
        told = [(waiting, by_id[waiting.id]) for waiting in batch if waiting.id in by_id]
        with self._outbox.together():
            ends = [settle(self._outbox, self._chain, waiting, one.get("status"), one) for waiting, one in told]
        done = [end for end in ends if end is not None]
        if not done:
            return self._no_answer(batch, answer)
        self._pause.worked()
        return SyncStep(SyncState.SENT, sum(end.confirmed for end in done), sum(end.kept for end in done))

    def _no_answer(self, batch: tuple[Waiting, ...], answer: Answer) -> SyncStep:
        self._compared = self._observed = False
        code = answer.code or str(answer.status)
        self._outbox.tried(batch, code, answer.message)
        self._pause.failed()
        state = SyncState.PENDING if answer.status in UNAUTHORISED else SyncState.UNREACHABLE
        return SyncStep(state, message=answer.message or f"HTTP {answer.status}")


def settle(outbox: Outbox, chain: Chain, waiting: Waiting, status: object, document: dict[str, Any]) -> SyncStep | None:
    """End, keep or leave one row by the hub's word about it; None when that word is no use.

    A conflict is the mark of a copied stick: the key stops signing, and what it signed is still handed over.
    """
    code, message = error_of(document)
    receipt = document.get("receipt")
    if status in STORED and isinstance(receipt, dict) and receipt.get("id") == waiting.id:
        outbox.confirm(waiting, receipt)
        return SyncStep(SyncState.SENT, confirmed=1)
    if status == CONFLICT:
        outbox.conflict(waiting, code or "conflict", message)
        chain.lock(f"hub: {code or 'conflict'}, {waiting.id[:16]}")
        return SyncStep(SyncState.SENT, kept=1, message=message)
    if status in REFUSED:
        outbox.refuse(waiting, code or str(status), message)
        return SyncStep(SyncState.SENT, kept=1, message=message)
    return None


class Stepping(Protocol):
    """What sends one batch at each step."""

    def step(self, *, now: bool = False) -> SyncStep:
        """Send one batch. Raises `StoreError` only."""
        ...


class KeysInTurn:
    """The key that signs now first, then those that were given up and still have something to deliver."""

    def __init__(self, first: Sync, others: Sequence[Sync]) -> None:
        self._first = first
        self._others = tuple(others)

    def step(self, *, now: bool = False) -> SyncStep:
        """Send one batch of one key; what a hub says of an old key never holds the new one up."""
        step = self._first.step(now=now)
        if step.state in (SyncState.SENT, SyncState.UNREACHABLE, SyncState.UNENROLLED):
            return step
        for other in self._others:
            told = other.step(now=now) if other.waits else SyncStep(SyncState.IDLE)
            if told.state is SyncState.SENT or (told.state is not SyncState.IDLE and step.state is SyncState.IDLE):
                return told
        return step


def drain(sync: Stepping, *, limit: int = 10_000) -> SyncStep:
    """Send everything that is queued, now; give the last step with the counts of all."""
    confirmed = kept = 0
    step = SyncStep(SyncState.IDLE)
    for _ in range(limit):
        step = sync.step(now=True)
        confirmed, kept = confirmed + step.confirmed, kept + step.kept
        if step.state is not SyncState.SENT:
            break
    return SyncStep(step.state, confirmed, kept, step.message, step.error)


class SyncThread:
    """Runs `step` in the background of a wipe or of the daemon; a failing hub never slows either."""

    def __init__(self, sync: Stepping, *, every_s: float, heartbeat: Callable[[], None] | None = None) -> None:
        self._sync = sync
        self._every = every_s
        self._heartbeat = heartbeat
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self.last = SyncStep(SyncState.IDLE)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """A new statement is queued: do not wait for the next turn."""
        self._wake.set()

    def turn_to(self, sync: Stepping) -> None:
        """Send by this from the next turn on, which is now: the bench has another hub."""
        self._sync = sync
        self.nudge()

    def stop(self, timeout_s: float) -> None:
        """End after the request under way, at most `timeout_s` seconds later; the outbox keeps what is left."""
        self._over.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.last = self._sync.step()
                if self._heartbeat is not None:
                    self._heartbeat()
            except StationError as error:
                self.last = SyncStep(SyncState.UNREACHABLE, message=str(error))
            except STRANGE as error:  # never the end of the thread: what is queued would wait for a restart
                self.last = SyncStep(SyncState.UNREACHABLE, message=f"{type(error).__name__}: {visible(str(error))}")
            if self.last.state is not SyncState.SENT:
                self._wake.wait(self._every)
                self._wake.clear()


def _unusable(answer: Answer) -> HubUnreachable:
    return HubUnreachable(
        mark("The hub answered {status} {detail}, which this bench cannot use."),
        status=answer.status,
        detail=answer.message,
    )
