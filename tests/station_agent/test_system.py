"""Programs are started by argument list, end in time, and take their children with them."""

import os
import sys
import time
from pathlib import Path

import pytest

from station_agent.errors import ProcessFailed
from station_agent.system import Service, run

pytestmark = pytest.mark.world
SPAWN = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def test_a_program_gives_its_output_and_status() -> None:
    done = run([sys.executable, "-c", "import sys; print(sys.argv[1]); sys.exit(3)", "a; echo b"], timeout_s=30)
    assert (done.status, done.out) == (3, "a; echo b\n")
    with pytest.raises(ProcessFailed, match="status 3"):
        done.require()


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ProcessFailed, match="no-such-program"):
        run(["no-such-program"], timeout_s=5)


def test_a_program_that_hangs_is_stopped_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = SPAWN.replace("print(p.pid, flush=True)", f"open({str(note)!r}, 'w').write(str(p.pid))")
    with pytest.raises(ProcessFailed, match="did not end"):
        run([sys.executable, "-c", code], timeout_s=1.5)
    assert gone(int(note.read_text("ascii")))


def test_a_service_runs_until_it_is_stopped_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    service = Service([sys.executable, "-c", SPAWN], log=log)
    until = time.monotonic() + 20
    while not log.read_text("ascii").strip() and time.monotonic() < until:
        time.sleep(0.02)
    child = int(log.read_text("ascii"))
    assert (service.status, alive(child), os.getpgid(child)) == (None, True, service.pid)
    service.stop()
    assert service.status is not None
    assert gone(child)
