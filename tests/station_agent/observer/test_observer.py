"""A bench follows the log of its hub: what continues is kept, what is missing waits, what contradicts stops sending."""

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import tree
from certificates.note import verify_note
from station_agent.observer.book import pins_in
from station_agent.observer.words import FOLDER
from station_agent.outbox import OutboxState
from station_agent.station import Station
from station_agent.sync import SyncState, drain
from tests.station_agent.observer.log_hub import LogHub, leaf

URL = "http://127.0.0.1:9"
Make = Callable[..., Any]


@pytest.fixture
def log_hub() -> LogHub:
    return LogHub()


@pytest.fixture
def enrolled(tmp_path: Path, open_bench_at: Make, log_hub: LogHub) -> Station:
    station: Station = open_bench_at(tmp_path / "state", transport=log_hub.transport())
    station.store.note("hub-url", URL)
    return station


def payload_of(envelope: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return found


def last_payload(station: Station) -> dict[str, Any]:
    rows = station.store.rows("SELECT envelope FROM statement ORDER BY position DESC LIMIT 1")
    return payload_of(bytes(rows[0]["envelope"]))


def codes(station: Station) -> list[str]:
    return [str(row["code"]) for row in station.store.rows("SELECT code FROM log_alarm WHERE resolved = ''")]


def queued(station: Station) -> int:
    return station.outbox.counts()[OutboxState.QUEUED]


def synced(station: Station, hub: LogHub, state_runs: Make) -> None:
    """Bring two statements there, so that the bench holds a checkpoint of a log with entries."""
    hub.grow(5)
    state_runs(station, 2)
    assert drain(station.sync()).state is SyncState.IDLE


def test_the_first_statement_carries_no_checkpoint_and_the_next_the_newest_that_was_proved(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    log_hub.grow(5)
    state_runs(enrolled, 1)
    assert last_payload(enrolled)["last_cp"] is None
    assert drain(enrolled.sync()).confirmed == 1
    state_runs(enrolled, 1)
    (pin,) = pins_in(enrolled.store, URL)
    seen = verify_note(pin.note, log_hub.log.key, (), 0).checkpoint
    told = last_payload(enrolled)["last_cp"]
    assert told == {"origin": seen.origin, "size": 5, "root": seen.root.hex(), "note_sha256": pin.note_sha256}


def test_each_round_of_sending_begins_with_one_proof_and_an_idle_bench_asks_for_none(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    log_hub.grow(1)
    state_runs(enrolled, 45)
    sync = enrolled.sync()
    assert drain(sync).confirmed == 45
    assert len(log_hub.looks) == 2, "one list, one proof for three batches"
    for _ in range(5):
        sync.step()
    assert len(log_hub.looks) == 2
    state_runs(enrolled, 1)
    drain(sync)
    assert len(log_hub.looks) == 4


def test_an_older_hub_is_told_as_such_and_served_as_before(
    tmp_path: Path, open_bench_at: Make, hub: Any, state_runs: Make
) -> None:
    station: Station = open_bench_at(tmp_path / "state", transport=hub.transport())
    station.store.note("hub-url", URL)
    state_runs(station, 2)
    assert drain(station.sync()).confirmed == 2
    assert station.observer().state == "none"


def test_a_hub_that_had_a_log_and_shows_none_any_more_gets_nothing(
    enrolled: Station, log_hub: LogHub, state_runs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(enrolled, log_hub, state_runs)
    state_runs(enrolled, 1)
    monkeypatch.setattr(log_hub, "log_answer", lambda *_: __import__("httpx").Response(404, json={}))
    step = drain(enrolled.sync())
    assert (step.state, queued(enrolled), codes(enrolled)) == (SyncState.UNPROVED, 1, [])


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (423, {"error": {"code": "log.frozen", "message": "x"}}),
        (404, {}),
        (500, {}),
        (200, {}),
        (200, []),
        (200, {"checkpoint": 7, "proof": []}),
        (200, {"checkpoint": "x", "proof": "y"}),
        (200, {"checkpoint": "x", "proof": ["zz"]}),
        (200, {"checkpoint": "x", "proof": []}),
        (200, {"checkpoint": "hub.example.org/erasure-log/2026\n5\nno base64\n\n— x y\n", "proof": []}),
        (422, {"error": {"code": "bad-input", "message": "old"}}),
        (200, {"checkpoint": "\ud800", "proof": []}),
        (200, {"checkpoint": "x" * 40_000, "proof": []}),
        (200, {"checkpoint": "x", "proof": ["0" * 64] * 64}),
    ],
)
def test_a_missing_proof_means_no_sync_nothing_lost_and_no_alarm(
    enrolled: Station, log_hub: LogHub, state_runs: Make, status: int, document: Any
) -> None:
    synced(enrolled, log_hub, state_runs)
    state_runs(enrolled, 3)
    log_hub.answers.append((status, document))
    step = enrolled.sync().step(now=True)
    assert (step.state, queued(enrolled), codes(enrolled)) == (SyncState.UNPROVED, 3, [])
    assert drain(enrolled.sync()).confirmed == 3, "the next try goes through"


def test_a_log_without_an_entry_has_nothing_to_prove_and_the_first_statement_gets_there(
    enrolled: Station, log_hub: LogHub, state_runs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(log_hub.log), "consistency", lambda *_: (409, {"error": {"code": "log.smaller"}}))
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).confirmed == 1


@pytest.mark.parametrize(
    "row",
    [
        {"name": "2026/../x"},
        {"first": -1},
        {"first": True},
        {"size": 2**60},
        {"state": "new"},
        {"vkey": "x+1+y"},
        {"origin": "other/erasure-log/2026"},
        {"name": "2027"},
    ],
)
def test_a_list_of_logs_that_cannot_be_read_is_no_proof(
    enrolled: Station, log_hub: LogHub, state_runs: Make, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(enrolled, log_hub, state_runs)
    state_runs(enrolled, 1)
    good = log_hub.log.row()
    monkeypatch.setattr(type(log_hub.log), "row", lambda _self: good | row)
    assert enrolled.sync().step(now=True).state is SyncState.UNPROVED
    assert (queued(enrolled), codes(enrolled)) == (1, [])


def edit(hub: LogHub) -> None:
    hub.log.leaves[3] = leaf("edited")


def truncate(hub: LogHub) -> None:
    del hub.log.leaves[4:]


def reorder(hub: LogHub) -> None:
    hub.log.leaves[0], hub.log.leaves[1] = hub.log.leaves[1], hub.log.leaves[0]
    hub.grow(3)


def back_date(hub: LogHub) -> None:
    hub.log.leaves.insert(2, leaf("slipped in"))


def other_key_signs(hub: LogHub) -> None:
    hub.log.signed_by = Ed25519PrivateKey.generate()


def other_key_shown(hub: LogHub) -> None:
    hub.log.signer = Ed25519PrivateKey.generate()


def gone(hub: LogHub) -> None:
    hub.shards = [type(hub.log)("2027", 1, hub.log.signer, [leaf("new")])]


def beside(hub: LogHub) -> None:
    hub.roll("2027", state="open")


def earlier(hub: LogHub) -> None:
    hub.shards.insert(0, type(hub.log)("2025", 1, hub.log.signer, [leaf("old")], "closed"))


def moved(hub: LogHub) -> None:
    hub.log.first = 900


def strange_key_rolls(hub: LogHub) -> None:
    hub.roll("2027", signer=Ed25519PrivateKey.generate())


def overlapping(hub: LogHub) -> None:
    hub.roll("2027")
    hub.log.first = 2


BETRAYALS = {
    "edit": (edit, "fork"),
    "truncate": (truncate, "smaller"),
    "reorder": (reorder, "fork"),
    "back-date": (back_date, "fork"),
    "other-key-signs": (other_key_signs, "signature"),
    "other-key-shown": (other_key_shown, "key"),
    "gone": (gone, "gone"),
    "beside": (beside, "beside"),
    "earlier": (earlier, "beside"),
    "moved": (moved, "moved"),
    "strange-key-rolls": (strange_key_rolls, "key"),
    "overlapping": (overlapping, "beside"),
}


@pytest.mark.parametrize("name", BETRAYALS)
def test_a_hub_that_shows_another_history_is_an_alarm_that_stays_and_nothing_is_sent(
    *, tmp_path: Path, enrolled: Station, log_hub: LogHub, state_runs: Make, open_bench_at: Make, name: str
) -> None:
    change, code = BETRAYALS[name]
    synced(enrolled, log_hub, state_runs)
    before, stored = last_payload_after(enrolled, state_runs), len(log_hub.stored)
    honest = copy.deepcopy([(one.state, list(one.leaves)) for one in log_hub.shards])
    change(log_hub)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert codes(enrolled) == [code]
    for shard, (state, leaves) in zip(log_hub.shards, honest, strict=False):
        shard.state, shard.leaves, shard.signed_by = state, leaves, None
    for _ in range(3):  # never retried away
        assert enrolled.sync().step(now=True).state is SyncState.ALARM
    assert (len(log_hub.stored), queued(enrolled)) == (stored, 1)
    assert last_payload_after(enrolled, state_runs)["last_cp"] == before["last_cp"], "wipes go on, on what was proved"
    enrolled.close()
    again = open_bench_at(tmp_path / "state", transport=log_hub.transport())
    assert again.sync().step(now=True).state is SyncState.ALARM, "a restart forgets no alarm"
    assert queued(again) == 2


def last_payload_after(station: Station, state_runs: Make) -> dict[str, Any]:
    state_runs(station, 1)
    return last_payload(station)


def test_both_views_are_kept_in_rows_and_as_files(
    tmp_path: Path, enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    (pin,) = pins_in(enrolled.store, URL)
    edit(log_hub)
    log_hub.grow(4)
    state_runs(enrolled, 1)
    drain(enrolled.sync())
    place = tmp_path / "state" / FOLDER / "1-fork"
    assert (place / "kept.note").read_text("utf-8") == pin.note
    assert (place / "told.note").read_text("utf-8") == log_hub.log.note()
    assert json.loads((place / "answer.json").read_text("utf-8"))["checkpoint"] == log_hub.log.note()
    (row,) = enrolled.store.rows("SELECT kept, told FROM log_alarm")
    assert (row["kept"], row["told"]) == (pin.note, log_hub.log.note())


def test_a_checkpoint_with_a_size_that_no_statement_can_carry_is_refused_and_wipes_go_on(
    enrolled: Station, log_hub: LogHub, state_runs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_hub.grow(1)
    key = log_hub.log
    huge = f"{key.origin}\n{2**53}\n{base64.b64encode(tree.EMPTY_ROOT).decode()}\n"
    line = f"— {key.origin} {base64.b64encode(key.key.id + key.signer.sign(huge.encode())).decode()}\n"
    log_hub.answers.append((200, {"checkpoint": f"{huge}\n{line}", "proof": []}))
    state_runs(enrolled, 1)
    assert enrolled.sync().step(now=True).state is SyncState.ALARM
    assert last_payload_after(enrolled, state_runs)["last_cp"] is None


def test_the_log_rolls_to_a_new_year_after_the_last_checkpoint_of_the_old_one_is_proved(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    log_hub.grow(3)
    log_hub.roll("2027")
    assert last_payload_after(enrolled, state_runs)["last_cp"]["origin"].endswith("/2026")
    assert drain(enrolled.sync()).confirmed == 1
    old, new = pins_in(enrolled.store, URL)
    assert (old.final, old.size, new.how, new.size) == (True, 10, "rolled", 1)
    state_runs(enrolled, 1)
    assert last_payload(enrolled)["last_cp"]["origin"].endswith("/2027")
    log_hub.shards[0].leaves.append(leaf("after the end"))
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert codes(enrolled) == ["moved"]


def test_an_old_log_that_ended_otherwise_than_it_was_seen_is_an_alarm(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    edit(log_hub)
    log_hub.roll("2027")
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    assert codes(enrolled) == ["fork"]


def test_a_frozen_log_is_waited_for_and_its_successor_is_followed_and_the_freeze_is_told(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    log_hub.log.state = "frozen"
    state_runs(enrolled, 1)
    step = enrolled.sync().step(now=True)
    assert (step.state, queued(enrolled)) == (SyncState.UNPROVED, 1)
    log_hub.roll("2026-2", state="frozen")
    assert drain(enrolled.sync()).confirmed == 1
    assert "froze" in str(enrolled.troubles[0])
    assert pins_in(enrolled.store, URL)[0].size == 7, "proved to its end, and kept"


def test_a_bench_that_was_away_for_long_still_gets_its_proof(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    log_hub.grow(1003)
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).confirmed == 1
    assert pins_in(enrolled.store, URL)[0].size == 1010


def test_a_bench_that_moves_between_the_two_halves_of_a_split_view_finds_it_at_once(
    tmp_path: Path, enrolled: Station, log_hub: LogHub, state_runs: Make, open_bench_at: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    other = log_hub.fork()
    log_hub.grow(3)
    other.grow(4, "elsewhere")
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).confirmed == 1
    enrolled.close()
    moved_over = open_bench_at(tmp_path / "state", transport=other.transport())
    state_runs(moved_over, 1)
    assert drain(moved_over.sync()).state is SyncState.ALARM
    assert codes(moved_over)[0] in ("fork", "smaller")


def test_a_person_ends_the_alarm_and_the_hub_has_to_prove_what_was_seen_before(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    honest = list(log_hub.log.leaves)
    edit(log_hub)
    state_runs(enrolled, 1)
    drain(enrolled.sync())
    assert enrolled.observer().resume(by="admin", word="looking into it", anew=False) == 1
    assert drain(enrolled.sync()).state is SyncState.ALARM, "it still shows the other history"
    enrolled.observer().resume(by="admin", word="backup put right", anew=False)
    log_hub.log.leaves = honest
    assert drain(enrolled.sync()).confirmed == 1
    enrolled.observer().resume(by="x", word="y", anew=True)
    assert pins_in(enrolled.store, URL), "without an alarm nothing is forgotten"


def test_by_the_word_of_the_administrator_a_log_begins_anew_and_the_old_one_stays_kept(
    enrolled: Station, log_hub: LogHub, state_runs: Make
) -> None:
    synced(enrolled, log_hub, state_runs)
    log_hub.shards = LogHub().shards
    log_hub.grow(1)
    state_runs(enrolled, 1)
    assert drain(enrolled.sync()).state is SyncState.ALARM
    enrolled.observer().resume(by="admin", word="the disk died, a new log", anew=True)
    assert drain(enrolled.sync()).confirmed == 1
    (kept,) = enrolled.store.rows("SELECT size FROM log_shard WHERE hub <> ?", (URL,))
    assert kept["size"] == 5
