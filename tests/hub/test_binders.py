"""Binders: asked for in scope, made beside the requests, begun again after a stop, kept for some days."""

import hashlib
import io
import threading
from typing import Any

import pikepdf
import pytest

from hub import bound
from hub.binders import requests, worker
from hub.binders.worker import BinderWorker
from hub.devices.service import views_of
from hub.errors import BadInput, Conflict, NotFound
from hub.issued.service import certificates_of_lot
from hub.models import Certificate, Device, IssuedDocument, Role
from hub.validation import recalling
from tests.hub.lot_work import LotWork

SERIALS = tuple(f"WD-{number:04d}" for number in range(1, 13))
TWELVE = "asset;drive serial\n" + "".join(f"A-{at};{serial}\n" for at, serial in enumerate(SERIALS, 1))
Row = bound.Binder


@pytest.fixture
def work(fresh_world: Any) -> LotWork:
    made = LotWork(fresh_world(), TWELVE)
    made.receive(12)
    return made


@pytest.fixture
def clock(work: LotWork) -> Any:
    return work.world.hub.clock


def certify(work: LotWork, count: int) -> None:
    for at, serial in enumerate(SERIALS[:count], 1):
        verdict = "ERASED_WITH_EXCEPTIONS" if at % 3 == 0 else "ERASED"
        work.approve(work.erase(serial, f"A-{at}", verdict=verdict))


def again(work: LotWork, key: str) -> Row:
    with work.world.hub.sessions()() as session:
        found: Row = session.get_one(Row, key)
        return found


def ready(work: LotWork, lang: str = "fr") -> Row:
    row: Row = work.do(requests.ask, lang)
    BinderWorker(work.world.hub).work_off()
    return again(work, row.id)


def test_twelve_certificates_become_one_file_of_the_issued_pages(work: LotWork) -> None:
    certify(work, 12)
    row = ready(work)
    assert (row.state, row.done, row.total, row.problem) == (requests.READY, 12, 12, "")
    _, path = work.do(requests.file_of, row.id)
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (row.size, row.sha256)
    groups = [one["group"] for one in row.contents]
    assert (groups.count("erased-clear"), groups.count("exceptions")) == (8, 4)
    with work.world.hub.sessions()() as session, pikepdf.open(path) as binder:
        assert len(binder.pages) == 13
        pages = {page.Contents.read_bytes() for page in binder.pages}
        for issued in session.query(IssuedDocument).filter_by(lang="fr"):
            with pikepdf.open(io.BytesIO(issued.pdf)) as one:
                assert one.pages[0].Contents.read_bytes() in pages
    assert [one.name for one in path.parent.iterdir()] == [f"{row.id}.pdf"]


def test_a_certificate_that_explains_its_drive_no_more_is_no_success(work: LotWork) -> None:
    certify(work, 2)
    work.erase(SERIALS[0], "A-1", verdict="FAILED")
    assert [one["group"] for one in ready(work).contents] == ["overtaken", "erased-clear"]


def test_the_same_question_gets_the_same_file_and_another_certificate_another_one(work: LotWork) -> None:
    certify(work, 1)
    row = work.do(requests.ask, "fr")
    assert work.do(requests.ask, "fr").id == row.id
    BinderWorker(work.world.hub).work_off()
    assert work.do(requests.ask, "fr").id == row.id
    assert work.do(requests.ask, "en").id != row.id
    work.approve(work.erase(SERIALS[1], "A-2"))
    assert work.do(requests.ask, "fr").id != row.id


def test_only_the_donor_of_the_lot_and_the_workshop_get_it(work: LotWork) -> None:
    certify(work, 1)
    row = ready(work)
    owner, stranger = work.person(Role.DONOR, donor="CAF"), work.person(Role.DONOR, donor="CHU")
    assert work.do(requests.file_of, row.id, who=owner)[0].id == row.id
    assert work.do(requests.binders_of, who=stranger) == ()
    for ask in (requests.file_of, requests.binder_for):
        with pytest.raises(NotFound):
            work.do(ask, row.id, who=stranger)
    with pytest.raises(Conflict, match="no certificate yet"):
        work.do(requests.ask, "fr", who=stranger)


def test_a_lot_without_certificates_and_an_unknown_language_are_refused(work: LotWork) -> None:
    with pytest.raises(Conflict, match="no certificate yet"):
        work.do(requests.ask, "fr")
    with pytest.raises(BadInput, match="language"):
        work.do(requests.ask, "de")


def test_a_binder_whose_worker_is_gone_is_begun_again_after_a_minute(world: Any) -> None:
    work, clock = LotWork(world, TWELVE), world.hub.clock
    work.receive(12)
    certify(work, 2)
    row = work.do(requests.ask, "fr")
    gone, fresh = BinderWorker(work.world.hub), BinderWorker(work.world.hub)
    assert gone._take() is not None
    fresh.work_off()
    assert again(work, row.id).state == requests.RUNNING
    with pytest.raises(Conflict, match="not ready yet"):
        work.do(requests.file_of, row.id)
    clock.forward(seconds=61)
    fresh.work_off()
    found = again(work, row.id)
    assert (found.state, found.done, found.tries) == (requests.READY, 2, 2)


def test_a_worker_that_lost_its_binder_changes_nothing_of_it(work: LotWork, clock: Any) -> None:
    certify(work, 1)
    row = work.do(requests.ask, "fr")
    slow, fresh = BinderWorker(work.world.hub), BinderWorker(work.world.hub)
    taken = slow._take()
    assert taken is not None
    clock.forward(seconds=61)
    fresh.work_off()
    before = again(work, row.id)
    with pytest.raises(worker.NotOurs):
        slow._make(taken)
    after = again(work, row.id)
    assert (after.state, after.sha256, after.expires) == (requests.READY, before.sha256, before.expires)
    assert work.do(requests.file_of, row.id)[1].is_file()


def test_a_binder_that_never_ends_is_given_up(work: LotWork, clock: Any) -> None:
    certify(work, 1)
    row = work.do(requests.ask, "fr")
    for _ in range(worker.MOST_TRIES):
        assert BinderWorker(work.world.hub)._take() is not None
        clock.forward(seconds=61)
    BinderWorker(work.world.hub).work_off()
    found = again(work, row.id)
    assert (found.state, found.problem) == (requests.FAILED, worker.TRIES)


def test_a_stored_file_that_is_not_what_was_issued_goes_into_no_binder(work: LotWork) -> None:
    certify(work, 2)
    with work.world.hub.sessions().begin() as session:
        document = session.query(IssuedDocument).filter_by(lang="fr").first()
        document.pdf = document.pdf.replace(b"ETB-", b"ETC-") + b" "
    found = ready(work)
    assert (found.state, found.problem) == (requests.FAILED, worker.BAD_FILE)
    assert not list((work.world.hub.settings.data_dir / requests.FOLDER).iterdir())
    with pytest.raises(NotFound):
        work.do(requests.file_of, found.id)
    assert ready(work, "en").state == requests.READY


def test_a_file_of_a_lot_that_lost_a_certificate_is_handed_to_nobody(work: LotWork) -> None:
    certify(work, 2)
    row = ready(work)
    waiting = work.do(requests.ask, "en")
    work.world.lot("LOT-2", "CHU")
    with work.world.hub.sessions().begin() as session:
        moved = session.query(Certificate).first()
        moved.lot_id = session.query(type(work.lot(session))).filter_by(code="LOT-2").one().id
    with pytest.raises(NotFound, match="have changed"):
        work.do(requests.file_of, row.id)
    BinderWorker(work.world.hub).work_off()
    assert again(work, waiting.id).problem == worker.CHANGED


def test_a_certificate_that_is_taken_back_is_in_no_list_no_file_and_on_no_device(work: LotWork) -> None:
    certify(work, 2)
    row = ready(work)
    with work.world.hub.sessions().begin() as session:
        first, second = certificates_of_lot(session, work.lead, work.lot(session))
        recalling.ask(session, work.lead, first.id, work.world.hub.clock(), why="withdrawn", note="un autre disque")
    with pytest.raises(NotFound, match="have changed"):
        work.do(requests.file_of, row.id)
    with work.world.hub.readers()() as session:
        found = certificates_of_lot(session, work.lead, work.lot(session))
        assert [one.number for one in found] == [second.number]
        device = session.query(Device).filter_by(asset="A-1").one()
        assert [one.certificate for one in views_of(session, work.lead, [device.id])[0].drives] == [None]
    assert [one["number"] for one in ready(work, "en").contents] == [second.number]


def test_files_are_kept_some_days_and_no_more_than_some(
    work: LotWork, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certify(work, 1)
    monkeypatch.setattr(worker, "MOST_FILES", 1)
    first = ready(work, "fr")
    clock.forward(seconds=1)
    second = ready(work, "en")
    folder = work.world.hub.settings.data_dir / requests.FOLDER
    (folder / "left.part").write_bytes(b"x")
    BinderWorker(work.world.hub).work_off()
    assert [one.name for one in folder.iterdir()] == [f"{second.id}.pdf"]
    assert again(work, first.id).state == requests.EXPIRED
    assert [row.id for row in work.do(requests.binders_of)] == [second.id]
    clock.forward(days=7)
    with pytest.raises(NotFound, match="kept no more"):
        work.do(requests.file_of, second.id)
    assert work.do(requests.binders_of) == ()
    BinderWorker(work.world.hub).work_off()
    assert list(folder.iterdir()) == []


def test_what_is_asked_at_once_is_bounded(work: LotWork, monkeypatch: pytest.MonkeyPatch) -> None:
    certify(work, 1)
    monkeypatch.setattr(requests, "MOST_OPEN", 1)
    work.do(requests.ask, "fr")
    with pytest.raises(Conflict, match="in a few minutes"):
        work.do(requests.ask, "en")
    BinderWorker(work.world.hub).work_off()
    monkeypatch.setattr(requests, "MOST_OF_A_LOT", 1)
    with pytest.raises(Conflict, match="tomorrow"):
        work.do(requests.ask, "en")
    monkeypatch.setattr(requests, "MOST", 0)
    with pytest.raises(Conflict, match="take them singly"):
        work.do(requests.ask, "en")


def test_the_database_is_free_while_certificates_are_bound(work: LotWork, monkeypatch: pytest.MonkeyPatch) -> None:
    from certificates import binder

    certify(work, 1)
    row = work.do(requests.ask, "fr")
    bind, seen = binder.bind, []

    def watched(contents: Any, pdfs: Any, target: Any) -> int:
        for pdf in list(pdfs):
            with work.world.hub.sessions().begin() as session:  # a writer would wait for half a minute here
                session.get_one(Row, row.id).by_name = "somebody else"
            seen.append(pdf)
        return bind(contents, seen, target)

    monkeypatch.setattr(binder, "bind", watched)
    BinderWorker(work.world.hub).work_off()
    assert (len(seen), again(work, row.id).state) == (1, requests.READY)


def test_the_thread_ends_when_nothing_waits(work: LotWork) -> None:
    certify(work, 1)
    row = work.do(requests.ask, "fr")
    made = worker.open_worker(work.world.hub)
    made.settle()
    assert again(work, row.id).state == requests.READY
    assert not [one for one in threading.enumerate() if one.name == "binders"]
