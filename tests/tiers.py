"""Pytest plugin: the tiers of the suite, what each one needs, and one honest block at the end of the run.

A tier is a marker. Where its needs are missing its tests are skipped with the reason; with `REQUIRE_ALL_TIERS=1`
a tier that is missing, or of which nothing ran, fails the run: a green run that tested nothing is the accident.
Where several processes share a run, the one that started them counts what they report, and judges.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

UDEVD_PLACES = ("/lib/systemd/systemd-udevd", "/usr/lib/systemd/systemd-udevd", "/usr/bin/udevd", "/sbin/udevd")
POSTGRES_HOMES = Path("/usr/lib/postgresql")
STRICT = "REQUIRE_ALL_TIERS"


def find_udevd() -> str | None:
    """Path of the udev daemon, or None."""
    return next((place for place in UDEVD_PLACES if Path(place).exists()), None)


def find_postgres(program: str = "initdb") -> str | None:
    """Path of a PostgreSQL server program: Debian keeps it out of PATH."""
    versions = sorted(POSTGRES_HOMES.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]), reverse=True)
    return str(versions[0]) if versions else shutil.which(program)


def _kernel_needs() -> Iterable[str]:
    if os.geteuid() != 0:
        yield "root"
    if not Path("/dev/loop-control").exists():
        yield "loop devices (/dev/loop-control)"
    if not Path("/run/udev/control").exists() and find_udevd() is None:
        yield "udevd (Debian package udev)"
    if not Path("/dev/fuse").exists():
        yield "FUSE (/dev/fuse)"
    yield from _programs(losetup="mount", **{"mkfs.ext4": "e2fsprogs", "fusermount3": "fuse3", "udevadm": "udev"})


def _postgres_needs() -> Iterable[str]:
    if find_postgres() is None:
        yield "initdb (Debian package postgresql)"


def _browser_needs() -> Iterable[str]:
    yield from _programs(chromium="chromium", chromedriver="chromium-driver")


def _programs(**packages: str) -> Iterable[str]:
    """Name what is not installed; the folders of an administrator count, although they are not in a user's PATH."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    for program, package in packages.items():
        if shutil.which(program, path=places) is None:
            yield f"{program} (Debian package {package})"


def _nothing() -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: its marker ("" for the rest), what it is, and a probe that names what is missing."""

    name: str
    marker: str
    needs: Callable[[], Iterable[str]] = _nothing


# A test with several markers needs what all of them need and counts in the first that matches.
TIERS = (
    Tier("browser", "browser", _browser_needs),
    Tier("kernel", "kernel", _kernel_needs),
    Tier("postgres", "postgres", _postgres_needs),
    Tier("campaign", "campaign"),
    Tier("world", "world"),
    Tier("unit", ""),
)


# What no run of pytest holds: it boots machines for minutes. Never counted, always told.
ELSEWHERE = (("virtual", "make virtual-bench (root, QEMU)"), ("stick", "make image, make image-test (root, QEMU)"))


@dataclass(slots=True)
class Tally:
    """What became of the tests of each tier in this run."""

    missing: dict[str, str] = field(default_factory=dict)  # tier -> what it lacks
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, tier: str, outcome: str) -> None:
        """Count one test."""
        self.outcomes.setdefault(tier, Counter())[outcome] += 1

    def ran(self, tier: str) -> int:
        """Number of tests of a tier that were really executed."""
        counts = self.outcomes.get(tier, Counter())
        return counts["passed"] + counts["failed"]

    def absent(self, tiers: Iterable[Tier]) -> tuple[str, ...]:
        """Tiers that are missing or of which no test was executed."""
        return tuple(tier.name for tier in tiers if tier.name in self.missing or self.ran(tier.name) == 0)

    def line(self, tier: str) -> str:
        """One line of the closing block."""
        counts = self.outcomes.get(tier, Counter())
        if tier in self.missing:
            return f"{tier:9} not run: needs {self.missing[tier]} ({counts['skipped']} tests skipped)"
        if not counts:
            return f"{tier:9} not run: no test selected"
        parts = [f"{counts[word]} {word}" for word in ("passed", "failed", "skipped") if counts[word]]
        return f"{tier:9} {', '.join(parts)}"


@dataclass(eq=False, slots=True)  # pytest keeps its plugins in a set
class Counting:
    """Plugin object that counts reports: those of this process, or those that the processes of a run send to it."""

    tally: Tally

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the outcome of each test once; an error in set-up or tear-down counts as a failure."""
        tier = dict(report.user_properties).get("tier")  # a process that died reports for its test, without a tier
        if tier is not None and (report.when == "call" or report.outcome != "passed"):
            self.tally.add(str(tier), report.outcome)


TALLY = pytest.StashKey[Tally]()


def tier_of(item: pytest.Item) -> Tier:
    """Return the tier in which a test counts."""
    return next(tier for tier in TIERS if not tier.marker or item.get_closest_marker(tier.marker))


def lacking(item: pytest.Item, missing: dict[str, str]) -> str:
    """Say what the machine lacks for this test, "" when nothing."""
    lacks = [missing[tier.name] for tier in TIERS if tier.name in missing and item.get_closest_marker(tier.marker)]
    return "; ".join(lacks)


def pytest_configure(config: pytest.Config) -> None:
    """Probe every tier once."""
    needs = {tier.name: ", ".join(tier.needs()) for tier in TIERS}
    config.stash[TALLY] = Tally(missing={name: text for name, text in needs.items() if text})
    config.pluginmanager.register(Counting(config.stash[TALLY]), "tiers-counting")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run."""
    tally = config.stash[TALLY]
    for item in items:
        item.user_properties.append(("tier", tier_of(item).name))
        if lacks := lacking(item, tally.missing):
            item.add_marker(pytest.mark.skip(reason=f"needs {lacks}"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turn a green run red when a required tier is missing; one process of several has not seen them all."""
    if hasattr(session.config, "workerinput"):
        return
    strict = os.environ.get(STRICT) == "1" and not session.config.option.collectonly
    if strict and exitstatus == pytest.ExitCode.OK and session.config.stash[TALLY].absent(TIERS):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print which tiers ran, how many tests, and which did not and why."""
    tally = config.stash[TALLY]
    terminalreporter.section("tiers")
    for tier in TIERS:
        terminalreporter.line(tally.line(tier.name))
    for name, command in ELSEWHERE:
        terminalreporter.line(f"{name:9} not part of this run: {command}")
    absent = tally.absent(TIERS)
    if absent and os.environ.get(STRICT) == "1":
        terminalreporter.line(f"{STRICT}=1: this run fails, for lack of {', '.join(absent)}", red=True)
