"""Lots: what their page says, new ones, and the import that shows before it writes."""

import base64
from collections.abc import Callable

import pytest
from httpx import Response

from hub.models import Device, Donor, Drive, Lot, LotState
from hub.pages import standing
from hub.pages.sentences import in_words
from hub.wording import lot_state
from tests.asgi import TestClient
from tests.hub.pages.workshop import LIST, Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]
MIXED = (
    "étiquette;type;marque;modèle;numéro de série;disque série\n"
    "ETB-0006;portable;Asus;X555;ASX55501;TO-0006\n"
    "ETB-0001;portable;Lenovo;ThinkPad T480;PF1ABCDE;WD-0001\n"
    "USN-0001;fixe;Acer;Veriton;AC123456;TO-9001\n"
    ";portable;Acer;Aspire;;\n"
    "ETB-0007;grille-pain;Moulinex;;M0ULINEX;\n"
)


@pytest.fixture
def lead(workshop: Workshop, signed_in: Enter) -> TestClient:
    return signed_in("lead")


def upload(client: TestClient, token: str, text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    files = {"file": ("liste.csv", data, "text/csv")}
    return client.post("/lots/MAIRIE-01/import", data={"csrf": token}, files=files).text


def counts(workshop: Workshop) -> tuple[int, int]:
    with workshop.session() as session:
        return session.query(Device).count(), session.query(Drive).count()


def apply(client: TestClient, token: str, page: str) -> Response:
    return send(client, token, page, "apply")


def send(client: TestClient, token: str, page: str, act: str) -> Response:
    starts = (page.split(f'name="{name}" value="')[1] for name in ("content", "sha256"))
    content, sha256 = (start.split('"', maxsplit=1)[0] for start in starts)
    files = {"csrf": (None, token), "content": (None, content), "sha256": (None, sha256)}
    return client.post(f"/lots/MAIRIE-01/import/{act}", files=files)


def test_a_list_is_shown_with_lines_and_reasons_before_anything_is_written(
    lead: TestClient, workshop: Workshop, token_of: Token
) -> None:
    before = counts(workshop)
    page = upload(lead, token_of(lead), MIXED)
    assert "Nothing is written yet." in page
    assert "Apply: create 1 line" in page
    for words in ("new lines (1)", "known lines (1)", "lines in conflict (1)", "rejected lines (2)"):
        assert words in page
    assert "it belongs to another lot" in page
    assert "no tag and no serial number" in page
    assert "unknown kind" in page
    for line in (2, 3, 4, 5, 6):
        assert f'data-col="Line">{line}<' in page
    assert counts(workshop) == before


def test_reasons_are_told_in_french_too(lead: TestClient, token_of: Token) -> None:
    lead.cookies.set("etabli-lang", "fr")
    page = upload(lead, token_of(lead), MIXED)
    assert "il appartient à un autre lot" in page
    assert "ni étiquette ni numéro de série" in page


def test_the_list_that_was_shown_is_the_list_that_is_written(
    lead: TestClient, workshop: Workshop, token_of: Token
) -> None:
    devices, drives = counts(workshop)
    page = upload(lead, token_of(lead), MIXED)
    answer = apply(lead, token_of(lead), page)
    assert answer.status_code == 303
    assert counts(workshop) == (devices + 1, drives + 1)
    text = lead.get("/lots/MAIRIE-01").text
    assert "Import done: 1 created, 1 already known." in text
    assert "ETB-0006" in text


def test_the_same_list_again_changes_nothing(lead: TestClient, workshop: Workshop, token_of: Token) -> None:
    before = counts(workshop)
    page = upload(lead, token_of(lead), LIST)
    assert "There is nothing new to write in this file." in page
    apply(lead, token_of(lead), page)
    assert counts(workshop) == before


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "Choose a file first."), (b"a;b\n1;2\n", "the first line must name a column"), (b'tag\n"x', "line 2: ")],
)
def test_a_list_that_cannot_be_used_says_why(lead: TestClient, token_of: Token, data: bytes, says: str) -> None:
    assert says in upload(lead, token_of(lead), data)


def test_s2_17_bad_rows_are_downloaded_corrected_and_imported_again(
    lead: TestClient, workshop: Workshop, token_of: Token
) -> None:
    token = token_of(lead)
    page = upload(lead, token, 'asset;kind;model\nNEW-1;laptop;T480\nNEW-2;sous-marin;"=cmd|x"\n')
    assert "Taken for: a list as CSV." in page
    answer = send(lead, token, page, "rejected")
    text = answer.content.decode("utf-8-sig")
    assert answer.headers["content-disposition"] == 'attachment; filename="to-correct.csv"'
    assert '"NEW-2";"sous-marin";"";"\'=cmd|x"' in text
    assert "NEW-1" not in text
    again = upload(lead, token, text.replace("sous-marin", "laptop").encode("utf-8-sig"))
    assert apply(lead, token, again).status_code == 303
    with workshop.session() as session:
        assert session.query(Device).filter(Device.asset == "NEW-2").one().model == "=cmd|x"


def test_a_file_that_is_not_the_one_that_was_shown_is_not_written(
    lead: TestClient, workshop: Workshop, token_of: Token
) -> None:
    token, before = token_of(lead), counts(workshop)
    page = upload(lead, token, "asset\nNEW-1\n")
    other = base64.b64encode(b"asset\nNEW-2\n").decode()
    shown = page.split('name="content" value="')[1].split('"')[0]
    for act in ("apply", "rejected"):
        answer = send(lead, token, page.replace(shown, other), act)
        assert answer.status_code == 422
        assert "changed on the way" in answer.text
    assert counts(workshop) == before


def test_a_list_of_another_donors_lot_is_out_of_reach_for_a_donor(signed_in: Enter, token_of: Token) -> None:
    donor = signed_in("donor")
    assert donor.post("/lots/USINE-01/import", data={"csrf": token_of(donor)}).status_code == 403


@pytest.mark.parametrize("content", ["%%%", "vZ\x90\U0001f600"])
def test_a_list_that_was_tampered_with_is_not_written(
    content: str, lead: TestClient, workshop: Workshop, token_of: Token
) -> None:
    before = counts(workshop)
    files = {"csrf": (None, token_of(lead)), "content": (None, content)}
    answer = lead.post("/lots/MAIRIE-01/import/apply", files=files)
    assert answer.status_code == 422
    assert "changed on the way" in answer.text
    assert counts(workshop) == before


def test_a_lot_tells_what_blocks_its_closing(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    page = signed_in("lead").get("/lots/MAIRIE-01").text
    assert "1 drive failed or was rejected" in page
    assert "2 drives wait for a decision" in page
    assert "2 drives have not been reported by any bench" in page
    assert "0 of 5 with a certificate" in page


def test_a_lot_has_the_state_of_its_life_on_every_page(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ = worked
    lead, code = signed_in("lead"), "MAIRIE-01"
    for state in (LotState.RECEIVED, LotState.PROCESSING, LotState.READY):
        with workshop.session() as session, session.begin():
            session.query(Lot).filter_by(code=code).one().state = state.value
        badge = lot_state(state, "en").word
        shown = [lead.get(path).text for path in ("/", "/lots", f"/lots/{code}", f"/lots/{code}/life")]
        rows = [page.split(f'href="/lots/{code}"', 1)[1].split("</tr>")[0] for page in shown[:2]]
        heads = [page.split("<h1>", 1)[1].split("</span>")[0] for page in shown[2:]]
        assert [badge in text for text in rows + heads] == [True] * 4, state


def test_a_new_donor_and_a_new_lot(lead: TestClient, workshop: Workshop, token_of: Token) -> None:
    data = {"csrf": token_of(lead), "name": "CAF du Finistère", "contact": "02 98 00 00 00"}
    answer = lead.post("/new-donor", data=data)
    assert answer.status_code == 303
    with workshop.session() as session:
        donor = session.query(Donor).filter(Donor.name == "CAF du Finistère").one()
        assert donor.contact == "02 98 00 00 00"
    form = lead.get(answer.headers["location"]).text
    assert f'value="{donor.id}" selected' in form
    data = {"csrf": token_of(lead), "donor": donor.id, "code": "CAF29-01", "label": "Printemps"}
    assert lead.post("/new-lot", data=data).headers["location"] == "/lots/CAF29-01"
    assert "Lot CAF29-01 is open." in lead.get("/lots/CAF29-01").text
    with workshop.session() as session:
        assert session.query(Lot).filter(Lot.code == "CAF29-01").one().donor.name == "CAF du Finistère"


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [("MAIRIE-01", 409, "lot MAIRIE-01 exists already"), ("a/b", 422, "a lot code has 1 to 32 letters")],
)
def test_a_lot_code_that_does_not_fit_is_told_beside_the_form(
    lead: TestClient, token_of: Token, code: str, status: int, says: str
) -> None:
    donor = lead.get("/new-lot").text.split('<option value="')[2].split('"')[0]
    answer = lead.post("/new-lot", data={"csrf": token_of(lead), "donor": donor, "code": code, "label": "x"})
    assert answer.status_code == status
    assert says in answer.text
    assert f'value="{code}"' in answer.text


def test_a_lot_needs_a_known_donor(lead: TestClient, token_of: Token) -> None:
    answer = lead.post("/new-lot", data={"csrf": token_of(lead), "donor": "nobody", "code": "X-1", "label": ""})
    assert answer.status_code == 422
    assert "Choose the donor of this lot." in answer.text


def test_a_bar_shows_the_figures_that_it_says() -> None:
    made = standing.bar({"certified": 3, "awaiting": 1, "open": 0, "untouched": 4}, "en")
    assert made.words == "3 of 8 with a certificate"
    assert [(part.start, part.width) for part in made.segments] == [(0, 375), (375, 125), (500, 0), (500, 500)]
    assert (
        standing.bar(dict.fromkeys(("certified", "awaiting", "open", "untouched"), 0), "en").words
        == "no drive recorded"
    )


def test_facts_that_are_our_own_words_are_translated_with_the_sentence() -> None:
    kinds = "laptop, desktop, screen, phone, tablet, drive, parts"
    assert in_words(f"unknown kind 'x': write one of {kinds}", "fr").endswith("téléphone, tablette, disque ou pièces")
    assert in_words("serial is 'A' here and 'B' in the list", "fr").startswith("Numéro de série")
    assert in_words("no lot serial", "fr").endswith("serial")


def test_the_page_of_an_import_names_the_columns_that_it_does_not_read(lead: TestClient, token_of: Token) -> None:
    page = upload(lead, token_of(lead), "étiquette;type;Garantie <b>;État\nETB-9001;portable;2 ans;bon\n")
    assert "Columns of the file that are not read: Garantie &lt;b&gt; · État." in page
    assert "asset tag; kind; maker" in page
    assert "that are not read" not in upload(lead, token_of(lead), MIXED)


def test_a_refused_step_and_a_refused_count_keep_what_was_typed(lead: TestClient, token_of: Token) -> None:
    step = {"csrf": token_of(lead), "after": "received", "day": "1950-03-01", "note": "par le quai"}
    answer = lead.post("/lots/MAIRIE-01/life", data=step)
    assert answer.status_code == 422
    assert "more than ten years back" in answer.text
    assert all(kept in answer.text for kept in ('value="received" selected', 'value="1950-03-01"', "par le quai"))
    count = {"csrf": token_of(lead), "step": "received", "kind": "screen", "number": "-5", "note": "sur deux palettes"}
    page = lead.post("/lots/MAIRIE-01/counts", data=count).text
    assert all(kept in page for kept in ('value="screen" selected', 'value="-5"', "sur deux palettes"))
    assert page.count("sur deux palettes") == 1
