"""The table of exit statuses in the room's README is what the code ends with."""

import re
from pathlib import Path

from diagnostics.health import HealthVerdict
from station_agent.commands.health import STATUS
from station_agent.commands.sync import OPEN
from station_agent.errors import ChainLocked, KeyLost, RecordingFailed, UsageError
from station_agent.exit_status import BY_VERDICT, ExitStatus
from station_agent.labels.printers import PrinterError
from station_agent.suspension import CannotSuspend

README = Path(__file__).resolve().parents[2] / "station_agent" / "README.md"


def table() -> dict[str, dict[int, str]]:
    text = README.read_text(encoding="utf-8").partition("### Exit statuses\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    statuses = [int(cell) for cell in rows[0][1:]]
    return {
        name: {status: cell for status, cell in zip(statuses, row[1:], strict=True) if cell}
        for row in rows[2:]
        for name in re.findall(r"`([^`]+)`", row[0])
    }


def test_erase_has_a_column_for_every_verdict_and_the_open_state() -> None:
    row = table()["erase"]
    assert set(row) == {int(status) for status in ExitStatus} - {int(ExitStatus.USAGE)}
    for verdict, status in BY_VERDICT.items():
        assert verdict.removeprefix("ERASED_").split("_")[-1].lower() in row[int(status)].lower()
    assert "still open" in row[int(ExitStatus.OPEN)]


def test_the_other_commands_end_as_their_row_says() -> None:
    told = table()
    assert set(told["plan"]) == {int(one) for one in (ExitStatus.ERASED, ExitStatus.EXCEPTIONS, ExitStatus.REFUSED)}
    assert set(told["health"]) == set(STATUS.values())
    assert told["health"][STATUS[HealthVerdict.REJECT]] == "failing"
    assert told["health"][STATUS[HealthVerdict.UNKNOWN]] == "unknown"
    assert set(told["sync"]) == {0, OPEN}
    assert set(told["receipts"]) == set(told["restore-copy"]) == {0, OPEN}
    assert set(told["record"]) == {0, RecordingFailed.exit_status}
    assert set(told["unfreeze"]) == {0, int(ExitStatus.OPEN), CannotSuspend.exit_status}
    assert set(told["unlock"]) == {0, int(ExitStatus.FAILED), int(ExitStatus.REFUSED)}
    assert all(set(told[name]) == {0} for name in ("report", "diagnose", "check", "outbox", "export", "disks", "enrol"))
    assert set(told["label"]) == {0, PrinterError.exit_status}
    assert (UsageError.exit_status, ChainLocked.exit_status, KeyLost.exit_status) == (2, 30, 30)


def test_every_command_has_a_row() -> None:
    from station_agent.app import COMMANDS, OPERATOR_COMMANDS

    inner = {"policy add", *(f"operator {name}" for name, _ in OPERATOR_COMMANDS)}
    assert {name for name, _, _ in COMMANDS} | inner == set(table())
