"""Opens the guided checks of this machine for whoever asks: the command of its own, and the console of the bench.

Answers lie in the state folder from the moment in which they are given, so that it matters to nobody which one asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from diagnostics.machine import MachineReport
from station_agent.bench import Bench
from station_agent.checks.album import album_below
from station_agent.checks.answers import Answers
from station_agent.checks.desk import Desk
from station_agent.checks.drives_at_hand import DriveAtHand, at_hand
from station_agent.checks.kept import KeptAnswers, machine_key
from station_agent.checks.means import machine_means, shoot
from station_agent.clock import SystemClock
from station_agent.commands.call import Call
from station_agent.diagnose import machine_of, own_drives
from station_agent.drive_self_test import is_being_erased


@dataclass(frozen=True, slots=True)
class Wish:
    """Of which machine and by whom: `chassis` and `asset` where they are told, and folders with photos."""

    chassis: str = ""
    asset: str = ""
    operator: str = ""
    photos: tuple[Path, ...] = ()
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The answers of one machine, how to ask for more, and how the machine is named: maker, model and tag."""

    answers: Answers
    name: str
    photos: tuple[Path, ...]
    root: Path
    machine: MachineReport

    def desk(self, call: Call, bench: Bench) -> Desk:
        """Stand at the next open check; close it in the end."""
        album = album_below(self.answers.kept.path.parent, list(self.photos), lambda: shoot(self.root))
        means = machine_means(self.root, lambda: _drives(call, bench, self.machine))
        return Desk(self.answers, means, album=album, read=self.machine.locks.findings)


def open_checks(call: Call, bench: Bench, wish: Wish) -> Opened:
    """Read the machine of a bench and the answers that it has. Raises `StationError`, also where there is none."""
    clock = SystemClock()
    machine, found = machine_of(bench)
    root = bench.machine_root
    assert root is not None  # `machine_of` has refused
    tag = wish.asset or bench.asset
    kept = KeptAnswers(call.state, machine_key(machine.identity, tag, clock.moment().boot_id))
    if wish.afresh:
        kept.put_away(clock.now())
    answers = Answers(
        wish.chassis or machine.identity.chassis,
        found,
        kept,
        lambda: f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        wish.operator,
    )
    name = ", ".join(word for word in (machine.identity.maker, machine.identity.model, tag) if word)
    return Opened(answers, name, wish.photos, root, machine)


def _drives(call: Call, bench: Bench, machine: MachineReport) -> tuple[DriveAtHand, ...]:
    """Give the drives of this machine that can be asked; a simulated one tests nothing."""
    if bench.simulated:
        return ()
    mine = (device for device in own_drives(bench, machine) if not device.simulated)
    return tuple(at_hand(device, partial(is_being_erased, call, bench, device)) for device in mine)
