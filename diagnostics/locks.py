"""Locks that block reuse, shown before anything else is spent on a machine.

What a kernel sees is read: firmware passwords, remote-lock agents, management engine, Windows licence. Drive locks come
from whoever talks to drives, as plain data. What nobody sees offline (the account of a former owner, a fleet's remote
management) is declared by a named person. Of a Windows key only its last five characters leave this module; the whole
key is somebody's licence and is in no value that it returns.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios
from diagnostics.errors import CheckRefused
from diagnostics.identity import MachineIdentity

DECLARED_LOCKS = ("bios-password", "absolute", "mdm", "autopilot", "icloud", "chromeos", "android")
DECLARED_STATES = ("absent", "present", "unknown")
_REMOTE_LOCK = re.compile(r"absolute|computrace", re.IGNORECASE)
_OFF = re.compile(r"disable|inactive|^off$|^0$", re.IGNORECASE)
_ROLES = {"bios-admin": "administrator", "power-on": "power-on"}
_STATES = {"0": "disabled", "1": "enabled"}
_AMT_CLIENT = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"  # host interface of AMT at the management engine
_SERIAL_OVER_LAN = ("0x8086", "0x070002")
_ACPI_HEADER, _LICENCE_LENGTH, _LICENCE = 36, 52, 56  # bytes; Microsoft's table of software licensing, version 1
_KEY = re.compile(rb"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}-([A-Z0-9]{5})")


@dataclass(frozen=True, slots=True)
class DriveLock:
    """What whoever asked a drive learned: `kind` "ata" or "opal", `state` "none", "password-set" or "locked"."""

    serial: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person ticked: a lock of DECLARED_LOCKS, a state of DECLARED_STATES, and who says so."""

    lock: str
    state: str
    person: str


@dataclass(frozen=True, slots=True)
class LockFinding:
    """One line of the list. `weight`: "blocks", "look" (a person must look), "ask" (must be declared), "info"."""

    code: str
    weight: str
    values: tuple[tuple[str, str], ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"code": self.code, "weight": self.weight, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Locks:
    """What is known of a machine's locks; an empty value is "the machine does not tell", never "none"."""

    passwords: dict[str, str]  # administrator, power-on -> enabled, disabled, not-implemented, unknown
    remote_lock: str  # state of Absolute or Computrace as the firmware words it
    reinstalling_agent: bool  # a WPBT table: an agent puts itself back into Windows
    management_engine: bool
    windows_key: bool  # a Windows licence is in the firmware
    windows_key_ending: str = ""  # its last five characters
    old_licence: bool = False  # a SLIC table: licence of an older Windows
    engine_version: str = ""
    remote_management: bool = False  # AMT answers; whether it is provisioned cannot be seen from outside
    drives: tuple[DriveLock, ...] = ()
    declared: tuple[Declaration, ...] = ()
    wanted: tuple[str, ...] = ()  # declarations that this machine needs

    @property
    def password_set(self) -> bool:
        """Say whether a firmware password is known to be set."""
        return "enabled" in self.passwords.values()

    @property
    def findings(self) -> tuple[LockFinding, ...]:
        """Return what to show, the blocking ones first."""
        found = (*_of_passwords(self), *_of_agents(self), *_of_drives(self), *_of_people(self), *_of_licences(self))
        order = ("blocks", "look", "ask", "info")
        return tuple(sorted(found, key=lambda one: order.index(one.weight)))

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        plainly = {name: getattr(self, name) for name in self.__slots__}
        return plainly | {
            "passwords": dict(self.passwords),
            "drives": [{"serial": one.serial, "kind": one.kind, "state": one.state} for one in self.drives],
            "declared": [{"lock": one.lock, "state": one.state, "person": one.person} for one in self.declared],
            "wanted": list(self.wanted),
            "findings": [finding.to_document() for finding in self.findings],
        }


def read_locks(
    root: Path,
    identity: MachineIdentity | None = None,
    drives: Iterable[DriveLock] = (),
    declared: Iterable[Declaration] = (),
) -> Locks:
    """Read the locks of the machine below `root`. Raises CheckRefused for a declaration without a person's name."""
    tables, attributes = root / "sys/firmware/acpi/tables", root / "sys/class/firmware-attributes"
    stated = smbios.passwords(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    return Locks(
        passwords=stated | _passwords(attributes),
        remote_lock=_remote_lock(attributes),
        reinstalling_agent=(tables / "WPBT").exists(),
        management_engine=(root / "sys/class/mei/mei0").exists(),
        windows_key=(tables / "MSDM").exists(),
        windows_key_ending=_key_ending(tables / "MSDM"),
        old_licence=(tables / "SLIC").exists(),
        engine_version=next(iter(kernel.read_lines(root / "sys/class/mei/mei0/fw_ver")), "").strip(),
        remote_management=_answers_amt(root),
        drives=tuple(drives),
        declared=tuple(accept_declaration(one) for one in declared),
        wanted=wanted_declarations(identity) if identity else (),
    )


def accept_declaration(declaration: Declaration) -> Declaration:
    """Return a declaration that keeps to the rules. Raises CheckRefused: a tick without a name is nobody's word."""
    if declaration.lock not in DECLARED_LOCKS or declaration.state not in DECLARED_STATES:
        raise CheckRefused(f"{declaration.lock}={declaration.state}: no such declaration of a lock")
    if not declaration.person.strip():
        raise CheckRefused(f"{declaration.lock}: the name of the person who looked is missing")
    return declaration


def lock_by_security(serial: str, words: str) -> DriveLock | None:
    """Read the ATA password of a drive out of smartctl's "ATA Security is:" line; None where it says nothing of one."""
    said = words.strip().upper()
    if said.startswith("DISABLED"):
        return DriveLock(serial, "ata", "none")
    if not said.startswith("ENABLED"):
        return None
    return DriveLock(serial, "ata", "locked" if "LOCKED" in said.replace("NOT LOCKED", "") else "password-set")


def wanted_declarations(identity: MachineIdentity) -> tuple[str, ...]:
    """Return which locks a person has to declare for such a machine, because no reading can show them."""
    maker = identity.maker.lower()
    if maker.startswith("apple"):
        return ("icloud", "mdm")
    return ("chromeos",) if maker == "google" else ("mdm", "autopilot")


def _of_passwords(locks: Locks) -> list[LockFinding]:
    found = [
        LockFinding(f"lock.password-{role}", "blocks") for role, state in locks.passwords.items() if state == "enabled"
    ]
    looked = any(one.lock == "bios-password" and one.state != "unknown" for one in locks.declared)
    if locks.passwords.get("administrator", "unknown") == "unknown" and not looked:
        found.append(LockFinding("lock.password-unknown", "ask"))
    return found


def _of_agents(locks: Locks) -> list[LockFinding]:
    found = []
    if locks.remote_lock:
        weight = "info" if _OFF.search(locks.remote_lock) else "blocks"
        found.append(LockFinding("lock.absolute", weight, (("state", locks.remote_lock),)))
    if locks.reinstalling_agent:
        found.append(LockFinding("lock.reinstalling-agent", "look"))
    if locks.remote_management:
        found.append(LockFinding("lock.amt", "look", (("version", locks.engine_version),)))
    return found


def _of_drives(locks: Locks) -> list[LockFinding]:
    held = [drive for drive in locks.drives if drive.state != "none"]
    return [LockFinding(f"lock.drive-{one.kind}", "blocks", (("serial", one.serial),)) for one in held]


def _of_people(locks: Locks) -> list[LockFinding]:
    found = []
    last = {one.lock: one for one in locks.declared}
    for one in last.values():
        if one.state != "absent":
            weight = "blocks" if one.state == "present" else "ask"
            found.append(
                LockFinding(f"lock.declared-{one.state}", weight, (("lock", one.lock), ("person", one.person)))
            )
    missing = [lock for lock in locks.wanted if lock not in last]
    return found + [LockFinding("lock.to-declare", "ask", (("lock", lock),)) for lock in missing]


def _of_licences(locks: Locks) -> list[LockFinding]:
    found = []
    if locks.windows_key:
        found.append(LockFinding("lock.windows-key", "info", (("ending", locks.windows_key_ending or "?"),)))
    return found + [LockFinding("lock.old-licence", "info")] * locks.old_licence


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


def _answers_amt(root: Path) -> bool:
    """Look for AMT at the management engine's bus, and for its serial port over the network."""
    if any(_AMT_CLIENT in node.name.lower() for node in kernel.entries(root / "sys/bus/mei/devices")):
        return True
    nodes = kernel.entries(root / "sys/bus/pci/devices")
    return any((kernel.read(node / "vendor"), kernel.read(node / "class")) == _SERIAL_OVER_LAN for node in nodes)


def _key_ending(path: Path) -> str:
    """Return the last five characters of the Windows key, "" where the table holds none. The rest is dropped here."""
    table = kernel.read_bytes(path)
    length = int.from_bytes(table[_LICENCE_LENGTH:_LICENCE], "little")
    match = _KEY.fullmatch(table[_LICENCE : _LICENCE + length].rstrip(b"\0 ")) if len(table) > _ACPI_HEADER else None
    return match.group(1).decode("ascii") if match else ""
