"""Intake over HTTP: 201, 200, 409, 401, 413, 415, 422, and what is kept in each case."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from certificates import canonical
from certificates.envelope import MAX_ENVELOPE_BYTES, MEDIA_TYPE, SignedEnvelope, assemble_envelope, pae, payload_type
from certificates.errors import SchemaError
from certificates.exchange import sign_request
from certificates.keys import SigningKey
from hub.ledger.intake import take_in
from hub.models import Alarm, Erasure, LedgerEntry, QuarantinedStatement, Station, StationState
from tests.hub.bench import Bench


def stored(world: Any) -> list[bytes]:
    with world.hub.sessions()() as session:
        benches = select(LedgerEntry.envelope).where(LedgerEntry.kind != "fork")  # which the hub says itself
        return list(session.scalars(benches.order_by(LedgerEntry.position)))


def test_a_statement_is_stored_byte_for_byte_and_its_receipt_names_it(world: Any) -> None:
    bench = world.bench()
    envelope = bench.erasure()
    answer = bench.put(envelope)
    assert answer.status_code == 201
    assert answer.json() == {"receipt": {"id": envelope.id, "position": 1, "received": "2026-11-21T10:00:00Z"}}
    assert stored(world) == [envelope.data]


def test_the_same_bytes_again_give_the_first_receipt(world: Any, clock: Any) -> None:
    bench = world.bench()
    envelope = bench.erasure()
    first = bench.put(envelope)
    clock.forward(hours=5)
    again = bench.put(envelope)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert stored(world) == [envelope.data]


def test_two_statements_for_one_place_are_a_fork_that_locks_the_station(world: Any) -> None:
    bench = world.bench()
    first = bench.erasure()
    bench.put(first)
    other = bench.key.sign_statement(bench.erasure_payload(serial="OTHER-1") | {"seq": 1, "prev": "0" * 64})
    answer = bench.put(other)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "fork"
    assert world.station(bench).state == "locked"
    assert stored(world) == [first.data]
    with world.hub.sessions()() as session:
        assert session.get(QuarantinedStatement, other.id).envelope == other.data
        assert session.scalars(select(Alarm.kind)).all() == ["fork"]


def test_a_wrong_prev_is_a_fork(world: Any) -> None:
    bench = world.bench()
    bench.put(bench.erasure())
    assert bench.put(bench.erasure(prev="a" * 64)).status_code == 409


def test_a_fork_is_found_when_its_gap_is_filled(world: Any) -> None:
    bench = world.bench()
    first, second = bench.erasure(), bench.erasure(serial="WD-2222")
    other_first = bench.key.sign_statement(bench.erasure_payload(serial="OTHER-1") | {"seq": 1, "prev": "0" * 64})
    assert bench.put(second).status_code == 201
    assert bench.put(other_first).status_code == 409
    assert bench.put(first).status_code == 409
    assert stored(world) == [second.data]


def test_after_a_fork_later_statements_are_kept_apart(world: Any) -> None:
    bench = world.bench()
    bench.put(bench.erasure())
    bench.put(bench.key.sign_statement(bench.erasure_payload() | {"seq": 1, "prev": "0" * 64}))
    later = bench.erasure()
    answer = bench.put(later)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "locked")
    with world.hub.sessions()() as session:
        assert session.get(QuarantinedStatement, later.id).envelope == later.data
    assert bench.put(later).status_code == 409


def test_a_gap_is_accepted_noted_and_forgotten_when_it_fills(world: Any) -> None:
    bench = world.bench()
    first, second, third = bench.erasure(), bench.erasure(), bench.erasure()
    assert bench.put(third).status_code == 201
    with world.hub.sessions()() as session:
        assert session.execute(select(Alarm.kind, Alarm.detail)).all() == [("gap", "1-2")]
    assert bench.put(first).status_code == 201
    assert bench.put(second).status_code == 201
    with world.hub.sessions()() as session:
        assert session.scalars(select(Alarm).where(Alarm.closed.is_(None))).all() == []
    assert world.station(bench).state == "accepted"


def test_nothing_is_taken_from_a_pending_station(world: Any) -> None:
    bench = world.bench(accepted=False)
    answer = bench.put(bench.erasure())
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "pending"
    assert stored(world) == []
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(QuarantinedStatement)) == 0


def test_an_unknown_key_gets_401_with_a_fresh_nonce(world: Any) -> None:
    stranger = Bench(world.client, "http://hub.test")
    answer = stranger.put(stranger.erasure())
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unknown-key"
    assert answer.headers["WWW-Authenticate"] == "Signature"
    assert len(answer.headers["ETABLI-Nonce"]) == 48


def test_a_nonce_works_once_and_its_refusal_brings_the_next(world: Any) -> None:
    bench = world.bench()
    nonce = world.client.get("/api/v1/nonce").json()["nonce"]
    bench.nonce = nonce
    assert bench.send("GET", "/api/v1/stations/self").status_code == 200
    bench.nonce = nonce
    refused = bench.send("GET", "/api/v1/stations/self")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "nonce")
    assert bench.send("GET", "/api/v1/stations/self").status_code == 200


def test_a_request_signed_for_another_address_or_body_is_refused(world: Any) -> None:
    bench = world.bench()
    envelope = bench.erasure()
    path = f"/api/v1/statements/{envelope.id}"
    for url, signed_body in (("http://other.test" + path, envelope.data), (bench.url + path, b"other")):
        nonce = world.client.get("/api/v1/nonce").json()["nonce"]
        headers = sign_request(bench.key, "PUT", url, signed_body, nonce) | {"Content-Type": MEDIA_TYPE}
        assert world.client.put(path, content=envelope.data, headers=headers).status_code == 401
    assert stored(world) == []


def test_the_host_header_does_not_decide_what_was_signed(world: Any) -> None:
    bench = world.bench()
    nonce = world.client.get("/api/v1/nonce").json()["nonce"]
    headers = sign_request(bench.key, "GET", bench.url + "/api/v1/stations/self", None, nonce)
    answer = world.client.get("/api/v1/stations/self", headers=headers | {"Host": "evil.test"})
    assert answer.status_code == 200


def test_another_content_type_is_415(world: Any) -> None:
    bench = world.bench()
    envelope = bench.erasure()
    answer = bench.send("PUT", f"/api/v1/statements/{envelope.id}", envelope.data, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "wrong-type")


def test_one_byte_too_many_is_413(world: Any) -> None:
    bench = world.bench()
    answer = bench.put(b"x" * (MAX_ENVELOPE_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too-large")


def test_a_body_that_grows_while_it_is_read_is_413(world: Any) -> None:
    def chunks() -> Any:
        for _ in range(40):
            yield b"x" * 4096

    answer = world.client.put(f"/api/v1/statements/{'0' * 64}", content=chunks(), headers={"Content-Type": MEDIA_TYPE})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too-large")


def test_a_wrong_hash_in_the_address_is_422(world: Any) -> None:
    bench = world.bench()
    answer = bench.send("PUT", f"/api/v1/statements/{'0' * 64}", bench.erasure().data, MEDIA_TYPE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "digest")


def test_a_flipped_bit_is_422_and_nothing_is_kept(world: Any) -> None:
    bench = world.bench()
    data = bytearray(bench.erasure().data)
    data[len(data) // 3] ^= 1
    assert bench.put(bytes(data)).status_code == 422
    assert stored(world) == []


def test_a_statement_of_another_station_is_422(world: Any) -> None:
    bench, other = world.bench("banc 1"), world.bench("banc 2")
    assert bench.put(other.erasure()).status_code == 422


def test_a_simulated_statement_is_refused_outside_a_demo(world: Any) -> None:
    bench = world.bench()
    demo_key = SigningKey.from_seed(b"\x07" * 32, demo=True)
    real_key, bench.key = bench.key, demo_key
    payload = bench.erasure_payload(simulated=True)
    envelope = demo_key.sign_statement(payload)
    bench.key = real_key
    assert bench.put(envelope).status_code == 422


def test_a_station_does_not_sign_decisions(world: Any) -> None:
    bench = world.bench()
    payload = {
        **{name: bench.common("validation")[name] for name in ("v", "kind", "kid", "seq", "prev", "nonce")},
        "wall": "2026-11-21T10:00:00Z",
        "wall_src": "system",
        "hub": "x",
        "statement": "0" * 64,
        "decision": "APPROVED",
        "reason": "",
        "validator": "p",
        "validator_name": "P",
        "role": "lead",
        "simulated": False,
    }
    assert bench.put(bench.key.sign_statement(payload)).status_code == 422


def test_a_batch_answers_for_every_envelope_and_a_bad_one_costs_the_others_nothing(world: Any) -> None:
    bench = world.bench()
    first, second, third = bench.erasure(), bench.erasure(), bench.erasure()
    bench.put(first)
    fork = bench.key.sign_statement(bench.erasure_payload() | {"seq": 1, "prev": "0" * 64})
    body = json.dumps({"envelopes": [first.text, "{}", second.text, third.text, fork.text]}).encode()
    answer = bench.send("POST", "/api/v1/statements", body)
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [200, 422, 201, 201, 409]
    assert [result["id"] for result in results] == [
        first.id,
        hashlib.sha256(b"{}").hexdigest(),
        second.id,
        third.id,
        fork.id,
    ]
    assert results[2]["receipt"]["position"] == 2
    assert results[4]["error"]["code"] == "fork"
    assert stored(world) == [first.data, second.data, third.data]


def test_a_reader_that_fails_never_costs_a_statement(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = world.bench()

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a reader with a bug")

    monkeypatch.setattr("hub.derive.interpret.drive_of", broken)
    envelope = bench.erasure()
    assert bench.put(envelope).status_code == 201
    assert stored(world) == [envelope.data]
    monkeypatch.undo()
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 0
        from hub.models import IntakeProblem

        assert "a reader with a bug" in session.get(IntakeProblem, envelope.id).detail


def test_even_a_reading_that_breaks_as_a_whole_leaves_the_statement(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = world.bench()

    def broken(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("hub.ledger.gathering.read_some", broken)
    monkeypatch.setattr("hub.ledger.gathering.later", lambda _pause_s, _act: None)
    envelope = bench.erasure()
    assert bench.put(envelope).status_code == 201, "what is stored is acknowledged, whatever reading makes of it"
    assert stored(world) == [envelope.data]
    monkeypatch.undo()
    assert bench.put(bench.erasure(serial="WD-2222")).status_code == 201
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 2, "the next look reads what was left"


def test_the_answer_leaves_only_after_the_commit(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the commit fails, the station must not read a receipt."""
    bench = world.bench()
    envelope = bench.erasure()
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    def torn(session: Session) -> None:
        if session.info.get("hub.context") and any(
            row for row in session.scalars(select(LedgerEntry.id).where(LedgerEntry.id == envelope.id))
        ):
            raise OSError("disk full")

    event.listen(Session, "before_commit", torn)
    try:
        assert bench.put(envelope).status_code == 500
    finally:
        event.remove(Session, "before_commit", torn)
    assert stored(world) == []


def test_a_station_that_was_ended_in_the_meantime_adds_nothing_to_the_ledger(world: Any) -> None:
    """The request was let in, then a person ended the station: the store judges again."""
    bench = world.bench(accepted=False)
    envelope = bench.erasure()
    (answer,) = take_in(world.hub, bench.key.kid, [envelope.data])
    assert (answer.status, answer.stored) == (409, False)
    assert stored(world) == []


def test_what_a_station_really_signed_is_kept_although_it_is_not_understood(world: Any) -> None:
    bench = world.bench()
    payload = bench.erasure_payload()
    payload["result"]["reasons"] = [{"code": "REASON_OF_TOMORROW", "detail": ""}]
    envelope = signed_as_it_is(bench, payload)
    for _ in range(2):
        assert bench.put(envelope).status_code == 422
    with world.hub.sessions()() as session:
        (kept,) = session.scalars(select(QuarantinedStatement)).all()
        assert (kept.envelope, kept.seq, kept.reason) == (envelope.data, 1, "unreadable")
        (alarm,) = session.scalars(select(Alarm)).all()
        assert alarm.kind == "unreadable"
        assert session.scalars(select(Station)).one().state == StationState.ACCEPTED
    assert stored(world) == []


def test_a_member_with_a_name_that_no_database_holds_costs_the_others_nothing(world: Any) -> None:
    bench = world.bench()
    odd, good = signed_as_it_is(bench, {**bench.erasure_payload(), "a\0b": 1}), bench.erasure()
    assert [one["status"] for one in bench.post([odd.data, good.data]).json()["results"]] == [422, 201]
    with world.hub.sessions()() as session:
        assert session.scalars(select(QuarantinedStatement.envelope)).all() == [odd.data]
        assert session.scalars(select(Alarm.kind)).all() == ["unreadable"]
    assert stored(world) == [good.data]


def test_what_was_kept_apart_is_taken_in_once_it_is_understood(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = world.bench()
    envelope = bench.erasure()
    with monkeypatch.context() as older:
        older.setattr("certificates.verify.validate_statement", _understand_nothing)
        assert bench.put(envelope).status_code == 422
    assert bench.put(envelope).status_code == 201
    assert stored(world) == [envelope.data]
    with world.hub.sessions()() as session:
        assert session.scalars(select(QuarantinedStatement)).all() == []


def signed_as_it_is(bench: Bench, payload: dict[str, Any]) -> SignedEnvelope:
    """What a bench of another version signs."""
    body, kind = canonical.encode(payload), payload_type("erasure")
    return assemble_envelope(kind, body, bench.key.kid, bench.key._private.sign(pae(kind, body)))


def _understand_nothing(_payload: Any) -> str:
    raise SchemaError("kind", "not known yet")
