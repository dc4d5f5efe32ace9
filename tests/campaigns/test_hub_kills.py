"""The hub is killed at random moments while benches push: what it acknowledged is there, once, byte for byte.

Two benches send one statement after the other, one sends batches. Most kills hit requests under way, some the start of
the hub. Kills by ETABLI_KILLS (10, and 50 where every tier is required), seed by ETABLI_SEED; both are printed.
"""

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.envelope import SignedEnvelope
from certificates.statement import GENESIS
from tests.campaigns.amount import amount
from tests.campaigns.hub_process import HubProcess
from tests.hub.bench import Bench

FULL, EVERYDAY = 50, 10
BATCHES = (1, 1, 5)  # statements that each bench has under way at once
ALIVE = (0.01, 0.4)  # seconds from ready to SIGKILL
STARTING = (0.0, 0.3)  # seconds from its start to SIGKILL, for one kill in eight
PATIENCE = 120  # seconds
OWN_PROGRAM = 10  # every tenth start is a program of its own
pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(600)]


class Pusher(threading.Thread):
    """One bench: signs, sends the oldest first, repeats until acknowledged; remembers what was acknowledged."""

    def __init__(self, url: str, name: str, batch: int) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=url, timeout=10)
        self.bench = Bench(self.client, url, name)
        self.batch = batch
        self.over = threading.Event()
        self.asking = False
        self.acknowledged: dict[str, bytes] = {}
        self.repeated = 0  # stored by a hub that died before it could say so
        self.problems: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            signed = [self.bench.erasure(serial=f"{self.bench.name}-{self.bench.seq:05d}") for _ in range(self.batch)]
            while (waiting := [item for item in signed if item.id not in self.acknowledged]) and not self.over.is_set():
                self._try(waiting)

    def _try(self, waiting: list[SignedEnvelope]) -> None:
        self.asking = True
        try:
            answer = self._send(waiting)
        except httpx.TransportError:
            self.bench.nonce = ""
            time.sleep(0.01)
            return
        finally:
            self.asking = False
        if answer.status_code == 401:
            return
        document = answer.json()
        results = document.get("results") or [{**document, "status": answer.status_code}]
        for item, result in zip(waiting, results, strict=True):
            self._judge(item, result)

    def _send(self, waiting: list[SignedEnvelope]) -> httpx.Response:
        if len(waiting) == 1:
            return self.bench.put(waiting[0])
        return self.bench.post([item.data for item in waiting])

    def _judge(self, item: SignedEnvelope, result: dict[str, Any]) -> None:
        if result["status"] not in {200, 201} or result["receipt"]["id"] != item.id:
            self.problems.append(str(result))
            return
        self.repeated += result["status"] == 200
        self.acknowledged[item.id] = item.data

    def end(self) -> None:
        self.over.set()
        self.join(timeout=60)
        self.client.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub")
    process.command("init", "--issuer", "Atelier")
    yield process
    process.close()


def test_what_the_hub_acknowledged_survives_every_kill(
    hub: HubProcess, record_property: Callable[[str, Any], None]
) -> None:
    asked, began = amount(full=FULL, everyday=EVERYDAY), time.monotonic()
    hub.start()
    hub.wait_ready()
    pushers = enrolled(hub)
    hit = killed_again_and_again(hub, pushers, random.Random(asked.seed), asked.kills)
    for pusher in pushers:
        pusher.end()
    heads = [head_of(pusher, hub.url) for pusher in pushers]
    hub.kill()
    hub.start()  # what was stored and not yet read is read before the first answer
    hub.wait_ready()
    hub.kill()
    acknowledged = {key: data for pusher in pushers for key, data in pusher.acknowledged.items()}
    told = {
        "seed": asked.seed,
        "kills": asked.kills,
        "moments": dict(hit),
        "acknowledged": len(acknowledged),
        "stored before the kill, acknowledged after it": sum(pusher.repeated for pusher in pushers),
        "seconds": round(time.monotonic() - began),
    }
    print(told)
    for name, value in told.items():
        record_property(name, value)
    assert [pusher.problems for pusher in pushers] == [[] for _ in pushers]
    assert len(acknowledged) >= asked.kills
    assert hit["a request under way"] >= asked.kills // 2, "the kills missed the load: the campaign proves nothing"
    judge_ledger(hub.database, acknowledged, {pusher.bench.key.kid: pusher.batch for pusher in pushers}, heads)


def enrolled(hub: HubProcess) -> list[Pusher]:
    pushers = [Pusher(hub.url, f"B{number}", batch) for number, batch in enumerate(BATCHES)]
    for pusher in pushers:
        assert pusher.bench.enrol(hub.command("token", "new")).status_code == 202
    with closing(sqlite3.connect(hub.database, timeout=30)) as database:
        database.execute("UPDATE station SET state = 'accepted'")
        database.commit()
    return pushers


def killed_again_and_again(hub: HubProcess, pushers: list[Pusher], chance: random.Random, kills: int) -> Counter[str]:
    """Kill and start; count at which moments the kills came. The hub is up at the end."""
    hit: Counter[str] = Counter()
    for pusher in pushers:
        pusher.start()
    for n in range(kills):
        wait_for_acknowledged(pushers, n)
        if chance.randrange(8) == 0:
            hub.kill()
            hub.start()
            time.sleep(chance.uniform(*STARTING))
            hit["its start"] += 1
        else:
            time.sleep(chance.uniform(*ALIVE))
            hit["a request under way" if any(pusher.asking for pusher in pushers) else "nothing under way"] += 1
        hub.kill()
        hub.start(forked=n % OWN_PROGRAM != 0)
        hub.wait_ready()
    wait_for_acknowledged(pushers, kills)
    return hit


def wait_for_acknowledged(pushers: list[Pusher], number: int) -> None:
    """Kill no more often than statements get through, however slow the machine is: else nothing could be lost."""
    end = time.monotonic() + PATIENCE
    while sum(len(pusher.acknowledged) for pusher in pushers) < number:
        assert time.monotonic() < end, f"the hub acknowledged fewer than {number} statements"
        time.sleep(0.01)


def head_of(pusher: Pusher, url: str) -> tuple[str, int]:
    """What the hub that was started last says of a bench."""
    with httpx.Client(base_url=url, timeout=30) as client:
        pusher.bench.client, pusher.bench.nonce = client, ""
        return pusher.bench.key.kid, pusher.bench.send("GET", "/api/v1/stations/self").json()["head"]["seq"]


def judge_ledger(
    path: Path, acknowledged: dict[str, bytes], under_way: dict[str, int], heads: list[tuple[str, int]]
) -> None:
    """`under_way`: how many statements of each key may be stored without an acknowledgement that arrived."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute(
            "SELECT position, id, envelope, kid, seq, prev FROM ledger ORDER BY position"
        ).fetchall()
        kept = {row[1]: row[2] for row in rows}
        lost = [key for key, data in acknowledged.items() if kept.get(key) != data]
        assert lost == []
        assert len(kept) == len(rows)
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        for kid, most in under_way.items():
            chain = [(row[4], row[1], row[5]) for row in rows if row[3] == kid]
            assert [seq for seq, _, _ in chain] == list(range(1, len(chain) + 1))
            assert all(prev == before for (_, before, _), (_, _, prev) in pairwise([(0, GENESIS, ""), *chain]))
            assert sum(name not in acknowledged for _, name, _ in chain) <= most
            assert (kid, len(chain)) in heads
        for table in ("quarantined_statement", "alarm", "intake_problem"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        of_hub = database.execute("SELECT count(*) FROM ledger WHERE kind = 'registry'").fetchone()[0]
        assert database.execute("SELECT count(*) FROM erasure").fetchone() == (len(rows) - of_hub,)
