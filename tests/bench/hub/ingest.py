"""H1 and H2: durable ingest on SQLite, signatures, chains and ledger included, beside raw Ed25519; and the soak.

A hub of its own serves real HTTP on loopback; benches send from another process; two people read pages meanwhile. Rates
are statements for each second of processor time of the hub, for the machine has other work: all that its process used
from the first request to the last answer, but for what it read into tables meanwhile. That it counts itself; the price
of reading has numbers of its own (`read_per_s`; `with_reading`: both together). The check beside each figure: what was
acknowledged is in the ledger, once, under the hash of its bytes, in chains and positions without gap.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from sqlite3 import connect
from statistics import quantiles
from typing import Any, Final, Self

import httpx

from certificates.keys import SigningKey
from certificates.statement import GENESIS
from hub.clock import utc_now
from hub.context import open_hub
from hub.models import Person, Role, Station, StationState
from hub.people.service import add_person, open_session
from hub.settings import Settings
from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.hub.sending import Came, Order, raw_verifications
from tests.campaigns.hub_process import HubProcess

BENCHES: Final = 64
BATCH: Final = 50
RATE: Final = 200.0
READERS: Final = 2
PAGES: Final = ("/", "/lots", "/queue", "/live", "/stations")
PEER: Final = "raw Ed25519 verify"
PATIENCE_S: Final = 60.0  # without a statement read
READING: Final = "etabli_hub_reading_cpu_seconds_total"
WATCHER: Final = "who measures"
EACH_S: Final = 3000  # statements signed beforehand for one second, at most


@dataclass(slots=True)
class Readers:
    """People who read one page after the other, and how long each took."""

    url: str
    token: str
    over: threading.Event = field(default_factory=threading.Event)
    took_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self._read, daemon=True) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)

    def _read(self) -> None:
        with httpx.Client(base_url=self.url, cookies={"etabli": self.token}, timeout=30) as client:
            while not self.over.is_set():
                for path in PAGES:
                    self._page(client, path)
                    self.over.wait(0.1)

    def _page(self, client: httpx.Client, path: str) -> None:
        begin = time.monotonic()
        try:
            status = client.get(path).status_code
        except httpx.HTTPError as error:
            self.errors.append(type(error).__name__)
            return
        self.took_ms.append((time.monotonic() - begin) * 1000)
        if status != 200:
            self.errors.append(f"{path}: {status}")


@dataclass(slots=True)
class Ground:
    """A hub with accepted benches, and where the chain of each is."""

    hub: HubProcess
    token: str
    seeds: list[str]
    seqs: list[int]
    prevs: list[str]
    acknowledged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of sending: what came of it, and the processor time of the hub."""

    came: Came
    hub_cpu_s: float
    reading_cpu_s: float  # of that: for reading what was stored into tables, as the hub itself counts it
    unread: int  # of what was stored, when the last answer had come
    later_cpu_s: float  # of the hub, until they were read


def figures(room: Path, scale: Scale) -> Iterator[Figure]:
    """H1 (batches), H2 (one by one), and the soak (H2s) with its goal for the 95th percentile of the wait."""
    ground = prepared(room)
    try:
        singles, batches = [], []
        for _ in range(scale.rounds):  # interleaved: the machine is never the same twice
            batches.append(measured(ground, scale.seconds, BATCH))
            singles.append(measured(ground, scale.seconds, 1))
        soak, read = soaked(ground, scale.soak_s)
        fault = judged(ground)
    finally:
        ground.hub.close()
    yield rate("H1", "ingest, batches of 50, FULL", 0.70, batches, fault)
    yield rate("H2", "ingest, one by one", 0.37, singles, fault)
    yield waits(soak, read, fault)


def prepared(room: Path) -> Ground:
    """Make the hub, its benches and a lead, and wait until it answers."""
    hub = HubProcess(room / "hub")
    hub.command("init", "--issuer", "Atelier")
    opened = open_hub(Settings(hub.folder, f"sqlite:///{hub.database}", hub.url))
    keys = [os.urandom(32).hex() for _ in range(BENCHES)]
    with opened.sessions().begin() as session:
        lead: Person = add_person(session, "lead@hub.test", "Lead", Role.LEAD, "un cheval correct")
        token = open_session(session, lead)
        for number, seed in enumerate(keys):
            public = SigningKey.from_seed(bytes.fromhex(seed), demo=False).public
            facts = {"kid": public.kid, "public": public.base64, "name": f"banc {number}", "created": utc_now()}
            session.add(Station(state=StationState.ACCEPTED, **facts))
    opened.engine.dispose()
    hub.environment["ETABLI_METRICS_TOKEN"] = WATCHER
    hub.start(forked=False)
    hub.wait_ready()
    return Ground(hub, token, keys, [0] * BENCHES, [GENESIS] * BENCHES)


def measured(ground: Ground, seconds: float, batch: int) -> tuple[Stretch, float]:
    """Send as fast as it goes, and verify signatures alone beside it; statements and signatures a second of a core."""
    raw = raw_verifications(min(1.0, seconds))
    order = replace(
        _order(ground, seconds), batch=batch, each=int(seconds * EACH_S / BENCHES) * (2 if batch > 1 else 1)
    )
    return _sent(ground, order), raw


def soaked(ground: Ground, seconds: float) -> tuple[Stretch, Readers]:
    """Send 200 a second while people read pages."""
    with Readers(ground.hub.url, ground.token) as readers:
        order = replace(_order(ground, seconds + 60), rate=RATE, each=int(seconds * RATE / BENCHES))
        return _sent(ground, order), readers


def _order(ground: Ground, seconds: float) -> Order:
    names = {"seeds": ground.seeds, "seqs": ground.seqs, "prevs": ground.prevs}
    return Order("127.0.0.1", ground.hub.port, ground.hub.url, **names, each=0, batch=1, seconds=seconds)


def _sent(ground: Ground, order: Order) -> Stretch:
    """Send when everything is signed and everything of before is read; then wait until all is read again."""
    argv = [sys.executable, "-m", "tests.bench.hub.sending"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdin is not None
        assert sender.stdout is not None
        print(json.dumps(asdict(order)), file=sender.stdin, flush=True)
        assert sender.stdout.readline() == "signed\n"
        before, reading = ground.hub.cpu_s(), reading_s(ground)
        print(file=sender.stdin, flush=True)
        told = sender.stdout.readline()
        used, reading = ground.hub.cpu_s() - before, reading_s(ground) - reading
    came = Came(**json.loads(told))
    ground.seqs, ground.prevs = came.seqs, came.prevs
    ground.acknowledged.update(came.acknowledged)
    unread = unread_of(ground)
    wait_until_read(ground)
    return Stretch(came, used, reading, unread, ground.hub.cpu_s() - before - used)


def reading_s(ground: Ground) -> float:
    """Processor time that the hub has spent on reading into tables."""
    asked = {"Authorization": f"Bearer {WATCHER}"}
    text = httpx.get(f"{ground.hub.url}/metrics", headers=asked, timeout=60).raise_for_status().text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(READING))


def unread_of(ground: Ground) -> int:
    """How many statements of the ledger are not read into tables."""
    query = "SELECT max(position) - (SELECT position FROM derivation_cursor) FROM ledger"
    with closing(connect(f"file:{ground.hub.database}?mode=ro", uri=True)) as database:
        return int(database.execute(query).fetchone()[0] or 0)


def wait_until_read(ground: Ground) -> None:
    """Wait until everything is read. Raises TimeoutError when nothing is read for a minute."""
    left, since = unread_of(ground), time.monotonic()
    while left:
        time.sleep(0.05)
        if (now := unread_of(ground)) != left:
            left, since = now, time.monotonic()
        if time.monotonic() - since > PATIENCE_S:
            raise TimeoutError(f"{left} statements are not read")


def rate(name: str, title: str, goal: float, rounds: list[tuple[Stretch, float]], fault: str) -> Figure:
    """Statements for each second of processor time that acknowledging took, beside that of raw verification.

    What the hub read into tables meanwhile is not in it, and told beside: `with_reading` is the rate of both.
    """
    errors = [error for stretch, _ in rounds for error in stretch.came.errors]
    runs = tuple(
        Run(len(stretch.came.acknowledged) / (stretch.hub_cpu_s - stretch.reading_cpu_s), raw)
        for stretch, raw in rounds
    )
    walls = sorted(len(stretch.came.acknowledged) / stretch.came.seconds for stretch, _ in rounds)
    took = [ms for stretch, _ in rounds for ms in stretch.came.took_ms]
    acknowledged = sum(len(stretch.came.acknowledged) for stretch, _ in rounds)
    unread = sum(stretch.unread for stretch, _ in rounds)
    reading = sum(stretch.reading_cpu_s + stretch.later_cpu_s for stretch, _ in rounds)
    whole = sum(stretch.hub_cpu_s + stretch.later_cpu_s for stretch, _ in rounds)
    more = {
        "acknowledged": acknowledged,
        "refused": len(errors),
        "wall_per_s": round(walls[len(walls) // 2]),
        "unread": unread,
        "read_per_s": round(acknowledged / reading) if reading else 0,
        "with_reading": round(acknowledged / whole),
    }
    check = "ledger holds every acknowledged statement, once"
    return Figure(
        name, title, "statements/s of a core", goal, runs, PEER, at_least=True, check=check,
        fault=fault or "; ".join(errors[:3]), more=more | spread(took),
    )  # fmt: skip


def waits(soak: Stretch, readers: Readers, fault: str) -> Figure:
    """How long a request waited for its acknowledgement at 200 a second, while pages were read."""
    came = soak.came
    wrong = fault or "; ".join([*came.errors[:3], *readers.errors[:3]])
    facts = {
        "acknowledged": len(came.acknowledged),
        "refused": len(came.errors),
        "seconds": round(came.seconds),
        "hub_cpu_s": round(soak.hub_cpu_s, 1),
        "unread": soak.unread,
        "pages": len(readers.took_ms),
        "pages_p95": round(spread(readers.took_ms).get("p95", 0), 1),
    }
    runs = (Run(spread(came.took_ms)["p95"]),)
    return Figure(
        "H2s", "soak at 200/s beside readers, p95", "ms", 300.0, runs, check="every statement acknowledged and stored",
        fault=wrong, more=facts | spread(came.took_ms),
    )  # fmt: skip


def spread(took: list[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    if len(took) < 2:
        return {}
    cuts = quantiles(took, n=100)
    return {
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "p99": round(cuts[98], 1),
        "most": round(max(took), 1),
    }


def judged(ground: Ground) -> str:
    """What is wrong in the ledger after the hub was killed; "" when all is well."""
    ground.hub.kill()
    with closing(connect(ground.hub.database)) as database:
        rows: list[Any] = database.execute(
            "SELECT position, id, kid, seq, envelope FROM ledger ORDER BY position"
        ).fetchall()
    kept = {row[1] for row in rows if hashlib.sha256(row[4]).hexdigest() == row[1]}
    if lost := ground.acknowledged - kept:
        return f"{len(lost)} acknowledged statements are not in the ledger"
    if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
        return "the positions have a gap"
    if len({(row[2], row[3]) for row in rows}) != len(rows):
        return "a place of a chain is taken twice"
    return ""


def main() -> None:
    """Measure, and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--soak", type=float, default=30.0, help="seconds at 200 statements a second")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        for figure in figures(Path(room), Scale(seconds=asked.seconds, rounds=asked.rounds, soak_s=asked.soak)):
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
