"""What has to be settled before drives are erased, whoever asks: who asks, recordings, the PSID of a locked drive.

Every refusal comes before anything was done.
"""

from collections.abc import Sequence
from typing import Final

from certificates.pre_approval import pre_approved_operator
from erasure.drive import BlockDevice
from erasure.outcome import ReasonCode
from erasure.passes import Secrets
from erasure.plan import ErasurePlan
from station_agent.asked import PSID_REVERT
from station_agent.drive_sheet import method_rows
from station_agent.errors import RecordedDrive, UsageError
from station_agent.language import Voice, mark, visible
from station_agent.planning import Surveyed
from station_agent.words import fact_words

APPROVED: Final = pre_approved_operator("", 0).partition(" ")[0]  # how the operator of such a run begins


def require_person(operator: str) -> None:
    """Raise `UsageError` for a name that reads like an approval beforehand: only a rule of the hub is stated so.

    The hub takes who is named in it for the operator (two-person rule): nobody may put another one there.
    """
    if operator.strip().casefold().startswith(APPROVED):
        raise UsageError(
            mark("{name} is no name of a person: only a drive that starts by a rule of the hub is stated so."),
            name=visible(operator),
        )


def refuse_recordings(chosen: Sequence[BlockDevice]) -> None:
    """Raise `RecordedDrive` when a recording stands for a drive: there is nothing to erase, and nothing to state."""
    recordings = [device.path for device in chosen if device.properties.get("recorded")]
    if recordings:
        raise RecordedDrive(
            mark(
                "Nothing was erased: {drives} is a recording. `disks` and `plan` show what its drive answered; to "
                "erase a simulated drive, give the bench file a firmware table instead of the recording."
            ),
            drives=", ".join(recordings),
        )


def require_psid(found: Sequence[Surveyed], secrets: Secrets) -> None:
    """Raise `UsageError` when a drive would be opened by a PSID that was not given: nothing is begun then."""
    locked = [
        drive for drive in found if isinstance(drive.outcome, ErasurePlan) and PSID_REVERT in drive.outcome.before
    ]
    if locked and not secrets.psid:
        raise UsageError(
            mark("{drive} is opened by the PSID of its label: erase it alone, with --psid."),
            drive=locked[0].device.path,
        )


def refuse_psid(voice: Voice, found: Sequence[Surveyed], secrets: Secrets) -> None:
    """Raise `UsageError` when a PSID was given for a drive that it cannot open: it is never ignored in silence."""
    for drive in found if secrets.psid else ():
        why = next((row.reason for row in method_rows(drive) if row.id == PSID_REVERT and not row.step), None)
        if why is not None and why.code is ReasonCode.UNSUPPORTED and drive.open_run is None:
            raise UsageError(
                mark("--psid opens nothing on {drive}: {why}. Nothing was erased; leave --psid out."),
                drive=drive.device.path,
                why=fact_words(voice, why.detail),
            )
