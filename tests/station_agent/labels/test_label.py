"""What stands on a label, on paper and on a label printer."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.grading import banned_words
from station_agent.labels.face import Face, face_of
from station_agent.labels.facts import NO_RECORD, DriveState, LabelKind
from station_agent.labels.paper import labels_pdf, sheet_pdf
from station_agent.labels.zpl import escaped, zpl_of
from station_agent.language import voice
from tests.station_agent.labels.faces import ADDRESS, BAD, GOOD, codes_on, label

EN, FR = voice("en", {}), voice("fr", {})
POPPLER = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed")


def test_a_device_shows_tag_letter_lot_drives_date_and_statement() -> None:
    face = face_of(EN, label())
    assert (face.heading, face.letter, face.foot) == ("ETA-7F3K2QD", "B", "2026-11-21  0123456789ab")
    assert face.lines == ("lot LOT-1", "grade B", "..0001 [OK] erased")
    assert (face.qr, face.barcode, face.alarm, face.ribbon) == (ADDRESS, "ETA-7F3K2QD", False, "")


def test_a_french_label_is_french() -> None:
    face = face_of(FR, label(kind=LabelKind.SHRED, drives=(BAD,)))
    assert face.heading == "À DÉTRUIRE"
    assert face.foot.startswith("21/11/2026")
    assert "[KO] ÉCHEC : À DÉTRUIRE" in face.lines[2].replace("\u00a0", " ")


def test_a_failed_drive_says_shred_in_words_and_asks_for_red() -> None:
    face = face_of(EN, label(kind=LabelKind.SHRED, drives=(BAD,)))
    assert (face.heading, face.letter, face.alarm) == ("SHRED", "", True)
    assert face.lines[:2] == ("DEMO SSD", "DEMO-9002")


def test_what_was_simulated_says_so() -> None:
    assert face_of(EN, label(simulated=True)).ribbon == "SIMULATED: PROVES NOTHING"


def test_a_clock_that_was_not_set_gives_no_date() -> None:
    assert face_of(EN, label(day="")).foot.startswith("clock not set")


def test_drives_with_trouble_come_first_and_none_is_left_out_in_silence() -> None:
    many = tuple(DriveState("DEMO", f"DEMO-{n:04d}", "ERASED") for n in range(9))
    face = face_of(EN, label(drives=(*many, BAD, DriveState("DEMO", "DEMO-8888", NO_RECORD))))
    assert face.lines[2:] == (
        "..9002 [KO] FAILED: TO BE SHREDDED",
        "..8888 [--] NO ERASURE STORED",
        "..0000 [OK] erased",
        "and 8 more drives, 8 of them erased",
    )


def test_drives_that_end_alike_are_told_apart() -> None:
    two = (DriveState("A", "HDD-10001", "ERASED"), DriveState("B", "SSD-20001", "ERASED"))
    assert face_of(EN, label(drives=two)).lines[2:] == ("..-10001 [OK] erased", "..-20001 [OK] erased")


def test_no_banned_word_comes_through_whatever_was_kept() -> None:
    banned = " ".join(reversed(("neuf", "comme")))
    face = face_of(FR, label(asset=banned, lot=banned, grade=banned, drives=(DriveState(banned, banned, "ERASED"),)))
    shred = face_of(FR, label(kind=LabelKind.SHRED, asset=banned, drives=(DriveState(banned, banned, "FAILED"),)))
    for text in (face.heading, face.letter, *face.lines, face.barcode, shred.heading, *shred.lines, shred.barcode):
        assert banned_words(text) == (), text


def test_the_same_label_gives_the_same_bytes() -> None:
    faces = [face_of(FR, label()), face_of(FR, label(kind=LabelKind.SHRED, drives=(BAD,)))]
    assert labels_pdf(faces, "fr") == labels_pdf(faces, "fr")


@pytest.mark.world
@POPPLER
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_both_codes_of_a_label_are_read_by_an_independent_decoder(tmp_path: Path, lang: str) -> None:
    face = face_of(voice(lang, {}), label(simulated=True, drives=(GOOD, BAD)))
    assert codes_on(labels_pdf([face], lang), tmp_path, 203) == {ADDRESS: "QRCode", "ETA-7F3K2QD": "Code128"}


@pytest.mark.world
@POPPLER
def test_both_codes_of_a_red_label_are_read_too(tmp_path: Path) -> None:
    face = face_of(EN, label(kind=LabelKind.SHRED, drives=(BAD,)))
    assert set(codes_on(labels_pdf([face], "en"), tmp_path, 203)) == {ADDRESS, "ETA-7F3K2QD"}


@pytest.mark.world
@POPPLER
def test_a_sheet_goes_on_where_the_last_one_was_cut(tmp_path: Path) -> None:
    """Three labels after 22 used places: two on the first sheet, one on the second."""
    faces = [face_of(EN, label(asset=f"ETA-{n:03d}")) for n in range(3)]
    pdf = sheet_pdf(faces, "en", skip=22)
    first, second = (codes_on(pdf, tmp_path, 170, page) for page in (1, 2))
    assert {text for text in first if text.startswith("ETA")} == {"ETA-000", "ETA-001"}
    assert {text for text in second if text.startswith("ETA")} == {"ETA-002"}


@settings(max_examples=10)
@given(text=st.text(max_size=60))
def test_any_text_is_drawn_and_none_crashes(text: str) -> None:
    face = Face(
        text, text[:3], (text,) * 6, text, text, ADDRESS, text if text.isascii() and text.isprintable() else "", True
    )
    assert labels_pdf([face], "en").startswith(b"%PDF")


def test_the_signs_that_begin_commands_are_escaped() -> None:
    assert escaped("^XA~JA_") == "_5EXA_7EJA_5F"
    assert escaped("é€") == "_C3_A9_E2_82_AC"


@given(text=st.text(max_size=40))
def test_no_text_gives_a_command_to_a_label_printer(text: str) -> None:
    plain = zpl_of([Face("", "", ("",), "", "", "", "", False)])
    given_ = zpl_of([Face(text, "", (text,), text, "", text, "", False)])
    assert given_.count(b"^") == plain.count(b"^")
    assert given_.count(b"~") == 0


def test_a_label_in_zpl_holds_text_qr_and_bars() -> None:
    zpl = zpl_of([face_of(EN, label())]).decode("ascii")
    assert zpl.startswith("^XA^CI28\n^PW560^LL296")
    assert zpl.endswith("^PQ1^XZ\n")
    assert f"^BQN,2,4^FH^FDMA,{escaped(ADDRESS)}^FS" in zpl
    assert f"N,N,N,A^FH^FD{escaped('ETA-7F3K2QD')}^FS" in zpl


def test_an_alarm_is_white_on_black_where_there_is_no_red() -> None:
    assert "^GB560,64,64^FS^FR" in zpl_of([face_of(EN, label(kind=LabelKind.SHRED, drives=(BAD,)))]).decode("ascii")
