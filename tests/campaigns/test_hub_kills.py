"""The hub is killed at random moments while benches push: what it acknowledged is there, once, byte for byte."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.envelope import SignedEnvelope
from tests.hub.bench import Bench

KILLS = int(os.environ.get("ETABLI_KILLS", "50"))
BENCHES = 3
ALIVE = (0.02, 0.5)  # seconds from ready to SIGKILL
PORT_FREE = 0
pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(240)]


class HubProcess:
    """`python -m hub serve` on one data folder, killed and started again on the same port."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.url = folder, port, f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "ETABLI_PUBLIC_URL": self.url, "ETABLI_PASSWORD": "un cheval correct"}
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hub", "--data", str(self.folder), *words],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.strip()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "--data", str(self.folder), "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        with httpx.Client(base_url=self.url) as client:
            while time.monotonic() < deadline:
                try:
                    client.get("/api/v1/nonce")
                except httpx.TransportError:
                    time.sleep(0.02)
                else:
                    return
        raise AssertionError("the hub did not come up")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)


class Pusher(threading.Thread):
    """One bench: signs, sends the oldest first, repeats until acknowledged; remembers what was acknowledged."""

    def __init__(self, url: str, name: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=url, timeout=10)
        self.bench = Bench(self.client, url, name)
        self.stop = stop
        self.acknowledged: dict[str, bytes] = {}
        self.problems: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            envelope = self.bench.erasure(serial=f"{self.bench.name}-{self.bench.seq:05d}")
            while envelope.id not in self.acknowledged and not self.stop.is_set():
                self._try(envelope)

    def _try(self, envelope: SignedEnvelope) -> None:
        try:
            answer = self.bench.put(envelope)
        except httpx.TransportError:
            self.bench.nonce = ""
            time.sleep(0.01)
            return
        if answer.status_code in {200, 201} and answer.json()["receipt"]["id"] == envelope.id:
            self.acknowledged[envelope.id] = envelope.data
        elif answer.status_code != 401:
            self.problems.append(answer.text)


def free_port() -> int:
    import socket

    with closing(socket.socket()) as opened:
        opened.bind(("127.0.0.1", PORT_FREE))
        return int(opened.getsockname()[1])


def accept_all(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "hub.db")) as database:
        database.execute("UPDATE station SET state = 'accepted'")
        database.commit()


def test_what_the_hub_acknowledged_survives_every_kill(
    tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    seed = int(os.environ.get("ETABLI_SEED", str(random.SystemRandom().randrange(2**32))))
    chance = random.Random(seed)
    hub = HubProcess(tmp_path / "hub", free_port())
    hub.command("init", "--issuer", "Atelier")
    hub.start()
    stop = threading.Event()
    pushers = [Pusher(hub.url, f"B{number}", stop) for number in range(BENCHES)]
    for pusher in pushers:
        assert pusher.bench.enrol(hub.command("token", "new")).status_code == 202
    accept_all(tmp_path / "hub")
    for pusher in pushers:
        pusher.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(*ALIVE))
        hub.kill()
        hub.start()
    stop.set()
    for pusher in pushers:
        pusher.join(timeout=30)
        pusher.client.close()
    hub.kill()
    acknowledged = {key: data for pusher in pushers for key, data in pusher.acknowledged.items()}
    print(f"kills={KILLS} seed={seed} acknowledged={len(acknowledged)}")
    record_property("kills", KILLS)
    record_property("seed", seed)
    assert [pusher.problems for pusher in pushers] == [[]] * BENCHES
    assert len(acknowledged) >= KILLS
    judge_ledger(tmp_path / "hub" / "hub.db", acknowledged, pushers)


def judge_ledger(path: Path, acknowledged: dict[str, bytes], pushers: list[Pusher]) -> None:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT position, id, envelope, kid, seq FROM ledger ORDER BY position").fetchall()
        kept = {row[1]: row[2] for row in rows}
        lost = [key for key, data in acknowledged.items() if kept.get(key) != data]
        assert lost == []
        assert len(kept) == len(rows)
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert len(rows) - len(acknowledged) <= len(pushers)  # at most one in flight for each bench
        assert database.execute("SELECT count(*) FROM quarantined_statement").fetchone() == (0,)
