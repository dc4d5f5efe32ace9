"""A certificate as a W3C Verifiable Credential (Data Model 2.0), enveloped as a JWT (VC-JOSE-COSE): an optional export.

For programs that read credentials and know nothing of us. The signed statements stay the truth: a credential repeats
what they say about the drive, names them by their ids and the bundle by its digest, and carries none of them. It names
no donor and no person, has no status list, and says nothing of what was found after it was made. Offline, the key has
to come from somewhere else than the credential: the trust file, or the issuer's document.

Header: `alg` EdDSA (RFC 8037), `typ` vc+jwt, `cty` vc, `kid`. The same bundle, key and address give the same bytes.
"""

import base64
import hashlib
import json
from typing import Any, Final

from certificates.bundle import VerifiedBundle
from certificates.errors import KeyMismatch
from certificates.keys import PublicKey, SigningKey

MEDIA_TYPE: Final = "application/vc+jwt"
CONTEXTS: Final = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"]
CONTEXT_OF_ISSUER: Final = ["https://www.w3.org/ns/cid/v1"]
REAL, SIMULATED = "DriveErasureCredential", "SimulatedDriveErasureCredential"


def signed_credential(bundle: VerifiedBundle, key: SigningKey, issuer: str) -> str:
    """The credential as a compact JWS; `issuer` is the address of the issuer's document.

    KeyMismatch when the key is not the one that signed the certificate.
    """
    if key.kid != bundle.certificate.signer.kid:
        raise KeyMismatch("the key that signed the certificate signs its credential")
    header = {"alg": "EdDSA", "cty": "vc", "kid": method_id(issuer, key.public), "typ": "vc+jwt"}
    signed = f"{_base64url(_json(header))}.{_base64url(_json(credential(bundle, issuer)))}"
    return f"{signed}.{_base64url(key.sign_jws_input(signed.encode('ascii')))}"


def credential(bundle: VerifiedBundle, issuer: str) -> dict[str, Any]:
    """The credential before it is signed."""
    certificate, erasure = bundle.certificate.payload, bundle.erasure.payload
    drive, method, result = erasure["subject"]["drive"], erasure["method"], erasure["result"]
    return {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{certificate['certificate']}",
        "type": ["VerifiableCredential", SIMULATED if bundle.simulated else REAL],
        "issuer": {"id": issuer, "name": certificate["issuer"]["name"]},
        "validFrom": certificate["wall"],
        "credentialSubject": {
            "type": "ErasedDrive",
            "model": drive["model"],
            "serialNumber": drive["serial"],
            "wwn": drive["wwn"],
            "bytes": drive["native_bytes"],
            "verdict": result["verdict"],
            "exceptions": [one["code"] for one in erasure["exceptions"]],
            "method": method["achieved"],
            "level": method["level"],
            "verification": erasure["verify"]["mode"],
            "endedByClockOfBench": erasure["ended"],
            "simulated": bundle.simulated,
        },
        "evidence": [
            {
                "id": certificate["verify_url"],
                "type": "EtabliBundle",
                "certificateNumber": certificate["number"],
                "certificateStatement": bundle.certificate.id,
                "validationStatement": bundle.validation.id,
                "erasureStatement": bundle.erasure.id,
                "bundleSha256": hashlib.sha256(bundle.data).hexdigest(),
            }
        ],
    }


def issuer_document(issuer: str, key: PublicKey) -> dict[str, Any]:
    """Whose key signs credentials: a controlled identifier document (W3C CID 1.0) at the address `issuer`."""
    place = method_id(issuer, key)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _base64url(key.raw), "alg": "EdDSA", "kid": key.kid}
    method = {"id": place, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": jwk}
    return {
        "@context": CONTEXT_OF_ISSUER,
        "id": issuer,
        "verificationMethod": [method],
        "assertionMethod": [place],
    }


def method_id(issuer: str, key: PublicKey) -> str:
    """Name of a key in the issuer's document."""
    return f"{issuer}#{key.kid}"


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
