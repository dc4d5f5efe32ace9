"""Sync: oldest first, exactly once, nothing dropped before a receipt that names it, whatever the hub does."""

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from station_agent.commands.sync import sync_lines
from station_agent.errors import ChainLocked, UsageError
from station_agent.hub_link import hub_url
from station_agent.language import voice
from station_agent.outbox import OutboxState
from station_agent.station import Station
from station_agent.sync import LONGEST_PAUSE_S, Pause, Sync, SyncState, SyncStep, SyncThread, drain

URL = "http://127.0.0.1:9"
Make = Callable[..., Any]
Fault = Callable[[httpx.Request], httpx.Response | None]


@pytest.fixture
def enrolled(tmp_path: Path, open_bench_at: Make, hub: Any) -> Station:
    station: Station = open_bench_at(tmp_path / "state", transport=hub.transport())
    station.store.note("hub-url", URL)
    return station


def states(station: Station) -> list[str]:
    return [str(row.state) for row in station.outbox.rows()]


def drop(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("cable pulled")


def lose_the_answer(hub: Any) -> Fault:
    def fault(request: httpx.Request) -> httpx.Response:
        body = request.content
        for text in [body.decode()] if request.method == "PUT" else json.loads(body)["envelopes"]:
            hub.take(text.encode())
        raise httpx.ReadTimeout("no answer")

    return fault


def answer(status: int, document: Any = None, **headers: str) -> Fault:
    return lambda _request: httpx.Response(status, json=document if document is not None else {}, headers=headers)


def test_statements_reach_the_hub_oldest_first_and_are_confirmed(enrolled: Station, hub: Any, state_runs: Make) -> None:
    made = state_runs(enrolled, 45)
    step = drain(enrolled.sync())
    assert (step.state, step.confirmed) == (SyncState.IDLE, 45)
    assert hub.order == made
    assert states(enrolled) == ["confirmed"] * 45


@pytest.mark.parametrize(
    "fault",
    [
        drop,
        answer(500),
        answer(502, {"error": {"code": "gateway", "message": "x"}}),
        answer(200, {"results": []}),
        answer(200, {"results": "nonsense"}),
        answer(200, {"results": [{"id": ["unhashable"], "status": 200}]}),
        lambda _request: httpx.Response(200, content=b"[" * 100_000),
        answer(200, ["a list"]),
        lambda _request: httpx.Response(500, content=b'{"error": {"code": "\\ud800", "message": "\\ud800\\u001b[2J"}}'),
        answer(301),
        answer(429),
    ],
)
def test_an_answer_that_is_no_receipt_keeps_everything_queued(
    enrolled: Station, hub: Any, state_runs: Make, fault: Fault
) -> None:
    state_runs(enrolled, 3)
    hub.faults.append(fault)
    step = enrolled.sync().step()
    assert step.state is SyncState.UNREACHABLE
    assert states(enrolled) == ["queued"] * 3
    assert drain(enrolled.sync()).confirmed == 3


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("receipt", [None, {}, {"id": "0" * 64}, "ok"])
def test_a_receipt_that_names_another_statement_confirms_nothing(
    enrolled: Station, hub: Any, state_runs: Make, status: int, receipt: Any
) -> None:
    state_runs(enrolled, 1)
    hub.faults.append(answer(status, {"receipt": receipt}))
    enrolled.sync().step()
    assert states(enrolled) == ["queued"]


def test_a_receipt_for_a_neighbour_in_the_batch_confirms_nothing(enrolled: Station, hub: Any, state_runs: Make) -> None:
    first, second = state_runs(enrolled, 2)
    crossed = [
        {"id": first, "status": 201, "receipt": {"id": second}},
        {"id": second, "status": 201, "receipt": {"id": first}},
    ]
    hub.faults.append(answer(200, {"results": crossed}))
    enrolled.sync().step()
    assert states(enrolled) == ["queued", "queued"]


def test_a_lost_answer_leads_to_a_second_try_and_one_stored_statement(
    enrolled: Station, hub: Any, state_runs: Make
) -> None:
    made = state_runs(enrolled, 4)
    hub.faults.append(lose_the_answer(hub))
    enrolled.sync().step()
    assert states(enrolled) == ["queued"] * 4
    drain(enrolled.sync())
    assert hub.order == made
    assert states(enrolled) == ["confirmed"] * 4


def test_answers_in_another_order_are_matched_by_id(enrolled: Station, hub: Any, state_runs: Make) -> None:
    made = state_runs(enrolled, 3)
    hub.verdicts[made[1]] = (422, "schema")
    mixed = [hub.take(row.envelope) for row in enrolled.outbox.waiting(enrolled.chain.kid, 9)][::-1]
    hub.faults.append(answer(200, {"results": mixed}))
    enrolled.sync().step()
    assert states(enrolled) == ["confirmed", "refused", "confirmed"]


@pytest.mark.parametrize(
    ("status", "state"), [(409, OutboxState.CONFLICT), (422, OutboxState.REFUSED), (413, OutboxState.REFUSED)]
)
@pytest.mark.parametrize("others", [0, 2])
def test_a_refused_statement_is_kept_and_shown_and_the_others_go_on(
    *, enrolled: Station, hub: Any, state_runs: Make, status: int, state: OutboxState, others: int
) -> None:
    made = state_runs(enrolled, 1 + others)
    hub.verdicts[made[0]] = (status, "why")
    step = drain(enrolled.sync())
    row = enrolled.outbox.rows()[0]
    assert (row.state, row.code, row.message) == (state, "why", "no")
    assert step.kept == 1
    assert states(enrolled)[1:] == ["confirmed"] * others


def test_a_batch_that_is_too_large_is_halved(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 8)
    hub.faults += [answer(413), answer(413)]
    assert drain(enrolled.sync()).confirmed == 8
    assert [line for line in hub.requests if "statements" in line][:3] == ["POST /api/v1/statements"] * 3


def test_a_stale_nonce_is_replaced_and_the_request_repeated_once(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 1)
    stale = answer(401, {"error": {"code": "nonce", "message": "stale"}}, **{"ETABLI-Nonce": "fresh"})
    hub.faults.append(stale)
    assert enrolled.sync().step().confirmed == 1
    state_runs(enrolled, 1)
    hub.faults += [stale, stale]
    assert enrolled.sync().step(now=True).confirmed == 0
    assert states(enrolled)[-1] == "queued"


def test_a_pending_bench_keeps_its_statements_until_it_is_accepted(
    enrolled: Station, hub: Any, state_runs: Make
) -> None:
    state_runs(enrolled, 2)
    hub.state = "pending"
    assert enrolled.sync().step().state is SyncState.PENDING
    assert states(enrolled) == ["queued"] * 2
    hub.state = "accepted"
    assert drain(enrolled.sync()).confirmed == 2


def test_a_state_with_control_characters_is_shown_visibly(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 1)
    hub.state = "pend\x1b[2J\u009b31m"
    assert enrolled.sync().step().message == "pend\\x1B[2J\\xC2\\x9B31m"


def test_a_step_that_fails_in_an_unforeseen_way_does_not_end_the_syncing() -> None:
    steps: list[int] = []

    class Failing:
        def step(self, *, now: bool = False) -> Any:
            steps.append(now)
            if len(steps) == 1:
                raise ValueError("what no hub says")
            return SyncStep(SyncState.IDLE)

    thread = SyncThread(Failing(), every_s=0.01)
    thread.start()
    deadline = time.monotonic() + 60
    while len(steps) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.stop(60)
    assert len(steps) >= 2


def test_a_bench_without_a_hub_says_so(station: Station, state_runs: Make) -> None:
    state_runs(station, 1)
    assert station.sync().step().state is SyncState.UNENROLLED


@pytest.mark.parametrize("head", [{"seq": 9, "id": "f" * 64}, {"seq": 1, "id": "f" * 64}])
def test_a_stick_that_is_behind_or_beside_the_hub_stops_signing_and_hands_over_what_it_has(
    enrolled: Station, hub: Any, state_runs: Make, head: dict[str, Any]
) -> None:
    made = state_runs(enrolled, 2)
    hub.head = head
    step = drain(enrolled.sync())
    assert (step.state, step.confirmed) == (SyncState.BEHIND, 2)
    assert str(head["seq"]) in enrolled.chain.locked()
    assert hub.order == made


def test_a_conflict_stops_signing(enrolled: Station, hub: Any, state_runs: Make) -> None:
    (made,) = state_runs(enrolled, 1)
    hub.verdicts[made] = (409, "fork")
    drain(enrolled.sync())
    assert "fork" in enrolled.chain.locked()
    with pytest.raises(ChainLocked):
        state_runs(enrolled, 1)


def test_a_station_that_the_hub_locked_stops_signing(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 1)
    hub.state = "locked"
    assert drain(enrolled.sync()).message == "locked"
    assert enrolled.chain.locked() == "hub: locked"


def test_the_pause_grows_has_jitter_and_survives_a_restart(
    tmp_path: Path, open_bench_at: Make, hub: Any, state_runs: Make, clock: Any
) -> None:
    station: Station = open_bench_at(tmp_path / "state", transport=hub.transport())
    station.store.note("hub-url", URL)
    state_runs(station, 1)
    pauses = []
    for _ in range(12):
        hub.faults.append(drop)
        station.sync(jitter=lambda: 0.5).step(now=True)
        pauses.append(Pause(station.store, clock=clock, jitter=lambda: 0.5).left())
    assert pauses[:3] == pytest.approx([1.5, 3.0, 6.0], abs=0.01)
    assert max(pauses) <= LONGEST_PAUSE_S
    station.close()
    again: Station = open_bench_at(tmp_path / "state", transport=hub.transport())
    assert again.sync().step().state is SyncState.PAUSED
    clock.forward(LONGEST_PAUSE_S)
    assert again.sync().step().confirmed == 1
    assert Pause(again.store, clock=clock, jitter=lambda: 0.5).left() == 0


def test_a_clock_that_jumps_back_does_not_stop_the_sync(
    enrolled: Station, hub: Any, state_runs: Make, clock: Any
) -> None:
    state_runs(enrolled, 1)
    hub.faults.append(drop)
    enrolled.sync().step()
    clock.forward(-40 * 365 * 86400)
    assert enrolled.sync().step().confirmed == 1


def test_a_long_random_journey_ends_with_every_statement_stored_exactly_once(
    enrolled: Station, hub: Any, state_runs: Make, clock: Any
) -> None:
    chance = random.Random(20261121)
    made: list[str] = []
    for _ in range(60):
        made += state_runs(enrolled, chance.choice([0, 0, 1, 3]))
        faults: list[Fault | None] = [None, drop, answer(500), lose_the_answer(hub), answer(200, {"results": []})]
        if (fault := chance.choice(faults)) is not None:
            hub.faults.append(fault)
        enrolled.sync().step(now=chance.random() < 0.5)
        clock.forward(chance.choice([1, 60, 86400]))
        confirmed = {row.id for row in enrolled.outbox.rows() if row.state == "confirmed"}
        assert confirmed <= set(hub.stored)
    hub.faults.clear()
    drain(enrolled.sync())
    assert hub.order == made
    assert states(enrolled) == ["confirmed"] * len(made)


def test_a_hub_that_hangs_does_not_slow_the_record(enrolled: Station, hub: Any, state_runs: Make) -> None:
    def hang(_request: httpx.Request) -> httpx.Response:
        time.sleep(1.0)
        return httpx.Response(500)

    state_runs(enrolled, 1)
    hub.faults += [hang] * 5
    thread = SyncThread(enrolled.sync(), every_s=0.01)
    thread.start()
    time.sleep(0.1)
    before = time.monotonic()
    state_runs(enrolled, 5)
    assert time.monotonic() - before < 0.8
    thread.stop(3.0)
    assert len(enrolled.outbox.rows()) == 6


def test_what_keeps_the_hub_away_is_said_in_the_persons_language(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 1)
    hub.faults.append(drop)
    step = enrolled.sync().step()
    told = sync_lines(voice("fr", {}), step, enrolled.outbox.counts())
    assert "ne répond pas (cable pulled). Tout reste" in "\n".join(told)


def test_the_thread_sends_what_is_queued_while_it_runs(enrolled: Station, hub: Any, state_runs: Make) -> None:
    thread = SyncThread(enrolled.sync(), every_s=30.0)
    thread.start()
    state_runs(enrolled, 2)
    thread.nudge()
    until = time.monotonic() + 5
    while len(hub.order) < 2 and time.monotonic() < until:
        time.sleep(0.01)
        thread.nudge()
    thread.stop(3.0)
    assert len(hub.order) == 2


def test_only_the_own_key_is_sent(enrolled: Station, hub: Any, state_runs: Make) -> None:
    state_runs(enrolled, 1)
    with enrolled.store.transaction() as connection:
        connection.execute("UPDATE statement SET kid = ?", ("9" * 64,))
    assert (
        Sync(
            enrolled.outbox, enrolled.chain, Pause(enrolled.store, clock=enrolled.clock, jitter=float), enrolled.link()
        )
        .step()
        .state
        is SyncState.IDLE
    )
    assert hub.order == []


@pytest.mark.parametrize("text", ["hub", "ftp://x", "https://", "https://x/?a=b", "http://workshop.lan"])
def test_an_address_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        hub_url(text)


def test_plain_http_is_for_this_machine_or_by_choice() -> None:
    assert hub_url("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"
    assert hub_url("http://workshop.lan", allow_http=True) == "http://workshop.lan"
