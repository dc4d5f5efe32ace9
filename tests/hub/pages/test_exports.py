"""The page of exports: the files that its forms give, and the choice that it keeps."""

import csv
import io
from collections.abc import Callable

from openpyxl import load_workbook

from tests.asgi import TestClient

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


def test_columns_of_a_form_are_the_columns_of_the_file_and_are_kept(signed_in: Enter, token_of: Token) -> None:
    lead = signed_in("lead")
    form = {"csrf": token_of(lead), "lot": "MAIRIE-01", "col-lot": "2", "col-drive_serial": "1", "col-wwn": "0"}
    answer = lead.post("/exports/tables/register", data={**form, "form": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Drive serial", "Lot"]
    assert len(rows) == 6
    assert {row[1] for row in rows[1:]} == {"MAIRIE-01"}
    book = load_workbook(io.BytesIO(lead.post("/exports/tables/register", data={**form, "form": "xlsx"}).content))
    assert [cell.value for cell in book.active[1]] == ["Drive serial", "Lot"]
    page = lead.get("/exports").text
    assert 'name="col-drive_serial" type="number" min="1" max="99" value="1"' in page


def test_a_mapping_is_loaded_used_and_refused_in_words(signed_in: Enter, token_of: Token) -> None:
    lead = signed_in("lead")
    token = token_of(lead)
    answer = lead.post("/exports/mapped", data={"csrf": token, "mapping": "example", "lot": "MAIRIE-01"})
    assert answer.content.decode("utf-8-sig").splitlines()[0].startswith("Lot;N° d'inventaire;")
    example = lead.get("/exports/example.toml").content
    broken = example.replace(b'field = "lot"\n', b"").replace(b"example-register", b"mine")
    files = {"csrf": (None, token), "file": ("x.toml", broken, "text/plain")}
    assert lead.post("/exports/mappings", files=files).status_code == 303
    key = lead.get("/exports").text.split("mine 1")[0].rpartition('value="')[2].split('"')[0]
    refused = lead.post("/exports/mapped", data={"csrf": token, "mapping": key})
    assert refused.status_code == 422
    assert "has no field: nothing is exported" in refused.text
