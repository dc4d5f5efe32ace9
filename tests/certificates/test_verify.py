"""Verification: the only maker of verified statements, and pure."""

import builtins
import copy
import pickle
import socket
import time
from typing import Any

import pytest

from certificates.envelope import assemble_envelope, pae, payload_type
from certificates.errors import KeyMismatch, SchemaError, SigningRefused, UnknownKey
from certificates.keys import SigningKey
from certificates.trust import Trust, TrustedKey
from certificates.verdicts import judge
from certificates.verify import VerifiedStatement, open_signed, verify_envelope


def test_a_verified_statement_cannot_be_built_outside(workshop: Any) -> None:
    statement = workshop.erasure()
    with pytest.raises(TypeError, match="only from verification"):
        VerifiedStatement(object(), statement.envelope, b"{}", "erasure", statement.signer, {})
    with pytest.raises(TypeError):
        VerifiedStatement(None, statement.envelope, b"{}", "erasure", statement.signer, {})


def test_a_verified_statement_does_not_change(workshop: Any) -> None:
    statement = workshop.erasure()
    with pytest.raises(AttributeError):
        statement.kind = "certificate"
    payload = statement.payload
    payload["result"]["verdict"] = "FAILED"
    assert statement.payload["result"]["verdict"] == "ERASED"


def test_a_verified_statement_is_not_copied_into_another(workshop: Any) -> None:
    statement = workshop.erasure()
    for attempt in (lambda: copy.copy(statement), lambda: pickle.dumps(statement)):
        with pytest.raises((TypeError, AttributeError)):
            attempt()


def test_verification_opens_nothing_and_asks_no_clock(workshop: Any, monkeypatch: Any) -> None:
    bundle = workshop.bundle()

    def forbidden(*_args: Any, **_named: Any) -> None:
        raise AssertionError("verification must be pure")

    for owner, name in ((builtins, "open"), (time, "time"), (time, "monotonic"), (socket, "socket")):
        monkeypatch.setattr(owner, name, forbidden)
    assert judge(bundle.data, workshop.trust).verdict == "VALID"


def test_a_key_that_is_not_listed_is_unknown(workshop: Any, demo_workshop: Any) -> None:
    with pytest.raises(UnknownKey) as caught:
        verify_envelope(workshop.erasure().envelope.data, demo_workshop.trust)
    assert caught.value.kid == workshop.station.kid


def test_a_station_does_not_validate(workshop: Any, make_validation_payload: Any) -> None:
    forged = workshop.station.sign_statement(make_validation_payload(kid=workshop.station.kid))
    with pytest.raises(KeyMismatch, match="station key"):
        verify_envelope(forged.data, workshop.trust)


def test_a_hub_does_not_erase(workshop: Any, make_erasure_payload: Any) -> None:
    forged = workshop.hub.sign_statement(make_erasure_payload(kid=workshop.hub.kid))
    with pytest.raises(KeyMismatch, match="hub key"):
        verify_envelope(forged.data, workshop.trust)


def test_a_simulated_statement_verifies_only_with_a_demo_key(demo_workshop: Any) -> None:
    envelope = demo_workshop.erasure().envelope
    public = demo_workshop.station.public
    trusted_as_real = Trust.of("", "", [TrustedKey(public, "station", "x", demo=False)])
    with pytest.raises(KeyMismatch, match="demo"):
        verify_envelope(envelope.data, trusted_as_real)
    with pytest.raises(KeyMismatch, match="demo"):
        open_signed(envelope.data, public)
    assert open_signed(envelope.data, public, demo=True).simulated


def test_intake_opens_a_statement_with_one_known_key(workshop: Any) -> None:
    envelope = workshop.erasure().envelope
    statement = open_signed(envelope.data, workshop.station.public, name="Poste 3")
    assert (statement.id, statement.kind, statement.signer.name) == (envelope.id, "erasure", "Poste 3")
    with pytest.raises(UnknownKey):
        open_signed(envelope.data, SigningKey.generate(demo=False).public)


def test_the_type_of_the_envelope_names_the_kind_of_the_payload(workshop: Any, make_erasure_payload: Any) -> None:
    from certificates import canonical

    body = canonical.encode(make_erasure_payload())
    kind = payload_type("diagnostics")
    forged = assemble_envelope(kind, body, workshop.station.kid, workshop.station._private.sign(pae(kind, body)))
    with pytest.raises(KeyMismatch, match="different kinds"):
        verify_envelope(forged.data, workshop.trust)


def test_a_signed_payload_of_another_schema_is_refused(workshop: Any) -> None:
    from certificates import canonical

    body = canonical.encode({"kid": workshop.station.kid, "kind": "erasure"})
    kind = payload_type("erasure")
    forged = assemble_envelope(kind, body, workshop.station.kid, workshop.station._private.sign(pae(kind, body)))
    with pytest.raises(SchemaError):
        verify_envelope(forged.data, workshop.trust)


def test_payload_and_envelope_name_the_same_key(workshop: Any, make_erasure_payload: Any) -> None:
    from certificates import canonical

    body = canonical.encode(make_erasure_payload(kid=workshop.hub.kid))
    kind = payload_type("erasure")
    forged = assemble_envelope(kind, body, workshop.station.kid, workshop.station._private.sign(pae(kind, body)))
    with pytest.raises(KeyMismatch, match="different keys"):
        verify_envelope(forged.data, workshop.trust)


def test_all_bit_flips_of_a_certificate_envelope_are_refused(workshop: Any) -> None:
    data = workshop.bundle().certificate.envelope.data
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            assert judge(bytes(flipped), workshop.trust).verdict in ("INVALID", "UNKNOWN-KEY")


def test_a_demo_key_says_nothing_real(demo_workshop: Any, make_erasure_payload: Any) -> None:
    from certificates import canonical

    key = demo_workshop.station
    payload = make_erasure_payload(kid=key.kid, simulated=False)
    with pytest.raises(SigningRefused, match="demo key"):
        key.sign_statement(payload)
    body, kind = canonical.encode(payload), payload_type("erasure")
    forged = assemble_envelope(kind, body, key.kid, key._private.sign(pae(kind, body)))
    with pytest.raises(KeyMismatch, match="demo key"):
        verify_envelope(forged.data, demo_workshop.trust)
