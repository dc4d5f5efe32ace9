"""The open bench: store, key, chain, journal, outbox and link to the hub, put together in one place."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from certificates.keys import SigningKey
from station_agent.assigned import Assignments, Unusable
from station_agent.assignments import COUNTER_NOTE, AssignmentsRefused, keep_assignments, read_assignments
from station_agent.clock import Clock, SystemClock
from station_agent.enrol import keep_trust
from station_agent.errors import StationError
from station_agent.hub_link import HubLink, open_client
from station_agent.journal import BenchJournal
from station_agent.outbox import Outbox
from station_agent.policies import keep_policies
from station_agent.signing import Chain, RandomBytes, station_key
from station_agent.store import Store
from station_agent.sync import Pause, Sync, SyncThread

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
    clock: Clock
    transport: "httpx.BaseTransport | None" = None
    client: "httpx.Client | None" = None

    @property
    def hub_url(self) -> str:
        """Address of the hub, "" before enrolment."""
        return self.store.noted("hub-url")

    def link(self) -> HubLink | None:
        """Give signed access to the hub; None before enrolment. Nothing is sent yet."""
        return self.link_to(self.hub_url) if self.hub_url else None

    def link_to(self, url: str) -> HubLink:
        """Give signed access to a hub by its address."""
        if self.client is None:
            self.client = open_client(self.transport)
        return HubLink(self.client, url, self.key)

    def sync(self, jitter: Callable[[], float] = random.random) -> Sync:
        """Give the synchroniser of this outbox."""
        return Sync(self.outbox, self.chain, Pause(self.store, clock=self.clock, jitter=jitter), self.link())

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
            keep_trust(self.store.folder, trust.document)
        assigned = link.assignments()
        return self._keep_assigned(assigned.document) if assigned.good else ()

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
) -> Station:
    """Open the state of a bench; a first use makes the file and the key (`demo`: a key for simulated statements).

    Raises `StoreError`, `KeyLost` and `certificates.errors.KeyFileError`.
    """
    now = clock or SystemClock()
    store = Store(folder)
    try:
        used = bool(store.rows("SELECT 1 FROM chain LIMIT 1"))
        key = station_key(folder, used=used, demo=demo, random_bytes=random_bytes)
        chain = Chain(store, key, clock=now, random_bytes=random_bytes)
    except BaseException:
        store.close()
        raise
    return Station(
        store, key, chain, BenchJournal(store, chain, clock=now), Outbox(store, clock=now), now, transport=transport
    )
