"""A statement that is played again, signed again by another, or turned to another place is never a second record."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select

from certificates import canonical
from certificates.envelope import assemble_envelope, pae, payload_type
from hub.models import LedgerEntry


def rows_of(world: Any) -> int:
    with world.hub.sessions()() as session:
        return int(session.scalar(select(func.count()).select_from(LedgerEntry)) or 0)


def signed_again(payload: dict[str, Any], by: Any, keyid: str) -> bytes:
    """Give the payload in an envelope that names `keyid`, with a signature by another key, as a thief makes one."""
    body, name = canonical.encode(payload), payload_type("erasure")
    return assemble_envelope(name, body, keyid, by.key._private.sign(pae(name, body))).data


def test_a_statement_that_is_played_again_by_anybody_is_one_record(world: Any) -> None:
    bench, other = world.bench(), world.bench("banc 2")
    envelope = bench.erasure()
    assert bench.put(envelope).status_code == 201
    before = rows_of(world)
    assert [bench.put(envelope).status_code for _ in range(3)] == [200] * 3
    assert other.put(envelope).status_code == 422
    assert rows_of(world) == before


@pytest.mark.parametrize("named", ["own", "thief"])
@pytest.mark.parametrize("sender", ["own", "thief"])
def test_a_statement_that_another_key_signed_again_is_refused(world: Any, named: str, sender: str) -> None:
    benches = {"own": world.bench(), "thief": world.bench("banc 2")}
    payload = benches["own"].erasure_payload()
    forged = signed_again(payload, benches["thief"], benches[named].key.kid)
    before = rows_of(world)
    assert benches[sender].put(forged).status_code == 422
    assert rows_of(world) == before


def test_a_statement_under_the_address_of_another_is_refused(world: Any) -> None:
    bench = world.bench()
    first, second = bench.erasure(), bench.erasure()
    told = bench.send("PUT", f"/api/v1/statements/{first.id}", second.data, "application/vnd.dsse+json")
    assert told.status_code in {415, 422}
    assert rows_of(world) == 0


def test_a_statement_for_a_place_that_is_taken_is_a_fork_whatever_drive_it_names(world: Any) -> None:
    bench = world.bench()
    payload = bench.erasure_payload()
    assert bench.put(bench.sign(payload)).status_code == 201
    turned = {**payload, "subject": bench.erasure_payload(serial="OTHER-9")["subject"]}
    again = bench.key.sign_statement(turned)
    assert hashlib.sha256(again.data).hexdigest() == again.id
    assert bench.put(again).status_code == 409
