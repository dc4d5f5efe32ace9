"""EA-13: the method on record is what went over the wire: journal, report and a tap of the test's own agree."""

from pathlib import Path
from typing import Any

from tests.erasure.assertions.cases import EACH_FIXTURE, EACH_METHOD, SUCCESS, Tried, attempt, fixture
from tests.erasure.plans.wire import ata_meaning, scsi_meaning

STEP_WORDS = ("limits", "password", "emmc range", "emmc erase", "opal.psid-revert")


def announced(tried: Tried) -> list[str]:
    """Methods of the commands that the journal announced before they were sent."""
    return [str(entry.data.get("method", "")) for entry in tried.table.entries if str(entry.kind) == "COMMANDED"]


def traced(tried: Tried) -> list[str]:
    """What the report's own trace says of SCSI and ATA commands, read by the test's decoder."""
    report = tried.table.report
    items = [item["data"]["asked"] for item in (report.evidence if report else ()) if item["what"] == "command"]
    cdbs = [bytes.fromhex(item["cdb"]) for item in items if item.get("port") == "scsi"]
    return [word for cdb in cdbs if (word := meaning(cdb))]


def meaning(cdb: bytes) -> str:
    """Name a CDB of the trace: data that were sent are not in it, so that a security erase has no strength."""
    if cdb[0] == 0x85 and cdb[14] == 0xF4:
        return "ata.security"
    return scsi_meaning(cdb, b"\0\0") if cdb[0] != 0x85 else ata_meaning(cdb, b"\0\0")


def assert_recorded(tried: Tried, method: str) -> None:
    on_wire = [word for word in tried.destructive if word not in STEP_WORDS]
    if tried.verdict in SUCCESS and not method.startswith("overwrite."):
        assert tried.ending.method in on_wire or "started elsewhere" in str(tried.ending.exceptions)
    assert len(announced(tried)) == len(tried.destructive)
    assert set(on_wire) <= set(announced(tried))
    wired = ["ata.security" if word.startswith("ata.security") else word for word in tried.destructive]
    expected = [word for word in wired if word.startswith(("ata", "scsi", "limits", "password"))]
    assert sorted(traced(tried)) == sorted(expected)


@EACH_METHOD
def test_what_is_recorded_is_what_was_sent(tmp_path: Path, table: dict[str, Any], method: str) -> None:
    tried = attempt(tmp_path, table, method)
    assert (tried.verdict in SUCCESS, tried.objections) == (True, [])
    assert tried.ending.method == method
    assert_recorded(tried, method)
    if method.startswith("overwrite."):
        assert set(tried.destructive) <= {"limits"}


@EACH_FIXTURE
def test_every_fixture_is_sent_what_its_report_says(tmp_path: Path, name: str, method: str) -> None:
    tried = attempt(tmp_path, fixture(name), method)
    assert tried.objections == []
    assert_recorded(tried, method)
