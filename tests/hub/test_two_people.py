"""The policy that demands two people."""

from dataclasses import replace
from typing import Any

import pytest

from hub.errors import Forbidden
from hub.settings import Settings
from hub.validation.service import approve
from tests.hub.test_validation import erased, now


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, two_people=True)


def test_whoever_ran_the_erasure_does_not_approve_it(world: Any) -> None:
    world.lot()
    lead, other = world.person(), world.person(email="other@hub.test")
    statement = erased(world, operator=lead.pseudonym)
    with world.hub.sessions()() as session, pytest.raises(Forbidden, match="does not approve"):
        approve(session, lead, statement, "", now(world))
    with world.hub.sessions().begin() as session:
        assert approve(session, other, statement, "", now(world)).erasure_id == statement
