"""The seal of a PDF: its last line, by which the hub's key vouches for every byte before it.

`%etabli-seal kid=<64 hex> sig=<base64>` and a line feed; the signature covers PAE("application/vnd.etabli.pdf-seal.v1",
SHA-256 of all bytes before the line, as 64 hex digits). A PDF reader takes the line for a comment.

A binder, many certificates in one file to read, ends with another line and is never sealed.
"""

import base64
import hashlib
import re

from certificates.envelope import decode_base64, pae
from certificates.errors import BinderError, KeyMismatch, SealError, UnknownKey
from certificates.keys import SigningKey
from certificates.trust import Trust, TrustedKey

SEAL_TYPE = "application/vnd.etabli.pdf-seal.v1"
MAX_PDF_BYTES = 20_000_000
BINDER_LINE = b"%etabli-binder\n"
_LINE = re.compile(rb"%etabli-seal kid=([0-9a-f]{64}) sig=([A-Za-z0-9+/]{86}==)\n")
_LINE_BYTES = len(b"%etabli-seal kid= sig=\n") + 64 + 88


def seal(pdf: bytes, key: SigningKey) -> bytes:
    """Append the seal to a finished PDF."""
    if not pdf.endswith(b"\n"):
        pdf += b"\n"
    signature = key.sign_message(SEAL_TYPE, _digest(pdf))
    return pdf + f"%etabli-seal kid={key.kid} sig={_base64(signature)}\n".encode("ascii")


def open_seal(data: bytes, trust: Trust) -> tuple[bytes, TrustedKey]:
    """Check the seal and return the PDF before it and the hub key that sealed it.

    SealError when there is no seal at the very end or it belongs to other bytes; BinderError for a binder; UnknownKey,
    KeyMismatch for its key.
    """
    if data.endswith(BINDER_LINE):
        raise BinderError("many certificates in one file, which nobody sealed: check each certificate by itself")
    if len(data) > MAX_PDF_BYTES:
        raise SealError("too large for a certificate")
    pdf, line = data[:-_LINE_BYTES], _LINE.fullmatch(data[-_LINE_BYTES:])
    if line is None:
        raise SealError("the file does not end with a seal")
    kid = line[1].decode("ascii")
    key = trust.find(kid)
    if key is None:
        raise UnknownKey(kid)
    if key.role != "hub":
        raise KeyMismatch("only a hub seals a certificate")
    key.public.verify(decode_base64(line[2].decode("ascii")), pae(SEAL_TYPE, _digest(pdf)))
    return pdf, key


def _digest(pdf: bytes) -> bytes:
    return hashlib.sha256(pdf).hexdigest().encode("ascii")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
