"""The two overwrites: zeros, and a keystream. Both earn Clear, one pass, with the whole drive read back by default.

IEEE 2883 Clear; drives reference, sections 2.2 and 7. They never reach hidden areas, spare sectors or
over-provisioning.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.drive import DriveFacts
from erasure.keystream import Keystream
from erasure.methods.protocol import Finished, MethodKind, Ticket
from erasure.nvme.obstacles import separate_areas
from erasure.outcome import Level, Reason, ReasonCode
from erasure.overwrite import WritePass
from erasure.passes import Evidence, Ports, Written
from erasure.pattern import Pattern, Zeros
from erasure.probe import AddressProbe
from erasure.verification import Readback

SMALLEST_SECTOR = 512


def _zeros(_secret: bytes) -> Pattern:
    return Zeros()


@dataclass(frozen=True, slots=True)
class Overwriting:
    """Write a known pattern to every visible sector and read it back."""

    id: str
    version: int
    level: Level
    make_pattern: Callable[[bytes], Pattern]
    probes: bool  # the pattern alone does not show what the drive does with addresses
    kind: MethodKind = MethodKind.OVERWRITE

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether ordinary writes reach every visible sector of this drive."""
        reason = _obstacle(facts)
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:
        """Name what ordinary writes do not reach: other namespaces, unallocated capacity, separate hardware areas."""
        return tuple(beyond_writes(facts))

    def expected_seconds(self, facts: DriveFacts) -> int | None:  # noqa: ARG002
        """Not known: the rate shows it."""
        return None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Probe the addresses where the pattern needs it, then write the pass. Raises RunInterrupted, JournalError."""
        if not self.probes:
            return Ticket(self.id, WritePass(ports, facts, self.make_pattern(ports.secret), lambda: None).carry_out())
        probe = AddressProbe(ports, facts)
        failures = () if ports.begun else probe.carry_out()
        if failures:
            return Ticket(self.id, Written((probe.phase(),), probe.bad.ranges(), 0, failures))
        phase = probe.phase()
        if not ports.begun:
            ports.checkpoint(0, ())
        written = WritePass(ports, facts, self.make_pattern(ports.secret), probe.tail_stands).carry_out()
        phases = written.phases if ports.begun else (phase, *written.phases)
        return Ticket(self.id, Written(phases, written.bad, written.covered, written.failures))

    def poll(self, ports: Ports, ticket: Ticket) -> Finished:  # noqa: ARG002
        """Say that it is done: `start` returns only then."""
        return Finished(ticket.written)

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Read back and compare with the pattern. Raises RunInterrupted, OSError."""
        return Readback(ports, facts, self.make_pattern(ports.secret)).carry_out()


def beyond_writes(facts: DriveFacts) -> Iterator[Reason]:
    """Areas of this drive that no write to its sectors reaches."""
    yield from separate_areas(facts)
    if facts.nvme is not None and facts.nvme.unallocated_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"unallocated capacity of {facts.nvme.unallocated_bytes} bytes")
    if "nvme" in facts.commands and (facts.nvme is None or facts.nvme.namespaces is None):
        yield Reason(ReasonCode.HIDDEN_AREA, "the namespaces of the controller could not be counted")
    others = [] if facts.nvme is None else [one for one in facts.nvme.namespaces or () if one.nsid != facts.nvme.nsid]
    for namespace in others:
        state = "active" if namespace.active else "allocated"
        yield Reason(ReasonCode.HIDDEN_AREA, f"namespace {namespace.nsid} ({state}) is a separate area of the drive")


def _obstacle(facts: DriveFacts) -> Reason | None:
    sector = facts.logical_sector
    if facts.read_only:
        return Reason(ReasonCode.READ_ONLY, "the drive refuses writes")
    if facts.locked:
        return Reason(ReasonCode.LOCKED, "reads and writes are refused until the drive is unlocked")
    if facts.zoned not in ("none", "host-aware"):
        return Reason(ReasonCode.UNSUPPORTED, f"zones: {facts.zoned or 'unknown'}")
    if sector < SMALLEST_SECTOR or sector & (sector - 1):
        return Reason(ReasonCode.UNSUPPORTED, f"sectors of {sector} bytes")
    return _without_size(facts) if facts.size_bytes <= 0 or facts.size_bytes % sector else None


def _without_size(facts: DriveFacts) -> Reason:
    if facts.unmeasured:
        return Reason(ReasonCode.IN_USE, "a sanitize is running on this drive")
    return Reason(ReasonCode.SIZE, f"{facts.size_bytes} bytes")


KEYSTREAM = Overwriting("overwrite.keystream", 1, Level.CLEAR, Keystream, probes=False)
ZEROS = Overwriting("overwrite.zeros", 1, Level.CLEAR, _zeros, probes=True)
