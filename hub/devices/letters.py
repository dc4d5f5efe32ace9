"""The letters of devices for a table: of the newest diagnosis, by the site's policy in force, and by a person."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from hub.database import plain_rows
from hub.grades.policies import GRADE
from hub.models import Assessment, Diagnostic, GradeOverride, GradePolicyFile, GradePolicyUse


class Letters(NamedTuple):
    """Of one device: the computed letter, and the one that a person gave beside it ("": nobody did)."""

    computed: str
    by_person: str


_IDS: Final = bindparam("ids", type_=String, expanding=True)
_DIAGNOSED: Final = (
    select(Diagnostic.device_id, Diagnostic.statement_id, Diagnostic.letter)
    .where(Diagnostic.device_id.in_(_IDS))
    .order_by(Diagnostic.position)
)
_GIVEN: Final = (
    select(GradeOverride.statement_id, GradeOverride.letter)
    .where(GradeOverride.withdrawn.is_(None), GradeOverride.statement_id.in_(_IDS))
    .order_by(GradeOverride.id)
)
_IN_FORCE: Final = (
    select(Assessment.statement_id, Assessment.word)
    .join(GradePolicyUse, GradePolicyUse.id == Assessment.use_id)
    .join(GradePolicyFile, GradePolicyFile.sha256 == GradePolicyUse.sha256)
    .where(GradePolicyUse.until_position.is_(None), GradePolicyFile.kind == GRADE, Assessment.statement_id.in_(_IDS))
)


def letters_of(session: Session, device_ids: Collection[str]) -> Mapping[str, Letters]:
    """By device; those without a diagnosis are left out. The devices were asked for in scope."""
    rows = plain_rows(session, _DIAGNOSED, ids=list(device_ids))
    newest = {row.device_id: row for row in rows if row.device_id is not None}
    if not newest:
        return {}
    ids = [row.statement_id for row in newest.values()]
    judged = {row[0]: row[1] for row in plain_rows(session, _IN_FORCE, ids=ids)}
    said = {row[0]: row[1] for row in plain_rows(session, _GIVEN, ids=ids)}
    return {
        device_id: Letters(judged.get(row.statement_id, row.letter), said.get(row.statement_id, ""))
        for device_id, row in newest.items()
    }
