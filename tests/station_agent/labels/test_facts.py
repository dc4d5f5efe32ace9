"""A label says what is stored, all of it that matters, and nothing that is not stored."""

from collections.abc import Callable
from pathlib import Path

import pytest

from certificates.envelope import short_id
from station_agent.errors import StoreBroken
from station_agent.labels.facts import (
    NO_RECORD,
    DriveState,
    LabelKind,
    LabelRefused,
    labels_of_asset,
    labels_of_statement,
)
from station_agent.run_context import RunContext
from station_agent.station import Station
from tests.station_agent.labels.conftest import TAG, facts_of

HUB = "https://hub.example.org"


def test_a_drive_that_was_erased_gets_a_label_with_its_statement(
    station: Station, keep_run: Callable[..., str]
) -> None:
    kept = keep_run()
    (label,) = labels_of_statement(station.store, kept, HUB)
    assert (label.kind, label.drives) == (LabelKind.DRIVE, (DriveState("DEMO HDD", "DEMO-0001", "ERASED"),))
    assert label.address == f"{HUB}/verify/{short_id(kept)}"
    assert (label.asset, label.lot, label.day, label.statement_id) == (TAG, "LOT-1", "2026-11-21", kept)
    assert label.simulated


def test_the_beginning_of_an_id_is_enough(station: Station, keep_run: Callable[..., str]) -> None:
    kept = keep_run()
    assert labels_of_statement(station.store, f" {kept[:6].upper()} ", HUB)[0].statement_id == kept


@pytest.mark.parametrize("unknown", ["", "f" * 64, "abc", "x' OR 1=1 --", "é" * 8, "0" * 6, "\x00" * 7])
def test_what_is_not_stored_gets_no_label(station: Station, keep_run: Callable[..., str], unknown: str) -> None:
    keep_run()
    with pytest.raises(LabelRefused, match="stored record only"):
        labels_of_statement(station.store, unknown, HUB)


def test_a_failed_drive_gets_a_shred_label(station: Station, keep_run: Callable[..., str]) -> None:
    (label,) = labels_of_statement(station.store, keep_run(verdict="FAILED"), HUB)
    assert label.kind is LabelKind.SHRED


@pytest.mark.parametrize("verdict", ["UNCONFIRMED", "NOT_ERASED"])
def test_an_unclear_drive_is_no_shred_and_not_erased(
    station: Station, keep_run: Callable[..., str], verdict: str
) -> None:
    (label,) = labels_of_statement(station.store, keep_run(verdict=verdict), HUB)
    assert (label.kind, label.drives[0].verdict) == (LabelKind.DRIVE, verdict)


def test_an_old_good_word_on_a_drive_that_failed_later_gets_no_label(
    station: Station, keep_run: Callable[..., str]
) -> None:
    good = keep_run()
    bad = keep_run(verdict="FAILED", asset="OTHER")
    with pytest.raises(LabelRefused, match=bad[:12]):
        labels_of_statement(station.store, good, HUB)
    assert labels_of_statement(station.store, bad, HUB)[0].kind is LabelKind.SHRED


def test_a_device_shows_its_grade_and_every_drive_that_was_seen(
    station: Station, keep_run: Callable[..., str], keep_diagnosis: Callable[..., str]
) -> None:
    keep_run("DEMO-0001")
    diagnosis = keep_diagnosis(serials=("DEMO-0001", "DEMO-0002"))
    (label,) = labels_of_asset(station.store, TAG, HUB)
    assert (label.kind, label.grade, label.statement_id) == (LabelKind.DEVICE, "B", diagnosis)
    assert [(drive.serial, drive.verdict) for drive in label.drives] == [
        ("DEMO-0001", "ERASED"),
        ("DEMO-0002", NO_RECORD),
    ]
    assert labels_of_statement(station.store, diagnosis, HUB) == (label,)


def test_a_device_without_a_diagnosis_has_no_grade(station: Station, keep_run: Callable[..., str]) -> None:
    keep_run()
    assert labels_of_asset(station.store, TAG, HUB)[0].grade == ""


def test_a_device_that_could_not_be_graded_has_no_letter(station: Station, keep_diagnosis: Callable[..., str]) -> None:
    keep_diagnosis(letter="none")
    assert labels_of_asset(station.store, TAG, HUB)[0].grade == ""


def test_the_last_word_on_each_drive_counts_and_failures_get_their_own_labels(
    station: Station, keep_run: Callable[..., str]
) -> None:
    keep_run("DEMO-0001", "FAILED")
    keep_run("DEMO-0001", "ERASED")
    keep_run("DEMO-0002", "ERASED")
    keep_run("DEMO-0002", "FAILED")
    device, shred = labels_of_asset(station.store, TAG, HUB)
    assert {drive.serial: drive.verdict for drive in device.drives} == {"DEMO-0001": "ERASED", "DEMO-0002": "FAILED"}
    assert (shred.kind, shred.drives[0].serial) == (LabelKind.SHRED, "DEMO-0002")


def test_a_later_word_under_another_tag_is_the_last_word_on_the_label_of_the_device(
    station: Station, keep_run: Callable[..., str]
) -> None:
    keep_run("DEMO-0001")
    keep_run("DEMO-0001", "FAILED", asset="OTHER")
    device, shred = labels_of_asset(station.store, TAG, HUB)
    assert [(drive.serial, drive.verdict) for drive in device.drives] == [("DEMO-0001", "FAILED")]
    assert (shred.kind, shred.drives) == (LabelKind.SHRED, device.drives)


def test_a_run_under_another_tag_keeps_the_device_without_a_label_while_it_is_open(
    station: Station, keep_run: Callable[..., str], make_context: Callable[..., RunContext]
) -> None:
    keep_run("DEMO-0001")
    station.journal.open_run("b" * 32, make_context(facts=facts_of("DEMO-0001"), asset="OTHER"))
    with pytest.raises(LabelRefused, match="still open"):
        labels_of_asset(station.store, TAG, HUB)


@pytest.mark.parametrize("serial", ["DEMO-0001", "", " "])
def test_an_erased_drive_hides_no_other_of_the_same_serial_number(
    station: Station, keep_run: Callable[..., str], keep_diagnosis: Callable[..., str], serial: str
) -> None:
    keep_run(serial, "FAILED")
    keep_run(serial, "ERASED", model="DEMO SSD")
    keep_diagnosis(serials=("",))
    label = labels_of_asset(station.store, TAG, HUB)[0]
    assert sorted(drive.verdict for drive in label.drives) == [NO_RECORD, "ERASED", "FAILED"]


def test_two_drives_without_a_serial_number_are_two(station: Station, keep_run: Callable[..., str]) -> None:
    keep_run("", "FAILED")
    keep_run("", "ERASED")
    assert [one.verdict for one in labels_of_asset(station.store, TAG, HUB)[0].drives] == ["FAILED", "ERASED"]


@pytest.mark.parametrize("kept", ["[]", '{"payload":7}', '{"payload":"e30="}', '{"payload":"W10="}', "{", "x"])
def test_a_record_that_says_nothing_is_told_as_broken(
    station: Station, keep_run: Callable[..., str], kept: str
) -> None:
    keep_run()
    with station.store.transaction() as connection:
        connection.execute("UPDATE statement SET envelope = CAST(? AS BLOB)", (kept,))
    with pytest.raises(StoreBroken):
        labels_of_asset(station.store, TAG, HUB)


def test_drives_of_other_tags_are_not_on_the_label(station: Station, keep_run: Callable[..., str]) -> None:
    keep_run("DEMO-0001")
    keep_run("DEMO-0002", "FAILED", asset="OTHER")
    (label,) = labels_of_asset(station.store, TAG, HUB)
    assert [drive.serial for drive in label.drives] == ["DEMO-0001"]


@pytest.mark.parametrize("tag", ["", " ", "UNKNOWN", "%", TAG.lower()])
def test_a_tag_of_which_nothing_is_stored_gets_no_label(
    station: Station, keep_run: Callable[..., str], tag: str
) -> None:
    keep_run()
    keep_run("DEMO-0009", asset="")
    with pytest.raises(LabelRefused, match="stored record only"):
        labels_of_asset(station.store, tag, HUB)


def test_while_a_run_is_open_there_is_no_label_of_its_drive_nor_of_its_device(
    station: Station, keep_run: Callable[..., str], make_context: Callable[..., RunContext]
) -> None:
    kept = keep_run("DEMO-0001")
    station.journal.open_run("b" * 32, make_context(facts=facts_of("DEMO-0001"), asset=TAG))
    with pytest.raises(LabelRefused, match="still open"):
        labels_of_asset(station.store, TAG, HUB)
    with pytest.raises(LabelRefused, match="still open"):
        labels_of_statement(station.store, kept, HUB)


def test_a_record_whose_bytes_changed_gets_no_label(station: Station, keep_run: Callable[..., str]) -> None:
    kept = keep_run(verdict="FAILED")
    with station.store.transaction() as connection:
        connection.execute(
            "UPDATE statement SET envelope = CAST(replace(CAST(envelope AS TEXT), '\"sig\"', '\"Sig\"') AS BLOB)"
        )
    with pytest.raises(StoreBroken, match="not whole"):
        labels_of_statement(station.store, kept, HUB)


@pytest.mark.parametrize("words", [("neuf", "état"), ("new", "like")])
def test_words_that_the_law_bans_come_on_no_label(
    station: Station, keep_run: Callable[..., str], words: tuple[str, str]
) -> None:
    banned = " ".join(reversed(words))
    keep_run(lot=banned)
    keep_run("DEMO-0002", asset=banned)
    for tag in (TAG, banned):
        with pytest.raises(LabelRefused, match="law bans"):
            labels_of_asset(station.store, tag, HUB)


def test_without_a_hub_the_code_still_names_the_whole_statement(
    station: Station, keep_run: Callable[..., str], folder: Path
) -> None:
    kept = keep_run()
    assert labels_of_statement(station.store, kept, "")[0].address == f"etabli:{short_id(kept)}"
