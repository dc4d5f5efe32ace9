"""Lots and donors: create, list, find, import."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.belonging import DonorBelonging
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.derive.moments import next_moment
from hub.derive.reading import rematch
from hub.errors import BadInput, Conflict, NotFound
from hub.lots.importing import ImportPreview, apply_rows, preview_rows
from hub.lots.individuals import INDIVIDUALS, individuals_of
from hub.lots.life import require_open
from hub.lots.listing import ReadList
from hub.lots.overview import LotSummary, summaries
from hub.lots.stating import keep_listed
from hub.models import Donor, Lot, Person
from hub.partnered import LotPartner
from hub.people.roles import MANAGERS, NETWORKERS, require
from hub.scope import donor_in_care, donor_in_scope, in_scope, own_partner, scoped
from hub.typed import one_line

CODE_LENGTH = 32


def visible_lots(session: Session, person: Person) -> tuple[Lot, ...]:
    """The lots in the person's scope, newest first, with their donors."""
    query = select(Lot).options(selectinload(Lot.donor)).where(in_scope(person, Lot.id))
    return tuple(session.scalars(query.order_by(Lot.created.desc(), Lot.code)))


def lot_for(session: Session, person: Person, code: str) -> Lot:
    """The lot with this code. Raises NotFound when no code is named or none is in the person's scope."""
    if not code:
        raise NotFound("write the code of the lot")
    query, asked = scoped(_BY_CODE, person, Lot.id)
    lot = session.scalar(query, {"code": code, **asked})
    if lot is None:
        raise NotFound(f"no lot {code}")
    return lot


_BY_CODE: Final = select(Lot).options(selectinload(Lot.donor)).where(Lot.code == bindparam("code"))


def create_lot(session: Session, code: str, donor: str, label: str, person: Person | None) -> Lot:
    """Announce a lot of a donor (by name; made when new). `person` None is the command line.

    Raises Forbidden, BadInput for a bad code or a label that claims too much, Conflict when the code is taken.
    """
    if person is not None:
        require(person, *MANAGERS)
    code = code.strip()
    if not code or len(code) > CODE_LENGTH or not all(c.isalnum() or c in "-_.#" for c in code):
        raise BadInput("a lot code has 1 to 32 letters, digits or - _ . #", "lot-code")
    if session.scalar(select(Lot.id).where(Lot.code == code)):
        raise Conflict(f"lot {code} exists already")
    label = one_line(label, 200)
    for typed in (code, label):
        refuse_claims(typed)
    lot = Lot(
        code=code,
        label=label,
        donor_id=donor_named(session, donor).id,
        created=hub_of(session).clock(),
        known_from=next_moment(session),
    )
    session.add(lot)
    session.flush()
    if person is not None:
        _give_to_own_partner(session, person, lot)
    rematch(session, None)
    audit.record(session, person, "lot.create", lot.id, code)
    return lot


def _give_to_own_partner(session: Session, person: Person, lot: Lot) -> None:
    """What somebody of a partner opens is worked on by that partner."""
    partner_id = session.scalar(own_partner(person))
    if partner_id is not None:
        given = LotPartner(lot_id=lot.id, partner_id=partner_id, test=False, at=lot.created, by=person.id)
        session.add(given)
        session.flush()


def donor_named(session: Session, name: str) -> Donor:
    """The donor of this name, made when new. Raises BadInput for an empty name, or a new one that claims too much."""
    name = one_line(name, 200)
    if not name:
        raise BadInput("a donor needs a name", "donor-name")
    donor = session.scalar(select(Donor).where(Donor.name == name))
    if donor is None:
        refuse_claims(name)
        donor = Donor(name=name, created=hub_of(session).clock())
        session.add(donor)
        session.flush()
        audit.record(session, None, "donor.create", donor.id, name)
    return donor


def record_donor(session: Session, person: Person, name: str, contact: str) -> Donor:
    """Record a donor, or find the one of this name; a contact is noted by whoever looks after the donor.

    Raises Forbidden, BadInput as `donor_named`.
    """
    require(person, *MANAGERS)
    donor = individuals_of(session, person) if one_line(name, 200) == INDIVIDUALS else donor_named(session, name)
    partner_id = session.scalar(own_partner(person))
    if partner_id is not None:
        session.merge(DonorBelonging(donor_id=donor.id, partner_id=partner_id))
        session.flush()
    if cared_for(session, person, donor.id) is not None:
        donor.contact = one_line(contact, 200) or donor.contact
    return donor


def cared_for(session: Session, person: Person, donor_id: str) -> Donor | None:
    """The donor whose accounts and documents this person may open; None for any other."""
    return session.scalar(select(Donor).where(Donor.id == donor_id, donor_in_care(person, Donor.id)))


def donors(session: Session, person: Person) -> tuple[Donor, ...]:
    """The donors whom the person may name, for managers and coordinators. Raises Forbidden."""
    require(person, *NETWORKERS)
    return tuple(session.scalars(select(Donor).where(donor_in_scope(person, Donor.id)).order_by(Donor.name)))


def summary(session: Session, person: Person, lot: Lot) -> LotSummary:
    """Counts of one lot. Raises NotFound outside the person's scope."""
    return summaries(session, [lot_for(session, person, lot.code)])[0]


def preview_import(session: Session, lot: Lot, text: str | ReadList) -> ImportPreview:
    """What an import of this list would do, row by row; nothing is written."""
    return preview_rows(session, lot, text)


def apply_import(session: Session, lot: Lot, text: str | ReadList, person: Person) -> ImportPreview:
    """Write created and matched rows; conflicting and rejected ones are left out and told. Raises Forbidden."""
    require(person, *MANAGERS)
    return import_list(session, lot, text, person)


def import_list(session: Session, lot: Lot, text: str | ReadList, person: Person | None) -> ImportPreview:
    """As `apply_import`; `person` None is the command line. Raises Conflict for a lot that is over."""
    require_open(session, lot)
    done = apply_rows(session, lot, text)
    keep_listed(session, person, done)
    rematch(session, lot.id)
    audit.record(session, person, "lot.import", lot.id, f"sha256 {done.sha256}: {done.counts()}")
    return done


def codes(session: Session, person: Person, lot_ids: Sequence[str | None]) -> dict[str | None, str]:
    """The codes of those of these lots that the person may see."""
    wanted = select(Lot.id, Lot.code).where(Lot.id.in_([one for one in lot_ids if one]), in_scope(person, Lot.id))
    return {row.id: row.code for row in session.execute(wanted)}
