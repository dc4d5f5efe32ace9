"""The import contracts of pyproject.toml break when a room reaches where it must not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.world

ROOT = Path(__file__).resolve().parents[2]
BREACHES = {
    "a library that imports a library": ("certificates/x.py", "import erasure", "never import each other"),
    "a library that imports an application": ("erasure/x.py", "import station_agent", "No library imports"),
    "a hub that knows drives": ("hub/x.py", "import erasure.drive", "hub imports certificates"),
    "a hub that diagnoses": ("hub/x.py", "import diagnostics.machine", "hub imports certificates"),
    "a station that imports the hub": ("station_agent/x.py", "import hub.models", "station_agent never"),
    "ioctl outside the transport": ("erasure/x.py", "import ctypes", "Only erasure.transport uses ctypes"),
    "a program started elsewhere": ("hub/x.py", "import subprocess", "start programs"),
}


def contracts(folder: Path, path: str, line: str) -> subprocess.CompletedProcess[str]:
    """Judge a scratch house that has one more module."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("station_agent", "hub", "erasure", "erasure/transport", "diagnostics", "certificates"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for module in ("erasure/drive.py", "diagnostics/machine.py", "diagnostics/grading.py", "hub/models.py"):
        (folder / module).touch()
    (folder / path).write_text(f"{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("path", "line", "contract"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_found(tmp_path: Path, path: str, line: str, contract: str) -> None:
    result = contracts(tmp_path, path, line)
    broken = [told for told in result.stdout.splitlines() if told.endswith("BROKEN")]
    assert result.returncode == 1
    assert len(broken) == 1
    assert contract in broken[0]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("hub/x.py", "import diagnostics.grading"),
        ("erasure/transport/x.py", "import ctypes"),
        ("station_agent/system.py", "import subprocess"),
    ],
)
def test_what_the_design_allows_is_kept(tmp_path: Path, path: str, line: str) -> None:
    assert contracts(tmp_path, path, line).returncode == 0
