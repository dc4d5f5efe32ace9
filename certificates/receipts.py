"""What a hub says about statements that came to it on a stick: signed, so that a bench can believe a file.

A file is one header line, then envelopes (DSSE over canonical JSON, by the hub's key), one to a line; each holds at
most 100 results of the form that `POST /api/v1/statements` answers. No statement, and never in a ledger. A line that is
damaged costs its own results only.
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from certificates import canonical
from certificates.envelope import (
    MAX_ENVELOPE_BYTES,
    SignedEnvelope,
    assemble_envelope,
    pae,
    parse_envelope,
    payload_type,
)
from certificates.errors import CertificateError, EnvelopeError, SchemaError, UnknownKey
from certificates.keys import SigningKey
from certificates.trust import Trust

TYPE: Final = payload_type("receipts")
SCHEMA: Final = "etabli.receipts/1"
HEADER: Final = b"etabli-receipts/1\n"
MOST: Final = 100  # results in one envelope
LONGEST: Final = 300  # characters of a hub's message that are kept
Result = dict[str, Any]


def written(key: SigningKey, results: Sequence[Result]) -> bytes:
    """Give a whole file that says these results. Raises `NotCanonical` for values that cannot be signed."""
    parts = [results[place : place + MOST] for place in range(0, len(results), MOST)]
    return HEADER + b"".join(sign_receipts(key, part).data + b"\n" for part in parts)


def sign_receipts(key: SigningKey, results: Sequence[Result]) -> SignedEnvelope:
    """Sign at most 100 results. Raises `NotCanonical`."""
    body = canonical.encode({"schema": SCHEMA, "results": [_short(result) for result in results]})
    return assemble_envelope(TYPE, body, key.kid, key.sign_message(TYPE, body))


def read_receipts(stream: BinaryIO, trust: Trust) -> Iterator[tuple[Result, ...] | CertificateError]:
    """Give the results of every line that an active key of a hub signed, or why a line is not believed.

    Raises `EnvelopeError` when this is no file of receipts.
    """
    if stream.readline(len(HEADER)) != HEADER:
        raise EnvelopeError("no file of receipts")
    while data := stream.readline(MAX_ENVELOPE_BYTES + 1):
        try:
            yield open_receipts(data.removesuffix(b"\n"), trust)
        except CertificateError as error:
            yield error


def open_receipts(data: bytes, trust: Trust) -> tuple[Result, ...]:
    """Give the results that an active key of a hub signed.

    Raises NotCanonical, EnvelopeError, UnknownKey, BadSignature, SchemaError.
    """
    parts = parse_envelope(data)
    if parts.payload_type != TYPE:
        raise EnvelopeError(f"receipts have the type {TYPE}, not {parts.payload_type}")
    key = trust.find(parts.keyid)
    if key is None or key.role != "hub" or key.status != "active":
        raise UnknownKey(parts.keyid)
    key.public.verify(parts.signature, pae(parts.payload_type, parts.body))
    document = canonical.decode(parts.body)
    if not isinstance(document, dict) or set(document) != {"schema", "results"} or document["schema"] != SCHEMA:
        raise SchemaError("schema", f"a document of the schema {SCHEMA} expected")
    results = document["results"]
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise SchemaError("results", "a list of results expected")
    return tuple(results)


def _short(result: Result) -> Result:
    error = result.get("error")
    if not isinstance(error, dict):
        return result
    return {**result, "error": {**error, "message": str(error.get("message", ""))[:LONGEST]}}
