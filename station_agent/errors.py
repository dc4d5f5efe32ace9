"""Errors of the bench, each a sentence for the person who stands there.

    StationError
    |- UsageError             the command line asks for something that cannot be (exit status 2)
    |  |- ConfirmationError   a serial number was not confirmed, or matches no drive (2 or 30)
    |  `- UnstatableError     lot, asset or name cannot be put into a statement
    |- StoreError             the state file cannot be trusted or used
    |  |- StoreBusy           another process of this bench holds it
    |  |- StoreNewer          it was written by a newer version
    |  |- StoreFull           no room for the record of a new wipe: none is started
    |  `- StoreBroken         the medium failed: nothing new is started
    |- SecondCopyTrouble      the second copy of the statements cannot be kept; the store goes on
    |- CarriedFileError       a file on a stick cannot be written, or is not what it should be
    |- ChainLocked            the hub knows later statements than this state folder: signing stops
    |- KeyLost                statements are here, and the key that signed them is not
    |  `- KeySealedElsewhere  the key opens only with the TPM of another machine
    |- NoTpm                  a key cannot be sealed to a TPM here
    |- AssemblyError          a statement cannot be made from what was read
    |  `- IdentityDisagreement two readers do not name the same drive
    |- EnrolmentError         the hub did not take this bench in
    |- AssignmentsRefused     what the hub assigned is not signed for this bench, or old (`station_agent.assignments`)
    |- RecordingFailed        a drive cannot be recorded as a fixture, or not without its names
    |- HubUnreachable         no answer that can be used
    |- LogUnproved            the hub shows no proof that its log goes on from what this bench has seen: sent later
    |- LogAlarm               the hub shows another history than this bench has seen: nothing is sent (`observer`)
    |- OrderRefused           the daemon does not do what it was asked, each with a code of its own
    |- CannotSuspend          sleep is not possible, or not now (`station_agent.suspension`)
    `- ProcessFailed          a program that was started did not end well

Messages are English sources of `locale/fr.po`: `StationError("... {drive}", drive=...)` is translated when it is shown.
"""

from typing import Any


class StationError(Exception):
    """Root of the tree: a translatable sentence, its facts, a stable code and an exit status."""

    code = "station"
    exit_status = 2

    def __init__(self, sentence: str, **facts: Any) -> None:
        """Keep the untranslated `sentence` and the `facts` that fill its braces."""
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts


class UsageError(StationError):
    """The command line asks for something that cannot be."""

    code = "usage"


class ConfirmationError(UsageError):
    """A serial number was not confirmed, or matches no drive."""

    code = "confirmation"

    def __init__(self, sentence: str, *, exit_status: int, **facts: Any) -> None:
        """Exit status 2 when nothing was typed, 30 when something wrong was."""
        super().__init__(sentence, **facts)
        self.exit_status = exit_status


class UnstatableError(UsageError):
    """Lot, asset or name cannot be put into a statement: found before the first write, not after the last."""

    code = "unstatable"


class StoreError(StationError):
    """The state file cannot be trusted or used."""

    code = "store"


class StoreBusy(StoreError):
    """Another process of this bench holds the state."""

    code = "store-busy"


class StoreNewer(StoreError):
    """The state was written by a newer version."""

    code = "store-newer"


class StoreBroken(StoreError):
    """The medium failed."""

    code = "store-broken"


class StoreFull(StoreError):
    """No room for the record of a new wipe."""

    code = "store-full"
    exit_status = 30


class SecondCopyTrouble(StationError):
    """The second copy of the statements cannot be kept."""

    code = "second-copy"


class CarriedFileError(StationError):
    """A file on a stick cannot be written, or is not what it should be."""

    code = "carried-file"


class ChainLocked(StationError):
    """The hub knows later statements than this state folder."""

    code = "chain-locked"
    exit_status = 30


class KeyLost(StationError):
    """Statements are here, and the key that signed them is not."""

    code = "key-lost"
    exit_status = 30


class KeySealedElsewhere(KeyLost):
    """The key is here, and opens only with the TPM of another machine."""

    code = "key-sealed"


class NoTpm(StationError):
    """A key cannot be sealed to a TPM here; nothing was changed."""

    code = "no-tpm"


class AssemblyError(StationError):
    """A statement cannot be made from what was read."""

    code = "assembly"
    exit_status = 22


class IdentityDisagreement(AssemblyError):
    """Two readers do not name the same drive."""

    code = "identity-disagreement"


class EnrolmentError(StationError):
    """The hub did not take this bench in."""

    code = "enrolment"


class RecordingFailed(StationError):
    """A drive cannot be recorded as a fixture, or not without its names."""

    code = "recording"
    exit_status = 22


class RecordedDrive(StationError):
    """A recording answers for the drive: it can be looked at and planned, never erased."""

    code = "recorded-drive"
    exit_status = 30


class HubUnreachable(StationError):
    """No answer that can be used."""

    code = "hub-unreachable"


class LogUnproved(StationError):
    """The hub shows no proof that its log goes on from what this bench has seen."""

    code = "log-unproved"


class LogAlarm(StationError):
    """The hub shows another history than this bench has seen."""

    code = "log-alarm"


class OrderRefused(StationError):
    """The daemon does not do what it was asked; nothing was done."""

    exit_status = 30

    def __init__(self, code: str, sentence: str, **facts: Any) -> None:
        """Keep the stable `code` beside the sentence."""
        super().__init__(sentence, **facts)
        self.code = code


class ProcessFailed(StationError):
    """A program that was started did not end well."""

    code = "process"
