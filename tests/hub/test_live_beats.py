"""Heartbeats at the hub: what is taken, what is refused and where, and that reading them never fails."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.live.beats import MOST_DRIVES, SCHEMA, read, take_in
from hub.live.picture import DEAD_AFTER, Concern, StationRow, picture
from hub.models import Person, Role
from hub.people.service import close_session, open_session, set_active, still_in

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {"schema": SCHEMA, "drives": [{"state": "running", "percent": 3}]}
SURROGATE = "\ud800"


def beat(**drive: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "drives": [{"state": "running", **drive}]}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"schema": "etabli.heartbeat/2"}, "schema"),
        ({"schema": None}, "schema"),
        ({"schema": SCHEMA, "drives": "sda"}, "drives"),
        ({"schema": SCHEMA, "drives": [{}] * 10_000}, "drives"),
        ({"schema": SCHEMA, "drives": [{"slot": "1"}]}, "drives.0.state"),
        ({"schema": SCHEMA, "outbox": {"queued": -1}}, "outbox.queued"),
        ({"schema": SCHEMA, "stopped": "yes"}, "stopped"),
        (beat(percent=101), "drives.0.percent"),
        (beat(percent=-1), "drives.0.percent"),
        (beat(percent=True), "drives.0.percent"),
        (beat(percent=1.5), "drives.0.percent"),
        (beat(rate=2**53), "drives.0.rate"),
        (beat(rate=10**400), "drives.0.rate"),
        (beat(celsius=-300), "drives.0.celsius"),
        (beat(model="x" * 65), "drives.0.model"),
        (beat(model="a\x00b"), "drives.0.model"),
        (beat(model="a\x1b[2J"), "drives.0.model"),
        (beat(model=SURROGATE), "drives.0.model"),
        (beat(model=["WD"]), "drives.0.model"),
        (beat(state="RUNNING\n"), "drives.0.state"),
        (beat(verdict="<script>"), "drives.0.verdict"),
        (beat(waits_for="a b"), "drives.0.waits_for"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(document: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as refused:
        take_in(document)
    assert f"heartbeat: {place}:" in refused.value.message
    assert "\x1b" not in refused.value.message


def test_what_this_hub_does_not_know_is_cut_and_a_new_word_is_kept() -> None:
    kept = take_in(beat(state="of-tomorrow", sings="yes") | {"tomorrow": {"a": [1]}})
    assert kept == {"schema": SCHEMA, "drives": [{"state": "of-tomorrow"}]}


def test_an_older_bench_is_still_understood_as_far_as_it_speaks() -> None:
    old = {"version": "0.0.9", "drives": [{"name": "sda", "model": "WD", "serial_end": "1234", "sanitize": ""}]}
    found = read(take_in(old))
    assert [(d.state, d.path, d.model, d.serial_end) for d in found.drives] == [("untold", "sda", "WD", "1234")]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {"drives": 7},
        {"drives": [7, None, {"name": ["a"], "model": {"b": 1}, "serial_end": SURROGATE + "\x00ab"}]},
        {"drives": [{}] * 10_000, "version": 3},
        {"schema": SCHEMA, "drives": [{"state": "running", "percent": "many"}]},
        {"schema": "other"},
    ],
)
def test_whatever_is_stored_can_be_read(stored: Any) -> None:
    found = read(stored)
    assert len(found.drives) <= MOST_DRIVES
    json.dumps(found.model_dump(mode="json")).encode("utf-8")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["state", "percent", "celsius", "model", "silent", "eta_s", "slot", "verdict"])


@given(
    drives=st.lists(st.dictionaries(NAMES, JUNK | st.just("running"), max_size=6), max_size=4), versioned=st.booleans()
)
def test_no_document_makes_the_hub_fall_or_the_picture_break(drives: list[dict[str, Any]], *, versioned: bool) -> None:
    document: dict[str, Any] = {"drives": drives} | ({"schema": SCHEMA} if versioned else {})
    try:
        kept = take_in(document)
    except BadInput:
        return
    found = picture([StationRow("1", "Banc", locked=False, demo=False, heard=NOW, heartbeat=kept)], NOW)
    assert len(found.stations) == 1


def row(name: str, *drives: dict[str, Any], age: timedelta = timedelta(0), **more: Any) -> StationRow:
    told = {"schema": SCHEMA, "drives": list(drives), **more}
    return StationRow(name, name, locked=False, demo=False, heard=NOW - age, heartbeat=told)


def test_stuck_hot_failing_and_frozen_drives_come_first_and_so_do_their_benches() -> None:
    found = picture(
        [
            row("calm", {"state": "running", "slot": "1"}, {"state": "erased", "slot": "2"}),
            row(
                "mixed",
                {"state": "ready", "slot": "1"},
                {"state": "frozen", "slot": "2"},
                {"state": "failed", "slot": "3"},
                {"state": "running", "slot": "4", "celsius": 71},
                {"state": "running", "slot": "5", "silent": True},
                {"state": "running", "slot": "10", "limited_by": "hub"},
            ),
            row("frozen", {"state": "frozen", "slot": "1"}),
        ],
        NOW,
    )
    assert [one.row.name for one in found.stations] == ["mixed", "frozen", "calm"]
    assert [drive.told.slot for drive in found.stations[0].drives] == ["5", "4", "3", "2", "10", "1"]
    assert found.concerns[Concern.STUCK] == found.concerns[Concern.HOT] == found.concerns[Concern.FAILING] == 1
    assert (found.concerns[Concern.SHUT], found.running, found.over) == (2, 4, 2)


def test_a_bench_that_says_nothing_is_dead_and_none_of_its_drives_counts() -> None:
    late = DEAD_AFTER - timedelta(seconds=1)
    found = picture(
        [
            row("alive", {"state": "ready"}, age=late),
            row("idle", {"state": "erased"}, age=DEAD_AFTER),
            row("at work", {"state": "running", "silent": True}, age=timedelta(days=3)),
        ],
        NOW,
    )
    assert [(one.row.name, one.dead) for one in found.stations] == [("at work", True), ("alive", False), ("idle", True)]
    assert (found.dead, found.unknown, found.running, found.over) == (2, 2, 0, 0)
    assert found.concerns[Concern.STUCK] == 0


def test_a_bench_that_was_never_heard_is_dead() -> None:
    never = StationRow("n", "new", locked=False, demo=False, heard=None, heartbeat=None)
    assert picture([never], NOW).stations[0].dead


def test_the_hub_answers_bad_heartbeats_with_a_clear_error_and_keeps_the_last_good_one(world: Any) -> None:
    bench = world.bench()
    assert bench.send("POST", "/api/v1/heartbeats", json.dumps(GOOD).encode()).status_code == 204
    for bad in (beat(percent=-5), beat(model="\x00"), {"schema": SCHEMA, "drives": [{"state": "x"}] * 101}):
        answer = bench.send("POST", "/api/v1/heartbeats", json.dumps(bad).encode())
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "heartbeat")
    nested = b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    assert bench.send("POST", "/api/v1/heartbeats", nested).status_code in {400, 422}
    assert bench.send("POST", "/api/v1/heartbeats", b'{"x":"' + b"y" * 70_000 + b'"}').status_code == 413
    assert world.station(bench).heartbeat == GOOD


def test_a_line_stands_only_as_long_as_its_session(world: Any) -> None:
    lead, lou, donor = world.person(), world.person(Role.TECHNICIAN), world.person(Role.DONOR, "CAF")
    staff = (Role.TECHNICIAN, Role.LEAD)
    with world.hub.sessions().begin() as session:
        tokens = [open_session(session, person) for person in (lead, lou, donor)]
        assert still_in(session, [*tokens, "nobody", ""], staff) == set(tokens[:2])
        close_session(session, tokens[0])
        assert still_in(session, tokens, staff) == {tokens[1]}
        set_active(session, session.get_one(Person, lou.id), active=False)
        assert still_in(session, tokens, staff) == frozenset()
