"""What a second terminal may do while an erase runs in the first: look at everything, write nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.world
SECONDS = 60
BEGUN = "SELECT DISTINCT run_id FROM journal WHERE kind = 'INTENT'"  # its worker has opened the drive by then
SLOW = """
schema = "etabli.bench-file/1"
name = "slow"
[[drives]]
name = "sda"
bus = "ata"
model = "DEMO slow"
serial = "DEMO-slow"
wwn = "5000000000000001"
size_bytes = 1073741824
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A real erase of another process, held in the middle of its work."""
    bench = tmp_path / "slow.toml"
    bench.write_text(SLOW, encoding="utf-8")
    command = ["erase", "sda", "--confirm", "DEMO-slow", "--bench", str(bench)]
    with subprocess.Popen(
        [sys.executable, "-m", "station_agent", *command],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            until = time.monotonic() + SECONDS
            while not runs(tmp_path) and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            os.kill(process.pid, signal.SIGSTOP)  # the supervisor: it holds the store now, and cannot end
            yield process, bench
        finally:
            os.kill(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGKILL)


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"ETABLI_STATE": str(folder / "state"), "ETABLI_LANG": "en"}


def second(folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "station_agent", *words],
        env=environment(folder), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def runs(folder: Path) -> tuple[str, ...]:
    from station_agent.records import open_records

    found = open_records(folder / "state")
    if found is None:
        return ()
    with found as records:
        return tuple(row["run_id"] for row in records.rows(BEGUN))


def test_records_are_shown_and_writers_are_refused_while_an_erase_runs(
    running: tuple[subprocess.Popen[str], Path], tmp_path: Path
) -> None:
    process, bench = running
    (run_id,) = runs(tmp_path)
    assert process.poll() is None
    status, out, err = second(tmp_path, "report", run_id, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["run_id"] == run_id
    status, out, _ = second(tmp_path, "outbox", "--bench", str(bench), "--json")
    assert (status, json.loads(out)["statements"]) == (0, [])
    status, out, err = second(tmp_path, "disks", "--bench", str(bench))
    assert (status, "not shown" in err) == (0, False)
    assert second(tmp_path, "--bench", str(bench))[0] == 0
    for command in (("plan", "sda"), ("disks",)):
        told = " ".join(second(tmp_path, *command, "--bench", str(bench))[1].split())
        assert f"is being erased now, by process {process.pid} of this bench:" in told
        assert "run under way (overwrite.keystream): it is NOT erased before its end" in told
        assert [word for word in ("NOT be touched", "PROTECTED", "Unmount", "erase it again") if word in told] == []
    _, out, _ = second(tmp_path, "plan", "sda", "--bench", str(bench), "--json")
    assert json.loads(out)["drives"][0]["open_run"]["state"] == "RUNNING"
    for words in (("erase", "sda", "--confirm", "DEMO-slow", "--bench", str(bench)), ("sync", "--bench", str(bench))):
        status, _, err = second(tmp_path, *words)
        assert (status, f"Process {process.pid} already works with the state" in err) == (2, True), err
    assert runs(tmp_path) == (run_id,)
