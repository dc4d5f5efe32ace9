"""Sanitize of eMMC 4.5 and later, secure erase of 4.3 to 4.41. The user area only: every other partition is named.

JEDEC JESD84-B51 6.6.9 and 6.6.12, drives section 3.10. SANITIZE removes unmapped data only: everything is erased first,
by CMD35, CMD36 and CMD38. The mechanism is verified, that IEEE 2883 counts it as Purge is not (drives 2.2); the kernel
waits for the end of each command, so that a good return means "done": `accepted` is written only then, and a card that
was merely seen at work has proven nothing, because a host that loses patience interrupts it.
"""

import errno
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Stuck, Ticket, Working
from erasure.mmc import commands
from erasure.mmc.commands import CardStatus
from erasure.mmc.facts import MmcFacts
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.transport.ports import MmcCommand, MmcPort

QUESTION_MS = 10_000
SHORTEST_MS, LONGEST_MS = 240_000, 24 * 3_600_000  # the kernel itself gave a sanitize 240 s
SLOWEST_RATE = 10_000_000  # bytes per second, of a sanitize that announces no duration
UNIT_MS = 300  # of every timeout multiplier
FIRST_SECURE_REVISION, LAST_SECURE_REVISION, FIRST_SANITIZE_REVISION = 3, 5, 6
NO_PURGE = "SD cards and USB sticks have no standard purge"


@dataclass(frozen=True, slots=True)
class CardErase:
    """Erase the whole user area, securely or followed by a sanitize."""

    id: str
    level: Level
    secure: bool  # secure erase; else plain erase and sanitize
    kind: MethodKind = MethodKind.FIRMWARE
    version: int = 1

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the card announces it."""
        reason = obstacle(facts) or (no_secure_erase(facts.mmc) if self.secure else no_sanitize(facts.mmc))
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:
        """Name the other partitions of the card: none of them is reached."""
        return () if facts.mmc is None else tuple(Reason(ReasonCode.HIDDEN_AREA, text) for text in others(facts.mmc))

    def expected_seconds(self, facts: DriveFacts) -> int | None:
        """Give the longest time that the card announces for a secure erase; a sanitize announces none."""
        return erase_ms(facts, secure=True) // 1000 if self.secure else None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Erase everything and wait for the end. Raises JournalError; OSError when nobody can say what became of it."""
        port = mmc_port(ports)
        rest = ask_status(port)
        if not rest.at_rest:
            raise OSError(errno.EBUSY, f"the card is not ready: {rest.words}")
        first, last = commands.erase_range(facts.size_bytes)
        wipe, wipe_ms = commands.erase(secure=self.secure), erase_ms(facts, secure=self.secure)
        steps = [(first, QUESTION_MS), (last, QUESTION_MS), (wipe, wipe_ms)]
        if not self.secure:
            steps.append((commands.sanitize(), sanitize_ms(facts)))
        for command, timeout_ms in steps:
            refusal = self._step(ports, port, command, timeout_ms)
            if refusal is not None:
                return Ticket(self.id, Written((), (), 0, (refusal,)), accepted=False)
        notes = {"status": ask_status(port).words}
        ports.accepted({"method": self.id, "reply": "done", "notes": notes})
        return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)

    def _step(self, ports: Ports, port: MmcPort, command: MmcCommand, timeout_ms: int) -> Reason | None:
        """Send one command and wait until the card is at rest; give the refusal. Raises OSError."""
        name = f"CMD{command.opcode} {command.argument:08x}h"
        ports.announce({"method": self.id, "command": name})
        with ports.busy("command", timeout_ms // 1000):
            reply = port.command(command, timeout_ms=timeout_ms)
        answered = CardStatus(reply.response[0])
        rest = ask_status(port) if command.flags == commands.BUSY else answered  # nothing between the erase addresses
        # The kernel takes the sanitize switch out of the row and gives back no response: then the status counts alone.
        silent = command.opcode == commands.SWITCH and answered.word == 0
        if answered.failed or rest.failed:
            return Reason(ReasonCode.ABORTED, f"{name} ended with {(answered if answered.failed else rest).words}")
        if not (silent or answered.legible) or not rest.at_rest:
            raise OSError(errno.EIO, f"{name}: {answered.words}, then {rest.words}")
        return None

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Look at the card. Raises OSError when it cannot be asked, or its status cannot be read."""
        if ticket.written.failures:
            return Finished(ticket.written)
        status = ask_status(mmc_port(ports))
        if status.at_work:
            return Working(None, status.words)
        if not status.legible:
            raise OSError(errno.EIO, f"the card gives no readable answer: {status.words}")
        return Finished(ended(ticket, status))

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for what should be gone. Raises RunInterrupted, OSError."""
        return look(ports, facts)


def obstacle(facts: DriveFacts) -> Reason | None:
    """Say why nothing of this is for this drive; None for an eMMC that takes commands."""
    card = facts.mmc
    if card is None or card.kind != "MMC" or card.revision is None:
        removable = facts.device.identity.bus in ("mmc", "usb")
        return Reason(ReasonCode.UNSUPPORTED, NO_PURGE if removable else "the drive is no eMMC")
    if facts.read_only or card.temporarily_protected:
        return Reason(ReasonCode.READ_ONLY, "the card is write protected")
    if card.sectors and card.sectors * commands.SECTOR != facts.size_bytes:
        return Reason(ReasonCode.SIZE, f"the card counts {card.sectors} sectors, the kernel {facts.size_bytes} bytes")
    return None


def no_sanitize(card: MmcFacts | None) -> Reason | None:
    """Say why the card cannot sanitize; None when it can."""
    able = card is not None and (card.revision or 0) >= FIRST_SANITIZE_REVISION and card.sanitize
    return None if able else Reason(ReasonCode.UNSUPPORTED, "the card announces no sanitize")


def no_secure_erase(card: MmcFacts | None) -> Reason | None:
    """Say why the card cannot erase securely; None when it can."""
    revision = 0 if card is None else card.revision or 0
    if revision > LAST_SECURE_REVISION:
        return Reason(ReasonCode.UNSUPPORTED, "secure erase ended with eMMC 4.41, sanitize replaced it")
    able = card is not None and revision >= FIRST_SECURE_REVISION and card.secure_erase
    return None if able else Reason(ReasonCode.UNSUPPORTED, "the card announces no secure erase")


def others(card: MmcFacts) -> tuple[str, ...]:
    """Name the partitions beside the user area, with their sizes in bytes."""
    boot = [f"two boot partitions of {card.boot_bytes} bytes each"] if card.boot_bytes else []
    named = [f"general purpose partition {at} of {size} bytes" for at, size in enumerate(card.general_purpose_bytes, 1)]
    rpmb = [f"RPMB of {card.rpmb_bytes} bytes, which no host can erase"] if card.rpmb_bytes else []
    return (*boot, *named, *rpmb)


def erase_ms(facts: DriveFacts, *, secure: bool) -> int:
    """How long the whole erase may take: groups times the announced time of one, within sane bounds."""
    card = facts.mmc
    group = 0 if card is None else card.erase_group_bytes
    if card is None or not group:
        return within_bounds(facts.size_bytes * 1000 // SLOWEST_RATE)
    times = card.erase_multiplier * (card.secure_erase_multiplier if secure else 1)
    return within_bounds(-(-facts.size_bytes // group) * times * UNIT_MS)


def sanitize_ms(facts: DriveFacts) -> int:
    """How long a sanitize may take: no card announces it."""
    return within_bounds(SHORTEST_MS + facts.size_bytes * 1000 // SLOWEST_RATE)


def within_bounds(milliseconds: int) -> int:
    """Keep a timeout between four minutes and a day."""
    return min(max(milliseconds, SHORTEST_MS), LONGEST_MS)


def mmc_port(ports: Ports) -> MmcPort:
    """Give the way to the card. Raises OSError when there is none."""
    if ports.commands.mmc is None:
        raise OSError(errno.ENOTTY, "the open node takes no MMC commands")
    return ports.commands.mmc


def ask_status(port: MmcPort) -> CardStatus:
    """Ask the card for its status, CMD13. Raises OSError."""
    return CardStatus(port.command(commands.send_status(), timeout_ms=QUESTION_MS).response[0])


def ended(ticket: Ticket, status: CardStatus) -> Written:
    """Say what a card that is at work no more has done. Only a command that came back done counts."""
    failures: tuple[Reason, ...] = ()
    if not status.at_rest:
        failures = (Reason(ReasonCode.ABORTED, f"the card ended with {status.words}"),)
    elif not ticket.accepted:
        detail = "the card is ready, but nobody saw the erase come to its end"
        failures = (Reason(ReasonCode.STATUS_UNREADABLE, detail),)
    completion = Completion(
        accepted=ticket.accepted,
        seen_running=ticket.seen_running,
        succeeded=not failures,
        action_matches=True,  # the card has no word for it: what came back done is what was sent
        raw={"status": f"{status.word:08x}"},
    )
    return Written((), (), 0, failures, completion)


EMMC = (
    CardErase("emmc.sanitize", Level.CLEAR, secure=False),
    CardErase("emmc.secure-erase", Level.CLEAR, secure=True),
)
