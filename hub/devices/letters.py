"""The letters of devices for a table: of the newest diagnosis, by the site's policy in force, and by a person."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.grades.policies import GRADE
from hub.models import Assessment, Diagnostic, GradeOverride, GradePolicyFile, GradePolicyUse


class Letters(NamedTuple):
    """Of one device: the computed letter, and the one that a person gave beside it ("": nobody did)."""

    computed: str
    by_person: str


_IN_FORCE: Final = (
    select(Assessment.statement_id, Assessment.word)
    .join(GradePolicyUse, GradePolicyUse.id == Assessment.use_id)
    .join(GradePolicyFile, GradePolicyFile.sha256 == GradePolicyUse.sha256)
    .where(GradePolicyUse.until_position.is_(None), GradePolicyFile.kind == GRADE)
)


def letters_of(session: Session, device_ids: Collection[str]) -> Mapping[str, Letters]:
    """By device; those without a diagnosis are left out. The devices were asked for in scope."""
    query = select(Diagnostic.device_id, Diagnostic.statement_id, Diagnostic.letter)
    rows = session.execute(query.where(Diagnostic.device_id.in_(device_ids)).order_by(Diagnostic.position))
    newest = {row.device_id: row for row in rows if row.device_id is not None}
    if not newest:
        return {}
    ids = [row.statement_id for row in newest.values()]
    judged = {row[0]: row[1] for row in session.execute(_IN_FORCE.where(Assessment.statement_id.in_(ids)))}
    given = select(GradeOverride.statement_id, GradeOverride.letter).where(GradeOverride.withdrawn.is_(None))
    given = given.where(GradeOverride.statement_id.in_(ids)).order_by(GradeOverride.id)
    said = {row[0]: row[1] for row in session.execute(given)}
    return {
        device_id: Letters(judged.get(row.statement_id, row.letter), said.get(row.statement_id, ""))
        for device_id, row in newest.items()
    }
