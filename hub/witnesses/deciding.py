"""Who decides on the page whom this hub asks to cosign: the administrator of a workshop, two people of a network.

Which witnesses count is said by the root file alone (`hub.keys`); here it is only said who is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import NoteKey
from hub import audit
from hub.context import hub_of
from hub.errors import AlreadyDecided, BadInput, Forbidden, NotFound
from hub.keys.line import current_root
from hub.keys.root_files import profile_of
from hub.log.shards import newest_checkpoint, newest_shard
from hub.logged import LogCheckpoint, LogCosignature
from hub.models import Person, Role
from hub.people.roles import MANAGERS, require
from hub.scope import require_home
from hub.witnessed import LogWitness, WitnessChange
from hub.witnesses.registry import add_witness, asked, checked_witness, end_witness

ADD, REMOVE = "add", "remove"
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """One witness that is asked. `lag`: entries of the newest checkpoint that it has not cosigned; None before any.

    `counts`: the root file in force names its key.
    """

    row: LogWitness
    cosigned: int
    lag: int | None
    counts: bool


def needs_two(session: Session) -> bool:
    """Whether two people decide: in a network."""
    return profile_of(current_root(session)) == "reseau"


def standings(session: Session) -> tuple[WitnessStanding, ...]:
    """Every witness that is asked, and how far it is behind in the newest shard."""
    shard, root = newest_shard(session), current_root(session)
    newest = newest_checkpoint(session, shard.name) if shard is not None else None
    named = {one.key.public.kid for one in root.witnesses} if root else set()
    sizes = dict[str, int]()
    if shard is not None:
        query = select(LogCosignature.kid, func.max(LogCheckpoint.size))
        query = query.join(LogCheckpoint, LogCheckpoint.id == LogCosignature.checkpoint_id)
        found = session.execute(query.where(LogCheckpoint.shard == shard.name).group_by(LogCosignature.kid))
        sizes = {row[0]: row[1] for row in found}
    return tuple(
        WitnessStanding(
            one,
            sizes.get(one.kid, 0),
            newest.size - sizes.get(one.kid, 0) if newest is not None else None,
            one.kid in named,
        )
        for one in asked(session)
    )


def waiting(session: Session) -> tuple[WitnessChange, ...]:
    """What somebody asked for and nobody has agreed to, the oldest first."""
    query = select(WitnessChange).where(WitnessChange.agreed.is_(None), WitnessChange.withdrawn.is_(None))
    return tuple(session.scalars(query.order_by(WitnessChange.id).limit(MOST_SHOWN)))


def ask_to_add(session: Session, person: Person, *, name: str, url: str, vkey: str, private: bool) -> WitnessChange:
    """Ask that a witness be asked; done at once where one person decides. Raises Forbidden, BadInput, Conflict."""
    _require(session, person)
    key = _key(vkey)
    checked_witness(session, url, key, private=private)
    told = {"kid": key.public.kid, "vkey": key.vkey, "url": url.strip(), "private": private}
    return _asked(session, person, WitnessChange(change=ADD, name=(name.strip() or key.name)[:200], **told))


def ask_to_remove(session: Session, person: Person, kid: str) -> WitnessChange:
    """Ask that a witness be asked no more; done at once where one person decides. Raises Forbidden, NotFound."""
    _require(session, person)
    found = next((one for one in asked(session) if one.kid == kid), None)
    if found is None:
        raise NotFound("there is no such witness")
    return _asked(session, person, WitnessChange(change=REMOVE, kid=kid, name=found.name))


def agree(session: Session, person: Person, number: int) -> WitnessChange:
    """Agree as the second person. Raises Forbidden, AlreadyDecided, and as the two above."""
    _require(session, person)
    found = _open(session, number)
    if found.by == person.id:
        raise Forbidden("whoever asks for it does not agree to it: another person does")
    _done(session, person, found, hub_of(session).clock())
    return found


def withdraw(session: Session, person: Person, number: int) -> WitnessChange:
    """Take a request back. Raises Forbidden, AlreadyDecided."""
    _require(session, person)
    found = _open(session, number)
    found.withdrawn, found.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "witness-change.withdraw", found.kid, found.change)
    return found


def _require(session: Session, person: Person) -> None:
    require_home(session, person, *MANAGERS)
    require(person, *(MANAGERS if needs_two(session) else (Role.ADMIN,)))


def _open(session: Session, number: int) -> WitnessChange:
    found = session.get(WitnessChange, number, with_for_update=True)
    if found is None or found.agreed is not None or found.withdrawn is not None:
        raise AlreadyDecided("nobody asks for it any more: look how it stands")
    return found


def _asked(session: Session, person: Person, change: WitnessChange) -> WitnessChange:
    change.at, change.by, change.by_name = hub_of(session).clock(), person.id, person.name[:120]
    session.add(change)
    session.flush()
    audit.record(session, person, "witness-change", change.kid, f"{change.change} {change.name} {change.url}".strip())
    if not needs_two(session):
        _done(session, person, change, change.at)
    return change


def _done(session: Session, person: Person, change: WitnessChange, now: datetime) -> None:
    if change.change == ADD:
        add_witness(session, person, name=change.name, url=change.url, vkey=change.vkey, private=change.private)
    else:
        end_witness(session, person, change.kid)
    change.agreed, change.agreed_by = now, person.id


def _key(vkey: str) -> NoteKey:
    try:
        return NoteKey.from_vkey(vkey.strip())
    except ProofError as error:
        raise BadInput("this is no key of a witness: copy it whole from its page") from error
