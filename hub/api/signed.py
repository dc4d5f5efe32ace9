"""Signed requests of stations (RFC 9421) as FastAPI dependencies: signature, nonce, state.

A refusal (401) carries a fresh nonce, so that a station tries again once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response
from sqlalchemy import select

from certificates.errors import ExchangeError
from certificates.exchange import named_key, verify_request
from certificates.keys import PublicKey
from hub.api.schemas import ErrorAnswer
from hub.boundary.errors import NONCE_HEADER
from hub.context import Hub
from hub.errors import StationRefused, WrongType
from hub.models import Station, StationState
from hub.people import policies
from hub.people.dependencies import CurrentHub
from hub.people.policies import Policy

SIGNED = "Signed by the station's key (RFC 9421, tag etabli-agent-v1) over a nonce of this hub."
UNSIGNED_ANSWER: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "Not signed as agreed, stale nonce, unknown or not accepted station"},
}


async def raw_body(request: Request) -> bytes:
    """The body as it came."""
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]


def json_only(request: Request) -> None:
    """Raise WrongType unless the body is announced as JSON."""
    require_type(request, "application/json")


def require_type(request: Request, wanted: str) -> None:
    """Raise WrongType unless the content type is this one."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
        raise WrongType(f"the content type must be {wanted}")


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A dependency: the station that signed this request, in one of these states. Raises StationRefused."""

    states: tuple[StationState, ...]
    policy: Policy = policies.SIGNED

    def __call__(self, request: Request, response: Response, hub: CurrentHub, body: RawBody) -> Station:
        """The station."""
        request.state.signed = True
        found = _signer(request, hub, body)
        if found.state not in {state.value for state in self.states}:
            raise refusal_of(found.state)
        response.headers[NONCE_HEADER] = request.app.state.nonces.issue()
        return found


def signed_by(*states: StationState) -> SignedBy:
    """The dependency of routes that stations in one of these states may ask."""
    return SignedBy(states)


def _signer(request: Request, hub: Hub, body: bytes) -> Station:
    known: dict[str, Station] = {}

    def lookup(kid: str) -> PublicKey | None:
        with hub.readers()() as session:
            found = session.scalar(select(Station).where(Station.kid == kid))
        if found is None:
            return None
        known[kid] = found
        return PublicKey.from_base64(found.public)

    return known[verified_key(request, hub, body, lookup)]


def verified_key(request: Request, hub: Hub, body: bytes, lookup: Callable[[str], PublicKey | None]) -> str:
    """Id of the key that signed this request over a nonce that is used up by it. Raises StationRefused."""
    try:
        verified = verify_request(request.headers, request.method, target_uri(request, hub), body or None, lookup)
    except ExchangeError as error:
        raise StationRefused(str(error), error.code) from error
    if not request.app.state.nonces.consume(verified.nonce):
        raise StationRefused("this nonce is stale or was used: take the fresh one", "nonce")
    return verified.kid


@dataclass(frozen=True, slots=True)
class Announced:
    """The policy of plain routes: their function asks `announced`, and whoever keeps the body verifies."""

    only_told: ClassVar[bool] = True
    policy: Policy = policies.SIGNED

    def __call__(self) -> None:
        """Nothing: plain routes run no dependency."""


def announced(request: Request) -> str:
    """The id of the key that a request names, "" when it names none; from here on errors carry a nonce."""
    request.state.signed = True
    return named_key(request.headers.get("signature-input", ""))


def target_uri(request: Request, hub: Hub) -> str:
    """The address that was signed: public URL of the settings, path and query as they came; never the Host header."""
    try:
        path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
    except UnicodeDecodeError as error:
        raise StationRefused("an address has ASCII characters only", "malformed") from error
    return f"{hub.settings.public_url}{path}" + (f"?{query}" if query else "")


def refusal_of(state: str) -> StationRefused:
    """Why a station in this state is not listened to."""
    told = {
        StationState.PENDING: "a person must accept this station first",
        StationState.REFUSED: "this station was turned away",
        StationState.LOCKED: "this station is locked until people looked at its alarm",
    }[StationState(state)]
    return StationRefused(told, state)
