"""Intake of statements: one by PUT under its own hash, or many by POST. Acknowledged only after the commit."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from certificates.envelope import MEDIA_TYPE
from hub.api.plain import PlainRoute, json_answer, read_json
from hub.api.schemas import BatchAnswer, BatchRequest, ErrorAnswer, ReceiptAnswer
from hub.api.signed import (
    SIGNED,
    UNSIGNED_ANSWER,
    Announced,
    announced,
    refusal_of,
    require_type,
    verified_key,
)
from hub.boundary.errors import NONCE_HEADER
from hub.errors import BadInput
from hub.ledger.gathering import Answers, Gathering
from hub.ledger.opening import Answer, Opened, Sender, open_statement
from hub.models import StationState
from hub.people.dependencies import current_hub

HEARD = {StationState.ACCEPTED.value, StationState.LOCKED.value}
STATEMENT_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
STATEMENT_BYTES: Final = 4096  # of one in a body, about
ERRORS: dict[int | str, dict[str, Any]] = {
    408: {"model": ErrorAnswer, "description": "Came too slowly"},
    409: {"model": ErrorAnswer, "description": "Contradicts the chain of this key; kept, station locked"},
    413: {"model": ErrorAnswer, "description": "More than 98,304 bytes"},
    415: {"model": ErrorAnswer, "description": f"Not {MEDIA_TYPE}"},
    422: {"model": ErrorAnswer, "description": "Refused for good"},
}
Open = Callable[[Sender], Sequence[Opened]]


class Addressed:
    """What the address of one statement holds, for the document of the API."""

    only_told: ClassVar[bool] = True

    def __call__(
        self, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the body")]
    ) -> None:
        """Nothing: plain routes run no dependency."""


class Brought:
    """What the body of many statements holds, for the document of the API."""

    only_told: ClassVar[bool] = True

    def __call__(self, batch: BatchRequest) -> None:
        """Nothing: plain routes run no dependency."""


router = APIRouter(
    prefix="/api/v1",
    tags=["statements"],
    responses=UNSIGNED_ANSWER,
    route_class=PlainRoute,
    dependencies=[Depends(Announced())],
)


@router.put(
    "/statements/{sha256}",  # noqa: FAST003  (a plain route takes it from the request)
    status_code=201,
    response_model=ReceiptAnswer,
    summary="Store one statement",
    description=SIGNED,
    dependencies=[Depends(Addressed())],
    responses={200: {"model": ReceiptAnswer, "description": "Known already"}, **ERRORS},
    openapi_extra={"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def put_statement(request: Request) -> Response:
    """The same bytes again give 200 and the first receipt."""
    body, sha256, demo = await request.body(), request.path_params["sha256"], current_hub(request).settings.demo

    def opened(sender: Sender) -> Sequence[Opened]:
        require_type(request, MEDIA_TYPE)
        if not STATEMENT_ID.fullmatch(sha256):
            raise BadInput("the address does not end in a SHA-256 of 64 small hex digits")
        if hashlib.sha256(body).hexdigest() != sha256:
            raise BadInput("the body has another SHA-256 than the address says", "digest")
        return [open_statement(sender, body, demo=demo)]

    (answer,) = await _brought(request, body, opened)
    return _answered(request, _document(answer), answer.status)


@router.post(
    "/statements",
    summary="Store many statements",
    description=SIGNED,
    dependencies=[Depends(Brought())],
    responses={code: {"model": ErrorAnswer} for code in (400, 408, 413, 415, 422)},
    response_model=BatchAnswer,
)
async def post_statements(request: Request) -> Response:
    """Every envelope gets its own answer; a bad one costs the others nothing."""
    body, demo = await request.body(), current_hub(request).settings.demo

    def opened(sender: Sender) -> Sequence[Opened]:
        require_type(request, "application/json")
        batch = read_json(BatchRequest, body)
        return [open_statement(sender, _bytes(text), demo=demo) for text in batch.envelopes]

    answers = await _brought(request, body, opened)
    results = [{"id": answer.id, "status": answer.status, **_document(answer)} for answer in answers]
    return _answered(request, {"results": results}, 200)


async def _brought(request: Request, body: bytes, opened: Open) -> Answers:
    """Store what one request brought: beside the loop it is verified first, then opened."""
    hub, intake = current_hub(request), request.app.state.intake
    assert isinstance(intake, Gathering)

    def prepare(sender: Sender | None) -> Sequence[Opened]:
        verified_key(request, hub, body, lambda _: sender.key if sender else None)
        assert sender is not None
        if sender.state not in HEARD:
            raise refusal_of(sender.state)
        return opened(sender)

    return await intake.bring(announced(request), 1 + len(body) // STATEMENT_BYTES, prepare)


def _answered(request: Request, document: dict[str, Any], status: int) -> Response:
    return json_answer(document, status, {NONCE_HEADER: request.app.state.nonces.issue()})


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a lone surrogate gives bytes that intake refuses


def _document(answer: Answer) -> dict[str, Any]:
    if answer.receipt is not None:
        return {"receipt": answer.receipt.document()}
    return {"error": {"code": answer.code, "message": answer.message}}
