"""Rows of seed S0 about who is told what: two contacts with their documents, the weekly summary."""

from collections.abc import Callable
from datetime import timedelta

from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, Workshop
from tests.hub.post_work import with_post

Enter = Callable[[str], TestClient]
TokenOf = Callable[[TestClient], str]


def standing(page: str, kind: str) -> str:
    """What the page of documents says of one kind."""
    return page.partition(f"<dt>{kind}</dt>")[2].partition("</dd>")[0]


def test_s0_3_each_document_goes_to_the_administrative_or_the_technical_contact(
    signed_in: Enter, token_of: TokenOf
) -> None:
    lead = signed_in("lead")

    def send(path: str, **fields: str) -> str:
        answer = lead.post(path, data={"csrf": token_of(lead), **fields}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    page = send("/partners", name="Recyclerie du Port", kind="refurbisher")
    path = "/partners/" + page.split('href="/partners/')[1].split('"')[0].split("/")[0]
    assert "nobody to send it to" in standing(lead.get(f"{path}/documents").text, "non-disclosure agreement")
    send(path, about="contact", role="administrative", name="Nolwenn", email="nolwenn@port.example")
    alone = lead.get(f"{path}/documents").text
    assert "Nolwenn" in standing(alone, "test agreement"), "one contact gets everything"
    send(path, about="contact", role="technical", name="Erwan", phone="02 98 00 00 00")
    both = lead.get(f"{path}/documents").text
    for kind, gets, other in (
        ("non-disclosure agreement", "Nolwenn", "Erwan"),
        ("convention", "Nolwenn", "Erwan"),
        ("test agreement", "Erwan", "Nolwenn"),
    ):
        said = standing(both, kind)
        assert (gets in said, other in said) == (True, False), kind
    assert "nolwenn@port.example" in standing(both, "convention")


def test_s0_12_a_lead_reads_each_monday_what_is_blocked_late_and_matched_with_no_lot(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: TokenOf
) -> None:
    workshop, _ids = worked
    post = with_post(workshop)
    lead = signed_in("lead")
    workshop.clock.now += timedelta(days=40)
    lead = signed_in("lead")
    assert post.deliver() == [], "nobody is written to who did not ask"
    lead.post("/account/letters", data={"csrf": token_of(lead), "weekly": "1"})
    ((to, subject, text),) = post.deliver()
    assert (to, subject) == (EMAILS["lead"], "La semaine de Atelier de Brest")
    blocked, late, unmatched = (text.split(part)[1].split("\n\n")[0] for part in ("Bloqué", "En retard", "aucun lot"))
    assert "Disques dont l’effacement a échoué : 1" in blocked
    assert [code in late for code in ("MAIRIE-01 : annoncé, ouvert depuis 40 jours", "USINE-01")] == [True, True]
    assert "Résultats sans lot : 1" in unmatched
    assert post.deliver() == [], "one for each week"
    workshop.clock.now += timedelta(days=7)
    assert [one[0] for one in post.deliver()] == [EMAILS["lead"]]
    lead = signed_in("lead")
    lead.post("/account/letters", data={"csrf": token_of(lead)})
    workshop.clock.now += timedelta(days=7)
    assert post.deliver() == []
