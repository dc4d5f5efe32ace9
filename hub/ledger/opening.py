"""Opening what a station sent: signature, form, and whether this hub keeps such a statement. Stores nothing.

What is authentic but not understood (another schema, a contradiction) is told apart from what anybody could have sent.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine

from certificates.envelope import parse_envelope
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.verify import VerifiedStatement, authenticate, open_signed
from hub.ledger.append import Receipt
from hub.ledger.keyed import rows_seen_by
from hub.models import Station

STATION_KINDS = frozenset({"erasure", "diagnostics"})
CREATED, KNOWN, CONFLICT, REFUSED = 201, 200, 409, 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub says about one statement: 201 or 200 with a receipt, 409 or 422 with a code and a sentence."""

    id: str
    status: int
    receipt: Receipt | None = None
    code: str = ""
    message: str = ""

    @property
    def stored(self) -> bool:
        """Whether the ledger holds the statement."""
        return self.receipt is not None


@dataclass(frozen=True, slots=True)
class Unread:
    """An envelope that the station really signed and that this hub does not understand."""

    answer: Answer
    seq: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """A station as its statements are judged: key, name, state, and whether it is a simulated one."""

    key: PublicKey
    name: str
    state: str
    demo: bool


Opened = VerifiedStatement | Unread | Answer
_SENDERS = "SELECT kid, public, name, state, demo FROM station WHERE kid IN (:keys)"
_key = lru_cache(maxsize=1024)(PublicKey.from_base64)


def senders(engine: Engine, kids: Collection[str]) -> Mapping[str, Sender]:
    """The stations with these keys, by key id; one query."""
    found = rows_seen_by(engine, _SENDERS, kids)
    return {kid: Sender(_key(public), name, state, bool(demo)) for kid, public, name, state, demo in found}


def sender_of(station: Station) -> Sender:
    """The station as its statements are judged."""
    return Sender(_key(station.public), station.name, station.state, station.demo)


def open_statement(sender: Sender, data: bytes, *, demo: bool) -> Opened:
    """Verify one envelope of this station; `demo` says what sort of hub this is. Raises nothing for what it says."""
    try:
        statement = open_signed(data, sender.key, name=sender.name, demo=sender.demo)
    except CertificateError as error:
        return _refused(sender, data, error, demo=demo)
    if statement.kind not in STATION_KINDS:
        return Answer(statement.id, REFUSED, code="kind", message="a station does not sign this kind of statement")
    if statement.simulated and not demo:
        return Answer(statement.id, REFUSED, code="simulated", message="this hub keeps no simulated statements")
    if demo and not statement.simulated:
        return Answer(statement.id, REFUSED, code="real", message="this demonstration hub keeps simulated statements")
    return statement


def _refused(sender: Sender, data: bytes, error: CertificateError, *, demo: bool) -> Unread | Answer:
    answer = Answer(hashlib.sha256(data).hexdigest(), REFUSED, code=error.code, message=str(error))
    payload = _authentic(data, sender.key)
    if payload is None or (payload.get("simulated") is not False and not demo):
        return answer
    seq = payload.get("seq")
    return Unread(answer, seq if type(seq) is int and seq > 0 else 0, data)


def _authentic(data: bytes, key: PublicKey) -> dict[str, Any] | None:
    """The payload when this key signed these bytes, whatever they say."""
    try:
        kind = parse_envelope(data).payload_type
        return authenticate(data, lambda kid: key if kid == key.kid else None, {kind})[1]
    except CertificateError:
        return None
