"""Asks a SCSI device harmless questions and gives the bytes of a good answer. A refusal is no answer, never a guess.

SPC-6 5.14: a unit attention is told once and ends the command it meets, so the question is put again.
"""

from collections.abc import Callable

from erasure.scsi.sense import UNIT_ATTENTION, Answer, AnswerKind, read_answer
from erasure.transport.ports import ScsiPort, ScsiReply

QUESTION_MS = 20_000
TRIES = 4  # power on, capacity changed, mode parameters changed; then it is no attention any more


def unheard(_words: str) -> None:
    """Let an attention pass."""


def put(
    port: ScsiPort, cdb: bytes, data_in: int = 0, noted: Callable[[str], None] = unheard
) -> tuple[Answer, ScsiReply]:
    """Send a harmless command, again after each unit attention, which `noted` hears of. Raises OSError."""
    for _ in range(TRIES - 1):
        reply = port.command(cdb, timeout_ms=QUESTION_MS, data_in=data_in)
        answer = read_answer(reply)
        if answer.sense is None or answer.sense.key != UNIT_ATTENTION:
            return answer, reply
        noted(answer.words)
    reply = port.command(cdb, timeout_ms=QUESTION_MS, data_in=data_in)
    return read_answer(reply), reply


def data_of(port: ScsiPort, cdb: bytes, data_in: int) -> bytes:
    """Give the data of a good answer, b"" when the device refused or nobody can read what it said. Raises OSError."""
    answer, reply = put(port, cdb, data_in)
    return reply.data if answer.kind is AnswerKind.GOOD else b""
