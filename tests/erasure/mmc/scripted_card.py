"""An eMMC that answers from a table, with everything that was sent to it on record. No simulation."""

from dataclasses import dataclass, field
from typing import Any

from erasure.transport.ports import CommandPorts, MmcCommand, MmcReply

READY, WORKING = 0x00000900, 0x00000E00
SECTORS = 1 << 20
SIZE = SECTORS * 512


def ext_csd(**given: int) -> bytes:
    """Make the extended CSD of a card of 512 MiB, eMMC 5.1, with boot partitions and RPMB; give bytes, `b192=5`."""
    raw = bytearray(512)
    plain = {192: 8, 231: 0x55, 232: 2, 223: 1, 224: 1, 221: 16, 226: 32, 168: 32, 230: 10}
    for at, value in {**plain, **{int(name[1:]): value for name, value in given.items()}}.items():
        raw[at] = value
    raw[212:216] = SECTORS.to_bytes(4, "little")
    return bytes(raw)


@dataclass
class ScriptedCard:
    """`answers` by opcode: a response word or an error, or a list of them of which the last stays."""

    csd: bytes = field(default_factory=ext_csd)
    answers: dict[int, Any] = field(default_factory=dict)
    sent: list[MmcCommand] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        self.sent.append(command)
        self.waits.append(timeout_ms)
        answer = self.answers.get(command.opcode, READY)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, OSError):
            raise answer
        return MmcReply((answer, 0, 0, 0), self.csd if command.opcode == 8 else b"")

    @property
    def ports(self) -> CommandPorts:
        return CommandPorts(mmc=self)

    @property
    def destructive(self) -> list[tuple[int, int]]:
        return [(command.opcode, command.argument) for command in self.sent if command.write]
