"""Changing the policy of the site: preview, apply, undo. Old reports get another letter, and keep their bytes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from hub import audit
from hub.claims import name_of
from hub.context import hub_of
from hub.errors import Conflict
from hub.grades.assessing import assess_all, current, uses_in_force
from hub.grades.policies import CATEGORY, read_policy
from hub.ledger.append import lock_ledger
from hub.models import Device, Diagnostic, GradePolicyFile, GradePolicyUse, LedgerEntry, Lot, Person
from hub.people.roles import MANAGERS
from hub.scope import require_home


@dataclass(frozen=True, slots=True)
class Change:
    """One diagnosis whose letter or category would become another one; "" is "none"."""

    device_id: str
    tag: str
    lot: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy would do: how often each word becomes which, and every device that changes."""

    policy: GradePolicyFile
    counts: tuple[tuple[str, str, int], ...]  # before, after, how many
    changes: tuple[Change, ...]
    judged: int


def preview(session: Session, person: Person | None, policy: GradePolicyFile) -> Preview:
    """What putting a policy in force would do to the newest diagnosis of each device; writes nothing.

    Raises Forbidden.
    """
    _allow(session, person)
    found = list(_judged(session, policy))
    counts = Counter((change.before, change.after) for change in found)
    return Preview(
        policy=policy,
        counts=tuple((*pair, number) for pair, number in sorted(counts.items())),
        changes=tuple(change for change in found if change.before != change.after),
        judged=len(found),
    )


def apply_policy(session: Session, person: Person | None, policy: GradePolicyFile) -> GradePolicyUse:
    """Put a policy in force and grade every report again. The use before it ends here and stays in the history.

    Raises Forbidden, Conflict when it is in force already.
    """
    _allow(session, person)
    lock_ledger(session)
    before = uses_in_force(session).get(policy.kind)
    if before is not None and before.sha256 == policy.sha256:
        raise Conflict("this policy is in force already")
    if before is not None:
        before.until_position = _head(session)
    use = GradePolicyUse(sha256=policy.sha256, since=hub_of(session).clock(), by=person.id if person else None)
    session.add(use)
    session.flush()
    use.policy = policy
    assess_all(session, use)
    audit.record(session, person, "grades.apply", policy.sha256, f"{policy.name} v{policy.version}")
    return use


def undo(session: Session, person: Person | None, kind: str) -> GradePolicyUse | None:
    """Take the policy in force back; returns the use before it, in force again, or None: the benches' own grades stand.

    Raises Forbidden, Conflict when no policy is in force.
    """
    _allow(session, person)
    lock_ledger(session)
    last = uses_in_force(session).get(kind)
    if last is None:
        raise Conflict("no policy of the site is in force")
    last.until_position, last.undone = _head(session), hub_of(session).clock()
    last.undone_by = person.id if person else None
    session.flush()
    query = (
        select(GradePolicyUse)
        .join(GradePolicyFile)
        .where(GradePolicyFile.kind == kind, GradePolicyUse.undone.is_(None), GradePolicyUse.id < last.id)
    )
    before = session.scalar(query.order_by(GradePolicyUse.id.desc()).limit(1))
    if before is not None:
        before.until_position = None
        session.flush()
        assess_all(session, before)
    audit.record(session, person, "grades.undo", last.sha256, f"{last.policy.name} v{last.policy.version}")
    return before


def history(session: Session) -> tuple[GradePolicyUse, ...]:
    """Every use of a policy, the newest first."""
    query = (
        select(GradePolicyUse)
        .options(joinedload(GradePolicyUse.policy), joinedload(GradePolicyUse.person))
        .order_by(GradePolicyUse.id.desc())
    )
    return tuple(session.scalars(query))


def _allow(session: Session, person: Person | None) -> None:
    """None is the command line of the hub's own machine."""
    if person is not None:
        require_home(session, person, *MANAGERS)


def _head(session: Session) -> int:
    return session.scalar(select(func.max(LedgerEntry.position))) or 0


def _judged(session: Session, policy: GradePolicyFile) -> Iterator[Change]:
    rules = read_policy(policy.content)
    newest = (
        select(func.max(Diagnostic.position)).where(Diagnostic.device_id.is_not(None)).group_by(Diagnostic.device_id)
    )
    query = (
        select(Diagnostic, Device, Lot)
        .join(Device, Device.id == Diagnostic.device_id)
        .join(Lot, Lot.id == Device.lot_id)
        .where(Diagnostic.position.in_(newest))
        .order_by(Lot.code, Device.asset, Device.serial, Device.id)
    )
    rows = session.execute(query).all()
    now = current(session, [diagnostic.statement_id for diagnostic, _device, _lot in rows])
    for diagnostic, device, lot in rows:
        stands = now.get(diagnostic.statement_id, {}).get(policy.kind)
        before = stands.word if stands else _of_bench(diagnostic, policy.kind)
        after, _document = rules.judge(diagnostic.payload["report"], diagnostic.received.year)
        yield Change(device.id, device.asset or device.serial or "?", lot.code, name_of(device), before, after)


def _of_bench(diagnostic: Diagnostic, kind: str) -> str:
    """The bench's own letter; benches give no category."""
    return "" if kind == CATEGORY or diagnostic.letter == "none" else diagnostic.letter
