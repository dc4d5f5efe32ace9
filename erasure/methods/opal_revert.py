"""PSID revert of Opal drives: access recovery. It earns nothing, and an erase always follows.

TCG Opal SSC with the PSID feature set, drives section 3.11. Revert on a drive that was never activated can leave all
data readable, and some drives stay unreadable until they are switched off. The PSID itself is never announced,
journalled or traced.
"""

import errno
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.buffers import aligned
from erasure.drive import DriveFacts
from erasure.errors import DeviceError
from erasure.methods.protocol import Finished, MethodKind, Stuck, Ticket, Working
from erasure.opal import read_opal
from erasure.outcome import Level, Reason, ReasonCode, Verification
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.transport.ports import OpalPort

PSID_CHARACTERS = 32
SUCCESS, NOT_AUTHORIZED, LOCKED_OUT = 0x00, 0x01, 0x12  # TCG Core, method status codes
EXPECTED_SECONDS = 60
AGAIN = "switch the drive off and on, then plan again"
NOTHING_READ = Evidence((), Verification("none", "", "", "", 0, 0, 0), (), (), ())


@dataclass(frozen=True, slots=True)
class PsidRevert:
    """Revert with the PSID that is printed on the label."""

    id: str = "opal.psid-revert"
    level: Level = Level.NONE
    kind: MethodKind = MethodKind.RECOVERY
    version: int = 1

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether an Opal lock is what keeps people out."""
        reason = obstacle(facts)
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:  # noqa: ARG002
        """It is no erase: there is nothing that it would not cover."""
        return ()

    def expected_seconds(self, facts: DriveFacts) -> int | None:  # noqa: ARG002
        """Not known."""
        return None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:  # noqa: ARG002
        """Revert once. Raises JournalError; OSError when nobody can say whether the drive took it."""
        port, psid = opal_port(ports), cleaned(ports.secrets.psid)
        fault = psid_fault(psid)
        if fault:
            return refused(self.id, Reason(ReasonCode.LOCKED, fault))
        ports.announce({"method": self.id, "command": "IOC_OPAL_PSID_REVERT_TPR"})
        with ports.busy("command", EXPECTED_SECONDS):
            status = port.psid_revert(psid.encode("ascii"))
        if status != SUCCESS:
            return refused(self.id, status_reason(status))
        ports.accepted({"method": self.id, "reply": "success", "notes": {}})
        return Ticket(self.id, NOTHING_WRITTEN, accepted=True)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Say whether the drive is open now. Raises OSError when it cannot be asked."""
        if ticket.written.failures:
            return Finished(ticket.written)
        found = read_opal(opal_port(ports))
        failures: tuple[Reason, ...] = ()
        if not ticket.accepted:
            failures = (Reason(ReasonCode.STATUS_UNREADABLE, "nobody saw the drive take the PSID"),)
        elif found is not None and found.locked:
            failures = (Reason(ReasonCode.LOCKED, f"the drive took the PSID and is still locked: {AGAIN}"),)
        elif not readable(ports):
            failures = (Reason(ReasonCode.LOCKED, f"the drive took the PSID and cannot be read yet: {AGAIN}"),)
        completion = Completion(
            accepted=ticket.accepted,
            seen_running=ticket.seen_running,
            succeeded=not failures,
            action_matches=True,
            raw={"flags": "none" if found is None else f"{found.flags:02x}"},
        )
        return Finished(Written((), (), 0, failures, completion))

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:  # noqa: ARG002
        """Read nothing back: it proves nothing."""
        return NOTHING_READ


def obstacle(facts: DriveFacts) -> Reason | None:
    """Say why there is nothing to revert; None for a drive that Opal locks."""
    if facts.opal is None or not facts.opal.supported:
        return Reason(ReasonCode.UNSUPPORTED, "the drive has no Opal, or the kernel does not reach it")
    if not facts.opal.locked:
        return Reason(ReasonCode.UNSUPPORTED, "Opal does not lock the drive")
    return None


def cleaned(psid: str) -> str:
    """Take the dashes and blanks of a label out."""
    return "".join(psid.replace("-", "").split())


def psid_fault(psid: str) -> str:
    """Say why this cannot be a PSID, without quoting it; "" when it can."""
    if not psid:
        return "the PSID of the label was not given"
    if len(psid) != PSID_CHARACTERS:
        return f"a PSID has {PSID_CHARACTERS} characters, {len(psid)} were given"
    printable = psid.isascii() and psid.isprintable()
    return "" if printable else "a PSID has letters and digits only"


def status_reason(status: int) -> Reason:
    """Word a refusal of the drive."""
    if status == NOT_AUTHORIZED:
        return Reason(ReasonCode.LOCKED, "the PSID is not that of this drive")
    if status == LOCKED_OUT:
        return Reason(ReasonCode.LOCKED, f"too many wrong PSIDs were tried: {AGAIN}")
    return Reason(ReasonCode.ABORTED, f"the drive refused the PSID revert with status {status:02x}h")


def refused(method: str, reason: Reason) -> Ticket:
    """Give a ticket that says that it is over."""
    return Ticket(method, Written((), (), 0, (reason,)), accepted=False)


def readable(ports: Ports) -> bool:
    """Say whether the first sector can be read again."""
    try:
        with ports.block.reopen_for_reading() as reader:
            sector = reader.sector_sizes()[0]
            return reader.pread_into(aligned(sector), 0) == sector
    except (OSError, DeviceError):
        return False


def opal_port(ports: Ports) -> OpalPort:
    """Give the way to the drive. Raises OSError when there is none."""
    if ports.commands.opal is None:
        raise OSError(errno.ENOTTY, "the open node takes no Opal commands")
    return ports.commands.opal


OPAL_REVERT = (PsidRevert(),)
