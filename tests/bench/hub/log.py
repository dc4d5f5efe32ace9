"""L1 to L4: the log over a ledger of so many statements: appending, proofs, the search, and the size of a proof.

    python -m tests.bench.hub --only log [--devices 1000000] [--folder DIR]

The statements are truly signed and chained by one bench, in one thread before anything is measured. The check beside
the figures: every proof that was asked leads to the signed root, and the search finds nothing.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from certificates import canonical, tree
from certificates.envelope import pae, payload_type
from certificates.errors import ProofError
from certificates.keys import SigningKey
from certificates.note import NoteKey, verify_note
from certificates.statement import GENESIS
from hub.context import Hub, open_hub
from hub.database import open_engine
from hub.identity import Issuer, create_identity
from hub.ledger.opening import open_statement, sender_of
from hub.ledger.settling import settle
from hub.log.fsck import fsck
from hub.log.proofs import ProofParts, proof_for
from hub.log.sequencer import Log
from hub.log.shards import newest_shard
from hub.migrations import upgrade
from hub.models import DerivationCursor, LedgerEntry, Station, StationState
from hub.settings import Settings
from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.hub.rows import Rows, stamp
from tests.hub.bench import Bench

BEGAN: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SEED: Final = b"etabli bench of the log, 1 seed."
APPENDED: Final = 3_000  # statements of a round
BATCH: Final = 50
PROOFS: Final = 10_000
APPEND, PROOF, SEARCH, SIZE = 1500.0, 5.0, 600.0, 4096.0


class Chain:
    """The chain of one bench. Writes canonical bytes by itself: a million are signed in minutes, and read as any."""

    def __init__(self) -> None:
        self.key = SigningKey.from_seed(SEED, demo=False)
        self._private = Ed25519PrivateKey.from_private_bytes(SEED)
        bench = Bench(None, "http://127.0.0.1:8080")
        bench.key = self.key
        whole = canonical.encode(bench.erasure_payload()).decode()
        head, rest = whole.split('"prev":"' + GENESIS + '"')
        middle, tail = rest.split('"seq":1,')
        self._parts = (head + '"prev":"', '"' + middle + '"seq":', "," + tail)
        self._type = payload_type("erasure")
        self.seq, self.prev = 0, GENESIS

    def next(self) -> tuple[str, int, str, bytes]:
        """Id, seq, prev and envelope of the next statement."""
        seq, prev = self.seq + 1, self.prev
        head, middle, tail = self._parts
        body = f"{head}{prev}{middle}{seq}{tail}".encode()
        signature = base64.b64encode(self._private.sign(pae(self._type, body))).decode()
        data = (
            f'{{"payload":"{base64.b64encode(body).decode()}","payloadType":"{self._type}",'
            f'"signatures":[{{"keyid":"{self.key.kid}","sig":"{signature}"}}]}}'
        ).encode()
        self.seq, self.prev = seq, hashlib.sha256(data).hexdigest()
        return self.prev, seq, prev, data


def filled(folder: Path, count: int) -> tuple[Hub, Chain]:
    """A hub whose ledger has so many statements of one bench, and a log that has none of them yet."""
    create_identity(folder, "Atelier", Issuer("Atelier Exemple"), demo=False)
    settings = Settings(folder, f"sqlite:///{folder / 'hub.db'}")
    engine = open_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
    rows, chain = Rows(folder / "hub.db"), Chain()
    for position in range(1, count + 1):
        statement_id, seq, prev, data = chain.next()
        received = stamp(BEGAN + timedelta(seconds=position // 4))
        rows.add("ledger", position, statement_id, "erasure", chain.key.kid, seq, prev, data, received)
    rows.close()
    hub = open_hub(settings)
    with hub.sessions().begin() as session:
        public = chain.key.public.base64
        state = StationState.ACCEPTED.value
        session.add(Station(kid=chain.key.kid, public=public, name="banc 1", state=state, demo=False, created=BEGAN))
        session.add(DerivationCursor(id=1, position=count))
    return hub, chain


def figures(room: Path, scale: Scale) -> Iterator[Figure]:
    """Append, prove, search."""
    began = time.monotonic()
    hub, chain = filled(room / "hub", scale.devices)
    print(f"{scale.devices} statements signed and stored in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    newest = Log(hub).bring_up()
    took = time.monotonic() - began
    print(f"log of {newest.size} entries made in {took:.0f} s ({newest.size / took:.0f} a second)", flush=True)
    runs = tuple(appended(hub, chain) for _ in range(scale.rounds))
    name = f"append to a log of {scale.devices}, signed"
    yield Figure("L1", name, "per s", APPEND, runs, at_least=True, check=f"batches of {BATCH}, then signed")
    took_ms, sizes, fault = proven(hub, Random(scale.seed), min(PROOFS, scale.devices))
    check = f"{len(took_ms)} random proofs verify"
    p99 = sorted(took_ms)[len(took_ms) * 99 // 100]
    more = {"p50": round(sorted(took_ms)[len(took_ms) // 2], 3)}
    yield Figure("L2", "inclusion proof", "ms p99", PROOF, (Run(p99),), check=check, fault=fault, more=more)
    yield Figure("L3", "proof with its checkpoint", "bytes", SIZE, (Run(max(sizes)),), check=check, fault=fault)
    began = time.monotonic()
    with hub.readers()() as session:
        report = fsck(session, hub.settings.data_dir, {}, lambda _: None)
    seconds, wrong = time.monotonic() - began, "; ".join(one.sentence for one in report.findings[:3])
    check = f"{report.entries} entries, {report.checkpoints} checkpoints, no fault"
    yield Figure("L4", "fsck", "s", SEARCH, (Run(seconds),), check=check, fault=wrong)
    hub.engine.dispose()


def appended(hub: Hub, chain: Chain) -> Run:
    """Statements a second: verified, judged, stored with a durable commit for each batch, and signed into the log."""
    batches = [[chain.next()[3] for _ in range(BATCH)] for _ in range(APPENDED // BATCH)]
    with hub.readers()() as session:
        sender = sender_of(session.scalars(select(Station).where(Station.kid == chain.key.kid)).one())
    began = time.monotonic()
    for batch in batches:
        opened = [open_statement(sender, data, demo=False) for data in batch]
        with hub.sessions().begin() as session:
            (answers,) = settle(session, [(chain.key.kid, opened)], hub.clock())
        assert all(answer.status == 201 for answer in answers), answers[0]
    Log(hub).bring_up()
    return Run(APPENDED / (time.monotonic() - began))


def proven(hub: Hub, random: Random, count: int) -> tuple[list[float], list[int], str]:
    """How long each proof took in milliseconds, its bytes as JSON, and what was wrong."""
    took, sizes = [], []
    with hub.readers()() as session:
        shard = newest_shard(session)
        assert shard is not None
        key = NoteKey.from_vkey(shard.vkey)
        for position in sorted(random.sample(range(1, shard.size + 1), count), key=lambda _: random.random()):
            entry = session.get_one(LedgerEntry, position)
            began = time.perf_counter()
            parts = proof_for(session, [entry.id])
            took.append((time.perf_counter() - began) * 1000)
            sizes.append(len(json.dumps([parts.checkpoints, parts.entries], separators=(",", ":"))))
            if fault := wrong_with(parts, entry, key):
                return took, sizes, fault
            session.expunge(entry)
    return took, sizes, ""


def wrong_with(parts: ProofParts, entry: LedgerEntry, key: NoteKey) -> str:
    """What is wrong with a proof; "" when it leads from the entry to the signed root."""
    checkpoint = verify_note(parts.checkpoints[0], key, (), 0).checkpoint
    told = parts.entries[0]
    leaf = tree.leaf_hash(tree.log_entry(entry.id, entry.kid, entry.seq, told["received"], entry.kind))
    try:
        path = [bytes.fromhex(one) for one in told["path"]]
        tree.check_inclusion(leaf, told["index"], checkpoint.size, path, checkpoint.root)
    except ProofError as error:
        return f"entry {told['index']}: {error}"
    return ""
