"""The negative controls of the catalogue: each takes one guard of the engine away, so that a test can show it fail."""

from typing import Any

import pytest

from erasure.canaries import _Seeker
from erasure.methods.protocol import Finished
from erasure.nvme import sanitize_log
from erasure.nvme.commands import Action
from erasure.nvme.sanitize_log import SanitizeLog
from erasure.nvme.status import decode_status
from erasure.passes import Completion, Written
from erasure.sanitizing import SanitizeState

Patch = pytest.MonkeyPatch
GOOD_END = Finished(Written((), (), 0, (), Completion(True, True, True, True)))


def ignore_survivors(patch: Patch) -> None:
    """Look for canaries and pass over those that are found."""
    patch.setattr(_Seeker, "_note", lambda *_given, **_named: None)


def ignore_unreadable_marks(patch: Patch) -> None:
    """Pass over marks that cannot be read, as if the drive had announced it."""

    def read(self: Any, disk: Any, reader: Any, buffer: Any, lba: int) -> bool:
        self._looked += 1
        return False

    patch.setattr(_Seeker, "_read", read)


def ignore_bare_words(patch: Patch) -> None:
    """Believe a drive on which nothing could be looked for."""
    patch.setattr("erasure.verdict._on_its_word_alone", lambda _proof: iter(()))


def ignore_nvme_statuses(patch: Patch) -> None:
    """Take every answer of an NVMe drive for success, as a script does that looks at no exit code."""
    for room in ("nvme_format", "nvme_sanitize"):
        patch.setattr(f"erasure.methods.{room}.decode_status", lambda _raw: decode_status(0))


def take_for_success(patch: Patch, sstat: int) -> None:
    """Read one state of the sanitize log as success, and whatever stands beside it as no contradiction."""
    patch.setitem(sanitize_log.STATES, sstat, SanitizeState.SUCCEEDED)
    for state in sanitize_log.CONTRADICTS:
        patch.setitem(sanitize_log.CONTRADICTS, state, frozenset())


def believe_any_action(patch: Patch, action: Action) -> None:
    """Say that the sanitize that ended was the one that was asked for."""
    patch.setattr(SanitizeLog, "action", property(lambda _log: action))


def end_ata_sanitizes_well(patch: Patch) -> None:
    """Call every sanitize of an ATA drive that does not run a success."""
    patch.setattr("erasure.methods.ata_sanitize.ended", lambda _ticket, _found: GOOD_END)


def ignore_read_back(patch: Patch) -> None:
    """Read everything back and compare nothing."""
    patch.setattr("erasure.verification.Readback._blame", lambda *_piece: None)


def ignore_what_is_missing(patch: Patch) -> None:
    """Ask neither whether every sector was written nor whether every sector was compared."""
    for check in ("_not_covered", "_not_compared", "_bad_sectors"):
        patch.setattr(f"erasure.verdict.{check}", lambda _proof: iter(()))
