"""Group commit: one thread of the process stores what many requests brought in one transaction, then answers them all.

It takes what waits, opens it, stores it, commits with the disk's word for it, and only then tells each request its
answers; so one sync of the disk serves all of them. What one request brought never fails another: where the common
transaction fails, each gets one of its own. What was stored is read into the derived tables by the same thread, in
short transactions and when nothing waits, else now and then: the writers of one process never compete.

Positions keep the order in which requests came; nothing here decides what a statement is worth (`settling`).
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic, sleep, thread_time
from typing import Final

import structlog

from hub.context import Hub
from hub.derive.reading import read_some
from hub.ledger.opening import CREATED, Answer, Opened, Sender, senders
from hub.ledger.settling import settle

log = structlog.get_logger()
AT_ONCE: Final = 256  # statements of one transaction, or those of one request where it brings more
SLICE: Final = 100  # statements that are read in one transaction
MOMENT_S: Final = 0.003  # less than lies between two statements at 300 a second, more than a bench takes to send again
TOGETHER_S: Final = 0.002  # for those who were answered together to come back together: one disk's word for all of them
GATHER_S: Final = 0.1  # between two looks at what is stored and unread: many are read together almost as fast as one
PATIENCE_S: Final = 0.5  # without a look, while requests wait
PAUSE_S: Final = 5.0  # after a look that failed, where nothing comes that would bring the next one
SHARE: Final = 5  # times as long as a look took, before the next one while requests wait
WORKER, AGAIN = "intake", "intake again"  # the threads: one that works, one that only waits to have it look again
Answers = tuple[Answer, ...]
Known = Sequence[Opened]
Prepare = Callable[[Sender | None], Known]
Outcome = Answers | BaseException


@dataclass(eq=False, slots=True)
class Parcel:
    """What one request brought. `prepare` verifies it with what is known of its key, or raises for its sender."""

    kid: str
    count: int
    prepare: Prepare
    result: "Future[Answers] | asyncio.Future[Answers]"
    loop: asyncio.AbstractEventLoop | None = None


class Gathering:
    """Takes parcels of one process; `settle` comes back when nothing waits and everything stored is read."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gate = threading.Lock()
        self._come = threading.Event()
        self._waiting: deque[Parcel] = deque()
        self._thread: threading.Thread | None = None
        self._unread = False
        self._soon = self._due = 0.0
        self._paused = False
        self._hurried = 0
        self.reading_cpu_s = 0.0  # of this process, for what is read beside requests

    async def bring(self, kid: str, count: int, prepare: Prepare) -> Answers:
        """Store the statements of a request, about so many, and wait for the answers without a thread of one's own."""
        loop = asyncio.get_running_loop()
        parcel = Parcel(kid, count, prepare, loop.create_future(), loop)
        self._add(parcel)
        assert isinstance(parcel.result, asyncio.Future)
        return await parcel.result

    def take(self, kid: str, opened: Known) -> Answers:
        """Store the opened statements of one station, in their order, and wait for the answers."""
        result: Future[Answers] = Future()
        self._add(Parcel(kid, len(opened), lambda _: opened, result))
        return result.result()

    def wake(self) -> None:
        """See to it that what is stored is read."""
        with self._gate:
            self._unread = True
            self._begin()

    def settle(self) -> None:
        """Wait until there is nothing more to do."""
        self._hurried += 1
        self._come.set()
        while (thread := self._thread) is not None:
            thread.join()
        self._hurried -= 1

    def catch_up(self, most: int) -> None:
        """Read what an earlier process stored and did not read: here as much as this, the rest beside the requests."""
        for _ in range(0, most, SLICE):
            if not self._slice():
                return
        self.wake()

    def _add(self, parcel: Parcel) -> None:
        with self._gate:
            self._waiting.append(parcel)
            self._begin()
        self._come.set()

    def _begin(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._work, name=WORKER, daemon=True)
            thread.start()  # where no thread can be had the next request asks again
            self._thread = thread

    def _work(self) -> None:
        while self._more():
            parcels = self._next()
            if parcels:
                _tell([*zip(parcels, self._outcomes(parcels), strict=True)])
            if self._unread and (self._quiet() or monotonic() > self._due):
                self._read()
            elif len(parcels) > 1:
                sleep(TOGETHER_S)

    def _quiet(self) -> bool:
        """Whether nothing comes for a moment: who was answered just now may have the next statement at hand."""
        self._come.clear()
        if self._waiting or self._hurried:
            return not self._waiting
        return not self._come.wait(max(MOMENT_S, self._soon - monotonic()))

    def _more(self) -> bool:
        with self._gate:
            if self._waiting or self._unread:
                return True
            self._thread = None
            return False

    def _next(self) -> list[Parcel]:
        found: list[Parcel] = []
        room = AT_ONCE
        while self._waiting and (not found or self._waiting[0].count <= room):
            parcel = self._waiting.popleft()
            room -= parcel.count
            found.append(parcel)
        return found

    def _outcomes(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """What to tell each of them; never raises, for everybody waits for this thread."""
        try:
            prepared = self._prepared(parcels)
        except Exception as error:  # noqa: BLE001  a top loop: each request answers for itself
            return [error] * len(parcels)
        both = zip(parcels, prepared, strict=True)
        good = [(parcel.kid, known) for parcel, known in both if not isinstance(known, BaseException)]
        stored = iter(self._stored(good))
        return [known if isinstance(known, BaseException) else next(stored) for known in prepared]

    def _prepared(self, parcels: Sequence[Parcel]) -> list[Known | BaseException]:
        stations = senders(self._hub.engine, {parcel.kid for parcel in parcels})
        return [_prepare(parcel, stations) for parcel in parcels]

    def _stored(self, good: Sequence[tuple[str, Known]]) -> list[Outcome]:
        if not good:
            return []
        try:
            return [*self._store(good)]
        except Exception as error:  # noqa: BLE001  a top loop: a request that cannot be stored fails alone
            if len(good) == 1:
                return [error]
            log.warning("statements are stored one request after the other", kind=type(error).__name__)
            return [outcome for one in good for outcome in self._stored([one])]

    def _store(self, good: Sequence[tuple[str, Known]]) -> list[Answers]:
        with self._hub.sessions().begin() as session:
            answers = settle(session, good, self._hub.clock())
        self._unread |= any(one.status == CREATED for each in answers for one in each)
        return answers

    def _read(self) -> None:
        """Read a slice. What fails is left for the next look, after a pause at the latest: the statements are safe."""
        begin, cpu = monotonic(), thread_time()
        self._unread = False
        try:
            self._unread |= self._slice()
        except Exception as error:
            log.exception("the ledger could not be read", kind=type(error).__name__)
            if not self._paused:
                self._paused = True
                later(PAUSE_S, self._look_again)
        end = monotonic()
        self.reading_cpu_s += thread_time() - cpu
        self._soon = end if self._unread else end + GATHER_S  # a whole slice was there: many more may be
        self._due = end + max(PATIENCE_S, SHARE * (end - begin))

    def _look_again(self) -> None:
        self._paused = False
        self.wake()

    def _slice(self) -> bool:
        with self._hub.sessions().begin() as session:
            return read_some(session, SLICE) == SLICE


def later(pause_s: float, act: Callable[[], None]) -> None:
    """Do this after a pause; not at all where the process ends before."""
    timer = threading.Timer(pause_s, act)
    timer.name, timer.daemon = AGAIN, True
    timer.start()


def _prepare(parcel: Parcel, stations: Mapping[str, Sender]) -> Known | BaseException:
    try:
        return parcel.prepare(stations.get(parcel.kid))
    except Exception as error:  # noqa: BLE001  told to the one who sent it
        return error


def _tell(outcomes: Sequence[tuple[Parcel, Outcome]]) -> None:
    """Answer: those who wait in a loop by one call into it."""
    loops: dict[asyncio.AbstractEventLoop | None, list[tuple[Parcel, Outcome]]] = {}
    for parcel, outcome in outcomes:
        loops.setdefault(parcel.loop, []).append((parcel, outcome))
    for loop, told in loops.items():
        if loop is None:
            _set(told)
            continue
        try:
            loop.call_soon_threadsafe(_set, told)
        except RuntimeError:  # the loop is closed: nobody waits any more, and what was stored is stored
            continue


def _set(told: Sequence[tuple[Parcel, Outcome]]) -> None:
    for parcel, outcome in told:
        if parcel.result.done():
            continue  # whoever asked has gone
        if isinstance(outcome, BaseException):
            parcel.result.set_exception(outcome)
        else:
            parcel.result.set_result(outcome)
