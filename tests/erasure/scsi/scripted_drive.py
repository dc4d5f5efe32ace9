"""A SCSI device that answers from a table, with everything that was sent to it on record. No simulation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from erasure.transport.ports import CommandPorts, ScsiReply

SANITIZING = bytes.fromhex("70000200000000 0a 00000000 041b 00 80 4000".replace(" ", ""))
SANITIZE_FAILED = bytes.fromhex("700003000000000a0000000031030000 0000".replace(" ", ""))
NO_SENSE = bytes.fromhex("700000000000000a00000000000000000000")
INVALID_OPCODE = bytes.fromhex("700005000000000a00000000200000000000")
POWER_ON = bytes.fromhex("700006000000000a00000000290000000000")
BECOMING_READY = bytes.fromhex("700002000000000a00000000040100000000")


def good(data: bytes = b"", **given: Any) -> ScsiReply:
    return ScsiReply(**{**_PLAIN, "data": data, **given})


def check(sense: bytes, **given: Any) -> ScsiReply:
    return ScsiReply(**{**_PLAIN, "status": 2, "info": 1, "sense": sense, **given})


_PLAIN: dict[str, Any] = {
    "status": 0,
    "host_status": 0,
    "driver_status": 0,
    "info": 0,
    "resid": 0,
    "duration_ms": 1,
    "sense": b"",
    "data": b"",
}
Answer = ScsiReply | OSError | list[Any] | Callable[[bytes], ScsiReply]


@dataclass
class ScriptedDrive:
    """`answers` by the hex of how a CDB begins, the longest fit first; a list is used up, its last answer stays."""

    answers: dict[str, Answer] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    out: list[bytes] = field(default_factory=list)

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        assert timeout_ms > 0
        self.sent.append(cdb)
        self.out.append(data_out)
        fits = sorted((start for start in self.answers if cdb.hex().startswith(start)), key=len)
        answer: Any = self.answers[fits[-1]] if fits else check(INVALID_OPCODE)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, OSError):
            raise answer
        return answer(cdb) if callable(answer) else answer

    @property
    def ports(self) -> CommandPorts:
        return CommandPorts(scsi=self)

    @property
    def sanitizes(self) -> list[bytes]:
        return [cdb for cdb in self.sent if cdb[:1] == b"\x48"]


def inquiry(vendor: str = "DEMOVEND", product: str = "DEMO DISK 0001", kind: int = 0, protect: int = 0) -> bytes:
    head = bytes((kind, 0, 6, 2, 31, protect, 0, 0))
    return head + vendor.ljust(8).encode() + product.ljust(16).encode() + b"A001"


def page(number: int, body: bytes) -> bytes:
    return bytes((0, number)) + len(body).to_bytes(2, "big") + body


def block_characteristics(byte_7: int = 0, rate: int = 7200) -> bytes:
    body = bytearray(60)
    body[0:2], body[3] = rate.to_bytes(2, "big"), byte_7
    return page(0xB1, bytes(body))


def capacity_16(sectors: int = 1 << 20, block: int = 512, protection: int = 0) -> bytes:
    return (sectors - 1).to_bytes(8, "big") + block.to_bytes(4, "big") + bytes((protection,)) + bytes(19)


def mode_data(blocks: int, block: int = 512) -> bytes:
    descriptor = blocks.to_bytes(8, "big") + bytes(4) + block.to_bytes(4, "big")
    return bytes((0, 22, 0, 0, 1, 0, 0, 16)) + descriptor


def supported(support: int = 3) -> bytes:
    return bytes((0, support, 0, 10)) + bytes.fromhex("48ff000000000000ff00")


def sas_drive(**answers: Answer) -> ScriptedDrive:
    """An ordinary SAS disk with block and overwrite, without crypto; give what differs, `x48=` for CDB 48h."""
    plain: dict[str, Answer] = {
        "00": good(),
        "03": good(NO_SENSE),
        "12000000": good(inquiry()),
        "120100": good(page(0x00, bytes((0x00, 0x80, 0x83, 0xB0, 0xB1)))),
        "120180": good(page(0x80, b"DEMO-0001")),
        "120183": good(page(0x83, bytes.fromhex("010300085000c50012345678"))),
        "1201b0": good(page(0xB0, bytes(60))),
        "1201b1": good(block_characteristics()),
        "9e10": good(capacity_16()),
        "5a": good(mode_data(1 << 20)),
        "a30c02480001": good(supported()),
        "a30c02480002": good(supported()),
        "a30c02480003": good(supported(1)),
        "48": good(),
    }
    return ScriptedDrive({**plain, **{name.removeprefix("x"): answer for name, answer in answers.items()}})
