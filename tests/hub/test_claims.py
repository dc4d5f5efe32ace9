"""What people type and documents print: a new claim is refused, an old one gives way to the code of the lot."""

from typing import Any

import pytest

from diagnostics.grading import claims
from hub.commands.refusals import refusal_words
from hub.errors import BadInput
from hub.issued.service import pdf_of
from hub.lots.service import create_lot, donor_named, preview_import
from hub.models import Device, Donor, Lot
from hub.pages.sentences import in_words
from hub.validation.service import approve
from tests.certificates.test_claims import GATED, HOSTILE
from tests.certificates.test_pdf import page_text
from tests.hub.sent import put

TYPED = [*HOSTILE, *GATED]


@pytest.mark.parametrize("said", TYPED)
def test_a_new_label_or_name_that_claims_too_much_is_refused(world: Any, said: str) -> None:
    with world.hub.sessions()() as session:
        with pytest.raises(BadInput, match="the law keeps a label from saying"):
            create_lot(session, "LOT-1", "CAF", f"Portables {said}", None)
        with pytest.raises(BadInput, match="the law keeps a label from saying"):
            donor_named(session, f"Mairie {said}")


def test_a_code_is_refused_too_and_a_row_of_a_list(world: Any) -> None:
    lot = world.lot("LOT-1")
    with world.hub.sessions()() as session:
        with pytest.raises(BadInput, match="COMME-NEUF"):
            create_lot(session, "COMME-NEUF-01", "CAF", "", None)
        text = "asset;model\nA-1;ThinkPad reconditionné\nA-2;ThinkPad\n"
        found = preview_import(session, session.merge(lot), text)
        assert [row.outcome.value for row in found.rows] == ["rejected", "created"]
        assert in_words(found.rows[0].reason, "fr").startswith("la loi ne permet pas")


def test_the_refusal_is_said_in_both_languages() -> None:
    english = "the law keeps a label from saying 'état neuf': write it without"
    assert in_words(english, "en") == english
    for say in (in_words, refusal_words):
        assert say(english, "fr") == "la loi ne permet pas qu’un libellé dise 'état neuf'\u00a0: écrivez-le sans cela"


@pytest.mark.parametrize("said", [HOSTILE[0], HOSTILE[3], GATED[0]])
def test_an_old_label_is_replaced_in_the_pdf(world: Any, said: str) -> None:
    lot, lead = world.lot("LOT-1", "CAF"), world.person()
    statement = put(world.bench(), lot="LOT-1", asset="A-1", serial="WD-0001")
    with world.hub.sessions().begin() as session:
        session.merge(lot).label = f"Portables {said}"
        session.query(Donor).one().name = f"Mairie {said}"
        session.query(Device).one().model = f"T480 {said}"
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, statement, "", world.hub.clock())
        for lang in ("fr", "en"):
            text = " ".join(page_text(pdf_of(session, lead, certificate.id, lang)).split())
            assert claims(text) == ()
            assert "LOT-1" in text
        assert said in session.query(Lot).one().label  # the control: it is there to be printed
