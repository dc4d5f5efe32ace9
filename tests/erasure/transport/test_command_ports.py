"""The command ports over a kernel that is played: what it is handed, what comes back, and that nothing is repeated."""

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.transport.mmc_command import LinuxMmc
from erasure.transport.node_commands import node_commands
from erasure.transport.nvme_admin import LinuxNvme
from erasure.transport.ports import MmcCommand, NvmeCommand
from erasure.transport.scsi_generic import LinuxScsi
from erasure.transport.sed_opal import LinuxOpal

IDENTIFY = bytes.fromhex("85080e00000001000000000000 40ec00")
FD = 11
Buffer = ctypes.Array[ctypes.c_char]


@dataclass
class PlayedKernel:
    """Takes the place of the ioctl of the C library: keeps every call, answers through `answer`."""

    answer: Callable[[Buffer], int] = lambda buffer: 0
    calls: list[tuple[int, int, bytes]] = field(default_factory=list)

    def __call__(self, fd: int, request: int, buffer: Buffer) -> int:
        self.calls.append((fd, request, buffer.raw))
        return self.answer(buffer)


def fails(code: int) -> Callable[[Buffer], int]:
    def answer(buffer: Buffer) -> int:
        raise OSError(code, os.strerror(code))

    return answer


def scsi_answer(
    *,
    status: int = 0,
    host: int = 0,
    driver: int = 0,
    info: int = 0,
    resid: int = 0,
    sense: bytes = b"",
    data: bytes = b"",
) -> Callable[[Buffer], int]:
    """Answer as the kernel does: through the addresses in the header."""

    def answer(buffer: Buffer) -> int:
        place, _, sense_place = struct.unpack_from("=QQQ", buffer.raw, 16)
        ctypes.memmove(sense_place, sense, min(len(sense), 252))
        if data:
            ctypes.memmove(place, data, len(data))
        struct.pack_into("=BBBBHHiII", buffer, 64, status, 0, 0, min(len(sense), 255), host, driver, resid, 17, info)
        return 0

    return answer


def fileno() -> int:
    return FD


def test_a_command_goes_out_with_its_bytes_its_timeout_and_its_direction() -> None:
    sent: list[tuple[bytes, bytes]] = []

    def answer(buffer: Buffer) -> int:
        data, cdb, _ = struct.unpack_from("=QQQ", buffer.raw, 16)
        sent.append((ctypes.string_at(cdb, buffer.raw[8]), ctypes.string_at(data, 512)))
        return 0

    kernel = PlayedKernel(answer)
    cdb = bytes.fromhex("850a060000000100000000000040f400")
    LinuxScsi(fileno, kernel).command(cdb, timeout_ms=7_200_000, data_out=b"\x01\x02" * 256)
    [(fd, request, raw)] = kernel.calls
    assert (fd, request) == (FD, 0x2285)
    assert struct.unpack_from("=i", raw, 4) == (-2,)
    assert struct.unpack_from("=I", raw, 40) == (7_200_000,)
    assert sent == [(cdb, b"\x01\x02" * 256)]


def test_the_buffers_lie_on_page_boundaries() -> None:
    kernel = PlayedKernel()
    LinuxScsi(fileno, kernel).command(IDENTIFY, timeout_ms=1000, data_in=512)
    assert struct.unpack_from("=Q", kernel.calls[0][2], 16)[0] % 4096 == 0
    LinuxNvme(fileno, kernel).admin(NvmeCommand(6), timeout_ms=1000, data_in=4096)
    assert struct.unpack_from("=Q", kernel.calls[1][2], 24)[0] % 4096 == 0


def test_everything_that_the_kernel_fills_in_is_handed_on_raw() -> None:
    sense = bytes.fromhex("720b0000000000000e") + bytes(13)
    kernel = PlayedKernel(scsi_answer(status=2, host=7, driver=8, info=1, sense=sense, data=b"\xa5" * 512))
    reply = LinuxScsi(fileno, kernel).command(IDENTIFY, timeout_ms=1000, data_in=512)
    assert (reply.status, reply.host_status, reply.driver_status, reply.info) == (2, 7, 8, 1)
    assert (reply.sense, reply.data, reply.duration_ms) == (sense, b"\xa5" * 512, 17)


@pytest.mark.parametrize(("resid", "came"), [(0, 512), (500, 12), (512, 0), (513, 0), (-1, 0), (-(1 << 31), 0)])
def test_only_the_bytes_that_came_are_data(resid: int, came: int) -> None:
    kernel = PlayedKernel(scsi_answer(resid=resid, data=b"\xa5" * 512))
    reply = LinuxScsi(fileno, kernel).command(IDENTIFY, timeout_ms=1000, data_in=512)
    assert reply.data == b"\xa5" * came
    assert reply.resid == resid


@given(st.binary(min_size=24, max_size=24))
def test_no_answer_of_a_kernel_or_a_host_adapter_makes_more_than_was_asked(tail: bytes) -> None:
    def answer(buffer: Buffer) -> int:
        ctypes.memmove(ctypes.addressof(buffer) + 64, tail, 24)
        return 0

    reply = LinuxScsi(fileno, PlayedKernel(answer)).command(IDENTIFY, timeout_ms=1000, data_in=512)
    assert len(reply.data) <= 512
    assert len(reply.sense) == min(tail[3], 252)
    assert reply.status == tail[0]


@pytest.mark.parametrize("code", [errno.EINTR, errno.EIO, errno.ETIMEDOUT, errno.ENODEV, errno.EAGAIN])
def test_a_failed_call_is_an_error_with_its_errno_and_is_never_sent_again(code: int) -> None:
    for send in (
        lambda kernel: LinuxScsi(fileno, kernel).command(bytes(6), timeout_ms=1),
        lambda kernel: LinuxNvme(fileno, kernel).admin(NvmeCommand(0x84, cdw10=0x802), timeout_ms=1),
        lambda kernel: LinuxNvme(fileno, kernel).namespace_id(),
        lambda kernel: LinuxMmc(fileno, kernel).command(MmcCommand(6, 0x3A50101, 0x49D, write=True), timeout_ms=1),
        lambda kernel: LinuxOpal(fileno, kernel).psid_revert(b"P" * 32),
        lambda kernel: LinuxOpal(fileno, kernel).status(),
    ):
        kernel = PlayedKernel(fails(code))
        with pytest.raises(OSError) as caught:  # noqa: PT011  the errno is what counts
            send(kernel)
        assert caught.value.errno == code
        assert len(kernel.calls) == 1


def test_the_status_of_an_nvme_drive_is_handed_on_with_dword_0_and_all_of_the_data() -> None:
    def answer(buffer: Buffer) -> int:
        ctypes.memmove(struct.unpack_from("=Q", buffer.raw, 24)[0], b"log", 3)
        struct.pack_into("=I", buffer, 68, 0xCAFE)
        return 0x4002

    reply = LinuxNvme(fileno, PlayedKernel(answer)).admin(NvmeCommand(2, 0xFFFFFFFF), timeout_ms=1000, data_in=512)
    assert (reply.status, reply.result, reply.data) == (0x4002, 0xCAFE, b"log" + bytes(509))


def test_the_namespace_behind_a_node_is_what_the_kernel_returns() -> None:
    kernel = PlayedKernel(lambda buffer: 3)
    assert LinuxNvme(fileno, kernel).namespace_id() == 3
    assert kernel.calls[0][:2] == (FD, 0x4E40)


def test_a_card_answers_with_its_response_and_its_block() -> None:
    def answer(buffer: Buffer) -> int:
        struct.pack_into("=4I", buffer, 16, 0x900, 0, 0, 0)
        ctypes.memmove(struct.unpack_from("=Q", buffer.raw, 64)[0], b"\x08" * 512, 512)
        return 0

    reply = LinuxMmc(fileno, PlayedKernel(answer)).command(MmcCommand(8, 0, 0xB5), timeout_ms=1000, data_in=512)
    assert (reply.response, reply.data) == ((0x900, 0, 0, 0), b"\x08" * 512)


def test_the_psid_reaches_the_kernel_and_is_wiped_afterwards() -> None:
    kept: list[Buffer] = []

    def answer(buffer: Buffer) -> int:
        kept.append(buffer)
        return 1  # NOT AUTHORIZED

    kernel = PlayedKernel(answer)
    assert LinuxOpal(fileno, kernel).psid_revert(b"P" * 32) == 1
    assert kernel.calls[0][2][:40] == bytes([0, 32, 0, 0, 0, 0, 0, 0]) + b"P" * 32
    assert kept[0].raw == bytes(264)


@pytest.mark.parametrize(
    "send",
    [
        lambda kernel: LinuxScsi(fileno, kernel).command(b"", timeout_ms=1000),
        lambda kernel: LinuxScsi(fileno, kernel).command(bytes(33), timeout_ms=1000),
        lambda kernel: LinuxScsi(fileno, kernel).command(bytes(6), timeout_ms=0),
        lambda kernel: LinuxScsi(fileno, kernel).command(bytes(6), timeout_ms=1 << 32),
        lambda kernel: LinuxScsi(fileno, kernel).command(bytes(6), timeout_ms=1000, data_out=b"a", data_in=1),
        lambda kernel: LinuxNvme(fileno, kernel).admin(NvmeCommand(6), timeout_ms=0),
        lambda kernel: LinuxNvme(fileno, kernel).admin(NvmeCommand(0x82), timeout_ms=1000, data_out=b"a"),
        lambda kernel: LinuxNvme(fileno, kernel).admin(NvmeCommand(0x84), timeout_ms=1000, data_in=4),
        lambda kernel: LinuxMmc(fileno, kernel).command(MmcCommand(8, 0, 0xB5), timeout_ms=1000, data_in=513),
        lambda kernel: LinuxMmc(fileno, kernel).command(MmcCommand(8, 0, 0xB5), timeout_ms=0, data_in=512),
        lambda kernel: LinuxOpal(fileno, kernel).psid_revert(b""),
    ],
)
def test_what_cannot_be_sent_as_it_is_meant_never_reaches_the_kernel(send: Callable[[PlayedKernel], object]) -> None:
    kernel = PlayedKernel()
    with pytest.raises(OSError, match="Invalid argument"):
        send(kernel)
    assert kernel.calls == []


@pytest.mark.parametrize(
    ("bus", "opal_answers", "ways"),
    [
        ("ata", True, "scsi opal"),
        ("ata", False, "scsi"),
        ("scsi", True, "scsi opal"),
        ("usb", True, "scsi"),
        ("nvme", True, "nvme opal"),
        ("nvme", False, "nvme"),
        ("mmc", True, "mmc"),
        ("loop", True, ""),
        ("virtio", True, ""),
        ("", True, ""),
    ],
)
def test_the_bus_decides_which_commands_a_node_takes(bus: str, opal_answers: bool, ways: str) -> None:  # noqa: FBT001
    kernel = PlayedKernel() if opal_answers else PlayedKernel(fails(errno.ENOTTY))
    ports = node_commands(bus, fileno, kernel)
    assert [name for name in ("scsi", "nvme", "mmc", "opal") if getattr(ports, name) is not None] == ways.split()


def test_a_port_of_a_closed_node_sends_nothing_to_whatever_was_opened_since() -> None:
    open_node = [FD]
    kernel = PlayedKernel()
    ports = node_commands("ata", lambda: open_node[0], kernel)
    open_node[0] = -1
    assert ports.scsi is not None
    ports.scsi.command(bytes(6), timeout_ms=1000)
    assert kernel.calls[-1][0] == -1
