"""Statements that came on a stick: the same checks and the same answers as over the wire, and signed receipts.

The file proves nothing by itself. Each statement names its key, and only a station that this hub knows is listened to,
as its own signed request would be: pending and refused ones get 401. A line that is damaged costs its own statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from sqlalchemy import select

from certificates.envelope import parse_envelope
from certificates.errors import CertificateError
from certificates.statement_file import Damage, DamageKind, Line, read_lines
from hub.context import Hub
from hub.errors import BadInput
from hub.ledger.intake import take_in
from hub.ledger.opening import REFUSED, Answer
from hub.models import Station, StationState

BATCH: Final = 50
UNKNOWN: Final = 401
MOST_DAMAGE: Final = 1000  # damaged places after which a file is given up
HEARD: Final = (StationState.ACCEPTED.value, StationState.LOCKED.value)


@dataclass(slots=True)
class Import:
    """What came of one file: an answer for each statement in its order, and the places that are damaged."""

    answers: list[Answer] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)

    def count(self, status: int) -> int:
        """Statements that got this answer."""
        return sum(answer.status == status for answer in self.answers)

    def results(self) -> list[dict[str, Any]]:
        """What a receipt file says: nothing of statements whose station was not listened to."""
        return [result_of(answer) for answer in self.answers if answer.status != UNKNOWN]


def take_file(hub: Hub, stream: BinaryIO) -> Import:
    """Take every statement of a file in its order. Raises `BadInput` when this is no file of statements.

    What was answered 200 or 201 is durable when this returns, or when it raises for a place further on.
    """
    done, batch, kid = Import(), list[Line](), ""
    for found in read_lines(stream):
        if isinstance(found, Damage):
            _note(done, found)
            continue
        signer = _signer(found)
        if batch and (signer != kid or len(batch) == BATCH):
            done.answers += _answers(hub, kid, batch)
            batch = []
        kid = signer
        batch.append(found)
    done.answers += _answers(hub, kid, batch) if batch else []
    return done


def result_of(answer: Answer) -> dict[str, Any]:
    """Give an answer as `POST /api/v1/statements` gives it."""
    told: dict[str, Any] = {"id": answer.id, "status": answer.status}
    if answer.receipt is not None:
        return {**told, "receipt": answer.receipt.document()}
    return {**told, "error": {"code": answer.code, "message": answer.message}}


def _note(done: Import, damage: Damage) -> None:
    done.damage.append(damage)
    if damage.kind is DamageKind.HEADER:
        raise BadInput("this is no file of statements: make one with `etabli-station export FILE`", "file")
    if len(done.damage) > MOST_DAMAGE:
        raise BadInput(f"more than {MOST_DAMAGE} damaged places: this is no file of statements", "file")


def _signer(line: Line) -> str:
    """Key id that an envelope names, "" when its form is not the stored one."""
    try:
        return parse_envelope(line.envelope).keyid
    except CertificateError:
        return ""


def _answers(hub: Hub, kid: str, batch: Sequence[Line]) -> Iterator[Answer]:
    """Take a batch of one key; a station that is not listened to gets 401 for each."""
    with hub.readers()() as session:
        station = session.scalar(select(Station).where(Station.kid == kid))
    if kid and station is not None and station.state in HEARD:
        return iter(take_in(hub, kid, [line.envelope for line in batch]))
    status, code = (UNKNOWN, "station") if kid else (REFUSED, "envelope")
    message = {
        "envelope": "this is no envelope of a statement",
        "station": "this hub does not know the key" if station is None else f"this station is {station.state}",
    }[code]
    return iter([Answer(line.id, status, code=code, message=message) for line in batch])
