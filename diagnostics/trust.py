"""TPM, Secure Boot and the width of the firmware, as the kernel shows them.

Reads one byte of two firmware variables and the TPM's public attributes; it never talks to the TPM and changes nothing.
Secure Boot: UEFI 2.10, 3.3, variables SecureBoot and SetupMode.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios

_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
_ATTRIBUTES = 4  # bytes in front of the value of a variable
_TPM_TYPE = 43


@dataclass(frozen=True, slots=True)
class Tpm:
    """A TPM: `version` "1.2" or "2.0", "" where there is none; states are "yes", "no" or "" where it does not tell."""

    version: str
    owned: str
    enabled: str
    source: str  # "kernel", "smbios" (the firmware has one that the kernel does not show), ""

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Firmware:
    """How the machine boots. `secure_boot` is "on", "off", "setup" (no keys), or "" where nothing tells."""

    boot: str  # "uefi" or "bios"
    bits: int | None  # 32 or 64 of the UEFI firmware
    secure_boot: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_tpm(root: Path) -> Tpm:
    """Read the TPM of the machine below `root`. Never raises."""
    node = root / "sys/class/tpm/tpm0"
    version = {"1": "1.2", "2": "2.0"}.get(kernel.read(node / "tpm_version_major"), "") or _old_version(node)
    if version:
        return Tpm(version, _state(_attribute(node, "owned")), _state(_attribute(node, "enabled")), "kernel")
    stated = smbios.first(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"), _TPM_TYPE)
    major, minor = stated.byte(8), stated.byte(9)
    return Tpm(f"{major}.{minor}", "", "", "smbios") if major else Tpm("", "", "", "")


def read_firmware(root: Path) -> Firmware:
    """Read how the machine below `root` boots. Never raises."""
    efi = root / "sys/firmware/efi"
    if not efi.is_dir():
        return Firmware("bios", None, "")
    return Firmware("uefi", kernel.number(efi / "fw_platform_size"), _secure_boot(efi / "efivars"))


def _secure_boot(variables: Path) -> str:
    enabled, setup = _variable(variables / f"SecureBoot-{_GLOBAL}"), _variable(variables / f"SetupMode-{_GLOBAL}")
    if enabled is None:
        return ""
    if enabled:
        return "on"
    return "setup" if setup else "off"


def _variable(path: Path) -> int | None:
    data = kernel.read_bytes(path)
    return data[_ATTRIBUTES] if len(data) > _ATTRIBUTES else None


def _old_version(node: Path) -> str:
    """Read the `caps` of a TPM 1.2, from before the kernel told the major version (Linux 5.6)."""
    rows = (
        line.partition(":") for line in (*kernel.read_lines(node / "caps"), *kernel.read_lines(node / "device/caps"))
    )
    return next((value.strip() for key, _, value in rows if key.strip() == "TCG version"), "")


def _attribute(node: Path, name: str) -> str:
    return kernel.read(node / name) or kernel.read(node / "device" / name)


def _state(word: str) -> str:
    return {"0": "no", "1": "yes"}.get(word, "")
