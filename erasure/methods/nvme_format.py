"""Format NVM of NVMe drives, with secure erase setting 1 (user data) or 2 (key), of every active namespace. Clear.

Never SES 0, which erases nothing. The block format is kept, and compared afterwards. A Format has no log: its end is
the status of each command, so one whose status nobody saw stays unknown for ever. Never reached: unallocated capacity,
namespaces that are not active, boot partitions, RPMB. Drives reference, sections 3.8, 5.1 and 6.2; IEEE 2883 Clear.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from erasure.applicability import Applicable, Inapplicable
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Ticket
from erasure.nvme.asking import nvme_port
from erasure.nvme.commands import ACTIVE_LIST, SecureErase, words
from erasure.nvme.counting import list_ids, read_namespace
from erasure.nvme.formatting import (
    all_taken,
    erased_on_the_wire,
    format_orders,
    format_timeout_ms,
    note_statuses,
    shape,
    shapes,
)
from erasure.nvme.obstacles import format_obstacle, left_by_format, obstacle, refusal
from erasure.nvme.status import NvmeStatus, StatusKind, decode_status
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.transport.ports import NvmeCommand, NvmePort


@dataclass(frozen=True, slots=True)
class NvmeFormat:
    """A Format that erases, of all active namespaces."""

    id: str
    erase: SecureErase
    level: Level = Level.CLEAR
    kind: MethodKind = MethodKind.FIRMWARE
    version: int = 1

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the controller announces it and every namespace is known. Pure."""
        reason = obstacle(facts)
        if reason is None and facts.nvme is not None:
            reason = format_obstacle(facts.nvme)
            if reason is None and self.erase is SecureErase.CRYPTO and not facts.nvme.format_crypto:
                reason = Reason(ReasonCode.UNSUPPORTED, "the drive announces no format by crypto erase")
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:
        """Name unallocated capacity, namespaces that are not active, boot partitions, RPMB."""
        return tuple(left_by_format(facts))

    def expected_seconds(self, facts: DriveFacts) -> int | None:  # noqa: ARG002
        """Not known: the drive does not say."""
        return None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Announce and send each command, and wait for its status. Raises JournalError; OSError: fate unknown."""
        port = nvme_port(ports)
        if facts.nvme is None:
            raise OSError(errno.ENOTTY, "the facts know of no NVMe controller")
        orders = format_orders(facts.nvme, self.erase)
        timeout_ms = format_timeout_ms(facts.nvme)
        statuses: list[NvmeStatus] = []
        for order in orders:
            statuses.append(self._send(ports, port, order, timeout_ms))
            if statuses[-1].kind is not StatusKind.GOOD:
                break
        notes: dict[str, Any] = {
            "planned": len(orders),
            "commands": [words(order) for order in orders],
            "statuses": note_statuses(statuses),
            "namespaces": shapes(facts.nvme),
        }
        return self._taken(ports, notes, statuses)

    def _send(self, ports: Ports, port: NvmePort, order: NvmeCommand, timeout_ms: int) -> NvmeStatus:
        ports.announce({"method": self.id, **words(order)})
        with ports.busy("command", None):
            status = decode_status(port.admin(order, timeout_ms=timeout_ms).status)
        if status.kind is StatusKind.UNKNOWN:
            raise OSError(errno.EIO, f"format of namespace {order.nsid:x}h: {status.words}")
        return status

    def _taken(self, ports: Ports, notes: dict[str, Any], statuses: list[NvmeStatus]) -> Ticket:
        if all_taken(notes):
            ports.accepted({"method": self.id, "reply": {"statuses": notes["statuses"]}, "notes": notes})
            return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)
        reason = refusal(statuses[-1]) if statuses else Reason(ReasonCode.UNSUPPORTED, "no namespace to format")
        return Ticket(self.id, Written((), (), 0, (reason,)), accepted=False, notes=notes)

    def poll(self, ports: Ports, ticket: Ticket) -> Finished:
        """Weigh the statuses and compare every namespace with what it was. Raises OSError when it cannot be asked."""
        notes = ticket.notes
        taken = ticket.accepted and all_taken(notes)
        matches = erased_on_the_wire(notes, self.erase)
        failures: tuple[Reason, ...] = ()
        if not taken:
            failures = (Reason(ReasonCode.STATUS_UNREADABLE, "nobody saw the status of the format"),)
        elif not matches:
            failures = (Reason(ReasonCode.WRONG_ACTION, "the format that was sent erases something else"),)
        else:
            failures = tuple(changes(nvme_port(ports), notes["namespaces"]))
        raw = {"statuses": " ".join(map(str, notes.get("statuses") or ())), "commands": str(notes.get("commands", ""))}
        completion = Completion(ticket.accepted, seen_running=False, succeeded=taken, action_matches=matches, raw=raw)
        return Finished(Written((), (), 0, failures, completion))

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for the canaries and for what was there before. Raises RunInterrupted, OSError."""
        return look(ports, facts)


def changes(port: NvmePort, before: dict[str, list[int]]) -> Iterator[Reason]:
    """Name every namespace that is not as it was. Raises OSError when the controller cannot be asked."""
    active = list_ids(port, ACTIVE_LIST)
    if active is not None and [str(nsid) for nsid in active] != list(before):
        yield Reason(ReasonCode.SIZE, f"active namespaces were {' '.join(before)}, are {' '.join(map(str, active))}")
        return
    for nsid, kept in before.items():
        found = read_namespace(port, int(nsid), active=True)
        if found is None:
            raise OSError(errno.EIO, f"namespace {nsid} cannot be identified after the format")
        if shape(found) != kept:
            told = "{} blocks of {} bytes, {} of metadata, format {}"
            detail = f"namespace {nsid} had {told.format(*kept)}, has {told.format(*shape(found))}"
            yield Reason(ReasonCode.SIZE, detail)


NVME_FORMAT = (
    NvmeFormat("nvme.format.crypto", SecureErase.CRYPTO),
    NvmeFormat("nvme.format.user-data", SecureErase.USER_DATA),
)
