"""Enrolment, acceptance, the trust document, assignments, heartbeats, nonces."""

import base64
import copy
from typing import Any

import pytest
from sqlalchemy import select

from certificates.keys import SigningKey
from certificates.trust import Trust
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.models import AuditEntry, EnrolmentToken, Role, Station
from hub.stations import service
from hub.stations.nonces import LIFE, Nonces
from tests.hub.bench import Bench

URL = "http://hub.test"


def test_enrolment_gives_a_pending_station_and_the_trust_document(world: Any) -> None:
    bench = Bench(world.client, URL)
    answer = bench.enrol(world.token())
    assert answer.status_code == 202
    body = answer.json()
    assert (body["kid"], body["state"]) == (bench.key.kid, "pending")
    assert body["hub"] == {"name": "Atelier", "url": URL, "kid": world.hub.identity.key.kid}
    assert [key["role"] for key in body["trust"]["keys"]] == ["hub"]
    state = bench.send("GET", "/api/v1/stations/self")
    assert state.json() == {"state": "pending", "name": "banc 1", "head": {"seq": 0, "id": "0" * 64}}


def test_a_token_enrols_one_station_and_the_answer_can_be_asked_again(world: Any) -> None:
    token = world.token()
    bench, thief = Bench(world.client, URL), Bench(world.client, URL, "voleur")
    first = bench.enrol(token)
    assert bench.enrol(token).json()["station"] == first.json()["station"]
    refused = thief.enrol(token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token")


def test_an_old_or_unknown_token_is_refused(world: Any, clock: Any) -> None:
    token = world.token()
    clock.forward(minutes=60)
    for word in (token, "guess"):
        answer = Bench(world.client, URL).enrol(word)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token")


def test_only_the_hash_of_a_token_is_kept(world: Any) -> None:
    token = world.token()
    with world.hub.sessions()() as session:
        assert token not in repr([row.token_hash for row in session.scalars(select(EnrolmentToken))])


def test_the_proof_must_name_this_hub_and_this_token(world: Any) -> None:
    bench = Bench(world.client, "http://other.test")
    token = world.token()
    answer = bench.enrol(token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "proof")
    bench.url = URL
    assert bench.enrol(token, proof=base64.b64encode(b"\0" * 64).decode()).status_code == 401
    assert bench.enrol(token).status_code == 202


@pytest.mark.parametrize("public", [base64.b64encode(bytes([1] + [0] * 31)).decode(), "AAAA", ""])
def test_low_order_and_malformed_keys_are_refused(world: Any, public: str) -> None:
    answer = Bench(world.client, URL).enrol(world.token(), public=public)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "key")


def test_a_demo_key_is_refused_outside_a_demo(world: Any) -> None:
    bench = Bench(world.client, URL, demo=True)
    assert bench.enrol(world.token()).status_code == 422


def test_a_refused_key_does_not_come_back(world: Any) -> None:
    bench = Bench(world.client, URL)
    station = bench.enrol(world.token()).json()["station"]
    admin = world.person(Role.ADMIN)
    with world.hub.sessions().begin() as session:
        service.refuse(session, admin, station)
    assert bench.enrol(world.token()).status_code == 409
    assert bench.put(bench.erasure()).json()["error"]["code"] == "refused"


def test_acceptance_is_a_managers_act_and_leaves_a_trace(world: Any) -> None:
    bench = world.bench(accepted=False)
    station = world.station(bench).id
    with world.hub.sessions()() as session, pytest.raises(Forbidden):
        service.accept(session, world.person(Role.TECHNICIAN), station)
    lead = world.person()
    with world.hub.sessions().begin() as session:
        assert service.accept(session, lead, station).decided_by == lead.id
    with world.hub.sessions()() as session:
        with pytest.raises(Conflict):
            service.accept(session, lead, station)
        with pytest.raises(NotFound):
            service.accept(session, lead, "x")
        assert "station.accepted" in session.scalars(select(AuditEntry.action)).all()
    assert bench.put(bench.erasure()).status_code == 201


def test_tokens_live_an_hour_at_most(world: Any) -> None:
    with world.hub.sessions()() as session:
        for minutes in (0, 61):
            with pytest.raises(BadInput):
                service.new_token(session, None, minutes)


def test_the_trust_document_lists_who_was_accepted(world: Any) -> None:
    accepted, ended, _pending = world.bench("un"), world.bench("deux"), world.bench("trois", accepted=False)
    ended.put(ended.erasure())
    admin = world.person(Role.ADMIN)
    with world.hub.sessions().begin() as session:
        service.refuse(session, admin, world.station(ended).id)
    answer = world.client.get("/api/v1/trust")
    trust = Trust.from_json(answer.content)
    states = {key.name: key.status for key in trust.keys.values()}
    assert states == {"Atelier": "active", "un": "active", "deux": "retired"}
    assert trust.find(accepted.key.kid) is not None


def test_assignments_are_for_accepted_stations(world: Any) -> None:
    assert world.bench(accepted=False).send("GET", "/api/v1/assignments").json()["error"]["code"] == "pending"
    assert world.client.get("/api/v1/assignments").json()["error"]["code"] == "missing"


def test_a_heartbeat_is_kept_for_the_live_page(world: Any) -> None:
    bench = world.bench()
    answer = bench.send("POST", "/api/v1/heartbeats", b'{"bays":[{"drive":"sda","state":"wiping"}]}')
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(answer.headers["ETABLI-Nonce"]) == 48
    station: Station = world.station(bench)
    assert station.heartbeat == {"bays": [{"drive": "sda", "state": "wiping"}]}
    assert station.last_seen == world.hub.clock()
    assert bench.send("POST", "/api/v1/heartbeats", b'{"x":"' + b"y" * 70_000 + b'"}').status_code == 413


def test_a_station_is_heard_by_its_statements_too(world: Any) -> None:
    bench = world.bench()
    with world.hub.sessions()() as session:
        assert service.heard(session, world.station(bench)) is None
    bench.put(bench.erasure())
    with world.hub.sessions()() as session:
        assert service.heard(session, world.station(bench)) == world.hub.clock()


def test_nonces_are_ours_fresh_and_single_use() -> None:
    now = [1000.0]
    nonces = Nonces(lambda: now[0])
    nonce, late = nonces.issue(), nonces.issue()
    assert nonces.consume(nonce)
    assert not nonces.consume(nonce)
    assert not nonces.consume("x" * 48)
    assert not nonces.consume("é")
    assert not Nonces(lambda: now[0]).consume(late)
    now[0] += LIFE + 1
    assert not nonces.consume(late)
    nonces.consume(nonces.issue())
    now[0] += LIFE + 2
    nonces.consume(nonces.issue())
    assert len(nonces._used) == 1


def test_a_process_takes_no_nonce_of_another_and_uses_none_of_it_up() -> None:
    one, other = (Nonces(lambda: 1000.0) for _ in range(2))
    nonce = one.issue()
    assert [at.consume(nonce) for at in (other, one, one, other)] == [False, True, False, False]


def test_a_process_that_was_forked_off_does_not_take_what_the_first_one_used() -> None:
    first = Nonces(lambda: 1000.0, lambda: 1)
    nonce = first.issue()
    child = copy.copy(first)
    child._process, child._used = lambda: 2, {}
    assert first.consume(nonce)
    assert not child.consume(nonce)
    assert child.consume(child.issue())


class TestDemo:
    """A demo hub."""

    @pytest.fixture
    def demo(self) -> bool:
        return True

    def test_a_demo_hub_keeps_simulated_statements_of_demo_stations(self, world: Any) -> None:
        bench = world.bench()
        assert bench.put(bench.erasure()).status_code == 201

    def test_a_demo_hub_takes_nothing_real(self, world: Any) -> None:
        token = world.token()
        real = Bench(world.client, URL, demo=False)
        assert real.enrol(token).json()["error"]["code"] == "demo"
        bench = world.bench()
        with world.hub.sessions().begin() as session:  # a station that came in before this rule
            station = session.scalars(select(Station)).one()
            station.kid, station.public, station.demo = real.key.kid, real.key.public.base64, False
        bench.key = real.key
        answer = bench.put(bench.erasure())
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "real")

    def test_a_real_station_never_sends_simulated_statements(self, world: Any) -> None:
        bench = world.bench()
        world.hub.sessions()
        with world.hub.sessions().begin() as session:
            session.scalars(select(Station)).one().demo = False
        assert bench.put(bench.erasure()).status_code == 422

    def test_the_openapi_document_is_served(self, world: Any) -> None:
        assert world.client.get("/api/v1/openapi.json").json()["info"]["title"] == "Établi hub"


def test_a_real_hub_is_no_demo_by_a_setting(settings: Any, app: Any) -> None:
    from dataclasses import replace

    from hub.context import open_hub

    with pytest.raises(BadInput, match="real key"):
        open_hub(replace(settings, demo=True))
    assert SigningKey.load(settings.data_dir / "hub.key").demo is False
