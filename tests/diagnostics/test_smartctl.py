"""Running smartctl: evidence is kept, bridges are tried, a drive that does not answer is left alone."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from diagnostics.errors import NotResponding, ToolError, UnreadableReport
from diagnostics.health import HealthVerdict, assess
from diagnostics.smartctl import BRIDGE_TYPES, ToolRun, arguments_for, members, read_as, read_drive, run_tool

Document = dict[str, Any]
Make = Callable[..., Any]


class Bench:
    """Answers like smartctl, by device type; keeps what was asked."""

    def __init__(self, answers: dict[str, Any], otherwise: Any) -> None:
        self.answers, self.otherwise = answers, otherwise
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, arguments: Sequence[str], time_limit: float) -> ToolRun:
        self.asked.append(tuple(arguments))
        kind = arguments[arguments.index("-d") + 1] if "-d" in arguments else ""
        document = self.answers.get(kind, self.otherwise)
        text = document if isinstance(document, str) else json.dumps(document)
        status = 0 if isinstance(document, str) else document["smartctl"]["exit_status"]
        return ToolRun(tuple(arguments), text, "", status)


def silent(kind: str = "scsi") -> Document:
    return {"smartctl": {"version": [7, 4], "exit_status": 2}, "device": {"type": kind, "protocol": "SCSI"}}


def test_a_drive_that_reads_well_is_read_once(ata: Make) -> None:
    bench = Bench({"": ata((5, "0"))}, silent())
    found = read_drive("/dev/demo", run=bench)
    assert (found.device_type, len(bench.asked), found.tool_is_old) == ("", 1, False)
    assert assess(found.reading).verdict is HealthVerdict.OK


def test_the_arguments_are_a_list_and_the_device_cannot_be_taken_for_an_option() -> None:
    assert arguments_for("-d", "sat")[-2:] == ("--", "-d")
    assert arguments_for("/dev/demo")[:5] == ("smartctl", "--json=o", "-x", "-n", "never")


def test_a_drive_behind_a_bridge_is_found_by_the_first_type_that_reads_well(ata: Make) -> None:
    bench = Bench({"usbjmicron,0": ata((5, "3")), "usbjmicron,1": ata((5, "4"))}, silent())
    found = read_drive("/dev/demo", run=bench)
    assert found.device_type == "usbjmicron,0"
    assert [row.count for row in found.reading.attributes] == [3]
    assert len(found.calls) == len(bench.asked) == 1 + BRIDGE_TYPES.index("usbjmicron,0") + 1


def test_a_drive_that_no_type_reads_well_keeps_its_first_reading_and_is_unknown() -> None:
    bench = Bench({"sntjmicron": "no json"}, silent())
    found = read_drive("/dev/demo", run=bench)
    assert (found.device_type, len(bench.asked)) == ("", 1 + len(BRIDGE_TYPES))
    assert assess(found.reading).verdict is HealthVerdict.UNKNOWN


def test_smart_is_switched_on_once_where_it_is_off_and_read_again(ata: Make) -> None:
    off = ata((5, "0"), smart_support={"available": True, "enabled": False})
    del off["smart_status"]
    readings = [off, {"smartctl": {"exit_status": 0}}, ata((5, "0"))]
    asked = []

    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        asked.append(tuple(arguments))
        return ToolRun(tuple(arguments), json.dumps(readings.pop(0)), "", 0)

    found = read_drive("/dev/demo", run=run)
    assert asked[1] == ("smartctl", "-s", "on", "--", "/dev/demo")
    assert (found.reading.passed, len(found.calls)) == (True, 3)


def test_smart_that_stays_off_is_switched_on_once_whatever_types_are_tried(ata: Make) -> None:
    off = ata((5, "0"), smart_support={"available": True, "enabled": False})
    del off["smart_status"]
    asked = []

    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        asked.append(tuple(arguments))
        return ToolRun(tuple(arguments), json.dumps(off), "", 0)

    found = read_drive("/dev/demo", run=run)
    assert sum("-s" in call for call in asked) == 1
    assert (len(found.calls), found.device_type) == (len(asked), "")
    assert assess(found.reading).verdict is HealthVerdict.UNKNOWN


def test_a_drive_behind_a_bridge_is_switched_on_by_its_own_type(ata: Make) -> None:
    off, asked = ata((5, "0"), smart_support={"available": True, "enabled": False}), []
    del off["smart_status"]

    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        asked.append(tuple(arguments))
        on = any("-s" in call for call in asked)
        answer = (ata((5, "0")) if on else off) if "sat" in arguments else silent()
        return ToolRun(tuple(arguments), json.dumps(answer), "", 0)

    found = read_drive("/dev/demo", run=run)
    assert ("smartctl", "-s", "on", "-d", "sat", "--", "/dev/demo") in asked
    assert (found.device_type, found.reading.passed) == ("sat", True)


def test_the_members_of_a_raid_are_found_by_scanning_and_read_by_their_own_type(ata: Make) -> None:
    scan = {
        "smartctl": {"exit_status": 0},
        "devices": [
            {"name": "/dev/sda", "type": "scsi"},
            {"name": "/dev/bus/0", "type": "megaraid,3"},
            {"name": "/dev/bus/0", "type": "sat+megaraid,4"},
            {"name": "", "type": "megaraid,5"},
            "junk",
        ],
    }
    bench = Bench({"megaraid,3": ata((5, "8"))}, scan)
    assert members(run=bench) == (("/dev/bus/0", "megaraid,3"), ("/dev/bus/0", "sat+megaraid,4"))
    assert assess(read_as("/dev/bus/0", "megaraid,3", run=bench).reading).verdict is HealthVerdict.REVIEW


def test_the_exit_status_of_the_process_is_believed_before_the_one_in_the_document(ata: Make) -> None:
    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        return ToolRun(tuple(arguments), json.dumps(ata((5, "0"))), "", 8)

    found = read_drive("/dev/demo", run=run)
    assert found.reading.exit_status == 8
    assert assess(found.reading).verdict is HealthVerdict.REJECT


def test_a_tool_that_prints_no_json_is_an_error() -> None:
    with pytest.raises(UnreadableReport):
        read_drive("/dev/demo", run=Bench({}, "Segmentation fault"))


def test_an_old_tool_is_named_as_such(ata: Make) -> None:
    document = ata((5, "0"))
    document["smartctl"]["version"] = [7, 3]
    assert read_drive("/dev/demo", run=Bench({"": document}, silent())).tool_is_old


@pytest.mark.world
def test_output_and_exit_status_of_a_process_are_kept_as_evidence() -> None:
    program = "import os, sys; print(os.environ['LC_ALL'], '\\u00e9'); print('oops', file=sys.stderr); sys.exit(216)"
    done = run_tool([sys.executable, "-X", "utf8", "-c", program], 30)
    assert (done.stdout, done.stderr, done.exit_status) == ("C é\n", "oops\n", 216)
    assert done.to_document()["arguments"][0] == sys.executable


@pytest.mark.world
def test_a_program_that_does_not_exist_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="cannot be started"):
        run_tool([str(tmp_path / "smartctl")], 5)


@pytest.mark.world
def test_a_program_that_hangs_is_killed_with_all_its_children(tmp_path: Path) -> None:
    program, note = tmp_path / "smartctl", tmp_path / "child"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {note}\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    started = time.monotonic()
    with pytest.raises(NotResponding, match="did not answer within 1 s"):
        read_drive("/dev/demo", program=str(program), time_limit=1)
    assert time.monotonic() - started < 20
    assert gone(int(note.read_text(encoding="utf-8")))


def gone(pid: int) -> bool:
    """Say whether a process has ended, within five seconds (a zombie has)."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
