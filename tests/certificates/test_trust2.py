"""The second form of a trust file: strict, signed, and never another word than its root file."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from certificates.errors import TrustError
from certificates.keys import SigningKey
from certificates.position import Bound, Place
from certificates.root import NamedKey, Root
from certificates.trust import Trust, TrustedKey
from certificates.trust2 import signed_bytes, signed_document, trust_from
from tests.certificates.ledgers import WITNESSES, Ledger

PAPER = [SigningKey.from_seed(bytes([seed]) * 32, demo=False) for seed in (0x81, 0x82, 0x83)]
PEOPLE = [SigningKey.from_seed(bytes([seed]) * 32, demo=False) for seed in (0x84, 0x85)]
OLD = SigningKey.from_seed(b"\x86" * 32, demo=False)


@pytest.fixture
def plain(workshop: Any) -> Trust:
    ledger = Ledger().fill(3)
    bounded = TrustedKey(OLD.public, "station", "Poste 9", "retired", until=Bound(Place("2026", 2), 7))
    keys = {**workshop.trust.keys, bounded.kid: bounded}
    return ledger.trust(workshop.trust, keys=keys, superseded={"ab" * 32: "cd" * 32, "ef" * 32: ""})


@pytest.fixture
def rooted(plain: Trust, workshop: Any) -> Trust:
    """A network: three root keys on paper, two people of the registry, two of three witnesses."""
    root = Root(
        1,
        "reseau",
        2,
        tuple(NamedKey(key.public, f"Gardienne {place}") for place, key in enumerate(PAPER)),
        plain.hub_name,
        plain.hub_url,
        (workshop.hub.public,),
        2,
        tuple(NamedKey(key.public, f"Registre {place}") for place, key in enumerate(PEOPLE)),
        tuple(log.key.public for log in plain.logs),
        WITNESSES,
        2,
    )
    root = root.with_signature(PAPER[0]).with_signature(PAPER[1])
    people = {key.kid: TrustedKey(key.public, "registry", f"Registre {n}") for n, key in enumerate(PEOPLE)}
    return replace(plain, keys={**plain.keys, **people}, profile="reseau", quorum=2, root=root)


def read(document: Any) -> Trust:
    return Trust.from_json(json.dumps(document).encode())


def resigned(document: Any, key: SigningKey) -> Any:
    signature = key.sign_message("application/vnd.etabli.trust.v2", signed_bytes(document))
    return {**document, "signature": {"kid": key.kid, "sig": base64.b64encode(signature).decode()}}


def refused(document: Any) -> str:
    with pytest.raises(TrustError) as caught:
        read(document)
    return str(caught.value)


@pytest.mark.parametrize("which", ["plain", "rooted"])
def test_a_trust_file_comes_back(which: str, workshop: Any, request: Any) -> None:
    trust = request.getfixturevalue(which)
    document = signed_document(trust, workshop.hub)
    assert read(document) == trust
    assert document["schema"] == "etabli.trust/2"
    if which == "plain":
        assert read(signed_document(trust, None)) == trust


def test_the_first_form_is_still_written_without_what_it_has_no_word_for(rooted: Trust) -> None:
    document = rooted.to_document()
    assert document["schema"] == "etabli.trust/1"
    assert {key["role"] for key in document["keys"]} == {"hub", "station"}
    found = read(document)
    assert (found.logs, found.quorum) == ((), 2)
    assert found.find(OLD.kid).until is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "etabli.trust/3"}, "not a trust file"),
        ({"profile": "cloud"}, "profile"),
        ({"more": 1}, "unknown member"),
        ({"quorum": 4}, "a quorum needs"),
        ({"quorum": True}, "quorum"),
        ({"position": None}, "position"),
        ({"position": {"shard": "2026-1", "size": 3}}, "position.shard"),
        ({"superseded": [{"certificate": "ab" * 32, "by": ""}] * 2}, "replaced once"),
        ({"superseded": [{"certificate": "ab" * 32, "by": "ab" * 32}]}, "replaces itself"),
        ({"root": {}}, "root"),
        ({"older_roots": [{}]}, "root"),
        ({"signature": {"kid": "0" * 64, "sig": "A" * 86 + "=="}}, "a key of the hub signs"),
    ],
)
def test_another_shape_is_refused(plain: Trust, change: Any, told: str) -> None:
    assert told in refused({**signed_document(plain, None), **change})


def test_every_missing_member_is_refused(plain: Trust) -> None:
    document = signed_document(plain, None)
    for name in document:
        refused({key: value for key, value in document.items() if key != name})


def test_no_key_has_two_uses(plain: Trust, workshop: Any) -> None:
    document = signed_document(plain, None)
    first, second, _ = document["witnesses"]
    assert "occurs twice" in refused({**document, "witnesses": [first, second, {**first, "name": "another"}]})
    log = document["logs"][0]
    assert "cosignatures" in refused({**document, "witnesses": [{"name": "x", "vkey": log["vkey"]}]})
    assert "checkpoints" in refused({**document, "logs": [{**log, "vkey": first["vkey"]}]})
    assert "named twice" in refused({**document, "logs": [log, log]})
    assert "named for its origin" in refused({**document, "logs": [{**log, "name": "2027"}]})
    assert "has its end" in refused({**document, "logs": [{**log, "state": "frozen"}]})
    assert "has its end" in refused({**document, "logs": [{**log, "end": 3}]})
    assert "end" in refused({**document, "logs": [{**log, "state": "closed", "end": -1}]})
    station = TrustedKey(plain.logs[0].key.public, "station", "x")
    with pytest.raises(TrustError, match="no other use"):
        signed_document(replace(plain, keys={**plain.keys, station.kid: station}), workshop.hub)


def test_an_active_key_has_no_last_entry(plain: Trust) -> None:
    document = signed_document(plain, None)
    bounded = next(key for key in document["keys"] if key["until"])
    bounded["status"] = "active"
    assert "no last entry" in refused(document)


def test_a_changed_file_is_not_the_signed_one(plain: Trust, workshop: Any) -> None:
    document = signed_document(plain, workshop.hub)
    for change in ({"quorum": 1}, {"superseded": []}, {"position": {"shard": "2026", "size": 4}}, {"logs": []}):
        assert "does not match" in refused({**document, **change})


def test_only_a_key_of_the_hub_signs(plain: Trust, workshop: Any) -> None:
    document = signed_document(plain, None)
    assert "a key of the hub" in refused(resigned(document, workshop.station))
    assert "a key of the hub" in refused(resigned(document, OLD))


def test_a_file_with_a_root_is_signed(rooted: Trust, workshop: Any) -> None:
    document = signed_document(rooted, workshop.hub)
    assert "is signed" in refused({**document, "signature": None})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda trust: replace(trust, quorum=1), "another quorum"),
        (lambda trust: replace(trust, profile="atelier"), "another profile"),
        (lambda trust: replace(trust, witnesses=WITNESSES[:2]), "other witnesses"),
        (
            lambda trust: replace(trust, logs=(*trust.logs, Ledger("2027", seed=0x66).trust(trust).logs[0])),
            "key of a log",
        ),
        (lambda trust: replace(trust, keys=without(trust, PEOPLE[0].kid)), "is missing"),
        (lambda trust: replace(trust, keys=with_key(trust, OLD, "hub")), "does not know it"),
        (lambda trust: replace(trust, keys=with_key(trust, OLD, "registry")), "does not know it"),
    ],
)
def test_what_the_root_does_not_say_is_refused(rooted: Trust, workshop: Any, change: Any, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        signed_document(change(rooted), workshop.hub)


def test_a_root_below_its_threshold_is_refused(rooted: Trust, workshop: Any) -> None:
    assert rooted.root is not None
    alone = replace(rooted.root, signatures={}).with_signature(PAPER[2])
    with pytest.raises(TrustError, match="1 of 2"):
        signed_document(replace(rooted, root=alone), workshop.hub)


def test_a_hub_key_that_the_newest_root_dropped_does_not_count_any_more(rooted: Trust, workshop: Any) -> None:
    assert rooted.root is not None
    after = replace(rooted.root, version=2, hub_keys=(OLD.public,), signatures={})
    after = after.with_signature(PAPER[0]).with_signature(PAPER[2])
    changed = replace(rooted, root=after, older_roots=(rooted.root,))
    retired = replace(rooted.keys[workshop.hub.kid], status="retired")
    new = TrustedKey(OLD.public, "hub", "Atelier")
    good = replace(changed, keys={**rooted.keys, retired.kid: retired, new.kid: new})
    assert trust_from(signed_document(good, OLD)) == good
    with pytest.raises(TrustError, match="a key of the hub"):
        signed_document(good, workshop.hub)
    with pytest.raises(TrustError, match="does not know it"):
        signed_document(replace(good, keys={**good.keys, retired.kid: rooted.keys[retired.kid]}), OLD)


def without(trust: Trust, kid: str) -> dict[str, TrustedKey]:
    return {name: key for name, key in trust.keys.items() if name != kid}


def with_key(trust: Trust, key: SigningKey, role: Any) -> dict[str, TrustedKey]:
    return {**trust.keys, key.kid: TrustedKey(key.public, role, "x")}
