"""Enrolment: the key never leaves, the proof names token and hub, nothing is kept of an answer that is not ours."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.envelope import pae
from certificates.keys import PublicKey
from station_agent.commands import enrol as command
from station_agent.enrol import PROOF_TYPE, enrol
from station_agent.errors import EnrolmentError, HubUnreachable
from station_agent.hub_keys import TRUST_FILE
from station_agent.signing import fingerprint
from station_agent.station import Station

URL = "http://127.0.0.1:9"


class PowerCut(Exception):
    """Nothing that comes after it happens."""


Make = Callable[..., Any]


def hub(status: int = 202, **changes: Any) -> tuple[list[dict[str, Any]], httpx.MockTransport]:
    asked: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        kid = PublicKey.from_base64(asked[-1]["public"]).kid
        good = {"station": "1", "kid": kid, "state": "pending", "hub": {"name": "H"}, "trust": {"schema": "x"}}
        bad = {"error": {"code": "token", "message": "used already"}}
        return httpx.Response(status, json={**(good if status == 202 else bad), **changes})

    return asked, httpx.MockTransport(answer)


def introduced(station: Station) -> Any:
    return enrol(station.store, station.link_to(URL), station.key, url=URL, token="T0", name="Bench 1")


def test_the_proof_is_a_signature_over_token_and_hub(tmp_path: Path, open_bench_at: Make) -> None:
    asked, transport = hub()
    station = open_bench_at(tmp_path / "state", transport=transport)
    done = introduced(station)
    assert set(asked[0]) == {"token", "name", "public", "proof", "demo"}
    key = PublicKey.from_base64(asked[0]["public"])
    key.verify(base64.b64decode(asked[0]["proof"]), pae(PROOF_TYPE, f"T0\n{URL}".encode()))
    assert (done.state, done.kid, asked[0]["demo"]) == ("pending", station.key.kid, True)


def test_address_name_and_trust_are_kept(tmp_path: Path, open_bench_at: Make) -> None:
    _, transport = hub()
    station = open_bench_at(tmp_path / "state", transport=transport)
    introduced(station)
    assert (station.hub_url, station.chain.name) == (URL, "Bench 1")
    assert json.loads((tmp_path / "state" / TRUST_FILE).read_text("utf-8")) == {"schema": "x"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "does not take this token"),
        ({"error": {"code": "proof", "message": "p"}}, "goes by another address"),
        ({"error": {"code": "conflict", "message": "c"}}, "knows the key of this bench already"),
        ({"error": {"code": "other", "message": "the cause"}}, "did not take this bench in: the cause"),
        ({"error": None}, r"No hub answers at http://127\.0\.0\.1:9 \(HTTP 401\)"),
    ],
)
def test_a_refusal_says_what_to_do_about_its_cause(
    tmp_path: Path, open_bench_at: Make, changes: dict[str, Any], told: str
) -> None:
    _, transport = hub(401, **changes)
    station = open_bench_at(tmp_path / "state", transport=transport)
    with pytest.raises(EnrolmentError, match=told):
        introduced(station)
    assert station.hub_url == ""


def test_an_answer_for_another_key_is_not_kept(tmp_path: Path, open_bench_at: Make) -> None:
    _, transport = hub(kid="0" * 64)
    station = open_bench_at(tmp_path / "state", transport=transport)
    with pytest.raises(EnrolmentError, match="another key"):
        introduced(station)
    assert station.hub_url == ""


def test_a_hub_that_is_not_there_is_named(tmp_path: Path, open_bench_at: Make) -> None:
    def nobody(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    station = open_bench_at(tmp_path / "state", transport=httpx.MockTransport(nobody))
    with pytest.raises(HubUnreachable, match=URL):
        introduced(station)


def test_the_fingerprint_is_read_in_groups_of_four() -> None:
    assert fingerprint("0123456789abcdef") == "0123 4567 89ab cdef"


def trust_with(kid: str) -> dict[str, Any]:
    return {"schema": "x", "keys": [{"kid": kid, "role": "hub"}, {"kid": "s" * 64, "role": "station"}]}


@pytest.mark.parametrize(("second", "told"), [("a" * 64, 0), ("b" * 64, 3)])
def test_another_hub_is_told_apart_from_the_same_hub_once_more(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, second: str, told: int
) -> None:
    folder = tmp_path / "state"
    station = open_bench_at(folder, transport=hub(trust=trust_with("a" * 64))[1])
    introduced(station)
    state_runs(station, 3)
    for row in station.outbox.waiting(station.key.kid, 9):
        station.outbox.confirm(row, {"id": row.id})
    station.close()
    again = open_bench_at(folder, transport=hub(trust=trust_with(second))[1])
    introduced(again)
    assert again.chain.told_elsewhere() == told


def test_the_first_hub_of_a_bench_gets_all_that_waits(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    station = open_bench_at(tmp_path / "state", transport=hub(trust=trust_with("a" * 64))[1])
    state_runs(station, 3)
    introduced(station)
    assert station.chain.told_elsewhere() == 0


def test_what_waits_for_one_hub_is_never_sent_to_another(tmp_path: Path, open_bench_at: Make, state_runs: Make) -> None:
    folder = tmp_path / "state"
    station = open_bench_at(folder, transport=hub(trust=trust_with("a" * 64))[1])
    introduced(station)
    state_runs(station, 2)
    station.close()
    again = open_bench_at(folder, transport=hub(trust=trust_with("b" * 64))[1])
    with pytest.raises(EnrolmentError, match="another one than before, and statements for that one still wait here: 2"):
        enrol(again.store, again.link_to("http://other"), again.key, url="http://other", token="T0", name="Bench 1")
    assert again.hub_url == URL


def test_a_new_key_that_a_power_cut_kept_out_takes_nothing_to_its_hub(
    tmp_path: Path, open_bench_at: Make, state_runs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    folder, other = tmp_path / "state", "http://127.0.0.1:8"
    station = open_bench_at(folder, transport=hub(trust=trust_with("a" * 64))[1])
    introduced(station)
    state_runs(station, 2)
    station.close()
    station = open_bench_at(folder, transport=hub(trust=trust_with("b" * 64))[1])
    with monkeypatch.context() as patched:
        patched.setattr(command, "replace_key", cut)
        with pytest.raises(PowerCut):
            command.introduce_anew(station, other, "T1", "")
    station.close()
    station = open_bench_at(folder, transport=hub(trust=trust_with("b" * 64))[1])
    assert station.hub_url == URL
    with pytest.raises(EnrolmentError, match="statements for that one still wait here: 2"):
        enrol(station.store, station.link_to(other), station.key, url=other, token="T2", name="Bench 1")
    command.introduce_anew(station, other, "T3", "")
    old = station.key.kid
    station.close()
    station = open_bench_at(folder, transport=hub(trust=trust_with("b" * 64))[1])
    assert (station.hub_url, [key.kid for key in station.old_keys]) == (other, [old])
    assert station.store.noted(f"hub-url:{old}") == URL


def test_a_hub_that_refuses_the_first_key_leaves_no_address(tmp_path: Path, open_bench_at: Make) -> None:
    station = open_bench_at(tmp_path / "state", transport=hub(401)[1])
    with pytest.raises(EnrolmentError):
        command.introduce_anew(station, URL, "T0", "")
    assert station.hub_url == ""
