"""Exports: columns as people choose them, typed cells, nothing that is executed, mappings that stop in words."""

import csv
import io
import tomllib
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.exported import choosing
from hub.exported.cells import marked, unmarked
from hub.exported.mapping import mapped, read_mapping
from hub.exported.subjects import COLUMNS, rows_of
from hub.exported.tables import csv_bytes, xlsx_bytes
from hub.models import Device, Role
from tests.hub.hostile_words import FORMULAS, HOSTILE, WIDE
from tests.hub.lot_work import LotWork

HEAD = '[mapping]\nname = "x"\nversion = 1\nsubject = "register"\nseparator = ";"\nencoding = "utf-8"\n'


@pytest.fixture
def work(fresh_world: Any) -> LotWork:
    found = LotWork(fresh_world())
    found.receive()
    return found


def rows(work: LotWork, subject: str, code: str = "", who: Any = None) -> list[Any]:
    with work.world.hub.sessions()() as session:
        return rows_of(session, who or work.lead, subject, code)


def test_every_mark_can_be_taken_away_and_every_formula_has_one() -> None:
    for word in HOSTILE:
        assert unmarked(marked(word)) == word
        assert marked(word)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", *(one[0] for one in WIDE)}
    for word in (*FORMULAS, *WIDE, "\t=1", "\n=1", "\r", " =1", "\u200b=1", "\u00a0＝1"):
        assert marked(word) == "'" + word
    for word in ("", "A-1", "'", "0012", "é-1"):
        assert marked(word) == word


def test_hostile_strings_go_through_csv_and_xlsx_whole_and_dead() -> None:
    read = list(
        csv.reader(
            io.StringIO(csv_bytes(["a"], [[one] for one in HOSTILE]).decode("utf-8-sig"), newline=""), delimiter=";"
        )
    )
    assert [unmarked(row[0] if row else "") for row in read[1:]] == list(HOSTILE)
    sheet = load_workbook(io.BytesIO(xlsx_bytes("t", ["a"], [[one] for one in HOSTILE]))).active
    for word, (cell,) in zip(HOSTILE, sheet.iter_rows(min_row=2), strict=True):
        shown = "".join(
            f"\\x{ord(one):02X}" if (ord(one) < 32 and one not in "\t\n") or one in "\ufffe\uffff" else one
            for one in word
        )
        assert unmarked(cell.value) in {shown, word}, word
        assert cell.data_type == "s"


def test_xlsx_has_typed_cells(work: LotWork) -> None:
    (row,) = rows(work, "lots")
    names = COLUMNS["lots"]
    data = xlsx_bytes("Lots", names, [[row[name] for name in names]])
    cells = dict(zip(names, load_workbook(io.BytesIO(data)).active[2], strict=True))
    assert (cells["lot"].value, cells["devices"].value, cells["drives"].value) == ("LOT-1", 2, 2)
    assert isinstance(cells["received"].value, datetime)


def test_the_register_has_a_row_per_drive_and_says_what_explains_it(work: LotWork) -> None:
    work.approve(work.erase("WD-0001", "A-1"))
    work.erase("WD-0003", "A-1")
    with work.world.hub.sessions().begin() as session:
        lot = work.lot(session)
        session.add(Device(lot_id=lot.id, asset="A-3", kind="screen", created=work.world.hub.clock()))
    found = [(row["asset"], row.get("drive_serial"), row.get("class")) for row in rows(work, "register")]
    assert found == [
        ("A-1", "WD-0001", "erased-clear"),
        ("A-2", "WD-0002", "open"),
        ("A-1", "WD-0003", "open"),
        ("A-3", None, None),
    ]
    assert {row["lot"] for row in rows(work, "devices", "LOT-1")} == {"LOT-1"}
    assert [row["drive_serial"] for row in rows(work, "drives")] == ["WD-0001", "WD-0002", "WD-0003"]


def test_no_donor_exports_and_no_unknown_lot_is_exported(work: LotWork) -> None:
    donor = work.person(Role.DONOR, donor="CAF")
    for subject in COLUMNS:
        with pytest.raises(Forbidden):
            rows(work, subject, who=donor)
    for subject, code in (("lots", "NO-LOT"), ("people", "")):
        with pytest.raises(BadInput):
            rows(work, subject, code)


def test_columns_are_kept_for_each_person_and_wrong_ones_refused(work: LotWork) -> None:
    with work.world.hub.sessions().begin() as session:
        choosing.choose(session, work.lead, "drives", ["wwn", "lot"])
    with work.world.hub.sessions().begin() as session:
        choosing.choose(session, work.lead, "drives", ["lot", "class"])
    with work.world.hub.sessions().begin() as session:
        assert choosing.chosen(session, work.lead, "drives") == ("lot", "class")
        assert choosing.chosen(session, work.technician, "drives") == COLUMNS["drives"]
        for wrong in ([], ["lot", "lot"], ["password_hash"]):
            with pytest.raises(BadInput):
                choosing.choose(session, work.lead, "drives", wrong)


def test_s0_7_the_example_mapping_gives_its_layout(work: LotWork) -> None:
    work.approve(work.erase("WD-0001", "A-1"))
    mapping = read_mapping(choosing.EXAMPLE.read_bytes())
    read = list(csv.DictReader(io.StringIO(mapped(mapping, rows(work, "register")).decode("utf-8-sig")), delimiter=";"))
    assert [(row["N° d'inventaire"], row["Catégorie"], row["Données"]) for row in read] == [
        ("A-1", "PC portable", "Effacé (Clear)"),
        ("A-2", "PC portable", "Non expliqué"),
    ]
    document = tomllib.loads(choosing.EXAMPLE.read_text(encoding="utf-8"))
    assert list(read[0]) == [column["label"] for column in document["column"]]


def test_s0_7_an_unmapped_mandatory_column_stops_the_export_with_its_name() -> None:
    mapping = read_mapping((HEAD + '[[column]]\nlabel = "Code CTNRS"\nmandatory = true\n').encode())
    with pytest.raises(BadInput, match="'Code CTNRS' has no field"):
        mapped(mapping, [])
    table = HEAD + '[[column]]\nlabel = "Sorte"\nfield = "kind"\nvalues = {laptop = "PC"}\n'
    with pytest.raises(BadInput, match="'Sorte' has no word for 'screen'"):
        mapped(read_mapping(table.encode()), [{"kind": "screen"}])
    narrow = HEAD.replace('"utf-8"', '"cp1252"') + '[[column]]\nlabel = "x"\nfield = "maker"\n'
    with pytest.raises(BadInput, match="cannot be written in cp1252"):
        mapped(read_mapping(narrow.encode()), [{"maker": "日本"}])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = [",
        HEAD,
        HEAD + "column = 5\n",
        HEAD + "[[column]]\n",
        HEAD + '[[column]]\nlabel = "x"\nfield = "password_hash"\n',
        HEAD + '[[column]]\nlabel = "x"\nfield = []\n',
        HEAD + '[[column]]\nlabel = "x"\nvalues = {a = 1}\n',
        HEAD + '[[column]]\nlabel = "x"\nmandatory = "yes"\n',
        HEAD.replace("register", "people") + '[[column]]\nlabel = "x"\n',
        HEAD.replace("utf-8", "utf-7") + '[[column]]\nlabel = "x"\n',
        HEAD.replace("version = 1", "version = true") + '[[column]]\nlabel = "x"\n',
        "x = " + "[" * 5000,
        "x" * 70_000,
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="cannot be used"):
        read_mapping(text.encode())


def test_a_mapping_is_kept_once_and_another_one_raises_its_version(work: LotWork) -> None:
    good = (HEAD + '[[column]]\nlabel = "x"\nfield = "lot"\n').encode()
    with work.world.hub.sessions().begin() as session:
        row = choosing.keep_mapping(session, work.lead, good)
        assert choosing.keep_mapping(session, work.lead, good).sha256 == row.sha256
        assert choosing.mapping_for(session, row.sha256).name == "x"
        with pytest.raises(Conflict):
            choosing.keep_mapping(session, work.lead, good.replace(b'"x"\nf', b'"y"\nf'))
        with pytest.raises(Forbidden):
            choosing.keep_mapping(session, work.technician, good)
        with pytest.raises(NotFound):
            choosing.mapping_for(session, "none")
    assert mapped(read_mapping(good), [{"lot": "=1+1"}]) == b"x\r\n'=1+1\r\n"
