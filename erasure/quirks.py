"""Known misbehaviour of drives and bridges, as data with provenance (`quirks.toml`). Pure once loaded.

A row matches when every glob that it gives matches, without regard to case. Effects are a closed list. Some decide
about the plan (`quirks_of`), others only warn (`warnings_of`).
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from erasure.drive import DriveIdentity

GLOBS = ("model", "firmware", "serial", "bus", "bridge")
MEMBERS = frozenset({*GLOBS, "effect", "issue", "methods", "firmware_below"})


class QuirkEffect(StrEnum):
    """What a quirk means for the plan."""

    SERIAL_UNTRUSTED = "serial-untrusted"  # the serial does not identify the drive
    RAID_VOLUME = "raid-volume"  # a controller's logical volume, not a drive
    VIRTUAL_MEDIUM = "virtual-medium"  # remote-management media
    AVOID_METHOD = "avoid-method"  # these erase methods are known to fail or to kill the drive
    STICKS = "sticks"  # these were seen never to end on some drives, a new one is refused: a warning
    HOST_BLOCKED = "host-blocked"  # these are refused in some machines: a warning


WARNINGS = {
    QuirkEffect.STICKS: "on some drives of this model it never ends, and nothing stops it",
    QuirkEffect.HOST_BLOCKED: "some machines block it on this model: suspend and wake, or use another machine",
}
ABOUT_METHODS = frozenset({QuirkEffect.AVOID_METHOD, *WARNINGS})


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
    methods: tuple[str, ...] = ()  # globs of method ids, for the effects that are about methods
    firmware_below: str = ""  # only firmware before this one; "" for any

    def concerns(self, method: str) -> bool:
        """Say whether this row is about an erase method."""
        return any(fnmatchcase(method, glob) for glob in self.methods)

    def matches(self, identity: DriveIdentity) -> bool:
        """Say whether this row is about the drive."""
        globbed = all(fnmatchcase(getattr(identity, name).upper(), getattr(self, name).upper()) for name in GLOBS)
        return globbed and (not self.firmware_below or older(identity.firmware, self.firmware_below))


@dataclass(frozen=True, slots=True)
class QuirkWarning:
    """What a person should know before a method is used on this drive: it does not change the plan."""

    effect: QuirkEffect
    text: str
    issue: str


def older(firmware: str, floor: str) -> bool:
    """Say whether a firmware is older than `floor`; one that cannot be compared, being of another length, counts so."""
    return len(firmware) != len(floor) or firmware.upper() < floor.upper()


def parse_quirks(text: str) -> tuple[Quirk, ...]:
    """Read rows of `quirks.toml`. Raises KeyError, ValueError on a row that is malformed or has no provenance."""
    return tuple(parse_row(row) for row in tomllib.loads(text)["quirk"])


def parse_row(row: dict[str, Any]) -> Quirk:
    """Read one row. Raises KeyError, ValueError."""
    if unknown := set(row) - MEMBERS:
        raise ValueError(f"a quirk has unknown members: {sorted(unknown)}")
    if not any(name in row for name in GLOBS) or not row["issue"].startswith("https://"):
        raise ValueError("a quirk needs a glob and the address of a public issue")
    globs = {name: row.get(name, "*") for name in GLOBS}
    effect, methods = QuirkEffect(row["effect"]), tuple(row.get("methods", ()))
    if bool(methods) is not (effect in ABOUT_METHODS):
        raise ValueError("an effect that is about methods names them, and no other does")
    below = row.get("firmware_below", "")
    return Quirk(**globs, effect=effect, issue=row["issue"], methods=methods, firmware_below=below)


@cache
def load_quirks() -> tuple[Quirk, ...]:
    """Return the rows that ship with the library."""
    return parse_quirks(Path(__file__).with_name("quirks.toml").read_text("utf-8"))


def quirks_of(identity: DriveIdentity) -> tuple[Quirk, ...]:
    """Return the rows about this drive that decide about its plan."""
    return tuple(quirk for quirk in load_quirks() if quirk.effect not in WARNINGS and quirk.matches(identity))


def warnings_of(identity: DriveIdentity, method: str) -> tuple[QuirkWarning, ...]:
    """Return what a person should know before this method is used on this drive."""
    rows = (row for row in load_quirks() if row.effect in WARNINGS and row.concerns(method) and row.matches(identity))
    return tuple(QuirkWarning(row.effect, WARNINGS[row.effect], row.issue) for row in rows)
