"""A drive that came while it erased itself: what `disks`, `plan`, `erase` and `serve` make of size 0."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_agent.commands import serve
from tests.last_document import last_document

pytestmark = pytest.mark.world
Run = Callable[..., tuple[int, str, str]]
SIZE = 1048576
BENCH = """
schema = "etabli.bench-file/1"
name = "sas"
[[drives]]
name = "sas"
bus = "scsi"
model = "DEMO SAS"
serial = "DEMO-SAS"
wwn = "5000000000000098"
size_bytes = 1048576
logical_sector = 512
power = {power}
smartctl = "health.json"
{vices}
[drives.scsi]
crypto = false
overwrite = false
seconds = {seconds}
{more}
"""
FOREIGN = 'sanitizing = "block"'
ERASE = ("erase", "sas", "--confirm", "DEMO-SAS", "--json", "--bench")


def bench(folder: Path, seconds: float, more: str = "", *, power: int = 1, vices: str = "") -> Path:
    file = folder / "sas.toml"
    file.write_text(BENCH.format(seconds=seconds, more=more, power=power, vices=vices), encoding="utf-8")
    health = {"model_name": "DEMO SAS", "serial_number": "DEMO-SAS", "user_capacity": {"bytes": SIZE}}
    (folder / "health.json").write_text(json.dumps(health))
    return file


def only(out: str) -> dict[str, Any]:
    [drive] = last_document(out)["drives"]
    return dict(drive)


def test_disks_and_plan_show_it_at_work_and_ask_it_nothing_else(run: Run, tmp_path: Path) -> None:
    file = bench(tmp_path, 600, FOREIGN)
    began = time.monotonic()
    status, out, _ = run("disks", "--bench", file, "--json")
    told = only(out)
    assert (status, told["size_bytes"], told["sanitize"]["state"]) == (0, 0, "running")
    assert (told["erasable"], told["health"]) == (True, "unknown")
    status, out, _ = run("plan", "sas", "--bench", file)
    assert status == 10
    assert "the drive is at it already: it is followed, nothing is started" in out
    assert "the kernel cannot read it while the drive erases itself" in out
    assert time.monotonic() - began < 60


def test_a_foreign_one_is_followed_and_stated_with_the_capacity_that_it_has(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(*ERASE, bench(tmp_path, 3, FOREIGN))
    told = only(out)
    assert (status, told["verdict"], told["method"]) == (10, "ERASED_WITH_EXCEPTIONS", "scsi.sanitize.block")
    assert "NO_CANARIES" in {one["code"] for one in told["exceptions"]}
    assert told["size_bytes"] == SIZE
    _, out, _ = run("report", told["statement"][:12], "--json")
    assert json.loads(out)["statement"]["subject"]["drive"]["size_bytes"] == SIZE


def test_our_own_is_taken_up_after_a_power_cut_and_proven(run: Run, tmp_path: Path) -> None:
    cut = bench(tmp_path, 3, vices='vices = ["vanishes"]')
    status, out, _ = run(*ERASE, cut)
    assert (status, only(out)["verdict"]) == (22, None)
    back = bench(tmp_path, 3, power=2, vices='vices = ["vanishes"]')
    _, out, _ = run("disks", "--bench", back, "--json")
    assert (only(out)["size_bytes"], only(out)["open_run"] is not None) == (0, True)
    status, out, _ = run(*ERASE, back)
    told = only(out)
    assert (status, told["verdict"], told["resumed"]) == (0, "ERASED", True)


def test_serve_follows_it_until_its_capacity_is_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "AGAIN_S", 0.5)
    threading.Timer(12, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    status, out, _ = run("serve", "--bench", bench(tmp_path, 4, FOREIGN))
    assert status == 0
    assert out.count("one runs on this drive") == 1
    assert "its erase is over and its capacity is read: 1 MB" in out
