"""A program that is called without its standard streams, or whose reader left, ends with its own exit status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = (("station_agent", 0), ("certificates", 0), ("hub", 0))
CLOSED = """
import os, sys
for number in (0, 1, 2):
    os.close(number)
sys.stdin = sys.stdout = sys.stderr = None
from certificates.command_line.streams import lead_closed_streams_nowhere
lead_closed_streams_nowhere()
kept = open({path!r}, "w")
print("said")
print("complained", file=sys.stderr)
os._exit(0 if kept.fileno() > 2 and sys.stdin.read() == "" else 1)
"""


@pytest.mark.world
def test_a_file_that_is_opened_never_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    kept = tmp_path / "records"
    done = subprocess.run([sys.executable, "-c", CLOSED.format(path=str(kept))], capture_output=True, check=False)
    assert (done.returncode, kept.read_bytes()) == (0, b"")


@pytest.mark.world
@pytest.mark.parametrize(("program", "status"), PROGRAMS)
def test_help_that_nobody_reads_to_its_end_is_no_failure(program: str, status: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", program, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (status, b"")


@pytest.mark.world
def test_a_verdict_that_nobody_reads_to_its_end_keeps_its_status(tmp_path: Path) -> None:
    (tmp_path / "altered.json").write_text("{}", encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "certificates", str(tmp_path / "altered.json")],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
