"""Locks are seen where a kernel sees them, and nothing of a licence is read."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diagnostics import locks as locks_module
from diagnostics import machine_wording, wording
from diagnostics.blocking import FOUND_BY_A_PERSON
from diagnostics.errors import CheckRefused
from diagnostics.identity import MachineIdentity
from diagnostics.locks import DECLARED_LOCKS, Declaration, DriveLock, read_locks, wanted_declarations
from tests.diagnostics.machine_trees import licence_table

Make = Callable[..., Any]
LAPTOP = MachineIdentity("DEMO", "Book", "DEMO-1", "", "laptop", "dmi", "B", ())
FIRMWARE = "sys/class/firmware-attributes/demo-driver"


def test_a_machine_that_tells_nothing_is_not_called_free(tmp_path: Path) -> None:
    locks = read_locks(tmp_path)
    assert (locks.passwords, locks.remote_lock, locks.password_set) == ({}, "", False)


@pytest.mark.parametrize(("word", "state", "set_"), [("1", "enabled", True), ("0", "disabled", False)])
def test_a_firmware_password_is_seen_through_the_kernels_interface(
    tree: Make,
    word: str,
    state: str,
    set_: bool,  # noqa: FBT001
) -> None:
    entry = f"{FIRMWARE}/authentication/Admin"
    locks = read_locks(tree({f"{entry}/role": "bios-admin\n", f"{entry}/is_enabled": f"{word}\n"}))
    assert (locks.passwords, locks.password_set) == ({"administrator": state}, set_)


def test_the_kernels_interface_wins_over_the_firmwares_table(tree: Make) -> None:
    entry = f"{FIRMWARE}/authentication/System"
    root = tree({f"{entry}/role": "power-on\n", f"{entry}/is_enabled": "0\n"})
    table = root / "sys/firmware/dmi/tables/DMI"
    table.parent.mkdir(parents=True)
    table.write_bytes(bytes([24, 5, 0, 0, 0b01_00_01_00]) + b"\0\0")
    assert read_locks(root).passwords == {"administrator": "enabled", "power-on": "disabled"}


def test_a_remote_lock_agent_is_told_in_the_firmwares_words(tree: Make) -> None:
    root = tree({f"{FIRMWARE}/attributes/Absolute/current_value": "PermanentlyDisabled\n"})
    assert read_locks(root).remote_lock == "PermanentlyDisabled"


def test_of_a_windows_key_only_its_presence_is_told(tree: Make) -> None:
    tables = "sys/firmware/acpi/tables"
    locks = read_locks(
        tree({f"{tables}/MSDM": licence_table().decode("latin-1"), f"{tables}/WPBT": "", "sys/class/mei/mei0/dev": ""})
    )
    assert (locks.windows_key, locks.reinstalling_agent, locks.management_engine) == (True, True, True)
    assert locks.windows_key_ending == "DEMO5"
    assert "DEMO4" not in repr(locks) + repr(locks.to_document())


@pytest.mark.parametrize(
    "damage", [b"", b"MSDM", bytes(200), licence_table("DEMO-SHORT"), licence_table()[:60], b"\xff" * 90]
)
def test_a_damaged_licence_table_gives_no_ending(tmp_path: Path, damage: bytes) -> None:
    table = tmp_path / "sys/firmware/acpi/tables/MSDM"
    table.parent.mkdir(parents=True)
    table.write_bytes(damage)
    locks = read_locks(tmp_path)
    assert (locks.windows_key, locks.windows_key_ending) == (True, "")


def test_drive_locks_and_declared_locks_block_and_are_shown_first(tmp_path: Path) -> None:
    drives = [DriveLock("DEMO-1", "ata", "password-set"), DriveLock("DEMO-2", "opal", "locked")]
    said = [Declaration("mdm", "present", "Demo Person"), Declaration("autopilot", "unknown", "Demo Person")]
    findings = read_locks(tmp_path, LAPTOP, drives, said).findings
    assert [(one.code, one.weight) for one in findings] == [
        ("lock.drive-ata", "blocks"),
        ("lock.drive-opal", "blocks"),
        ("lock.declared-present", "blocks"),
        ("lock.password-unknown", "ask"),
        ("lock.declared-unknown", "ask"),
    ]
    assert dict(findings[2].values) == {"lock": "mdm", "person": "Demo Person"}


def test_the_last_declaration_counts_and_one_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    said = [Declaration("mdm", "present", "Demo Person"), Declaration("mdm", "absent", "Other Person")]
    codes = [(one.code, dict(one.values)) for one in read_locks(tmp_path, LAPTOP, declared=said).findings]
    assert codes == [("lock.password-unknown", {}), ("lock.to-declare", {"lock": "autopilot"})]


@pytest.mark.parametrize("wrong", [("mdm", "absent", " "), ("mdm", "maybe", "Demo"), ("password", "absent", "Demo")])
def test_a_declaration_without_a_name_or_a_meaning_is_refused(tmp_path: Path, wrong: tuple[str, str, str]) -> None:
    with pytest.raises(CheckRefused):
        read_locks(tmp_path, LAPTOP, declared=[Declaration(*wrong)])


@pytest.mark.parametrize(
    ("maker", "wanted"), [("Apple Inc.", ("icloud", "mdm")), ("Google", ("chromeos",)), ("", ("mdm", "autopilot"))]
)
def test_what_no_reading_shows_is_asked_by_the_maker(maker: str, wanted: tuple[str, ...]) -> None:
    assert wanted_declarations(replace(LAPTOP, maker=maker)) == wanted


@pytest.mark.parametrize(
    ("word", "weight"),
    [("Enabled", "blocks"), ("Activate", "blocks"), ("Disabled", "info"), ("PermanentlyDisabled", "info")],
)
def test_absolute_blocks_unless_it_says_that_it_is_off(tree: Make, word: str, weight: str) -> None:
    findings = read_locks(tree({f"{FIRMWARE}/attributes/Computrace/current_value": f"{word}\n"})).findings
    assert [(one.code, one.weight) for one in findings if one.code == "lock.absolute"] == [("lock.absolute", weight)]


def test_serial_over_lan_is_a_sign_of_amt(tree: Make) -> None:
    node = "sys/bus/pci/devices/0000:00:16.3"
    assert read_locks(tree({f"{node}/vendor": "0x8086\n", f"{node}/class": "0x070002\n"})).remote_management is True


def test_every_finding_has_words_that_name_what_it_found() -> None:
    written = Path(locks_module.__file__).read_text("utf-8")
    codes = set(re.findall(r'"(lock\.[a-z-]+)"', written))
    codes |= {f"lock.password-{role}" for role in ("administrator", "power-on")} | {"lock.drive-ata", "lock.drive-opal"}
    codes |= {f"lock.declared-{state}" for state in ("present", "unknown")} | {FOUND_BY_A_PERSON}
    assert codes == set(machine_wording.LOCKS)
    assert set(DECLARED_LOCKS) == set(machine_wording.DECLARED_LOCKS)
    said = wording.render(*machine_wording.lock("lock.drive-ata", {"serial": "DEMO-1"}))
    assert said.startswith("Drive DEMO-1 has a password")
