"""The log for programs: its shards, consistency with an older checkpoint, inclusion of one statement. No account."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from hub.api.schemas import ConsistencyAnswer, ErrorAnswer, InclusionAnswer, RootsAnswer, ShardsAnswer
from hub.keys.line import root_line, told_root
from hub.log import proofs
from hub.people.dependencies import CurrentHub, Database
from hub.people.policies import OpenToAll

LARGEST = 2**53 - 1
MOST_ROOTS = 100  # of one answer
SIGNING = 4.0  # tokens beside the one of every request, where something may have to be signed


def log_reader(request: Request) -> None:
    """Count a request of who reads the log. Raises Throttled."""
    take(request)


def take(request: Request, cost: float = 1.0) -> None:
    """Take tokens of whoever asks. Raises Throttled."""
    request.app.state.log_pace.take(request.client.host if request.client else "unknown", cost)


router = APIRouter(
    prefix="/api/v1/log",
    tags=["log"],
    dependencies=[Depends(log_reader)],
    responses={429: {"model": ErrorAnswer, "description": "Too many requests from this address"}},
)
ABSENT: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer, "description": "Not in the log"}}
STOPPED: dict[int | str, dict[str, Any]] = {423: {"model": ErrorAnswer, "description": "The log is not signed"}}
SMALLER: dict[int | str, dict[str, Any]] = {409: {"model": ErrorAnswer, "description": "The log is smaller"}}


@router.get("", summary="The shards of the log", response_model=ShardsAnswer, dependencies=[Depends(OpenToAll())])
def shards(hub: CurrentHub, session: Database) -> dict[str, Any]:
    """Every shard with its key, the size of its newest checkpoint, whether it grows; and the root file in force."""
    proofs.begun(hub)
    return {**proofs.shards_document(session), "root": told_root(session)}


@router.get(
    "/roots",
    summary="The root files after a version",
    response_model=RootsAnswer,
    dependencies=[Depends(OpenToAll())],
)
def roots(session: Database, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> dict[str, Any]:
    """Every later version in ascending order, each signed by the thresholds of the one before and its own."""
    found = [root for root in root_line(session) if root.version > after]
    return {"roots": [root.to_document() for root in found[:MOST_ROOTS]]}


@router.get(
    "/{shard}/consistency",
    summary="The newest checkpoint, and the proof that it continues an older one",
    response_model=ConsistencyAnswer,
    responses={**ABSENT, **SMALLER, **STOPPED},
    dependencies=[Depends(OpenToAll())],
)
def consistency(
    shard: Annotated[str, Path(max_length=40)], session: Database, old: Annotated[int, Query(ge=0, le=LARGEST)] = 0
) -> dict[str, Any]:
    """Prove that nothing was changed since a checkpoint of `old` entries; 0 where none is held."""
    note, proof = proofs.consistency(session, shard, old)
    return {"checkpoint": note, "proof": [one.hex() for one in proof]}


@router.get(
    "/inclusion/{statement_id}",
    summary="The proof that a statement is in the log",
    response_model=InclusionAnswer,
    responses={**ABSENT, **STOPPED},
    dependencies=[Depends(OpenToAll())],
)
def inclusion(statement_id: Annotated[str, Path(max_length=80)], request: Request, session: Database) -> dict[str, Any]:
    """The place, the audit path and the checkpoint that it leads to."""
    take(request, SIGNING)
    parts = proofs.proof_for(session, [statement_id])
    return {**parts.entries[0], "checkpoint": parts.checkpoints[0]}
