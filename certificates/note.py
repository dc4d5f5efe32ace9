"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature), in the strict form used here.

A checkpoint has three lines: origin, size, root; no extension lines. A key id in a note identifies, it never
authenticates: keys come from configuration. Any broken signature of a known name and id refuses the whole note.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from certificates.envelope import decode_base64
from certificates.errors import BadSignature, EnvelopeError, KeyRefused, ProofError
from certificates.keys import PublicKey
from certificates.tree import HASH_BYTES

LOG_SIGNATURE, COSIGNATURE = 0x01, 0x04
_NAME = re.compile(r"[!-*,-~]{1,200}", re.ASCII)  # no space, no plus
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LINE = re.compile(r"— ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,500})")
_ID_BYTES, _TIME_BYTES = 4, 8

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key: name, signature type (0x01 log, 0x04 witness) and public key."""

    name: str
    kind: int
    public: PublicKey

    @classmethod
    def from_vkey(cls, text: str) -> "NoteKey":
        """Read `<name>+<8 hex>+<base64 of type and key>`; ProofError when it is malformed or the id is wrong."""
        name, key_id, material = (*text.split("+", 2), "", "")[:3]
        if not material:
            raise ProofError("not a verifier key of this project")
        try:
            raw = decode_base64(material)
            key = cls(name, raw[0], PublicKey(raw[1:]))
        except (ValueError, IndexError, EnvelopeError, KeyRefused) as error:
            raise ProofError(f"not a verifier key: {error}") from error
        if not _NAME.fullmatch(name) or key.kind not in (LOG_SIGNATURE, COSIGNATURE) or key.id.hex() != key_id:
            raise ProofError("not a verifier key of this project")
        return key

    @property
    def id(self) -> bytes:
        """Note key id: 4 bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public.raw).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        material = base64.b64encode(bytes([self.kind]) + self.public.raw).decode("ascii")
        return f"{self.name}+{self.id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, size and root of a log."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint signed by its log, and the cosignatures of distinct witness keys: key id to time (Unix seconds)."""

    checkpoint: Checkpoint
    witnesses: dict[str, int]


def signature_line(key: NoteKey, material: bytes) -> str:
    """One signature line of a note; `material` is a signature, with the time before it for a cosignature."""
    return f"— {key.name} {base64.b64encode(key.id + material).decode('ascii')}\n"


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey, sign: Sign) -> str:
    """Signature line of the log."""
    return signature_line(key, sign(checkpoint.body.encode()))


def cosigned_message(time: int, body: str) -> bytes:
    """What a witness signs at a time (Unix seconds)."""
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def cosign(checkpoint: Checkpoint, key: NoteKey, time: int, sign: Sign) -> str:
    """Signature line of a witness."""
    return signature_line(key, time.to_bytes(_TIME_BYTES, "big") + sign(cosigned_message(time, checkpoint.body)))


def verify_note(text: str, log: NoteKey, witnesses: Sequence[NoteKey], quorum: int) -> VerifiedCheckpoint:
    """Check a cosigned checkpoint: the log's signature and those of at least `quorum` distinct witness keys."""
    checkpoint, tail = _parted(text)
    if checkpoint.origin != log.name:
        raise ProofError("a checkpoint of another log")
    signed, seen = _signatures(tail[:-1].split("\n"), checkpoint.body, (log, *witnesses))
    if log.public.kid not in signed:
        raise ProofError("the log has not signed this checkpoint")
    if len(seen) < quorum:
        raise ProofError(f"{len(seen)} witnesses instead of {quorum}")
    return VerifiedCheckpoint(checkpoint, seen)


def read_checkpoint(text: str) -> Checkpoint:
    """What a note says, without any word about who signed it; ProofError when it is no checkpoint."""
    checkpoint, tail = _parted(text)
    if not all(_LINE.fullmatch(line) for line in tail[:-1].split("\n")):
        raise ProofError("malformed signature line")
    return checkpoint


def _parted(text: str) -> tuple[Checkpoint, str]:
    body, separator, tail = text.partition("\n\n")
    if not separator or not tail.endswith("\n") or "\r" in text:
        raise ProofError("not a signed note")
    return _checkpoint(body + "\n"), tail


def _signatures(lines: Sequence[str], body: str, keys: Sequence[NoteKey]) -> tuple[set[str], dict[str, int]]:
    signed: set[str] = set()
    witnesses: dict[str, int] = {}
    for line in lines:
        parsed = _LINE.fullmatch(line)
        if parsed is None:
            raise ProofError("malformed signature line")
        material = _strict(parsed[2])
        for key in keys:
            if key.name != parsed[1] or key.id != material[:_ID_BYTES]:
                continue
            if key.kind == LOG_SIGNATURE:
                _check(key, material[_ID_BYTES:], body.encode())
                signed.add(key.public.kid)
            else:
                time = _cosignature(key, material[_ID_BYTES:], body)
                witnesses[key.public.kid] = min(time, witnesses.get(key.public.kid, time))
    return signed, witnesses


def _cosignature(key: NoteKey, material: bytes, body: str) -> int:
    time = int.from_bytes(material[:_TIME_BYTES], "big")
    _check(key, material[_TIME_BYTES:], cosigned_message(time, body))
    return time


def _check(key: NoteKey, signature: bytes, message: bytes) -> None:
    try:
        key.public.verify(signature, message)
    except BadSignature as error:
        raise ProofError(f"the signature of {key.name} does not match") from error


def _checkpoint(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != 4 or lines[3] or not _NAME.fullmatch(lines[0]) or not _NUMBER.fullmatch(lines[1]):  # noqa: PLR2004
        raise ProofError("a checkpoint has exactly three lines: origin, size, root")
    root = _strict(lines[2])
    if len(root) != HASH_BYTES:
        raise ProofError("a root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _strict(text: str) -> bytes:
    try:
        return decode_base64(text)
    except EnvelopeError as error:
        raise ProofError(str(error)) from error
