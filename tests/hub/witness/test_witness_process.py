"""The witness as a process: over HTTP, hostile requests, and killed at random moments."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from certificates.note import VerifiedCheckpoint, verify_note
from hub.witness.cosigning import make_witness, open_witness
from hub.witness.server import AT_ONCE
from tests.hub.witness.logs import OtherLog

pytestmark = pytest.mark.world
KILLS = int(os.environ.get("ETABLI_WITNESS_KILLS", "4"))
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def log(tmp_path: Path) -> OtherLog:
    make_witness(tmp_path / "w", "temoin.example/w1")
    made = OtherLog()
    open_witness(tmp_path / "w", time.time).book.add(made.key, "<b>Atelier</b>", 1)
    return made


@pytest.fixture
def start(tmp_path: Path, port: int, log: OtherLog) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []
    words = ("witness", "serve", "--folder", str(tmp_path / "w"), "--port", str(port))

    def begin() -> "subprocess.Popen[bytes]":
        running.append(subprocess.Popen([sys.executable, "-m", "hub", *words], stdout=subprocess.DEVNULL))
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=2)
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return running[-1]
        raise AssertionError("the witness did not begin")

    yield begin
    for one in running:
        one.kill()
        one.wait(10)


def submit(port: int, body: bytes) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/add-checkpoint", content=body, timeout=10)


def test_a_checkpoint_is_cosigned_over_http_and_hostile_requests_are_refused(
    start: Start, port: int, log: OtherLog, tmp_path: Path
) -> None:
    start()
    answer = submit(port, log.grow(3).submission(0))
    key = open_witness(tmp_path / "w", time.time).key
    assert verify_note(log.note() + answer.text, log.key, (key,), 1).checkpoint.size == 3
    stale = submit(port, log.grow(1).submission(0))
    assert (stale.status_code, stale.text, stale.headers["content-type"]) == (409, "3\n", "text/x.tlog.size")
    before = time.monotonic()
    assert submit(port, b"old 0\n" + b"A" * 10_000_000).status_code == 413
    assert submit(port, b"old 0\n" + (b"A" * 43 + b"=\n") * 700).status_code == 400
    assert submit(port, b"\xff\n\n\xff").status_code == 400
    assert time.monotonic() - before < 5
    assert httpx.get(f"http://127.0.0.1:{port}/add-checkpoint").status_code == 405
    page = httpx.get(f"http://127.0.0.1:{port}/?lang=en")
    assert "An independent witness" in page.text
    assert key.vkey.replace("+", "+") in page.text
    assert "<b>Atelier" not in page.text
    answers = {submit(port, b"x").status_code for _ in range(80)}
    assert answers == {400, 429}, "one address has a pace"


def test_a_witness_that_is_killed_never_goes_back_behind_what_it_signed(
    start: Start, port: int, log: OtherLog, tmp_path: Path
) -> None:
    chance = random.Random(7)
    log.grow(10_000)
    key = open_witness(tmp_path / "w", time.time).key
    acknowledged: list[VerifiedCheckpoint] = []
    size = 0
    for _ in range(KILLS):
        process = start()
        end = time.monotonic() + chance.uniform(0.05, 0.6)
        while time.monotonic() < end:
            old, size = size, size + chance.randint(1, 5)
            answer = submit(port, log.submission(old, size))
            if answer.status_code != 200:
                break
            acknowledged.append(verify_note(log.note(size) + answer.text, log.key, (key,), 1))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        known = open_witness(tmp_path / "w", time.time).book.log(log.origin)
        assert known is not None
        assert known.size >= acknowledged[-1].checkpoint.size, "it signed what it does not remember"
        assert known.root == log.checkpoint(known.size).root
        size = known.size
    assert len(acknowledged) >= KILLS


def test_more_lines_than_are_counted_are_refused(start: Start, port: int) -> None:
    start()
    lines = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(AT_ONCE + 5)]
    try:
        for _ in range(100):
            answer = httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
            if answer.status_code == 503:
                break
            time.sleep(0.05)
        assert answer.status_code == 503
    finally:
        for one in lines:
            one.close()
