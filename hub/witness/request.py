"""The body of `POST /add-checkpoint`: old size, consistency proof, checkpoint (C2SP tlog-witness). Pure, and hostile.

Whatever is too long, no text, or has too many lines is refused before anything is decoded or hashed.
"""

import re
from dataclasses import dataclass
from typing import Final

from certificates.envelope import decode_base64
from certificates.errors import EnvelopeError
from certificates.tree import HASH_BYTES
from hub.errors import BadInput

MOST_BYTES: Final = 32_768  # 63 hashes and a note with some dozens of cosignatures
MOST_HASHES: Final = 63
MOST_SIZE: Final = 2**63 - 1  # what SQLite keeps
NOTE_LINES: Final = 3
_OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log asks a witness to cosign. `origin` and `size` stand in the note, and nobody has verified them yet."""

    old: int
    proof: tuple[bytes, ...]
    note: str
    origin: str
    size: int


def read_submission(body: bytes) -> Submission:
    """Read a body. Raises BadInput, told in English as every program of this protocol does."""
    if len(body) > MOST_BYTES:
        raise BadInput("too many bytes")
    head, separator, tail = body.partition(b"\n\n")
    first, *lines = head.split(b"\n", MOST_HASHES + 1)
    if not separator or len(lines) > MOST_HASHES:
        raise BadInput("an old size, at most 63 lines of proof, an empty line and a checkpoint are asked")
    old = _OLD.fullmatch(first)
    if old is None:
        raise BadInput("the first line is `old` and a decimal size")
    note, origin, size = _note(tail)
    if not int(old[1]) <= size <= MOST_SIZE:
        raise BadInput("the old size is larger than the checkpoint")
    return Submission(int(old[1]), tuple(_hash(line) for line in lines), note, origin, size)


def _note(tail: bytes) -> tuple[str, str, int]:
    try:
        note = tail.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("the checkpoint is no UTF-8") from error
    body, separator, _ = note.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != NOTE_LINES or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1], re.ASCII):
        raise BadInput("a checkpoint has three lines (origin, size, root), an empty line and signatures")
    return note, lines[0], int(lines[1])


def _hash(line: bytes) -> bytes:
    try:
        found = decode_base64(line.decode("ascii"))
    except (EnvelopeError, UnicodeDecodeError) as error:
        raise BadInput("a line of the proof is no base64") from error
    if len(found) != HASH_BYTES:
        raise BadInput("a hash has 32 bytes")
    return found
