"""Policies of the site: kept byte for byte, named by name, version and SHA-256. Keeping one puts nothing in force."""

import hashlib
import tomllib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diagnostics.grading import (
    DEFAULT_CATEGORY_POLICY,
    DEFAULT_POLICY,
    CategoryPolicy,
    GradePolicy,
    MalformedGradePolicy,
    categorise,
    grade_report,
    read_category_policy,
    read_grade_policy,
)
from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.models import GradePolicyFile, Person

GRADE, CATEGORY = "grade", "category"
KINDS = (GRADE, CATEGORY)
SHIPPED = {GRADE: DEFAULT_POLICY, CATEGORY: DEFAULT_CATEGORY_POLICY}


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """A policy that was read: either kind, with what it makes of a report."""

    kind: str
    rules: GradePolicy | CategoryPolicy

    def judge(self, report: dict[str, Any], year: int) -> tuple[str, dict[str, Any]]:
        """The letter or category of a report ("" for none), and the whole assessment. Never raises on a report."""
        if isinstance(self.rules, GradePolicy):
            grade = grade_report(report, self.rules, year=year)
            return grade.letter, grade.to_document()
        category = categorise(report, self.rules, year=year)
        return category.category, category.to_document()


def read_policy(data: bytes) -> SitePolicy:
    """Read a policy file of either kind. Raises BadInput with what is wrong in it."""
    try:
        if "letters" in _members(data):
            return SitePolicy(GRADE, read_grade_policy(data))
        return SitePolicy(CATEGORY, read_category_policy(data))
    except MalformedGradePolicy as error:
        raise BadInput(f"this policy cannot be used: {error}", "policy") from error


def keep_policy(session: Session, person: Person | None, data: bytes) -> GradePolicyFile:
    """Keep a policy file; the same bytes again are the row that is there.

    Raises BadInput, and Conflict where another file has this name and version already.
    """
    policy, digest = read_policy(data), hashlib.sha256(data).hexdigest()
    found = session.get(GradePolicyFile, digest)
    if found is not None:
        return found
    rules = policy.rules
    same = select(GradePolicyFile).where(
        GradePolicyFile.kind == policy.kind,
        GradePolicyFile.name == rules.name,
        GradePolicyFile.version == rules.version,
    )
    if session.scalar(same) is not None:
        raise Conflict(f"{rules.name} version {rules.version} exists with other rules: raise its version")
    row = GradePolicyFile(
        sha256=digest,
        kind=policy.kind,
        name=rules.name,
        version=rules.version,
        content=data,
        added=hub_of(session).clock(),
        added_by=person.id if person else None,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "grades.keep", digest, f"{rules.name} v{rules.version}")
    return row


def shipped(kind: str) -> SitePolicy:
    """The policy of a kind that comes with this version of the hub."""
    return read_policy(SHIPPED[kind].read_bytes())


def keep_shipped(session: Session, kind: str) -> GradePolicyFile:
    """Keep the policy that comes with this version of the hub."""
    return keep_policy(session, None, SHIPPED[kind].read_bytes())


def policy_file(session: Session, sha256: str) -> GradePolicyFile:
    """One kept policy. Raises NotFound."""
    row = session.get(GradePolicyFile, sha256)
    if row is None:
        raise NotFound("no such policy")
    return row


def kept_policies(session: Session) -> tuple[GradePolicyFile, ...]:
    """Every kept policy, the newest first."""
    return tuple(
        session.scalars(select(GradePolicyFile).order_by(GradePolicyFile.added.desc(), GradePolicyFile.sha256))
    )


def _members(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}  # the reader of the kind says what is wrong
