"""The pages of a lead for unattended erasing, protected drives and messages, worked as a person does."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub.models import AuditEntry, PreApproval
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
LOT = "/lots/MAIRIE-01"
RULES = {"drives": "expected", "policy": "purge-preferred", "countdown": "30", "hours": "12", "sure": "yes"}


@pytest.fixture
def post(token_of: Callable[[TestClient], str]) -> Callable[..., str]:
    """Sends a form as the page in front of a person does, and gives the page that comes then."""

    def send(client: TestClient, path: str, **fields: str) -> str:
        answer = client.post(path, data={"csrf": token_of(client), **fields}, follow_redirects=True)
        return str(answer.text)

    return send


def rules(workshop: Workshop) -> list[PreApproval]:
    with workshop.session() as session:
        return list(session.scalars(select(PreApproval).order_by(PreApproval.id)))


def test_a_lead_approves_a_lot_beforehand_and_undoes_it(
    workshop: Workshop, signed_in: Enter, post: Callable[..., str]
) -> None:
    lead = signed_in("lead")
    assert "Unattended erasing" in lead.get(LOT).text
    page = post(lead, f"{LOT}/pre-approval", **RULES)
    (rule,) = rules(workshop)
    assert f"Rule {rule.id} is in force" in page
    assert (rule.any_drive, rule.exceptions, rule.countdown_s) == (False, False, 30)
    assert "may start by themselves" in lead.get(LOT).text
    page = post(lead, f"{LOT}/pre-approval/undo")
    assert "start by hand only" in page
    assert "undone" in page
    assert rules(workshop)[0].revoked is not None
    with workshop.session() as session:
        assert {"lot.pre-approve", "lot.pre-approve.undo"} <= set(session.scalars(select(AuditEntry.action)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sure": ""}, "Tick the box"),
        ({"countdown": "4"}, "5 to 3600 seconds"),
        ({"countdown": "a lot"}, "5 to 3600 seconds"),
        ({"hours": "99999999999"}, "1 to 336 hours"),
        ({"policy": "none"}, "choose a policy"),
    ],
)
def test_what_cannot_be_approved_is_told_and_kept_in_the_form(
    workshop: Workshop, signed_in: Enter, post: Callable[..., str], changed: dict[str, str], said: str
) -> None:
    page = post(signed_in("lead"), f"{LOT}/pre-approval", **(RULES | {"drives": "any"} | changed))
    assert said in page
    assert '<option value="any" selected>' in page
    assert rules(workshop) == []


def test_a_refusal_is_said_in_french(workshop: Workshop, signed_in: Enter, post: Callable[..., str]) -> None:
    lead = signed_in("lead")
    lead.cookies.set("etabli-lang", "fr")
    assert "un compte à rebours a de 5 à 3600 secondes" in post(
        lead, f"{LOT}/pre-approval", **RULES | {"countdown": "1"}
    )
    assert rules(workshop) == []


def test_a_drive_is_protected_and_freed(signed_in: Enter, post: Callable[..., str]) -> None:
    lead = signed_in("lead")
    assert "server of the office" in post(lead, "/benches/protected", serial="KEEP-ME", note="server of the office")
    assert "is protected already" in post(lead, "/benches/protected", serial="KEEP-ME")
    page = post(lead, "/benches/unprotected", serial="KEEP-ME")
    assert "protected no more" in page
    assert "server of the office" not in page


def test_a_message_is_written_and_withdrawn(signed_in: Enter, post: Callable[..., str]) -> None:
    admin = signed_in("admin")
    page = post(admin, "/benches/messages", text="<b>Closed</b> on Monday", severity="urgent", days="0")
    assert "&lt;b&gt;Closed&lt;/b&gt; on Monday" in page
    number = page.split('name="message" value="')[1].split('"')[0]
    assert "needs a text" in post(admin, "/benches/messages", text=" ", severity="urgent", days="1")
    assert "on Monday" not in post(admin, "/benches/messages/withdraw", message=number)
