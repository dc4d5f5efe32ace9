"""The drives that are plugged in, as the foreman knows them. A drive that left is forgotten; the journal is not."""

import re
from dataclasses import dataclass, field

from erasure.drive import BlockDevice
from erasure.outcome import ReasonCode
from erasure.plan import Refusal
from erasure.sanitizing import SanitizeState
from station_agent.auto_start import AutoStart
from station_agent.control.view import Phrase
from station_agent.daemon.reading import Look


@dataclass(slots=True)
class Seen:
    """One presence of one drive, from plugging to pulling."""

    key: str
    device: BlockDevice  # as it was sighted last
    slot: str
    came: float  # monotonic seconds
    lot: str = ""
    asset: str = ""
    look: Look | None = None
    looked: float = 0.0
    run_id: str = ""  # of its last run in this presence
    approved: AutoStart | None = None
    starts: float = 0.0  # when its countdown ends
    held: bool = False  # a person stopped the countdown
    after_start: bool = False  # it came after the daemon had started
    asking: bool = False  # its countdown is over, and it is read once more
    tried: bool = False  # it was to start by itself once: what did not begin is for a person
    planned_by: str = ""  # who is signed in and had it planned
    unattended: Phrase | None = None  # why it starts by itself, or does not although a rule concerns it
    mishap: Phrase | None = None  # a fault of the program that concerns it: nothing is begun on it
    told: str = ""  # the last sanitize state that was told

    @property
    def names(self) -> frozenset[str]:
        """Everything by which a person can name it from its label: its tag, and each serial that is known of it."""
        return self.serials | {self.asset} - {""}

    @property
    def serials(self) -> frozenset[str]:
        """The serial that the kernel shows, and the drive's own behind a bridge."""
        return frozenset({self.device.identity.serial, self.serial}) - {""}

    @property
    def serial(self) -> str:
        """Its own serial number where it was read, that of the kernel before."""
        return (self.device if self.look is None else self.look.surveyed.device).identity.serial

    @property
    def sanitize(self) -> str:
        """What it said of its last or running sanitize."""
        facts = None if self.look is None else self.look.surveyed.outcome.facts
        return "" if facts is None or facts.sanitize is None else str(facts.sanitize.state)

    @property
    def erases_itself(self) -> bool:
        """Say whether it was at a sanitize when it was read last."""
        return self.sanitize == str(SanitizeState.RUNNING)

    @property
    def in_use(self) -> bool:
        """Say whether something else had it in its hands when it was read last: that may end any time."""
        outcome = None if self.look is None else self.look.surveyed.outcome
        return isinstance(outcome, Refusal) and any(one.code is ReasonCode.IN_USE for one in outcome.reasons)

    @property
    def unmeasured(self) -> bool:
        """Say whether the kernel showed no capacity of it, because it erases itself."""
        facts = None if self.look is None else self.look.surveyed.outcome.facts
        return facts is not None and facts.unmeasured


@dataclass(slots=True)
class Drives:
    """Every drive that is here, in the order in which they came."""

    by_key: dict[str, Seen] = field(default_factory=dict)
    arrivals: int = 0

    def key_for(self, device: BlockDevice) -> str:
        """Make the key of a disk that came: its name and sequence number, or a count where the kernel has none."""
        self.arrivals += 1
        number = f"s{self.arrivals}" if device.diskseq is None else str(device.diskseq)
        return f"{re.sub(r'[^A-Za-z0-9._-]', '_', device.name)[:60]}:{number}"

    def of(self, device: BlockDevice) -> Seen | None:
        """Find the presence of a sighted disk."""
        sighting = (device.name, device.diskseq)
        return next((one for one in self.by_key.values() if (one.device.name, one.device.diskseq) == sighting), None)

    def twins(self, device: BlockDevice) -> tuple[Seen, ...]:
        """Give the other disks that show the same serial number."""
        serial = device.identity.serial
        same = (one for one in self.by_key.values() if one.device.identity.serial == serial)
        return tuple(one for one in same if one.device.path != device.path)
