"""The assignments of one bench, signed: open lots, what is expected, what is protected, who works here, what may start.

The document is `certificates.assignments`. It names donors where the hub allows it, and operators by pseudonym and
name; never an e-mail address, a PIN or a password. A rule is left out as soon as it ended, its lot is over, or the
person who approved it may no longer approve: a bench starts nothing by a rule that its newest assignments do not hold.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from certificates.assignments import ANY, EXPECTED, SCHEMA, sign_assignments
from certificates.envelope import SignedEnvelope
from hub.assigned import AssignmentCounter, BenchMessage, BenchPolicy, PersonBadge, ProtectedSerial
from hub.belonging import Belonging, StationBelonging
from hub.clock import wall
from hub.context import hub_of
from hub.models import Device, Donor, Drive, Lot, LotState, Person, PreApproval, Role, Station
from hub.partnered import LotPartner
from hub.partners import levels
from hub.stations.messages import current_messages
from hub.stations.pre_approvals import rules_in_force

ENDED = (LotState.CLOSED, LotState.CANCELLED)
OPERATORS = (Role.VOLUNTEER, Role.TECHNICIAN, Role.LEAD)


def assign(session: Session, station_id: str) -> tuple[dict[str, Any], SignedEnvelope]:
    """Issue the assignments of a station under its next counter: the document, and the same signed."""
    station = session.get(Station, station_id)
    assert station is not None
    document = {
        "station": station.kid,
        "counter": next_counter(session, station_id),
        **assignments(session, partner_of(session, station_id)),
    }
    return document, sign_assignments(hub_of(session).identity.key, document)


def next_counter(session: Session, station_id: str) -> int:
    """Give the next counter of a station: larger than any before, also after an old backup was put back.

    It follows the hub's clock in milliseconds, and goes on by ones where that clock stands still or was set back.
    """
    query = select(AssignmentCounter).where(AssignmentCounter.station_id == station_id).with_for_update()
    row = session.scalar(query)
    by_clock = int(hub_of(session).clock().timestamp() * 1000)
    if row is None:
        row = AssignmentCounter(station_id=station_id, counter=0)
        session.add(row)
    row.counter = max(row.counter + 1, by_clock)
    session.flush()
    return row.counter


def partner_of(session: Session, station_id: str) -> str:
    """The partner whose bench this is; "" for the workshop that runs this hub."""
    row = session.get(StationBelonging, station_id)
    return row.partner_id if row else ""


def assignments(session: Session, partner_id: str = "") -> dict[str, Any]:
    """Everything that is the same for every accepted station of one house: a partner's benches know its lots only."""
    settings = hub_of(session).settings
    protected = session.scalars(select(ProtectedSerial.serial))
    return {
        "schema": SCHEMA,
        "issued": wall(hub_of(session).clock()),
        "policies": list(settings.policies),
        "signed_policies": [
            {"name": row.name, "envelope": row.envelope.decode("ascii")}
            for row in session.scalars(select(BenchPolicy).order_by(BenchPolicy.name))
        ],
        "lots": _lots(session, partner_id),
        "protected_serials": sorted({*settings.protected_serials, *protected}),
        "operators": _operators(session, partner_id),
        "auto_start": [_rule(*row) for row in rules_in_force(session) if _works_on(session, partner_id, row[1])],
        "messages": [_message(row) for row in current_messages(session)],
    }


def expected_serials(session: Session, lot: Lot) -> list[str]:
    """The serial numbers that the list of a lot announces."""
    return _serials(session, [lot.id]).get(lot.id, [])


def _works_on(session: Session, partner_id: str, lot: Lot) -> bool:
    if levels.WIPE in levels.opened_in(session, lot.id).closed:
        return False
    return not partner_id or lot.id in set(session.scalars(_given(partner_id)))


def _given(partner_id: str) -> Select[str]:
    given = select(LotPartner.lot_id).where(LotPartner.partner_id == partner_id)
    return given.where(LotPartner.withdrawn.is_(None))


def _lots(session: Session, partner_id: str) -> list[dict[str, Any]]:
    settings = hub_of(session).settings
    query = select(Lot.id, Lot.code, Donor.name).join(Donor).where(Lot.state.not_in(ENDED)).order_by(Lot.code)
    query = query.where(Lot.id.not_in(levels.lots_closed_to(levels.WIPE)))  # nobody is told to erase there
    if partner_id:
        query = query.where(Lot.id.in_(_given(partner_id)))
    open_lots = session.execute(query).all()
    ids = [row[0] for row in open_lots]
    assets, serials = _assets(session, ids), _serials(session, ids)
    return [
        {
            "code": code,
            "donor_label": donor if settings.name_donors else "",
            "policy": settings.policies[0] if settings.policies else "",
            "four_eyes": settings.two_people,
            "assets": assets.get(key, []),
            "serials": serials.get(key, []),
        }
        for key, code, donor in open_lots
    ]


def _operators(session: Session, partner_id: str) -> list[dict[str, str]]:
    query = (
        select(Person.pseudonym, Person.name, PersonBadge.sha256)
        .outerjoin(PersonBadge, PersonBadge.person_id == Person.id)
        .where(Person.active, Person.role.in_([role.value for role in OPERATORS]))
        .order_by(Person.pseudonym)
    )
    theirs = select(Belonging.person_id)
    query = query.where(
        Person.id.in_(theirs.where(Belonging.partner_id == partner_id)) if partner_id else Person.id.not_in(theirs)
    )
    return [{"id": who, "name": name, "badge_sha256": badge or ""} for who, name, badge in session.execute(query)]


def _rule(rule: PreApproval, lot: Lot, approver: Person) -> dict[str, Any]:
    return {
        "id": rule.id,
        "lot": lot.code,
        "policy": rule.policy,
        "drives": ANY if rule.any_drive else EXPECTED,
        "exceptions": rule.exceptions,
        "countdown_s": rule.countdown_s,
        "approved": wall(rule.approved),
        "approved_by": {"id": approver.pseudonym, "name": approver.name},
        "valid_until": wall(rule.valid_until),
    }


def _message(message: BenchMessage) -> dict[str, Any]:
    until = wall(message.until) if message.until else None
    return {"id": message.id, "text": message.text, "severity": message.severity, "until": until}


def _assets(session: Session, ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(Device.lot_id, Device.asset).where(Device.lot_id.in_(ids), Device.asset.is_not(None))
    for lot_id, asset in session.execute(query.order_by(Device.asset)):
        found.setdefault(lot_id, []).append(asset or "")
    return found


def _serials(session: Session, ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(Drive.lot_id, Drive.serial).where(Drive.lot_id.in_(ids), Drive.declared, Drive.serial != "")
    for lot_id, serial in session.execute(query.order_by(Drive.serial)):
        found.setdefault(lot_id or "", []).append(serial)
    return found
