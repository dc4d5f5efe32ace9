"""Fifty pulled plugs: whatever was going on, nothing is falsely ERASED, and what was begun is taken up and ends.

A cut kills QEMU: what the guest had not written out is lost. The first start, the last, and every tenth are boots from
the stick by firmware and GRUB, the last one up to the console; the others wake the system as it is saved in memory
(`saved.py`), with the stick and the drives as they are after the cut.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.stick.bench import Bench
from tests.stick.machine import Drive, Machine
from tests.stick.orders import Records, begin, records
from tests.stick.place import Place, tell
from tests.stick.saved import SavedSystem
from tests.stick.stick_file import fill, left_of_donor, make_stick
from tests.virtual_bench.bench import expect, require

DRIVE_MIB: Final = 64
SLOW: Final = 3 << 20  # bytes a second, so that a cut comes in the middle
LONGEST_S: Final = 26.0  # of the moments; a pair of drives takes twice as long
BOOT_EVERY: Final = 10
GOOD: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")
AFTER_A_CUT: Final = frozenset({*GOOD, "INTERRUPTED"})
MODELS: Final = ("STICK SATA DISK", "QEMU NVMe")
QUESTIONS: Final = "New stick"
ENGLISH: Final = 'language = "en"\n'
ENDED_S: Final = 600.0


def power_cuts(place: Place, way: str) -> None:
    """Cut the power at random moments of wipes; drives that are erased give way to others, and the last are erased."""
    chance = random.Random(place.seed)
    stick = make_stick(place.image, place.folder / "stick.img", ENGLISH)
    series = Series(place, way, stick, SavedSystem(place.image, place.folder, place.keep))
    cuts = 0
    while cuts < place.cuts:
        with series.started() as bench:
            if series.missing():
                told = series.wiped_for(bench, chance.uniform(0, LONGEST_S))
                cuts += 1
                tell(bench.machine, f"cut {cuts} of {place.cuts}, {series.kind}, {told}; before: {series.told()}")
        if not series.missing():
            series.change_drives()
    with series.booted() as bench:
        bench.press("ret", "ret", "ret")
        for model in MODELS:
            bench.await_console(model)
        if series.missing():
            begin(bench, series.missing())
        bench.until(lambda: series.look(bench) and not series.missing(), "the end of the last wipes", ENDED_S)
        tell(bench.machine, f"the end: {series.told()}")
    expect("verdicts of all drives", seen={*series.verdicts().values()}, wanted={"ERASED"})
    expect("runs that are open in the end", seen=series.kept.last, wanted={})
    starts = series.kept.starts.values()
    place.figures |= {
        "power cuts": cuts,
        "runs that ended": len(starts),
        "runs that ended after one cut or more": sum(one > 1 for one in starts),
        "starts of the run with the most": max(starts),
    }


class Series:
    """One stick through many power cuts, with the pair of drives that is in the machine now."""

    def __init__(self, place: Place, way: str, stick: Path, system: SavedSystem) -> None:
        self.place, self.way, self.stick, self.system = place, way, stick, system
        self.generation, self.starts, self.kind = 0, 0, ""
        self.kept = Records([], {}, {})
        self.drives = list[Drive]()
        self.change_drives()

    def change_drives(self) -> None:
        """Take a new pair of slow drives full of a donor's data, with serial numbers of their own."""
        self.generation += 1
        serials = {"sata": f"SATA{self.generation:04}", "nvme": f"NVME{self.generation:04}"}
        self.drives = [
            Drive(kind, fill(self.place.folder / f"{kind}.img", DRIVE_MIB), serial, SLOW)
            for kind, serial in serials.items()
        ]

    @contextmanager
    def started(self) -> Iterator[Bench]:
        """Start the machine, every tenth time by a boot; look at the records; cut the power at the end."""
        with self.booted() if self.starts % BOOT_EVERY == 0 else self.woken() as bench:
            self.starts += 1
            yield bench

    @contextmanager
    def booted(self) -> Iterator[Bench]:
        """Boot from the stick, wait until the questions of a new stick stand on the screen and the daemon is there."""
        self.kind = "booted"
        with Machine(self.stick, self.drives, way=self.way) as machine:
            machine.await_ready()
            bench = Bench(machine)
            bench.await_console(QUESTIONS)
            self.await_daemon(bench)
            yield bench

    @contextmanager
    def woken(self) -> Iterator[Bench]:
        """Wake the saved system, wait until the daemon is there."""
        self.kind = "woken"
        with self.system.started(self.stick, self.drives) as machine:
            bench = Bench(machine)
            self.await_daemon(bench)
            yield bench

    def await_daemon(self, bench: Bench) -> None:
        """Wait until the daemon works, and look at what the stick keeps."""
        active = ("systemctl", "is-active", "etabli-station")
        bench.until(lambda: bench.guest.run(active).out.strip() == "active", "the daemon at work")
        self.look(bench)

    def wiped_for(self, bench: Bench, seconds: float) -> str:
        """Let what is missing be wiped for so long; say how long it was, and how many runs were taken up."""
        gone_on = begin(bench, self.missing())
        ordered = time.monotonic()
        time.sleep(seconds)
        return f"{time.monotonic() - ordered:4.1f} s after the order, {len(gone_on)} taken up"

    def look(self, bench: Bench) -> bool:
        """Nothing that was stated before is lost or changed; what is called erased holds nothing of the donor."""
        before, self.kept = self.kept, records(bench)
        now = self.kept.statements
        expect("statements from before the cut", seen=now[: len(before.statements)], wanted=before.statements)
        found = {one["result"]["verdict"] for one in now}
        require("only verdicts that a cut leaves", found <= AFTER_A_CUT, seen=found)
        for drive in self.drives:
            if self.verdicts().get(drive.serial) in GOOD:
                expect(f"sectors of the donor on {drive.serial}", seen=left_of_donor(drive.file), wanted=0)
        return True

    def verdicts(self) -> dict[str, str]:
        """Give the last verdict of each drive that something was stated of."""
        return {one["subject"]["drive"]["serial"]: one["result"]["verdict"] for one in self.kept.statements}

    def missing(self) -> list[str]:
        """Give the serials of the drives that are still to be wiped."""
        found = self.verdicts()
        return [drive.serial for drive in self.drives if found.get(drive.serial) not in GOOD]

    def told(self) -> str:
        """Say in one line what the records hold: statements, and the last entry of each open run."""
        found = self.verdicts()
        pair = ", ".join(f"{drive.serial} {found.get(drive.serial, '-')}" for drive in self.drives)
        return f"{pair}; open: {', '.join(self.kept.last.values()) or 'none'}; {len(found)} drives stated"
