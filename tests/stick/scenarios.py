"""What the stick must show, as sentences. Each begins with a stick that was just written, or says otherwise."""

from pathlib import Path
from typing import Final

from tests.stick import workshop
from tests.stick.bench import Bench, erase, look_at_the_system
from tests.stick.machine import Drive, Machine
from tests.stick.place import (
    MEMORY_FOR_ALL,
    NO_QUESTIONS,
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
GONE_S: Final = 60.0


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
        keys = bench.guest.shell("dumpkeys | grep -E '^keycode +9 '").out
        require(
            "Belgian keys were kept: the exclamation mark is on the 8, where French keys have a low line",
            "exclam" in keys,
            seen=keys,
        )


def two_sticks_and_memory(place: Place, way: str) -> None:
    """With the system in memory and a second stick of the same image, neither stick is ever offered."""
    stick = make_stick(place.image, place.folder / "stick.img", NO_QUESTIONS, entry=IN_MEMORY)
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
