"""What a station asks and tells about itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import update

from hub.api.schemas import AssignmentsAnswer, ErrorAnswer, Head, StationAnswer
from hub.api.signed import SIGNED, UNSIGNED_ANSWER, json_only, signed_by
from hub.context import hub_of
from hub.ledger.append import head_of
from hub.live.beats import take_in
from hub.live.telling import tell
from hub.models import Station, StationState
from hub.people.dependencies import CurrentHub, Database
from hub.stations.assignments import assign

router = APIRouter(prefix="/api/v1", tags=["stations"], responses=UNSIGNED_ANSWER)
AnyStation = Annotated[Station, Depends(signed_by(*StationState))]
AcceptedStation = Annotated[Station, Depends(signed_by(StationState.ACCEPTED))]


@router.get("/stations/self", summary="What the hub knows of this station", description=SIGNED)
def own_state(station: AnyStation, session: Database) -> StationAnswer:
    """State, name and the head of the chain: a station whose own head is behind must not sign."""
    seq, statement_id = head_of(session, station.kid)
    return StationAnswer(
        state=StationState(station.state).value, name=station.name, head=Head(seq=seq, id=statement_id)
    )


@router.get("/assignments", summary="Open lots, what is expected, protected and pre-approved", description=SIGNED)
def own_assignments(station: AcceptedStation, hub: CurrentHub) -> AssignmentsAnswer:
    """What a bench works with, also when it is offline later: to read, and as one signed envelope to keep.

    Its own unit of work, because the counter is written although nothing is posted.
    """
    with hub.sessions().begin() as session:
        document, signed = assign(session, station.id)
    return AssignmentsAnswer.model_validate({**document, "signed": signed.text})


@router.post(
    "/heartbeats",
    status_code=204,
    summary="What the bench does right now",
    description=SIGNED,
    dependencies=[Depends(json_only)],
    responses={code: {"model": ErrorAnswer} for code in (400, 408, 413, 415, 422)},
)
def heartbeat(station: AcceptedStation, beat: dict[str, Any], session: Database) -> None:
    """Feeds the live page; nothing depends on it. What it holds: `hub.live.beats`."""
    taken, now = take_in(beat), hub_of(session).clock()
    session.execute(update(Station).where(Station.id == station.id).values(last_seen=now, heartbeat=taken))
    tell(session)
