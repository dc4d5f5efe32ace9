"""IDENTIFY DEVICE of a simulated drive, word by word (drives, 3.4), and as hdparm reads it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import ALL_SANITIZE, IDENTIFY, SIZE, Table


def ata_text(words: list[int]) -> str:
    return b"".join(word.to_bytes(2, "big") for word in words).decode("ascii")


def test_names_capacity_and_checksum_stand_where_the_standard_wants_them(tmp_path: Path) -> None:
    table = Table(tmp_path)
    reply = table.send(IDENTIFY, data_in=512)
    words = table.words()
    assert (reply.status, reply.host_status, reply.driver_status, reply.info, reply.resid) == (0, 0, 0, 0, 0)
    assert reply.sense == b""
    assert ata_text(words[10:20]) == "DEMO-0001".ljust(20)
    assert ata_text(words[23:27]) == "1.00ABCD"
    assert ata_text(words[27:47]) == "DEMO DRIVE 32K".ljust(40)
    assert words[60:62] == [64, 0]
    assert words[100:104] == [64, 0, 0, 0]
    assert words[108:112] == [0x5000, 0, 0, 1]
    assert words[217] == 1
    assert words[255] & 0xFF == 0xA5
    assert sum(reply.data) % 256 == 0


@pytest.mark.parametrize(
    ("features", "word", "mask", "expected"),
    [
        ({}, 59, 0xF400, 0),
        ({"crypto": True}, 59, 0xF400, 0x3000),
        ({"block": True}, 59, 0xF400, 0x9000),
        ({"overwrite": True}, 59, 0xF400, 0x5000),
        ({**ALL_SANITIZE, "antifreeze": True}, 59, 0xF400, 0xF400),
        ({"encrypts_all": True}, 69, 0x0010, 0x0010),
        ({}, 82, 0x0402, 0x0402),
        ({"hpa": False, "security": False}, 82, 0x0402, 0),
        ({}, 85, 0x0002, 0),
        ({"password": "x"}, 85, 0x0002, 0x0002),
        ({"dco": True}, 83, 0x0C00, 0x0C00),
        ({"hpa_password": True}, 83, 0x0100, 0x0100),
        ({"hpa_password": True}, 86, 0x8100, 0x8100),
        ({"amac": True}, 119, 0x0100, 0x0100),
        ({"amac": True}, 120, 0x0100, 0x0100),
        ({"erase_minutes": 24}, 89, 0xFFFF, 12),
        ({"erase_minutes": 508}, 89, 0xFFFF, 254),
        ({"erase_minutes": 600}, 89, 0xFFFF, 0x8000 | 300),
        ({"erase_word": 255}, 89, 0xFFFF, 255),
        ({"enhanced_minutes": 2}, 90, 0xFFFF, 1),
        ({"enhanced_word": 0xFFFF}, 90, 0xFFFF, 0xFFFF),
        ({"master_id": 0x1234}, 92, 0xFFFF, 0x1234),
        ({}, 128, 0x01FF, 0x0021),
        ({"enhanced": False}, 128, 0x01FF, 0x0001),
        ({"password": "x"}, 128, 0x01FF, 0x0027),
        ({"password": "x", "maximum": True}, 128, 0x01FF, 0x0127),
        ({"security": False}, 128, 0x01FF, 0),
        ({"trusted_computing": True}, 48, 0xC001, 0x4001),
    ],
)
def test_a_feature_shows_in_its_word(
    tmp_path: Path, features: dict[str, Any], word: int, mask: int, expected: int
) -> None:
    assert Table(tmp_path, features=features).words()[word] & mask == expected


@pytest.mark.parametrize(
    ("vice", "expected"), [(Vice.FROZEN, 0x0029), (Vice.LOCKED, 0x0027), (Vice.COUNT_EXPIRED, 0x0037)]
)
def test_the_security_state_shows_in_word_128(tmp_path: Path, vice: Vice, expected: int) -> None:
    assert Table(tmp_path, vices=(vice,)).words()[128] == expected


@pytest.mark.parametrize(
    ("page", "place", "expected"),
    [
        (0, 0, 0x0001),
        (0, 8, 3 | 0 << 8 | 1 << 16 | 6 << 24),
        (6, 0, 0x60001),
        (6, 8, 1 << 63 | 0xFFFE),
        (6, 16, 1 << 63 | 0x21),
        (6, 24, 1 << 63 | 12),
        (6, 32, 1 << 63 | 0x8000 | 300),
        (6, 48, 1 << 63 | 0x81),
    ],
)
def test_log_30h_has_the_security_page(tmp_path: Path, page: int, place: int, expected: int) -> None:
    features = {"encrypts_all": True, "overrides_lock": True, "erase_minutes": 600, "enhanced_minutes": 24}
    table = Table(tmp_path, features=features)
    data = table.send(f"85 09 0e 00 00 00 01 00 30 00 {page:02x} 00 00 40 2f 00", data_in=512).data
    assert int.from_bytes(data[place : place + 8], "little") == expected


def test_page_1_of_log_30h_is_the_identify_block(tmp_path: Path) -> None:
    table = Table(tmp_path)
    log = table.send("85 09 0e 00 00 00 01 00 30 00 01 00 00 40 2f 00", data_in=512)
    assert log.data == table.send(IDENTIFY, data_in=512).data


def test_a_log_that_is_not_there_aborts(tmp_path: Path) -> None:
    read = "85 09 2e 00 00 00 01 00 30 00 06 00 00 40 2f 00"
    assert Table(tmp_path, features={"log30": False}).aborts(read, data_in=512)
    assert Table(tmp_path).aborts(read.replace("30 00 06", "30 00 44"), data_in=512)


@pytest.mark.parametrize(
    ("logical", "physical", "flags", "words_per_sector"),
    [(512, 512, 0x4000, [0, 0]), (512, 4096, 0x6003, [0, 0]), (4096, 4096, 0x5000, [2048, 0])],
)
def test_sector_sizes_are_announced(
    tmp_path: Path, logical: int, physical: int, flags: int, words_per_sector: list[int]
) -> None:
    words = Table(tmp_path, logical=logical, physical=physical).words()
    assert words[106] == flags
    assert words[117:119] == words_per_sector
    assert words[100] == SIZE // logical


@pytest.mark.world
def test_hdparm_reads_the_same(tmp_path: Path) -> None:
    tool = shutil.which("hdparm", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if tool is None:
        pytest.skip("hdparm is not installed")
    features = {**ALL_SANITIZE, "antifreeze": True, "dco": True, "erase_minutes": 600, "enhanced_minutes": 24}
    words = Table(tmp_path, features={**features, "password": "x"}).words()
    text = "\n".join(" ".join(f"{word:04x}" for word in words[row : row + 8]) for row in range(0, 256, 8))
    told = subprocess.run([tool, "--Istdin"], input=text, capture_output=True, text=True, check=True).stdout
    lines = [" ".join(line.split()) for line in told.splitlines()]
    for expected in (
        "Model Number: DEMO DRIVE 32K",
        "Serial Number: DEMO-0001",
        "Firmware Revision: 1.00ABCD",
        f"LBA48 user addressable sectors: {SIZE // 512}",
        "Nominal Media Rotation Rate: Solid State Device",
        "* SANITIZE feature set",
        "* CRYPTO_SCRAMBLE_EXT command",
        "* OVERWRITE_EXT command",
        "* BLOCK_ERASE_EXT command",
        "* SANITIZE_ANTIFREEZE_LOCK_EXT command",
        "* Device Configuration Overlay feature set",
        "* Host Protected Area feature set",
        "* Security Mode feature set",
        "locked",
        "not frozen",
        "supported: enhanced erase",
        "600min for SECURITY ERASE UNIT. 24min for ENHANCED SECURITY ERASE UNIT.",
        "Logical Unit WWN Device Identifier: 5000000000000001",
        "Checksum: correct",
    ):
        assert expected in lines
