"""Locks of a machine that a kernel can see: firmware passwords, remote-lock agents, management engine, Windows licence.

Each blocks the grade until a person has looked, so they are shown before an erasure starts. What no kernel sees (the
account of a former owner, a fleet's remote management) is a question of the guided check "locks". Of the table with the
Windows key only its presence is told: the key is somebody's licence and is never read.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios

_REMOTE_LOCK = re.compile(r"absolute|computrace", re.IGNORECASE)
_ROLES = {"bios-admin": "administrator", "power-on": "power-on"}
_STATES = {"0": "disabled", "1": "enabled"}


@dataclass(frozen=True, slots=True)
class Locks:
    """What is known of a machine's locks; an empty value is "the machine does not tell", never "none"."""

    passwords: dict[str, str]  # administrator, power-on -> enabled, disabled, not-implemented, unknown
    remote_lock: str  # state of Absolute or Computrace as the firmware words it
    reinstalling_agent: bool  # a WPBT table: an agent puts itself back into Windows
    management_engine: bool
    windows_key: bool  # a Windows licence is in the firmware

    @property
    def password_set(self) -> bool:
        """Say whether a firmware password is known to be set."""
        return "enabled" in self.passwords.values()

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__} | {"passwords": dict(self.passwords)}


def read_locks(root: Path) -> Locks:
    """Read the locks of the machine below `root`. Never raises."""
    tables, attributes = root / "sys/firmware/acpi/tables", root / "sys/class/firmware-attributes"
    stated = smbios.passwords(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    return Locks(
        passwords=stated | _passwords(attributes),
        remote_lock=_remote_lock(attributes),
        reinstalling_agent=(tables / "WPBT").exists(),
        management_engine=(root / "sys/class/mei/mei0").exists(),
        windows_key=(tables / "MSDM").exists(),
    )


def _passwords(attributes: Path) -> dict[str, str]:
    """Read the kernel's own interface (Linux 5.11), which is fresher than the table that the firmware left."""
    found = {}
    for driver in kernel.entries(attributes):
        for entry in kernel.entries(driver / "authentication"):
            role, state = _ROLES.get(kernel.read(entry / "role")), _STATES.get(kernel.read(entry / "is_enabled"))
            if role and state:
                found[role] = state
    return found


def _remote_lock(attributes: Path) -> str:
    for driver in kernel.entries(attributes):
        for entry in kernel.entries(driver / "attributes"):
            if _REMOTE_LOCK.search(entry.name):
                return kernel.read(entry / "current_value")
    return ""
