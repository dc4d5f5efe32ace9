"""The register of networks (filières) and partners, with contacts and levels (field reference, sections 3.1 and 5).

A level says which steps are open to a partner. It is a dated row: lowering it takes nothing away from old records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Person
from hub.partnered import Network, Partner, PartnerContact, PartnerLevel
from hub.people.roles import MANAGERS
from hub.scope import network_in_scope, partner_in_scope, require_home, require_networker, works_here
from hub.typed import one_line

COLLECTOR, REFURBISHER, COORDINATOR, DISTRIBUTOR, PRESCRIBER = (
    "collector",
    "refurbisher",
    "coordinator",
    "distributor",
    "prescriber",
)
KINDS = (COLLECTOR, REFURBISHER, COORDINATOR, DISTRIBUTOR, PRESCRIBER, "recycler", "other")
ADMINISTRATIVE, TECHNICAL = "administrative", "technical"
CONTACT_ROLES = (ADMINISTRATIVE, TECHNICAL)
# the steps that each level adds to those before it
LEVEL_STEPS: Mapping[int, tuple[str, ...]] = {
    1: ("intake", "triage", "exits"),
    2: ("wipe", "diagnosis", "grade", "reinstall"),
    3: ("sale", "price", "after-sales"),
}
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Reached:
    """A contact as it is typed."""

    role: str
    name: str
    email: str = ""
    phone: str = ""


def steps_of(level: int) -> tuple[str, ...]:
    """The steps that are open at a level; none at level 0, which is "not given yet"."""
    return tuple(step for at, steps in LEVEL_STEPS.items() if at <= level for step in steps)


def networks(session: Session, person: Person) -> tuple[Network, ...]:
    """The networks in scope by name. Raises Forbidden."""
    require_networker(session, person)
    return tuple(session.scalars(select(Network).where(network_in_scope(person, Network.id)).order_by(Network.name)))


def add_network(session: Session, person: Person, name: str, area: str = "") -> Network:
    """Record a network, at home. Raises Forbidden, BadInput without a name, Conflict for one that exists."""
    require_home(session, person, *MANAGERS)
    name, area = one_line(name, 200), one_line(area, 200)
    if not name:
        raise BadInput("a network needs a name", "network-name")
    refuse_claims(name)
    if session.scalar(select(Network.id).where(Network.name == name)):
        raise Conflict(f"network {name} exists already")
    row = Network(name=name, area=area, created=hub_of(session).clock())
    session.add(row)
    session.flush()
    audit.record(session, person, "network.add", row.id, name)
    return row


def partners(session: Session, person: Person) -> tuple[Partner, ...]:
    """The partners in scope by name. Raises Forbidden."""
    require_networker(session, person)
    query = select(Partner).options(selectinload(Partner.network)).where(partner_in_scope(person, Partner.id))
    return tuple(session.scalars(query.order_by(Partner.name)))


def partner_for(session: Session, person: Person, partner_id: str) -> Partner:
    """One partner in scope. Raises Forbidden, NotFound."""
    require_networker(session, person)
    row = session.scalar(select(Partner).where(Partner.id == partner_id, partner_in_scope(person, Partner.id)))
    if row is None:
        raise NotFound("no such partner")
    return row


def partner_named(session: Session, name: str) -> Partner:
    """The partner of this name, for the command line. Raises NotFound."""
    row = session.scalar(select(Partner).where(Partner.name == one_line(name, 200)))
    if row is None:
        raise NotFound(f"no partner {name}: check the spelling on the page of the partners, or record it there first")
    return row


def network_named(session: Session, name: str) -> Network:
    """The network of this name, for the command line. Raises NotFound."""
    row = session.scalar(select(Network).where(Network.name == one_line(name, 200)))
    if row is None:
        raise NotFound(f"no network {name}: check the spelling on the page of the partners, or record it there first")
    return row


def add_partner(session: Session, person: Person, name: str, kind: str, network_id: str = "") -> Partner:
    """Record a partner; that of a coordinator joins the own network. Raises Forbidden, BadInput, Conflict."""
    require_networker(session, person)
    name = one_line(name, 200)
    if not name:
        raise BadInput("a partner needs a name", "partner-name")
    if kind not in KINDS:
        raise BadInput("choose what kind of partner this is", "partner-kind")
    refuse_claims(name)
    if not works_here(session, person) and not network_id:
        network_id = "".join(one.id for one in networks(session, person))
    if network_id and network_id not in {one.id for one in networks(session, person)}:
        raise BadInput("choose a network of the list", "network")
    if session.scalar(select(Partner.id).where(Partner.name == name)):
        raise Conflict(f"partner {name} exists already")
    row = Partner(name=name, kind=kind, network_id=network_id or None, created=hub_of(session).clock())
    session.add(row)
    session.flush()
    audit.record(session, person, "partner.add", row.id, f"{kind} {name}")
    return row


def set_level(session: Session, person: Person, partner: Partner, level: int, note: str) -> PartnerLevel:
    """Give a partner a level, with the reason. Raises Forbidden, BadInput, Conflict for the level it has."""
    require_networker(session, person)
    note = one_line(note, LONGEST)
    if level not in LEVEL_STEPS:
        raise BadInput("a level is 1, 2 or 3", "level")
    if not note:
        raise BadInput("say what the level rests on (audit, day, decision)", "note")
    refuse_claims(note)
    if level_of(session, person, partner) == level:
        raise Conflict(f"the partner has level {level} already")
    row = PartnerLevel(
        partner_id=partner.id,
        level=level,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "partner.level", partner.id, f"{level} {note}")
    return row


def levels(session: Session, person: Person, partner: Partner) -> tuple[PartnerLevel, ...]:
    """Every level that a partner was given, the newest first. Raises Forbidden."""
    require_networker(session, person)
    query = select(PartnerLevel).where(PartnerLevel.partner_id == partner.id)
    return tuple(session.scalars(query.order_by(PartnerLevel.id.desc())))


def level_of(session: Session, person: Person, partner: Partner) -> int:
    """The level of a partner; 0 while none was given. Raises Forbidden."""
    found = levels(session, person, partner)
    return found[0].level if found else 0


def add_contact(session: Session, person: Person, partner: Partner, reached: Reached) -> PartnerContact:
    """Note whom to call. Raises Forbidden, BadInput without a role, a name, and an address or a number."""
    require_networker(session, person)
    name, email, phone = one_line(reached.name, 120), one_line(reached.email, 254), one_line(reached.phone, 40)
    if reached.role not in CONTACT_ROLES or not name or not (email or phone):
        raise BadInput("a contact has a role, a name, and an address or a telephone number", "contact")
    row = PartnerContact(
        partner_id=partner.id,
        role=reached.role,
        name=name,
        email=email,
        phone=phone,
        at=hub_of(session).clock(),
        by=person.id,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "partner.contact", partner.id, f"{reached.role} {name}")
    return row


def contacts(session: Session, person: Person, partner: Partner) -> Sequence[PartnerContact]:
    """Whom to call now. Raises Forbidden."""
    require_networker(session, person)
    query = select(PartnerContact).where(PartnerContact.partner_id == partner.id, PartnerContact.withdrawn.is_(None))
    return session.scalars(query.order_by(PartnerContact.role, PartnerContact.id)).all()


def end_contact(session: Session, person: Person, partner: Partner, contact_id: int, reason: str) -> None:
    """Take a contact off the list, with a reason. Raises Forbidden, NotFound, BadInput without a reason."""
    require_networker(session, person)
    row = session.get(PartnerContact, contact_id)
    if row is None or row.partner_id != partner.id or row.withdrawn is not None:
        raise NotFound("no such contact")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "partner.contact-end", partner.id, f"{row.name}: {row.withdrawn_reason}")


def reason_for(text: str) -> str:
    """The reason why something is taken back, on one line. Raises BadInput without one, or one that claims too much."""
    reason = one_line(text, LONGEST)
    if not reason:
        raise BadInput("say why it is taken back", "reason")
    refuse_claims(reason)
    return reason
