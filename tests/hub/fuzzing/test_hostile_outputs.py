"""Five hundred hostile strings through PDF, CSV, XLSX, JSON, the log and names of files: whole, and dead."""

import csv
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import structlog
from openpyxl import load_workbook

from certificates.statement import visible
from hub import logs
from hub.exported.cells import unmarked
from hub.models import Device
from hub.pages.files import file_name
from hub.validation.service import approve
from tests.asgi import TestClient
from tests.hub.fuzzing.asking import Answered
from tests.hub.fuzzing.hostile_hub import LOT, PRINTED, asset_of, csrf_of, erase_words, import_words
from tests.hub.fuzzing.rims import wrong_with
from tests.hub.hostile_words import HALVES, HOSTILE, LONG
from tests.hub.pages import conftest as rooms
from tests.hub.pages.workshop import Workshop

pytestmark = [pytest.mark.world, pytest.mark.timeout(900)]
workshop, signed_in = rooms.workshop, rooms.signed_in
Enter = Callable[[str], TestClient]
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/SubmitForm", "/ImportData", "/RichMedia", "/XFA")


@pytest.fixture
def lead(signed_in: Enter) -> TestClient:
    return signed_in("lead")


@pytest.fixture
def kept(workshop: Workshop, lead: TestClient) -> dict[str, str]:
    """Every string that the import took, by the tag of its device."""
    import_words(lead)
    with workshop.session() as session:
        found = {one.asset: one.model for one in session.query(Device) if (one.asset or "").startswith("H-")}
    assert len(found) > 400
    for number, word in enumerate(HOSTILE):
        model = found.get(asset_of(number))
        assert model is None or model == unmarked(unicodedata.normalize("NFC", word).strip()).strip(), word
    return found


def exported(lead: TestClient, form: str) -> bytes:
    columns = {"col-asset": "1", "col-device_model": "2"}
    answer = lead.post("/exports/tables/devices", data={"csrf": csrf_of(lead), "lot": LOT, "form": form, **columns})
    assert answer.status_code == 200, answer.text
    return answer.content


def test_tables_and_documents_carry_every_string_whole_and_as_text(lead: TestClient, kept: dict[str, str]) -> None:
    for data in (exported(lead, "csv"), lead.get(f"/lots/{LOT}/devices.csv").content):
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
        rows = [row for row in csv.reader(text, delimiter=";") if any(cell.startswith("H-") for cell in row)]
        assert len(rows) == len(kept)
        for row in rows:
            assert not [cell for cell in row if re.match(r"[=+\-@＝＋－＠\t\r\n]", cell)], row
            (asset,) = {cell for cell in row if cell in kept}
            assert kept[asset] in {unmarked(cell) for cell in row}
    devices = lead.get(f"/lots/{LOT}/devices.json").json()["devices"]
    told = {one["tag"]: one["model"] for one in devices if one["tag"] in kept}
    assert told == kept


def test_a_workbook_has_no_formula_in_it(lead: TestClient, kept: dict[str, str]) -> None:
    sheet = load_workbook(io.BytesIO(exported(lead, "xlsx"))).active
    rows = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
    for asset, word in kept.items():
        cell = rows[asset]
        assert cell.data_type in {"s", "inlineStr", "n"}, asset
        assert cell.data_type != "n" or not word
        assert cell.hyperlink is None


def test_certificates_print_the_strings_and_hold_nothing_that_acts(
    workshop: Workshop, lead: TestClient, kept: dict[str, str]
) -> None:
    said = erase_words(workshop, sorted(kept))
    assert len(said) == len(PRINTED)
    with workshop.session() as session, session.begin():
        person = workshop.person(session, "lead")
        ids = {one: approve(session, person, one, "seen", workshop.clock()).id for one in said}
    for statement, words in said.items():
        answer = lead.get(f"/certificates/{ids[statement]}.pdf")
        assert not wrong_in(answer)
        printed = spaceless(text_of(answer.content))
        first = visible(words[0], 40)[:32]  # a certificate cuts what is too long for its line
        assert spaceless(first) in printed, words
        assert not acting(answer.content)
        document = lead.get(f"/certificates/{ids[statement]}.json").json()
        assert document


def spaceless(text: str) -> str:
    """Where a line breaks is the matter of the page."""
    return "".join(text.split())


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def acting(data: bytes) -> list[str]:
    """What in a PDF could do something by itself, and links to elsewhere than the hub."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary):
                found += [name for name in ACTIVE if name in thing]
                uri = str(thing.get("/URI", ""))
                found += [uri] if uri and not uri.startswith(("http://testserver/", "https://")) else []
    return found


def wrong_in(answer: Any) -> list[str]:
    headers = {name: answer.headers.get_list(name) for name in answer.headers}
    return wrong_with(Answered(answer.status_code, headers, answer.content))


def test_a_line_of_the_log_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    for word in (*HOSTILE, *LONG, *HALVES):
        structlog.get_logger().error("unexpected error", path=word, kind=word)
    lines = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert len(lines) == len(HOSTILE) + len(LONG) + len(HALVES)
    for word, line in zip((*HOSTILE, *LONG, *HALVES), lines, strict=True):
        read = json.loads(line)
        assert read["path"] == read["kind"] == word
        assert line.isascii()
        assert line.isprintable()


def test_names_of_downloads_are_plain_whatever_a_file_or_a_lot_is_called(workshop: Workshop, lead: TestClient) -> None:
    for word in (*HOSTILE, *LONG, *HALVES):
        assert re.fullmatch(r"pack-[A-Za-z0-9._-]*", file_name(word, "pack"))
    with workshop.session() as session:
        donor = session.query(Device).first().lot.donor_id
    csrf, addresses = csrf_of(lead), set[str]()
    for word in HOSTILE[::6]:
        files = {"file": (word.encode("utf-8", "replace").decode(), b"%PDF-1.7")}
        answer = lead.post(f"/donors/{donor}/documents", data={"csrf": csrf, "kind": "other"}, files=files)
        assert answer.status_code in {303, 422}, word
    page = lead.get(f"/donors/{donor}/documents").text
    addresses |= set(re.findall(r'"(/documents/[0-9a-f-]+)"', page))
    assert len(addresses) > 60
    for address in addresses:
        answer = lead.get(address)
        assert answer.status_code == 200
        assert not wrong_in(answer), address
        assert answer.headers["content-type"] == "application/octet-stream"
