"""Two more ways by which a bench comes about: from a server of the network, from a stick that a bench has written."""

import re
from pathlib import Path
from typing import Final

from tests.stick.bench import Bench, erase, look_at_the_system
from tests.stick.machine import MENU, Drive, Machine, from_network
from tests.stick.place import (
    MEMORY_FOR_ALL,
    NO_QUESTIONS,
    SATA,
    STICK,
    TWIN,
    Place,
    own_stick_is_refused,
    tell,
    verdicts,
)
from tests.stick.stick_file import fill, left_of_donor, make_records_stick, make_stick, take_live_files
from tests.stick.web_server import served
from tests.stick.workshop import HOST
from tests.virtual_bench.bench import expect, require
from tests.virtual_bench.cache import run

README: Final = Path(__file__).resolve().parents[2] / "station_agent/image/README.md"
RECIPE: Final = re.compile(r"```\n(#!ipxe\n.*?)```", re.DOTALL)
SERVER: Final = "http://10.0.0.1/"
BROUGHT: Final = "CARRIER1"
CARRIED: Final = "/run/carried"
NEW_STICK_MIB: Final = 900
SECTORS_A_MIB: Final = 2048
WRITING_S: Final = 1800.0
WORDS: Final = ("--image", f"{CARRIED}/etabli.iso", "--lang", "en")


def by_the_network(place: Place, way: str) -> None:
    """Start by PXE as the README says; nothing can be erased before a stick for the records is plugged in."""
    folder = place.folder / "net"
    image = take_live_files(place.image, folder)
    stick, drives = make_records_stick(place.folder / "stick.img"), place.drives("sata")
    with served(folder) as (port, asked):
        recipe = RECIPE.findall(README.read_text("utf-8"))[0].replace("etabli.image=ID", f"etabli.image={image}")
        (folder / MENU).write_text(recipe.replace(SERVER, f"http://{HOST}:{port}/"), "utf-8")
        with Machine(stick, drives, way=way, memory_mib=MEMORY_FOR_ALL, start=from_network(folder)) as machine:
            machine.await_ready()
            bench = Bench(machine)
            bench.await_console("Ce système est venu par le réseau")
            expect(
                "files that were fetched", seen=sorted(asked), wanted=["/filesystem.squashfs", "/initrd", "/vmlinuz"]
            )
            require("no daemon runs", bench.guest.run(("systemctl", "is-active", "etabli-station")).status)
            tell(machine, "started by the network, no stick: nothing is erased")
            machine.plug_stick()
            bench.until(lambda: "ETABLI_STATE" in bench.guest.shell("lsblk --output PARTLABEL").out, "the stick")
            bench.press("ret")
            bench.await_console("Nouvelle clé")
            bench.press("ret", "ret", "ret")
            place.figures[f"seconds to the console, network, {way}"] = bench.await_console("STICK SATA DISK")
            look_at_the_system(bench)
            own_stick_is_refused(bench, STICK)
            said = erase(bench, (SATA,), "LOT-1")
            expect(f"verdicts ({said[-600:]})", seen=verdicts(bench.statements()), wanted=["ERASED"])
    expect("sectors of the donor", seen=left_of_donor(drives[0].file), wanted=0)


def made_by_a_bench(place: Place, way: str) -> None:
    """Let a bench write a second stick with `make-stick`, after it refused three other disks; start from that one."""
    stick = make_stick(place.image, place.folder / "stick.img", NO_QUESTIONS)
    new = fill(place.folder / "new.img", NEW_STICK_MIB)
    drives = [*place.drives("sata"), Drive("usb", new, TWIN), Drive("usb", carrier(place), BROUGHT)]
    with Machine(stick, drives, way=way) as machine:
        machine.await_ready()
        bench = Bench(machine)
        paths = {serial: one["path"] for serial, one in bench.drives().items()}
        bench.guest.shell(f"mkdir {CARRIED} && mount -o ro {paths[BROUGHT]} {CARRIED}")
        refused = {
            (STICK, STICK): "in use or protected",
            (SATA, SATA): "no USB stick and no card",
            (BROUGHT, BROUGHT): "in use or protected",
            (TWIN, ""): "confirm it",
            (TWIN, STICK): "confirm it",
        }
        for (serial, typed), words in refused.items():
            told = make(bench, paths[serial], typed)
            require(f"{serial} is refused, {typed!r} typed: {words}", words in told, seen=told)
        expect("sectors of the new stick as they were", seen=left_of_donor(new), wanted=NEW_STICK_MIB * SECTORS_A_MIB)
        told = make(bench, paths[TWIN], TWIN)
        require("the stick is written and compared", "Written and compared" in told, seen=told)
        tell(machine, "the new stick is written and compared")
        told = make(bench, paths[TWIN], TWIN)
        require("a stick of Établi is refused", "in use or protected" in told, seen=told)
    with Machine(new, place.drives("sata"), way=way) as machine:
        machine.await_ready()
        bench = Bench(machine)
        place.figures[f"seconds to the questions, stick that a bench made, {way}"] = bench.await_console("Nouvelle clé")
        bench.press("ret", "ret", "ret")
        bench.await_console("STICK SATA DISK")
        look_at_the_system(bench)
        own_stick_is_refused(bench, STICK)
        place.figures[f"MiB of memory at idle, stick that a bench made, {way}"] = bench.memory_mib()


def carrier(place: Place) -> Path:
    """Make a disk that brings image and facts to a bench."""
    disk, facts = place.folder / "carrier.img", place.other.with_suffix(".json")
    files = (f"etabli.iso={place.other}", f"etabli.json={facts}")
    run("xorriso", "-as", "mkisofs", "-quiet", "-r", "-volid", "CARRIER", "-graft-points", "-o", str(disk), *files)
    return disk


def make(bench: Bench, path: str, typed: str) -> str:
    """Ask for a stick as a person does on a shell; give all that is said."""
    confirmed = ("--confirm", typed) if typed else ()
    said = bench.guest.run(("etabli-station", "make-stick", path, *WORDS, *confirmed), timeout_s=WRITING_S)
    return said.out + said.err
