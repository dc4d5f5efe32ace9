"""What benches sent and lists said, and the rows that a hub derived from it."""

from typing import Any

from sqlalchemy import select

from hub.lots.service import apply_import, lot_for
from hub.models import Assessment, Certificate, Device, Diagnostic, Drive, Erasure, IntakeProblem
from hub.named import WaitingName
from hub.recalled import Superseded
from tests.hub.bench import Bench

DERIVED = (Erasure, Diagnostic, Assessment, Certificate, Superseded, IntakeProblem, WaitingName, Drive, Device)


def rows(session: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived row, column by column."""
    found = {}
    for table in DERIVED:
        columns = list(table.__table__.columns)
        found[table.__tablename__] = sorted((tuple(row) for row in session.execute(select(*columns))), key=repr)
    return found


def import_csv(world: Any, text: str, code: str = "LOT-1", email: str = "importer@hub.test") -> None:
    lead = world.person(email=email)
    with world.hub.sessions().begin() as session:
        apply_import(session, lot_for(session, lead, code), text, lead)


def erasure_of(world: Any, statement_id: str) -> Erasure:
    with world.hub.sessions()() as session:
        found = session.get(Erasure, statement_id)
        assert found is not None
        return found


def put(bench: Bench, **changed: Any) -> str:
    envelope = bench.erasure(**changed)
    answer = bench.put(envelope)
    assert answer.status_code == 201, answer.text
    return envelope.id
