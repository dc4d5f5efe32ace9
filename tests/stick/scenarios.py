"""What the stick must show, as sentences. Each begins with a stick that was just written, or says otherwise."""

import random
import time
from pathlib import Path
from typing import Final

from tests.stick import workshop
from tests.stick.bench import Bench, erase, look_at_the_system
from tests.stick.machine import Drive, Machine
from tests.stick.place import (
    MEMORY_FOR_ALL,
    NVME,
    SATA,
    STICK,
    TWIN,
    Place,
    own_stick_is_refused,
    tell,
    verdicts,
)
from tests.stick.stick_file import left_of_donor, make_stick
from tests.virtual_bench.bench import expect, require

IN_MEMORY: Final = 2  # the entry of the menu
SLOW: Final = 3 << 20  # bytes a second, so that a cut comes in the middle
GONE_S: Final = 60.0
LONGEST_S: Final = 45.0  # a wipe with its verification, at that pace
GOOD: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")


def whole_way(place: Place, way: str) -> None:
    """Boot, be enrolled by the settings file, erase two drives, lose the power, hold certificates that are VALID."""
    shop = workshop.open_hub(place.folder / "hub")
    try:
        stick = make_stick(place.image, place.folder / "stick.img", workshop.settings_of(shop, "Banc 1"))
        drives = place.drives("sata", "nvme")
        with Machine(stick, drives, way=way) as machine:
            machine.await_ready()
            bench = Bench(machine)
            place.figures[f"seconds to the console, {way}"] = bench.await_console("STICK SATA DISK")
            place.figures[f"MiB of memory at idle, {way}"] = bench.memory_mib()
            tell(machine, "the console is there")
            look_at_the_system(bench)
            own_stick_is_refused(bench, STICK)
            said = erase(bench, (SATA, NVME), workshop.LOT)
            stated = bench.statements()
            expect(f"verdicts ({said[-600:]})", seen=verdicts(stated), wanted=["ERASED"] * 2)
            tell(machine, "two drives are erased; their statements wait")
            bench.until(lambda: workshop.waiting_benches(shop), "a bench that waits to be accepted")
            workshop.accept(shop, workshop.waiting_benches(shop)[0])
            tell(machine, "the bench is accepted by the hub; the power is cut")
        after_the_power_came_back(place, stick, drives, way, len(stated))
        take_certificates(place, shop, len(stated))
    finally:
        shop.stop()
    for drive in drives:
        expect(f"sectors of the donor on {drive.serial}", seen=left_of_donor(drive.file), wanted=0)


def after_the_power_came_back(place: Place, stick: Path, drives: list[Drive], way: str, statements: int) -> None:
    """The records are those from before the cut, nobody is asked again, and what waited is sent."""
    with Machine(stick, drives, way=way) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.await_console("STICK SATA DISK")
        expect("statements after the cut", seen=len(bench.statements()), wanted=statements)
        bench.until(lambda: bench.confirmed() == statements, "that the hub has confirmed every statement")


def take_certificates(place: Place, shop: workshop.Workshop, statements: int) -> None:
    """Let the lead approve, the donor download, and the verifier judge with the hub's trust file."""
    expect("statements that wait for the lead", seen=workshop.approve_all(shop), wanted=statements)
    files = workshop.certificates(shop, place.folder)
    require("each statement has its certificate", len(files) >= statements, seen=files)
    trust = place.folder / "trust.json"
    trust.write_bytes(workshop.trust_of(shop))
    expect("what the verifier does not call VALID", seen=workshop.verified(files, trust), wanted=[])


def last_verdicts(bench: Bench) -> dict[str, str]:
    """Give the last verdict of each drive that something was stated of."""
    return {one["subject"]["drive"]["serial"]: one["result"]["verdict"] for one in bench.statements()}


def questions(place: Place, way: str) -> None:
    """Ask a new stick's three questions once, on a screen and by keys; take the answers; never ask again."""
    stick, drives = make_stick(place.image, place.folder / "stick.img"), place.drives("sata")
    with Machine(stick, drives, way=way) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.await_console("Nouvelle clé")
        for answer in (("e", "n"), ("b", "e"), ()):
            bench.press(*answer, "ret")
        bench.await_console("Nothing was left open")
        drawn = bench.screen()
        require("the frame of the console is drawn", "─" in drawn, seen=drawn[-400:])
    with Machine(stick, drives, way=way) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.await_console("STICK SATA DISK")
        require("the language was kept", "Reports" in bench.screen(), seen=bench.screen())
        require("Belgian keys were kept", "+ampersand" in bench.guest.shell("dumpkeys --full-table | head -80").out)


def two_sticks_and_memory(place: Place, way: str) -> None:
    """With the system in memory and a second stick of the same image, neither stick is ever offered."""
    stick = make_stick(place.image, place.folder / "stick.img", 'language = "en"\n', entry=IN_MEMORY)
    twin = make_stick(place.image, place.folder / "twin.img")
    drives = [*place.drives("sata"), Drive("usb", twin, TWIN)]
    with Machine(stick, drives, way=way, memory_mib=MEMORY_FOR_ALL) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.await_console("Plusieurs clés")
        own_stick_is_refused(bench, STICK, TWIN)
        require("no daemon runs", bench.guest.run(("systemctl", "is-active", "etabli-station")).status)
        on_disks = bench.guest.shell(
            "findmnt --noheadings --output SOURCE --real --list | grep -E '/dev/(sd|nvme)'; true"
        )
        expect("what is mounted from disks", seen=on_disks.out, wanted="")
        machine.monitor.ask("device_del", {"id": "device1"})
        machine.monitor.await_event("DEVICE_DELETED", "device1", GONE_S)
        bench.press("ret")
        bench.await_console("STICK SATA DISK")
        own_stick_is_refused(bench, STICK)


def power_cuts(place: Place, way: str) -> None:
    """Cut the power at random moments of a wipe; nothing is falsely ERASED; what was begun is taken up and ends."""
    chance = random.Random(place.seed)
    stick = make_stick(
        place.image, place.folder / "stick.img", 'language = "en"\nhub = "https://hub.example"\ntoken = "nowhere-1"\n'
    )
    drives = place.drives("sata", "nvme", slow=SLOW)
    for cut in range(place.cuts):
        moment = chance.uniform(0, LONGEST_S)
        found = one_cut(stick, drives, way, moment)
        print(f"  cut {cut + 1} of {place.cuts}, {moment:4.1f} s after the start; before: {found}", flush=True)
    with Machine(stick, drives, way=way) as machine:
        bench = ready(machine)
        take_up(bench, wait=True)
        ended = last_verdicts(bench)
        expect("verdicts in the end", seen=ended, wanted={SATA: "ERASED", NVME: "ERASED"})
    nothing_is_falsely_erased(drives, ended)


def one_cut(stick: Path, drives: list[Drive], way: str, moment: float) -> str:
    """Boot, see that what is stated is true, go on or begin, and cut the power at that moment."""
    with Machine(stick, drives, way=way) as machine:
        bench = ready(machine)
        stated = last_verdicts(bench)
        nothing_is_falsely_erased(drives, stated)
        take_up(bench, wait=False)
        time.sleep(moment)
        return " ".join(f"{serial} {verdict}" for serial, verdict in stated.items()) or "nothing stated before"


def ready(machine: Machine) -> Bench:
    """Wait until the bench shows its drives."""
    machine.await_ready()
    bench = Bench(machine)
    bench.until(lambda: SATA in bench.say("status", "quit") and NVME in bench.say("status", "quit"), "two drives")
    return bench


def take_up(bench: Bench, *, wait: bool) -> None:
    """Take up what was interrupted, or begin; a drive that was erased already is left alone."""
    ends = ("wait", "status", "quit") if wait else ("quit",)
    bench.say("sign-in op-1", "plan all", f"confirm {SATA}", f"confirm {NVME}", "start", *ends)


def nothing_is_falsely_erased(drives: list[Drive], stated: dict[str, str]) -> None:
    """What was stated ERASED holds nothing of the donor, whatever was cut."""
    for drive in drives:
        if stated.get(drive.serial) in GOOD:
            expect(f"sectors of the donor on {drive.serial}", seen=left_of_donor(drive.file), wanted=0)
