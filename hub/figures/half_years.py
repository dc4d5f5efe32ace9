"""The half-year report (*bilan semestriel*): counted once, frozen as JSON with its indicator versions and its period.

A frozen report is never counted again; another freeze of the same half-year is the next version beside it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import Conflict, NotFound
from hub.figures import actions, defaults, indicators
from hub.figures.periods import half_year
from hub.figures.reading import Choice, read
from hub.figures.rows import Figure
from hub.models import Person
from hub.partnered import GateRecord, HalfYear, Partner
from hub.partners import onboarding, register
from hub.scope import partner_in_scope, require_networker, written_in_scope
from hub.turns import take_turn

SCHEMA = "etabli.half-year/2"  # 1 had no open actions, no basis of estimates


def freeze(session: Session, person: Person, name: str, partner_id: str = "") -> HalfYear:
    """Count a half-year that is over and freeze it, of one partner or of all.

    Raises Forbidden, BadInput for a name that is none, Conflict while it runs, NotFound (partner).
    """
    require_networker(session, person)
    period, name, now = half_year(name), name.strip(), hub_of(session).clock()
    if now < period.end:
        raise Conflict("this half-year is not over yet")
    take_turn(session, "half-year")  # two at once are two versions
    chosen = [register.partner_for(session, person, partner_id)] if partner_id else []
    book = replace(read(session, person, period, Choice(partner_id=partner_id)), money=None)  # K-15 is for one role
    newest = select(func.max(HalfYear.version)).where(HalfYear.period == name, HalfYear.partner_id == partner_id)
    version = (session.scalar(newest) or 0) + 1
    document = {
        "schema": SCHEMA,
        "version": version,
        "half_year": name,
        "period": {"first": period.first.isoformat(), "last": period.last.isoformat()},
        "partner": chosen[0].name if chosen else None,
        "issuer": hub_of(session).identity.issuer.name,
        "frozen": {"at": now.isoformat(), "by": person.name},
        "defaults": {"name": defaults.shipped().name, "version": defaults.shipped().version},
        "figures": [written(figure) for figure in indicators.figures(book)],
        "actions": [actions.written(row) for row in actions.reviewed(session, person, period, partner_id)],
        "onboarding": [_stage(session, person, one) for one in chosen or register.partners(session, person)],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    row = HalfYear(
        period=name,
        partner_id=partner_id,
        version=version,
        document=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        at=now,
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "half-year.freeze", row.id, f"{name} version {version} sha256 {row.sha256}")
    return row


def reports(session: Session, person: Person) -> Sequence[HalfYear]:
    """Every frozen report, the newest half-year first. Raises Forbidden."""
    require_networker(session, person)
    order = (HalfYear.period.desc(), HalfYear.partner_id, HalfYear.version.desc())
    return session.scalars(select(HalfYear).where(_in_scope(person)).order_by(*order)).all()


def report_for(session: Session, person: Person, report_id: str) -> HalfYear:
    """One frozen report. Raises Forbidden, NotFound."""
    require_networker(session, person)
    row = session.scalar(select(HalfYear).where(HalfYear.id == report_id, _in_scope(person)))
    if row is None:
        raise NotFound("no such report")
    return row


def _in_scope(person: Person) -> ColumnElement[bool]:
    """A report over all is of the house that froze it, one of a partner of whoever sees that partner."""
    of_partner = (HalfYear.partner_id != "") & partner_in_scope(person, HalfYear.partner_id)
    return or_(of_partner, written_in_scope(person, HalfYear.by))


def written(figure: Figure) -> dict[str, Any]:
    """A figure as a report keeps it: values are exact, whole or as fractions; None where nobody published one."""
    return {
        "id": figure.id,
        "version": figure.version,
        "missing": figure.missing,
        "notes": list(figure.notes),
        "lines": [
            {
                "group": line.group,
                "name": line.name,
                "value": None if line.value is None else str(line.value),
                "unit": line.unit,
            }
            for line in figure.lines
        ],
        **({} if figure.basis is None else {"basis": dict(figure.basis)}),
    }


def _stage(session: Session, person: Person, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner.name,
        "level": register.level_of(session, person, partner),
        "stage": onboarding.stage_of(session, person, partner),
        "judgements": [_judgement(row) for row in onboarding.records(session, person, partner)],
    }


def _judgement(row: GateRecord) -> dict[str, Any]:
    return {
        "gate": row.gate,
        "passed": row.passed,
        "exception": row.exception,
        "reason": row.reason,
        "by": row.by_name,
        "at": row.at.isoformat(),
        "unmet": row.facts["unmet"],
    }
