"""The queue: what comes first, what is asked before a certificate is issued, and taking a rejection back."""

from collections.abc import Callable

import pytest

from hub.models import Certificate, Erasure, LedgerEntry
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


@pytest.fixture
def lead(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> TestClient:
    return signed_in("lead")


@pytest.fixture
def ids(worked: tuple[Workshop, dict[str, str]]) -> dict[str, str]:
    return worked[1]


def decision(workshop: Workshop, statement: str) -> str:
    with workshop.session() as session:
        return session.get_one(Erasure, statement).decision


def test_what_needs_a_look_stands_before_what_went_well(lead: TestClient) -> None:
    page = lead.get("/queue").text
    places = {serial: page.index(serial) for serial in ("XX-7777", "ST-0002", "KX-0003", "WD-0001", "TO-9001")}
    assert max(places["XX-7777"], places["ST-0002"], places["KX-0003"]) < min(places["WD-0001"], places["TO-9001"])
    assert "5 drives wait for a decision" in page


def test_the_evidence_names_every_figure(lead: TestClient, ids: dict[str, str]) -> None:
    page = lead.get(f"/queue/{ids['KX-0003']}").text
    assert "LBA 1000 to 1007 (8 sectors)" in page
    assert "LBA 9999" in page
    assert "Sectors that could not be written: 9" in page
    assert "67,108,864 bytes" in page
    assert "17\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}41\N{NO-BREAK SPACE}s" in page
    assert "sectors could not be written (EIO)" in page
    assert "p-lou" in page


def test_approval_needs_the_tick(lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token) -> None:
    answer = lead.post(f"/queue/{ids['WD-0001']}/approve", data={"csrf": token_of(lead)})
    assert answer.status_code == 422
    assert "Tick the box first" in answer.text
    assert decision(workshop, ids["WD-0001"]) == "AWAITING"


def test_approval_issues_a_certificate_and_goes_to_the_next(
    lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token
) -> None:
    answer = lead.post(f"/queue/{ids['WD-0001']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/queue/")
    page = lead.get(answer.headers["location"]).text
    assert "Approved: the certificate of drive WD-0001 is issued." in page
    assert "WD-0001" not in lead.get("/queue").text
    with workshop.session() as session:
        assert session.query(Certificate).one().erasure_id == ids["WD-0001"]
    done = lead.get(f"/queue/{ids['WD-0001']}").text
    assert "See the certificate" in done
    assert 'id="approve"' not in done


def test_a_failed_drive_cannot_be_approved(
    lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token
) -> None:
    page = lead.get(f"/queue/{ids['KX-0003']}").text
    assert "No certificate is possible" in page
    assert 'id="approve"' not in page
    answer = lead.post(f"/queue/{ids['KX-0003']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    assert answer.status_code == 422
    assert decision(workshop, ids["KX-0003"]) == "AWAITING"


def test_rejection_needs_a_reason(lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token) -> None:
    answer = lead.post(f"/queue/{ids['KX-0003']}/reject", data={"csrf": token_of(lead), "reason": "  "})
    assert answer.status_code == 422
    assert "A rejection needs a reason" in answer.text
    assert decision(workshop, ids["KX-0003"]) == "AWAITING"


def test_a_rejection_can_be_taken_back_and_both_decisions_stay(
    lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token
) -> None:
    path = f"/queue/{ids['WD-0001']}"
    assert lead.post(f"{path}/reject", data={"csrf": token_of(lead), "reason": "wrong bay"}).status_code == 303
    assert decision(workshop, ids["WD-0001"]) == "REJECTED"
    assert "wrong bay" in lead.get("/queue").text
    page = lead.get(path).text
    seen = page.split('name="over" value="')[1].split('"')[0]
    answer = lead.post(f"{path}/approve", data={"csrf": token_of(lead), "sure": "yes", "over": seen})
    assert answer.status_code == 303
    assert decision(workshop, ids["WD-0001"]) == "APPROVED"
    with workshop.session() as session:
        assert session.query(LedgerEntry).filter(LedgerEntry.kind == "validation").count() == 2


def test_a_rejection_that_was_not_seen_is_not_taken_back(
    lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token
) -> None:
    path = f"/queue/{ids['WD-0001']}"
    lead.post(f"{path}/reject", data={"csrf": token_of(lead), "reason": "wrong bay"})
    for over in ("", "0" * 64):
        answer = lead.post(f"{path}/approve", data={"csrf": token_of(lead), "sure": "yes", "over": over})
        assert answer.status_code == 409
        assert "Somebody was faster" in answer.text
    assert decision(workshop, ids["WD-0001"]) == "REJECTED"


def test_a_drive_without_a_lot_is_tied_to_one_and_then_decided(
    lead: TestClient, ids: dict[str, str], workshop: Workshop, token_of: Token
) -> None:
    page = lead.get(f"/queue/{ids['XX-7777']}").text
    assert "belongs to no lot yet" in page
    drive = page.split("/drives/")[1].split("/tie")[0]
    answer = lead.post(f"/drives/{drive}/tie", data={"csrf": token_of(lead), "lot": "MAIRIE-01", "asset": "ETB-0005"})
    assert answer.status_code == 303
    assert "Drive XX-7777 belongs to lot MAIRIE-01 now." in lead.get("/").text
    assert 'id="approve"' in lead.get(f"/queue/{ids['XX-7777']}").text
    again = lead.post(f"/drives/{drive}/tie", data={"csrf": token_of(lead), "lot": "MAIRIE-01", "asset": ""})
    assert again.status_code == 409


def test_an_unknown_statement_is_not_there(lead: TestClient, token_of: Token) -> None:
    assert lead.get("/queue/" + "0" * 64).status_code == 404
    assert lead.post("/queue/" + "0" * 64 + "/reject", data={"csrf": token_of(lead), "reason": "x"}).status_code == 404


def test_a_run_that_contradicts_the_list_is_put_right_with_a_reason(
    worked: tuple[Workshop, dict[str, str]], lead: TestClient, token_of: Token
) -> None:
    workshop = worked[0]
    run = workshop.bench.give(workshop.hub, workshop.bench.erasure("ST-0004", lot="USINE-01"))  # the list: MAIRIE-01
    page = lead.get(f"/queue/{run}").text
    assert "Declared by the donor's list: MAIRIE-01" in page
    assert "Why it belongs elsewhere than recorded" in page
    with workshop.session() as session:
        path = f"/drives/{session.get_one(Erasure, run).drive_id}/tie"
    assert "Why it belongs elsewhere than recorded" in lead.get("/").text
    without = lead.post(path, data={"csrf": token_of(lead), "lot": "USINE-01"})
    assert without.status_code == 422
    assert "say why it belongs elsewhere" in without.text
    why = {"lot": "USINE-01", "reason": "list-wrong", "note": "vu avec la mairie"}
    assert lead.post(path, data={"csrf": token_of(lead), **why}).status_code == 303
    shown = lead.get(f"/queue/{run}").text
    for words in ("MAIRIE-01", "Put into lot USINE-01 by Camille Le Goff", "vu avec la mairie", "list is wrong"):
        assert words in shown, words
    left = lead.get("/lots/MAIRIE-01").text
    assert "Drives that a person put into another lot" in left
    assert "ST-0004" in left
