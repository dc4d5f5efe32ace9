"""The first command of the README, whole: a hub, a bench, six drives, a machine, certificates that verify."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.world
@pytest.mark.timeout(300)
def test_the_demonstration_goes_from_drives_to_certificates_and_ends_well(tmp_path: Path) -> None:
    words = ["-m", "station_agent.demo", "--once", "--dir", str(tmp_path / "demo"), "--lang", "en"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ETABLI_")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.count(": VALID") == 8
    assert "four drives certified; two failures told" in done.stdout
    assert len(list((tmp_path / "demo").glob("*.pdf"))) == 4
