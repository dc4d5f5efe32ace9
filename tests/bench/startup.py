"""How long `etabli-station serve` takes until it says that it is ready, with no console, beside a bare interpreter.

The whole program: command line, drives of this machine, store, keys, watch. On a machine with few drives.
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


def startup_round(folder: Path) -> Samples:
    """Start both once."""
    return {"agent-ready": _ready(folder), "python-pass": _bare()}


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
