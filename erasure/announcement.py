"""The guard in front of every command port: what may destroy passes only when the journal has said so just before.

Two wrappings. `harmless_only` is for reading facts: a command that is not on the list of harmless ones is stopped.
`Announced` is for a run: such a command passes once, right after `announce`, and every command leaves a trace with its
reply, so that a report can show what was really sent (drives, EA-13).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from erasure.errors import NotAnnounced
from erasure.harmless import harmless_mmc, harmless_nvme, harmless_scsi
from erasure.transport.ports import (
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
from erasure.undisturbed import undisturbed

SHOWN = 64  # bytes of data that a trace quotes
Tell = Callable[[dict[str, Any]], None]


def _nothing(_item: dict[str, Any]) -> None:
    return


@dataclass(slots=True)
class Permit:
    """Whether the next command may destroy: opened by an announcement, used up by the command that it names."""

    open: bool = False
    document: dict[str, Any] = field(default_factory=dict)  # what was announced

    def use(self, what: str, **words: str) -> AbstractContextManager[None]:
        """Take the permission; give what keeps signals away from the command.

        Raises NotAnnounced when there is none, or when the journal names another command.
        """
        if not self.open:
            raise NotAnnounced(f"{what} was about to be sent, and nothing in the journal says so")
        self.open = False
        other = {
            name: self.document[name] for name in words.keys() & self.document if self.document[name] != words[name]
        }
        if other:
            raise NotAnnounced(f"{what} was about to be sent, and the journal says {other}")
        return undisturbed()


@dataclass(slots=True)
class Announced:
    """Wraps command ports for one run. `announce` makes the entry durable first, then lets one command pass."""

    inner: CommandPorts
    durable: Tell
    trace: Tell = _nothing
    sent: int = 0  # how many commands that may destroy were let pass
    _permit: Permit = field(default_factory=Permit)

    def announce(self, document: dict[str, Any]) -> None:
        """Journal the command that comes next, then let it pass, once. Raises JournalError."""
        self.durable(document)
        self._permit.open, self._permit.document = True, document
        self.sent += 1

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Take back, at the end of the block, a permission that was not used."""
        try:
            yield
        finally:
            self._permit.open = False

    @property
    def ports(self) -> CommandPorts:
        """The guarded ports."""
        return guarded(self.inner, self._permit, self.trace)


def harmless_only(ports: CommandPorts, trace: Tell = _nothing) -> CommandPorts:
    """Wrap ports so that only harmless commands pass."""
    return guarded(ports, Permit(), trace)


def guarded(ports: CommandPorts, permit: Permit, trace: Tell) -> CommandPorts:
    """Wrap every port that there is."""
    return CommandPorts(
        scsi=None if ports.scsi is None else GuardedScsi(ports.scsi, permit, trace),
        nvme=None if ports.nvme is None else GuardedNvme(ports.nvme, permit, trace),
        mmc=None if ports.mmc is None else GuardedMmc(ports.mmc, permit, trace),
        opal=None if ports.opal is None else GuardedOpal(ports.opal, permit, trace),
    )


def quoted(data: bytes) -> str:
    """Give the first bytes as hex; a longer block ends in its length."""
    return data.hex() if len(data) <= SHOWN else f"{data[:SHOWN].hex()}... {len(data)} bytes"


@dataclass(frozen=True, slots=True)
class GuardedScsi:
    """`ScsiPort` behind the guard."""

    inner: ScsiPort
    permit: Permit
    trace: Tell

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Send one CDB if it may be sent. Raises NotAnnounced, OSError."""
        quiet: AbstractContextManager[None] = nullcontext()
        if not harmless_scsi(cdb):
            quiet = self.permit.use(f"CDB {cdb.hex(' ')}", command=cdb.hex(" "))
        sent = {"port": "scsi", "cdb": cdb.hex(" "), "data_out_bytes": len(data_out), "timeout_ms": timeout_ms}
        try:
            with quiet:
                reply = self.inner.command(cdb, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in)
        except OSError as error:
            self.trace({**sent, "errno": error.errno})
            raise
        told = {name: getattr(reply, name) for name in ("status", "host_status", "driver_status", "info", "resid")}
        shown = {"sense": reply.sense.hex(), "data": quoted(reply.data), "duration_ms": reply.duration_ms}
        self.trace({**sent, **told, **shown})
        return reply


@dataclass(frozen=True, slots=True)
class GuardedNvme:
    """`NvmePort` behind the guard."""

    inner: NvmePort
    permit: Permit
    trace: Tell

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        """Send one admin command if it may be sent. Raises NotAnnounced, OSError."""
        quiet: AbstractContextManager[None] = nullcontext()
        if not harmless_nvme(command):
            told = {name: f"{getattr(command, name):08x}h" for name in ("nsid", "cdw10", "cdw11")}
            name = f"NVMe admin {command.opcode:02x}h"
            quiet = self.permit.use(name, command=name, **told)
        words = {name: getattr(command, name) for name in ("opcode", "nsid", "cdw10", "cdw11", "cdw12", "cdw13")}
        sent = {"port": "nvme", **words, "timeout_ms": timeout_ms}
        try:
            with quiet:
                reply = self.inner.admin(command, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in)
        except OSError as error:
            self.trace({**sent, "errno": error.errno})
            raise
        self.trace({**sent, "status": reply.status, "result": reply.result, "data": quoted(reply.data)})
        return reply

    def namespace_id(self) -> int:
        """Namespace behind the open node. Raises OSError."""
        return self.inner.namespace_id()


@dataclass(frozen=True, slots=True)
class GuardedMmc:
    """`MmcPort` behind the guard."""

    inner: MmcPort
    permit: Permit
    trace: Tell

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        """Send one command if it may be sent. Raises NotAnnounced, OSError."""
        quiet: AbstractContextManager[None] = nullcontext()
        if not harmless_mmc(command):
            name = f"CMD{command.opcode} {command.argument:08x}h"
            quiet = self.permit.use(f"MMC {name}", command=name)
        sent = {"port": "mmc", "opcode": command.opcode, "argument": command.argument, "timeout_ms": timeout_ms}
        try:
            with quiet:
                reply = self.inner.command(command, timeout_ms=timeout_ms, data_in=data_in)
        except OSError as error:
            self.trace({**sent, "errno": error.errno})
            raise
        self.trace({**sent, "response": list(reply.response), "data": quoted(reply.data)})
        return reply


@dataclass(frozen=True, slots=True)
class GuardedOpal:
    """`OpalPort` behind the guard. The PSID never reaches the trace."""

    inner: OpalPort
    permit: Permit
    trace: Tell

    def status(self) -> int:
        """Flags of the drive. Raises OSError."""
        return self.inner.status()

    def psid_revert(self, psid: bytes) -> int:
        """Revert if it may be sent. Raises NotAnnounced, OSError."""
        quiet = self.permit.use("PSID revert", command="IOC_OPAL_PSID_REVERT_TPR")
        try:
            with quiet:
                status = self.inner.psid_revert(psid)
        except OSError as error:
            self.trace({"port": "opal", "command": "psid-revert", "errno": error.errno})
            raise
        self.trace({"port": "opal", "command": "psid-revert", "status": status})
        return status
