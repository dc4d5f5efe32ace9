"""Reports as text: both layouts, four families, the traps of the wording and of the bytes; absent is never zero."""

from collections.abc import Callable
from typing import Any

import pytest

from diagnostics.dump import dumped_documents, text_of
from diagnostics.errors import UnreadableReport
from diagnostics.health import HealthReport, HealthVerdict, assess_text
from diagnostics.reading import Protocol, decode
from diagnostics.text_lines import whole
from tests.diagnostics.text_reports import ATA_A, ATA_INFORMATION, ATA_X, HEADER, NVME, SCSI, STATUS, TABLE_A

Make = Callable[..., Any]


def codes(report: HealthReport) -> set[str]:
    return {reason.code for reason in report.reasons}


def test_the_a_layout_gives_identity_hours_packed_counters_and_what_failed_in_the_past() -> None:
    report = assess_text(ATA_A)
    identity = report.identity
    assert (identity.model, identity.serial, identity.wwn) == ("DEMO HDD", "DEMO-0001", "5000000000000001")
    assert (identity.size_bytes, identity.logical_sector, identity.physical_sector) == (500_107_862_016, 512, 4096)
    assert (identity.protocol, identity.grade, report.hours, report.temperature) == (Protocol.ATA, "A", 1234, 36)
    assert (report.verdict, report.exit_status, report.security) == ("review", None, "Disabled, frozen [SEC2]")
    assert [(r.code, r.attribute, r.value) for r in report.reasons] == [
        ("ata.threshold-past", "190", 64),
        ("ata.command-timeout", "188", 2),
    ]


def test_the_x_layout_gives_the_same_from_flags_and_from_the_temperature_log() -> None:
    report = assess_text(ATA_X)
    assert (report.verdict, report.hours, report.temperature, report.complete) == ("ok", 1234, 31, True)
    assert [(r.code, r.value) for r in report.reasons] == [("smart.error-log", 3), ("ata.command-timeout", 4)]
    assert assess_text(ATA_X.replace("        31 Celsius", "        61 Celsius")).verdict is HealthVerdict.REVIEW


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        (ATA_X.replace("PASSED", "FAILED!"), "reject", "smart.failing"),
        (ATA_X.replace("100   100   010    -    0", "001   001   005    NOW  0"), "reject", "ata.threshold-now"),
        (ATA_X.replace("099   099   000    -", "001   001   005    NOW "), "review", "ata.age-threshold"),
        (ATA_X.replace("197 Current_Pending_Sector  -O--C-   100   100   000    -    0",
                       "197 Current_Pending_Sector  -O--C-   100   100   000    -    8"), "review", "ata.pending"),
        (ATA_X.replace("PASSED", "UNKNOWN!"), "unknown", "smart.no-status"),
        (ATA_X.replace(STATUS, ""), "unknown", "smart.no-status"),
        (HEADER + ATA_INFORMATION + STATUS, "unknown", "smart.no-counters"),
        (ATA_X.replace("PASSED\n", "PASSED\nWarning: This result is based on an Attribute check.\n"),
         "review", "exit.incomplete"),
        (ATA_X.replace("Completed without error", "Completed: read failure"), "review", "smart.self-test-failed"),
        (ATA_X.replace("100   100   000    -    0\n198", "100   100   000    -\n198"), "review", "smart.unreadable"),
        (ATA_X.replace("1234h+05m+10.200s", "4661094"), "ok", "hours.implausible"),
        (NVME.replace("0x00\nTemp", "0x02\nTemp").replace("PASSED", "FAILED!"), "review", "nvme.temperature"),
        (NVME.replace("0x00\nTemp", "0x10\nTemp").replace("PASSED", "FAILED!"), "reject", "nvme.backup-device"),
        (NVME.replace("0x00\nTemp", "hot\nTemp"), "unknown", "nvme.no-warning"),
        (NVME.replace(" 3%", " 255%"), "reject", "nvme.worn-out"),
        (NVME.replace("Integrity Errors:    0", "Integrity Errors:    7"), "review", "nvme.media-errors"),
        (NVME.replace("Integrity Errors:    0", "Integrity Errors:    seven"), "review", "smart.unreadable"),
        (SCSI.replace("defect list: 0", "defect list: 260"), "review", "scsi.grown-defects"),
        (SCSI.replace("38280.029           0", "38280.029         535"), "review", "scsi.uncorrected"),
        (SCSI.replace("defect list: 0", "defect list: many"), "review", "smart.unreadable"),
        (SCSI.replace("Status: OK", "Status: FAILURE PREDICTION THRESHOLD EXCEEDED [asc=5d, ascq=10]"),
         "reject", "smart.failing"),
        (SCSI.replace("Status: OK", "Status: Not yet known"), "unknown", "smart.no-status"),
    ],
)  # fmt: skip
def test_one_line_changes_the_verdict(text: str, verdict: str, code: str) -> None:
    report = assess_text(text)
    assert (str(report.verdict), code in codes(report)) == (verdict, True)


def test_an_nvme_report_counts_all_namespaces_and_knows_its_wear() -> None:
    report = assess_text(NVME)
    assert (report.verdict, report.hours, report.temperature) == ("ok", 8683, 31)
    assert (report.identity.size_bytes, report.identity.protocol) == (512_110_190_592, Protocol.NVME)
    assert report.identity.wwn == "eui.0000000000000002"
    without = assess_text(NVME.replace("Total NVM Capacity", "Other Capacity"))
    assert without.identity.size_bytes == 2 * 256_055_095_296


def test_a_sas_report_has_no_table_and_is_read_by_its_own_counters() -> None:
    report = assess_text(SCSI)
    assert (report.verdict, report.hours, report.temperature, report.complete) == ("ok", 146, 32, True)
    assert (report.identity.model, report.identity.serial, report.identity.size_bytes) == (
        "DEMO SAS300", "DEMO-0003", 300_000_000_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("500,107,862,016", 500_107_862_016), ("500 107 862 016", 500_107_862_016), ("5.107.862.016", 5_107_862_016),
        ("500’107’862’016", 500_107_862_016), ("500\u202f107\u202f862\u202f016", 500_107_862_016),
        ("500\xa0107\xa0862\xa0016", 500_107_862_016), ("5,00,10,78,62,016", 500_107_862_016),
        ("500\ufffd107\ufffd862\ufffd016", 500_107_862_016), ("500107862016", 500_107_862_016), ("0", 0),
        ("500,107,862,01", None), ("5001,07", None), ("-5", None), ("", None), ("12 MB", None), ("1" * 5000, None),
    ],
)  # fmt: skip
def test_thousands_are_grouped_as_a_locale_does_and_never_guessed(shown: str, number: int | None) -> None:
    assert whole(f"{shown} bytes [x]", "bytes") == number
    assert whole(f"{shown} [x]") == number


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_report_in_any_encoding_and_with_the_line_ends_of_any_system_is_read(encoding: str) -> None:
    report = ATA_X.replace("500,107,862,016", "500\xa0107\xa0862\xa0016").replace("\n", "\r\n")
    read = assess_text(text_of(report.encode(encoding)))
    assert (read.verdict, read.identity.size_bytes) == ("ok", 500_107_862_016)


def test_a_serial_with_blanks_inside_keeps_them_and_loses_the_outer_ones() -> None:
    assert assess_text(ATA_X.replace("DEMO-0001", " WD DEMO 12345 ")).identity.serial == "WD DEMO 12345"


def test_a_table_that_the_text_breaks_off_is_looked_at() -> None:
    report = assess_text(HEADER + ATA_INFORMATION + STATUS + TABLE_A.partition("197 ")[0])
    assert ("smart.unreadable" in codes(report), report.verdict) == (True, "review")


def test_two_reports_in_one_text_are_two_drives_and_the_worse_comes_first() -> None:
    other = ATA_X.replace("DEMO-0001", "DEMO-0009").replace("PASSED", "FAILED!")
    report = assess_text(ATA_X + other)
    assert (report.identity.serial, report.verdict, [one.verdict for one in report.others]) == (
        "DEMO-0009", "reject", ["ok"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "/dev/sda: Unknown USB bridge [0x0000:0x0000 (0x100)]",
        "Smartctl open device: /dev/sda failed: Permission denied",
        "/dev/sda: Unable to detect device type",
    ],
)
def test_a_report_that_could_not_open_the_drive_is_unknown(line: str) -> None:
    report = assess_text(f"{HEADER}{line}\nPlease specify device type with the -d option.\n")
    assert (report.verdict, "exit.incomplete" in codes(report)) == ("unknown", True)


def test_a_raid_volume_that_answers_for_its_disks_is_no_disk() -> None:
    report = assess_text(SCSI.replace("Product:              SAS300", "Product:              MR9361-16i Volume")
                         .replace("Vendor:               DEMO", "Vendor:               AVAGO"))  # fmt: skip
    assert (report.verdict, report.identity.grade) == ("unknown", "C")


def test_text_and_json_of_one_drive_are_decoded_alike(ata: Make) -> None:
    (document,) = dumped_documents(ATA_X)
    assert isinstance(document, dict)
    told, meant = decode(document), decode(ata((5, "0"), (9, "1234"), power_on_time={"hours": 1234}))
    for name in ("model", "serial", "wwn", "firmware", "size_bytes", "physical_sector", "protocol", "grade"):
        assert getattr(told.identity, name) == getattr(meant.identity, name), name
    assert (told.passed, told.smart_enabled, told.hours_raw) == (meant.passed, meant.smart_enabled, meant.hours_raw)


def test_a_json_file_of_smartctl_that_is_cut_is_unknown_and_other_text_is_refused() -> None:
    report = assess_text('{"smartctl": {"exit_status": 0}, "smart_status": {"passed": true')
    assert report.verdict is HealthVerdict.UNKNOWN
    for text in ("", "hello", '{"verdict": "ok"', "\x00\x01"):
        with pytest.raises(UnreadableReport):
            assess_text(text)
