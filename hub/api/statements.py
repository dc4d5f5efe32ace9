"""Intake of statements: one by PUT under its own hash, or many by POST. Acknowledged only after the commit."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from certificates.envelope import MEDIA_TYPE
from hub.api.schemas import (
    BatchAnswer,
    BatchRequest,
    BatchResult,
    ErrorAnswer,
    ErrorDetail,
    ReceiptAnswer,
    ReceiptShape,
)
from hub.api.signed import SIGNED, UNSIGNED_ANSWER, RawBody, json_only, require_type, signed_by
from hub.boundary.errors import NONCE_HEADER
from hub.errors import BadInput
from hub.ledger.intake import Answer, take_in
from hub.models import Station, StationState
from hub.people.dependencies import CurrentHub

router = APIRouter(prefix="/api/v1", tags=["statements"], responses=UNSIGNED_ANSWER)
Sender = Annotated[Station, Depends(signed_by(StationState.ACCEPTED, StationState.LOCKED))]
StatementId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the body")]
ERRORS: dict[int | str, dict[str, Any]] = {
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
def put_statement(request: Request, sha256: StatementId, sender: Sender, hub: CurrentHub, body: RawBody) -> Response:
    """The same bytes again give 200 and the first receipt."""
    require_type(request, MEDIA_TYPE)
    if hashlib.sha256(body).hexdigest() != sha256:
        raise BadInput("the body has another SHA-256 than the address says", "digest")
    answer = take_in(hub, sender.kid, [body])[0]
    headers = {NONCE_HEADER: request.app.state.nonces.issue()}
    return JSONResponse(_document(answer), answer.status, headers)


@router.post(
    "/statements",
    summary="Store many statements",
    description=SIGNED,
    dependencies=[Depends(json_only)],
    responses={code: {"model": ErrorAnswer} for code in (413, 415, 422)},
    response_model_exclude_none=True,
)
def post_statements(sender: Sender, batch: BatchRequest, hub: CurrentHub) -> BatchAnswer:
    """Every envelope gets its own answer; a bad one costs the others nothing."""
    answers = take_in(hub, sender.kid, [_bytes(text) for text in batch.envelopes])
    return BatchAnswer(results=[_result(answer) for answer in answers])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a lone surrogate gives bytes that intake refuses


def _document(answer: Answer) -> dict[str, Any]:
    if answer.receipt is not None:
        return {"receipt": answer.receipt.document()}
    return {"error": {"code": answer.code, "message": answer.message}}


def _result(answer: Answer) -> BatchResult:
    result = BatchResult.model_validate({"id": answer.id, "status": answer.status})
    if answer.receipt is not None:
        result.receipt = ReceiptShape(**answer.receipt.document())
    else:
        result.error = ErrorDetail(code=answer.code, message=answer.message)
    return result
