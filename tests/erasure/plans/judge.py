"""Judges how a random fault plan ended, by the media and the wire alone. Shares no code with the engine.

Success is believed only when no 16 bytes of the donor's content are left anywhere on the medium, below every limit
that firmware sets, outside the areas that the report itself excepts.
"""

import json
from dataclasses import dataclass
from typing import Any

GRAIN = 16
DULL = 6  # as few different bytes as this in 16 tell nothing
SUCCESS = ("ERASED", "ERASED_WITH_EXCEPTIONS")
OWN_NAMES = (frozenset({"DEMO-TARGET"}), frozenset({"DEMO-BRIDGE"}))  # a bridge may have its own
LEVELS = {
    "nvme.sanitize": "PURGE",
    "ata.sanitize": "PURGE",
    "scsi.sanitize": "PURGE",
    "ata.security.enhanced": "PURGE",
    "ata.security.normal": "CLEAR",
    "nvme.format": "CLEAR",
    "emmc": "CLEAR",  # until IEEE 2883 is read in full (drives, section 2.2)
    "overwrite": "CLEAR",
}
ASIDE = ("limits", "password", "opal.psid-revert")  # commands that belong to a run and erase nothing
STEPS = {  # what else may go over the wire for a method
    "nvme.sanitize.block": ("nvme.sanitize.crypto",),
    "ata.sanitize.block": ("ata.sanitize.crypto",),
    "scsi.sanitize.block": ("scsi.sanitize.crypto",),
    "emmc.sanitize": ("emmc range", "emmc erase"),
    "emmc.secure-erase": ("emmc range",),
}


@dataclass(frozen=True, slots=True)
class Medium:
    """Every byte of one medium, of the donor and afterwards."""

    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Ending:
    """What the engine said, what lies on the media, and what went over the wire."""

    plan: Any
    verdict: str  # a verdict, "REFUSED" (nothing was planned) or "OPEN" (the run waits to be taken up)
    level: str
    method: str
    size_bytes: int
    reasons: tuple[str, ...]
    exceptions: tuple[str, ...]
    target: str
    media: dict[str, Medium]
    untouched: bool  # every byte of the other drive
    sent: tuple[tuple[str, bool], ...]
    written: tuple[tuple[int, int], ...]
    memory: str
    serials: frozenset[str]  # under which the report knows the drive, before and after


def pieces(content: bytes) -> dict[bytes, int]:
    """Give every aligned piece of a content, with the last place where it lies."""
    return {content[at : at + GRAIN]: at for at in range(0, len(content), GRAIN)}


def telling(piece: bytes) -> bool:
    """Say whether a piece cannot be there by chance."""
    return len(set(piece)) > DULL


def left_over(ending: Ending) -> list[tuple[str, int]]:
    """Find the donor's content: (medium, byte) of what is left where the report says that nothing is."""
    alone = ending.method.startswith("overwrite.")
    found = []
    for name, medium in ending.media.items():
        if alone and name != ending.target:
            continue
        excepted = any(text.startswith("HIDDEN_AREA") for text in ending.exceptions) and name == ending.target
        end = min(ending.size_bytes, len(medium.after)) if excepted else len(medium.after)
        old, now = pieces(medium.before[:end]), pieces(medium.after[:end])
        found += [(name, now[piece]) for piece in old.keys() & now.keys() if telling(piece)]
    return found


def covered(written: tuple[tuple[int, int], ...], size: int) -> bool:
    """Say whether writes reached every byte from 0 to `size`."""
    reached = 0
    for first, end in sorted(written):
        if first > reached:
            return False
        reached = max(reached, end)
    return reached >= size


def belied(ending: Ending) -> bool:
    """Say whether an erase that somebody else started is claimed on the word of a drive that lies: none can know."""
    return any("started elsewhere" in text for text in ending.exceptions)


def faults_of_claim(ending: Ending) -> list[str]:
    """Everything that speaks against a claim of erasure."""
    found = []
    left = left_over(ending)
    if left and not (belied(ending) and ending.verdict == "ERASED_WITH_EXCEPTIONS"):
        found.append(f"FALSE {ending.verdict}: {len(left)} old pieces, one at {left[0]}")
    family = max((name for name in LEVELS if ending.method.startswith(name)), key=len, default="")
    if LEVELS.get(family) != ending.level:
        found.append(f"level {ending.level} for {ending.method}")
    if ending.serials not in OWN_NAMES:
        found.append(f"claimed under {sorted(ending.serials)}")
    if (ending.verdict == "ERASED") == bool(ending.exceptions):
        found.append(f"{ending.verdict} with exceptions {ending.exceptions}")
    if ending.method.startswith("overwrite."):
        if not covered(ending.written, ending.size_bytes):
            found.append("claimed, and not every byte was written")
    elif ending.method not in [meaning for meaning, _ in ending.sent] and not belied(ending):
        found.append(f"claims {ending.method}, on the wire were {ending.sent}")
    if ending.method == "emmc.sanitize" and json.loads(ending.memory).get("remains"):
        found.append("the flash still holds what was unmapped")
    return found


def faults_of_wire(ending: Ending) -> list[str]:
    """Every command on the wire that does not belong to what the report names."""
    if ending.verdict == "OPEN":
        return []
    allowed = {ending.method, *STEPS.get(ending.method, ()), *ASIDE}
    return [
        f"sent {meaning} under {ending.method or ending.verdict}"
        for meaning, _ in ending.sent
        if meaning not in allowed
    ]


def untouched_target(ending: Ending) -> bool:
    return not ending.sent and not ending.written and all(one.before == one.after for one in ending.media.values())


def waits_for_password(ending: Ending) -> bool:
    """Say whether the bench died under a security erase: the drive has a password then, and a person unlocks it."""
    return ending.verdict == "OPEN" and ("password", True) in ending.sent


def judge(ending: Ending) -> list[str]:
    """Say everything that is wrong with an ending; empty when it holds."""
    found = [] if ending.untouched else ["THE OTHER DRIVE CHANGED"]
    found += faults_of_wire(ending)
    if ending.verdict in SUCCESS:
        found += faults_of_claim(ending)
    elif not any(ending.reasons):
        found.append(f"{ending.verdict} without a reason")
    elif ending.level != "NONE":
        found.append(f"{ending.verdict} earns {ending.level}")
    if ending.verdict in ("NOT_ERASED", "REFUSED") and not untouched_target(ending):
        found.append(f"{ending.verdict}, and the drive was touched")
    if ending.plan.healthy and ending.verdict not in SUCCESS and not waits_for_password(ending):
        found.append(f"a healthy drive ends {ending.verdict}: {ending.reasons}")
    return found
