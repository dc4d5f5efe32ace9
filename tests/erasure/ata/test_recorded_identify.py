"""The decoder against IDENTIFY blocks of real drives, and against hdparm on the same bytes.

The recorded blocks hold serial numbers: they are read where they are present, and nothing of them is ever shown.
"""

import base64
import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from erasure.ata.identify import Identify, parse
from tests.erasure.ata.scripted import block_of, words_of

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("HARDWARE_DATA", ROOT.parent / "shared" / "hardware-data"))
HDPARM = shutil.which("hdparm") or shutil.which("hdparm", path="/usr/sbin:/sbin")
FOLDERS = ("libatasmart/", "fwupd/plugins/ata/")
needs_hardware_data = pytest.mark.skipif(
    not (DATA / "INDEX.tsv").is_file(), reason="recorded hardware data is not present"
)
needs_hdparm = pytest.mark.skipif(HDPARM is None, reason="hdparm is not installed")
READABLE = {49: 0x2F00, 80: 0x01F0}  # what hdparm wants to see before it prints sizes and features
FEATURE_WORDS = (59, 82, 83, 89, 90, 92, 106, 128, 217)
SIZE_WORDS = (60, 61, 100, 101, 102)
LISTED = ["supported", "sanitize", "crypto", "overwrite", "block"]
KNOWN_DIFFERENCES: dict[int, dict[int, list[str]]] = {
    82: {1: ["enhanced", "normal"]},  # without the feature set hdparm keeps silent on what word 128 and 89 say
    83: {
        14: LISTED,
        15: LISTED,
    },  # without valid words 82 to 84 it lists nothing; words 59 and 128 stand for themselves
}


def recorded() -> dict[str, bytes]:
    """Every recorded block, by the path of its file; none where the data are not present."""
    if not (DATA / "INDEX.tsv").is_file():
        return {}
    with (DATA / "INDEX.tsv").open(encoding="utf-8", newline="") as handle:
        paths = [row["path"] for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)]
    found = {path: block for path in paths if path.startswith(FOLDERS) for block in blocks_in(DATA / path)}
    return dict(sorted(found.items()))


def blocks_in(path: Path) -> list[bytes]:
    """The block of an IDFY chunk, or of the data that an emulated drive gives back."""
    raw = path.read_bytes()
    if path.suffix == ".json":
        events = [event for device in json.loads(raw).get("UsbDevices", []) for event in device["Events"]]
        return [base64.b64decode(event["DataOut"]) for event in events if "DataOut" in event]
    at = raw.find(b"IDFY")
    return [raw[at + 8 : at + 8 + int.from_bytes(raw[at + 4 : at + 8], "big")]] if at >= 0 else []


BLOCKS = recorded()


def taken(path: str) -> Identify:
    found = parse(BLOCKS[path])
    assert found is not None, path
    return found


@needs_hardware_data
def test_seven_drives_were_recorded() -> None:
    assert len(BLOCKS) == 7


@pytest.mark.parametrize("path", BLOCKS)
def test_a_recorded_drive_is_believed_and_says_who_it_is(path: str) -> None:
    found = taken(path)
    named = bool(found.model) and bool(found.serial) and bool(found.firmware)
    assert named, path
    assert found.model.split()[-1].upper().replace("-", "") in re.sub(r"[-_. ]", "", path.upper()) + "EVO2TB", path


@pytest.mark.parametrize("path", BLOCKS)
def test_one_flipped_bit_is_noticed_by_the_checksum(path: str) -> None:
    for at in range(0, 510, 17):
        block = bytearray(BLOCKS[path])
        block[at] ^= 0x10
        assert parse(bytes(block)) is None, path


@needs_hardware_data
def test_what_the_recorded_drives_say() -> None:
    told = {path.rsplit("/", 1)[1].split("--")[0]: taken(path) for path in BLOCKS}
    assert {name: found.sectors for name, found in told.items()} == {
        "FUJITSU_MHY2120BH": 234441648,
        "FUJITSU_MHY2250BH": 488397168,
        "SAMSUNG_HD501LJ": 976773168,
        "ST320410A": 39100223,
        "ST9100821AS": 195371568,
        "TOSHIBA_MK1651GSY": 312581808,
        "samsung-ssd-870-evo-setup.json": 3907029168,
    }
    frozen = {name for name, found in told.items() if found.security.frozen}
    assert frozen == {"FUJITSU_MHY2120BH", "FUJITSU_MHY2250BH", "TOSHIBA_MK1651GSY"}
    assert [name for name, found in told.items() if not found.long_addresses] == ["ST320410A"]
    assert [name for name, found in told.items() if found.sanitize] == []
    assert [name for name, found in told.items() if found.encrypts_all] == ["samsung-ssd-870-evo-setup.json"]
    assert {name for name, found in told.items() if found.security.enhanced} == {
        "SAMSUNG_HD501LJ",
        "ST9100821AS",
        "samsung-ssd-870-evo-setup.json",
    }


@dataclass(frozen=True)
class Told:
    """What hdparm prints, as facts."""

    text: str

    def flag(self, name: str) -> bool:
        """Say whether a line of the security part stands without "not"."""
        security = self.text.partition("Security: \n")[2]
        return bool(re.search(rf"^\t\t{name}$", security, re.MULTILINE))

    def feature(self, name: str) -> bool:
        """Say whether a feature is listed, enabled or not."""
        return bool(re.search(rf"^\t( {{3}}\*| {{4}})\t{name}$", self.text, re.MULTILINE))

    def number(self, pattern: str) -> int | None:
        """Find a number."""
        found = re.search(pattern, self.text)
        return int(found[1]) if found else None

    @property
    def sectors(self) -> int | None:
        return self.number(r"LBA48  user addressable sectors: *(\d+)") or self.number(
            r"LBA    user addressable sectors: *(\d+)"
        )


def hdparm(block: bytes) -> Told:
    assert HDPARM is not None
    words = [f"{int.from_bytes(block[at : at + 2], 'little'):04x}" for at in range(0, 512, 2)]
    lines = "\n".join(" ".join(words[at : at + 8]) for at in range(0, 256, 8)) + "\n"
    done = subprocess.run([HDPARM, "--Istdin"], input=lines, capture_output=True, text=True, timeout=30, check=True)
    return Told(done.stdout)


def disagreements(block: bytes) -> list[str]:
    """Name the fields in which hdparm reads another value out of the same bytes."""
    found, told = parse(block), hdparm(block)
    if found is None:
        return ["not believed"]
    state = found.security
    pairs = {
        "enabled": (bool(block[256] & 2), told.flag("enabled")),
        "locked": (state.locked, told.flag("locked")),
        "frozen": (state.frozen, told.flag("frozen")),
        "expired": (state.count_expired, told.flag("expired: security count")),
        "enhanced": (state.enhanced, told.flag("supported: enhanced erase")),
        "supported": (state.supported, told.flag("supported") and told.feature("Security Mode feature set")),
        "sanitize": (found.sanitize, told.feature("SANITIZE feature set")),
        "crypto": (found.sanitize_crypto, told.feature("CRYPTO_SCRAMBLE_EXT command")),
        "overwrite": (found.sanitize_overwrite, told.feature("OVERWRITE_EXT command")),
        "block": (found.sanitize_block, told.feature("BLOCK_ERASE_EXT command")),
        "HPA": (bool(found.protected_area), told.feature("Host Protected Area feature set")),
        "DCO": (bool(found.overlay), told.feature("Device Configuration Overlay feature set")),
        "sectors": (found.sectors, told.sectors),
        "model": (found.model, (re.search(r"Model Number: +(.*?) *\n", told.text) or ["", ""])[1]),
        "serial": (found.serial, (re.search(r"Serial Number: +(.*?) *\n", told.text) or ["", ""])[1]),
        "normal": (state.normal_minutes, told.number(r"\t(\d+)min for SECURITY ERASE UNIT")),
        "logical": (found.logical_sector, told.number(r"Logical +Sector size: +(\d+)") or 512),
    }
    return [name for name, (ours, theirs) in pairs.items() if ours != theirs]


@pytest.mark.world
@needs_hdparm
@pytest.mark.parametrize("path", BLOCKS)
def test_hdparm_reads_the_same_out_of_a_recorded_drive(path: str) -> None:
    assert disagreements(BLOCKS[path]) == [], path


@pytest.mark.world
@needs_hdparm
@pytest.mark.parametrize("word", FEATURE_WORDS)
def test_hdparm_agrees_with_every_bit_of_a_word_turned(word: int) -> None:
    plain = words_of() | READABLE
    found = {}
    for bit in range(16):
        block = block_of(plain | {word: plain.get(word, 0) ^ 1 << bit})
        if parse(block) is not None:
            found[bit] = disagreements(block)
    assert {bit: names for bit, names in found.items() if names} == KNOWN_DIFFERENCES.get(word, {})


@pytest.mark.world
@needs_hdparm
@pytest.mark.parametrize("word", SIZE_WORDS)
def test_hdparm_counts_the_same_sectors(word: int) -> None:
    plain = words_of() | READABLE
    for bit in range(16):
        assert disagreements(block_of(plain | {word: plain.get(word, 0) ^ 1 << bit})) == []
