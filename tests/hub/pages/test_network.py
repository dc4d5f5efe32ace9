"""The pages of the network: hostile uploads and names, gates as a person walks them, figures with charts and CSV."""

from collections.abc import Callable

import pytest

from hub.models import Donor, Lot
from hub.partnered import Partner, RegisteredDocument
from tests.asgi import TestClient
from tests.hub.pages.network import network_for
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def lead(signed_in: Enter) -> TestClient:
    return signed_in("lead")


@pytest.fixture
def post(lead: TestClient, token_of: Callable[[TestClient], str]) -> Callable[..., str]:
    """Sends a form and gives the page that follows."""
    token = token_of(lead)

    def send(path: str, files: object = None, **data: str) -> str:
        answer = lead.post(path, data={"csrf": token, **data}, files=files, follow_redirects=True)  # type: ignore[arg-type]
        return answer.text

    return send


def partner_id(workshop: Workshop) -> str:
    with workshop.session() as session:
        return session.query(Partner).one().id


def test_an_uploaded_page_is_only_ever_an_attachment(
    workshop: Workshop, lead: TestClient, post: Callable[..., str]
) -> None:
    post("/partners", name="Deux", kind="other")
    data = b"<html><script>alert(1)</script>"
    name = 'x"\r\nSet-Cookie: a=b;.html'
    shown = post(
        f"/partners/{partner_id(workshop)}/documents",
        {"file": (name, data, "text/html")},
        kind="nda",
        signed="2026-02-01",
        note=HOSTILE,
    )
    assert "<script>alert" not in shown
    assert "signed and in force" in shown
    with workshop.session() as session:
        row = session.query(RegisteredDocument).one()
    answer = lead.get(f"/documents/{row.id}")
    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="nda-1.bin"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("size", [8 * 2**20 + 1, 12 * 2**20])
def test_too_large_a_document_is_refused(workshop: Workshop, lead: TestClient, size: int) -> None:
    with workshop.session() as session:
        donor = session.query(Donor).first()
        assert donor is not None
    token = lead.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
    answer = lead.post(
        f"/donors/{donor.id}/documents",
        data={"csrf": token, "kind": "convention"},
        files={"file": ("c.pdf", b"x" * size, "application/pdf")},
    )
    assert answer.status_code == 413
    with workshop.session() as session:
        assert session.query(RegisteredDocument).count() == 0


def test_a_lot_warns_until_the_convention_is_signed_and_carries_its_clause(
    workshop: Workshop, lead: TestClient, post: Callable[..., str]
) -> None:
    with workshop.session() as session:
        donor = session.query(Lot).filter_by(code="MAIRIE-01").one().donor_id
    assert "No signed convention" in lead.get("/lots/MAIRIE-01").text
    file = {"file": ("c.pdf", b"%PDF", "application/pdf")}
    post(f"/donors/{donor}/documents", file, kind="convention", signed="2026-02-01", expires="2026-03-01")
    assert "No signed convention" in lead.get("/lots/MAIRIE-01").text  # it ran out the day before
    post(f"/donors/{donor}/documents", file, kind="convention", signed="2026-02-01")
    assert "not marked as carrying the clause" in lead.get("/lots/MAIRIE-01").text
    post(f"/donors/{donor}/documents", file, kind="convention", signed="2026-02-01", clause="yes")
    page = lead.get("/lots/MAIRIE-01").text
    assert "No signed convention" not in page
    assert "not marked as carrying" not in page


def test_a_person_walks_through_a_gate(workshop: Workshop, post: Callable[..., str]) -> None:
    post("/partners", name="Deux", kind="refurbisher")
    at = f"/partners/{partner_id(workshop)}"
    assert "what is missing stands beside it" in post(f"{at}/gates", gate="1")
    post(f"{at}/evaluations", kind="contact")
    assert "Gate 1 is passed." in post(f"{at}/gates", gate="1")
    post(f"{at}/evaluations", kind="audit", score="6,00", scale="10")
    page = post(f"{at}/gates", gate="2")
    assert "the score of the audit is 6: it must be above the limit" in page
    assert "missing document: non-disclosure agreement" in page
    assert "an earlier gate is not passed yet" in post(f"{at}/gates", gate="4")
    page = post(f"{at}/gates", gate="2", exception="yes", reason=HOSTILE)
    assert "passed by exception" in page
    assert "Exception by" in page
    assert "<script>alert" not in page
    for gate in ("", "7", "x", "9" * 40):
        assert "choose a gate of the list" in post(f"{at}/gates", gate=gate)


def test_a_partner_page_notes_and_takes_back(workshop: Workshop, lead: TestClient, post: Callable[..., str]) -> None:
    post("/networks", name="Ouest")
    post("/partners", name=HOSTILE, kind="collector")
    at = f"/partners/{partner_id(workshop)}"
    assert "<script>alert" not in lead.get(at).text
    post(at, about="level", level="2", note="audit")
    assert '<span class="letter">2</span>' in post(at, about="contact", role="technical", name="Lou", phone="02")
    assert "USINE-01" in post(at, about="lot", lot="USINE-01", test="yes")
    assert "has a partner already" in post(at, about="lot", lot="USINE-01")
    assert "no such contact" in post(at, about="contact-end", row="1'--", reason="x")
    assert "it stays on record" in post(at, about="contact-end", row="1", reason="départ")
    assert "it stays on record" in post(at, about="lot-end", row="1", reason="erreur")
    assert "Say first" in post(at, about="nothing")


def test_figures_are_a_table_with_its_chart_and_what_is_missing_is_never_zero(
    workshop: Workshop, lead: TestClient, post: Callable[..., str]
) -> None:
    post("/lots/MAIRIE-01/life", after="received", day="2026-03-01")
    post("/lots/MAIRIE-01/counts", step="received", kind="laptop", number="4")
    page = lead.get("/figures").text
    assert '<svg class="chart"' in page
    assert "nothing left for reuse in this period" in page
    assert page.count("<strong>not available</strong>") >= 9
    sheet = lead.get("/figures.csv?first=2026-01-01&last=2026-06-30")
    assert sheet.headers["content-disposition"] == 'attachment; filename="figures-2026-01-01-2026-06-30.csv"'
    rows = [line.split(";") for line in sheet.content.decode("utf-8-sig").splitlines()]
    assert rows[1][:6] == ["K-1", "Collected", "Total", "units received", "4", "count"]
    assert [
        "K-5",
        "Sold, distributed, lent",
        "",
        "",
        "not available: nothing left for reuse in this period",
        "",
        "",
    ] in rows
    assert "choose a period" in lead.get("/figures?first=2026-13-01&last=x").text


def test_a_donor_whose_name_is_a_formula_is_text_in_the_sheet(
    workshop: Workshop, lead: TestClient, post: Callable[..., str]
) -> None:
    with workshop.session() as session, session.begin():
        session.query(Lot).filter_by(code="MAIRIE-01").one().donor.name = '=HYPERLINK("http://x")'
    post("/lots/MAIRIE-01/life", after="received", day="2026-03-01")
    post("/lots/MAIRIE-01/counts", step="received", kind="laptop", number="4")
    text = lead.get("/figures.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ";=HYPERLINK" not in text
    assert ';"=HYPERLINK' not in text


def test_a_frozen_half_year_is_read_and_downloaded_as_it_was(
    workshop: Workshop, lead: TestClient, post: Callable[..., str]
) -> None:
    with workshop.session() as session, session.begin():
        report = network_for(session, workshop)["half_year_id"]
    page = lead.get(f"/half-years/{report}").text
    assert "Half-year report 2025-S2" in page
    assert "signature annoncée" in page
    answer = lead.get(f"/half-years/{report}.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="bilan-2025-S2-1.json"'
    assert answer.json()["version"] == 1
    assert "The report is frozen, as version 2." in post("/half-years", half="2025-S2")
    assert "this half-year is not over yet" in post("/half-years", half="2026-S1")
    assert lead.get("/half-years/none").status_code == lead.get("/half-years/none.json").status_code == 404
