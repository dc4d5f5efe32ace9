"""What a USB bridge lets through, judged from what came back. Pure; nothing is taken from the name of a bridge alone.

Drives 5.1 and scenarios 26 to 30: ATA Security never goes over USB, a sanitize only when IDENTIFY and its status read
back, an NVMe drive behind USB takes no firmware erase at all, for such bridges lose words of commands.
"""

from enum import StrEnum
from fnmatch import fnmatchcase

from erasure.drive import DriveFacts
from erasure.outcome import Reason, ReasonCode

NVME_BRIDGES = (  # idVendor:idProduct, as the kernel tells them; known to sit in front of NVMe drives (drives 5.1)
    "0bda:9210*",  # Realtek RTL9210: Identify and Get Log only
    "0bda:9211*",
    "0bda:9220*",
    "152d:0562*",  # JMicron JMS583 and JMS586
    "152d:0583*",
    "152d:0586*",
    "174c:2362*",  # ASMedia ASM2362 and ASM2364
    "174c:2364*",
)


class Passage(StrEnum):
    """How far commands get."""

    DIRECT = "direct"  # there is no bridge
    READS_BACK = "reads-back"  # IDENTIFY and the registers of a good status come back
    IDENTIFIES = "identifies"  # IDENTIFY comes back, the registers do not: nothing could be followed
    NVME = "nvme"  # an NVMe drive behind USB
    NOTHING = "nothing"


WORDS = {
    Passage.READS_BACK: "",
    Passage.IDENTIFIES: "the USB bridge loses the status of commands: connect the drive to a direct port",
    Passage.NVME: "an NVMe drive behind USB takes no firmware erase: connect it to a direct port",
    Passage.NOTHING: "the USB bridge passes no drive commands: connect the drive to a direct port",
}


def passage(facts: DriveFacts) -> Passage:
    """Say what the bridge of this drive lets through."""
    identity = facts.device.identity
    if identity.bus != "usb":
        return Passage.DIRECT
    if facts.ata is not None:
        return Passage.READS_BACK if facts.ata.registers_readable else Passage.IDENTIFIES
    known = any(fnmatchcase(identity.bridge.lower(), glob) for glob in NVME_BRIDGES)
    return Passage.NVME if known else Passage.NOTHING


def bridge_reason(facts: DriveFacts) -> Reason | None:
    """Say why no firmware erase goes through this bridge; None when there is none, or a sanitize can be followed."""
    words = WORDS.get(passage(facts), "")
    return Reason(ReasonCode.BRIDGE, words) if words else None
