"""Recorder: stands between somebody who sends commands and the drive, and writes down each question and each answer.

A transcript is JSON lines: first the schema and which ways there were to the drive, then one line per command with its
bytes, and the reply as it came or the errno. It changes nothing, hides nothing but the PSID of an Opal drive, and
decides nothing: that only harmless commands pass is the guard's work (`erasure.announcement`).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from erasure.transport.ports import (
    BlockPort,
    CommandPorts,
    MmcCommand,
    MmcPort,
    MmcReply,
    NvmeCommand,
    NvmePort,
    NvmeReply,
    OpalPort,
    ScsiPort,
    ScsiReply,
)

SCHEMA = "etabli.transcript/1"
WAYS = ("scsi", "nvme", "mmc", "opal")
Line = dict[str, Any]
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Recording:
    """A transcript in the making: plain JSON types, oldest first."""

    lines: list[Line] = field(default_factory=list)

    def begin(self, ports: CommandPorts) -> None:
        """Note which ways there are to the drive, once."""
        ways = [name for name in WAYS if getattr(ports, name) is not None]
        self.lines[:0] = [] if self.lines else [{"schema": SCHEMA, "ports": ways}]

    def ask(self, question: Line, send: Callable[[], Answer], told: Callable[[Answer], Any]) -> Answer:
        """Send, and keep what came, also when it was an error. Raises OSError."""
        try:
            answer = send()
        except OSError as error:
            self.lines.append({**question, "errno": error.errno})
            raise
        self.lines.append({**question, "reply": told(answer)})
        return answer


def transcript_text(lines: Sequence[Line]) -> str:
    """Write a transcript as it stands in a file."""
    return "".join(f"{json.dumps(line, ensure_ascii=True)}\n" for line in lines)


def scsi_question(cdb: bytes, data_out: bytes, data_in: int) -> Line:
    """Give a CDB as it stands in a transcript."""
    return {"port": "scsi", "cdb": cdb.hex(), "data_out": data_out.hex(), "data_in": data_in}


def nvme_question(command: NvmeCommand, data_out: bytes, data_in: int) -> Line:
    """Give an admin command as it stands in a transcript."""
    return {"port": "nvme", **asdict(command), "data_out": data_out.hex(), "data_in": data_in}


def mmc_question(command: MmcCommand, data_in: int) -> Line:
    """Give an MMC command as it stands in a transcript."""
    return {"port": "mmc", **asdict(command), "data_in": data_in}


def call_question(port: str, call: str) -> Line:
    """Give a question without members, as it stands in a transcript."""
    return {"port": port, "call": call}


def reply_told(reply: ScsiReply | NvmeReply | MmcReply) -> Line:
    """Give a reply as plain JSON types, bytes in hex."""
    return {
        name: value.hex() if isinstance(value, bytes) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(reply).items()
    }


def number_told(number: int) -> int:
    """Give a number as it is."""
    return number


@dataclass(frozen=True, slots=True)
class RecordedScsi:
    """`ScsiPort` whose traffic is written down."""

    inner: ScsiPort
    recording: Recording

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Send one CDB. Raises OSError."""
        return self.recording.ask(
            scsi_question(cdb, data_out, data_in),
            lambda: self.inner.command(cdb, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in),
            reply_told,
        )


@dataclass(frozen=True, slots=True)
class RecordedNvme:
    """`NvmePort` whose traffic is written down."""

    inner: NvmePort
    recording: Recording

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        """Send one admin command. Raises OSError."""
        return self.recording.ask(
            nvme_question(command, data_out, data_in),
            lambda: self.inner.admin(command, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in),
            reply_told,
        )

    def namespace_id(self) -> int:
        """Namespace behind the open node. Raises OSError."""
        return self.recording.ask(call_question("nvme", "namespace_id"), self.inner.namespace_id, number_told)


@dataclass(frozen=True, slots=True)
class RecordedMmc:
    """`MmcPort` whose traffic is written down."""

    inner: MmcPort
    recording: Recording

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        """Send one command. Raises OSError."""
        return self.recording.ask(
            mmc_question(command, data_in),
            lambda: self.inner.command(command, timeout_ms=timeout_ms, data_in=data_in),
            reply_told,
        )


@dataclass(frozen=True, slots=True)
class RecordedOpal:
    """`OpalPort` whose traffic is written down, the PSID apart."""

    inner: OpalPort
    recording: Recording

    def status(self) -> int:
        """Flags of the drive. Raises OSError."""
        return self.recording.ask(call_question("opal", "status"), self.inner.status, number_told)

    def psid_revert(self, psid: bytes) -> int:
        """Revert the drive. Raises OSError."""
        return self.recording.ask(
            call_question("opal", "psid_revert"), lambda: self.inner.psid_revert(psid), number_told
        )


def recorded_commands(ports: CommandPorts, recording: Recording) -> CommandPorts:
    """Wrap every command port that there is."""
    recording.begin(ports)
    return CommandPorts(
        scsi=None if ports.scsi is None else RecordedScsi(ports.scsi, recording),
        nvme=None if ports.nvme is None else RecordedNvme(ports.nvme, recording),
        mmc=None if ports.mmc is None else RecordedMmc(ports.mmc, recording),
        opal=None if ports.opal is None else RecordedOpal(ports.opal, recording),
    )


class WithCommands:
    """A block port that is another one in everything but its command ports. `with_commands` makes it."""

    def __init__(self, inner: BlockPort, commands: Callable[[], CommandPorts]) -> None:
        self._inner, self._commands = inner, commands

    def commands(self) -> CommandPorts:
        """The command ports that stand in for those of the inner port."""
        return self._commands()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the inner port's."""
        return getattr(self._inner, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.close()


def with_commands(inner: BlockPort, commands: Callable[[], CommandPorts]) -> BlockPort:
    """Give `inner` with other command ports; closing it closes `inner`."""
    return cast("BlockPort", WithCommands(inner, commands))


def recorded(inner: BlockPort, recording: Recording) -> BlockPort:
    """Give `inner` with its commands written down."""
    return with_commands(inner, lambda: recorded_commands(inner.commands(), recording))
