"""An ID token: its signature, by the library, and what it says, held against what this hub asked for.

The kinds of signature are a closed list of public-key ones: `none` and shared secrets are refused whatever the token or
its provider says. Times are held against the hub's clock.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt

from hub.errors import BadCredentials

KINDS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY_S: Final = 60
OLDEST_S: Final = 600  # since it was issued: it was made for this very visit
LONGEST_TOKEN: Final = 16 * 1024
LONGEST_SUBJECT: Final = 255
REFUSED: Final = "what the identity provider sent cannot be believed: begin again"
ASKED: Final = ("exp", "iat", "aud", "iss", "sub", "nonce")
Keys = Callable[[bool], Mapping[str, Any]]  # told whether to look anew


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the provider names: its own subject, and an address only where it says that it checked it."""

    subject: str
    email: str  # lower case; "" where there is none, or an unverified one


def read_token(token: str, keys: Keys, *, issuer: str, client_id: str, nonce: str, now: datetime) -> Named:
    """Whom this token names. Raises BadCredentials for one that is not ours, not signed, not fresh or not whole."""
    if len(token) > LONGEST_TOKEN:
        raise BadCredentials(REFUSED)
    try:
        claims = _verified(token, keys, issuer, client_id)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise BadCredentials(REFUSED) from error
    _require_times(claims, now)
    _require_ours(claims, client_id, nonce)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise BadCredentials(REFUSED)
    email = claims.get("email")
    checked = claims.get("email_verified") is True and isinstance(email, str)
    return Named(subject, email.strip().lower() if checked and isinstance(email, str) else "")


def _verified(token: str, keys: Keys, issuer: str, client_id: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    kind, kid = header.get("alg"), header.get("kid")
    if kind not in KINDS:
        raise BadCredentials(REFUSED)
    key = _key(keys(False), kid, kind) or _key(keys(True), kid, kind)
    if key is None:
        raise BadCredentials(REFUSED)
    options: Any = {"require": list(ASKED), "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    return jwt.decode(token, key.key, algorithms=[kind], audience=client_id, issuer=issuer, options=options)


def _key(published: Mapping[str, Any], kid: object, kind: str) -> jwt.PyJWK | None:
    """The one signing key that this token means; None where no key, or more than one, could be meant."""
    listed = published.get("keys")
    fit = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") == "oct":
            continue
        if (kid is None or one.get("kid") == kid) and one.get("alg", kind) == kind:
            fit.append(one)
    return jwt.PyJWK(fit[0], algorithm=kind) if len(fit) == 1 else None


def _require_times(claims: Mapping[str, Any], now: datetime) -> None:
    issued, expires, second = claims["iat"], claims["exp"], now.timestamp()
    for moment in (issued, expires, claims.get("nbf", 0)):
        if isinstance(moment, bool) or not isinstance(moment, int | float):
            raise BadCredentials(REFUSED)
    fresh = second - OLDEST_S <= issued <= second + LEEWAY_S
    if not fresh or expires <= second - LEEWAY_S or claims.get("nbf", 0) > second + LEEWAY_S:
        raise BadCredentials(REFUSED)


def _require_ours(claims: Mapping[str, Any], client_id: str, nonce: str) -> None:
    """The token is for this client alone, and answers this very visit."""
    audience = claims["aud"]
    party = claims.get("azp", None if isinstance(audience, list) and len(audience) > 1 else client_id)
    if party != client_id or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise BadCredentials(REFUSED)
