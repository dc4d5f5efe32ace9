"""Which Format commands erase every active namespace, and what they must leave as it was. Pure (drives, 3.8, FNA).

One command for all only where the controller says that it takes it, that it reaches all, and where all have the same
format anyway. Otherwise each namespace has its own command.
"""

from typing import Any

from erasure.nvme.commands import EVERY_NAMESPACE, KeptFormat, SecureErase, format_namespace
from erasure.nvme.facts import NvmeFacts, NvmeNamespace
from erasure.nvme.status import NvmeStatus
from erasure.transport.ports import NvmeCommand

SLOWEST_BYTES_PER_SECOND = 200_000_000
SHORTEST_SECONDS = 3600
LONGEST_MS = 0xFFFFFFFF  # what the kernel can count


def kept_format(namespace: NvmeNamespace) -> KeptFormat:
    """Give the format that a namespace has."""
    return KeptFormat(namespace.format_index, namespace.metadata_extended, namespace.protection)


def format_orders(nvme: NvmeFacts, erase: SecureErase) -> tuple[NvmeCommand, ...]:
    """Build the commands, in order of the namespaces."""
    kept = {kept_format(one) for one in nvme.active}
    reaches_all = nvme.format_reaches_all or nvme.erase_reaches_all
    if reaches_all and nvme.format_broadcast and len(kept) == 1:
        return (format_namespace(EVERY_NAMESPACE, erase, *kept),)
    return tuple(format_namespace(one.nsid, erase, kept_format(one)) for one in nvme.active)


def format_timeout_ms(nvme: NvmeFacts) -> int:
    """How long to wait for one command: the drive gives no estimate, so an hour, or longer for a large one."""
    size = sum(one.blocks * one.block_bytes for one in nvme.active)
    return min(max(SHORTEST_SECONDS, size // SLOWEST_BYTES_PER_SECOND) * 1000, LONGEST_MS)


def shape(namespace: NvmeNamespace) -> list[int]:
    """What a Format keeps: blocks, bytes of each, metadata bytes, index of the format."""
    return [namespace.blocks, namespace.block_bytes, namespace.metadata_bytes, namespace.format_index]


def shapes(nvme: NvmeFacts) -> dict[str, list[int]]:
    """Shape of each active namespace, by id as text, for the journal."""
    return {str(one.nsid): shape(one) for one in nvme.active}


def all_taken(notes: dict[str, Any]) -> bool:
    """Say whether the journal has a good status of every command that was planned, and there was one."""
    planned = notes.get("planned")
    return isinstance(planned, int) and planned > 0 and notes.get("statuses") == [0] * planned


def erased_on_the_wire(notes: dict[str, Any], erase: SecureErase) -> bool:
    """Say whether every command that was sent had this secure erase setting: one with 0 erases nothing."""
    sent = [int(command["cdw10"].rstrip("h"), 16) for command in notes.get("commands", ())]
    return bool(sent) and all(word >> 9 & 0b111 == erase for word in sent)


def note_statuses(statuses: list[NvmeStatus]) -> list[int]:
    """Statuses as plain numbers, for the journal."""
    return [status.raw for status in statuses]
