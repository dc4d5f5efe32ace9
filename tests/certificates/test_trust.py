"""Trust files: strict, and never a source of weak keys."""

import json
from typing import Any

import pytest

from certificates.errors import TrustError
from certificates.trust import Trust, TrustedKey


@pytest.fixture
def written(workshop: Any) -> Any:
    return workshop.trust.to_document()


def refused(document: Any) -> str:
    with pytest.raises(TrustError) as caught:
        Trust.from_json(json.dumps(document).encode())
    return str(caught.value)


def test_a_trust_file_comes_back(workshop: Any) -> None:
    found = Trust.from_json(workshop.trust.to_json())
    assert found == workshop.trust
    assert found.find(workshop.hub.kid).role == "hub"
    assert found.find("0" * 64) is None


def test_a_key_of_low_order_is_never_trusted(written: Any) -> None:
    import base64
    import hashlib

    raw = bytes.fromhex("01" + "00" * 31)
    weak = {"public": base64.b64encode(raw).decode(), "kid": hashlib.sha256(raw).hexdigest()}
    written["keys"][0] |= weak
    assert "low order" in refused(written)


def test_a_key_under_another_id_is_refused(written: Any) -> None:
    written["keys"][0]["kid"] = "0" * 64
    assert "another id" in refused(written)


def test_a_key_twice_is_refused(written: Any, workshop: Any) -> None:
    written["keys"].append(written["keys"][0])
    assert "twice" in refused(written)
    key = TrustedKey(workshop.hub.public, "hub", "a")
    with pytest.raises(TrustError, match="twice"):
        Trust.of("", "", [key, TrustedKey(workshop.hub.public, "station", "b")])


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "etabli.trust/2"},
        {"hub": {"name": "x"}},
        {"keys": {}},
        {"keys": [{}]},
        {"witness": {"quorum": -1}},
        {"witness": {"quorum": 1.0}},
        {"more": 1},
    ],
)
def test_another_shape_is_refused(written: Any, change: Any) -> None:
    assert "trust file" in refused({**written, **change})


@pytest.mark.parametrize("member", [("role", "root"), ("status", "fine"), ("demo", "no"), ("public", "AA")])
def test_another_value_is_refused(written: Any, member: Any) -> None:
    written["keys"][0][member[0]] = member[1]
    assert refused(written)


@pytest.mark.parametrize("data", [b"", b"\xff", b'{"a":1,"a":1}', b"[" * 100_000, b"NaN", b" " * 4_000_001])
def test_bytes_that_are_no_trust_file_are_refused(data: Any) -> None:
    with pytest.raises(TrustError):
        Trust.from_json(data)
