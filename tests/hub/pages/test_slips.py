"""Slips as PDF: the receipt over the counter by its code, the slip of an exit for the workshop; what stands on them."""

import re
import subprocess

import pytest

from hub.slips import Slip, Table
from hub.slips_drawn import draw
from tests.hub.pages.workshop import Workshop
from tests.seeds.relay import Relay
from tests.seeds.test_s2_intake import EVENT, LAPTOP, receipt_code

pytestmark = pytest.mark.world  # pdftotext reads what was drawn


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    return Relay(workshop)


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_receipt_of_what_was_brought_is_a_pdf_for_whoever_has_its_code(relay: Relay) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    code = receipt_code(relay.done("technician", "/intake", **LAPTOP))
    assert f"/receipts/{code}.pdf" in relay.read("visitor", f"/receipts/{code}")
    visitor = relay.browser("visitor")
    answer = visitor.get(f"/receipts/{code}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="receipt-{code}.pdf"'
    assert answer.content == visitor.get(f"/receipts/{code.lower()}.pdf").content
    told = text_of(answer.content)
    for word in ("Receipt", code, "Atelier de Brest", "EV-1", "it works", "a drive is in it", "No name is on"):
        assert word in told, word
    assert visitor.get("/receipts/D1-0000-0000-0000.pdf").status_code == 404


def test_the_slip_of_an_exit_has_its_goods_and_two_places_to_sign(relay: Relay) -> None:
    relay.receive()
    relay.make_ready("ETB-0001", "WD-0001")
    relay.done("lead", "/lots/MAIRIE-01/donor-type", word="company")
    relay.done("lead", "/new-exit", mode="gift", receiver="Emmaüs <b>Brest</b>")
    relay.done("lead", "/exits/1/devices", tags="ETB-0001")
    assert "/exits/1/slip.pdf" in relay.read("lead", "/exits/1/slip")
    told = text_of(relay.browser("lead").get("/exits/1/slip.pdf").content)
    for word in ("Delivery note 1", "ETB-0001", "MAIRIE-01", "Emmaüs <b>Brest</b>", "Signature of the workshop"):
        assert word in told, word
    assert relay.browser("donor").get("/exits/1/slip.pdf").status_code in {403, 404}
    assert relay.browser("visitor").get("/exits/1/slip.pdf").headers["content-type"].startswith("text/html")


def test_what_does_not_fit_one_page_goes_on_to_the_next_and_no_row_is_lost() -> None:
    rows = [(f"TAG-{number:03}", "portable \N{GRINNING FACE}\x00 " + "x" * 300) for number in range(80)]
    slip = Slip("Atelier", "", "Bon", [("Jour", "")], table=Table("Biens", (0.3, 0.7), ("Étiquette", "Quoi"), rows))
    data = draw(slip, "fr")
    assert data == draw(slip, "fr")
    told = text_of(data)
    assert told.count("\f") > 1
    assert re.findall(r"TAG-\d{3}", told) == [tag for tag, _ in rows]
    assert "\x00" not in told
