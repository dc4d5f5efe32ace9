"""A donor that two houses serve: neither reads what it gave to the other, nor what it promised there."""

import pytest

from hub.devices import triage
from hub.errors import NotFound
from hub.figures.periods import half_year
from hub.figures.reen_reading import reen_of
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.lots.service import apply_import, create_lot
from hub.models import Device, Donor, Lot, Person
from hub.partnered import RegisteredDocument
from hub.partners import documents, promises
from hub.partners.documents import Filed
from tests.hub.conftest import World
from tests.hub.network_work import TwoPartners

HALF = half_year("2026-S2")
CAF = "CAF"


@pytest.fixture
def shared(world: World) -> TwoPartners:
    """ALPHA filed a convention of CAF when it was alone with it; then BRAVO and home were given lots of CAF too."""
    houses = TwoPartners(world)
    _received(houses, houses.alpha, "A", 10)
    for who, number in ((houses.alpha, 100), (houses.lead, 30)):
        with world.hub.sessions().begin() as session:
            donor = session.query(Donor).filter_by(name=CAF).one()
            paper = documents.file_document(session, who, donor, Filed("convention", b"%PDF", "c.pdf", "2026-07-02"))
            promises.promise(session, who, paper, "laptop", number, period=HALF)
    _received(houses, houses.bravo, "B", 7)
    _received(houses, houses.lead, "H", 3)
    return houses


def _received(houses: TwoPartners, who: Person, code: str, number: int) -> None:
    with houses.world.hub.sessions().begin() as session:
        lot = create_lot(session, code, CAF, "", who)
        life.move(session, who, lot, "received")
        counts.count(session, who, lot, Counted("received", "laptop", number))


def kept(houses: TwoPartners, who: Person) -> list[tuple[int, int]]:
    """What was promised and what came, as somebody reads it."""
    with houses.world.hub.sessions()() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        return sorted((one.promise.number, one.received) for one in promises.kept_of(session, who, donor))


def test_a_house_reads_its_own_promises_against_its_own_lots(shared: TwoPartners) -> None:
    assert kept(shared, shared.alpha) == [(100, 10)]
    assert kept(shared, shared.bravo) == []
    assert kept(shared, shared.lead) == [(30, 20), (100, 20)]


def test_a_house_sees_no_convention_of_the_other_and_notes_nothing_in_it(shared: TwoPartners) -> None:
    with shared.world.hub.sessions()() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        own = promises.conventions(session, shared.alpha, donor)
        assert [row.by for row in own] == [shared.alpha.id]
        assert promises.conventions(session, shared.bravo, donor) == ()
        assert len(promises.conventions(session, shared.lead, donor)) == session.query(RegisteredDocument).count() == 2


def test_a_house_takes_no_promise_of_the_other_back(shared: TwoPartners) -> None:
    with shared.world.hub.sessions().begin() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        theirs = promises.kept_of(session, shared.alpha, donor)[0].promise.id
        with pytest.raises(NotFound):
            promises.withdraw(session, shared.bravo, donor, theirs, "pas à nous")
        promises.withdraw(session, shared.alpha, donor, theirs, "avenant")
    assert kept(shared, shared.alpha) == []
    assert kept(shared, shared.lead) == [(30, 20)]


def test_the_reuse_target_tells_the_signing_day_of_the_own_house_only(shared: TwoPartners) -> None:
    for who, code in ((shared.alpha, "A"), (shared.bravo, "B")):
        with shared.world.hub.sessions().begin() as session:
            lot = session.query(Lot).filter_by(code=code).one()
            apply_import(session, lot, f"asset;kind\n{code}-1;laptop\n", who)
            triage.dispose(session, who, session.query(Device).filter_by(asset=f"{code}-1").one(), "reuse")
    assert signed(shared, shared.alpha) == [("A-1", "2026-07-02")]
    assert signed(shared, shared.bravo) == [("B-1", "")], "what ALPHA and home signed is none of its business"
    with shared.world.hub.sessions().begin() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        documents.file_document(session, shared.bravo, donor, Filed("convention", b"%PDF", "c.pdf", "2026-08-01"))
    assert signed(shared, shared.bravo) == [("B-1", "2026-08-01")]
    assert signed(shared, shared.alpha) == [("A-1", "2026-07-02")]


def signed(houses: TwoPartners, who: Person) -> list[tuple[str, str]]:
    """The devices of the reuse target of the donor, with the day on which a convention was signed for each."""
    with houses.world.hub.sessions()() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        return [(item.tag, item.convention) for item, _why in reen_of(session, who, donor.id, 2026).items]


def test_who_serves_a_donor_alone_reads_what_home_agreed_with_it(world: World) -> None:
    houses = TwoPartners(world)
    _received(houses, houses.alpha, "A", 10)
    with world.hub.sessions().begin() as session:
        donor = session.query(Donor).filter_by(name=CAF).one()
        filed = Filed("convention", b"%PDF", "c.pdf", "2026-07-02")
        paper = documents.file_document(session, houses.lead, donor, filed)
        promises.promise(session, houses.lead, paper, "all", 50, period=HALF)
    assert kept(houses, houses.alpha) == [(50, 10)]
