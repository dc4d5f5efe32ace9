"""What people type never makes a statement impossible."""

from typing import Any

import pytest

from hub.errors import BadInput
from hub.lots.service import create_lot
from hub.models import Role
from hub.people.service import add_person
from hub.typed import one_line
from hub.validation.service import approve
from tests.hub.conftest import PASSWORD

HOSTILE = "Mai\nrie\x01 \u202eTEST\x7f\ud800\t\u2028 fin"


def test_control_and_direction_marks_are_left_out() -> None:
    assert one_line(HOSTILE, 200) == "Mai rie TEST fin"
    assert one_line("e\u0301" * 3, 2) == "éé"
    assert one_line("\x00\x01", 10) == ""


def test_hostile_names_do_not_stop_an_approval(world: Any) -> None:
    with world.hub.sessions().begin() as session:
        create_lot(session, "LOT-1", HOSTILE, HOSTILE, None)
        lead = add_person(session, "lead@hub.test", HOSTILE, Role.LEAD, PASSWORD)
        nameless = add_person(session, "x@hub.test", "\x01", Role.LEAD, PASSWORD)
        assert nameless.name == "x@hub.test"
    bench = world.bench()
    run = bench.erasure(lot="LOT-1")
    bench.put(run)
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, run.id, "", world.hub.clock()).number


@pytest.mark.parametrize("email", ["a\x01@hub.test", "a b@hub.test", "a\u202e@hub.test"])
def test_an_address_has_no_blanks_and_no_marks(world: Any, email: str) -> None:
    with world.hub.sessions()() as session, pytest.raises(BadInput):
        add_person(session, email, "x", Role.LEAD, PASSWORD)
