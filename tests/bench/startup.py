"""How long `etabli-station serve` takes until it says that it is ready, with no console, beside a bare interpreter.

The whole program: command line, drives of this machine, store, keys, watch. On a machine with few drives. And how long
`etabli-station diagnose` takes to its first line and to its end, beside the two and the twenty seconds that a person
at the bench is promised; without the long tests, which nobody asked for. `python -m tests.bench.startup` prints these.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.cases import Samples
from tests.bench.measure import SECONDS, Sample

READY = "The bench is ready."
GRADED = "Grade: "


def startup_round(folder: Path) -> Samples:
    """Start both once."""
    return {"agent-ready": _ready(folder), "python-pass": _bare(), **diagnose_round(folder)}


def diagnose_round(folder: Path) -> Samples:
    """Diagnose this machine once, keeping nothing; the first line is what a person sees first, on either stream."""
    with TemporaryDirectory(dir=folder) as state:
        environment = os.environ | {"ETABLI_STATE": state, "ETABLI_LANG": "en"}
        command = [sys.executable, "-m", "station_agent", "diagnose", "--show-only"]
        started = time.perf_counter()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            spoke = process.stdout.readline()
            first = time.perf_counter() - started
            said = spoke + process.stdout.read()
        whole = time.perf_counter() - started
    fault = "" if process.returncode == 0 and GRADED in said else "it ended without a grade"
    return {
        "diagnose-first-line": Sample(first, 0, 1, fault),
        "diagnose-whole": Sample(whole, 0, 1, fault),
        "two seconds": Sample(2.0, 0, 1),
        "twenty seconds": Sample(20.0, 0, 1),
    }


def _bare() -> Sample:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, timeout=SECONDS)
    return Sample(time.perf_counter() - started, 0, 1)


def _ready(folder: Path) -> Sample:
    with TemporaryDirectory(dir=folder) as state:
        environment = os.environ | {"ETABLI_STATE": state, "ETABLI_LANG": "en"}
        command = [sys.executable, "-m", "station_agent", "serve"]
        started = time.perf_counter()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            fault = "it ended before it was ready"
            for line in process.stdout:
                if line.strip() == READY:
                    fault = ""
                    break
            wall = time.perf_counter() - started
            process.terminate()
        return Sample(wall, 0, 1, fault)


if __name__ == "__main__":
    for _ in range(3):
        print({name: f"{sample.wall:.2f} s {sample.fault}" for name, sample in diagnose_round(Path.cwd()).items()})
