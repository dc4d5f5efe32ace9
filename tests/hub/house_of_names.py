"""A small OpenID provider inside the test: it publishes, it signs, and it lies where it is told to."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm

ISSUER = "https://names.example"
CLIENT, SECRET = "atelier", "between the two of us"


@dataclass
class HouseOfNames:
    """A provider with one key. `claims` overrides what its tokens say, `published` what it says of itself."""

    now: Callable[[], float]
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    kid: str = "k1"
    kind: str = "ES256"
    claims: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    make: Callable[[dict[str, Any]], str] | None = None
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def agree(self, address: str, *, subject: str = "s-1", email: str = "camille@atelier.example") -> dict[str, str]:
        """What the browser carries back after somebody signed in at the provider."""
        query = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**query, "sub": subject, "email": email}
        return {"code": code, "state": query["state"]}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        match request.url.path:
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json=self._about())
            case "/keys":
                public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
                return httpx.Response(200, json={"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "ES256"}]})
            case "/token":
                return self._token(request)
        return httpx.Response(404)

    def _about(self) -> dict[str, Any]:
        own = {"authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token"}
        return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **own, **self.published}

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or request.headers.get("Authorization") != f"Basic {basic}"
            or asked["code_challenge"] != challenge.decode()
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        told = {
            "iss": ISSUER, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"],
            "iat": int(self.now()), "exp": int(self.now()) + 300, "email": asked["email"], "email_verified": True,
        }  # fmt: skip
        told = {name: value for name, value in {**told, **self.claims}.items() if value is not None}
        return httpx.Response(200, json={"id_token": (self.make or self._signed)(told), "token_type": "Bearer"})

    def _signed(self, told: dict[str, Any]) -> str:
        return jwt.encode(told, self.key, algorithm=self.kind, headers={"kid": self.kid, **self.header})


def other_key() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
