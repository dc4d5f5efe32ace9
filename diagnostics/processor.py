"""The processor of a machine: proc/cpuinfo first, the firmware's type 4 where the kernel names none.

Counts are over all packages. A core count that only the firmware tells is what the chip has, not what is switched on.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios
from diagnostics.placeholders import is_placeholder
from diagnostics.smbios import Structure

_PROCESSOR, _CENTRAL, _POPULATED = 4, 3, 0x40
_MORE_THAN_A_BYTE = 0xFF
_VIRTUALISATION = {"vmx": "VT-x", "svm": "AMD-V"}


@dataclass(frozen=True, slots=True)
class Processor:
    """Model, packages, cores and threads; 0 where nothing tells. `source` is "cpuinfo", "smbios" or ""."""

    name: str
    packages: int
    cores: int
    threads: int
    virtualisation: str  # VT-x, AMD-V, "" where the kernel sees neither: switched off in the firmware, or not there
    long_mode: bool | None  # runs a 64-bit system; None where nothing tells
    in_virtual_machine: bool
    source: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_processor(root: Path) -> Processor:
    """Read the processor of the machine below `root`. Never raises."""
    told = _from_kernel(kernel.read_lines(root / "proc/cpuinfo"))
    if told.threads and told.name:
        return told
    stated = from_firmware(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    return stated if stated.name else told


def from_firmware(table: bytes) -> Processor:
    """Return the fitted central processors of the firmware tables; all that have a name where it calls none fitted."""
    central = [item for item in smbios.structures(table) if item.kind == _PROCESSOR and item.byte(5) == _CENTRAL]
    found = [item for item in central if (item.byte(0x18) or 0) & _POPULATED] or [one for one in central if _name(one)]
    names = [_name(item) for item in found if _name(item)]
    cores = sum(_count(item, 0x23, 0x2A) for item in found)
    threads = sum(_count(item, 0x25, 0x2E) for item in found)
    return Processor(names[0] if names else "", len(found), cores, threads, "", None, False, "smbios" if found else "")


def _name(item: Structure) -> str:
    """Return the version string, where makers write the model; the maker alone where that stands for nothing."""
    version, maker = item.string(0x10), item.string(7)
    return next((" ".join(word.split()) for word in (version, maker) if not is_placeholder(word)), "")


def _count(item: Structure, place: int, wide: int) -> int:
    count = item.byte(place) or 0
    return item.word(wide) or count if count == _MORE_THAN_A_BYTE else count


def _from_kernel(lines: tuple[str, ...]) -> Processor:
    names: Counter[str] = Counter()
    places: set[tuple[str, str]] = set()
    flags: set[str] = set()
    package, threads = "", 0
    for line in lines:
        key, _, value = line.partition(":")
        match key.strip():
            case "processor":
                threads += value.strip().isdecimal()
            case "model name" | "Model" | "Hardware" | "cpu model":
                names[" ".join(value.split())] += 1
            case "physical id":
                package = value.strip()
            case "core id":
                places.add((package, value.strip()))
            case "flags":
                flags.update(value.split())
            case _:
                pass
    threads = max(threads, names.total())
    return Processor(
        name=next(iter(names), ""),
        packages=len({one for one, _ in places}) or int(bool(threads)),
        cores=len(places) or threads,
        threads=threads,
        virtualisation=next((word for flag, word in _VIRTUALISATION.items() if flag in flags), ""),
        long_mode="lm" in flags if flags else None,
        in_virtual_machine="hypervisor" in flags,
        source="cpuinfo" if threads else "",
    )
