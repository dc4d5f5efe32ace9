"""Sanitize of NVMe drives: the whole subsystem, every namespace, what is allocated to none, spare blocks. Purge.

The purge request (PREQ) goes first, and only its refusal as an invalid field is followed by the same command without.
The way back to ordinary use without another sanitize (AUSE) is never allowed. The end is read from the sanitize log and
from nothing else. Never reached: boot partitions, RPMB. Drives reference, sections 3.8 and 6.2; IEEE 2883 Purge.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from erasure.applicability import Applicable, Inapplicable
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Ticket, Working
from erasure.nvme.asking import ask_sanitize_log, nvme_port
from erasure.nvme.commands import Action, sanitize, words
from erasure.nvme.obstacles import obstacle, refusal, sanitize_obstacle, separate_areas
from erasure.nvme.sanitize_log import SanitizeLog
from erasure.nvme.status import NvmeStatus, StatusKind, decode_status
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.sanitizing import SanitizeState
from erasure.transport.ports import NvmePort

START_MS = 30_000  # it only starts the work
QUOTED_BYTES = 40  # of the log; the rest is reserved


@dataclass(frozen=True, slots=True)
class NvmeSanitize:
    """One sanitize action of an NVMe controller."""

    id: str
    action: Action
    level: Level = Level.PURGE
    kind: MethodKind = MethodKind.FIRMWARE
    version: int = 1

    @property
    def _word(self) -> str:
        return self.action.name.lower()

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the controller announces this action, and its log can be read. Pure."""
        reason = obstacle(facts)
        if reason is None and facts.nvme is not None:
            reason = sanitize_obstacle(facts.nvme, self._word)
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:
        """Name boot partitions, RPMB and other areas that no sanitize reaches."""
        return tuple(separate_areas(facts))

    def expected_seconds(self, facts: DriveFacts) -> int | None:
        """How long the drive estimates, from its log."""
        return None if facts.nvme is None else facts.nvme.sanitize_seconds.get(self._word)

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:  # noqa: ARG002
        """Announce and send, with the purge request first. Raises JournalError; OSError when its fate is unknown."""
        port = nvme_port(ports)
        notes: dict[str, Any] = {"action": self._word, "preq": True, "preq_outcome": "not known"}
        try:
            status = self._send(ports, port, purge=True)
            notes["preq_outcome"] = status.words
            if status.kind is StatusKind.INVALID_FIELD:
                notes["preq"] = False
                status = self._send(ports, port, purge=False)
        except OSError as error:
            return self._seen_running(port, notes, error)
        return self._taken(ports, port, notes, status)

    def _send(self, ports: Ports, port: NvmePort, *, purge: bool) -> NvmeStatus:
        command = sanitize(self.action, purge=purge)
        ports.announce({"method": self.id, **words(command), "preq": purge})
        return decode_status(port.admin(command, timeout_ms=START_MS).status)

    def _taken(self, ports: Ports, port: NvmePort, notes: dict[str, Any], status: NvmeStatus) -> Ticket:
        if status.kind is StatusKind.GOOD:
            ports.accepted({"method": self.id, "reply": {"status": status.words}, "notes": notes})
            return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)
        if status.kind in (StatusKind.UNKNOWN, StatusKind.IN_PROGRESS):
            return self._seen_running(port, notes, OSError(errno.EIO, status.words))
        refused = Written((), (), 0, (refusal(status),))
        return Ticket(self.id, refused, accepted=False, notes=notes)

    def _seen_running(self, port: NvmePort, notes: dict[str, Any], error: OSError) -> Ticket:
        """Follow the sanitize that runs although nobody saw the command accepted. Raises `error` when none does."""
        try:
            log = ask_sanitize_log(port)
        except OSError as unreadable:
            raise error from unreadable
        if log.state is not SanitizeState.RUNNING:
            raise OSError(error.errno, f"{error.strerror}; {log.words}") from error
        found = {**notes, "adopted": f"{error.strerror}; {log.words}"}
        return Ticket(self.id, NOTHING_WRITTEN, accepted=False, seen_running=True, notes=found)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished:
        """Read the sanitize log. Raises OSError when it cannot be read or contradicts itself."""
        log = ask_sanitize_log(nvme_port(ports))
        if log.state is SanitizeState.RUNNING:
            return Working(log.progress, log.words)
        if log.state is SanitizeState.UNKNOWN:
            raise OSError(errno.EIO, f"the sanitize log makes no sense: {log.words}")
        failures = tuple(self._shortcomings(log, ticket))
        return Finished(Written((), (), 0, failures, self._completion(log, ticket)))

    def _shortcomings(self, log: SanitizeLog, ticket: Ticket) -> Iterator[Reason]:
        if log.state is SanitizeState.FAILED:
            yield Reason(ReasonCode.ABORTED, f"the drive says that the sanitize failed: {log.words}")
        elif log.state is not SanitizeState.SUCCEEDED:
            yield Reason(ReasonCode.STATUS_UNREADABLE, f"the sanitize log knows of no sanitize: {log.words}")
        elif not ticket.accepted and not ticket.seen_running:
            yield Reason(ReasonCode.STATUS_UNREADABLE, f"a success that nobody saw begin: {log.words}")
        elif log.action is not self.action or log.unrestricted:
            yield Reason(ReasonCode.WRONG_ACTION, f"the sanitize that ended was another one: {log.words}")

    def _completion(self, log: SanitizeLog, ticket: Ticket) -> Completion:
        asked = ticket.notes.get("preq") is True
        return Completion(
            accepted=ticket.accepted,
            seen_running=ticket.seen_running,
            succeeded=log.state is SanitizeState.SUCCEEDED,
            action_matches=log.action is self.action and not log.unrestricted,
            attested_purge=log.attested(asked=asked),
            raw={
                "sanitize-log": log.raw[:QUOTED_BYTES].hex(),
                "words": log.words,
                "prgd": str(log.purged),
                "gde": str(log.data_erased),
                "passes": str(log.completed_passes),
                "preq": str(ticket.notes.get("preq", "not known")),
            },
        )

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for the canaries and for what was there before. Raises RunInterrupted, OSError."""
        return look(ports, facts)


NVME_SANITIZE = (
    NvmeSanitize("nvme.sanitize.block", Action.BLOCK),
    NvmeSanitize("nvme.sanitize.crypto", Action.CRYPTO),
    NvmeSanitize("nvme.sanitize.overwrite", Action.OVERWRITE),
)
