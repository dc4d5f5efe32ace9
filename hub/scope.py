"""Who sees what: the one scope function. Every query about lots, devices, drives or documents goes through it.

Whose lots a partner's staff has (`hub.belonging`) is read by the database in the same query: nobody is shown a row by
an answer that was right a moment ago. Whether somebody works here at all is read once in each transaction, so that the
queries of those who do carry no condition. Rights to act are not asked here (`hub.people.roles`). A row that names no
lot and no partner is of the house of whoever wrote it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, True_, bindparam, event, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, object_session

from hub.belonging import Belonging, DonorBelonging, StationBelonging
from hub.database import Columns, narrowed
from hub.distributed import Delivery
from hub.errors import Forbidden
from hub.models import Drive, Erasure, Lot, Person, Role, Station
from hub.partnered import LotPartner, Partner
from hub.people.roles import BENCH, NETWORKERS, READERS, may, require

Named = (
    InstrumentedAttribute[str]
    | InstrumentedAttribute[str | None]
    | Mapped[str]
    | Mapped[str | None]
    | ColumnElement[str]
    | ColumnElement[str | None]
)
LotColumn = Named
PartnerColumn = Named
AT_HOME: Final = "works here"  # in `Session.info`: the transaction that was asked, and its answers by person
DONOR: Final = "donor_in_scope"  # the name under which a query asks for the donor whose lots may be seen
ELSEWHERE = "only the workshop that runs this hub may do this"


def in_scope(person: Person, lot_id: LotColumn) -> ColumnElement[bool]:
    """The condition that a row with this lot column may be seen.

    Staff of the workshop that runs this hub see all, staff of a partner its lots, a coordinator those of the network's
    partners, a donor the own ones; others nothing.
    """
    if may(person, *BENCH):
        return _home_or(person, lambda: lot_id.in_(_lots_of(own_partner(person))))
    if may(person, Role.COORDINATOR):
        return lot_id.in_(_lots_of(_partners_of_own_network(person)))
    if may(person, Role.DONOR) and person.donor_id is not None:
        return lot_id.in_(select(Lot.id).where(Lot.donor_id == person.donor_id))
    return false()


def asked_in_scope(person: Person, lot_id: LotColumn) -> tuple[ColumnElement[bool], Mapping[str, str]]:
    """`in_scope`, and what it is asked with: a donor's condition on a column is the same one for all donors.

    So are the queries that carry it, and each of them is made once. `lot_id` is one that is made once, too.
    """
    if may(person, Role.DONOR) and person.donor_id is not None:
        return _of_donor(lot_id), {DONOR: person.donor_id}
    return in_scope(person, lot_id), {}


def scoped(query: Select[*Columns], person: Person, lot_id: LotColumn) -> tuple[Select[*Columns], Mapping[str, str]]:
    """A query that is made once under `in_scope` of this lot column, and what it is asked with beside its own names."""
    condition, asked = asked_in_scope(person, lot_id)
    if not asked:
        return narrowed(query, condition), asked
    key = query, condition
    if key not in _SCOPED:
        _SCOPED[key] = query.where(condition)
    return _SCOPED[key], asked


@cache
def _of_donor(lot_id: LotColumn) -> ColumnElement[bool]:
    return lot_id.in_(select(Lot.id).where(Lot.donor_id == bindparam(DONOR, type_=String)))


_SCOPED: Final = dict[Any, Any]()  # by query and condition: as many as are written down in the program


def partner_in_scope(person: Person, partner_id: PartnerColumn) -> ColumnElement[bool]:
    """The condition that a row with this partner column may be seen: all, the own partner, or those of the network."""
    if may(person, *BENCH):
        return _home_or(person, lambda: partner_id.in_(own_partner(person)))
    if may(person, Role.COORDINATOR):
        return partner_id.in_(_partners_of_own_network(person))
    if may(person, Role.DISTRIBUTOR, Role.PRESCRIBER):
        return partner_id.in_(own_partner(person))
    return false()


def network_in_scope(person: Person, network_id: Named) -> ColumnElement[bool]:
    """The condition that a row with this network column may be seen: all at home, a coordinator the own one."""
    if may(person, *BENCH):
        return _at_home(person)
    if may(person, Role.COORDINATOR):
        return network_id.in_(select(Belonging.network_id).where(Belonging.person_id == person.id))
    return false()


def network_shared_with(person: Person, network_id: Named) -> ColumnElement[bool]:
    """The condition that workshops share a row with this network column: all at home, else those of the own network."""
    if not may(person, *READERS):
        return false()
    of_partner = select(Partner.network_id).where(Partner.id.in_(own_partner(person)), Partner.network_id.is_not(None))
    own = select(Belonging.network_id).where(Belonging.person_id == person.id, Belonging.network_id.is_not(None))
    return or_(_at_home(person), network_id.in_(of_partner), network_id.in_(own))


def offered_to(person: Person, lot_id: LotColumn) -> ColumnElement[bool]:
    """The condition that devices of this lot column may stand in a distributor's stock; it shows no lot and no donor.

    Those of the workshop that runs this hub, and of the partners of the distributor's own network.
    """
    if not may(person, Role.DISTRIBUTOR):
        return in_scope(person, lot_id)
    taken = select(LotPartner.lot_id).where(LotPartner.withdrawn.is_(None))
    network = select(Partner.network_id).where(Partner.id.in_(own_partner(person)))
    near = select(Partner.id).where(Partner.network_id.in_(network))
    known = select(Belonging.person_id).where(Belonging.person_id == person.id).exists()
    return known & or_(lot_id.not_in(taken), lot_id.in_(_lots_of(near)))


def delivered_to(person: Person, batch_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that the exit of this column was delivered to the distributor that the person works for."""
    if not may(person, Role.DISTRIBUTOR):
        return false()
    return batch_id.in_(select(Delivery.batch_id).where(Delivery.partner_id.in_(own_partner(person))))


def written_in_scope(person: Person, author: Named) -> ColumnElement[bool]:
    """The condition that a row of a workshop with this column of its author may be seen: all at home, else the own."""
    return _home_or(person, lambda: author.in_(_colleagues(person))) if may(person, *READERS) else false()


def of_own_house(person: Person, author: Named) -> ColumnElement[bool]:
    """The condition that the author of a row works where the person does: at home, for the partner, for the network."""
    if not may(person, *READERS):
        return false()
    at_home = _at_home(person) & author.not_in(select(Belonging.person_id))
    return or_(at_home, author.in_(_colleagues(person)))


def bench_in_scope(person: Person, station_id: Named) -> ColumnElement[bool]:
    """The condition that a row with this station column may be seen: all at home, else the partner's own."""
    if not may(person, *BENCH):
        return false()
    mine = select(StationBelonging.station_id)
    return _home_or(person, lambda: station_id.in_(mine.where(StationBelonging.partner_id.in_(own_partner(person)))))


def run_in_scope(person: Person) -> ColumnElement[bool]:
    """The condition that an erasure may be seen: by its lot; one that found no lot by the bench that made it."""
    seen = in_scope(person, Erasure.lot_id)
    if isinstance(seen, True_):
        return seen
    mine = select(Station.kid).where(bench_in_scope(person, Station.id))
    return or_(seen, Erasure.lot_id.is_(None) & Erasure.kid.in_(mine))


def drive_in_scope(person: Person) -> ColumnElement[bool]:
    """The condition that a drive may be seen: by its lot, or by a run of it that found none."""
    waiting = select(Erasure.drive_id).where(Erasure.lot_id.is_(None), run_in_scope(person))
    return or_(in_scope(person, Drive.lot_id), Drive.id.in_(waiting))


def donor_in_scope(person: Person, donor_id: Named) -> ColumnElement[bool]:
    """The condition that a donor may be named: all at home, else by the lots in scope or the partner's record."""
    lots = select(Lot.donor_id).where(in_scope(person, Lot.id))
    if not may(person, *BENCH):
        return donor_id.in_(lots)
    recorded = select(DonorBelonging.donor_id).where(DonorBelonging.partner_id.in_(own_partner(person)))
    return or_(_at_home(person), donor_id.in_(lots), donor_id.in_(recorded))


def donor_in_care(person: Person, donor_id: Named) -> ColumnElement[bool]:
    """The condition that a donor's accounts and documents may be opened: every lot of this donor is in scope.

    Whoever gave to two workshops is looked after by the one that runs this hub: an account sees all lots of its donor.
    """
    others = select(Lot.donor_id).where(~in_scope(person, Lot.id))
    return donor_in_scope(person, donor_id) & donor_id.not_in(others)


def donor_paper_in_scope(person: Person, donor_id: Named, author: Named) -> ColumnElement[bool]:
    """The condition that a paper of a donor, and what is promised in it, may be read: the donor in care, or filed here.

    What a donor agreed with one house is none of the other's business, be it served by both.
    """
    return donor_in_care(person, donor_id) | written_in_scope(person, author)


def account_in_care(person: Person) -> ColumnElement[bool]:
    """The condition that an account may be looked after: all at home, else colleagues, and people of donors in care.

    Which role may do so, `roles.require_care` says.
    """
    of_donor = Person.donor_id.is_not(None) & donor_in_care(person, Person.donor_id)
    return or_(_at_home(person), Person.id.in_(_colleagues(person)), of_donor)


def works_here(session: Session, person: Person) -> bool:
    """Whether the person is of the workshop that runs this hub: whose account names no partner and no network."""
    transaction, told = session.info.get(AT_HOME, (None, {}))
    asked = transaction is not None and transaction is session.get_transaction()
    known: dict[str, bool] = told if asked else {}
    if person.id not in known:
        known[person.id] = session.get(Belonging, person.id) is None
        session.info[AT_HOME] = session.get_transaction(), known
    return known[person.id]


def require_home(session: Session, person: Person, *roles: Role) -> None:
    """Raise Forbidden unless the person has one of these roles in the workshop that runs this hub."""
    require(person, *roles)
    if not works_here(session, person):
        raise Forbidden(ELSEWHERE)


def require_networker(session: Session, person: Person) -> None:
    """Raise Forbidden unless the person looks after partners: a coordinator, or a manager at home."""
    require(person, *NETWORKERS)
    if person.role != Role.COORDINATOR:
        require_home(session, person, *NETWORKERS)


def own_partner(person: Person) -> Select[str | None]:
    """The id of the partner that a person works for: one row, or none."""
    return select(Belonging.partner_id).where(Belonging.person_id == person.id, Belonging.partner_id.is_not(None))


def _at_home(person: Person) -> ColumnElement[bool]:
    session = object_session(person)
    if session is None:  # of an earlier transaction: only the database knows
        return ~select(Belonging.person_id).where(Belonging.person_id == person.id).exists()
    return true() if works_here(session, person) else false()


def _home_or(person: Person, elsewhere: Callable[[], ColumnElement[bool]]) -> ColumnElement[bool]:
    """All at home; else the other condition, which is not even written down for those who see all."""
    home = _at_home(person)
    return home if isinstance(home, True_) else or_(home, elsewhere())


def _forget(_mapper: Any, _connection: Any, row: Belonging) -> None:
    """Ask again in this transaction: somebody has just been given a house, or another one."""
    if (session := object_session(row)) is not None:
        session.info.pop(AT_HOME, None)


for _happening in ("after_insert", "after_update", "after_delete"):
    event.listen(Belonging, _happening, _forget)


def _colleagues(person: Person) -> Select[str]:
    mine, theirs = aliased(Belonging), aliased(Belonging)
    same = or_(theirs.partner_id == mine.partner_id, theirs.network_id == mine.network_id)
    return select(theirs.person_id).join(mine, same).where(mine.person_id == person.id)


def _partners_of_own_network(person: Person) -> Select[str]:
    own = select(Belonging.network_id).where(Belonging.person_id == person.id, Belonging.network_id.is_not(None))
    return select(Partner.id).where(Partner.network_id.in_(own))


def _lots_of(partners: Select[str] | Select[str | None]) -> Select[str]:
    return select(LotPartner.lot_id).where(LotPartner.withdrawn.is_(None), LotPartner.partner_id.in_(partners))
