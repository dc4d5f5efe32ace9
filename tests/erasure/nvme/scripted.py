"""A scripted NVMe port and the bytes that it answers with, made by the offsets of the base specification.

No simulator: it has no state, it says what the test wrote down, and remembers what it was sent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from erasure.announcement import Announced
from erasure.passes import Ports
from erasure.transport.ports import BlockPort, CommandPorts, NvmeCommand, NvmeReply

Answer = bytes | int | OSError | list[Any]
INVALID_FIELD = 0x4002
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def page(length: int, fields: dict[int, bytes]) -> bytes:
    """Fill a page of zeros with fields at offsets."""
    data = bytearray(length)
    for at, value in fields.items():
        data[at : at + len(value)] = value
    return bytes(data)


def noise(length: int) -> st.SearchStrategy[bytes]:
    """Random pages of one length."""
    return st.integers(0, 1 << 32).map(lambda seed: Random(seed).randbytes(length))


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """A good page with some bytes replaced."""
    places = st.dictionaries(st.integers(0, len(data) - 1), st.integers(0, 255), max_size=8)
    return places.map(lambda changed: bytes(changed.get(at, byte) for at, byte in enumerate(data)))


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def controller(**given: int) -> bytes:
    """Identify Controller of an invented drive; give the words that differ."""
    plain = {
        "cmic": 0, "version": 0x00010400, "oacs": 0x0002, "tnvmcap": 0, "unvmcap": 0, "rpmbs": 0, "sanicap": 0b10,
        "nn": 1, "fna": 0,
    }  # fmt: skip
    words = {**plain, **given}
    return page(
        4096,
        {
            4: b"DEMO-0001".ljust(20),
            24: b"Invented NVMe".ljust(40),
            64: b"1.0".ljust(8),
            76: number(words["cmic"], 1),
            78: number(7, 2),
            80: number(words["version"], 4),
            256: number(words["oacs"], 2),
            280: number(words["tnvmcap"], 16),
            296: number(words["unvmcap"], 16),
            312: number(words["rpmbs"], 4),
            328: number(words["sanicap"], 4),
            516: number(words["nn"], 4),
            524: number(words["fna"], 1),
            768: b"nqn.2014.org.example:demo",
        },
    )


def namespace(blocks: int = 2048, *, shift: int = 9, flbas: int = 0, dps: int = 0, metadata: int = 0) -> bytes:
    """Identify Namespace; the format in use is the one that FLBAS names."""
    index = flbas & 0xF | (flbas >> 5 & 3) << 4
    return page(
        4096,
        {
            0: number(blocks, 8),
            8: number(blocks, 8),
            25: number(index, 1),
            26: number(flbas, 1),
            29: number(dps, 1),
            33: b"\x01",
            120: b"\x01\x02\x03\x04\x05\x06\x07\x08",
            128 + 4 * index: number(metadata, 2) + number(shift, 1),
        },
    )


def id_list(*nsids: int) -> bytes:
    return page(4096, {4 * at: number(nsid, 4) for at, nsid in enumerate(nsids)})


def sanitize_log(sstat: int, *, sprog: int = 0xFFFF, scdw10: int = 0x802, ssi: int = 0, estimate: int = 16) -> bytes:
    head = {0: number(sprog, 2), 2: number(sstat, 2), 4: number(scdw10, 4), 36: number(ssi, 1)}
    return page(512, {**head, 8: number(estimate, 4), 12: number(0xFFFFFFFF, 4), 16: number(0, 4)})


def name_of(command: NvmeCommand) -> tuple[Any, ...]:
    """Name a command as scripts do: ("identify", cns, nsid), ("log", page), ("format", nsid), ("sanitize",)."""
    match command.opcode:
        case 0x06:
            return ("identify", command.cdw10 & 0xFF, command.nsid)
        case 0x02:
            return ("log", command.cdw10 & 0xFF)
        case 0x80:
            return ("format", command.nsid)
        case 0x84:
            return ("sanitize",)
    return ("other", command.opcode)


@dataclass
class ScriptedPort:
    """Answers by name: bytes with status 0, a status, an OSError, or a list of them, one after the other."""

    answers: dict[tuple[Any, ...], Answer]
    nsid: int | OSError = 1
    sent: list[NvmeCommand] = field(default_factory=list)
    timeouts: list[int] = field(default_factory=list)

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        self.sent.append(command)
        self.timeouts.append(timeout_ms)
        answer = self.answers.get(name_of(command), INVALID_FIELD)
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, OSError):
            raise answer
        if isinstance(answer, int):
            return NvmeReply(answer, 0, bytes(data_in))
        return NvmeReply(0, 0, answer)

    def namespace_id(self) -> int:
        if isinstance(self.nsid, OSError):
            raise self.nsid
        return self.nsid

    def opcodes(self, *wanted: int) -> list[NvmeCommand]:
        """The commands that were sent with one of these opcodes."""
        return [command for command in self.sent if command.opcode in wanted]


def one_namespace(**words: int) -> dict[tuple[Any, ...], Answer]:
    """Script of an ordinary drive: one namespace, block erase, never sanitized."""
    return {
        ("identify", 0x01, 0): controller(**words),
        ("identify", 0x02, 0): id_list(1),
        ("identify", 0x10, 0): id_list(1),
        ("identify", 0x00, 1): namespace(),
        ("log", 0x81): sanitize_log(0),
    }


def two_namespaces(second: bytes, **words: int) -> dict[tuple[Any, ...], Answer]:
    """Script of a drive with two active namespaces; `second` is the identify data of the other one."""
    both = {"nn": 2, "oacs": 0b1010, **words}
    lists: dict[tuple[Any, ...], Answer] = {("identify", cns, 0): id_list(1, 2) for cns in (0x02, 0x10)}
    return {**one_namespace(**both), **lists, ("identify", 0x00, 2): second}


@dataclass
class Desk:
    """A journal and the ports of a run on a scripted drive, with the real guard in front."""

    port: ScriptedPort
    announced: list[dict[str, Any]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)

    @contextmanager
    def busy(self, phase: str, seconds: int | None) -> Iterator[None]:
        self.waited.append(phase)
        yield

    @property
    def ports(self) -> Ports:
        guard = Announced(CommandPorts(nvme=self.port), self.announced.append)
        nothing: Callable[..., None] = lambda *_: None  # noqa: E731
        return Ports(
            block=cast("BlockPort", None),
            secret=bytes(32),
            offset=0,
            begun=False,
            bad=(),
            verification="full",
            sample_sectors=0,
            seed="",
            checkpoint=nothing,
            found=nothing,
            progress=nothing,
            clock=cast("Any", None),
            stop=lambda: False,
            commands=guard.ports,
            announce=guard.announce,
            accepted=self.accepted.append,
            busy=self.busy,
        )
