"""Known misbehaviour of drives and bridges, as data with provenance (`quirks.toml`). Pure once loaded.

A row matches when every glob that it gives matches, without regard to case. Effects are a closed list.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

from erasure.drive import DriveIdentity

GLOBS = ("model", "firmware", "serial", "bus", "bridge")


class QuirkEffect(StrEnum):
    """What a quirk means for the plan."""

    SERIAL_UNTRUSTED = "serial-untrusted"  # the serial does not identify the drive
    RAID_VOLUME = "raid-volume"  # a controller's logical volume, not a drive
    VIRTUAL_MEDIUM = "virtual-medium"  # remote-management media
    AVOID_METHOD = "avoid-method"  # these erase methods are known to fail or to kill the drive


@dataclass(frozen=True, slots=True)
class Quirk:
    """One row: globs over the identity, the effect, and where it was reported."""

    model: str
    firmware: str
    serial: str
    bus: str
    bridge: str
    effect: QuirkEffect
    issue: str
    methods: tuple[str, ...] = ()  # globs of method ids, for avoid-method

    def concerns(self, method: str) -> bool:
        """Say whether this row is about an erase method."""
        return any(fnmatchcase(method, glob) for glob in self.methods)

    def matches(self, identity: DriveIdentity) -> bool:
        """Say whether this row is about the drive."""
        return all(fnmatchcase(getattr(identity, name).upper(), getattr(self, name).upper()) for name in GLOBS)


def parse_quirks(text: str) -> tuple[Quirk, ...]:
    """Read rows of `quirks.toml`. Raises KeyError, ValueError on a row that is malformed or has no provenance."""
    return tuple(parse_row(row) for row in tomllib.loads(text)["quirk"])


def parse_row(row: dict[str, Any]) -> Quirk:
    """Read one row. Raises KeyError, ValueError."""
    if unknown := set(row) - {*GLOBS, "effect", "issue", "methods"}:
        raise ValueError(f"a quirk has unknown members: {sorted(unknown)}")
    if not any(name in row for name in GLOBS) or not row["issue"].startswith("https://"):
        raise ValueError("a quirk needs a glob and the address of a public issue")
    globs = {name: row.get(name, "*") for name in GLOBS}
    effect, methods = QuirkEffect(row["effect"]), tuple(row.get("methods", ()))
    if bool(methods) is not (effect is QuirkEffect.AVOID_METHOD):
        raise ValueError("avoid-method names its methods, and nothing else does")
    return Quirk(**globs, effect=effect, issue=row["issue"], methods=methods)


@cache
def load_quirks() -> tuple[Quirk, ...]:
    """Return the rows that ship with the library."""
    return parse_quirks(resources.files("erasure").joinpath("quirks.toml").read_text("utf-8"))


def quirks_of(identity: DriveIdentity) -> tuple[Quirk, ...]:
    """Return the rows that are about this drive."""
    return tuple(quirk for quirk in load_quirks() if quirk.matches(identity))
