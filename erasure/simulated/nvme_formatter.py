"""Format NVM of a simulated controller: it blocks, reaches one or all namespaces, and only SES 1 and 2 erase.

NVMe NVM Command Set Specification, Format NVM; drives, 3.8.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass

from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.nvme_status import (
    INTERNAL_ERROR,
    INVALID_FIELD,
    INVALID_FORMAT,
    INVALID_NAMESPACE,
    INVALID_OPCODE,
    SUCCESS,
)
from erasure.simulated.nvme_table import NvmeTable
from erasure.simulated.reach import HALFWAY, STUCK_AT, WHOLE, Deed, absence, erase_part
from erasure.transport.ports import NvmeCommand

BROADCAST = 0xFFFFFFFF
NO_ERASE, USER_DATA, CRYPTO = 0, 1, 2  # SES


@dataclass(frozen=True, slots=True)
class FormatWords:
    """CDW10 taken apart."""

    index: int
    protection: int
    secure_erase: int

    @staticmethod
    def of(cdw10: int) -> "FormatWords":
        """Read the fields."""
        return FormatWords(cdw10 & 0xF | (cdw10 >> 12 & 3) << 4, cdw10 >> 5 & 7, cdw10 >> 9 & 7)


@dataclass(slots=True)
class NvmeFormatter:
    """`media` are the media of the active namespaces by their number."""

    firmware: Firmware
    table: NvmeTable
    media: Mapping[int, Medium]
    memory: Memory
    time: Time

    def format(self, command: NvmeCommand, timeout_ms: int) -> int:
        """Take one Format NVM command; return its status when it is over. Raises OSError when it never answers."""
        words = FormatWords.of(command.cdw10)
        if refused := self.refusal(command.nsid, words):
            return refused
        reached = self.scope(command.nsid, words)
        status = self.erase(reached, words, timeout_ms)
        if status == SUCCESS:
            indexes = {**self.memory.get("formats", {}), **{str(nsid): words.index for nsid in reached}}
            erased = words.secure_erase != NO_ERASE
            self.memory.put(
                formats=indexes,
                renamed=erased and Vice.RENAMES in self.firmware,
                unwritten=erased and Vice.NEEDS_WRITE in self.firmware,
                written=[],
            )
        return status

    def refusal(self, nsid: int, words: FormatWords) -> int:
        """Why the command is refused; 0 when it is taken."""
        known = max(one.nsid for one in self.table.namespaces)
        checks = (
            (INVALID_OPCODE, not self.table.format),
            (INVALID_FIELD, nsid == BROADCAST and not self.table.format_broadcast),
            (INVALID_NAMESPACE, nsid != BROADCAST and not 0 < nsid <= known),
            (INVALID_FIELD, nsid != BROADCAST and nsid not in self.media),
            (INVALID_FORMAT, words.index >= len(self.table.formats) or words.protection != 0),
            (INVALID_FIELD, words.secure_erase > CRYPTO),
            (INVALID_FIELD, words.secure_erase == CRYPTO and not self.table.format_crypto),
        )
        return next((status for status, applies in checks if applies), SUCCESS)

    def scope(self, nsid: int, words: FormatWords) -> tuple[int, ...]:
        """Numbers of the namespaces that are reached."""
        everywhere = self.table.format_all or (words.secure_erase != NO_ERASE and self.table.erase_all)
        return tuple(self.media) if nsid == BROADCAST or everywhere else (nsid,)

    def erase(self, reached: tuple[int, ...], words: FormatWords, timeout_ms: int) -> int:
        """Take the time that it takes, and do it. Raises OSError: EINTR after the timeout, ENODEV when it left."""
        seconds, timeout = self.table.seconds, timeout_ms / 1000
        end = min(self.limit(), int(WHOLE * timeout / seconds) if seconds > timeout else WHOLE)
        stuck = Vice.STUCK in self.firmware
        self.time.sleep(timeout if stuck else seconds * end / WHOLE)
        self.treat(reached, words, end)
        if Vice.FAILS in self.firmware and end == HALFWAY:
            return INTERNAL_ERROR
        if end < WHOLE:
            self.leave(end)
        return SUCCESS

    def limit(self) -> int:
        """How far it comes before a vice strikes."""
        if Vice.STUCK in self.firmware:
            return STUCK_AT
        struck = any(vice in self.firmware for vice in (Vice.FAILS, Vice.VANISHES, Vice.RESETS, Vice.POWER_LOSS))
        return HALFWAY if struck and not self.memory.get("interrupted") else WHOLE

    def treat(self, reached: tuple[int, ...], words: FormatWords, end: int) -> None:
        """Erase up to `end` of 65536; without secure erase every byte stays."""
        if words.secure_erase == NO_ERASE:
            return
        if Vice.ONE_NAMESPACE in self.firmware:
            reached = tuple(nsid for nsid in reached if nsid == min(self.media))
        deed = Deed() if words.secure_erase == CRYPTO else Deed(b"\xff" if self.table.deallocated_reads != 1 else b"\0")
        media = [self.media[nsid] for nsid in reached]
        if media:
            erase_part(media, deed, 0, end, self.firmware)

    def leave(self, end: int) -> None:
        """End without an answer. Raises OSError."""
        away = Vice.VANISHES in self.firmware or Vice.POWER_LOSS in self.firmware
        if away and end == HALFWAY:
            self.memory.put(gone=str(absence(self.firmware)), interrupted=True)
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        raise OSError(errno.EINTR, os.strerror(errno.EINTR))
