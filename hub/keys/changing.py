"""Changes of keys: a registry statement is judged, stored in the ledger like any other, and takes effect.

In a workshop of one administrator the key of the hub signs, and a change holds at its own position. In a network a
registry key signs the change, that of another person approves it, and it holds at the position of the approval. Nothing
here is undone: a key that was ended never comes back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.envelope import SignedEnvelope, parse_envelope
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.verify import VerifiedStatement, open_signed
from hub import audit
from hub.context import hub_of
from hub.derive.reading import read_ledger
from hub.errors import BadInput, Conflict, NotFound
from hub.keyring import KeyChange
from hub.keys.bounds import require_shard
from hub.keys.line import current_root, former_hub_keys
from hub.keys.root_files import hub_decides
from hub.keys.saying import Change, Request, SpokenKey
from hub.keys.standing import GONE, KeyStanding, standings
from hub.ledger.append import append, head_of, lock_ledger
from hub.live.telling import tell
from hub.models import Station, StationState
from hub.validation.statements import own_statement

BY_THE_HUB: Final = "hub"  # `by` where nobody acted: a fork, or a hub from before there were registry statements
KNOWN: Final = (StationState.PENDING.value, StationState.ACCEPTED.value)


def say(session: Session, change: Change, by: str) -> KeyChange:
    """Let the key of this hub make a change, which holds at once. Raises Conflict in a network, and as `take`."""
    lock_ledger(session)
    if not hub_decides(session):
        raise Conflict("in this network two people decide about keys: write a request with `etabli-hub key registry`")
    now = hub_of(session).clock()
    return _store(session, own_statement(session, now, "registry", **change.said(by)), now)


def bring(session: Session, request: Request, hub_kid: str = "") -> tuple[KeyChange, ...]:
    """Take in what people signed far from the hub; what is known already is not stored twice. Raises as `take`.

    `hub_kid` is the key that this hub had when the request was written, where that has changed.
    """
    if request.hub_kid != (hub_kid or hub_of(session).identity.key.kid):
        raise Conflict("this request is for another hub")
    if not request.statements:
        raise BadInput("nobody has signed this request yet: `etabli-hub key registry sign`")
    return tuple(take(session, one.data) for one in request.statements)


def take(session: Session, data: bytes) -> KeyChange:
    """Judge one registry statement of a registry key, and store it.

    Raises BadInput (not one of these, a key that may not sign, a key that cannot be changed so), Conflict (its chain,
    a second signature by the same person), NotFound (what it approves), and CertificateError for a wrong signature.
    """
    lock_ledger(session)
    known = session.scalar(select(KeyChange).where(KeyChange.statement_id == SignedEnvelope(data).id))
    if known is not None:
        return known
    now, signer = hub_of(session).clock(), _signer(session, data)
    statement = open_signed(
        data, signer.public, role="registry", name=signer.name, demo=hub_of(session).identity.key.demo
    )
    if statement.kind != "registry" or statement.payload["change"] == "opening":
        raise BadInput("a registry key signs changes of keys, and nothing else")
    seq, prev = head_of(session, statement.link.kid)
    if (statement.link.seq, statement.link.prev) != (seq + 1, prev):
        raise Conflict("this statement does not follow the last one of its key: write the request anew, and sign again")
    return _store(session, statement, now)


def waiting_changes(session: Session) -> tuple[KeyChange, ...]:
    """The changes that wait for a second person, oldest first."""
    query = select(KeyChange).where(KeyChange.effective.is_(None), KeyChange.change != "approve")
    return tuple(session.scalars(query.order_by(KeyChange.position)))


def keep_up(session: Session) -> int:
    """Say of every station what the registry does not say yet; returns how many statements were signed.

    Stations that were accepted before there were registry statements are enrolled, those that were ended or locked by a
    fork are retired. In a network nothing is said: two people do that.
    """
    lock_ledger(session)
    if not hub_decides(session):
        return 0
    known = select(KeyChange.kid)
    accepted = select(Station).where(Station.state == StationState.ACCEPTED, Station.kid.not_in(known))
    found = session.scalars(accepted.order_by(Station.created, Station.id)).all()
    for station in found:
        say(session, Change("enrol", spoken(station)), BY_THE_HUB)
    return len(found) + retire_ended(session)


def retire_ended(session: Session) -> int:
    """Retire the keys of the stations that were ended or locked, where the key of the hub decides; returns how many."""
    lock_ledger(session)
    if not hub_decides(session):
        return 0
    active = {kid for kid, key in standings(session).items() if key.status == "active"}
    ended = session.scalars(select(Station).where(Station.state.not_in(KNOWN), Station.kid.in_(active))).all()
    for station in ended:
        say(session, Change("retire", spoken(station)), BY_THE_HUB)
    return len(ended)


def spoken(station: Station) -> SpokenKey:
    """The key of a station as a change speaks of it."""
    return SpokenKey(PublicKey.from_base64(station.public), "station", station.name)


def _signer(session: Session, data: bytes) -> SpokenKey:
    key = _deciders(session).get(parse_envelope(data).keyid)
    if key is None:
        raise BadInput("this statement is signed by a key that decides about nothing here: see the root file")
    return key


def _deciders(session: Session) -> Mapping[str, SpokenKey]:
    """The registry keys that decide: the root file in force names them, and none of them was ended."""
    root, found = current_root(session), standings(session)
    ended = {kid for kid, key in found.items() if key.status in GONE}
    people = root.registry if root is not None else ()
    return {
        key.public.kid: SpokenKey(key.public, "registry", key.name) for key in people if key.public.kid not in ended
    }


def _store(session: Session, statement: VerifiedStatement, now: datetime) -> KeyChange:
    said = statement.payload
    if said["change"] == "approve":
        _require_approvable(session, statement)
    else:
        _require_possible(session, statement)
    receipt = append(session, statement, now)
    row = _row(statement, receipt.position, now)
    session.add(row)
    session.flush()
    audit.record(session, None, f"key.{row.change}", row.kid or row.approves, f"{statement.id}, {row.said_by}")
    _take_effect(session, row)
    return row


def _row(statement: VerifiedStatement, position: int, now: datetime) -> KeyChange:
    said = statement.payload
    key = said["key"] or {"kid": "", "public": "", "role": "", "name": ""}
    plain = {name: said[name] for name in ("replaces", "last_good_seq", "last_good_index", "shard", "approves")}
    return KeyChange(
        position=position,
        statement_id=statement.id,
        change=said["change"],
        **key,
        **plain,
        signer=statement.link.kid,
        said_by=said["by"],
        at=now,
    )


def _take_effect(session: Session, row: KeyChange) -> None:
    """A change holds when as many people as the root file asks for have signed; then it reaches its station."""
    change = _pending(session, row.approves) if row.change == "approve" else row
    root = current_root(session)
    if row.change != "approve" and root is not None and root.registry_threshold > 1:
        return
    change.effective = row.position
    session.flush()
    _reach_station(session, change)
    tell(session)
    if change.change == "compromise":
        read_ledger(session)


def _reach_station(session: Session, change: KeyChange) -> None:
    now = hub_of(session).clock()
    states = {
        "enrol": ((change.kid, StationState.PENDING, StationState.ACCEPTED),),
        "retire": ((change.kid, StationState.ACCEPTED, StationState.REFUSED),),
        "compromise": ((change.kid, StationState.ACCEPTED, StationState.LOCKED),),
        "rotate": (
            (change.kid, StationState.PENDING, StationState.ACCEPTED),
            (change.replaces, StationState.ACCEPTED, StationState.REFUSED),
        ),
    }
    for kid, before, after in states[change.change]:
        moved = update(Station).where(Station.kid == kid, Station.state == before.value)
        session.execute(moved.values(state=after.value, decided=now))


def _require_possible(session: Session, statement: VerifiedStatement) -> None:
    """Raise BadInput or Conflict where the key cannot be changed so, as it stands."""
    said = statement.payload
    key = said["key"]
    try:
        public = PublicKey.from_base64(key["public"])
    except CertificateError as error:
        raise BadInput(f"the key of this statement cannot be used: {error}", "key") from error
    if public.kid != key["kid"]:
        raise BadInput("the public key of this statement has another id", "key")
    found = standings(session)
    if said["change"] in {"enrol", "rotate"}:
        _require_new(session, key, found.get(public.kid))
    else:
        _require_known(session, key, found.get(public.kid), said["change"])
    if said["replaces"] and (said["replaces"] not in found or found[said["replaces"]].status != "active"):
        raise Conflict(f"the key {said['replaces']} is not in use: nothing replaces it")
    if said["change"] == "compromise":
        require_shard(session, said["shard"], said["last_good_index"])


def _require_new(session: Session, key: Mapping[str, str], standing: KeyStanding | None) -> None:
    state = session.scalar(select(Station.state).where(Station.kid == key["kid"]))
    if state not in KNOWN or key["role"] != "station":
        raise NotFound(f"no bench asks to join with the key {key['kid']}")
    if standing is not None:
        raise Conflict(f"the registry knows the key {key['kid']} already: it is {standing.status}")


def _require_known(session: Session, key: Mapping[str, str], standing: KeyStanding | None, change: str) -> None:
    role = standing.role if standing is not None else _role_of(session, key["kid"], change)
    if not role or key["role"] != role:
        raise NotFound(f"the registry does not know the key {key['kid']}")
    if standing is not None and change == "retire" and standing.status in GONE:
        raise Conflict(f"the key {key['kid']} is {standing.status} already")


def _role_of(session: Session, kid: str, change: str) -> str:
    """Role of a key of a root file that may be ended so, "" for none: who signs now is ended by a new root file."""
    root, own = current_root(session), hub_of(session).identity.key.kid
    if root is None or kid == own:
        return ""
    if change == "compromise" and kid in former_hub_keys(session):
        return "hub"
    return "registry" if kid in {one.public.kid for one in root.registry} else ""


def _require_approvable(session: Session, statement: VerifiedStatement) -> None:
    """Raise where there is nothing to approve, or where the same person would decide alone."""
    change, deciders = _pending(session, statement.payload["approves"]), _deciders(session)
    signer, second = change.signer, statement.link.kid
    if signer not in deciders:
        raise Conflict("the key that signed this change decides about nothing any more: write the request anew")
    if signer == second or deciders[signer].name == deciders[second].name:
        raise Conflict("the second signature is another person's: this one has signed already")


def _pending(session: Session, statement_id: str) -> KeyChange:
    row = session.scalars(select(KeyChange).where(KeyChange.statement_id == statement_id)).one_or_none()
    if row is None or row.change == "approve":
        raise NotFound("what this statement approves is not in the ledger")
    if row.effective is not None:
        raise Conflict("this change holds already: nothing more is to be approved")
    return row
