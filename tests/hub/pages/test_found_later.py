"""What was found after a certificate went out, as the pages tell it: to anybody, to the donor, to the workshop."""

from collections.abc import Callable

import pytest

from hub.models import Certificate, Device
from tests.asgi import TestClient
from tests.hub.pages.test_documents import Issued, issued
from tests.hub.pages.test_lot_account import LOT, SERIALS, Desk
from tests.hub.pages.workshop import Workshop

__all__ = ["issued"]  # a fixture
Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]
TOLD = {"en": "a later erase of this drive failed", "fr": "un effacement ultérieur de ce disque a échoué"}
FAILED = (("WRITE_ERROR", "EIO"),)
BADGE = "in doubt: something was found since"


@pytest.fixture
def contradicted(issued: Issued, workshop: Workshop) -> Issued:
    """The certified drive failed later, on a bench, for the other donor."""
    workshop.bench.give(
        workshop.hub, workshop.bench.erasure("WD-0001", lot="USINE-01", verdict="FAILED", reasons=FAILED)
    )
    return issued


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_anybody_who_checks_reads_what_was_found_and_when(contradicted: Issued, visitor: TestClient, lang: str) -> None:
    visitor.cookies.set("etabli-lang", lang)
    one = contradicted
    pages = [visitor.get(f"/verify/{number}").text for number in (one.id, one.statement, one.erasure)]
    pages += [
        visitor.post("/verify", files={"file": ("x.pdf", data, "application/pdf")}).text
        for data in (one.pdfs["fr"], one.bundle)
    ]
    for page in pages:
        assert TOLD[lang] in page
        assert 'class="sheet bad" id="later"' in page
        assert "2026" in page.split('id="later"')[1]
        for hidden in ("Mairie", "MAIRIE", "Camille", "p-lou", "Banc 1", "USINE"):
            assert hidden not in page


def test_a_certificate_against_which_nothing_speaks_says_nothing_of_the_kind(
    issued: Issued, visitor: TestClient
) -> None:
    page = visitor.get(f"/verify/{issued.id}").text
    assert 'id="later"' not in page
    assert 'class="sheet ok"' in page


def test_the_donor_reads_it_on_the_lot_on_the_device_and_beside_the_certificate(
    contradicted: Issued, workshop: Workshop, signed_in: Enter
) -> None:
    donor = signed_in("donor")
    with workshop.session() as session:
        device = session.query(Device).filter_by(asset="ETB-0001").one().id
    lot, own = donor.get(LOT).text, donor.get(f"/devices/{device}").text
    for page in (lot, own):
        assert BADGE in page
        assert f"/verify/{contradicted.statement}#later" in page
        assert "certificate issued, in doubt since: handled by the workshop" in page
        assert "erased, certificate issued" not in page
    assert "0 of 5 with a certificate" in lot


def test_the_workshop_finds_it_from_the_start_and_from_the_queue(
    contradicted: Issued, workshop: Workshop, signed_in: Enter
) -> None:
    lead = signed_in("lead")
    assert "drives contradicted after certificate, closing or exit" in lead.get("/").text
    assert 'href="/waiting/contradicted"' in lead.get("/queue").text
    row = lead.get("/waiting/contradicted").text
    assert f"certificate {contradicted.number} had been issued" in row
    path = row.split(f'<a href="{LOT}/drives/')[1].split('"')[0]
    assert "WD-0001" in lead.get(f"{LOT}/drives/{path}").text
    with workshop.session() as session:
        assert session.query(Certificate).count() == 1, "nothing was issued or changed"


def test_a_reading_of_the_sample_waits_for_the_lead_and_is_told_to_anybody(
    issued: Issued, workshop: Workshop, signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    lead = signed_in("lead")
    token = token_of(lead)
    lead.post(f"{LOT}/life", data={"csrf": token, "after": "received", "day": "2026-03-01"})
    assert lead.post(f"{LOT}/sample", data={"csrf": token}).status_code == 303
    drawn = lead.get(f"{LOT}/sample").text.split('name="drawn" value="')[1].split('"')[0]
    told = {"drawn": drawn, "result": "data", "tool": "PhotoRec 7.2", "found": "trois photos", "serial": "WD-0001"}
    assert lead.post(f"{LOT}/sample/read", data={"csrf": token, **told}).status_code == 303
    assert "read again for the sample after its certificate: data was found" in lead.get("/waiting/contradicted").text
    page = visitor.get(f"/verify/{issued.id}").text
    assert "somebody read this drive again and found data on it" in page
    assert "PhotoRec" not in page
    assert "trois photos" not in page


def test_a_paper_of_a_destroyed_drive_that_a_bench_saw_since_says_so(
    workshop: Workshop, signed_in: Enter, visitor: TestClient
) -> None:
    desk = Desk(workshop, signed_in("lead"))
    desk.receive()
    desk.sort_and_settle()
    paper = desk.says(f"{LOT}/papers").split('href="/papers/')[1].split('"')[0].removesuffix(".pdf")
    assert "a bench saw this drive" not in visitor.get(f"/verify/{paper}").text
    for serial in SERIALS.values():
        workshop.bench.give(workshop.hub, workshop.bench.erasure(serial, lot="", verdict="NOT_ERASED", reasons=FAILED))
    page = visitor.get(f"/verify/{paper}").text
    assert "a bench saw this drive although this paper says that it is gone" in page
    assert "Anne Le Bris" not in page
