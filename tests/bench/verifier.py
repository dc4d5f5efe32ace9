"""A verifier that is fast because it does not look: flip single bytes beneath a device and see whether it notices.

    python -m tests.bench.verifier NODE IMAGE POLICY JOURNAL

Erases the device, then reads it back once as it is and once for each flipped byte. Ends with an error at the first
byte that went unnoticed, or that was blamed on another sector.
"""

import json
import sys
from pathlib import Path

from erasure.clock import SystemClock
from erasure.facts import read_facts
from erasure.inventory import sight
from erasure.kernel_view import KernelView
from erasure.methods import method_named
from erasure.methods.protocol import Ports
from erasure.outcome import LbaRange
from erasure.policy import load_policy
from erasure.run import never
from erasure.transport.linux_block import LinuxOpener
from tests.bench.device import MIB, SECTOR, Device
from tests.bench.engine import erase
from tests.kernel.loops import assert_ours
from tests.kernel.udevd import settle


def places(size: int) -> tuple[int, ...]:
    """Offsets of the bytes that are flipped: borders of words and of buffers, the middle, the last byte."""
    return (0, 15, 16, 17, 4 * MIB - 1, 4 * MIB, size // 2, size - 1)


def read_back(device: Device, method: str, secret: bytes) -> tuple[LbaRange, ...]:
    """Verify the device as the engine does; return the sectors that do not match."""
    settle()  # udevd locks a device for a moment after its last writer has closed it
    with LinuxOpener()(sight(KernelView(), device.node)) as port:
        ports = Ports(
            block=port,
            secret=secret,
            offset=0,
            begun=True,
            bad=(),
            verification="full",
            sample_sectors=0,
            seed="",
            found=lambda _unreadable, _mismatch: None,
            checkpoint=lambda _offset, _bad: None,
            progress=lambda _phase, _done, _bad: None,
            clock=SystemClock(),
            stop=never,
        )
        return method_named(method).confirm(ports, read_facts(port)).mismatch


def unnoticed(device: Device, policy: str, journal: Path) -> list[str]:
    """Name every flipped byte that the verifier did not blame on exactly its sector."""
    device.guard()
    verdict, _ = erase(device.node, policy, journal)
    intent = json.loads(journal.read_text().splitlines()[0])["data"]
    method, secret = load_policy(policy).methods[0], bytes.fromhex(intent["key"])
    found = [f"verdict {verdict.verdict}"] if read_back(device, method, secret) else []
    for offset in places(device.size):
        device.flip(offset)
        if read_back(device, method, secret) != (LbaRange(offset // SECTOR, 1),):
            found.append(f"byte {offset} of {device.size} was changed and not noticed")
        device.flip(offset)
    return found


def main(node: str, image: str, policy: str, journal: str) -> int:
    """Print what went unnoticed."""
    assert_ours(node, Path(image))
    device = Device(node, Path(image), Path(image).stat().st_size)
    found = unnoticed(device, policy, Path(journal))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
