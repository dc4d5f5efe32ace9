"""Intake of statements: one by PUT under its own hash, or many by POST. Acknowledged only after the commit."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from certificates.envelope import MEDIA_TYPE
from hub.api.schemas import BatchAnswer, BatchRequest, ErrorAnswer, ReceiptAnswer
from hub.api.signed import (
    SIGNED,
    UNSIGNED_ANSWER,
    RawBody,
    announced,
    json_only,
    refusal_of,
    require_type,
    signed_by,
    verified_key,
)
from hub.boundary.errors import NONCE_HEADER
from hub.errors import BadInput
from hub.ledger.gathering import Gathering
from hub.ledger.opening import Answer, Opened, Sender, open_statement, sender_of
from hub.models import Station, StationState
from hub.people.dependencies import CurrentHub, current_hub

router = APIRouter(prefix="/api/v1", tags=["statements"], responses=UNSIGNED_ANSWER)
LISTENED_TO = (StationState.ACCEPTED, StationState.LOCKED)
HEARD = {state.value for state in LISTENED_TO}
SignedBy = Annotated[Station, Depends(signed_by(*LISTENED_TO))]
Announced = Annotated[str, Depends(announced)]
StatementId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the body")]
ERRORS: dict[int | str, dict[str, Any]] = {
    408: {"model": ErrorAnswer, "description": "Came too slowly"},
    409: {"model": ErrorAnswer, "description": "Contradicts the chain of this key; kept, station locked"},
    413: {"model": ErrorAnswer, "description": "More than 98,304 bytes"},
    415: {"model": ErrorAnswer, "description": f"Not {MEDIA_TYPE}"},
    422: {"model": ErrorAnswer, "description": "Refused for good"},
}


@router.put(
    "/statements/{sha256}",
    status_code=201,
    response_model=ReceiptAnswer,
    summary="Store one statement",
    description=SIGNED,
    responses={200: {"model": ReceiptAnswer, "description": "Known already"}, **ERRORS},
    openapi_extra={"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def put_statement(request: Request, sha256: StatementId, kid: Announced, body: RawBody) -> Response:
    """The same bytes again give 200 and the first receipt."""
    hub, intake = current_hub(request), request.app.state.intake
    assert isinstance(intake, Gathering)

    def prepare(sender: Sender | None) -> Sequence[Opened]:
        """Beside the loop: verify the request, then what it carries."""
        verified_key(request, hub, body, lambda _: sender.key if sender else None)
        assert sender is not None
        if sender.state not in HEARD:
            raise refusal_of(sender.state)
        require_type(request, MEDIA_TYPE)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise BadInput("the body has another SHA-256 than the address says", "digest")
        return [open_statement(sender, body, demo=hub.settings.demo)]

    (answer,) = await intake.bring(kid, prepare)
    return JSONResponse(_document(answer), answer.status, {NONCE_HEADER: request.app.state.nonces.issue()})


@router.post(
    "/statements",
    summary="Store many statements",
    description=SIGNED,
    dependencies=[Depends(json_only)],
    responses={code: {"model": ErrorAnswer} for code in (400, 408, 413, 415, 422)},
    response_model=BatchAnswer,
)
def post_statements(request: Request, station: SignedBy, batch: BatchRequest, hub: CurrentHub) -> Response:
    """Every envelope gets its own answer; a bad one costs the others nothing."""
    intake = request.app.state.intake
    assert isinstance(intake, Gathering)
    sender = sender_of(station)
    opened = [open_statement(sender, _bytes(text), demo=hub.settings.demo) for text in batch.envelopes]
    results = [
        {"id": answer.id, "status": answer.status, **_document(answer)} for answer in intake.take(station.kid, opened)
    ]
    return JSONResponse({"results": results}, 200, {NONCE_HEADER: request.app.state.nonces.issue()})


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a lone surrogate gives bytes that intake refuses


def _document(answer: Answer) -> dict[str, Any]:
    if answer.receipt is not None:
        return {"receipt": answer.receipt.document()}
    return {"error": {"code": answer.code, "message": answer.message}}
