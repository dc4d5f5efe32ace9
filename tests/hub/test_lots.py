"""Lots and their lists: the dry run shows what the import does, and nobody's device changes hands by a list."""

from typing import Any

import pytest
from sqlalchemy import func, select

from hub.errors import BadInput, Conflict
from hub.lots.importing import RowOutcome
from hub.lots.listing import decode_list, list_of, read_list
from hub.lots.service import apply_import, create_lot, donor_named, preview_import, summary
from hub.models import Device, Drive, Lot

FRENCH = (
    "\ufeffType;Fabricant;Modèle;Numéro de série;Étiquette;Disque série\r\n"
    'portable;Lenovo;"T480; noir";PF-0001;A-1;WD-0001\r\n'
    "unité centrale;HP;EliteDesk;CZC-0002;A-2;\r\n"
    "disque;Seagate;;;;ST-0003\r\n"
)
ENGLISH = "kind,maker,model,serial,asset,drive serial\nlaptop,Dell,Latitude,DL-0001,B-1,WD-0009\n"


def imported(world: Any, text: str, code: str = "LOT-1") -> Any:
    with world.hub.sessions().begin() as session:
        lead = session.merge(world.lead)
        return apply_import(session, session.scalars(select(Lot).where(Lot.code == code)).one(), text, lead)


@pytest.fixture
def shop(world: Any) -> Any:
    world.lot("LOT-1")
    world.lot("LOT-2", donor="CHU")
    world.lead = world.person()
    return world


def outcomes(done: Any) -> list[tuple[int, str]]:
    return [(row.line, row.outcome.value) for row in done.rows]


def test_a_french_list_with_mark_quotes_and_accents(shop: Any) -> None:
    done = imported(shop, FRENCH)
    assert outcomes(done) == [(2, "created"), (3, "created"), (4, "created")]
    with shop.hub.sessions()() as session:
        laptop = session.scalars(select(Device).where(Device.asset == "A-1")).one()
        assert (laptop.kind, laptop.model, laptop.serial) == ("laptop", "T480; noir", "PF-0001")
        assert [drive.serial for drive in laptop.drives] == ["WD-0001"]
        loose = session.scalars(select(Drive).where(Drive.serial == "ST-0003")).one()
        assert (loose.device_id, loose.declared) == (None, True)


def test_an_english_list_with_commas(shop: Any) -> None:
    assert outcomes(imported(shop, ENGLISH)) == [(2, "created")]


def test_the_dry_run_says_the_same_and_writes_nothing(shop: Any) -> None:
    with shop.hub.sessions().begin() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "LOT-1")).one()
        shown = preview_import(session, lot, FRENCH)
        assert lot.code == "LOT-1"
    with shop.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 0
        assert session.scalar(select(func.count()).select_from(Drive)) == 0
    done = imported(shop, FRENCH)
    assert outcomes(done) == outcomes(shown)
    assert done.sha256 == shown.sha256


def test_the_same_list_again_changes_nothing(shop: Any) -> None:
    imported(shop, FRENCH)
    assert {outcome for _, outcome in outcomes(imported(shop, FRENCH))} == {"matched"}
    with shop.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 2
        assert session.scalar(select(func.count()).select_from(Drive)) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-1;PF-0001;OTHER;", "model is"),
        ("A-1;PF-9999;;", "serial is"),
        ("A-9;PF-0001;;", "carries another tag"),
        ("A-2;;;WD-0001", "another device"),
    ],
)
def test_rows_that_contradict_what_is_there_conflict(shop: Any, row: str, reason: str) -> None:
    imported(shop, FRENCH)
    done = imported(shop, f"asset;serial;model;drive serial\n{row}\n")
    assert [line.outcome for line in done.rows] == [RowOutcome.CONFLICTING]
    assert reason in done.rows[0].reason


@pytest.mark.parametrize("row", ["A-1;;", ";PF-0001;", ";;WD-0001"])
def test_a_list_never_takes_a_device_from_another_lot(shop: Any, row: str) -> None:
    imported(shop, FRENCH)
    done = imported(shop, f"asset;serial;drive serial\n{row}\n", "LOT-2")
    assert [line.outcome for line in done.rows] == [RowOutcome.CONFLICTING]
    assert "another lot" in done.rows[0].reason
    with shop.hub.sessions()() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "LOT-2")).one()
        assert session.scalar(select(func.count()).select_from(Device).where(Device.lot_id == lot.id)) == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";;", "no tag and no serial"),
        ("A\u202e1;;laptop", "hidden or control"),
        ("A\x001;;laptop", "hidden or control"),
        (
            "A-1;;sous-marin",
            "unknown kind 'sous-marin': write one of laptop, desktop, screen, phone, tablet, drive, parts",
        ),
        (f"{'A' * 65};;laptop", "too long"),
        (f"A-1;{'S' * 121};laptop", "too long"),
        ("A-1;;laptop;more", "more cells"),
    ],
)
def test_rows_that_cannot_be_used_are_rejected_with_line_and_reason(shop: Any, row: str, reason: str) -> None:
    done = imported(shop, f"asset;serial;kind\n{row}\nA-5;;laptop\n")
    if row == ";;":
        assert outcomes(done) == [(3, "created")]
        return
    assert outcomes(done) == [(2, "rejected"), (3, "created")]
    assert reason in done.rows[0].reason


def test_a_double_row_is_rejected_and_names_the_first(shop: Any) -> None:
    done = imported(shop, "asset\nA-1\nA-1\n")
    assert outcomes(done) == [(2, "created"), (3, "rejected")]
    assert done.rejected[0].reason == "same as line 2"


@pytest.mark.parametrize(
    "heading",
    ["N° de série du disque", "Numéro de série du disque", "Nº de série disque", "disque série", "Disk serial number"],
)
def test_a_heading_that_people_write_for_the_serial_of_a_drive_is_read(heading: str) -> None:
    found = list_of(f"Numéro d’inventaire;Constructeur;N° de série;{heading}\nA-1;Dell;S-1;WD-1\n")
    assert [(row.asset, row.maker, row.serial, row.drive_serial) for row in found.rows] == [
        ("A-1", "Dell", "S-1", "WD-1")
    ]
    assert found.left_out == ()


def test_a_list_tells_which_of_its_columns_nobody_reads() -> None:
    found = list_of("étiquette;Garantie;;line;reason;Couleur\nA-1;2 ans;;2;x;bleu\n")
    assert found.left_out == ("Garantie", "Couleur")


def test_formulas_stay_text_and_lose_the_mark_of_our_export() -> None:
    rows = read_list("asset;model\n'=1+1;'-2\n=cmd;@x\n")
    assert [(row.asset, row.model) for row in rows] == [("=1+1", "-2"), ("=cmd", "@x")]


@pytest.mark.parametrize(
    "text", ["", "a;b\n1;2\n", "asset;tag\n1;2\n", 'asset;model\n"A-1;x\n', "asset\n" + "A\n" * 5001]
)
def test_lists_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_list(text)


def test_uploads_are_utf8_or_windows_1252() -> None:
    assert decode_list("Étiquette".encode("utf-8-sig")) == "Étiquette"
    assert decode_list("Étiquette".encode("cp1252")) == "Étiquette"
    with pytest.raises(BadInput):
        decode_list(b"\x81\x8d")


def test_lot_codes_are_unique_and_plain(world: Any) -> None:
    world.lot("DSIT-2026#1")
    with world.hub.sessions()() as session:
        with pytest.raises(Conflict):
            create_lot(session, "DSIT-2026#1", "CAF", "", None)
        for code in ("", " ", "a/b", "../x", "x" * 33, "a\nb"):
            with pytest.raises(BadInput):
                create_lot(session, code, "CAF", "", None)
        with pytest.raises(BadInput):
            donor_named(session, "  ")


def test_the_summary_counts_the_latest_erasure_of_each_drive(shop: Any) -> None:
    imported(shop, "asset;drive serial\nA-1;WD-0001\nA-2;WD-0002\n")
    bench = shop.bench()
    bench.put(bench.erasure(serial="WD-0001", verdict="FAILED"))
    bench.put(bench.erasure(serial="WD-0001"))
    with shop.hub.sessions()() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "LOT-1")).one()
        found = summary(session, shop.lead, lot)
    assert (found.devices, found.drives, found.unseen, found.verdicts) == (2, 2, 1, {"ERASED": 1})
    assert (found.awaiting, found.certified) == (2, 0)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04xl/workbook.xml", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
        ("asset\nA-1\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_of_a_spreadsheet_program_is_named_as_what_it_is(data: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        decode_list(data)
