"""The identity provider over the network: what it publishes about itself, its keys, and a code for an ID token.

Answers are bounded in time and size, redirects are not followed, and every address that the provider names is https (or
this very machine). What it says of itself counts only where it names the very issuer of the settings.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from hub.context import Hub
from hub.errors import BadInput, HubError
from hub.outside import OidcClient, require_safe

TIMEOUT_S: Final = 10.0
MOST_BYTES: Final = 512 * 1024
FRESH_S: Final = 3600.0  # what the provider publishes is asked for again after that
LEAST_S: Final = 60.0  # between two looks for a key that is not known
WELL_KNOWN: Final = "/.well-known/openid-configuration"


class ProviderTrouble(HubError):
    """The provider does not answer, or answers what cannot be used. Nobody is signed in."""

    status = 502
    code = "provider"


@dataclass(frozen=True, slots=True)
class Published:
    """What the provider says of itself: where to send people, where codes are taken, where its keys are."""

    authorize: str
    token: str
    keys: str
    basic: bool  # the secret goes into the header, else into the form
    names_itself: bool  # its answers carry `iss` (RFC 9207)


class Provider:
    """One provider as one process of the hub knows it. `seconds` is a clock that never goes back."""

    def __init__(
        self, client: OidcClient, seconds: Callable[[], float], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.client = client
        self._seconds, self._transport = seconds, transport
        self._gate = threading.Lock()
        self._published: tuple[float, Published] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    def published(self) -> Published:
        """What the provider says of itself, at most an hour old. Raises ProviderTrouble."""
        with self._gate:
            if self._published is None or self._seconds() - self._published[0] > FRESH_S:
                told = self._json("GET", self.client.issuer.rstrip("/") + WELL_KNOWN)
                self._published = (self._seconds(), read_published(told, self.client.issuer))
            return self._published[1]

    def keys(self, *, again: bool = False) -> dict[str, Any]:
        """The published keys (JWKS), at most an hour old; `again` looks anew, once a minute at most.

        Raises ProviderTrouble.
        """
        address = self.published().keys
        with self._gate:
            oldest = LEAST_S if again else FRESH_S
            if self._keys is None or self._seconds() - self._keys[0] > oldest:
                self._keys = (self._seconds(), self._json("GET", address))
            return self._keys[1]

    def id_token(self, code: str, verifier: str, redirect: str) -> str:
        """Hand in the code of an answer; gives the ID token as text. Raises ProviderTrouble."""
        published = self.published()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
        }  # fmt: skip
        secret = (self.client.client_id, self.client.secret)
        if not published.basic:
            form |= {"client_id": secret[0], "client_secret": secret[1]}
        told = self._json("POST", published.token, data=form, auth=secret if published.basic else None)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise ProviderTrouble("the identity provider answered without an ID token")
        return token

    def _json(self, method: str, address: str, **facts: Any) -> dict[str, Any]:
        try:
            with (
                httpx.Client(transport=self._transport, timeout=TIMEOUT_S, trust_env=False) as browser,
                browser.stream(method, address, **facts) as answer,
            ):
                data = _bounded(answer)
            told = json.loads(data)
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise ProviderTrouble("the identity provider does not answer as it should: try again later") from error
        if answer.status_code != httpx.codes.OK or not isinstance(told, dict):
            raise ProviderTrouble("the identity provider does not answer as it should: try again later")
        return told


def open_provider(hub: Hub) -> Provider | None:
    """The provider of a process; None where the settings name none. It is asked when somebody comes by it."""
    return None if hub.settings.oidc is None else Provider(hub.settings.oidc, time.monotonic)


def read_published(told: dict[str, Any], issuer: str) -> Published:
    """What a provider says of itself. Raises ProviderTrouble where it is another issuer or an address is unsafe."""
    if told.get("issuer") != issuer:
        raise ProviderTrouble("the identity provider names another issuer than the settings")
    places = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    try:
        for place in places:
            require_safe(place if isinstance(place, str) else "", "an address of the identity provider")
    except BadInput as error:
        raise ProviderTrouble(error.message) from error
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Published(
        str(places[0]),
        str(places[1]),
        str(places[2]),
        basic=not isinstance(ways, list) or "client_secret_basic" in ways,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _bounded(answer: httpx.Response) -> bytes:
    data = b""
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > MOST_BYTES:
            raise ValueError("more bytes than an answer has")
    return data
