"""A bench whose records hold what a workshop keeps: erased, failed and graded."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.hidden import AreaState, HiddenAreas
from erasure.outcome import Level, Reason, ReasonCode, VerdictWord, Verification
from station_agent.run_context import RunContext
from station_agent.signing import Signed
from station_agent.station import Station

TAG = "ETA-7F3K2QD"
SIZE = 64 * 512
MACHINE = {
    "chassis": "laptop",
    "identity_grade": "A",
    "identity_source": "dmi",
    "maker": "DEMO Computers",
    "model": "DEMO Book 14",
    "serial": "DEMO-LAPTOP-0001",
    "uuid": "",
}
GRADE = {"letter": "B", "policy": "p", "policy_version": 1}


def facts_of(serial: str, model: str = "DEMO HDD") -> DriveFacts:
    """A simulated drive of its own serial."""
    identity = DriveIdentity(model, serial, "", "1.0", "ata", "", "simulated", IdentityGrade.A)
    device = BlockDevice("sim:sda", "sda", 0, 0, 1, SIZE, identity, simulated=True)
    return DriveFacts(device, SIZE, 512, 512, False, True, False, "none", HiddenAreas(*[AreaState.NONE] * 3, SIZE))


@pytest.fixture
def keep_run(
    station: Station, make_context: Callable[..., RunContext], make_report: Callable[..., Any]
) -> Callable[..., str]:
    """Closes a run on a drive and gives the id of its statement."""

    def keep(
        serial: str = "DEMO-0001", verdict: str = "ERASED", asset: str = TAG, lot: str = "LOT-1", **more: Any
    ) -> str:
        run_id = os.urandom(16).hex()
        facts = facts_of(serial, more.pop("model", "DEMO HDD"))
        context = replace(make_context(facts=facts), asset=asset, lot=lot)
        station.journal.open_run(run_id, context)
        changes: dict[str, Any] = {"verdict": VerdictWord(verdict)}
        if verdict != "ERASED":
            code = ReasonCode.WRITE_ERROR if verdict == "FAILED" else ReasonCode.STUCK
            changes |= {"level": Level.NONE, "reasons": (Reason(code, "said by a test"),)}
        if verdict == "NOT_ERASED":
            changes |= {"method_achieved": "", "phases": (), "verification": Verification("none", "", "", "", 0, 0, 0)}
        report = make_report(run_id, facts=facts, **changes)
        return station.journal.close_run(report, context).id

    return keep


@pytest.fixture
def keep_diagnosis(station: Station) -> Callable[..., str]:
    """Keeps the diagnosis of a machine and gives the id of its statement."""

    def keep(asset: str = TAG, serials: tuple[str, ...] = (), letter: str = "B", lot: str = "LOT-1") -> str:
        drives = [{"identity": {"model": "DEMO HDD", "serial": serial}} for serial in serials]
        report = {"machine": {}, "drives": drives, "batteries": [], "checks": [], "grade": {**GRADE, "letter": letter}}
        facts = {
            "subject": {"drive": None, "machine": dict(MACHINE)},
            "lot": lot,
            "asset": asset,
            "operator": "op-1",
            "simulated": True,
            "report": report,
        }
        with station.store.transaction() as connection:
            signed: Signed = station.chain.append(connection, "diagnostics", facts, run_id=None)
        return signed.id

    return keep


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"
