"""The envelope: DSSE 1.0.2 in one stored form. Parsing is strict; it verifies no signature (see `certificates.verify`).

`{"payload":"<base64>","payloadType":"<type>","signatures":[{"keyid":"<kid>","sig":"<base64>"}]}`: one line, sorted
members, no whitespace, padded standard base64, exactly one signature. Stricter than DSSE on purpose: the statement id
is the SHA-256 of these bytes, so there must be one form only.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from certificates import canonical
from certificates.errors import EnvelopeError

MAX_ENVELOPE_BYTES = 98_304
MEDIA_TYPE = "application/vnd.etabli.envelope+json"
KEY_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
PAYLOAD_TYPE = re.compile(r"[a-z0-9][a-z0-9.+/_-]{0,126}", re.ASCII)
SIGNATURE_BYTES = 64
ID_BYTES = 32
_FORM = (
    rb'\{"payload":"(%s[A-Za-z0-9+/=]*)","payloadType":"(%s[a-z0-9][a-z0-9.+/_-]{0,126})",'
    rb'"signatures":\[\{"keyid":"(%s[0-9a-f]{64})","sig":"(%s[A-Za-z0-9+/=]{88})"\}\]\}'
)  # bytes of this form are canonical JSON: no escape, every member once and in order
_STORED = re.compile(_FORM.replace(b"%s", b""))
STORED_FORM = _FORM.replace(b"%s", b"?:")  # the same without groups, for forms that hold envelopes


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """The exact bytes of one envelope; nothing is known about them except their form in bytes."""

    data: bytes

    @property
    def id(self) -> str:
        """Statement id: SHA-256 of the bytes, 64 hex digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def short_id(self) -> str:
        """Statement id for links and QR codes: 43 characters of base64url."""
        return short_id(self.id)

    @property
    def text(self) -> str:
        """The bytes as text, for JSON documents that carry envelopes."""
        return self.data.decode("utf-8")


@dataclass(frozen=True, slots=True)
class EnvelopeParts:
    """What an envelope of the right form says; nothing of it is verified yet."""

    payload_type: str
    body: bytes
    keyid: str
    signature: bytes


def short_id(statement_id: str) -> str:
    """Statement id (64 hex digits) as 43 characters of base64url."""
    return base64.urlsafe_b64encode(bytes.fromhex(statement_id)).decode("ascii").rstrip("=")


def long_id(short: str) -> str:
    """Statement id in hex from 43 characters of base64url; EnvelopeError when it is none."""
    try:
        raw = base64.b64decode(short + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError("not a statement id") from error
    if len(raw) != ID_BYTES or short_id(raw.hex()) != short:
        raise EnvelopeError("not a statement id")
    return raw.hex()


def payload_type(kind: str) -> str:
    """Media type of a statement of this kind."""
    return f"application/vnd.etabli.{kind}.v1+json"


def pae(kind_of_message: str, body: bytes) -> bytes:
    """DSSE pre-authentication encoding: the bytes that are signed."""
    name = kind_of_message.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)


def assemble_envelope(
    kind_of_message: str, body: bytes, keyid: str, signature: bytes, *, max_bytes: int = MAX_ENVELOPE_BYTES
) -> SignedEnvelope:
    """Write the one stored form. Raises NotCanonical above `max_bytes`."""
    members = {
        "payload": _base64(body),
        "payloadType": kind_of_message,
        "signatures": [{"keyid": keyid, "sig": _base64(signature)}],
    }
    return SignedEnvelope(canonical.encode(members, max_bytes=max_bytes))


def parse_envelope(data: bytes, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> EnvelopeParts:
    """Read an envelope (98,304 bytes at most); NotCanonical or EnvelopeError when the form is not the stored one."""
    found = _STORED.fullmatch(data) if len(data) <= max_bytes else None
    if found is None:
        return parts_of(canonical.decode(data, max_bytes=max_bytes))
    body, kind_of_message, keyid, signature = (part.decode("ascii") for part in found.groups())
    return EnvelopeParts(kind_of_message, decode_base64(body), keyid, _signature(signature))


def is_plain(data: bytes) -> bool:
    """Whether an envelope is in the stored form and of a lawful size beyond doubt: then its bytes are canonical."""
    return len(data) <= MAX_ENVELOPE_BYTES and _STORED.fullmatch(data) is not None


def parts_of(members: Any) -> EnvelopeParts:
    """Read a decoded envelope (as it lies in a bundle); EnvelopeError unless it has exactly the right members."""
    outer = _exact(members, {"payload", "payloadType", "signatures"})
    signatures = outer["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise EnvelopeError("exactly one signature is needed")
    inner = _exact(signatures[0], {"keyid", "sig"})
    keyid, kind_of_message = inner["keyid"], outer["payloadType"]
    if not isinstance(keyid, str) or not KEY_ID.fullmatch(keyid):
        raise EnvelopeError("keyid must be 64 lower-case hex digits")
    if not isinstance(kind_of_message, str) or not PAYLOAD_TYPE.fullmatch(kind_of_message):
        raise EnvelopeError("malformed payloadType")
    signature = _signature(inner["sig"])
    return EnvelopeParts(kind_of_message, decode_base64(outer["payload"]), keyid, signature)


def decode_base64(text: object) -> bytes:
    """Decode padded standard base64 and accept only the one spelling; EnvelopeError otherwise."""
    if not isinstance(text, str) or not text.isascii():
        raise EnvelopeError("base64 text expected")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError(f"base64: {error}") from error
    if _base64(raw) != text:
        raise EnvelopeError("another spelling of base64 than the padded standard one")
    return raw


def _signature(text: object) -> bytes:
    signature = decode_base64(text)
    if len(signature) != SIGNATURE_BYTES:
        raise EnvelopeError("a signature has 64 bytes")
    return signature


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _exact(value: object, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise EnvelopeError(f"exactly the members {', '.join(sorted(names))} are needed")
    return value
