"""A certificate is taken back or replaced: signed, read into the tables, shown to everybody, and said by verifiers."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from certificates.trust import Trust
from certificates.verdicts import Verdict, judge
from hub.derive.reading import rebuild
from hub.log.sequencer import Log
from hub.models import Certificate, Erasure, IntakeProblem, LedgerEntry, Person, Role
from hub.people import service as people
from hub.people.service import add_person
from hub.recalled import CertificateRecall, Superseded
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop
from tests.hub.post_work import with_post

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]
SAID = {"why": "contradicted", "reason": "une lecture a trouvé des données"}


@pytest.fixture
def ids(worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token) -> dict[str, str]:
    """The run and its certificate."""
    workshop, runs = worked
    lead = signed_in("lead")
    lead.post(f"/queue/{runs['WD-0001']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    with workshop.session() as session:
        row = session.query(Certificate).one()
        return {"run": row.erasure_id, "id": row.id, "statement": row.statement_id, "number": row.number}


def trust_of(browser: Any) -> Trust:
    return Trust.from_json(browser.get("/api/v1/trust/2").content)


def recalled(browser: Any, ids: dict[str, str], token_of: Token, step: str = "", **said: str) -> Any:
    path = f"/certificates/{ids['id']}/recall{step}"
    return browser.post(path, data={"csrf": token_of(browser), **SAID, **said}, follow_redirects=False)


def names_of(browser: Any, ids: dict[str, str]) -> list[str]:
    """What the files of the certificate are called."""
    answers = [browser.get(f"/certificates/{ids['id']}.{form}") for form in ("pdf", "json", "proof.json")]
    return [answer.headers["content-disposition"].removeprefix('attachment; filename="') for answer in answers]


def second_lead(workshop: Workshop) -> TestClient:
    with workshop.session() as session, session.begin():
        add_person(session, "sacha@atelier.example", "Sacha", Role.LEAD, PASSWORD)
    with workshop.session() as session, session.begin():
        other = session.query(Person).filter_by(email="sacha@atelier.example").one()
        token = people.open_session(session, other)
    client = TestClient(workshop.app, cookies={"etabli-lang": "en"})
    client.cookies.set("etabli", token)
    return client


def demanding(workshop: Workshop) -> None:
    """From now on two people are needed."""
    hub = workshop.app.state.hub
    object.__setattr__(hub, "settings", dataclasses.replace(hub.settings, two_people=True))


def test_a_certificate_that_is_taken_back_counts_nowhere_any_more(
    workshop: Workshop, ids: dict[str, str], signed_in: Enter, visitor: TestClient, token_of: Token
) -> None:
    lead, donor = signed_in("lead"), signed_in("donor")
    bundle = donor.get(f"/certificates/{ids['id']}.json").content
    assert judge(bundle, trust_of(visitor)).verdict is Verdict.VALID
    assert names_of(donor, ids) == [f'{ids["number"]}.pdf"', f'{ids["number"]}.json"', f'{ids["number"]}.proof.json"']
    assert recalled(lead, ids, token_of).status_code == 303
    gone = f"SUPERSEDED-{ids['number']}"
    assert names_of(donor, ids) == [f'{gone}.pdf"', f'{gone}.json"', f'{gone}.proof.json"']
    found = judge(bundle, trust_of(visitor))
    assert (found.verdict, found.code, found.superseded_by) == (Verdict.SUPERSEDED, "taken-back", "")
    with workshop.session() as session:
        run = session.query(Erasure).filter_by(statement_id=ids["run"]).one()
        assert (run.decision, run.certificate_id) == ("REJECTED", None)
        said = session.get_one(Superseded, ids["statement"])
        assert (said.new, said.why) == ("", "contradicted")
        newest = session.scalars(select(LedgerEntry).order_by(LedgerEntry.position.desc())).first()
        assert newest is not None
        assert newest.kind == "supersede"
    page = visitor.get(f"/verify/{ids['statement']}").text
    assert "SUPERSEDED" in page
    assert "the issuer has taken it back" in page
    french = TestClient(workshop.app, cookies={"etabli-lang": "fr"}).get(f"/verify/{ids['run']}").text
    assert "RETIRÉ PAR" in french
    for told in (page, french):
        for word in ("was erased", "a été effacé", ">Erased<", ">Effacé<", "REMPLACÉ"):
            assert word not in told
    uploaded = lead.post("/verify", data={"csrf": token_of(lead)}, files={"file": ("b.json", bundle)})
    assert "SUPERSEDED: TAKEN BACK" in uploaded.text
    assert ">Erased<" not in uploaded.text
    assert "taken back" in donor.get("/lots/MAIRIE-01").text, "what its donor sees"
    assert donor.get(f"/certificates/{ids['id']}.vc.jwt").status_code == 409
    assert recalled(lead, ids, token_of).status_code == 409, "once"


@pytest.mark.parametrize("word", ["id", "run", "statement"])
def test_it_is_said_before_anybody_has_asked_the_log_for_anything(
    ids: dict[str, str], signed_in: Enter, visitor: TestClient, token_of: Token, word: str
) -> None:
    assert recalled(signed_in("lead"), ids, token_of).status_code == 303
    page = visitor.get(f"/verify/{ids[word]}").text
    assert "SUPERSEDED" in page
    assert "VALID" not in page


def test_its_donor_is_told_by_mail_without_having_asked(
    workshop: Workshop, ids: dict[str, str], signed_in: Enter, token_of: Token
) -> None:
    post = with_post(workshop)
    demanding(workshop)
    assert recalled(signed_in("lead"), ids, token_of).status_code == 303
    assert post.deliver() == [], "nothing has happened yet"
    assert recalled(second_lead(workshop), ids, token_of, "/agree").status_code == 303
    ((to, subject, text),) = post.deliver()
    assert (to, ids["number"] in subject) == (EMAILS["donor"], True)
    assert "/lots/MAIRIE-01" in text
    assert SAID["reason"] not in text, "what the workshop wrote for itself"


def test_a_certificate_that_is_replaced_names_the_new_one(
    workshop: Workshop, ids: dict[str, str], signed_in: Enter, visitor: TestClient, token_of: Token
) -> None:
    lead, donor = signed_in("lead"), signed_in("donor")
    bundle = donor.get(f"/certificates/{ids['id']}.json").content
    assert recalled(lead, ids, token_of, why="corrected", reason="le nom du donateur").status_code == 303
    with workshop.session() as session:
        new = session.query(Certificate).filter(Certificate.id != ids["id"]).one()
        run = session.query(Erasure).filter_by(statement_id=ids["run"]).one()
        assert (run.decision, run.certificate_id) == ("APPROVED", new.id)
        issued, statement = new.id, new.statement_id
    found = judge(bundle, trust_of(visitor))
    assert (found.verdict, found.superseded_by) == (Verdict.SUPERSEDED, statement)
    again = donor.get(f"/certificates/{issued}.json").content
    assert judge(again, trust_of(visitor)).verdict is Verdict.VALID
    assert f"/verify/{statement}" in visitor.get(f"/verify/{ids['statement']}").text
    assert ids["number"] in visitor.get(f"/verify/{ids['run']}").text, "the address on the old paper tells of both"


def test_a_rebuild_gives_the_same(workshop: Workshop, ids: dict[str, str], signed_in: Enter, token_of: Token) -> None:
    recalled(signed_in("lead"), ids, token_of)
    with workshop.session() as session, session.begin():
        rebuild(session)
    with workshop.session() as session:
        assert session.get_one(Superseded, ids["statement"]).why == "contradicted"
        assert session.query(Erasure).filter_by(statement_id=ids["run"]).one().certificate_id is None
        assert session.query(IntakeProblem).count() == 0
        entries = session.query(LedgerEntry).count()
    assert Log(workshop.hub).bring_up().size == entries


def test_where_two_people_are_asked_for_another_lead_agrees_first(
    workshop: Workshop, ids: dict[str, str], signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    demanding(workshop)
    lead, other = signed_in("lead"), second_lead(workshop)
    assert recalled(lead, ids, token_of).status_code == 303
    assert trust_of(visitor).superseded == {}
    assert recalled(lead, ids, token_of, "/agree").status_code == 403, "whoever asks does not agree"
    assert recalled(lead, ids, token_of).status_code == 409, "asked for already"
    assert trust_of(visitor).superseded == {}
    assert recalled(other, ids, token_of, "/withdraw").status_code == 303
    assert recalled(other, ids, token_of, "/agree").status_code == 409, "nobody asks any more"
    assert recalled(other, ids, token_of).status_code == 303
    assert recalled(lead, ids, token_of, "/agree").status_code == 303
    assert trust_of(visitor).superseded == {ids["statement"]: ""}
    with workshop.session() as session:
        assert [bool(one.agreed) for one in session.query(CertificateRecall).order_by(CertificateRecall.id)] == [
            False,
            True,
        ]


@pytest.mark.parametrize("said", [{"why": "because"}, {"why": ""}, {"reason": " "}, {"reason": "x" * 1001}])
def test_without_a_cause_and_words_nothing_is_signed(
    ids: dict[str, str], signed_in: Enter, token_of: Token, visitor: TestClient, said: dict[str, str]
) -> None:
    assert recalled(signed_in("lead"), ids, token_of, **said).status_code == 422
    assert trust_of(visitor).superseded == {}


def test_nobody_but_a_lead_takes_a_certificate_back(
    ids: dict[str, str], signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    for who in ("technician", "admin", "donor"):
        assert recalled(signed_in(who), ids, token_of).status_code == 403
    assert trust_of(visitor).superseded == {}
