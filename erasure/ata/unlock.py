"""Opens a drive that a password of ours keeps locked: UNLOCK, then DISABLE PASSWORD (drives, 3.5, step 7).

It earns nothing and erases nothing. A wrong password counts: a drive takes five, then none until it was switched off;
so there are two tries at most. It never guesses, and never uses a password that is a secret.
"""

from dataclasses import dataclass

from erasure.ata.identify import Identify, parse
from erasure.ata.passthrough import START_MS, ask_patiently, ask_whatever_comes, cdb
from erasure.ata.password import KNOWN, KnownPassword, block
from erasure.ata.pin import stranger
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import IDENTIFY_DEVICE, SECURITY_DISABLE_PASSWORD, SECURITY_UNLOCK, Taskfile
from erasure.drive import DriveFacts
from erasure.outcome import Reason, ReasonCode
from erasure.passes import Ports
from erasure.transport.ports import ScsiPort

MOST_TRIES = 2


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What came of it. The drive is open, without a password, when `obstacles` is empty."""

    opened_with: str  # name of the password; "" when none was needed or none fitted
    tried: tuple[str, ...]  # names, in order
    obstacles: tuple[Reason, ...]


def unlock(ports: Ports, facts: DriveFacts, passwords: tuple[KnownPassword, ...] = KNOWN) -> Unlocked:
    """Open the drive with one of the first two `passwords`. Raises JournalError; OSError when the drive left."""
    port, obstacles = ports.commands.scsi, in_the_way(facts)
    if port is None or facts.ata is None or obstacles:
        return Unlocked("", (), obstacles or (Reason(ReasonCode.UNSUPPORTED, "no ATA drive takes commands here"),))
    found = identify_patiently(port)
    if others := stranger(facts.ata, found):
        return Unlocked("", (), others)
    tried: list[str] = []
    for password in passwords[:MOST_TRIES]:
        if found is None or not needs_opening(found) or found.security.count_expired:
            break
        tried.append(password.name)
        found = open_with(ports, port, password, found)
        if found is not None and not needs_opening(found):
            return Unlocked(password.name, tuple(tried), ())
    return Unlocked("", tuple(tried), left(found))


def in_the_way(facts: DriveFacts) -> tuple[Reason, ...]:
    """Name what forbids trying at all. Pure."""
    if facts.device.identity.bus != "ata" or facts.device.identity.bridge:
        return (Reason(ReasonCode.BRIDGE, "ATA security commands are never sent through a bridge or a controller"),)
    if facts.ata is not None and facts.ata.security.count_expired:
        return (Reason(ReasonCode.COUNT_EXPIRED, "too many wrong passwords: switch the drive off and on"),)
    if facts.ata is not None and facts.ata.security.frozen:
        return (Reason(ReasonCode.FROZEN, "ATA security is frozen: switch the drive off and on"),)
    return ()


def open_with(ports: Ports, port: ScsiPort, password: KnownPassword, found: Identify | None) -> Identify | None:
    """Send UNLOCK where the drive is locked, then DISABLE PASSWORD; say what it identifies as afterwards.

    Each command goes out once, announced with the name and the text of the password. Raises JournalError, OSError when
    the drive left.
    """
    if found is None or found.security.locked:
        send(ports, port, SECURITY_UNLOCK, password)
        found = identify_patiently(port)
    if found is None or (found.security.enabled and not found.security.locked):
        send(ports, port, SECURITY_DISABLE_PASSWORD, password)
        found = identify_patiently(port)
    return found


def send(ports: Ports, port: ScsiPort, command: Taskfile, password: KnownPassword) -> Fate:
    """Announce one command and send it. Raises JournalError; OSError when the drive left."""
    ports.announce(announcement("ata.unlock", command, password))
    return ask_whatever_comes(port, command, timeout_ms=START_MS, data_out=block(password)).fate


def announcement(method: str, command: Taskfile, password: KnownPassword) -> dict[str, str]:
    """Say what will be sent, with the password: it is published, and who finds the drive locked needs it."""
    return {
        "method": method,
        "port": "scsi",
        "command": cdb(command).hex(" "),
        "password_name": password.name,
        "password": password.text,
    }


def identify_patiently(port: ScsiPort) -> Identify | None:
    """Read IDENTIFY, past one unit attention; None when it is not legible. Raises OSError when the drive left."""
    reply: AtaReply = ask_patiently(port, IDENTIFY_DEVICE)
    return parse(reply.data) if reply.fate is Fate.GOOD else None


def needs_opening(found: Identify) -> bool:
    """Say whether a password stands in the way, now or after the next power cycle."""
    return found.security.enabled or found.security.locked


def left(found: Identify | None) -> tuple[Reason, ...]:
    """Name what keeps the drive from being open; empty when nothing does."""
    if found is None:
        return (Reason(ReasonCode.STATUS_UNREADABLE, "nobody can say whether the drive is still locked"),)
    if found.security.count_expired:
        return (Reason(ReasonCode.COUNT_EXPIRED, "too many wrong passwords: switch the drive off and on"),)
    if found.security.locked:
        return (Reason(ReasonCode.LOCKED, "no published password opens the drive"),)
    if found.security.enabled:
        return (Reason(ReasonCode.LOCKED, "the password could not be taken off the drive"),)
    return ()
