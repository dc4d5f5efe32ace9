"""A bench that only keeps records: opens runs, journals, states, confirms; tells each statement that it was promised.

`python -m tests.campaigns.keeper STATE N`: one line for each statement, written only after the bench has said "saved".
Faults are put into its system calls from outside (`syscalls.py`) or from inside (`test_record_faults.py`).
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from certificates.errors import CertificateError
from certificates.keys import SigningKey
from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.errors import JournalError
from erasure.hidden import AreaState, HiddenAreas
from erasure.journal import EntryKind, JournalEntry
from erasure.outcome import BadRanges, Level, VerdictWord, Verification
from erasure.report import ErasureReport
from station_agent.errors import StationError
from station_agent.run_context import RunContext
from station_agent.signing import KEY_FILE
from station_agent.station import Station, open_station
from tests.campaigns.judge import chain, copy, runs
from tests.campaigns.records import read_stick

SECTOR, SIZE = 512, 1 << 20
STOPPED = 3
WALL = "2026-11-21T09:00:00Z"
IDENTITY = DriveIdentity("DEMO", "DEMO-1", "5000000000000001", "1.0", "ata", "", "simulated", IdentityGrade.A)
AREAS = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, SIZE)
DEVICE = BlockDevice("sim:sda", "sda", 0, 0, 1, SIZE, IDENTITY, simulated=True)
FACTS = DriveFacts(DEVICE, SIZE, SECTOR, SECTOR, False, True, False, "none", AREAS)
CONTEXT = RunContext(FACTS, "overwrite.keystream", 1, "purge-preferred", "LOT", "ETB-1", "op-1", None, None)


def report(run_id: str) -> ErasureReport:
    return ErasureReport(
        run_id=run_id,
        facts=FACTS,
        identity_after=IDENTITY,
        method_requested="overwrite.keystream",
        method_achieved="overwrite.keystream",
        method_version=1,
        level=Level.CLEAR,
        verdict=VerdictWord.ERASED,
        reasons=(),
        exceptions=(),
        phases=(),
        verification=Verification("full", "aes-256-ctr", "b" * 64, "", FACTS.sectors, 0, 0),
        bad=BadRanges(),
        started_wall=WALL,
        ended_wall=WALL,
        duration_ms=9,
        resumed=0,
        evidence=({"what": "facts", "data": {"filling": "x" * 3000}},),
        simulated=True,
    )


def keep(station: Station, number: int, promise: Callable[[str], None]) -> None:
    """Take so many runs from their opening to a receipt. Raises what the bench raises."""
    for _ in range(number):
        run_id = os.urandom(16).hex()
        station.journal.open_run(run_id, CONTEXT)
        station.journal.record(JournalEntry(run_id, EntryKind.INTENT, {"key": "00"}))
        station.journal.record(JournalEntry(run_id, EntryKind.CHECKPOINT, {"offset": SECTOR}))
        signed = station.journal.close_run(report(run_id), CONTEXT)
        promise(signed.id)
        waiting = station.outbox.queued(signed.id)
        assert waiting is not None
        station.outbox.confirm(waiting, {"id": signed.id})


def wrongs(state: Path, promised: set[str]) -> list[str]:
    """Judge what lies there after a fault, then after the next start; none when every promise holds."""
    if not (state / KEY_FILE).exists():
        return ["a promise without a key"] if promised else []
    public = SigningKey.load(state / KEY_FILE).public.raw
    stick = read_stick(state)
    found = [*chain(stick, public), *runs(stick)]
    found += [f"lost: {name}" for name in promised - {one.id for one in stick.statements}]
    with open_station(state, demo=True) as station:
        keep(station, 1, promised.add)
        if station.trouble is not None:
            found.append(f"the second copy was not repaired: {station.trouble}")
    after = read_stick(state)
    found += [*chain(after, public), *runs(after), *copy(after)]
    if after.copied is None or len(after.copied) != len(after.statements):
        found.append("the second copy is not whole after the next start")
    if [one.id for one in after.statements][: len(stick.statements)] != [one.id for one in stick.statements]:
        found.append("a statement is gone after the next start")
    return found + [f"lost later: {name}" for name in promised - {one.id for one in after.statements}]


def kept(state: Path, number: int) -> int:
    """Keep records in a folder until done, or until the bench says that it cannot: exit status 0 or `STOPPED`."""
    try:
        with open_station(state, demo=True) as station:
            keep(station, number, lambda name: print(name, flush=True))
    except (StationError, JournalError, CertificateError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(kept(Path(sys.argv[1]), int(sys.argv[2])))
