"""Who is asked to cosign the log of this hub, and how that stands: n of m, counted by distinct public keys.

Names and lines are never counted: one key under two names is one witness (trust and reliability, section 2, "Policy").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import COSIGNATURE, NoteKey
from hub.audit import record
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.log.shards import newest_checkpoint, newest_shard
from hub.logged import LogCosignature
from hub.models import Person
from hub.outside import require_safe, require_web
from hub.witnessed import LogWitness

MOST: Final = 20
LONGEST_URL: Final = 400


@dataclass(frozen=True, slots=True)
class Standing:
    """How the newest checkpoint stands: its size, how many of the witnesses that are asked have cosigned it, and who.

    `silent`: name, since when, and what was wrong.
    """

    size: int
    cosigned: int
    asked: int
    silent: tuple[tuple[str, datetime, str], ...]


def add_witness(
    session: Session, person: Person | None, *, name: str, url: str, vkey: str, private: bool = False
) -> LogWitness:
    """Ask a witness from now on. Raises BadInput, Conflict for a key that is asked already, whatever its name."""
    try:
        key = NoteKey.from_vkey(vkey.strip())
    except ProofError as error:
        raise BadInput(f"this is no key of a witness: {error}") from error
    address = checked_witness(session, url, key, private=private)
    known, now = session.get(LogWitness, key.public.kid), hub_of(session).clock()
    made = known or LogWitness(kid=key.public.kid, added=now)
    made.name, made.url, made.vkey, made.private = (name.strip() or key.name)[:200], address, key.vkey, private
    made.ended = made.answered = made.silent_since = made.held_until = None
    made.problem, made.tries, made.due = "", 0, now
    session.add(made)
    session.flush()
    record(session, person, "witness-added", made.kid, f"{made.name} {address}")
    return made


def checked_witness(session: Session, url: str, key: NoteKey, *, private: bool) -> str:
    """Give the address as it is kept, of a witness that may be asked. Raises BadInput, Conflict."""
    if key.kind != COSIGNATURE:
        raise BadInput("this is the key of a log, not of a witness")
    address = url.strip().rstrip("/")
    if len(address) > LONGEST_URL:
        raise BadInput(f"the address of a witness has at most {LONGEST_URL} characters")
    (require_web if private else require_safe)(address, "URL")
    known = session.get(LogWitness, key.public.kid)
    if known is not None and known.ended is None:
        raise Conflict(f"this key is asked already, as {known.name}: one key is one witness")
    if len(asked(session)) >= MOST:
        raise BadInput(f"at most {MOST} witnesses are asked")
    return address


def end_witness(session: Session, person: Person | None, kid: str) -> LogWitness:
    """Ask a witness no more; what it cosigned stays. Raises NotFound."""
    found = session.get(LogWitness, kid)
    if found is None or found.ended is not None:
        raise NotFound("there is no such witness")
    found.ended = hub_of(session).clock()
    record(session, person, "witness-ended", kid, found.name)
    return found


def asked(session: Session) -> Sequence[LogWitness]:
    """The witnesses that are asked, by their names."""
    query = select(LogWitness).where(LogWitness.ended.is_(None)).order_by(LogWitness.name, LogWitness.kid)
    return session.scalars(query).all()


def distinct(keys: Iterable[NoteKey]) -> frozenset[bytes]:
    """The public keys behind verifier keys: what a quorum counts."""
    return frozenset(key.public.raw for key in keys)


def standing(session: Session) -> Standing:
    """How the newest checkpoint of the newest shard stands with the witnesses."""
    witnesses, shard = asked(session), newest_shard(session)
    newest = newest_checkpoint(session, shard.name) if shard is not None else None
    signed = set[str]()
    if newest is not None:
        signed = set(session.scalars(select(LogCosignature.kid).where(LogCosignature.checkpoint_id == newest.id)))
    mine = {one.kid for one in witnesses}
    silent = tuple((one.name, one.silent_since, one.problem) for one in witnesses if one.silent_since is not None)
    return Standing(newest.size if newest is not None else 0, len(signed & mine), len(mine), silent)
