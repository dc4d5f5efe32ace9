"""The key of the bench and its chain of statements: `seq` counts from 1 and is never issued twice.

The head of the chain lies in the same file as the statements, and moves in the same transaction. The key is made on the
bench, by enrolment or on first use, so that a bench that no hub knows yet can erase and queue its statements.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from certificates.keys import SigningKey
from station_agent.clock import Clock
from station_agent.errors import ChainLocked, KeyLost
from station_agent.language import mark
from station_agent.observer.book import last_checkpoint
from station_agent.sealed_key import Tpm, load_key
from station_agent.store import Store

GENESIS: Final = "0" * 64
KEY_FILE: Final = "station.key"
LOCK_NOTE: Final = "chain-locked"
ELSEWHERE_NOTE: Final = "told-elsewhere"  # what one hub confirmed is never shown to another
PACKAGES: Final = ("certificates", "diagnostics", "erasure", "station_agent")
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """One statement of this bench as it was stored."""

    id: str
    kid: str
    seq: int
    kind: str
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the last `seq` and its statement id; 0 and zeros before the first."""

    seq: int
    id: str


def station_key(folder: Path, tpm: Tpm, *, used: bool, demo: bool, random_bytes: RandomBytes) -> SigningKey:
    """Load the key of this bench, or make it on first use (file mode 0600). Raises `KeyFileError`, `KeyLost`.

    A bench that was `used` never gets another key in silence: what waits under the old one could not be sent any more.
    """
    path = folder / KEY_FILE
    if path.exists():
        return load_key(path, tpm)
    if used:
        raise KeyLost(
            mark(
                "The key of this bench, {path}, is gone, but statements were signed with it. Bring the file back, or "
                "begin a new bench in another folder with --state and enrol it; keep this folder for the lead."
            ),
            path=path,
        )
    key = SigningKey.from_seed(random_bytes(32), demo=demo)
    key.save(path)
    return key


def fingerprint(kid: str) -> str:
    """Key id in groups of four, as two people read it to each other."""
    return " ".join(kid[place : place + 4] for place in range(0, len(kid), 4))


class Chain:
    """Issues statements of one key, each inside a transaction of the caller."""

    def __init__(self, store: Store, key: SigningKey, *, clock: Clock, random_bytes: RandomBytes) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._random = random_bytes

    @property
    def kid(self) -> str:
        """Key id, 64 hex digits."""
        return self._key.kid

    @property
    def demo(self) -> bool:
        """Whether this key may sign simulated statements, and nothing real is ever expected of it."""
        return self._key.demo

    @property
    def name(self) -> str:
        """Name of the bench: given at enrolment, before that made from the key id."""
        return self._store.noted("station-name") or f"bench-{self.kid[:8]}"

    def _hub(self) -> str:
        """Address of the hub to which this key belongs, "" before enrolment."""
        return self._store.noted(f"hub-url:{self.kid}") or self._store.noted("hub-url")

    def head(self) -> Head:
        """Where the chain of this key stands."""
        found = self._store.rows("SELECT seq, head FROM chain WHERE kid = ?", (self.kid,))
        return Head(int(found[0]["seq"]), str(found[0]["head"])) if found else Head(0, GENESIS)

    def lock(self, why: str) -> None:
        """Stop signing with this key: another state signs with it too (a copied or restored stick)."""
        self._store.note(f"{LOCK_NOTE}:{self.kid}", why)

    def told_elsewhere(self) -> int:
        """Up to which `seq` the statements were for another hub than the one of now; 0 when there was none."""
        return int(self._store.noted(f"{ELSEWHERE_NOTE}:{self.kid}", "0"))

    def take_over_lock(self) -> None:
        """Keep a lock of an older version, which named no key: it was of the key that signs now."""
        if why := self._store.noted(LOCK_NOTE):
            self.lock(why)
            self._store.note(LOCK_NOTE, "")

    def locked(self) -> str:
        """Why signing stopped, "" when it did not."""
        return self._store.noted(f"{LOCK_NOTE}:{self.kid}")

    def require_unlocked(self) -> None:
        """Raise `ChainLocked` when signing stopped: no wipe is started that could not be stated."""
        if why := self.locked():
            raise ChainLocked(
                mark(
                    "The key of this bench is in use elsewhere, or its state is an old one ({why}): it was copied or "
                    "restored. Nothing more is signed with it. Take the newer state, or give this bench a new key: "
                    "etabli-station enrol --new-key --hub URL --token T. What waits is still delivered."
                ),
                why=why,
            )

    def append(
        self, connection: sqlite3.Connection, kind: str, facts: Mapping[str, Any], *, run_id: str | None
    ) -> Signed:
        """Sign and store the next statement, its outbox row and the new head. Raises `ChainLocked`, signing errors.

        `facts` are the members of the kind; the common members that belong to the chain and the clocks are added here.
        """
        self.require_unlocked()
        head = self.head()
        payload = {**facts, **self._common(kind, head)}
        envelope = self._key.sign_statement(payload)
        signed = Signed(envelope.id, self.kid, head.seq + 1, kind, envelope.data)
        self._keep(connection, signed, run_id, str(payload["wall"]))
        self._store.announce_statement()
        return signed

    def rehearse(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Raise whatever would keep `append` from signing these facts; sign and store nothing."""
        self.require_unlocked()
        self._key.prepare_statement({**facts, **self._common(kind, self.head())})

    def _common(self, kind: str, head: Head) -> dict[str, Any]:
        moment = self._clock.moment()
        return {
            "v": 1,
            "kind": kind,
            "kid": self.kid,
            "station": self.name,
            "seq": head.seq + 1,
            "prev": head.id,
            "nonce": self._random(16).hex(),
            "boot_id": moment.boot_id,
            "mono_ns": moment.mono_ns,
            "wall": moment.wall,
            "wall_src": moment.wall_src,
            "last_cp": last_checkpoint(self._store, self._hub()),
            "agent": {"version": agent_version(), "build_sha256": build_sha256()},
        }

    def _keep(self, connection: sqlite3.Connection, signed: Signed, run_id: str | None, wall: str) -> None:
        cursor = connection.execute(
            "INSERT INTO statement (id, kid, seq, kind, run_id, envelope, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (signed.id, signed.kid, signed.seq, signed.kind, run_id, signed.envelope, wall),
        )
        connection.execute(
            "INSERT INTO outbox (position, state, changed) VALUES (?, 'queued', ?)", (cursor.lastrowid, wall)
        )
        connection.execute(
            "INSERT INTO chain VALUES (?, ?, ?) "
            "ON CONFLICT (kid) DO UPDATE SET seq = excluded.seq, head = excluded.head",
            (signed.kid, signed.seq, signed.id),
        )


def agent_version() -> str:
    """Version of the installed distribution, or of the checkout."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  heavy; only for a statement

    try:
        return version("etabli")
    except PackageNotFoundError:
        return "0.1.0+checkout"


@lru_cache(maxsize=1)
def build_sha256() -> str:
    """SHA-256 over the names and bytes of every module and policy that this bench runs, in sorted order."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for name in sorted(name for package in PACKAGES for name in _sources(root, package)):
        data = (root / name).read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _sources(root: Path, package: str) -> Iterator[str]:
    """Name every module and policy of a package from `root` on, as text: an erase waits for it, and paths are slow."""
    for folder, _, names in os.walk(root / package):
        within = folder.removeprefix(f"{root}/")
        yield from (f"{within}/{name}" for name in names if name.endswith((".py", ".toml")))
