"""Old bytes are gone from what lies beneath a device, not only from what the device shows.

BLKZEROOUT marks the blocks of a file as unwritten and leaves every old byte in them: read-back through the device
cannot tell. The extents of the file can.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from erasure.buffers import REPEATED, VECTOR
from tests.bench.engine import erase
from tests.kernel.loops import Loop, attached, fill_random
from tests.kernel.udevd import settle

pytestmark = [pytest.mark.kernel, pytest.mark.world]

SIZE = 2 * VECTOR * REPEATED + 5 * REPEATED + 3 * 512  # several large requests and an odd end
OLD = b"etabli"


@pytest.fixture
def used(tmp_path: Path, udevd: None) -> Iterator[Loop]:
    """A loop over a file full of old data, every block of it really written."""
    image = tmp_path / "used.img"
    fill_random(image, SIZE, OLD)
    subprocess.run(["sync", "-f", str(image)], check=True, timeout=60)
    with attached(image) as loop:
        yield loop


def unwritten(image: Path) -> int:
    """Count the extents of a file that are allocated and were never written since."""
    subprocess.run(["sync", "-f", str(image)], check=True, timeout=60)
    told = subprocess.run(["filefrag", "-v", str(image)], capture_output=True, text=True, check=False, timeout=60)
    if told.returncode:
        pytest.skip(f"this file system does not show its extents: {told.stderr.strip()}")
    return sum("unwritten" in line for line in told.stdout.splitlines())


@pytest.mark.parametrize("policy", ["zeros", "overwrite"])
def test_after_an_overwrite_no_old_byte_is_left_in_the_file_and_no_block_is_unwritten(
    used: Loop, tmp_path: Path, policy: str
) -> None:
    old = used.image.read_bytes()
    report, _ = erase(used.node, policy, tmp_path / "journal.jsonl")
    assert report.verdict == "ERASED"
    assert unwritten(used.image) == 0
    new = used.image.read_bytes()
    assert sum(new[at : at + 512] == old[at : at + 512] for at in range(0, len(old), 512)) == 0
    assert any(new) is (policy == "overwrite")


def test_the_kernels_own_zeroing_never_counts_it_leaves_unwritten_blocks(used: Loop) -> None:
    """The negative control: the device shows zeros, and nothing was written."""
    subprocess.run(["blkdiscard", "--zeroout", used.node], check=True, timeout=60)
    settle()
    if unwritten(used.image) == 0:
        pytest.skip("this kernel writes zeros here; the lie cannot be shown")
    assert not any(used.image.read_bytes())


def test_the_engine_knows_no_such_command() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path("erasure").rglob("*.py")]
    assert not any(number in text for text in sources for number in ("0x127f", "0x127F", "0x1277", "0x127d", "0x127D"))
