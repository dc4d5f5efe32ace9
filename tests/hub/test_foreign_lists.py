"""Imports from XLSX, GLPI, Snipe-IT and eReuse: one import, one dry run, nothing that executes or is lost."""

import csv
import io
import json
import os
import random
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from hub.errors import BadInput
from hub.exported.cells import marked, unmarked
from hub.exported.tables import xlsx_bytes
from hub.imported.lists import read_file
from hub.lots.listing import ListedRow, ReadList
from hub.lots.service import apply_import, preview_import
from hub.models import Lot
from hub.tables import Base
from tests.hub.hostile_words import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("HARDWARE_DATA", ROOT.parent / "shared" / "hardware-data"))
HEADER = ["asset", "kind", "maker", "model", "serial", "drive serial"]
GLPI = {
    "itemtype": "Computer",
    "content": {
        "bios": {"smanufacturer": "Dell", "smodel": "Latitude", "ssn": "7XK2LQ2", "assettag": "Default string"},
        "hardware": {"chassis_type": "Notebook"},
        "storages": [
            {"serial": "SN-0001", "type": "disk"},
            {"serial": "SN-0002"},
            {"serial": "CD-1", "type": "DVD Writer"},
            {"model": "no serial", "type": "disk"},
        ],
    },
}
EREUSE = {
    "type": "Snapshot",
    "device": {"type": "Desktop", "manufacturer": "HP", "model": "ProDesk", "serialNumber": "CZC1234567"},
    "components": [{"type": "HardDrive", "serialNumber": "WD-77"}, {"type": "RamModule", "serialNumber": "R-1"}],
}
RAW = {
    "type": "Snapshot",
    "software": "workbench-script",
    "data": {
        "smartctl": json.dumps([{"serial_number": "NV-0001"}]),
        "dmidecode": "System Information\n\tManufacturer: Lenovo\n\tProduct Name: T480\n\tSerial Number: PF1\n\n"
        "Chassis Information\n\tType: Notebook\n\tAsset Tag: No\n",
    },
}
SNIPE = (
    "ID,Asset Name,Asset Tag,Model,Model No.,Category,Manufacturer,Serial\n"
    "1,poste 1,A-100,Latitude 5490,5490,Laptops,Dell,7XK2LQ2\n"
    "2,poste 2,A-101,P2419H,x,Monitors,Dell,CN01\n"
    "3,licence,A-102,Office,x,Licences,Microsoft,\n"
)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def facts(source: ReadList) -> list[tuple[str, str, str, str, str]]:
    return [(row.asset, row.kind, row.serial, row.drive_serial, row.problem) for row in source.rows]


FILES = {
    "xlsx": workbook(["A-1", "portable", "Dell", "Latitude", "7XK2LQ2", "WD-1"], ["A-2", None, None, None, 1042, None]),
    "glpi": json.dumps(GLPI).encode(),
    "ereuse": json.dumps([EREUSE, RAW]).encode(),
    "snipe-it": SNIPE.encode(),
    "csv": b"asset;drive serial\nA-1;WD-1\n",
}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_is_recognised_by_its_bytes(kind: str) -> None:
    assert read_file(FILES[kind]).kind == kind


def test_each_kind_becomes_rows_of_the_one_import() -> None:
    none = ""
    assert facts(read_file(FILES["xlsx"])) == [
        ("A-1", "laptop", "7XK2LQ2", "WD-1", none),
        ("A-2", "laptop", "1042", none, none),
    ]
    assert facts(read_file(FILES["glpi"])) == [
        (none, "laptop", "7XK2LQ2", "SN-0001", none),
        (none, "laptop", "7XK2LQ2", "SN-0002", none),
        (none, "laptop", "7XK2LQ2", none, "a drive without serial number: declare it at triage"),
    ]
    assert facts(read_file(FILES["ereuse"])) == [
        (none, "desktop", "CZC1234567", "WD-77", none),
        ("No", "laptop", "PF1", "NV-0001", none),
    ]
    snipe = read_file(FILES["snipe-it"]).rows
    assert [(row.asset, row.kind, bool(row.problem)) for row in snipe] == [
        ("A-100", "laptop", False),
        ("A-101", "screen", False),
        ("A-102", "Licences", True),
    ]


def everything(session: Any) -> dict[str, list[Any]]:
    return {table.name: [tuple(row) for row in session.execute(select(table))] for table in Base.metadata.sorted_tables}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_dry_run_writes_nothing_and_a_second_import_changes_nothing(fresh_world: Any, kind: str) -> None:
    world = fresh_world()
    world.lot("LOT-1")
    lead, source = world.person(), read_file(FILES[kind])
    with world.hub.sessions().begin() as session:
        before = everything(session)
        shown = preview_import(session, session.scalars(select(Lot)).one(), source)
    with world.hub.sessions().begin() as session:
        assert everything(session) == before
        done = apply_import(session, session.scalars(select(Lot)).one(), source, lead)
    assert [row.outcome for row in done.rows] == [row.outcome for row in shown.rows]
    assert done.created
    with world.hub.sessions().begin() as session:
        first = everything(session)
        again = apply_import(session, session.scalars(select(Lot)).one(), read_file(FILES[kind]), lead)
    assert again.created == ()
    with world.hub.sessions().begin() as session:
        second = everything(session)
    assert {name for name in first if first[name] != second[name]} == {"audit_entry"}


def test_a_formula_or_a_number_that_lost_digits_is_a_rejected_row() -> None:
    data = workbook(["=1+1"], ["A-1", None, None, None, 1234567890123456789], ["A-2", None, None, 1.5, True])
    rows = read_file(data).rows
    assert [row.problem for row in rows[:2]] == [
        "a formula instead of its value: paste values",
        "a number that lost digits: make its column text",
    ]
    assert (rows[2].model, rows[2].serial, rows[2].problem) == ("1.5", "TRUE", "")


def changed(data: bytes, name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as fresh:
        for part in old.namelist():
            fresh.writestr(part, content if part == name else old.read(part))
    return written.getvalue()


def test_hostile_workbooks_are_refused_in_words() -> None:
    good, sheet = FILES["xlsx"], "xl/worksheets/sheet1.xml"
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    for data in (
        changed(good, sheet, laughs),
        changed(good, "xl/workbook.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
        changed(good, sheet, b" " * 60_000_000),
        changed(good, sheet, b"<worksheet>"),
        changed(good, "xl/workbook.xml", b"<a/>"),
        good[:300],
        b"PK\x03\x04",
    ):
        with pytest.raises(BadInput, match=r"workbook|first line"):
            read_file(data)
    chance = random.Random(5)
    for _turn in range(40):
        broken = bytearray(good)
        for _change in range(20):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read_file(bytes(broken))
        except BadInput:
            continue


WRONG = (None, 5, True, "x", [], {}, [None], {"content": 5}, {"a": [1]}, "\ud800", 10**40, "=1+1")


def test_inventories_of_any_shape_are_refused_or_rows_and_never_a_crash() -> None:
    chance = random.Random(3)

    def spoiled(value: Any) -> Any:
        if chance.random() < 0.2:
            return chance.choice(WRONG)
        if isinstance(value, dict):
            return {name: spoiled(one) for name, one in value.items()}
        return [spoiled(one) for one in value] if isinstance(value, list) else value

    for _turn in range(200):
        for document in (GLPI, EREUSE, RAW):
            try:
                rows = read_file(json.dumps(spoiled(document)).encode()).rows
            except BadInput:
                continue
            assert all(isinstance(row, ListedRow) and row.serial.encode() is not None for row in rows)
    for data in (b"{", b"[" * 200_000, b"[]", b"{}", b'{"type": "Snapshot"'):
        with pytest.raises(BadInput):
            read_file(data)


def in_csv(word: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([HEADER, ["A-1", "", "", word, "", ""]])
    return written.getvalue().encode()


def in_snipe(word: str) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([["Asset Name", "Asset Tag", "Model"], ["x", "A-1", word]])
    return written.getvalue().encode()


def in_json(word: str) -> tuple[bytes, bytes]:
    glpi = {"content": {"bios": {"ssn": "SN-1", "smodel": word}}}
    return json.dumps(glpi).encode(), json.dumps({**EREUSE, "device": {"serialNumber": "S1", "model": word}}).encode()


def test_hostile_strings_come_through_every_import_whole_or_rejected() -> None:
    assert len(HOSTILE) >= 500
    for word in HOSTILE:
        book = xlsx_bytes("t", HEADER, [["A-1", "", "", word, "", ""]])
        for data in (in_csv(word), in_snipe(word), *in_json(word), book):
            row = read_file(data).rows[0]
            shown = "".join(
                f"\\x{ord(one):02X}" if (ord(one) < 32 and one not in "\t\n") or one in "\ufffe\uffff" else one
                for one in word
            )
            kept = {as_kept(one) for one in (word, shown, marked(shown))}
            assert row.problem or row.model in kept, (word, row)


def as_kept(word: str) -> str:
    """A string as the import keeps it: in normal form, without blanks at its ends, without the mark of an export."""
    return unmarked(unicodedata.normalize("NFC", word).strip()).strip()


def test_the_workbook_of_an_export_has_no_formula_in_it() -> None:
    data = xlsx_bytes("t", ["a"], [[word] for word in HOSTILE])
    sheet = load_workbook(io.BytesIO(data)).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert len(cells) == len(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.skipif(not (DATA / "INDEX.tsv").is_file(), reason="recorded hardware data is not present")
def test_recorded_inventories_of_glpi_are_rows_or_refused_in_words() -> None:
    found = 0
    for path in sorted((DATA / "glpi-inventory-format" / "examples").glob("*.json")):
        source = read_file(path.read_bytes())
        assert source.kind == "glpi", path.name
        found += sum(not row.problem for row in source.rows)
    assert found >= 5
