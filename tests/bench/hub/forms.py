"""Statements by the hundred thousand: the canonical text of one real payload, with places that each statement fills.

The result is what a key would have signed: canonical bytes, a true signature, the one stored form of the envelope. What
fills a place must be plain ASCII without quotes or backslashes.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import canonical
from certificates.envelope import pae, payload_type
from certificates.keys import SigningKey
from certificates.statement import validate_statement

SEQ = 987_650_001  # the number that stands for the place in the chain
TEXTS = {  # what stands in the model payload, and the place that it is
    "serial": "SERIAL-PLACE",
    "model": "MODEL-PLACE",
    "machine": "MACHINE-PLACE",
    "lot": "LOT-PLACE",
    "asset": "ASSET-PLACE",
    "prev": "a0" * 32,
    "started": "2001-01-01T01:01:01Z",
    "ended": "2001-01-01T02:02:02Z",
    "wall": "2001-01-01T03:03:03Z",
    "run": "b0" * 16,
    "statement": "c0" * 32,
    "validation": "d0" * 32,
    "certificate": "00000000-0000-4000-8000-000000000000",
    "number": "ETB-0000-000000",
    "donor": "DONOR-PLACE",
    "verify": "https://hub.example/verify/" + "e0" * 32,
}
PLACES = re.compile("|".join(re.escape(text) for text in TEXTS.values()) + f"|{SEQ}")
_NAMES = {text: name for name, text in TEXTS.items()} | {str(SEQ): "seq"}


class Form:
    """One sort of statement of one key."""

    def __init__(self, key: SigningKey, seed: bytes, payload: Mapping[str, Any]) -> None:
        """Take the model payload apart. Raises SchemaError where it is no statement."""
        self.kind = validate_statement(dict(payload))
        self._type, self._kid = payload_type(self.kind), key.kid
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        text = canonical.encode(dict(payload)).decode()
        self._fixed = PLACES.split(text)
        self._names = [_NAMES[found] for found in PLACES.findall(text)]

    def body(self, values: Mapping[str, str]) -> str:
        """The canonical text of one statement."""
        parts = [self._fixed[0]]
        for name, fixed in zip(self._names, self._fixed[1:], strict=True):
            parts += (values[name], fixed)
        return "".join(parts)

    def seal(self, body: str) -> tuple[str, bytes]:
        """Statement id and envelope of a body."""
        data = body.encode()
        signature = base64.b64encode(self._private.sign(pae(self._type, data))).decode()
        payload = base64.b64encode(data).decode()
        envelope = (
            f'{{"payload":"{payload}","payloadType":"{self._type}",'
            f'"signatures":[{{"keyid":"{self._kid}","sig":"{signature}"}}]}}'
        ).encode()
        return hashlib.sha256(envelope).hexdigest(), envelope


class Chain:
    """The statements of one key, one after the other."""

    def __init__(self, key: SigningKey) -> None:
        self.kid = key.kid
        self.seq, self.prev = 0, "0" * 64

    def add(self, form: Form, values: Mapping[str, str]) -> tuple[str, int, str, str, bytes]:
        """The next statement: id, seq, prev, body, envelope."""
        self.seq += 1
        before = self.prev
        body = form.body({**values, "seq": str(self.seq), "prev": before})
        self.prev, envelope = form.seal(body)
        return self.prev, self.seq, before, body, envelope
