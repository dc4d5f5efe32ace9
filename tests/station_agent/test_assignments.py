"""What the hub assigned holds offline: protected drives stay protected, nothing starts by what cannot be trusted."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.keys import SigningKey
from certificates.policy import sign_policy
from erasure.interlocks import KernelExaminer
from erasure.kernel_view import KernelView
from station_agent.assigned import Assignments, Message, Unusable, told
from station_agent.assignments import (
    COUNTER_NOTE,
    FILE,
    AssignmentsRefused,
    keep_assignments,
    protected_serials,
    read_assignments,
)
from station_agent.bench import kernel_bench
from station_agent.errors import StoreError
from station_agent.policies import policy_named
from station_agent.station import Station
from tests.station_agent.assigned_examples import HUB, answer, trust_document, trust_hub

KID = SigningKey.generate(demo=False).kid
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
POLICY = {"version": 1, "methods": ["overwrite.zeros"], "verification": "full"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bench that trusts its hub and has its assignments, counter 5."""
    trust_hub(tmp_path)
    assert keep_assignments(tmp_path, answer(KID), station=KID) == 5
    return tmp_path


def read(folder: Path, least: int = 5) -> Assignments | Unusable | None:
    return read_assignments(folder, station=KID, least=least)


def code(folder: Path, least: int = 5) -> str:
    found = read(folder, least)
    assert isinstance(found, Unusable), found
    return found.code


def change(folder: Path, **members: Any) -> None:
    path = folder / FILE
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | members), encoding="utf-8")


def test_the_serials_of_the_hub_are_kept_and_reach_the_interlocks(tmp_path: Path) -> None:
    keep_assignments(tmp_path, {"policies": [], "lots": [], "protected_serials": ["KEEP-ME"]})
    serials = protected_serials(tmp_path)
    bench = kernel_bench(tmp_path, allow_loop=False, protected_serials=serials)
    assert bench.examine == KernelExaminer(False, frozenset({"KEEP-ME"}), KernelView(tmp_path))


def test_a_bench_that_never_met_a_hub_protects_no_serial_and_has_no_assignments(tmp_path: Path) -> None:
    assert protected_serials(tmp_path) == frozenset()
    assert read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"protected_serials": "KEEP-ME"}', '{"protected_serials": null}'])
def test_a_damaged_list_stops_the_bench_instead_of_protecting_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="assignments"):
        protected_serials(tmp_path)
    assert isinstance(read(tmp_path), Unusable)


def test_signed_assignments_are_read_as_they_were_said(folder: Path) -> None:
    found = read(folder)
    assert isinstance(found, Assignments)
    (lot,), (rule,), (operator,) = found.lots, found.rules, found.operators
    assert (found.counter, lot.donor, lot.four_eyes, lot.serials) == (5, "CAF", True, frozenset({"S-1"}))
    assert (rule.id, rule.any_drive, rule.approver_name) == (7, False, "Camille")
    assert (operator.id, operator.name) == ("p-tech", "Lou")
    assert protected_serials(folder) == {"KEEP-ME"}


@pytest.mark.parametrize("member", ["auto_start", "protected_serials", "lots", "operators"])
def test_a_changed_member_is_damage_for_both(folder: Path, member: str) -> None:
    change(folder, **{member: []})
    assert code(folder) == "damaged"
    with pytest.raises(StoreError):
        protected_serials(folder)


def test_a_forged_signature_is_damage_for_both(folder: Path) -> None:
    forged = json.loads(answer(KID, counter=9)["signed"])["signatures"]
    envelope = json.loads(json.loads((folder / FILE).read_text("utf-8"))["signed"]) | {"signatures": forged}
    change(folder, signed=json.dumps(envelope, sort_keys=True, separators=(",", ":")))
    assert code(folder) == "damaged"
    with pytest.raises(StoreError):
        protected_serials(folder)


@pytest.mark.parametrize("signed", [None, 7, "", "{}", "\ud800"])
def test_a_hostile_envelope_is_damage_and_never_falls(folder: Path, signed: Any) -> None:
    change(folder, signed=signed)
    assert code(folder) == "damaged"
    with pytest.raises(StoreError):
        protected_serials(folder)


def test_a_key_that_was_revoked_starts_nothing_and_sets_no_drive_free(folder: Path) -> None:
    trust_hub(folder, "compromised")
    assert code(folder) == "untrusted"
    assert protected_serials(folder) == {"KEEP-ME"}


def test_without_a_trust_file_nothing_starts_and_no_drive_is_free(folder: Path) -> None:
    (folder / "trust.json").unlink()
    assert code(folder) == "no-trust"
    assert protected_serials(folder) == {"KEEP-ME"}


def test_the_stick_of_another_bench_starts_nothing_here(folder: Path) -> None:
    found = read_assignments(folder, station="0" * 64, least=0)
    assert isinstance(found, Unusable)
    assert found.code == "foreign"


def test_an_older_document_put_back_is_known_as_older(folder: Path) -> None:
    assert code(folder, least=6) == "replayed"


def test_an_unsigned_list_of_an_older_hub_protects_and_starts_nothing(tmp_path: Path) -> None:
    assert keep_assignments(tmp_path, {"protected_serials": ["S"]}, station=KID) == 0
    assert protected_serials(tmp_path) == {"S"}
    assert code(tmp_path, least=0) == "unsigned"


@pytest.mark.parametrize(
    "document",
    [
        answer(KID, counter=4),
        answer("0" * 64, counter=6),
        answer(KID, SigningKey.generate(demo=False), counter=6),
        answer(KID, counter=6) | {"protected_serials": []},
        {"protected_serials": []},
    ],
    ids=["older", "other bench", "other key", "members changed", "not signed"],
)
def test_what_is_not_the_hubs_newest_word_is_not_kept(folder: Path, document: dict[str, Any]) -> None:
    with pytest.raises(AssignmentsRefused):
        keep_assignments(folder, document, station=KID, least=5)
    assert isinstance(read(folder), Assignments)
    assert protected_serials(folder) == {"KEEP-ME"}


class Hub:
    """A hub that gives the assignments that it is told to give."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        found = {"/api/v1/nonce": {"nonce": "n"}, "/api/v1/trust": trust_document()}
        return httpx.Response(200, json=found.get(request.url.path, self.given))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def station(tmp_path: Path, hub: Hub, open_bench_at: Callable[..., Any]) -> Station:
    opened: Station = open_bench_at(tmp_path / "state", transport=httpx.MockTransport(hub))
    opened.store.note("hub-url", "http://127.0.0.1:9")
    return opened


def test_trust_and_assignments_are_fetched_together(hub: Hub, station: Station) -> None:
    hub.given = answer(station.key.kid)
    assert station.refresh_from_hub() == ()
    assert isinstance(station.assignments(), Assignments)
    assert protected_serials(station.store.folder) == {"KEEP-ME"}
    assert station.store.noted(COUNTER_NOTE) == "5"


def test_a_file_put_back_beside_a_newer_state_starts_nothing(hub: Hub, station: Station) -> None:
    hub.given = answer(station.key.kid)
    station.refresh_from_hub()
    old = (station.store.folder / FILE).read_bytes()
    hub.given = answer(station.key.kid, counter=6, auto_start=[])
    station.refresh_from_hub()
    (station.store.folder / FILE).write_bytes(old)
    found = station.assignments()
    assert isinstance(found, Unusable)
    assert found.code == "replayed"


def test_an_older_answer_is_told_and_what_was_there_still_holds(hub: Hub, station: Station) -> None:
    hub.given = answer(station.key.kid)
    station.refresh_from_hub()
    hub.given = answer(station.key.kid, counter=1, protected_serials=[])
    (error,) = station.refresh_from_hub()
    assert "older" in str(error)
    assert protected_serials(station.store.folder) == {"KEEP-ME"}


def test_the_policies_of_the_hub_come_with_the_assignments(hub: Hub, station: Station) -> None:
    good = {"name": "own", "envelope": sign_policy(HUB, "own", POLICY).text}
    hub.given = answer(station.key.kid, signed_policies=[good, {"name": "bad", "envelope": "{}"}])
    (error,) = station.refresh_from_hub()
    assert "bad" in str(error)
    assert policy_named("own", station.store.folder).methods == ("overwrite.zeros",)


def test_the_age_and_the_messages_are_told(folder: Path) -> None:
    found = read(folder)
    assert [said.facts for said in told(found, NOW, clock_set=True)] == [{"text": "Fermé lundi"}]
    aged = told(found, NOW + timedelta(days=9), clock_set=True)
    assert [said.facts for said in aged] == [{"date": "2026-11-21", "days": "9"}]
    unset = told(found, datetime(1970, 1, 1, tzinfo=UTC), clock_set=False)
    assert [said.facts for said in unset] == [{"text": "Fermé lundi"}]


def test_a_message_of_the_hub_steers_no_terminal(folder: Path) -> None:
    steering = Message(1, "Fermé\u009b2J\x1b[2J\u202e", "info", None)
    (said,) = told(replace(read(folder), messages=(steering,)), NOW, clock_set=True)
    assert said.facts == {"text": "Fermé\\xC2\\x9B2J\\x1B[2J\\xE2\\x80\\xAE"}


def test_why_nothing_starts_is_told(folder: Path) -> None:
    (said,) = told(read(folder, least=6), NOW, clock_set=True)
    assert "nothing starts by itself" in said.sentence.format(**said.facts)
