"""Fifty pulled plugs: whatever was going on, nothing is falsely ERASED, and what was begun is taken up and ends.

A cut kills QEMU: what the guest had not written out is lost. After every cut the kernel and the system start anew from
the stick. Firmware and GRUB are left out where nothing depends on them: the first and the last start have them.
"""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.stick.bench import Bench
from tests.stick.machine import FROM_STICK, Drive, Machine, Start, from_kernel
from tests.stick.place import NO_QUESTIONS, Place, tell
from tests.stick.stick_file import fill, left_of_donor, make_stick, take_live_files
from tests.virtual_bench.bench import expect, require

DRIVE_MIB: Final = 32
SLOW: Final = 3 << 20  # bytes a second, so that a cut comes in the middle
LONGEST_S: Final = 26.0  # a wipe with its verification, at that pace
GOOD: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")
MODELS: Final = ("STICK SATA DISK", "QEMU NVMe")
AFTER_A_CUT: Final = frozenset({*GOOD, "INTERRUPTED"})


def power_cuts(place: Place, way: str) -> None:
    """Cut the power at random moments of wipes; drives that are erased give way to others, and the last are erased."""
    chance, live = random.Random(place.seed), place.folder / "live"
    quick = from_kernel(live, take_live_files(place.image, live))
    series = Series(place, way, make_stick(place.image, place.folder / "stick.img", NO_QUESTIONS))
    cuts, start = 0, FROM_STICK
    while cuts < place.cuts:
        with series.booted(start) as bench:
            if not series.all_erased():
                take_up(bench, series.drives)
                moment = chance.uniform(0, LONGEST_S)
                time.sleep(moment)
                cuts += 1
                tell(
                    bench.machine,
                    f"cut {cuts} of {place.cuts}, {moment:4.1f} s after the start; before: {series.verdicts()}",
                )
        start = quick
        if series.all_erased():
            series.change_drives()
    with series.booted(FROM_STICK) as bench:
        take_up(bench, series.drives, "wait", "status")
        series.look(bench)
    expect("verdicts in the end", seen=set(series.verdicts().values()), wanted={"ERASED"})
    place.figures["power cuts"], place.figures["pairs of drives erased in spite of them"] = cuts, series.generation


class Series:
    """One stick through many power cuts, with the pair of drives that is in the machine now."""

    def __init__(self, place: Place, way: str, stick: Path) -> None:
        self.place, self.way, self.stick = place, way, stick
        self.generation, self.stated = 0, list[dict[str, Any]]()
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
    def booted(self, start: Start) -> Iterator[Bench]:
        """Start the machine, look at what the stick says after the last cut, and cut the power at the end."""
        with Machine(self.stick, self.drives, way=self.way, start=start) as machine:
            machine.await_ready()
            bench = Bench(machine)
            for model in MODELS:
                bench.await_console(model)
            self.look(bench)
            yield bench

    def look(self, bench: Bench) -> None:
        """Nothing that was stated before is lost or changed; what is called erased holds nothing of the donor."""
        now = bench.statements()
        expect("statements from before the cut", seen=now[: len(self.stated)], wanted=self.stated)
        self.stated = now
        found = self.verdicts()
        require("only verdicts that a cut leaves", {*found.values()} <= AFTER_A_CUT, seen=found)
        for drive in self.drives:
            if found.get(drive.serial) in GOOD:
                expect(f"sectors of the donor on {drive.serial}", seen=left_of_donor(drive.file), wanted=0)

    def verdicts(self) -> dict[str, str]:
        """Give the last verdict of each drive of now that something was stated of."""
        last = {one["subject"]["drive"]["serial"]: one["result"]["verdict"] for one in self.stated}
        return {drive.serial: last[drive.serial] for drive in self.drives if drive.serial in last}

    def all_erased(self) -> bool:
        """Say whether nothing is left to wipe."""
        found = self.verdicts()
        return all(found.get(drive.serial) in GOOD for drive in self.drives)


def take_up(bench: Bench, drives: Sequence[Drive], *then: str) -> str:
    """Take up what was interrupted, or begin; a drive that was erased already is left alone. Give what was said."""
    return bench.say("sign-in op-1", "plan all", *(f"confirm {one.serial}" for one in drives), "start", *then, "quit")
