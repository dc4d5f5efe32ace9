"""Signed requests between a station and a hub: RFC 9421 with Ed25519 and RFC 9530 digests, in one fixed form.

Covered: `@method`, `@target-uri` and, when there is a body, `content-digest`. Parameters: keyid, nonce, tag. The nonce
comes from the hub and is judged by the hub; no `created`, because clocks at benches are wrong.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from certificates.envelope import decode_base64
from certificates.errors import BadSignature, EnvelopeError, ExchangeError
from certificates.keys import PublicKey, SigningKey

TAG = "etabli-agent-v1"
LABEL = "etabli"
NONCE_HEADER = "ETABLI-Nonce"
_WITH_BODY = '("@method" "@target-uri" "content-digest")'
_WITHOUT_BODY = '("@method" "@target-uri")'
_NONCE = r"[A-Za-z0-9._~:+/=-]{1,256}"
_INPUT = re.compile(
    rf'{LABEL}=(?P<params>(?P<covered>\([a-z@" -]+\));keyid="(?P<kid>[0-9a-f]{{64}})";'
    rf'nonce="(?P<nonce>{_NONCE})";tag="{TAG}")',
    re.ASCII,
)
_SIGNATURE = re.compile(rf"{LABEL}=:(?P<base64>[A-Za-z0-9+/]{{86}}==):", re.ASCII)


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """Who signed a request, and the nonce that was signed; whether the nonce is fresh is for the hub to say."""

    kid: str
    nonce: str


def sign_request(key: SigningKey, method: str, url: str, body: bytes | None, nonce: str) -> dict[str, str]:
    """Headers that sign one request: Content-Digest (with a body), Signature-Input and Signature."""
    if not re.fullmatch(_NONCE, nonce, re.ASCII):
        raise ExchangeError("malformed", "the nonce has characters that cannot be signed")
    headers = {"Content-Digest": _digest(body)} if body else {}
    covered = _WITH_BODY if body else _WITHOUT_BODY
    params = f'{covered};keyid="{key.kid}";nonce="{nonce}";tag="{TAG}"'
    signature = key.sign_request_base(_base(method, url, headers.get("Content-Digest"), params))
    headers["Signature-Input"] = f"{LABEL}={params}"
    headers["Signature"] = f"{LABEL}=:{base64.b64encode(signature).decode('ascii')}:"
    return headers


def named_key(signature_input: str) -> str:
    """Key id that a `Signature-Input` names, "" when it has not the agreed form. It proves nothing."""
    found = _INPUT.fullmatch(signature_input)
    return found["kid"] if found else ""


def verify_request(
    headers: Mapping[str, str],
    method: str,
    target_uri: str,
    body: bytes | None,
    lookup: Callable[[str], PublicKey | None],
) -> VerifiedRequest:
    """Check a request and say who signed it; ExchangeError with a code otherwise.

    `target_uri` is rebuilt from the hub's configured public URL, never from the Host header. `lookup` gives the key of
    a key id, or None for unknown, pending and locked stations.
    """
    found = {name.lower(): value for name, value in headers.items()}
    if "signature-input" not in found or "signature" not in found:
        raise ExchangeError("missing", "the request is not signed")
    signed, signature = _INPUT.fullmatch(found["signature-input"]), _SIGNATURE.fullmatch(found["signature"])
    if signed is None or signature is None:
        raise ExchangeError("malformed", "Signature-Input or Signature has another form than the agreed one")
    digest = _checked_digest(found, signed["covered"], body)
    key = lookup(signed["kid"])
    if key is None or key.kid != signed["kid"]:
        raise ExchangeError("unknown-key", "the hub does not accept this key")
    try:
        key.verify(decode_base64(signature["base64"]), _base(method, target_uri, digest, signed["params"]))
    except (BadSignature, EnvelopeError) as error:
        raise ExchangeError("signature", "the signature does not match the request") from error
    return VerifiedRequest(signed["kid"], signed["nonce"])


def _checked_digest(found: Mapping[str, str], covered: str, body: bytes | None) -> str | None:
    if covered != (_WITH_BODY if body else _WITHOUT_BODY):
        raise ExchangeError("malformed", "the signature does not cover what it must cover")
    if not body:
        return None
    if found.get("content-digest") != _digest(body):
        raise ExchangeError("digest", "Content-Digest does not match the body")
    return found["content-digest"]


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def _base(method: str, target_uri: str, digest: str | None, params: str) -> bytes:
    lines = [f'"@method": {method.upper()}', f'"@target-uri": {target_uri}']
    if digest is not None:
        lines.append(f'"content-digest": {digest}')
    lines.append(f'"@signature-params": {params}')
    return "\n".join(lines).encode("utf-8")
