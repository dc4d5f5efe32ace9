"""Every rule of the health policy fires on an invented drive, and on nothing less."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics.errors import PolicyError, UnreadableReport
from diagnostics.health import HealthReport, HealthVerdict, assess_document, assess_text
from diagnostics.health_policy import Severity, load_health_policy

Document = dict[str, Any]
Make = Callable[..., Any]


def codes(report: HealthReport) -> set[tuple[str, Severity]]:
    return {(reason.code, reason.severity) for reason in report.reasons}


def test_a_drive_with_status_and_clean_counters_is_healthy(ata: Make) -> None:
    report = assess_document(ata((5, "0"), (197, "0"), (198, "0")))
    assert report.verdict is HealthVerdict.OK
    assert report.reasons == ()
    assert report.complete


@pytest.mark.parametrize(
    ("number", "code", "verdict"),
    [
        (5, "ata.reallocated", "review"),
        (10, "ata.spin-retry", "review"),
        (187, "ata.reported-uncorrectable", "review"),
        (188, "ata.command-timeout", "ok"),
        (196, "ata.reallocation-events", "review"),
        (197, "ata.pending", "review"),
        (198, "ata.offline-uncorrectable", "reject"),
        (199, "ata.interface-crc", "ok"),
    ],
)
def test_a_counter_above_zero_gives_the_verdict_of_its_rule(ata: Make, number: int, code: str, verdict: str) -> None:
    report = assess_document(ata((number, "1")))
    assert [(reason.code, reason.attribute, reason.value) for reason in report.reasons] == [(code, str(number), 1)]
    assert report.verdict == verdict


def test_a_sector_still_pending_after_a_full_overwrite_rejects_the_drive(ata: Make) -> None:
    assert assess_document(ata((197, "2"))).verdict is HealthVerdict.REVIEW
    assert assess_document(ata((197, "2")), after_overwrite=True).verdict is HealthVerdict.REJECT


def test_a_drive_that_says_failed_is_rejected_though_its_raw_counters_look_harmless(ata: Make, row: Make) -> None:
    report = assess_document(
        ata(row(5, "0", value=1, thresh=5, prefail=True), (197, "3"), passed=False, exit_status=24)
    )
    assert report.verdict is HealthVerdict.REJECT
    assert ("ata.threshold-now", Severity.REJECT) in codes(report)
    assert ("ata.pending", Severity.REVIEW) in codes(report)


def test_an_old_age_attribute_at_its_threshold_is_looked_at_and_a_threshold_of_zero_means_nothing(
    ata: Make, row: Make
) -> None:
    assert assess_document(ata(row(190, "60", value=40, thresh=45))).verdict is HealthVerdict.REVIEW
    assert assess_document(ata(row(190, "60", value=0, thresh=0))).verdict is HealthVerdict.OK


def test_a_threshold_crossed_in_the_past_is_a_warning_not_a_failure(ata: Make, row: Make) -> None:
    report = assess_document(ata(row(190, "30", when_failed="past"), exit_status=32))
    assert report.verdict is HealthVerdict.REVIEW
    assert codes(report) == {("ata.threshold-past", Severity.REVIEW)}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (0, "ok"), (1, "unknown"), (2, "unknown"), (4, "review"), (8, "reject"), (16, "reject"), (32, "review"),
        (64, "ok"), (128, "review"), (216, "reject"), (8 + 4 + 2, "reject"),
    ],
)  # fmt: skip
def test_each_bit_of_the_exit_status_says_what_the_manual_says(ata: Make, status: int, verdict: str) -> None:
    assert assess_document(ata((5, "0"), exit_status=status)).verdict == verdict


def test_an_exit_status_given_by_the_caller_wins_over_the_stated_one(ata: Make) -> None:
    assert assess_document(ata((5, "0")), exit_status=8).verdict is HealthVerdict.REJECT


@pytest.mark.parametrize("missing", ["smart_status", "ata_smart_attributes"])
def test_a_drive_without_status_or_without_counters_is_unknown(ata: Make, missing: str) -> None:
    document = ata((5, "0"))
    del document[missing]
    report = assess_document(document)
    assert report.verdict is HealthVerdict.UNKNOWN
    assert not report.complete


@pytest.mark.parametrize("support", [False, {"available": True, "enabled": False}, {"available": False}])
def test_a_drive_with_smart_switched_off_says_so_and_is_unknown(ata: Make, support: object) -> None:
    document = ata((5, "0"), smart_support=support)
    del document["smart_status"]
    report = assess_document(document)
    assert report.verdict is HealthVerdict.UNKNOWN
    assert ("smart.off", Severity.UNKNOWN) in codes(report)


def test_counters_that_are_all_ones_are_unknown_not_huge(ata: Make) -> None:
    report = assess_document(ata((197, str(0xFFFFFFFF)), (198, str(0xFFFFFFFFFFFF))))
    assert report.verdict is HealthVerdict.UNKNOWN
    assert codes(report) == {("smart.implausible", Severity.UNKNOWN)}


@pytest.mark.parametrize(("hours", "shown"), [(200_000, 200_000), (200_001, None)])
def test_hours_beyond_twenty_three_years_are_shown_as_unknown_with_the_raw_figure(
    ata: Make, hours: int, shown: int | None
) -> None:
    report = assess_document(ata((5, "0"), power_on_time={"hours": hours}))
    assert report.hours == shown
    assert [reason.value for reason in report.reasons] == ([] if shown else [hours])
    assert report.verdict is HealthVerdict.OK


@pytest.mark.parametrize(
    ("temperature", "verdict"),
    [
        ({"current": 70}, "ok"), ({"current": 71}, "review"), ({"current": 61, "op_limit_max": 60}, "review"),
        ({"current": 60, "op_limit_max": 60}, "ok"), ({"current": 255}, "ok"), ({"current": 0}, "ok"),
    ],
)  # fmt: skip
def test_heat_is_measured_against_the_drives_own_limit_first(ata: Make, temperature: Document, verdict: str) -> None:
    assert assess_document(ata((5, "0"), temperature=temperature)).verdict == verdict


def test_failed_self_tests_are_looked_at_and_error_entries_are_only_told(ata: Make) -> None:
    log = {"extended": {"count": 3, "error_count_total": 2}}
    report = assess_document(ata((5, "0"), ata_smart_self_test_log=log, ata_smart_error_log={"summary": {"count": 9}}))
    assert report.verdict is HealthVerdict.REVIEW
    assert {(reason.code, reason.value) for reason in report.reasons} == {
        ("smart.self-test-failed", 2),
        ("smart.error-log", 9),
    }


@pytest.mark.parametrize(
    ("bits", "code", "verdict"),
    [
        (0b1, "nvme.spare", "reject"),
        (0b10, "nvme.temperature", "review"),
        (0b100, "nvme.reliability", "reject"),
        (0b1000, "nvme.read-only", "reject"),
        (0b10000, "nvme.backup-device", "reject"),
        (0b100000, "nvme.persistent-memory", "review"),
        (0b1000000, "nvme.unknown-warning", "review"),
    ],
)
def test_nvme_health_comes_from_the_bits_not_from_passed(nvme: Make, bits: int, code: str, verdict: str) -> None:
    report = assess_document(nvme(critical_warning=bits, passed=False, exit_status=8))
    assert [reason.code for reason in report.reasons] == [code]
    assert report.verdict == verdict


def test_a_hot_nvme_drive_that_is_also_read_only_is_rejected(nvme: Make) -> None:
    assert assess_document(nvme(critical_warning=0b1010, passed=False)).verdict is HealthVerdict.REJECT


@pytest.mark.parametrize(
    ("log", "verdict"),
    [
        ({"available_spare": 11}, "ok"), ({"available_spare": 10}, "reject"), ({"percentage_used": 79}, "ok"),
        ({"percentage_used": 80}, "review"), ({"percentage_used": 99}, "review"), ({"percentage_used": 100}, "reject"),
        ({"media_errors": 1}, "review"), ({"num_err_log_entries": 400}, "ok"),
        ({"available_spare": 0, "available_spare_threshold": 0}, "ok"),
    ],
)  # fmt: skip
def test_spare_wear_and_media_errors_of_an_nvme_drive_have_their_bounds(
    nvme: Make, log: Document, verdict: str
) -> None:
    assert assess_document(nvme(**log)).verdict == verdict


def test_wear_at_the_ceiling_of_the_field_is_shown_as_at_least(nvme: Make) -> None:
    assert [reason.value for reason in assess_document(nvme(percentage_used=255)).reasons] == [">= 255"]


def test_an_nvme_drive_that_says_failed_without_a_cause_is_looked_at(nvme: Make) -> None:
    assert assess_document(nvme(passed=False)).verdict is HealthVerdict.REVIEW


def test_an_nvme_drive_behind_a_bridge_that_hides_its_log_is_unknown_and_failed_if_it_says_so(nvme: Make) -> None:
    document = nvme()
    del document["nvme_smart_health_information_log"]
    assert assess_document(document).verdict is HealthVerdict.UNKNOWN
    document["smart_status"] = {"passed": False}
    assert assess_document(document).verdict is HealthVerdict.REJECT


def test_a_sas_drive_is_judged_by_its_defects_and_uncorrected_errors(scsi: Document) -> None:
    assert assess_document(scsi).verdict is HealthVerdict.OK
    assert assess_document(scsi | {"scsi_grown_defect_list": 4}).verdict is HealthVerdict.REVIEW
    scsi["scsi_error_counter_log"]["write"]["total_uncorrected_errors"] = 7
    assert [(r.code, r.value) for r in assess_document(scsi).reasons] == [("scsi.uncorrected", 7)]


def test_a_sas_drive_that_reports_failure_by_its_sense_text_is_rejected_without_any_attribute(scsi: Document) -> None:
    failing = scsi | {"smart_status": {"passed": False, "scsi": {"asc": 93, "ascq": 16}}, "scsi_grown_defect_list": 900}
    assert assess_document(failing).verdict is HealthVerdict.REJECT


def test_a_sas_drive_above_its_trip_temperature_is_looked_at(scsi: Document) -> None:
    assert assess_document(scsi | {"temperature": {"current": 66, "drive_trip": 65}}).verdict is HealthVerdict.REVIEW


def test_absent_sas_counters_are_unknown_not_zero(scsi: Document) -> None:
    del scsi["scsi_grown_defect_list"], scsi["scsi_error_counter_log"]
    assert assess_document(scsi).verdict is HealthVerdict.UNKNOWN


@pytest.mark.parametrize("model", ["QEMU HARDDISK", "VMware Virtual disk", "Msft Virtual Disk", "Intel Raid 1 Volume"])
def test_a_virtual_disk_or_a_raid_volume_is_not_a_disk_whatever_it_says(ata: Make, model: str) -> None:
    report = assess_document(ata((5, "0"), model_name=model))
    assert report.verdict is HealthVerdict.UNKNOWN
    assert report.identity.grade == "C"


def test_a_stated_failure_outweighs_what_is_missing(ata: Make) -> None:
    document = ata((5, "0"), passed=False)
    del document["ata_smart_attributes"]
    assert assess_document(document).verdict is HealthVerdict.REJECT


@pytest.mark.parametrize(
    "nothing", [None, {}, [], 7, "text", [1, 2], {"smart_status": []}, {"ata_smart_attributes": {"table": "x"}}]
)
def test_what_is_no_reading_is_unknown_and_never_raises(nothing: object) -> None:
    assert assess_document(nothing).verdict is HealthVerdict.UNKNOWN


def test_two_readings_of_one_drive_count_once_and_the_more_complete_one_is_kept(ata: Make) -> None:
    poor = ata() | {"device": {"type": "scsi", "protocol": "SCSI"}, "serial_number": " DEMO-0001 "}
    del poor["smart_status"]
    report = assess_document([poor, ata((5, "3"))])
    assert report.others == ()
    assert (report.verdict, report.identity.device_type) == (HealthVerdict.REVIEW, "sat")


def test_of_two_drives_in_one_document_the_worse_comes_first(ata: Make) -> None:
    report = assess_document([ata((5, "0")), ata((198, "1"), serial_number="DEMO-0009")])
    assert (report.verdict, report.identity.serial) == (HealthVerdict.REJECT, "DEMO-0009")
    assert [other.verdict for other in report.others] == [HealthVerdict.OK]


def test_text_that_smartctl_did_not_write_is_refused_in_words() -> None:
    with pytest.raises(UnreadableReport, match="no JSON"):
        assess_text("a shopping list")
    with pytest.raises(UnreadableReport, match="not written by smartctl"):
        assess_text('{"verdict": "ok"}')
    with pytest.raises(UnreadableReport, match="no JSON"):
        assess_text("[" * 100_000)


def test_documents_one_after_the_other_and_a_list_of_them_are_both_read() -> None:
    one = '{"smartctl": {"exit_status": 2}, "serial_number": "DEMO-1"}'
    two = '{"smartctl": {"exit_status": 2}, "serial_number": "DEMO-2"}'
    assert len(assess_text(f"{one}\n{two}\n").others) == 1
    assert len(assess_text(f"\ufeff[{one}, {two}]").others) == 1


def test_the_document_of_a_report_has_the_promised_shape(ata: Make) -> None:
    document = assess_document(ata((5, "7"))).to_document()
    assert document["schema"] == "etabli.health/1"
    assert document["verdict"] == "review"
    assert document["hours"] == 1000
    assert document["identity"]["serial"] == "DEMO-0001"
    reason = document["reasons"][0]
    assert (reason["code"], reason["attribute"], reason["value"]) == ("ata.reallocated", "5", 7)


def test_the_text_of_a_reason_is_translated_before_its_figures_are_filled_in(ata: Make) -> None:
    french = {"Reallocated sectors: {value} (attribute {attribute})": "Secteurs réalloués : {value}"}
    document = assess_document(ata((5, "7"))).to_document(lambda text: french.get(text, text))
    assert document["reasons"][0]["text"] == "Secteurs réalloués : 7"


def test_the_policy_is_named_with_its_version_and_a_malformed_one_is_refused(tmp_path: Path) -> None:
    assert assess_document({}).policy == load_health_policy().label == "etabli-default/2"
    broken = tmp_path / "policy.toml"
    broken.write_text('name = "x"\nversion = true\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="malformed"):
        load_health_policy(broken)
