"""Hubs and gateways that answer oddly: no alarm without a proof that failed, no alarm lost, no bench that breaks."""

from typing import Any

import pytest

from station_agent.observer.book import alarms_in, move_pages
from station_agent.station import Station
from station_agent.sync import SyncState, drain
from tests.station_agent.observer.log_hub import LogHub, leaf
from tests.station_agent.observer.test_observer import URL, codes, enrolled, log_hub, queued, synced

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


def test_a_log_that_was_frozen_with_less_than_was_seen_is_an_alarm(
    enrolled: Station, log_hub: LogHub, state_runs: Any
) -> None:
    synced(enrolled, log_hub, state_runs)
    del log_hub.log.leaves[3:]
    log_hub.log.first += 9  # what makes the next log begin behind everything that was seen
    log_hub.roll("2026-2", state="frozen")
    log_hub.shards[0].first -= 9
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert (codes(enrolled), queued(enrolled)) == (["smaller"], 1)
