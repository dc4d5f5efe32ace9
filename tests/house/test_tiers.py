"""A missing tier is skipped by name, told at the end, and fatal where all are required."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiers
from tests.tiers import TIERS, Tally, Tier

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

def test_small(): pass

@pytest.mark.browser
def test_page(): assert False, "must not run without a browser"

@pytest.mark.world
def test_process(): pass
"""


def test_a_tier_that_ran_is_told_with_its_numbers() -> None:
    tally = Tally()
    for outcome in ("passed", "passed", "failed", "skipped"):
        tally.add("kernel", outcome)
    assert tally.line("kernel") == "kernel    2 passed, 1 failed, 1 skipped"
    assert tally.ran("kernel") == 3


def test_a_tier_that_lacks_something_says_what() -> None:
    tally = Tally(missing={"kernel": "root"})
    tally.add("kernel", "skipped")
    assert tally.line("kernel") == "kernel    not run: needs root (1 tests skipped)"


def test_a_tier_without_tests_counts_as_absent() -> None:
    tally = Tally()
    tally.add("unit", "passed")
    assert tally.absent((Tier("unit", ""), Tier("campaign", "campaign"))) == ("campaign",)


def test_a_tier_of_which_all_tests_were_skipped_counts_as_absent() -> None:
    tally = Tally()
    tally.add("unit", "skipped")
    assert tally.absent((Tier("unit", ""),)) == ("unit",)


def test_an_ordinary_user_lacks_root_for_the_kernel_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers.os, "geteuid", lambda: 1000)
    kernel = next(tier for tier in TIERS if tier.name == "kernel")
    assert "root" in kernel.needs()


def test_a_machine_without_programs_names_the_debian_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tiers, "POSTGRES_HOMES", tmp_path)
    needs = {tier.name: tuple(tier.needs()) for tier in TIERS}
    assert needs["browser"] == ("chromium (Debian package chromium)", "chromedriver (Debian package chromium-driver)")
    assert needs["postgres"] == ("initdb (Debian package postgresql)",)
    assert needs["unit"] == ()


def test_the_newest_postgresql_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("9", "15"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    monkeypatch.setattr(tiers, "POSTGRES_HOMES", tmp_path)
    assert tiers.find_postgres() == str(tmp_path / "15" / "bin" / "initdb")


def run_suite(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a small suite under the plugin, on a machine without a browser."""
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n kernel: k\n browser: b\n postgres: p\n campaign: c\n world: w\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.tiers", "-p", "no:cacheprovider", str(folder)]
    bare = {"PATH": str(folder / "bin"), "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, env=bare | environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.world
def test_a_run_without_a_browser_skips_and_stays_green(tmp_path: Path) -> None:
    result = run_suite(tmp_path)
    assert result.returncode == 0, result.stdout
    assert "unit      1 passed" in result.stdout
    assert "world     1 passed" in result.stdout
    assert "browser   not run: needs chromium (Debian package chromium)" in result.stdout
    assert "virtual   not part of this run: make virtual-bench (root, QEMU)" in result.stdout


@pytest.mark.world
def test_the_same_run_is_red_where_all_tiers_are_required(tmp_path: Path) -> None:
    result = run_suite(tmp_path, REQUIRE_ALL_TIERS="1")
    assert result.returncode == 1
    assert "this run fails, for lack of browser" in result.stdout
