"""The sample of a lot: how many, which, read by whom, and what a reading that found something does to the account."""

from typing import Any

import pytest

from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lots.closing import document_of, reopen
from hub.lots.drive_account import account_of
from hub.models import Erasure, LedgerEntry, Person, Role
from hub.sampled import SampledDrive
from hub.samples import service
from hub.samples.policy import SHIPPED, SamplePolicy, drawn, read_policy, seed_of, size_of
from hub.samples.service import Read
from hub.validation import service as validation
from hub.validation import together
from tests.hub.lot_work import LotWork

POLICY = read_policy(SHIPPED.read_bytes())
CLEAN = Read("clean", "dd 9.1", "2048 sectors at random, the ends: nothing", "WD-0001")
DATA = Read("data", "PhotoRec 7.2", "three pictures", "WD-0001")


@pytest.fixture
def work(fresh_world: Any) -> LotWork:
    made = LotWork(fresh_world(), "asset;drive serial\nA-1;WD-0001\n")
    made.receive(1)
    made.sort("A-1")
    made.world.hub.clock.forward(minutes=1)
    return made


def approved(work: LotWork, operator: str = "", **when: str) -> str:
    statement = work.erase("WD-0001", "A-1", **({"operator": operator} if operator else {}), **when)
    work.approve(statement)
    work.world.hub.clock.forward(minutes=1)
    return statement


def read(work: LotWork, what: Read, who: Person, sampled: int = 1) -> Any:
    return work.do(service.note, sampled, what, who=who)


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (1, 1), (19, 1), (20, 1), (21, 2), (40, 2), (41, 3), (430, 22), (1000, 50)]
)
def test_five_per_cent_are_drawn_rounded_up_and_one_at_least(population: int, size: int) -> None:
    assert (POLICY.per_mille, POLICY.least) == (50, 1)
    assert size_of(POLICY, population) == size


def test_a_minimum_is_never_more_than_there_are() -> None:
    policy = SamplePolicy("site", 1, 50, 3, "")
    assert [size_of(policy, n) for n in (1, 3, 60, 61)] == [1, 3, 3, 4]


def test_the_draw_follows_from_the_signed_statements_alone() -> None:
    runs = [f"{number:064x}" for number in range(430)]
    seed = seed_of("lot", [(run, "d" * 64) for run in runs])
    assert seed == seed_of("lot", [(run, "d" * 64) for run in reversed(runs)])
    assert drawn(POLICY, seed, runs) == drawn(POLICY, seed, runs[::-1])
    assert len(set(drawn(POLICY, seed, runs))) == 22
    other = seed_of("lot", [(run, "d" * 64) for run in runs[:-1]] + [(runs[-1], "e" * 64)])
    assert other != seed
    assert drawn(POLICY, other, runs) != drawn(POLICY, seed, runs)


@pytest.mark.parametrize(
    "text", ["", "id = 1", 'id = "x"\nversion = 0\nper_mille = 50\nleast = 1', "\0",
             'id = "x"\nversion = 1\nper_mille = 0\nleast = 1', 'id = "x"\nversion = 1\nper_mille = 1001\nleast = 1',
             'id = "x"\nversion = 1\nper_mille = 50\nleast = 0', 'id = "x"\nversion = 1\nper_mille = true\nleast = 1'],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_policy(text.encode())


def test_nothing_is_drawn_before_a_drive_is_approved(work: LotWork) -> None:
    with pytest.raises(Conflict, match="no approved drive"):
        work.do(service.draw)


def test_a_drawn_drive_keeps_the_lot_open_until_another_person_read_it(work: LotWork) -> None:
    approved(work, operator=work.technician.pseudonym)
    assert work.blocks() == []
    work.do(service.draw)
    assert work.blocks() == ["sample"]
    with pytest.raises(Conflict, match="cannot be closed"):
        work.close()
    with pytest.raises(Forbidden, match="another person"):
        read(work, CLEAN, work.technician)
    read(work, CLEAN, work.lead)
    assert work.blocks() == []
    assert work.close().version == 1


def test_where_no_operator_is_named_the_approver_does_not_read_it_again(work: LotWork) -> None:
    statement = approved(work)
    with work.world.hub.sessions().begin() as session:
        session.get_one(Erasure, statement).operator = ""
    work.do(service.draw)
    with pytest.raises(Forbidden):
        read(work, CLEAN, work.lead)
    assert read(work, CLEAN, work.technician).result == "clean"


@pytest.mark.parametrize("result", ["data", "unreadable"])
def test_a_reading_that_is_not_clean_reopens_the_drive_until_it_is_erased_anew(work: LotWork, result: str) -> None:
    approved(work)
    work.do(service.draw)
    read(work, Read(result, "PhotoRec 7.2", "three pictures", "WD-0001"), work.technician)
    assert work.whys() == {"WD-0001": "reread"}
    assert work.blocks() == ["drive"]
    work.world.hub.clock.forward(days=2)
    approved(work, started="2026-11-23T09:00:00Z")
    assert work.standings() == {"WD-0001": "erased-clear"}
    assert work.blocks() == []
    work.do(service.draw)
    assert work.blocks() == ["sample"], "the new run is read again too"


def test_a_run_that_may_be_from_before_the_reading_is_approved_with_a_remark_only(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    read(work, DATA, work.technician)
    late = work.erase("WD-0001", "A-1", started="2026-11-20T08:00:00Z")
    with pytest.raises(BadInput, match="it was not clean: this run may be from before"):
        work.approve(late, "")
    with work.world.hub.sessions().begin() as session:
        ordinary = together.ordinary(session, work.lead)
    assert [why for _run, why in ordinary.alone] == [together.Alone.DOUBT]
    assert work.whys() == {"WD-0001": "reread"}


def test_a_run_that_began_before_the_reading_says_nothing_of_the_drive_as_it_was_read(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    read(work, DATA, work.technician)
    work.world.hub.clock.forward(days=2)
    approved(work)  # it came after the reading, and began an hour before
    assert work.whys() == {"WD-0001": "reread"}
    assert work.blocks() == ["drive"]


def test_what_cannot_be_certified_leaves_no_decision_behind(work: LotWork, monkeypatch: pytest.MonkeyPatch) -> None:
    statement = work.erase("WD-0001", "A-1", operator=work.technician.pseudonym)

    def broken(*_given: Any) -> None:
        raise Conflict("no key")

    monkeypatch.setattr(validation, "issue_certificate", broken)
    with work.world.hub.sessions().begin() as session:
        done = together.approve_together(session, work.lead, [statement], work.world.hub.clock())
    assert (done.certificates, done.left) == ((), ((statement, "no key"),))
    with work.world.hub.sessions().begin() as session:
        assert session.get_one(Erasure, statement).decision == "AWAITING"
        assert session.query(LedgerEntry).filter_by(kind="validation").count() == 0


def test_a_destruction_explains_a_drive_that_was_not_clean(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    read(work, DATA, work.technician)
    work.destroy("WD-0001")
    assert work.standings() == {"WD-0001": "destroyed"}


def test_a_record_is_taken_back_by_a_lead_and_the_drive_waits_again(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    row = read(work, DATA, work.technician)
    with pytest.raises(Forbidden):
        work.do(service.take_back, row.id, "erreur", who=work.technician)
    with pytest.raises(BadInput):
        work.do(service.take_back, row.id, " ")
    work.do(service.take_back, row.id, "mauvais disque")
    assert work.standings() == {"WD-0001": "erased-clear"}
    assert work.blocks() == ["sample"]
    with pytest.raises(NotFound):
        work.do(service.take_back, row.id, "encore")


def test_a_draw_is_not_drawn_again_over_the_same_runs(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    with pytest.raises(Conflict, match="no approved drive"):
        work.do(service.draw)


def test_a_reading_names_its_tool_its_finding_and_the_serial_on_the_drive(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    for bad in (
        Read("clean", "", "vu", "WD-0001"),
        Read("clean", "dd", "", "WD-0001"),
        Read("perfect", "dd", "vu", "WD-0001"),
        Read("", "dd", "vu", "WD-0001"),
        Read("clean", "dd", "vu", "WD-0002"),
        Read("clean", "dd", "vu", ""),
    ):
        with pytest.raises(BadInput):
            read(work, bad, work.technician)
    with pytest.raises(NotFound):
        read(work, CLEAN, work.technician, sampled=99)
    read(work, CLEAN, work.technician)
    with pytest.raises(Conflict, match="already"):
        read(work, CLEAN, work.technician)


def test_who_works_alone_is_not_held_up_and_whoever_joins_is_asked(work: LotWork) -> None:
    hub = work.world.hub
    object.__setattr__(hub.settings, "require_sample", True)
    approved(work)
    work.do(service.draw)
    work.person(Role.VOLUNTEER, "benevole@hub.test")  # attests nothing: no second person for a sample
    with hub.sessions().begin() as session:
        for one in session.query(Person).filter(Person.id.in_([work.technician.id, work.admin.id])):
            one.active = False
    assert work.blocks() == []
    with hub.sessions().begin() as session:
        session.query(Person).filter_by(id=work.technician.id).one().active = True
    assert work.blocks() == ["sample"]


def test_a_report_says_how_much_of_the_sample_was_read_and_whether_somebody_could(work: LotWork) -> None:
    approved(work, operator=work.technician.pseudonym)
    work.do(service.draw)
    with work.world.hub.sessions().begin() as session:
        for one in session.query(Person).filter(Person.id.in_([work.technician.id, work.admin.id])):
            one.active = False
    assert document_of(work.close())["sample"] == {"drawn": 1, "read": 0, "alone": True}
    with work.world.hub.sessions().begin() as session:
        session.query(Person).filter_by(id=work.technician.id).one().active = True
    work.do(reopen, "l'échantillon")
    read(work, CLEAN, work.lead)
    assert document_of(work.close())["sample"] == {"drawn": 1, "read": 1, "alone": False}


def test_a_failed_reading_keeps_a_lot_open_for_one_alone_too(work: LotWork) -> None:
    approved(work)
    work.do(service.draw)
    read(work, DATA, work.technician)
    with work.world.hub.sessions().begin() as session:
        for one in session.query(Person).filter(Person.id != work.lead.id):
            one.active = False
    assert work.blocks() == ["drive"]


def test_a_hub_that_asks_for_a_sample_closes_no_lot_without_one(work: LotWork) -> None:
    hub = work.world.hub
    object.__setattr__(hub.settings, "require_sample", True)
    approved(work)
    assert work.blocks() == ["undrawn"]
    work.do(service.draw)
    read(work, CLEAN, work.technician)
    assert work.blocks() == []
    with hub.sessions()() as session:
        assert session.query(SampledDrive).count() == 1
    assert [line.standing.explained.value for line in work.do(account_of)] == ["erased-clear"]
