"""Statements that the hub signs itself, under its own chain."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from certificates.keys import SigningKey
from certificates.verify import Link, VerifiedStatement, open_signed
from hub.clock import wall
from hub.context import hub_of
from hub.keys.line import require_in_force
from hub.ledger.append import head_of
from hub.models import Person


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: APPROVED or REJECTED, why, when."""

    word: str
    reason: str
    at: datetime


def chained(session: Session, now: datetime) -> dict[str, Any]:
    """What every hub statement has: key, name, next seq and prev, nonce, time. Call under the ledger lock.

    Raises Conflict where the root file in force names another key: what this one would sign lies above its bound.
    """
    require_in_force(session)
    identity = hub_of(session).identity
    seq, prev = head_of(session, identity.key.kid)
    return {
        "kid": identity.key.kid,
        "hub": identity.name,
        "seq": seq + 1,
        "prev": prev,
        "nonce": secrets.token_hex(16),
        "wall": wall(now),
        "wall_src": "system",
    }


def signed(key: SigningKey, payload: dict[str, Any]) -> VerifiedStatement:
    """Sign and read back at once: what is stored was verified like everything else."""
    return open_signed(key.sign_statement(payload).data, key.public, role="hub", demo=key.demo)


def validation_statement(
    session: Session, person: Person, run: VerifiedStatement, decision: Decision
) -> VerifiedStatement:
    """The signed decision of a person about one erasure statement."""
    payload = {
        **chained(session, decision.at),
        "v": 1,
        "kind": "validation",
        "statement": run.id,
        "decision": decision.word,
        "reason": decision.reason,
        "validator": person.pseudonym,
        "validator_name": person.name,
        "role": person.role,
        "simulated": run.simulated,
    }
    return signed(hub_of(session).identity.key, payload)


def own_statement(session: Session, now: datetime, kind: str, **said: Any) -> VerifiedStatement:
    """Sign what the hub says of keys, of its log or of a refused statement. Call under the ledger lock."""
    key = hub_of(session).identity.key
    link = chained(session, now)
    del link["hub"]
    return signed(key, {**link, "v": 1, "kind": kind, "simulated": key.demo, **said})


def fork_statement(session: Session, now: datetime, refused: str, link: Link) -> VerifiedStatement:
    """Sign that intake refused a statement because it contradicts its chain. Call under the ledger lock."""
    return own_statement(session, now, "fork", refused={"id": refused, "kid": link.kid, "seq": link.seq})
