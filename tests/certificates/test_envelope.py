"""Envelopes: one stored form; every other spelling of the same content is refused."""

import base64
import json
import string
from typing import Any

import pytest

from certificates.envelope import MAX_ENVELOPE_BYTES, SignedEnvelope, long_id, pae, parse_envelope
from certificates.errors import CertificateError, EnvelopeError, NotCanonical, Refused
from certificates.verify import verify_envelope


@pytest.fixture
def envelope(workshop: Any) -> Any:
    return workshop.erasure().envelope


def written(members: Any) -> bytes:
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


def payload_with(members: Any, body: bytes) -> Any:
    return {**members, "payload": base64.b64encode(body).decode()}


def with_spare_bits(signature: Any) -> Any:
    """The same 64 bytes in another spelling: the last letter before the padding carries four unused bits."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    text = signature["sig"]
    other = text[:-3] + alphabet[alphabet.index(text[-3]) ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(text)
    return {**signature, "sig": other}


FORMS = {
    "leading space": lambda data, _: b" " + data,
    "trailing newline": lambda data, _: data + b"\n",
    "space after colon": lambda data, _: data.replace(b'":', b'": ', 1),
    "member order": lambda _, m: json.dumps(dict(reversed(m.items())), separators=(",", ":")).encode(),
    "duplicate member": lambda data, _: data.replace(b"{", b'{"payloadType":"x",', 1),
    "unknown member": lambda _, m: written({**m, "z": 0}),
    "escaped letter": lambda data, _: data.replace(b'"payload"', b'"p\\u0061yload"', 1),
    "escaped solidus": lambda data, _: data.replace(b"application/", b"application\\/", 1),
    "byte order mark": lambda data, _: b"\xef\xbb\xbf" + data,
    "padding added": lambda _, m: written({**m, "payload": m["payload"].rstrip("=") + "===="}),
    "padding removed": lambda _, m: written(
        {**m, "signatures": [{**m["signatures"][0], "sig": m["signatures"][0]["sig"].rstrip("=")}]}
    ),
    "spare bits": lambda _, m: written({**m, "signatures": [with_spare_bits(m["signatures"][0])]}),
    "newline inside base64": lambda _, m: written({**m, "payload": m["payload"][:8] + "\n" + m["payload"][8:]}),
    "space inside base64": lambda _, m: written({**m, "payload": m["payload"][:8] + " " + m["payload"][8:]}),
    "signature twice": lambda _, m: written({**m, "signatures": m["signatures"] * 2}),
    "no signature": lambda _, m: written({**m, "signatures": []}),
    "signatures an object": lambda _, m: written({**m, "signatures": m["signatures"][0]}),
    "short signature": lambda _, m: written(
        {**m, "signatures": [{**m["signatures"][0], "sig": base64.b64encode(b"x" * 63).decode()}]}
    ),
    "keyid empty": lambda _, m: written({**m, "signatures": [{**m["signatures"][0], "keyid": ""}]}),
    "keyid upper case": lambda _, m: written(
        {**m, "signatures": [{**m["signatures"][0], "keyid": m["signatures"][0]["keyid"].upper()}]}
    ),
    "keyid short": lambda _, m: written({**m, "signatures": [{**m["signatures"][0], "keyid": "ab"}]}),
    "other type": lambda _, m: written({**m, "payloadType": "application/json"}),
    "type of another kind": lambda _, m: written({**m, "payloadType": "application/vnd.etabli.validation.v1+json"}),
    "type not text": lambda _, m: written({**m, "payloadType": 7}),
    "payload not text": lambda _, m: written({**m, "payload": None}),
    "payload changed": lambda _, m: written(payload_with(m, base64.b64decode(m["payload"]).replace(b"FAILED", b"ERASED")
                                                            .replace(b"WD-WXA", b"WD-WXB"))),
    "not an object": lambda _, m: written([m]),
    "empty": lambda _, __: b"",
    "too large": lambda data, _: data + b" " * MAX_ENVELOPE_BYTES,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_another_form_is_refused(envelope: Any, workshop: Any, name: Any) -> None:
    assert verify_envelope(envelope.data, workshop.trust).id == envelope.id
    changed = FORMS[name](envelope.data, json.loads(envelope.data))
    assert changed != envelope.data
    with pytest.raises(Refused):
        verify_envelope(changed, workshop.trust)


def test_an_envelope_has_the_documented_form(envelope: Any) -> None:
    parts = parse_envelope(envelope.data)
    members = json.loads(envelope.data)
    assert list(members) == ["payload", "payloadType", "signatures"]
    assert parts.body == base64.b64decode(members["payload"])
    assert parts.payload_type == "application/vnd.etabli.erasure.v1+json"


def test_the_encoding_that_is_signed_counts_bytes() -> None:
    assert pae("é", b"ab") == b"DSSEv1 2 \xc3\xa9 2 ab"
    assert pae("", b"") == b"DSSEv1 0  0 "


def test_short_and_long_ids_are_the_same_id(envelope: Any) -> None:
    assert len(envelope.short_id) == 43
    assert long_id(envelope.short_id) == envelope.id


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "!" * 43, "A" * 42 + "B", "é" * 43])
def test_text_that_is_no_short_id_is_refused(text: Any) -> None:
    with pytest.raises(EnvelopeError):
        long_id(text)


def test_a_payload_in_another_form_is_refused_even_when_it_is_signed(workshop: Any, make_erasure_payload: Any) -> None:
    from certificates.envelope import assemble_envelope, payload_type

    kind = payload_type("erasure")
    payload = make_erasure_payload()
    for body in (json.dumps(payload).encode(), b"[]", b"x", json.dumps({**payload, "z": 1.5}).encode()):
        signature = workshop.station._private.sign(pae(kind, body))
        forged = assemble_envelope(kind, body, workshop.station.kid, signature)
        with pytest.raises(Refused):
            verify_envelope(forged.data, workshop.trust)


def test_errors_of_form_are_of_one_family() -> None:
    assert issubclass(NotCanonical, Refused)
    assert issubclass(Refused, CertificateError)
    assert SignedEnvelope(b"x").id == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
