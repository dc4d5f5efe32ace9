"""A certificate as a W3C credential: a JOSE library that is not ours opens it, and it says what the statements say."""

import hashlib
import json
from typing import Any

import jwt
import pytest

from certificates.credential import CONTEXTS, REAL, SIMULATED, credential, issuer_document, signed_credential
from certificates.errors import KeyMismatch, SigningRefused

ISSUER = "https://atelier.example/issuer"
WITH_EXCEPTION = {
    "method__requested": "ata.security.normal",
    "method__achieved": "ata.security.normal",
    "verify__mode": "none",
    "verify__pattern": "",
    "verify__sectors": 0,
    "result__verdict": "ERASED_WITH_EXCEPTIONS",
    "exceptions": [{"code": "NO_CANARIES", "detail": "read-only"}],
}


def opened(token: str, document: dict[str, Any]) -> dict[str, Any]:
    """By PyJWT, with the key that the issuer's document names for it."""
    head = jwt.get_unverified_header(token)
    (method,) = (one for one in document["verificationMethod"] if one["id"] == head["kid"])
    assert method["id"] in document["assertionMethod"]
    assert method["controller"] == document["id"]
    key = jwt.PyJWK.from_dict(method["publicKeyJwk"])
    told: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA"])
    return told


def test_another_implementation_opens_it_with_the_key_of_the_issuer(workshop: Any) -> None:
    bundle = workshop.bundle()
    token = signed_credential(bundle, workshop.hub, ISSUER)
    assert jwt.get_unverified_header(token) == {
        "alg": "EdDSA", "cty": "vc", "kid": f"{ISSUER}#{workshop.hub.kid}", "typ": "vc+jwt",
    }  # fmt: skip
    told = opened(token, issuer_document(ISSUER, workshop.hub.public))
    assert told == credential(bundle, ISSUER)
    assert told["@context"] == CONTEXTS
    assert told["type"] == ["VerifiableCredential", REAL]
    assert told["evidence"][0]["bundleSha256"] == hashlib.sha256(bundle.data).hexdigest()
    assert told["evidence"][0]["erasureStatement"] == bundle.erasure.id
    subject = told["credentialSubject"]
    assert (subject["serialNumber"], subject["verdict"], subject["level"]) == ("WD-WXA1A95E7R2K", "ERASED", "CLEAR")
    assert signed_credential(bundle, workshop.hub, ISSUER) == token


def test_every_changed_character_is_found(workshop: Any) -> None:
    document = issuer_document(ISSUER, workshop.hub.public)
    token = signed_credential(workshop.bundle(), workshop.hub, ISSUER)
    signed = len(token) - 1  # two of the last character's bits mean nothing in base64url
    for place in range(0, signed, 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises((jwt.PyJWTError, ValueError)):
            opened(token[:place] + other + token[place + 1 :], document)


def test_it_names_no_donor_and_no_person(workshop: Any) -> None:
    told = json.dumps(credential(workshop.bundle(), ISSUER), ensure_ascii=False)
    assert "Atelier des Trois-Ponts" in told
    for word in ("Val d’Œuvre", "Noémie", "op-7f3a"):
        assert word not in told


def test_exceptions_and_simulations_are_said(workshop: Any, demo_workshop: Any) -> None:
    told = credential(demo_workshop.bundle(), ISSUER)
    assert told["type"][1] == SIMULATED
    assert told["credentialSubject"]["simulated"] is True
    excepted = workshop.bundle(erasure=WITH_EXCEPTION)
    subject = credential(excepted, ISSUER)["credentialSubject"]
    assert (subject["verdict"], subject["exceptions"]) == ("ERASED_WITH_EXCEPTIONS", ["NO_CANARIES"])


def test_another_key_signs_no_credential_of_it_and_nothing_else_as_a_jws(workshop: Any, demo_workshop: Any) -> None:
    with pytest.raises(KeyMismatch):
        signed_credential(workshop.bundle(), demo_workshop.hub, ISSUER)
    for other in (b"DSSEv1 1 a 1 b", b'"@method": GET', b""):
        with pytest.raises(SigningRefused):
            workshop.hub.sign_jws_input(other)
