"""Who a machine says it is: maker, model, serial, UUID, chassis, and how far that can be trusted.

The kernel's copies of the firmware strings are read first, the firmware's own table where they are hidden. Strings that
stand for nothing are recognised and lower the grade; they are never used to tell machines apart. Nor is a serial or a
UUID that another machine of the bench shows too: it stays on the record among `repeated_values`. A chassis that a
person corrected keeps beside it what the firmware says.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid

_SYSTEM, _CHASSIS_TYPE = 1, 3
_CHASSIS = {
    "laptop": (8, 9, 10, 14),
    "desktop": (3, 4, 5, 6, 7, 15, 16, 24, 35, 36),
    "all-in-one": (13,),
    "tablet": (11, 30, 31, 32),
    "server": (17, 23, 25, 28, 29),
}
_FILES = {
    "maker": ("sys_vendor", 4),
    "model": ("product_name", 5),
    "version": ("product_version", 6),
    "serial": ("product_serial", 7),
    "uuid": ("product_uuid", None),
    "family": ("product_family", 0x1A),
    "sku": ("product_sku", 0x19),
}
_NOTED = ("maker", "model", "serial", "uuid")


@dataclass(frozen=True, slots=True)
class MachineIdentity:
    """Who the machine says it is; "" where the firmware says nothing usable.

    Grade A: serial and UUID, B: one of them, C: neither, the machine is told apart by its asset tag alone.
    """

    maker: str
    model: str
    serial: str
    uuid: str
    chassis: str  # laptop, desktop, all-in-one, tablet, server, or "" when unknown
    source: str  # "dmi" (the kernel's copies), "smbios" (the firmware's table)
    grade: str
    placeholders: tuple[tuple[str, str], ...]  # (field, what the maker left there)
    family: str = ""
    sku: str = ""
    repeated: tuple[str, ...] = ()  # fields that another machine shows too; "board" is the serial of the board
    repeated_values: tuple[tuple[str, str], ...] = ()  # (field, what both show)
    chassis_source: str = "firmware"  # or "person"
    chassis_read: str = ""  # what the firmware says, where a person gave the chassis

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "placeholders"}
        notes = [{"field": field, "value": value} for field, value in self.placeholders]
        return fields | {
            "placeholders": notes, "repeated": list(self.repeated), "repeated_values": dict(self.repeated_values),
        }  # fmt: skip


def read_identity(root: Path) -> MachineIdentity:
    """Read the identity of the machine below `root`. Never raises."""
    dmi, table = root / "sys/class/dmi/id", kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI")
    system = smbios.first(table, _SYSTEM)
    from_kernel = {field: kernel.read(dmi / file) for field, (file, _) in _FILES.items()}
    stated = {field: system.string(place) if place else smbios.uuid(system) for field, (_, place) in _FILES.items()}
    words = {field: from_kernel[field] or stated[field] for field in _FILES}
    number = kernel.number(dmi / "chassis_type") or smbios.first(table, _CHASSIS_TYPE).byte(5)
    source = "dmi" if any(from_kernel.values()) or not any(stated.values()) else "smbios"
    return _judged(words, _chassis(number), source)


def with_repeats(identity: MachineIdentity, others: Collection[MachineIdentity]) -> MachineIdentity:
    """Return the identity without the serial or UUID that another machine shows too, its grade lowered for each.

    `others` are different machines: not earlier readings of this one (`is_another`).
    """
    repeated = tuple(
        field
        for field in ("serial", "uuid")
        if (value := getattr(identity, field)) and any(getattr(other, field) == value for other in others)
    )
    serial, uuid = ("" if field in repeated else str(getattr(identity, field)) for field in ("serial", "uuid"))
    values = tuple((field, str(getattr(identity, field))) for field in repeated)
    return replace(
        identity, serial=serial, uuid=uuid, repeated=repeated, repeated_values=values, grade=_grade(serial, uuid)
    )


def is_another(one: MachineIdentity, other: MachineIdentity) -> bool:
    """Say whether two readings are of two machines: something that both tell differs. A doubt counts as the same."""
    told = ((getattr(one, field), getattr(other, field)) for field in ("maker", "model", "serial", "uuid"))
    return any(mine and theirs and mine != theirs for mine, theirs in told)


def with_chassis(identity: MachineIdentity, chassis: str) -> MachineIdentity:
    """Return the identity with the chassis that a person gave; unchanged for "" and for what the firmware says too."""
    if not chassis or chassis == identity.chassis:
        return identity
    return replace(identity, chassis=chassis, chassis_source="person", chassis_read=identity.chassis)


def _judged(words: dict[str, str], chassis: str, source: str) -> MachineIdentity:
    doubtful = {field for field, word in words.items() if is_placeholder(word)} - {"uuid"}
    if is_placeholder_uuid(words["uuid"]):
        doubtful.add("uuid")
    usable = {field: "" if field in doubtful else word for field, word in words.items()}
    return MachineIdentity(
        maker=usable["maker"],
        model=_model(usable["maker"], usable["model"], usable["version"]),
        serial=usable["serial"],
        uuid=usable["uuid"].lower(),
        chassis=chassis,
        source=source,
        grade=_grade(usable["serial"], usable["uuid"]),
        placeholders=tuple((field, words[field]) for field in _NOTED if field in doubtful and words[field]),
        family=usable["family"],
        sku=usable["sku"],
    )


def _grade(serial: str, uuid: str) -> str:
    return "CBA"[bool(serial) + bool(uuid)]


def _model(maker: str, name: str, version: str) -> str:
    """Lenovo writes the name that people know into the version and a type number into the name."""
    if maker.lower() == "lenovo" and version and version.lower() not in name.lower():
        return f"{version} ({name})" if name else version
    return name


def _chassis(number: int | None) -> str:
    """Map the enclosure type of SMBIOS 7.4.1; its high bit is the lock, not the type."""
    kind = (number or 0) & 0x7F
    return next((word for word, numbers in _CHASSIS.items() if kind in numbers), "")
