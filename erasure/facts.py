"""Read everything that a plan rests on, from one open port. Nothing is written and nothing is guessed."""

from erasure.drive import DriveFacts
from erasure.transport.ports import BlockPort

YES = frozenset({"1", "true", "yes"})
NO = frozenset({"0", "false", "no"})
PINNED = ("name", "major", "minor", "diskseq", "simulated")
PINNED_IDENTITY = ("model", "serial", "wwn", "firmware", "bus", "bridge")
PINNED_FACTS = ("size_bytes", "logical_sector", "physical_sector", "read_only", "zoned", "hidden")


def read_facts(port: BlockPort) -> DriveFacts:
    """Read the facts of an open drive; sizes come from the device itself. Raises OSError, DeviceError."""
    traits = port.traits()
    logical, physical = port.sector_sizes()
    return DriveFacts(
        device=port.sighting(),
        size_bytes=port.size_bytes(),
        logical_sector=logical,
        physical_sector=physical,
        read_only=port.read_only(),
        rotational=truth(traits.get("rotational", "")),
        removable=truth(traits.get("removable", "")),
        zoned=traits.get("zoned", ""),
        hidden=port.hidden_areas(),
        raw=traits,
    )


def truth(text: str) -> bool | None:
    """Read a yes or no of the kernel; anything else is unknown."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def differences(planned: DriveFacts, found: DriveFacts) -> tuple[str, ...]:
    """Name every pinned fact that changed, with both values; empty when it is the same drive in the same state."""
    pairs = [
        *((name, getattr(planned.device, name), getattr(found.device, name)) for name in PINNED),
        *(
            (name, getattr(planned.device.identity, name), getattr(found.device.identity, name))
            for name in PINNED_IDENTITY
        ),
        *((name, getattr(planned, name), getattr(found, name)) for name in PINNED_FACTS),
    ]
    return tuple(f"{name}: {before} planned, {now} found" for name, before, now in pairs if before != now)
