"""The Windows key of a machine is in nothing that the bench says or keeps: only its last five characters are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diagnostics.machine_trees import FAKE_KEY, materialise

CHECKOUT = Path(__file__).resolve().parents[2]
MACHINE = CHECKOUT / "hardware-fixtures/machines/absolute-enabled"
BENCH = """schema = "etabli.bench-file/1"
name = "licence"
drives = []
[machine]
fixture = "machines/licensed"
"""


@pytest.mark.world
@pytest.mark.parametrize("words", [("--json",), ("--lang", "fr"), ("--lang", "en")])
def test_neither_the_output_nor_the_records_of_a_diagnosis_hold_the_key(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = materialise(MACHINE, tmp_path / "machines/licensed")
    shutil.copy(MACHINE / "machine.toml", root / "machine.toml")
    assert FAKE_KEY.encode() in (root / "sys/firmware/acpi/tables/MSDM").read_bytes()
    bench, state = tmp_path / "bench.toml", tmp_path / "state"
    bench.write_text(BENCH, encoding="utf-8")
    environment = {**os.environ, "ETABLI_STATE": str(state), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "station_agent", "diagnose", "--bench", str(bench), *words]
    said = subprocess.run(command, capture_output=True, timeout=120, env=environment, check=False)
    assert said.returncode == 0, said.stderr.decode()
    kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    assert b"DEMO-ABSOL-1" in kept + said.stdout
    for part in FAKE_KEY.split("-")[:4]:
        assert part.encode() not in said.stdout + said.stderr + kept, part
