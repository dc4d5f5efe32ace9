"""What anybody may ask: a nonce, the trust document."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from hub.api.log import SIGNING, take
from hub.api.schemas import ErrorAnswer, NonceAnswer, TrustAnswer
from hub.keys.trust_file import trust_document
from hub.people.dependencies import Database
from hub.people.policies import OpenToAll
from hub.stations.trust import trust_of

router = APIRouter(prefix="/api/v1", tags=["public"])


@router.get("/nonce", summary="A nonce for the next signed request", dependencies=[Depends(OpenToAll())])
def nonce(request: Request) -> NonceAnswer:
    """Good for a few minutes and once."""
    return NonceAnswer(nonce=request.app.state.nonces.issue())


@router.get("/trust", summary="The trust document", response_model=TrustAnswer, dependencies=[Depends(OpenToAll())])
def trust(session: Database) -> dict[str, Any]:
    """Keys of this hub and its stations, for `etabli-verify --trust`."""
    return trust_of(session).to_document()


@router.get(
    "/trust/2",
    summary="The trust document with bounds, logs and roots",
    dependencies=[Depends(OpenToAll())],
    responses={
        409: {"model": ErrorAnswer, "description": "No trust file yet: without a log, or before the next root file"},
        429: {"model": ErrorAnswer, "description": "Too many requests from this address"},
    },
)
def trust_with_log(request: Request, session: Database) -> dict[str, Any]:
    """The same keys with their bounds in the log, the log itself and the root file (`etabli.trust/2`), signed."""
    take(request, SIGNING)
    return trust_document(session)
