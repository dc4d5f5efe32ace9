"""The second reader must agree; its own known faults are told apart from real differences."""

import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from diagnostics.agreement import SecondReading, compare
from diagnostics.dump import dumped_documents, text_of
from diagnostics.errors import NotResponding, UnreadableReport
from diagnostics.reading import decode
from diagnostics.second_reader import agreement_on, read_second
from diagnostics.smartctl import ToolRun

Document = dict[str, Any]
Make = Callable[..., Any]

SIZE = 500_107_862_016

REPORT = """smartctl 7.4 2023-08-01 r5530 [x86_64-linux-demo] (local build)
Copyright (C) 2002-23, Bruce Allen, Christian Franke, www.smartmontools.org

=== START OF INFORMATION SECTION ===
Device Model:     DEMO HDD
Serial Number:    DEMO-0001
LU WWN Device Id: 5 000000 000000001
Firmware Version: 1.0
User Capacity:    500,107,862,016 bytes [500 GB]
Sector Sizes:     512 bytes logical, 4096 bytes physical
Rotation Rate:    7200 rpm
Device is:        Not in smartctl database [for details use: -P showall]
ATA Version is:   ACS-3 T13/2161-D revision 5
SATA Version is:  SATA 3.1, 6.0 Gb/s (current: 6.0 Gb/s)
SMART support is: Available - device has SMART capability.
SMART support is: Enabled

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED
"""


@pytest.mark.parametrize(
    ("second", "state", "expected"),
    [
        (SecondReading("DEMO HDD", "DEMO-0001", SIZE), "agree", []),
        (SecondReading("DEMO  HDD ", "DEMO-0001", SIZE), "agree", []),
        (SecondReading("DEMO HDD", "DEMO-0001", None), "agree", []),
        (SecondReading("ADD-ON", "DEMO-0001", SIZE), "explained", [("model", "additional-product-id")]),
        (SecondReading("DEMO HDD", "DEMO-0002", SIZE), "differs", [("serial", "")]),
        (SecondReading("DEMO HDD", "DEMO", SIZE), "differs", [("serial", "")]),
        (SecondReading("OTHER", "DEMO-0001", SIZE), "differs", [("model", "")]),
        (SecondReading("DEMO HDD", "DEMO-0001", SIZE - 512), "differs", [("size_bytes", "")]),
        (SecondReading("ADD-ON", "X", SIZE), "differs", [("model", "additional-product-id"), ("serial", "")]),
        (SecondReading("", "DEMO-0001", SIZE), "explained", [("model", "not-told")]),
        (SecondReading("DEMO HDD", "", SIZE), "explained", [("serial", "not-told")]),
        (SecondReading("", "", None), "absent", []),
        (None, "absent", []),
    ],
)
def test_differences_are_found_and_known_faults_explained(
    ata: Make, second: SecondReading | None, state: str, expected: Any
) -> None:
    agreement = compare(decode(ata()).identity, second, additional_id="ADD-ON")
    assert (agreement.state, [(one.field, one.explained) for one in agreement.differences]) == (state, expected)
    assert agreement.blocks_certificate is (state == "differs")


@pytest.mark.parametrize(("first", "second"), [("WD DEMO 12345", "WD"), ("DEMO:1", "DEMO")])
def test_a_serial_cut_at_its_first_blank_or_colon_is_a_known_fault(ata: Make, first: str, second: str) -> None:
    agreement = compare(decode(ata(serial_number=first)).identity, SecondReading("DEMO HDD", second, SIZE))
    assert [(one.field, one.explained) for one in agreement.differences] == [("serial", "cut-at-blank")]


def test_a_vendor_that_is_left_out_is_a_known_fault_of_scsi_only(ata: Make, scsi: Document) -> None:
    agreement = compare(decode(scsi).identity, SecondReading("SAS 300", "DEMO-0003", 300_000_000_000))
    assert [(one.field, one.explained) for one in agreement.differences] == [("model", "vendor-left-out")]
    assert compare(decode(ata()).identity, SecondReading("HDD", "DEMO-0001", SIZE)).state == "differs"


def test_the_first_namespace_alone_is_a_known_fault_only_where_there_are_several(nvme: Make) -> None:
    identity, second = decode(nvme()).identity, SecondReading("DEMO NVMe", "DEMO-0002", 1000)
    assert compare(identity, second, namespaces=2).state == "explained"
    assert compare(identity, second, namespaces=1).state == "differs"


def test_a_device_type_that_the_second_reader_does_not_know_is_not_asked_for() -> None:
    def never(arguments: Sequence[str], time_limit: float) -> ToolRun:
        raise AssertionError(arguments)

    assert read_second("/dev/demo", "usbjmicron,0", run=never) is None


def test_its_answer_is_read_from_json_and_its_failure_is_nothing() -> None:
    told = {"model": "DEMO HDD", "serial": "DEMO-0001", "size": SIZE}
    answers = [(json.dumps(told), 0), ("Traceback", 1), ("no json", 0)]

    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        assert arguments[1:4] == ("-m", "diagnostics.second_reader", "/dev/demo")
        text, status = answers.pop(0)
        return ToolRun(tuple(arguments), text, "", status)

    assert read_second("/dev/demo", run=run) == SecondReading("DEMO HDD", "DEMO-0001", SIZE)
    assert read_second("/dev/demo", run=run) is None
    with pytest.raises(UnreadableReport):
        read_second("/dev/demo", run=run)


@pytest.mark.parametrize(
    ("answer", "status", "state"),
    [
        (json.dumps({"model": "DEMO HDD", "serial": "DEMO-0001", "size": SIZE}), 0, "agree"),
        (json.dumps({"model": "DEMO HDD", "serial": "DEMO-0009", "size": SIZE}), 0, "differs"),
        ("Traceback", 1, "absent"),
        ("no json", 0, "absent"),
    ],
)
def test_a_drive_is_compared_by_its_document_and_a_second_reader_that_fails_blocks_nothing(
    ata: Make, answer: str, status: int, state: str
) -> None:
    def run(arguments: Sequence[str], time_limit: float) -> ToolRun:
        return ToolRun(tuple(arguments), answer, f"{time_limit}", status)

    agreement = agreement_on("/dev/demo", ata(), run=run)
    assert (agreement.state, agreement.blocks_certificate) == (state, state == "differs")


def test_a_second_reader_that_hangs_has_said_nothing(ata: Make) -> None:
    def hang(arguments: Sequence[str], time_limit: float) -> ToolRun:
        raise NotResponding(f"{arguments[0]} did not answer within {time_limit:g} s")

    assert agreement_on("/dev/demo", ata(), run=hang).state == "absent"


def fake_smartctl(folder: Path, body: str) -> None:
    program = folder / "smartctl"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def own_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fixtures_folder: Path) -> Path:
    """A folder whose `smartctl` is found first by a child process that can import this checkout."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(fixtures_folder.parent))
    return tmp_path


@pytest.mark.world
def test_pysmart_reads_in_a_process_of_its_own_and_leaves_this_one_alone(
    own_process: Path, monkeypatch: pytest.MonkeyPatch, ata: Make
) -> None:
    import sys

    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    (own_process / "report.txt").write_text(REPORT, encoding="utf-8")
    fake_smartctl(own_process, f"cat {own_process}/report.txt")
    second = read_second("/dev/demo", "sat", time_limit=60)
    assert compare(decode(ata()).identity, second).state == "agree"
    assert "pySMART" not in sys.modules
    assert os.environ["LANG"] == "fr_FR.UTF-8"


@pytest.mark.world
def test_a_drive_that_hangs_the_second_reader_does_not_hang_the_bench(own_process: Path) -> None:
    import time

    fake_smartctl(own_process, "exec sleep 300")
    started = time.monotonic()
    with pytest.raises(NotResponding):
        read_second("/dev/demo", "sat", time_limit=3)
    assert time.monotonic() - started < 20


@pytest.mark.world
def test_pysmart_that_reads_another_serial_than_the_json_reader_differs(own_process: Path, ata: Make) -> None:
    (own_process / "report.txt").write_text(REPORT.replace("DEMO-0001", "DEMO-0009"), encoding="utf-8")
    fake_smartctl(own_process, f"cat {own_process}/report.txt")
    agreement = agreement_on("/dev/demo", ata(), time_limit=60)
    assert (agreement.state, [one.field for one in agreement.differences]) == ("differs", ["serial"])


RECORDED = Path(os.environ.get("ETABLI_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "hardware-data"
SINGLE = RECORDED / "py-smart/tests/dataset/singletests"
CASES = ("sata_ssd_0_issue_49/_-d_ata_--all__dev_sda", "nvme_12_issue_89/_-d_nvme_--all__dev_nvme0",
         "sata_ssd_1_issue_72/_-d_ata_--all__dev_sda", "sas_hdd_0_issue_51/_-d_scsi_--all__dev_sdc",
         "nvme_usb_asmedia_issue_97/_-d_sntasmedia_--all__dev_sda")  # fmt: skip


@pytest.mark.world
@pytest.mark.skipif(not SINGLE.is_dir(), reason="recorded hardware data is not present")
@pytest.mark.parametrize("case", CASES)
def test_pysmart_and_the_text_reader_name_a_recorded_drive_alike(own_process: Path, case: str) -> None:
    (document,) = dumped_documents(text_of((SINGLE / case).read_bytes()))
    assert isinstance(document, dict)
    document["device"]["type"] = case.partition("/_-d_")[2].partition("_")[0]
    fake_smartctl(own_process, f"cat '{SINGLE / case}'")
    state = agreement_on("/dev/demo", document, time_limit=60).state
    if state not in ("agree", "explained"):
        pytest.fail(f"{case}: {state}", pytrace=False)
