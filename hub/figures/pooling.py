"""Figures that the workshops of a network share (S4-13): who chooses, agrees, counts and reads. Never names a donor.

Whoever looks after the network chooses the figures; each partner agrees to those it was shown, and may take it back:
nothing of it is told from then on. A half-year is counted once, when it is over, so that a later entry shows nothing.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DriveRecord
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.figures.choice import Choice, chosen
from hub.figures.contributions import FIGURES, Drives, contribution, factors_named, rules
from hub.figures.periods import Period, half_year
from hub.figures.reading import read
from hub.lots.erased_now import erased_drives
from hub.models import Certificate, Erasure, Lot, Person
from hub.one_way import one_way
from hub.partnered import Network, Partner
from hub.partners.register import networks, reason_for
from hub.people.roles import MANAGERS, READERS, may, require
from hub.pooled import PoolAgreement, PoolChoice, PoolCount, PoolReader
from hub.recalled import IN_FORCE
from hub.scope import network_shared_with, own_partner, require_networker
from hub.typed import one_line

SCHEMA = "etabli.shared-count/1"
MOST_READERS = 50


def networks_of(session: Session, person: Person) -> tuple[Network, ...]:
    """The networks whose shared figures a person reads, by name. Raises Forbidden."""
    require(person, *READERS)
    query = select(Network).where(network_shared_with(person, Network.id)).order_by(Network.name)
    return tuple(session.scalars(query))


def choose(session: Session, person: Person, network_id: str, figures: Iterable[str]) -> PoolChoice:
    """Say which figures a network shares; none ends it. Raises Forbidden, NotFound, BadInput."""
    network = _looked_after(session, person, network_id)
    wanted = set(figures)
    if wanted - set(FIGURES):
        raise BadInput("choose figures of the list", "figures")
    row = PoolChoice(network_id=network.id, figures=_joined(wanted), **_noted(session, person))
    session.add(row)
    session.flush()
    audit.record(session, person, "pool.choose", network.id, row.figures or "-")
    return row


def chosen_by(session: Session, network_id: str) -> tuple[str, ...]:
    """The figures that a network shares now."""
    query = select(PoolChoice.figures).where(PoolChoice.network_id == network_id).order_by(PoolChoice.id.desc())
    return _split(session.scalar(query.limit(1)) or "")


def house_of(session: Session, person: Person) -> Partner | None:
    """The partner for which a person may agree: the own one, for its managers, where it is of a network."""
    if not may(person, *MANAGERS):
        return None
    query = select(Partner).where(Partner.id.in_(own_partner(person)), Partner.network_id.is_not(None))
    return session.scalar(query)


def agree(session: Session, person: Person, figures: Iterable[str], *, named: bool) -> PoolAgreement:
    """Let the own workshop be counted in figures that the network shares. Raises Forbidden, BadInput, Conflict."""
    house = _own_house(session, person)
    offered, wanted = chosen_by(session, house.network_id or ""), set(figures)
    if not wanted or wanted - set(offered):
        raise BadInput("choose figures of the list", "figures")
    if agreement_of(session, house) is not None:
        raise Conflict("your workshop has agreed already: take that back first")
    row = PoolAgreement(
        network_id=house.network_id,
        partner_id=house.id,
        figures=_joined(wanted),
        named=named,
        **_noted(session, person),
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "pool.agree", house.id, f"{row.figures} {'by name' if named else 'without name'}")
    return row


def take_back(session: Session, person: Person, reason: str) -> PoolAgreement:
    """End the own workshop's agreement: nothing of it is told any more. Raises Forbidden, NotFound, BadInput."""
    house = _own_house(session, person)
    row = agreement_of(session, house)
    if row is None:
        raise NotFound("your workshop has not agreed")
    _withdraw(session, person, row, reason)
    audit.record(session, person, "pool.take-back", house.id, row.withdrawn_reason)
    return row


def agreement_of(session: Session, partner: Partner) -> PoolAgreement | None:
    """What a partner has agreed to in its network of today."""
    query = select(PoolAgreement).where(
        PoolAgreement.partner_id == partner.id,
        PoolAgreement.network_id == partner.network_id,
        PoolAgreement.withdrawn.is_(None),
    )
    return session.scalar(query.order_by(PoolAgreement.id.desc()).limit(1))


def agreements(session: Session, person: Person, network_id: str) -> tuple[tuple[PoolAgreement, Partner], ...]:
    """What stands in a network, by partner, for whoever looks after it. Raises Forbidden, NotFound."""
    network = _looked_after(session, person, network_id)
    return standing(session, network.id)


def standing(session: Session, network_id: str) -> tuple[tuple[PoolAgreement, Partner], ...]:
    """Every agreement that is not taken back, of partners that are still of the network, by name."""
    query = (
        select(PoolAgreement, Partner)
        .join(Partner, Partner.id == PoolAgreement.partner_id)
        .where(PoolAgreement.network_id == network_id, Partner.network_id == network_id)
        .where(PoolAgreement.withdrawn.is_(None))
        .order_by(Partner.name, PoolAgreement.id)
    )
    return tuple((row[0], row[1]) for row in session.execute(query))


def count(session: Session, person: Person, network_id: str, half: str) -> int:
    """Count a half-year that is over for every workshop that agreed and is not counted; how many they were.

    Raises Forbidden, NotFound, BadInput, Conflict.
    """
    network = _looked_after(session, person, network_id)
    period, half = half_year(half), half.strip()
    if hub_of(session).clock() < period.end:
        raise Conflict("this half-year is not over yet")
    found = standing(session, network.id)
    query = select(PoolCount.agreement_id).where(
        PoolCount.half == half, PoolCount.agreement_id.in_([row.id for row, _partner in found])
    )
    done, shared = set(session.scalars(query)), set(chosen_by(session, network.id))
    todo = [(row, partner) for row, partner in found if row.id not in done]
    if not todo:
        raise Conflict("every workshop that agreed is counted for this half-year")
    for agreement, partner in todo:
        document = _counted(session, person, period, partner, shared & set(_split(agreement.figures)))
        document = _as_before(session, partner, half, document)
        text = json.dumps({"half": half, **document}, sort_keys=True)
        session.add(PoolCount(agreement_id=agreement.id, half=half, document=text, **_noted(session, person)))
    session.flush()
    audit.record(session, person, "pool.count", network.id, f"{half}: {len(todo)}")
    return len(todo)


def invite(session: Session, person: Person, network_id: str, name: str) -> str:
    """Let a reader without account in by a link; its key is told once. Raises Forbidden, NotFound, BadInput."""
    network, name = _looked_after(session, person, network_id), one_line(name, 200)
    if not name:
        raise BadInput("say for whom this link is", "reader")
    refuse_claims(name)
    if len(readers(session, person, network.id)) >= MOST_READERS:
        raise Conflict("this network has as many links as it can have: end one first")
    key = secrets.token_urlsafe(32)
    row = PoolReader(network_id=network.id, name=name, key_hash=one_way(key), **_noted(session, person))
    session.add(row)
    session.flush()
    audit.record(session, person, "pool.invite", network.id, name)
    return key


def readers(session: Session, person: Person, network_id: str) -> tuple[PoolReader, ...]:
    """The links of a network that hold, by name. Raises Forbidden, NotFound."""
    network = _looked_after(session, person, network_id)
    query = select(PoolReader).where(PoolReader.network_id == network.id, PoolReader.withdrawn.is_(None))
    return tuple(session.scalars(query.order_by(PoolReader.name, PoolReader.id)))


def end_link(session: Session, person: Person, network_id: str, number: int, reason: str) -> PoolReader:
    """End a link, with a reason. Raises Forbidden, NotFound, BadInput."""
    row = next((one for one in readers(session, person, network_id) if one.id == number), None)
    if row is None:
        raise NotFound("there is no such link, or it has ended")
    _withdraw(session, person, row, reason)
    audit.record(session, person, "pool.end-link", network_id, f"{row.name}: {row.withdrawn_reason}")
    return row


def network_by(session: Session, key: str) -> Network:
    """The network whose figures a link shows. Raises NotFound when it is none or has ended."""
    query = select(PoolReader).where(PoolReader.key_hash == one_way(key), PoolReader.withdrawn.is_(None))
    row = session.scalar(query)
    if row is None:
        raise NotFound("there is no such link, or it has ended")
    return session.get_one(Network, row.network_id)


def _counted(
    session: Session, person: Person, period: Period, partner: Partner, figures: Iterable[str]
) -> dict[str, Any]:
    choice = Choice(partner_id=partner.id)
    book = read(session, person, period, choice)
    drives = _drives(session, person, period, choice)
    found = rules()
    return {
        "schema": SCHEMA,
        "rules": f"{found.name} {found.version}",
        "factors": factors_named(book.factors),
        "figures": contribution(book, drives, figures),
    }


def _as_before(session: Session, partner: Partner, half: str, document: dict[str, Any]) -> dict[str, Any]:
    """A count with the figures that were counted of this workshop and half-year before, under whichever agreement.

    Counted anew, what was entered in between would be told: the difference of two counts may be of one donor.
    """
    query = select(PoolCount.document).join(PoolAgreement, PoolAgreement.id == PoolCount.agreement_id)
    query = query.where(PoolAgreement.partner_id == partner.id, PoolCount.half == half)
    kept = document
    for text in session.scalars(query.order_by(PoolCount.id.desc())):
        before = json.loads(text)
        same = {name: value for name, value in before["figures"].items() if name in document["figures"]}
        factors = before["factors"] if "co2e_g" in same else kept["factors"]
        kept = {**kept, "factors": factors, "figures": {**kept["figures"], **same}}
    return kept


def _drives(session: Session, person: Person, period: Period, choice: Choice) -> Drives:
    """Drives whose certificate is of the period and that the account of their lot calls erased; drives destroyed."""
    certified = select(Certificate.erasure_id).where(
        Certificate.issued >= period.begin, Certificate.issued < period.end, IN_FORCE
    )
    erased = erased_drives(session, person, Erasure.statement_id.in_(certified), chosen(person, Erasure.lot_id, choice))
    donors = {row[0]: row[1] for row in session.execute(select(Lot.id, Lot.donor_id).where(Lot.id.in_(erased)))}
    gone = (
        select(Lot.donor_id, func.count(DriveRecord.drive_id.distinct()))
        .join(Lot, Lot.id == DriveRecord.lot_id)
        .where(DriveRecord.at >= period.begin, DriveRecord.at < period.end, DriveRecord.withdrawn.is_(None))
        .where(DriveRecord.how == "destroyed", chosen(person, DriveRecord.lot_id, choice))
    )
    by_donor: dict[str, set[str]] = defaultdict(set)
    for lot_id, drives in erased.items():
        by_donor[donors[lot_id]] |= drives
    destroyed = {row[0]: row[1] for row in session.execute(gone.group_by(Lot.donor_id))}
    return Drives({donor: len(drives) for donor, drives in by_donor.items()}, destroyed)


def _looked_after(session: Session, person: Person, network_id: str) -> Network:
    require_networker(session, person)
    found = next((one for one in networks(session, person) if one.id == network_id), None)
    if found is None:
        raise NotFound("no such network")
    return found


def _own_house(session: Session, person: Person) -> Partner:
    require(person, *MANAGERS)
    house = house_of(session, person)
    if house is None:
        raise Forbidden("only a workshop of a network agrees, for itself")
    return house


def _withdraw(session: Session, person: Person, row: PoolAgreement | PoolReader, reason: str) -> None:
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id


def _noted(session: Session, person: Person) -> dict[str, Any]:
    return {"at": hub_of(session).clock(), "by": person.id, "by_name": person.name}


def _joined(figures: Iterable[str]) -> str:
    return ",".join(name for name in FIGURES if name in set(figures))


def _split(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)
