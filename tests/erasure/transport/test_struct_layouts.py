"""Every struct byte by byte: as the reference says, and as the kernel's own headers say where they are installed."""

import struct
from pathlib import Path

import pytest

from erasure.transport import ioctl, mmc_command, nvme_admin, scsi_generic, sed_opal
from erasure.transport.ports import MmcCommand, NvmeCommand
from tests.erasure.transport.c_layouts import layout

SG = scsi_generic.pack_header(-3, (16, 0x1111_2222_3333), (512, 0x4444_5555_6666), 0x7777_8888_9999, 7_210_000)
NVME = nvme_admin.pack_command(
    NvmeCommand(0x84, 0x0A0B0C0D, 2, 3, 0xA10, 0xA11, 0xA12, 0xA13, 0xA14, 0xA15), 0x1111_2222_3333, 4096, 30_000
)
MMC = mmc_command.pack_command(MmcCommand(6, 0x03A5_0101, 0x49D, write=True), 0, 0, 240_000)
READ_MMC = mmc_command.pack_command(MmcCommand(8, 0, 0xB5), 0x1111_2222_3333, 512, 1000)
KEY = sed_opal.pack_key(b"PSIDPSIDPSIDPSIDPSIDPSIDPSIDPSID")
SG_ANSWER = struct.pack("=68xBBBBHHiII", 0, 0, 0, 0, 0, 0, 0, 0, 0)[:64] + struct.pack(
    "=BBBBHHiII4x", 2, 1, 3, 22, 7, 8, -5, 1234, 1
)


def number(raw: bytes, offset: int, size: int) -> int:
    return int.from_bytes(raw[offset : offset + size], "little")


@pytest.mark.parametrize(
    ("raw", "size"), [(SG, 88), (NVME, 72), (MMC, 72), (READ_MMC, 72), (KEY, 264), (bytes(sed_opal.STATUS.size), 8)]
)
def test_every_struct_has_the_size_of_the_kernels(raw: bytes, size: int) -> None:
    assert len(raw) == size


@pytest.mark.parametrize(
    ("offset", "size", "value"),
    [
        (0, 4, 0x53),
        (4, 4, 0xFFFF_FFFD),
        (8, 1, 16),
        (9, 1, 252),
        (10, 2, 0),
        (12, 4, 512),
        (16, 8, 0x4444_5555_6666),
        (24, 8, 0x1111_2222_3333),
        (32, 8, 0x7777_8888_9999),
        (40, 4, 7_210_000),
        (44, 4, 0),
        (48, 8, 0),
        (56, 8, 0),
    ],
)
def test_a_scsi_header_holds_each_member_at_its_place(offset: int, size: int, value: int) -> None:
    assert number(SG, offset, size) == value
    assert SG[64:] == bytes(24)


def test_the_answer_of_a_scsi_command_is_read_from_its_places() -> None:
    assert len(SG_ANSWER) == 88
    answer = scsi_generic.unpack_header(SG_ANSWER)
    assert answer == scsi_generic.Answer(2, 22, 7, 8, -5, 1234, 1)


@pytest.mark.parametrize(
    ("offset", "size", "value"),
    [
        (0, 1, 0x84),
        (1, 1, 0),
        (4, 4, 0x0A0B_0C0D),
        (8, 4, 2),
        (12, 4, 3),
        (16, 8, 0),
        (24, 8, 0x1111_2222_3333),
        (32, 4, 0),
        (36, 4, 4096),
        *((40 + 4 * n, 4, 0xA10 + n) for n in range(6)),
        (64, 4, 30_000),
        (68, 4, 0),
    ],
)
def test_an_nvme_command_holds_each_member_at_its_place(offset: int, size: int, value: int) -> None:
    assert number(NVME, offset, size) == value
    assert nvme_admin.result_of(NVME[:68] + b"\x78\x56\x34\x12") == 0x1234_5678


@pytest.mark.parametrize(
    ("raw", "offset", "size", "value"),
    [
        (MMC, 0, 4, 1),
        (MMC, 4, 4, 0),
        (MMC, 8, 4, 6),
        (MMC, 12, 4, 0x03A5_0101),
        (MMC, 32, 4, 0x49D),
        (MMC, 36, 8, 0),
        (MMC, 44, 8, 0),
        (MMC, 52, 4, 0xFFFF_FFFF),
        (MMC, 56, 4, 240_000),
        (MMC, 64, 8, 0),
        (READ_MMC, 0, 4, 0),
        (READ_MMC, 36, 4, 512),
        (READ_MMC, 40, 4, 1),
        (READ_MMC, 52, 4, 1_000_000_000),
        (READ_MMC, 64, 8, 0x1111_2222_3333),
    ],
)
def test_an_mmc_command_holds_each_member_at_its_place(raw: bytes, offset: int, size: int, value: int) -> None:
    assert number(raw, offset, size) == value


def test_the_response_of_a_card_is_read_from_its_place() -> None:
    assert mmc_command.response_of(MMC[:16] + struct.pack("=4I", 1, 2, 3, 4) + MMC[32:]) == (1, 2, 3, 4)


def test_an_opal_key_holds_its_length_and_its_bytes() -> None:
    assert KEY[:8] == bytes([0, 32, 0, 0, 0, 0, 0, 0])
    assert KEY[8:40] == b"PSID" * 8
    assert KEY[40:] == bytes(224)


@pytest.mark.parametrize("key", [b"", bytes(256)])
def test_an_opal_key_of_no_possible_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 255 bytes"):
        sed_opal.pack_key(key)


def encoded(direction: int, kind: int, number_: int, size: int) -> int:
    """Build an ioctl number as `asm-generic/ioctl.h` does."""
    return direction << 30 | size << 16 | kind << 8 | number_


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (nvme_admin.NVME_IOCTL_ID, encoded(0, ord("N"), 0x40, 0)),
        (nvme_admin.NVME_IOCTL_ADMIN_CMD, encoded(3, ord("N"), 0x41, 72)),
        (mmc_command.MMC_IOC_CMD, encoded(3, 179, 0, 72)),
        (sed_opal.IOC_OPAL_GET_STATUS, encoded(2, ord("p"), 236, 8)),
        (sed_opal.IOC_OPAL_PSID_REVERT_TPR, encoded(1, ord("p"), 232, 264)),
        (ioctl.BLKFLSBUF, encoded(0, 0x12, 97, 0)),
        (ioctl.BLKRRPART, encoded(0, 0x12, 95, 0)),
        (scsi_generic.SG_IO, 0x2285),
    ],
)
def test_every_request_number_says_its_direction_and_size(ours: int, theirs: int) -> None:
    assert ours == theirs


@pytest.mark.parametrize(
    ("header", "struct_name", "members", "size"),
    [
        (
            "scsi/sg.h",
            "sg_io_hdr",
            {"cmd_len": 8, "mx_sb_len": 9, "dxfer_len": 12, "dxferp": 16, "cmdp": 24, "sbp": 32, "timeout": 40}
            | {"usr_ptr": 56, "status": 64, "sb_len_wr": 67, "host_status": 68, "driver_status": 70, "resid": 72}
            | {"duration": 76, "info": 80},
            88,
        ),
        (
            "linux/nvme_ioctl.h",
            "nvme_passthru_cmd",
            {
                "nsid": 4,
                "cdw2": 8,
                "addr": 24,
                "data_len": 36,
                "cdw10": 40,
                "cdw15": 60,
                "timeout_ms": 64,
                "result": 68,
            },
            72,
        ),
        (
            "linux/mmc/ioctl.h",
            "mmc_ioc_cmd",
            {"write_flag": 0, "opcode": 8, "arg": 12, "response": 16, "flags": 32, "blksz": 36, "blocks": 40}
            | {"data_timeout_ns": 52, "cmd_timeout_ms": 56, "data_ptr": 64},
            72,
        ),
        ("linux/sed-opal.h", "opal_key", {"lr": 0, "key_len": 1, "key": 8}, 264),
        ("linux/sed-opal.h", "opal_status", {"flags": 0, "reserved": 4}, 8),
    ],
)
def test_the_kernels_header_says_the_same(header: str, struct_name: str, members: dict[str, int], size: int) -> None:
    path = Path("/usr/include") / header
    if not path.exists():
        pytest.skip(f"{path} is not installed")
    offsets, total = layout(path.read_text("utf-8", "replace"), struct_name)
    assert {name: offsets[name] for name in members} == members
    assert total == size
