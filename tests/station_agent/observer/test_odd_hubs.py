"""Hubs and gateways that answer oddly: no alarm without a proof that failed, no alarm lost, no bench that breaks."""

from typing import Any

import pytest

from station_agent.observer.book import alarms_in, move_pages, pins_in
from station_agent.station import Station
from station_agent.sync import SyncState, drain
from tests.station_agent.observer.log_hub import LogHub, leaf
from tests.station_agent.observer.test_observer import URL, codes, enrolled, last_payload, log_hub, queued, synced

__all__ = ["enrolled", "log_hub"]


def test_two_open_logs_at_first_sight_are_an_alarm_and_the_bench_goes_on(
    enrolled: Station, log_hub: LogHub, state_runs: Any
) -> None:
    log_hub.grow(2)
    log_hub.roll("2026-2", state="open")
    state_runs(enrolled, 1)
    enrolled.look_at_log(URL)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert (codes(enrolled), queued(enrolled)) == (["beside"], 1)
    state_runs(enrolled, 1)
    assert queued(enrolled) == 2


@pytest.mark.parametrize("document", [{}, {"detail": "conflict"}, {"error": {"code": "conflict", "message": "x"}}])
def test_a_gateway_that_says_409_is_no_alarm(
    enrolled: Station, log_hub: LogHub, state_runs: Any, document: dict[str, Any]
) -> None:
    synced(enrolled, log_hub, state_runs)
    state_runs(enrolled, 1)
    log_hub.answers = [(409, document)]
    assert drain(enrolled.sync()).state is SyncState.UNPROVED
    assert (codes(enrolled), queued(enrolled)) == ([], 1)
    assert drain(enrolled.sync()).state is SyncState.IDLE


def test_another_address_of_a_hub_ends_no_alarm(enrolled: Station, log_hub: LogHub, state_runs: Any) -> None:
    synced(enrolled, log_hub, state_runs)
    other = "http://127.0.0.1:10"
    enrolled.observer(other).observe(enrolled.link_to(other))
    log_hub.log.leaves[3] = leaf("edited")
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    with enrolled.store.transaction() as connection:
        move_pages(connection, URL, other)
    assert [one.code for one in alarms_in(enrolled.store, other) if not one.resolved] == ["fork"]


@pytest.mark.parametrize("answer", ["smaller", "old"])
def test_a_log_that_was_frozen_with_less_than_was_seen_is_an_alarm(
    enrolled: Station, log_hub: LogHub, state_runs: Any, answer: str
) -> None:
    synced(enrolled, log_hub, state_runs)
    drain(enrolled.sync())
    (seen,) = pins_in(enrolled.store, URL)
    log_hub.answers = [(200, {"checkpoint": seen.note, "proof": []})] if answer == "old" else []
    del log_hub.log.leaves[3:]
    log_hub.log.first += 9  # what makes the next log begin behind everything that was seen
    log_hub.roll("2026-2", state="frozen")
    log_hub.shards[0].first -= 9
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert (codes(enrolled), queued(enrolled)) == (["smaller"], 1)


def frozen_behind_a_fork(hub: LogHub) -> None:
    """The hub shows others another history, and freezes it before this bench comes back."""
    hub.log.leaves[3] = leaf("edited")
    hub.grow(2)
    hub.roll("2026-2", state="frozen")


def test_a_freeze_hides_no_other_history(enrolled: Station, log_hub: LogHub, state_runs: Any) -> None:
    synced(enrolled, log_hub, state_runs)
    frozen_behind_a_fork(log_hub)
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert (codes(enrolled), queued(enrolled)) == (["fork"], 1)


@pytest.mark.parametrize("answer", ["refused", "old"])
def test_a_frozen_log_that_does_not_prove_its_end_is_an_alarm_and_statements_carry_what_was_seen_of_it(
    enrolled: Station, log_hub: LogHub, state_runs: Any, answer: str
) -> None:
    synced(enrolled, log_hub, state_runs)
    drain(enrolled.sync())
    (seen,) = pins_in(enrolled.store, URL)
    old = (200, {"checkpoint": seen.note, "proof": []})
    frozen_behind_a_fork(log_hub)
    log_hub.shards[0].damaged = True
    state_runs(enrolled, 1)
    log_hub.answers = [old] if answer == "old" else []
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert (codes(enrolled), queued(enrolled)) == (["withheld"], 1)
    assert enrolled.observer().state == "alarm.withheld", "what the lead sees of it"
    with enrolled.store.transaction() as connection:  # a bench that had gone on already
        connection.execute("UPDATE log_shard SET size = 4, root = ? WHERE name = '2026-2'", ("0" * 64,))
    state_runs(enrolled, 1)
    held = last_payload(enrolled)["last_cp"]
    assert (held["origin"], held["size"], held["root"]) == (seen.origin, seen.size, seen.root)


def test_what_was_seen_of_a_frozen_log_is_proved_once_and_the_next_is_followed(
    enrolled: Station, log_hub: LogHub, state_runs: Any
) -> None:
    synced(enrolled, log_hub, state_runs)
    log_hub.grow(4)
    log_hub.roll("2026-2", state="frozen")
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).confirmed == 1
    assert (codes(enrolled), [pin.final for pin in pins_in(enrolled.store, URL)]) == ([], [True, False])
    log_hub.shards[0].damaged = True  # bytes may rot after that
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).confirmed == 1
