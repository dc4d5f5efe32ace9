"""What a SCSI reply says: good, a legible sense, or unreadable. Pure; it never takes silence for good.

SPC-6 4.4 (sense data), SAM-6 5.3 (status), drives section 4. Every field of the reply is looked at; a combination that
is not listed here is unreadable, and unreadable is never success.
"""

from dataclasses import dataclass
from enum import StrEnum

from erasure.transport.ports import ScsiReply

GOOD, CHECK_CONDITION = 0x00, 0x02
DRIVER_OK, DRIVER_SENSE = 0x00, 0x08  # older kernels set 8 when sense data came
INFO_CHECK = 0x01
FIXED_NOW, FIXED_DEFERRED, DESCRIPTOR_NOW, DESCRIPTOR_DEFERRED = 0x70, 0x71, 0x72, 0x73
FIXED_CODES_END = 14  # ASC and ASCQ are bytes 12 and 13
FIXED_SPECIFIC_END = 18
DESCRIPTOR_HEADER = 8
SPECIFIC_TYPE, SPECIFIC_LENGTH = 0x02, 0x06  # sense key specific descriptor
VALID_SPECIFIC = 0x80  # SKSV
NO_SENSE, RECOVERED, NOT_READY, MEDIUM_ERROR, ILLEGAL_REQUEST, UNIT_ATTENTION = 0, 1, 2, 3, 5, 6
SANITIZE_IN_PROGRESS = (0x04, 0x1B)
SANITIZE_FAILED = (0x31, 0x03)
BECOMING_READY = (0x04, 0x01)
REFUSALS = frozenset({(0x20, 0x00), (0x24, 0x00), (0x25, 0x00), (0x26, 0x00), (0x26, 0x01), (0x26, 0x02), (0x1A, 0x00)})


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense data block. `progress` counts 65536ths, None when the device does not say."""

    key: int
    asc: int
    ascq: int
    progress: int | None
    deferred: bool  # about an earlier command
    descriptor: bool  # its format

    @property
    def code(self) -> tuple[int, int]:
        """ASC and ASCQ."""
        return self.asc, self.ascq

    @property
    def words(self) -> str:
        """Key, ASC and ASCQ as the trade writes them, "5/24/00"."""
        return f"{'deferred ' if self.deferred else ''}sense {self.key:x}/{self.asc:02x}/{self.ascq:02x}"

    @property
    def refusal(self) -> bool:
        """Say whether the device refused the command itself: an illegal request with one of the known codes."""
        return not self.deferred and self.key == ILLEGAL_REQUEST and self.code in REFUSALS


class AnswerKind(StrEnum):
    """The three things that a reply can be."""

    GOOD = "good"
    SENSE = "sense"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply in words. `sense` is there when, and only when, the kind is SENSE."""

    kind: AnswerKind
    words: str  # plain ASCII, with the raw numbers
    sense: Sense | None = None


def read_answer(reply: ScsiReply) -> Answer:
    """Say what a reply is, from all of its fields: status, host, driver, info, resid and sense."""
    if reply.host_status or reply.driver_status not in (DRIVER_OK, DRIVER_SENSE) or reply.resid < 0:
        return Answer(AnswerKind.UNREADABLE, raw_words(reply))
    checked = bool(reply.info & INFO_CHECK)
    if reply.status == GOOD and not checked and reply.driver_status == DRIVER_OK and not any(reply.sense):
        return Answer(AnswerKind.GOOD, "good")
    sense = decode_sense(reply.sense)
    if reply.status == CHECK_CONDITION and checked and sense is not None:
        return Answer(AnswerKind.SENSE, sense.words, sense)
    return Answer(AnswerKind.UNREADABLE, raw_words(reply))


def raw_words(reply: ScsiReply) -> str:
    """Quote the numbers of a reply that nobody can read."""
    numbers = f"status {reply.status:02x}h host {reply.host_status:02x}h driver {reply.driver_status:02x}h"
    return (
        f"{numbers} info {reply.info:x}h resid {reply.resid} sense {reply.sense[:FIXED_SPECIFIC_END].hex() or 'none'}"
    )


def decode_sense(raw: bytes) -> Sense | None:
    """Decode sense data of either format; None for anything else, too short or with another response code."""
    code = raw[0] & 0x7F if raw else 0  # bit 7 is VALID: it speaks of the information field only
    if code in (FIXED_NOW, FIXED_DEFERRED):
        return fixed_sense(raw, deferred=code == FIXED_DEFERRED)
    if code in (DESCRIPTOR_NOW, DESCRIPTOR_DEFERRED):
        return descriptor_sense(raw, deferred=code == DESCRIPTOR_DEFERRED)
    return None


def fixed_sense(raw: bytes, *, deferred: bool) -> Sense | None:
    """Decode fixed format (SPC-6 4.4.3); None when the codes did not come."""
    told = raw[: DESCRIPTOR_HEADER + raw[7]] if len(raw) >= DESCRIPTOR_HEADER else b""
    if len(told) < FIXED_CODES_END:
        return None
    key = told[2] & 0x0F
    specific = told[15:FIXED_SPECIFIC_END] if len(told) >= FIXED_SPECIFIC_END else b""
    return Sense(key, told[12], told[13], progress_in(key, specific), deferred, descriptor=False)


def descriptor_sense(raw: bytes, *, deferred: bool) -> Sense | None:
    """Decode descriptor format (SPC-6 4.4.2); None when its header is short."""
    if len(raw) < DESCRIPTOR_HEADER:
        return None
    key = raw[1] & 0x0F
    specific = b""
    rest = raw[DESCRIPTOR_HEADER : DESCRIPTOR_HEADER + raw[7]]
    while len(rest) > 1:
        kind, length = rest[0], rest[1]
        body = rest[2 : 2 + length]
        if kind == SPECIFIC_TYPE and length == SPECIFIC_LENGTH and len(body) == length and not specific:
            specific = body[2:5]
        rest = rest[2 + length :]
    return Sense(key, raw[2], raw[3], progress_in(key, specific), deferred, descriptor=True)


def progress_in(key: int, specific: bytes) -> int | None:
    """Read the progress indication of the three sense key specific bytes: only NO SENSE and NOT READY carry one."""
    if key not in (NO_SENSE, NOT_READY) or not specific or not specific[0] & VALID_SPECIFIC:
        return None
    return int.from_bytes(specific[1:3], "big")
