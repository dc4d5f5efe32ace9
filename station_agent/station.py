"""The open bench: store, key, chain, journal, outbox and link to the hub, put together in one place."""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from certificates.keys import SigningKey
from station_agent.assigned import Assignments, Unusable
from station_agent.assignments import COUNTER_NOTE, AssignmentsRefused, keep_assignments, read_assignments
from station_agent.clock import Clock, SystemClock
from station_agent.clock_floor import FlooredClock, floor_of
from station_agent.enrol import keep_trust
from station_agent.errors import CarriedFileError, StationError, StoreError
from station_agent.hub_keys import hub_keys, kept_trust, refused, unknown_keys
from station_agent.hub_link import AUTHORITY, HubLink, open_client
from station_agent.journal import BenchJournal
from station_agent.observer.book import LogBook
from station_agent.observer.watching import Observer
from station_agent.outbox import Outbox
from station_agent.own_keys import retired_keys
from station_agent.policies import keep_policies
from station_agent.reserve import Reserve
from station_agent.sealed_key import Tpm, tpm_of
from station_agent.second_copy import SecondCopy
from station_agent.signing import Chain, RandomBytes, station_key
from station_agent.store import Store
from station_agent.sync import KeysInTurn, Pause, Stepping, Sync, SyncThread

if TYPE_CHECKING:
    import httpx

SYNC_EVERY_S: Final = 2.0
STOP_PATIENCE_S: Final = 2.0


@dataclass(slots=True)
class Station:
    """Everything durable of this bench. Close it: the file is held exclusively."""

    store: Store
    key: SigningKey
    chain: Chain
    journal: BenchJournal
    outbox: Outbox
    clock: FlooredClock
    copy: SecondCopy
    reserve: Reserve
    old_keys: tuple[SigningKey, ...] = ()
    shut_key: StationError | None = None
    transport: "httpx.BaseTransport | None" = None
    client: "httpx.Client | None" = None
    observers: dict[str, Observer] = field(default_factory=dict)

    @property
    def hub_url(self) -> str:
        """Address of the hub of the key that signs now, "" before enrolment."""
        return self.store.noted(f"hub-url:{self.key.kid}") or self.store.noted("hub-url")

    def link(self) -> HubLink | None:
        """Give signed access to the hub; None before enrolment. Nothing is sent yet."""
        return self.link_to(self.hub_url) if self.hub_url else None

    def link_to(self, url: str, key: SigningKey | None = None) -> HubLink:
        """Give signed access to a hub by its address, by another key than the one that signs now if it is given."""
        if self.client is None:
            self.client = open_client(self.transport, self.store.folder / AUTHORITY)
        return HubLink(self.client, url, key or self.key, hear=self.clock.hear)

    def observer(self, url: str = "") -> Observer:
        """Give what follows the log of a hub, of the one of the key that signs now if no address is given."""
        address = url or self.hub_url
        if address not in self.observers:
            book = LogBook(self.store, address)
            self.observers[address] = Observer(book, lambda: self.clock.moment().wall, lambda: self._believed(address))
        return self.observers[address]

    def _believed(self, address: str) -> set[str]:
        """Ids of the keys that the hub of this bench signs with; none of another hub, whose trust file is not kept."""
        return hub_keys(kept_trust(self.store.folder), active=True) if address == self.hub_url else set()

    @property
    def log_state(self) -> str:
        """What is known of the log of its hub; "" where records cannot be read: a failed medium stops no picture."""
        try:
            return self.observer().state
        except StoreError:
            return ""

    def look_at_log(self, url: str) -> None:
        """Pin the log of a hub to which this bench was introduced just now; what fails now is asked at the first sync.

        Raises `StoreError`.
        """
        self.observers.pop(url, None)
        self.observer(url).first_look(self.link_to(url))

    def sync(self, jitter: Callable[[], float] = random.random) -> Stepping:
        """Give the synchroniser of this outbox, and of what old keys have still to deliver."""
        pause, link = Pause(self.store, clock=self.clock, jitter=jitter), self.link()
        own = Sync(self.outbox, self.chain, pause, link, self.observer())
        if not self.old_keys:
            return own
        return KeysInTurn(own, [self._old_sync(key, jitter) for key in self.old_keys])

    def _old_sync(self, key: SigningKey, jitter: Callable[[], float]) -> Sync:
        url = self.store.noted(f"hub-url:{key.kid}") or self.hub_url
        pause = Pause(self.store, clock=self.clock, jitter=jitter, kid=key.kid)
        link = self.link_to(url, key) if url else None
        chain = Chain(self.store, key, clock=self.clock, random_bytes=os.urandom)
        return Sync(self.outbox, chain, pause, link, self.observer(url))

    def require_fit(self, runs: int) -> None:
        """Make sure that so many runs (those under way included) can be recorded and stated to their end.

        Raises `ChainLocked`, `StoreBroken`, `StoreFull`: then no new wipe begins, and what runs goes on.
        """
        self.chain.require_unlocked()
        self.store.require_sound()
        self.reserve.hold(runs)

    @property
    def trouble(self) -> StationError | None:
        """What the person at the bench should know although work goes on: no second copy, an old key that is shut."""
        return self.copy.trouble or self.shut_key

    @property
    def troubles(self) -> tuple[StationError, ...]:
        """Everything that the person at the bench should know although work goes on, alarms about a log first."""
        told = [error for observer in tuple(self.observers.values()) for error in observer.troubles]
        return (*told, *(() if self.trouble is None else (self.trouble,)))

    def background_sync(self, heartbeat: Callable[[], None] | None = None) -> SyncThread:
        """Start to sync beside whatever else is done."""
        thread = SyncThread(self.sync(), every_s=SYNC_EVERY_S, heartbeat=heartbeat)
        thread.start()
        return thread

    def refresh_from_hub(self) -> tuple[StationError, ...]:
        """Fetch trust file, assignments and signed policies, and keep them beside the state, where the hub gives them.

        Gives what was not kept, and why: what was there before still holds. Raises `HubUnreachable`, `StoreBroken`.
        """
        link = self.link()
        if link is None:
            return ()
        if (trust := link.trust()).good:
            if unknown := self._unknown_keys(link, trust.document):
                return (refused(unknown),)
            keep_trust(self.store.folder, trust.document)
        assigned = link.assignments()
        return self._keep_assigned(assigned.document) if assigned.good else ()

    def _unknown_keys(self, link: HubLink, offered: dict[str, Any]) -> set[str]:
        """Keys of the hub that no followed root file names; the newest is asked for first. Raises as `observe`."""
        kept, observer = kept_trust(self.store.folder), self.observer()
        if unknown_keys(kept, offered, observer.root):
            observer.observe(link)
        return unknown_keys(kept, offered, observer.root)

    def assignments(self) -> Assignments | Unusable | None:
        """Judge what the hub assigned last; None when it never did."""
        return read_assignments(self.store.folder, station=self.key.kid, least=self._least_counter())

    def _keep_assigned(self, document: dict[str, Any]) -> tuple[StationError, ...]:
        folder, least = self.store.folder, self._least_counter()
        try:
            counter = keep_assignments(folder, document, station=self.key.kid, least=least)
        except AssignmentsRefused as error:
            return (error,)
        if counter > least:
            self.store.note(COUNTER_NOTE, str(counter))
        return keep_policies(folder, document) if counter else ()

    def _least_counter(self) -> int:
        return int(self.store.noted(COUNTER_NOTE, "0"))

    def close(self) -> None:
        """Release the file and the network."""
        if self.client is not None:
            self.client.close()
        self.reserve.release()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_station(
    folder: Path,
    *,
    demo: bool = False,
    clock: Clock | None = None,
    random_bytes: RandomBytes = os.urandom,
    transport: "httpx.BaseTransport | None" = None,
    second_copy: Path | None = None,
    tpm: Tpm | None = None,
) -> Station:
    """Open the state of a bench; a first use makes the file and the key (`demo`: a key for simulated statements).

    `second_copy` is the folder of the second copy, on another medium where there is one; else it lies beside the state.
    What the copy has and the state lost is taken back first. Raises `StoreError`, `KeyLost` and `KeyFileError`.
    """
    store = Store(folder)
    try:
        used = bool(store.rows("SELECT 1 FROM chain LIMIT 1"))
        tpm = tpm or tpm_of(os.environ)
        key = station_key(folder, tpm, used=used, demo=demo, random_bytes=random_bytes)
        old_keys, shut = retired_keys(folder, tpm)
        copy = SecondCopy(store, second_copy or folder)
        fork = recover(store, copy.path, (key, *old_keys))
        copy.follow()
        store.after_statement = copy.follow
        reserve = Reserve(folder)
        store.before_write = reserve.ease
        now = FlooredClock(clock or SystemClock(), floor_of(store))
        chain = Chain(store, key, clock=now, random_bytes=random_bytes)
        chain.take_over_lock()
        if fork:
            chain.lock(f"{copy.path}: {fork}")
    except BaseException:
        store.close()
        raise
    journal = BenchJournal(store, chain, clock=now)
    outbox = Outbox(store, clock=now)
    station = Station(store, key, chain, journal, outbox, now, copy, reserve, old_keys, shut, transport)
    station.observer()
    return station


def recover(store: Store, path: Path, keys: Sequence[SigningKey]) -> str:
    """Take back what a second copy has and the state lost; give the place where the two contradict each other, or "".

    A copy that cannot be read is told by `SecondCopy`, not here. Raises `StoreError`.
    """
    if not path.exists():
        return ""
    from station_agent.restore import restore  # noqa: PLC0415  what verifies is loaded where there is a copy

    try:
        return restore(store, path, {key.kid: key.public for key in keys}).fork
    except CarriedFileError:
        return ""
