"""The two overwrites: zeros, and a keystream. Both earn Clear, one pass, with the whole drive read back by default.

IEEE 2883 Clear; drives reference, sections 2.2 and 7. They never reach hidden areas, spare sectors or
over-provisioning.
"""

from collections.abc import Callable
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.drive import DriveFacts
from erasure.keystream import Keystream
from erasure.methods.protocol import Finished, Ticket
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

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether ordinary writes reach every visible sector of this drive."""
        reason = _obstacle(facts)
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

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


def _obstacle(facts: DriveFacts) -> Reason | None:
    sector = facts.logical_sector
    if facts.read_only:
        return Reason(ReasonCode.READ_ONLY, "the drive refuses writes")
    if facts.zoned not in ("none", "host-aware"):
        return Reason(ReasonCode.UNSUPPORTED, f"zones: {facts.zoned or 'unknown'}")
    if sector < SMALLEST_SECTOR or sector & (sector - 1):
        return Reason(ReasonCode.UNSUPPORTED, f"sectors of {sector} bytes")
    if facts.size_bytes <= 0 or facts.size_bytes % sector:
        return Reason(ReasonCode.SIZE, f"{facts.size_bytes} bytes")
    return None


KEYSTREAM = Overwriting("overwrite.keystream", 1, Level.CLEAR, Keystream, probes=False)
ZEROS = Overwriting("overwrite.zeros", 1, Level.CLEAR, _zeros, probes=True)
