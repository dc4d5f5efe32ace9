"""Group commit: many requests in one transaction, each with its own answer, and none fails for another."""

import io
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.ledger import gathering
from hub.ledger.gathering import Gathering
from hub.ledger.opening import open_statement, sender_of
from hub.models import Alarm, Erasure, LedgerEntry, Station

settle = gathering.settle


class Door:
    """Holds the first transaction until all have come, `settling` does the work; counts what each had."""

    def __init__(self, intake: Gathering, all_of_them: int, settling: Callable[..., Any] = settle) -> None:
        self.intake, self.all_of_them, self.settling = intake, all_of_them, settling
        self.groups: list[int] = []

    def __call__(self, session: Any, parcels: Sequence[Any], now: Any) -> Any:
        self.groups.append(len(parcels))
        if len(self.groups) == 1:
            while len(parcels) + len(self.intake._waiting) < self.all_of_them:
                self.intake._come.wait(0.01)
        return self.settling(session, parcels, now)


def bring(world: Any, app: Any, envelopes: Sequence[tuple[Any, bytes]]) -> list[Any]:
    """Every envelope in a request of its own, all of them at once."""
    answers: list[Any] = [None] * len(envelopes)

    def one(place: int) -> None:
        bench, data = envelopes[place]
        station = world.station(bench)
        try:
            (answers[place],) = app.state.intake.take(
                station.kid, [open_statement(sender_of(station), data, demo=False)]
            )
        except OSError as error:
            answers[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(envelopes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    app.state.intake.settle()
    return answers


def stored(world: Any) -> list[tuple[int, str]]:
    with world.hub.sessions()() as session:
        query = select(LedgerEntry.position, LedgerEntry.id).order_by(LedgerEntry.position)
        return [(row.position, row.id) for row in session.execute(query)]


def test_what_waits_while_the_disk_works_is_one_transaction(
    world: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    benches = [world.bench(f"banc {number}") for number in range(6)]
    sent = [(bench, bench.erasure(serial=f"WD-{number}").data) for number, bench in enumerate(benches)]
    door = Door(app.state.intake, 6)
    monkeypatch.setattr(gathering, "settle", door)
    answers = bring(world, app, sent)
    assert sum(door.groups) == 6
    assert len(door.groups) <= 2, "the first, and all that came while it was written"
    assert [answer.status for answer in answers] == [201] * 6
    assert [position for position, _ in stored(world)] == [1, 2, 3, 4, 5, 6]
    assert {(answer.receipt.position, answer.id) for answer in answers} == set(stored(world))
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 6


def test_a_request_that_cannot_be_stored_fails_alone(world: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    benches = [world.bench(f"banc {number}") for number in range(4)]
    bad = benches[2].key.kid

    def torn(session: Any, parcels: Sequence[Any], now: Any) -> Any:
        answers = settle(session, parcels, now)
        if any(kid == bad for kid, _ in parcels):
            raise OSError("the disk is full")
        return answers

    sent = [(bench, bench.erasure(serial=f"WD-{number}").data) for number, bench in enumerate(benches)]
    monkeypatch.setattr(gathering, "settle", Door(app.state.intake, 4, torn))
    answers = bring(world, app, sent)
    assert isinstance(answers[2], OSError)
    assert [answers[place].status for place in (0, 1, 3)] == [201, 201, 201]
    assert [position for position, _ in stored(world)] == [1, 2, 3], "the order of those that are left has no gap"
    monkeypatch.undo()
    assert benches[2].put(sent[2][1]).status_code == 201


def test_the_same_statement_from_two_requests_of_one_transaction_is_stored_once(
    world: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, bench = world.bench("banc 0"), world.bench("banc 1")
    data = bench.erasure().data
    monkeypatch.setattr(gathering, "settle", Door(app.state.intake, 3))
    answers = bring(world, app, [(first, first.erasure().data), (bench, data), (bench, data)])
    assert sorted(answer.status for answer in answers) == [200, 201, 201]
    assert len(stored(world)) == 2


def test_two_for_one_place_in_one_transaction_are_a_fork(world: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, bench = world.bench("banc 0"), world.bench("banc 1")
    one = bench.erasure().data
    other = bench.key.sign_statement(bench.erasure_payload(serial="OTHER-1") | {"seq": 1, "prev": "0" * 64}).data
    monkeypatch.setattr(gathering, "settle", Door(app.state.intake, 3))
    answers = bring(world, app, [(first, first.erasure().data), (bench, one), (bench, other)])
    assert sorted(answer.status for answer in answers) == [201, 201, 409]
    with world.hub.sessions()() as session:
        assert session.scalars(select(Alarm.kind)).all() == ["fork"]
        assert session.scalar(select(Station.state).where(Station.kid == bench.key.kid)) == "locked"


def test_what_an_ended_process_left_unread_is_read_before_the_first_request(
    world: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = world.bench()
    with monkeypatch.context() as ended:
        ended.setattr(gathering, "read_some", lambda _session, _most: 0)
        for number in range(3):
            assert bench.put(bench.erasure(serial=f"WD-{number}")).status_code == 201
    Gathering(world.hub).catch_up(2000)
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 3


def test_a_reading_that_failed_is_tried_again_although_nothing_comes(
    fresh_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, planned = fresh_world(), []
    intake = world.client.app.state.intake
    monkeypatch.setattr(gathering, "later", lambda pause_s, act: planned.append((pause_s, act)))

    def broken(*_: Any) -> int:
        raise OSError("disk full")

    bench = world.bench()
    with monkeypatch.context() as full:
        full.setattr(gathering, "read_some", broken)
        for number in range(3):
            assert bench.put(bench.erasure(serial=f"WD-{number}")).status_code == 201
        assert len(planned) == 1, "the next look is planned once, however often reading fails until then"
        planned[0][1]()
        intake.settle()
        assert [pause_s > 0 for pause_s, _ in planned] == [True, True], "as long as it fails, after a pause"
    planned[1][1]()
    intake.settle()
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 3
    assert len(planned) == 2


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_does_not_end_the_thread(
    fresh_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> int:
        raise OSError("disk full")

    planned: list[float] = []
    intake = fresh_world().client.app.state.intake
    monkeypatch.setattr(gathering, "later", lambda pause_s, _act: planned.append(pause_s))
    monkeypatch.setattr(gathering, "read_some", broken)
    monkeypatch.setattr(sys, "stdout", Full())
    intake._read()  # what the thread does when something was stored
    assert len(planned) == 1


def test_where_no_thread_can_be_had_the_next_request_asks_again(
    fresh_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    world = fresh_world()
    bench, intake = world.bench(), world.client.app.state.intake
    with monkeypatch.context() as crowded:
        crowded.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError, match="new thread"):
            intake.wake()
    assert intake._thread is None
    assert bench.put(bench.erasure()).status_code == 201
