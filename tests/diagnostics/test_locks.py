"""Locks are seen where a kernel sees them, and nothing of a licence is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics.locks import read_locks

Make = Callable[..., Any]
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
        tree({f"{tables}/MSDM": "MSDM DEMO1-DEMO2-DEMO3", f"{tables}/WPBT": "", "sys/class/mei/mei0/dev": ""})
    )
    assert (locks.windows_key, locks.reinstalling_agent, locks.management_engine) == (True, True, True)
    assert "DEMO1" not in repr(locks.to_document())
