"""Campaign: SIGKILL of worker, supervisor or everything, at random moments of a wipe that syncs to a live hub.

After each restart: no ERASED statement without a drive whose every sector was overwritten, no acknowledged statement
lost or stored twice, and the drive ends ERASED when its run is taken up again. Rounds by ETABLI_KILLS (30), seed by
ETABLI_SEED; both are printed.
"""

import base64
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from station_agent.demo.workshop import PASSWORD, Workshop, answers, free_port
from station_agent.hub_link import open_client
from station_agent.outbox import OutboxState
from station_agent.station import open_station
from station_agent.sync import drain

pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("ETABLI_KILLS", "30"))
SEED = int(os.environ.get("ETABLI_SEED", "20261121"))
SIZE = 1 << 20
SECTOR = 512
DRIVE = """
schema = "etabli.bench-file/1"
name = "kills"
[[drives]]
name = "{name}"
bus = "ata"
model = "DEMO KILL"
serial = "DEMO-KILL-{name}"
wwn = "5000000000000{n:03d}"
size_bytes = {size}
contents = "pattern"
bytes_per_second = 2000000
"""


@dataclass
class Hall:
    """The hub, and the one bench whose power goes off again and again."""

    shop: Workshop
    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def ledger(self) -> list[tuple[str, bytes]]:
        with sqlite3.connect(f"file:{self.shop.folder / 'hub.db'}?mode=ro", uri=True) as connection:
            rows = connection.execute(
                "SELECT id, envelope FROM ledger WHERE kind = 'erasure' ORDER BY position"
            ).fetchall()
        connection.close()
        return [(str(row[0]), bytes(row[1])) for row in rows]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    url = f"http://127.0.0.1:{free_port()}"
    env = {**os.environ, "ETABLI_DEMO": "1", "ETABLI_PUBLIC_URL": url, "ETABLI_PASSWORD": PASSWORD}
    (tmp_path / "hub").mkdir()
    shop = Workshop(tmp_path / "hub", url, env)
    shop.hub("init", "--issuer", "Campaign", "--demo")
    shop.serve()
    with open_client() as client:
        assert answers(client, url)
    yield Hall(shop, tmp_path)
    shop.stop()


def enrolled(hall: Hall) -> None:
    from station_agent.enrol import enrol

    with open_station(hall.state, demo=True) as station:
        token = hall.shop.hub("token", "new").strip().splitlines()[-1]
        enrol(
            station.store,
            station.link_to(hall.shop.url),
            station.key,
            url=hall.shop.url,
            token=token,
            name="kills",
        )
    with sqlite3.connect(hall.shop.folder / "hub.db", timeout=10) as connection:
        connection.execute("UPDATE station SET state = 'accepted'")
    connection.close()


def bench_of(hall: Hall, n: int) -> Path:
    """A fresh drive for each round, on a bench file of its own."""
    file = hall.folder / f"r{n}.toml"
    file.write_text(DRIVE.format(name=f"d{n}", n=n % 1000, size=SIZE), encoding="utf-8")
    return file


def started(hall: Hall, bench: Path, n: int) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "station_agent", "erase", f"d{n}", "--confirm", f"DEMO-KILL-d{n}"]
    argv += ["--bench", str(bench), "--state", str(hall.state), "--json", "--lang", "en"]
    return subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}, start_new_session=True
    )


def kill_some(process: "subprocess.Popen[bytes]", whom: str) -> None:
    """Kill the worker, the supervisor (the station itself), or the whole group."""
    if whom == "everything":
        os.killpg(process.pid, signal.SIGKILL)
    elif whom == "supervisor":
        process.kill()
    else:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        for child in children[-1:]:
            child.kill()


def verdict_of(envelope: bytes) -> tuple[str, str]:
    payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return payload["subject"]["drive"]["serial"], payload["result"]["verdict"]


def overwritten(image: Path, old: bytes) -> bool:
    new = image.read_bytes()
    return all(new[at : at + SECTOR] != old[at : at + SECTOR] for at in range(0, SIZE, SECTOR))


def told(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert out, err.decode()
    return dict(json.loads(out))


def test_a_bench_that_is_killed_again_and_again_tells_no_lie_and_loses_no_statement(hall: Hall) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}, N {ROUNDS}")
    enrolled(hall)
    resumed = kills = 0
    for n in range(ROUNDS):
        bench, whom = bench_of(hall, n), chance.choice(["worker", "supervisor", "everything"])
        old = content_of(bench, hall, n)
        process = started(hall, bench, n)
        if chance.random() < 0.8:
            wait_for_first_byte(image_of(hall, n), old)
        time.sleep(chance.uniform(0.0, 1.2))
        kill_some(process, whom)
        process.communicate(timeout=60)
        settle(process)
        kills += 1
        check(hall, n, old)
        again = told(started(hall, bench, n))["drives"][0]
        assert again["verdict"] == "ERASED", (n, whom, again)
        resumed += bool(again["resumed"])
        check(hall, n, old)
    everything_arrived(hall)
    print(f"seed {SEED}, N {ROUNDS}: {kills} kills, {resumed} runs taken up again, 0 lies, 0 lost")
    assert resumed > 0, "no kill hit a wipe: the campaign proves nothing"


def content_of(bench: Path, hall: Hall, n: int) -> bytes:
    """Make the drive and give what lies on it before anything happens."""
    from station_agent.bench import simulated_bench

    simulated_bench(bench, hall.state / "bench")
    return image_of(hall, n).read_bytes()


def image_of(hall: Hall, n: int) -> Path:
    return next((hall.state / "bench").rglob(f"d{n}.img"))


def wait_for_first_byte(image: Path, old: bytes) -> None:
    """Wait until the wipe has begun, so that most kills hit one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with image.open("rb") as handle:
            if handle.read(SECTOR) != old[:SECTOR]:
                return
        time.sleep(0.01)


def settle(process: "subprocess.Popen[bytes]") -> None:
    """Wait until no worker of the killed station is left: each stops by itself when its pipe closes."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        left = [p for p in psutil.process_iter(["pid"]) if _group(p.pid) == process.pid]
        if not left:
            return
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    pytest.fail("a worker went on without its supervisor")


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def check(hall: Hall, n: int, old: bytes) -> None:
    """Every ERASED is true, every confirmed statement is in the ledger, and none is there twice."""
    with open_station(hall.state, demo=True) as station:
        rows = station.outbox.rows()
        mine = [
            verdict_of(row["envelope"])
            for row in station.store.rows("SELECT envelope FROM statement ORDER BY position")
        ]
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    if (f"DEMO-KILL-d{n}", "ERASED") in mine:
        assert overwritten(image_of(hall, n), old), f"round {n}: ERASED was stated of a drive that holds old data"
    ledger = hall.ledger()
    ids = [name for name, _ in ledger]
    assert len(ids) == len(set(ids))
    assert all(hashlib.sha256(data).hexdigest() == name for name, data in ledger)
    assert {row.id for row in rows if row.state is OutboxState.CONFIRMED} <= set(ids)


def everything_arrived(hall: Hall) -> None:
    with open_station(hall.state, demo=True) as station:
        drain(station.sync())
        rows = station.outbox.rows()
    assert [row.state for row in rows] == [OutboxState.CONFIRMED] * len(rows)
    assert sorted(row.id for row in rows) == sorted(name for name, _ in hall.ledger())


def test_the_checker_finds_a_lie(tmp_path: Path) -> None:
    image = tmp_path / "d.img"
    image.write_bytes(b"\x01" * SIZE)
    assert overwritten(image, b"\x02" * SIZE)
    image.write_bytes(b"\x01" * (SIZE - SECTOR) + b"\x02" * SECTOR)
    assert not overwritten(image, b"\x02" * SIZE)
