"""Enrolment of stations."""

from fastapi import APIRouter, Depends

from hub.api.schemas import EnrolmentAnswer, EnrolmentRequest, ErrorAnswer, HubFacts
from hub.api.signed import json_only
from hub.people.dependencies import CurrentHub, Database
from hub.people.policies import OpenToAll
from hub.stations.enrolment import enrol
from hub.stations.trust import trust_of

router = APIRouter(prefix="/api/v1", tags=["stations"])


@router.post(
    "/enrolments",
    status_code=202,
    summary="Ask to be taken in",
    dependencies=[Depends(json_only), Depends(OpenToAll())],
    responses={code: {"model": ErrorAnswer} for code in (400, 401, 408, 409, 413, 415, 422)},
)
def enrolments(asked: EnrolmentRequest, hub: CurrentHub, session: Database) -> EnrolmentAnswer:
    """Show a one-off token and prove the key; then a person compares the fingerprint and accepts."""
    station = enrol(
        session, token=asked.token, name=asked.name, public=asked.public, proof=asked.proof, demo=asked.demo
    )
    return EnrolmentAnswer(
        station=station.id,
        kid=station.kid,
        state=station.state,
        hub=HubFacts(name=hub.identity.name, url=hub.settings.public_url, kid=hub.identity.key.kid),
        trust=trust_of(session).to_document(),
    )
