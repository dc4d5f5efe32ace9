"""Recorded trees of sys, TPMs and umockdev recordings, through the same readers; showing paths only."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diagnostics.battery import BatteryState, on_mains, read_batteries
from diagnostics.machine import read_machine
from diagnostics.trust import read_tpm

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"
SYS = RECORDINGS / "procfs/fixtures/sys"
UMOCKDEV = RECORDINGS / "umockdev/devices"
READERS = """
import json
from pathlib import Path
from diagnostics.machine import read_machine
document = read_machine(Path("/")).to_document()
kinds = [one["kind"] for one in document["devices"]] + [one["kind"] for one in document["inputs"]]
print(json.dumps(kinds))
"""

pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "INDEX.tsv").is_file(), reason="recorded hardware data is not present"
)


@pytest.fixture
def recorded_machine(tmp_path: Path) -> Path:
    """The recorded tree, with the links by which a kernel shows its power supplies."""
    shutil.copytree(SYS / "class", tmp_path / "sys/class")
    shutil.copytree(SYS / "block", tmp_path / "sys/block")
    supplies = tmp_path / "sys/class/power_supply"
    supplies.mkdir()
    for node in SYS.rglob("power_supply/*"):
        (supplies / node.name).symlink_to(node)
    return tmp_path


def test_a_recorded_battery_above_its_design_that_counts_no_cycles(recorded_machine: Path) -> None:
    (battery,) = read_batteries(recorded_machine)
    assert (battery.state, battery.unit, battery.health_permille) == (BatteryState.OK, "uWh", 1000)
    assert (battery.raw_permille, battery.cycles, battery.status) == (1053, 0, "Discharging")
    assert "over-design" in battery.flags
    assert on_mains(recorded_machine) is False


def test_a_recorded_machine_has_an_identity_a_drive_and_a_bios(recorded_machine: Path) -> None:
    machine = read_machine(recorded_machine)
    assert machine.identity.maker
    assert machine.identity.model
    assert machine.identity.chassis == "server"
    assert all(machine.bios)
    assert [drive.name for drive in machine.storage] == [] or machine.storage[0].size_bytes > 0


def test_every_file_of_the_recorded_tree_can_be_read(recorded_machine: Path) -> None:
    """Not one name of the tree makes a reader stumble, also where it stands for another."""
    dmi = recorded_machine / "sys/class/dmi/id"
    for path in sorted(dmi.iterdir()):
        kept = path.read_bytes()
        for hostile in (b"", b"\xff" * 300, b"\0" * 64, b"9" * 400):
            path.write_bytes(hostile)
            assert read_machine(recorded_machine).identity.grade in "ABC", path.name
        path.write_bytes(kept)


def test_a_recorded_tpm_of_the_old_kind_is_seen_and_owned(tmp_path: Path) -> None:
    node = tmp_path / "sys/class/tpm"
    shutil.copytree(RECORDINGS / "fwupd/plugins/tpm/tests/tpm0", node / "tpm0")
    tpm = read_tpm(tmp_path)
    assert (tpm.version, tpm.owned, tpm.enabled, tpm.source) == ("1.2", "yes", "yes", "kernel")


def test_recorded_firmware_attributes_name_no_remote_lock(tmp_path: Path) -> None:
    for number, folder in enumerate(sorted((RECORDINGS / "fwupd/libfwupdplugin/tests/bios-attrs").glob("*/*"))):
        shutil.copytree(folder, tmp_path / f"{number}/sys/class/firmware-attributes/{folder.name}")
        locks = read_machine(tmp_path / str(number)).locks
        assert (locks.remote_lock, locks.passwords) == ("", {}), folder.parent.name


@pytest.mark.world
@pytest.mark.skipif(shutil.which("umockdev-run") is None, reason="umockdev is not installed")
@pytest.mark.parametrize(
    ("recording", "kinds"),
    [
        ("spi/elanfingerprint.umockdev", ["fingerprint"]),
        ("cros_ec/crosfingerprint.umockdev", ["fingerprint"]),
        ("input/usbkbd.umockdev", ["keyboard"]),
        ("input/usbkbd.pcap.umockdev", None),
        ("input/synaptics-touchpad.umockdev", ["touchpad"]),
        ("hidraw/fido2.umockdev", []),
    ],
)
def test_the_readers_find_a_recorded_device_in_a_mocked_sysfs(recording: str, kinds: list[str] | None) -> None:
    command = ["umockdev-run", "--device", str(UMOCKDEV / recording), "--", sys.executable, "-c", READERS]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=environment).stdout
    found = json.loads(said)
    assert found == kinds if kinds is not None else set(found) <= {"keyboard"}


def test_every_umockdev_recording_has_its_place_above() -> None:
    here = Path(__file__).read_text("utf-8")
    named = set(re.findall(r'"([a-z_]+/[a-z0-9.-]+\.umockdev)"', here))
    assert {path.relative_to(UMOCKDEV).as_posix() for path in UMOCKDEV.rglob("*.umockdev")} == named
