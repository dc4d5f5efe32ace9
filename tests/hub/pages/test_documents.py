"""Certificates: frozen downloads, and the public check by number or by file."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from certificates.attachment import extract
from certificates.envelope import short_id
from certificates.verdicts import Verdict, judge
from hub.models import Certificate, Device, Erasure, IssuedDocument
from hub.stations.trust import trust_of
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


@dataclass(frozen=True)
class Issued:
    """A certificate and its frozen documents."""

    id: str
    statement: str
    erasure: str
    number: str
    pdfs: dict[str, bytes]
    bundle: bytes


@pytest.fixture
def issued(worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token) -> Issued:
    workshop, ids = worked
    lead = signed_in("lead")
    lead.post(f"/queue/{ids['WD-0001']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    with workshop.session() as session:
        one = session.query(Certificate).one()
        documents = session.query(IssuedDocument).all()
        pdfs = {document.lang: document.pdf for document in documents}
        return Issued(one.id, one.statement_id, one.erasure_id, one.number, pdfs, documents[0].bundle)


def check(client: TestClient, data: bytes) -> str:
    return client.post("/verify", files={"file": ("x.pdf", data, "application/pdf")}).text


def test_a_donor_gets_the_frozen_bytes_in_both_languages(issued: Issued, workshop: Workshop, signed_in: Enter) -> None:
    donor = signed_in("donor")
    page = donor.get("/lots/MAIRIE-01").text
    for lang in ("fr", "en"):
        path = f"/certificates/{issued.id}.pdf?lang={lang}"
        assert path in page
        answer = donor.get(path)
        assert extract(answer.content) == extract(issued.pdfs[lang]) == issued.bundle
        assert donor.get(path).content == answer.content
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="{issued.number}-{lang}.pdf"'
        assert answer.headers["cache-control"] == "no-store"
        with workshop.session() as session:
            assert judge(answer.content, trust_of(session)).verdict is Verdict.VALID
    answer = donor.get(f"/certificates/{issued.id}.json")
    assert answer.content == issued.bundle
    assert json.loads(answer.content)["schema"] == "etabli.bundle/1"


def test_the_lot_counts_its_certificate(issued: Issued, signed_in: Enter) -> None:
    page = signed_in("donor").get("/lots/MAIRIE-01").text
    assert "1 of 5 with a certificate" in page
    assert issued.number in page
    assert "erased, certificate issued" in page


def test_a_number_is_found_in_capitals_with_spaces_short_or_long(issued: Issued, visitor: TestClient) -> None:
    forms = (issued.id, issued.id.upper(), issued.statement, issued.erasure, issued.erasure.upper())
    for number in (*forms, short_id(issued.erasure)):
        answer = visitor.get(f"/verify/{number}")
        assert answer.status_code == 200, number
        assert "This certificate is in the record of this workshop." in answer.text
        assert "WD-0001" in answer.text
    spaced = " ".join(issued.erasure[at : at + 4] for at in range(0, 64, 4)).upper()
    assert visitor.get("/verify", params={"id": spaced}).status_code == 200


def test_the_public_page_names_neither_donor_nor_people(issued: Issued, visitor: TestClient) -> None:
    for page in (visitor.get(f"/verify/{issued.id}").text, check(visitor, issued.pdfs["fr"])):
        assert "Atelier de Brest" in page
        for hidden in ("Mairie", "MAIRIE", "Camille", "p-lou", "ETB-0001"):
            assert hidden not in page


@pytest.mark.parametrize("asked", ["WD-0001", "ETB-0001", "0" * 64, "%", "a" * 43, "é"])
def test_nothing_is_found_by_serial_tag_or_guess(issued: Issued, visitor: TestClient, asked: str) -> None:
    answer = visitor.get(f"/verify/{asked}")
    assert answer.status_code == 404
    assert "not in the record of this workshop" in answer.text


def test_a_file_is_judged_and_one_changed_byte_is_found(issued: Issued, visitor: TestClient) -> None:
    for good in (issued.pdfs["fr"], issued.pdfs["en"], issued.bundle):
        page = check(visitor, good)
        assert "VALID" in page
        assert "The document is authentic." in page
        assert "WD-0001" in page
    for good in (issued.pdfs["fr"], issued.bundle):
        middle = len(good) // 2
        bad = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
        page = check(visitor, bad)
        assert "INVALID" in page
        assert "WD-0001" not in page


@pytest.mark.parametrize("data", [b"%PDF-1.7 nonsense", b"{}", b"\x00" * 100, b"<script>alert(1)</script>"])
def test_any_other_file_is_invalid(visitor: TestClient, data: bytes) -> None:
    page = check(visitor, data)
    assert "INVALID" in page
    assert "<script>alert" not in page


def test_no_file_is_told(visitor: TestClient) -> None:
    answer = visitor.post("/verify", data={})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_a_device_tells_its_story_to_the_end(issued: Issued, workshop: Workshop, signed_in: Enter) -> None:
    lead, donor = signed_in("lead"), signed_in("donor")
    path = lead.get("/lots/MAIRIE-01").text.split('href="/devices/')
    pages = [lead.get("/devices/" + part.split('"')[0]).text for part in path[1:]]
    story = next(page for page in pages if "WD-0001" in page)
    for step in ("Announced on the donor&#39;s list", "Diagnosed: grade B", "Drive WD-0001: Erased", "Approved"):
        assert step in story
    words = ("seen by a bench", "Diagnosed: grade B", "WD-0001: Erased", ">Approved<", f"{issued.number} issued")
    order = [story.index(word) for word in words]
    assert order == sorted(order)
    for words in (
        "Battery at 77 % is below 80 %, wanted for A",
        "F5",
        "C4",
        "<strong>77 %</strong>",
        "grade.of-tomorrow unknown rule",
    ):
        assert words in story
    ahead = next(page for page in pages if "ST-0004" in page)
    assert "Not erased yet" in ahead
    assert "No certificate yet" in ahead
    assert "Camille" in story
    assert "Camille" not in donor.get("/lots/MAIRIE-01").text


def test_a_check_names_what_an_erasure_with_exceptions_does_not_cover(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    workshop, ids = worked
    lead = signed_in("lead")
    lead.post(f"/queue/{ids['ST-0002']}/approve", data={"csrf": token_of(lead), "sure": "yes", "reason": "seen"})
    with workshop.session() as session:
        bundle = session.query(IssuedDocument).first().bundle  # type: ignore[union-attr]
    for page in (visitor.get(f"/verify/{ids['ST-0002']}").text, check(visitor, bundle)):
        assert "Not covered" in page
        assert "AMA 2048 sectors" in page


def test_within_one_second_the_approval_is_told_before_its_certificate(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token
) -> None:
    workshop, ids = worked
    workshop.clock.now = workshop.clock.now.replace(microsecond=600_000)  # a certificate is dated in whole seconds
    lead = signed_in("lead")
    lead.post(f"/queue/{ids['WD-0001']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    with workshop.session() as session:
        certificate = session.query(Certificate).one()
        assert certificate.issued.microsecond == 0
        path, number = f"/devices/{certificate.device_id}", certificate.number
    story = lead.get(path).text
    assert story.index(">Approved<") < story.index(f"{number} issued")


def test_a_loose_drive_is_not_said_to_wait_for_a_diagnosis(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ids = worked
    with workshop.session() as session, session.begin():
        device = session.query(Device).filter_by(asset="ETB-0003").one()
        device.kind = "drive"
        path = f"/devices/{device.id}"
    page = signed_in("lead").get(path).text
    assert "A loose drive gets no grade." in page
    assert "Not diagnosed yet" not in page


def test_a_number_is_judged_by_its_signed_bundle_and_not_by_a_table(
    issued: Issued, workshop: Workshop, visitor: TestClient
) -> None:
    with workshop.session() as session, session.begin():
        row = session.query(Erasure).filter_by(statement_id=issued.erasure).one()
        drive = {**row.payload["subject"]["drive"], "serial": "FORGED-1"}
        row.payload = {**row.payload, "subject": {**row.payload["subject"], "drive": drive}}
    page = visitor.get(f"/verify/{issued.id}").text
    assert "WD-0001" in page
    assert "FORGED-1" not in page
    with workshop.session() as session, session.begin():
        for document in session.query(IssuedDocument):
            document.bundle = document.bundle.replace(b'"payload":"', b'"payload":"A', 1)
    page = visitor.get(f"/verify/{issued.id}").text
    assert "INVALID" in page
    assert "WD-0001" not in page
