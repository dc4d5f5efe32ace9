"""Ed25519 keys: a public key that was judged before it was trusted, and a signing key that signs two families only.

Families: statements and other DSSE messages (first byte "D") and RFC 9421 signature bases (first byte '"'). A key that
is not a demo key refuses to sign simulated statements. Key files are PKCS8 in PEM, mode 0600, created once, never
replaced.
"""

import base64
import hashlib
import os
import stat
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certificates import canonical, ed25519_points
from certificates.envelope import SignedEnvelope, assemble_envelope, decode_base64, pae, payload_type
from certificates.errors import BadSignature, EnvelopeError, KeyFileError, KeyMismatch, KeyRefused, SigningRefused
from certificates.statement import KINDS, validate_statement

_HEADER = "Etabli-Key: ed25519 v1"
_DEMO = "Etabli-Demo: true"


@lru_cache(maxsize=4096)
def _flaw(raw: bytes) -> str:
    return ed25519_points.flaw(raw)


@lru_cache(maxsize=4096)
def _loaded(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """32 bytes that passed every test of `ed25519_points.flaw`; KeyRefused otherwise."""

    raw: bytes
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        flaw = _flaw(self.raw)
        if flaw:
            raise KeyRefused(f"public key refused: {flaw}")
        object.__setattr__(self, "kid", hashlib.sha256(self.raw).hexdigest())

    @classmethod
    def from_base64(cls, text: str) -> "PublicKey":
        """Read 32 bytes in padded standard base64; KeyRefused when it is anything else."""
        try:
            return cls(decode_base64(text))
        except EnvelopeError as error:
            raise KeyRefused(f"public key refused: {error}") from error

    @property
    def base64(self) -> str:
        """The 32 bytes in padded standard base64."""
        return base64.b64encode(self.raw).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """The key id in groups of four, for two people who compare it aloud."""
        return fingerprint(self.kid)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise BadSignature unless the 64 bytes are a signature of the message by this key."""
        try:
            _loaded(self.raw).verify(signature, message)
        except InvalidSignature as error:
            raise BadSignature("the signature does not match") from error


def fingerprint(kid: str) -> str:
    """Group a key id (64 hex digits) in fours."""
    return " ".join(kid[place : place + 4] for place in range(0, len(kid), 4))


class SigningKey:
    """A private key. `demo` keys may sign simulated statements, others refuse; nothing signs both families at once."""

    __slots__ = ("_private", "demo", "public")

    def __init__(self, private: Ed25519PrivateKey, *, demo: bool) -> None:
        """Use `generate`, `from_seed` or `load`."""
        self._private = private
        self.demo = demo
        self.public = PublicKey(private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, *, demo: bool) -> "SigningKey":
        """Make a key from the kernel's random source."""
        return cls(Ed25519PrivateKey.generate(), demo=demo)

    @classmethod
    def from_seed(cls, seed: bytes, *, demo: bool) -> "SigningKey":
        """Make the key of a known seed of 32 bytes (test vectors)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed), demo=demo)

    @property
    def kid(self) -> str:
        """SHA-256 of the public key, 64 hex digits."""
        return self.public.kid

    def sign_statement(self, payload: dict[str, Any]) -> SignedEnvelope:
        """Sign a payload of one of our kinds.

        Text is made NFC first. SchemaError, Inconsistent, NotCanonical for a wrong payload; KeyMismatch when `kid`
        names another key; SigningRefused when it is simulated and this is no demo key, or the reverse.
        """
        name, body = self.prepare_statement(payload)
        return assemble_envelope(name, body, self.kid, self._private.sign(pae(name, body)))

    def prepare_statement(self, payload: dict[str, Any]) -> tuple[str, bytes]:
        """Give payload type and bytes that `sign_statement` would sign, and raise what it would raise; sign nothing."""
        payload = _nfc(payload)
        kind = validate_statement(payload)
        if payload["kid"] != self.kid:
            raise KeyMismatch("the payload names another key")
        if payload["simulated"] and not self.demo:
            raise SigningRefused("a production key never signs a simulated statement")
        if self.demo and not payload["simulated"]:
            raise SigningRefused("a demo key never signs a statement that is not marked as simulated")
        return payload_type(kind), canonical.encode(payload)

    def sign_message(self, message_type: str, body: bytes) -> bytes:
        """Sign a message that is no statement (enrolment proof, seal of a PDF): 64 bytes over PAE(type, body)."""
        if message_type in {payload_type(kind) for kind in KINDS}:
            raise SigningRefused("statements are signed by sign_statement")
        return self._private.sign(pae(message_type, body))

    def sign_request_base(self, base: bytes) -> bytes:
        """Sign an RFC 9421 signature base: 64 bytes."""
        if not base.startswith(b'"'):
            raise SigningRefused("not a signature base")
        return self._private.sign(base)

    def sign_jws_input(self, signed: bytes) -> bytes:
        """Sign the input of a JWS (RFC 7515): 64 bytes. Never a PAE or a signature base."""
        if not signed.startswith(b"eyJ"):
            raise SigningRefused("not the input of a JWS")
        return self._private.sign(signed)

    @property
    def text(self) -> str:
        """What a key file holds: a head with the kind and the id of the key, a blank line, PKCS #8 in PEM."""
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        lines = [_HEADER, *([_DEMO] if self.demo else []), f"Etabli-Kid: {self.kid}", ""]
        return "\n".join(lines) + "\n" + pem

    @classmethod
    def from_text(cls, text: str, where: Path) -> "SigningKey":
        """Read what a key file holds; `where` it came from is only named. KeyFileError when it is not one of ours."""
        head, _, pem = text.partition("\n\n")
        if not head.startswith(_HEADER):
            raise KeyFileError(f"{where}: not a key file of this project")
        key = cls(_private_key(where, pem), demo=_DEMO in head.splitlines())
        if f"Etabli-Kid: {key.kid}" not in head.splitlines():
            raise KeyFileError(f"{where}: the key is not the one its header names")
        return key

    def save(self, path: Path) -> None:
        """Write the key file, mode 0600, and sync it, whole or not at all; KeyFileError when the path exists."""
        write_secret(path, self.text)

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """Read a key file; KeyFileError when others may read it or it is not one of ours."""
        return cls.from_text(read_secret(path), path)


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, and sync it, whole or not at all; KeyFileError when the path exists."""
    draft = path.with_name(f".{path.name}.part")  # half a key would stand in the way of a whole one
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # never replaces a key
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def read_secret(path: Path) -> str:
    """Read such a file; KeyFileError when others may read it, or it is no plain text."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{path}: {error}") from error
    if mode & 0o077:
        raise KeyFileError(f"{path}: mode {mode:04o}, but only its owner may read a key (0600)")
    return text


def _private_key(path: Path, pem: str) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(pem.encode("ascii"), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: no readable private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: not an Ed25519 key")
    return private


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_nfc(item) for item in value]
    if isinstance(value, dict):
        return {name: _nfc(item) for name, item in value.items()}
    return value
