"""Making statements: sign a payload, and build the payload of a certificate from what was verified."""

from typing import Any

from certificates.envelope import SignedEnvelope
from certificates.errors import BundleError
from certificates.keys import SigningKey
from certificates.statement import CERTIFIABLE
from certificates.verify import VerifiedStatement


def sign_statement(key: SigningKey, payload: dict[str, Any]) -> SignedEnvelope:
    """Sign a payload (see `SigningKey.sign_statement`)."""
    return key.sign_statement(payload)


def certificate_payload(
    erasure: VerifiedStatement,
    validation: VerifiedStatement,
    *,
    kid: str,
    hub: str,
    seq: int,
    prev: str,
    nonce: str,
    wall: str,
    wall_src: str,
    certificate: str,
    number: str,
    lot: dict[str, str],
    donor: dict[str, str],
    issuer: dict[str, str],
    device: dict[str, str],
    lang: str,
    verify_url: str,
    diagnostics: VerifiedStatement | None = None,
) -> dict[str, Any]:
    """Payload of a certificate for one erasure that a named person approved; BundleError when it must not be made.

    `lot` {code, label}, `donor` {name}, `issuer` {name, address, siret, url}, `device` {asset}; `certificate` is a
    UUID, `prev` 64 and `nonce` 32 hex digits, `wall` "2026-11-21T10:00:00Z".
    """
    require_certifiable(erasure, validation, diagnostics)
    return {
        "v": 1,
        "kind": "certificate",
        "kid": kid,
        "hub": hub,
        "seq": seq,
        "prev": prev,
        "nonce": nonce,
        "wall": wall,
        "wall_src": wall_src,
        "certificate": certificate,
        "number": number,
        "erasure": erasure.id,
        "validation": validation.id,
        "diagnostics": diagnostics.id if diagnostics else None,
        "lot": dict(lot),
        "donor": dict(donor),
        "issuer": dict(issuer),
        "device": dict(device),
        "lang": lang,
        "verify_url": verify_url,
        "simulated": erasure.payload["simulated"],
    }


def require_certifiable(
    erasure: VerifiedStatement, validation: VerifiedStatement, diagnostics: VerifiedStatement | None
) -> None:
    """Raise BundleError unless the erasure is complete and the validation approves exactly it."""
    if erasure.kind != "erasure" or erasure.payload["result"]["verdict"] not in CERTIFIABLE:
        raise BundleError("only a completed erasure is certified")
    if validation.kind != "validation" or validation.payload["decision"] != "APPROVED":
        raise BundleError("only an approved erasure is certified")
    if validation.payload["statement"] != erasure.id:
        raise BundleError("the validation approves another statement")
    if validation.payload["simulated"] != erasure.payload["simulated"]:
        raise BundleError("simulated and real statements do not mix")
    if diagnostics is not None and diagnostics.kind != "diagnostics":
        raise BundleError("not a diagnostics statement")
    if diagnostics is not None and diagnostics.payload["simulated"] != erasure.payload["simulated"]:
        raise BundleError("simulated and real statements do not mix")
