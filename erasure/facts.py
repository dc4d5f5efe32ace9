"""Read everything that a plan rests on, from one open port. Nothing is written and nothing is guessed.

Only commands that cannot change anything pass (`erasure.announcement`): a reader that tries another is stopped.
"""

from collections.abc import Iterator
from dataclasses import replace

from erasure.announcement import harmless_only
from erasure.ata.reading import read_ata
from erasure.drive import BlockDevice, DriveFacts, OpalFacts
from erasure.hidden import AreaState, HiddenAreas
from erasure.mmc.reading import read_mmc
from erasure.naming import OWN_WORD, as_heard, named_by_drive
from erasure.nvme.reading import read_nvme
from erasure.opal import read_opal
from erasure.outcome import Reason, ReasonCode
from erasure.own_word import named_again
from erasure.scsi.reading import read_scsi
from erasure.transport.ports import BlockPort, CommandPorts

YES = frozenset({"1", "true", "yes"})
NO = frozenset({"0", "false", "no"})
NO_CLIPS = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, None)  # NVMe knows no such thing
PINNED = ("name", "major", "minor", "diskseq", "simulated")
PINNED_IDENTITY = ("model", "serial", "wwn", "firmware", "bus", "bridge")
PINNED_FACTS = ("size_bytes", "logical_sector", "physical_sector", "read_only", "zoned", "hidden")


def read_facts(port: BlockPort) -> DriveFacts:
    """Read the facts of an open drive; sizes come from the device itself. Raises OSError, DeviceError."""
    traits = port.traits()
    logical, physical = port.sector_sizes()
    device = port.sighting()
    commands = harmless_only(port.commands())
    seen = DriveFacts(
        device=device,
        size_bytes=port.size_bytes(),
        logical_sector=logical,
        physical_sector=physical,
        read_only=port.read_only(),
        rotational=truth(traits.get("rotational", "")),
        removable=truth(traits.get("removable", "")),
        zoned=traits.get("zoned", ""),
        hidden=port.hidden_areas(),
        raw=traits,
        commands=tuple(name for name in ("scsi", "nvme", "mmc", "opal") if getattr(commands, name) is not None),
    )
    return under_own_name(with_commands(seen, commands))


def under_own_name(facts: DriveFacts) -> DriveFacts:
    """Name a drive that tells its name by it, also behind a bridge; what the kernel heard stays in the raw readings."""
    device = named_by_drive(facts.device, facts.ata)
    if device.identity.source != OWN_WORD:
        return facts
    return replace(facts, device=device, raw={**facts.raw, **as_heard(facts.device)})


def identify(port: BlockPort, before: DriveFacts) -> BlockDevice:
    """Identify the open drive again, as `read_facts` did before: by its own word wherever it gives one. Raises OSError.

    A drive that could be asked before and cannot now goes by what was heard of it: that is no longer the same identity.
    """
    device = port.sighting()
    bus = device.identity.bus
    commands = harmless_only(port.commands())
    if bus not in ("ata", "usb"):
        return named_again(device, before, commands)
    if commands.scsi is None:
        return device
    scsi = read_scsi(commands.scsi, bus=bus)
    return device if scsi is None else named_by_drive(device, read_ata(commands.scsi, scsi))


def with_commands(seen: DriveFacts, commands: CommandPorts) -> DriveFacts:
    """Add what the drive says of itself when it is asked by command. Raises OSError when it left meanwhile."""
    bus = seen.device.identity.bus
    scsi = None if commands.scsi is None else read_scsi(commands.scsi, bus=bus)
    ata = None if commands.scsi is None or scsi is None else read_ata(commands.scsi, scsi)
    nvme = None if commands.nvme is None else read_nvme(commands.nvme)
    return replace(
        seen,
        scsi=scsi,
        ata=ata,
        nvme=nvme,
        mmc=None if commands.mmc is None else read_mmc(commands.mmc, kind=seen.raw.get("card", "")),
        opal=opal_facts(commands),
        hidden=ata.hidden if ata else scsi.hidden if scsi else NO_CLIPS if nvme else seen.hidden,
    )


def opal_facts(commands: CommandPorts) -> OpalFacts | None:
    """Ask the kernel's sed-opal; None where there is none."""
    return None if commands.opal is None else read_opal(commands.opal)


def own_bytes(facts: DriveFacts) -> int | None:
    """Give the capacity of this namespace as its controller tells it; None where none does.

    ATA and SCSI drives have a ledger of hidden areas instead, which the verdict compares with the size.
    """
    nvme = facts.nvme
    mine = None if nvme is None else next((one for one in nvme.namespaces or () if one.nsid == nvme.nsid), None)
    return None if mine is None else mine.blocks * mine.block_bytes


def size_faults(facts: DriveFacts) -> Iterator[Reason]:
    """Say that the kernel and the drive tell two capacities: what lies between them would never be erased."""
    told = own_bytes(facts)
    if told is not None and told != facts.size_bytes:
        yield Reason(ReasonCode.SIZE, f"the kernel shows {facts.size_bytes} bytes, the drive has {told}")


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
