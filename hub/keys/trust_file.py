"""The trust file of this hub (`etabli.trust/2`): keys with their bounds, logs, witnesses, the root file; signed.

Bounds are places in the log. A key that was retired counts up to the statement that retired it; one that was
compromised up to what that statement names.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.envelope import parse_envelope
from certificates.note import NoteKey
from certificates.position import Bound, Place, Position
from certificates.root import Root
from certificates.trust import LogState, Trust, TrustedKey, TrustedLog
from certificates.trust2 import signed_document
from hub.context import hub_of
from hub.errors import Conflict
from hub.keys.line import require_in_force, root_line
from hub.keys.root_files import profile_of, unnamed_log
from hub.keys.standing import KeyStanding, standings
from hub.log.errors import LogStopped
from hub.log.sequencer import Log
from hub.log.shards import OPEN, all_shards, newest_checkpoint
from hub.logged import LogShard
from hub.models import LedgerEntry
from hub.stations.trust import trust_of
from hub.unchanged import unchanged

STATES: Mapping[str, LogState] = {"open": "open", "closed": "closed", "frozen": "frozen"}


class RootBehind(Conflict):
    """The log has a key that the root file in force does not name: no trust file may say so before a root file does."""

    code = "trust.root-behind"


def trust_document(session: Session) -> dict[str, Any]:
    """The signed trust file as plain JSON types, for the log as far as it is signed.

    Raises Conflict without a log or by a key of before, RootBehind where the next root file has to name its key first.
    """
    _bring_up(session)
    require_in_force(session)
    if shard := unnamed_log(session):
        raise RootBehind(
            f"the log {shard} has a new key that the root file does not name yet: no trust file until the next one is "
            "in force; on the hub: etabli-hub key root draft, then sign and install"
        )
    trust = full_trust(session)
    if trust is None:
        raise Conflict("the log of this hub has not begun")
    return signed_document(trust, hub_of(session).identity.key)


def full_trust(session: Session) -> Trust | None:
    """What the trust file says, for the checks of this hub itself; None while its log has not begun."""
    shards = all_shards(session)
    if not shards:
        return None
    line = root_line(session)
    root, trust = line[-1] if line else None, trust_of(session)
    found = standings(session)
    stations = {kid: _judged(session, key, found.get(kid)) for kid, key in trust.keys.items()}
    newest = shards[-1]
    return replace(
        trust,
        keys={**stations, **{key.kid: key for key in _of_roots(session, line, found)}},
        quorum=root.quorum if root else 0,
        logs=tuple(_log(session, one) for one in shards),
        witnesses=root.witnesses if root else (),
        profile=profile_of(root),
        superseded=_superseded(session),
        position=Position(newest.name, newest.size),
        root=root,
        older_roots=tuple(line[:-1]),
    )


def own_trust(session: Session) -> Trust:
    """By what this hub checks its own documents: kept for as long as nothing is committed."""

    def read() -> Trust:
        return full_trust(session) or replace(trust_of(session), superseded=_superseded(session))

    return unchanged(session, ("own trust",), read)


def _log(session: Session, shard: LogShard) -> TrustedLog:
    newest = newest_checkpoint(session, shard.name) if shard.state != OPEN else None
    end = None if shard.state == OPEN else newest.size if newest is not None else 0
    return TrustedLog(shard.name, NoteKey.from_vkey(shard.vkey), STATES[shard.state], end)


def _bring_up(session: Session) -> None:
    """Let the log take in what the ledger holds; where it is stopped, the file tells of it as far as it goes."""
    try:
        Log(hub_of(session)).bring_up()
    except LogStopped:
        return


def _judged(session: Session, key: TrustedKey, standing: KeyStanding | None) -> TrustedKey:
    """A key with what the registry says of it; one that this hub alone ended counts up to there, without a bound.

    The place of a bound is that of the ledger, also where the log is stopped and proves it to nobody yet.
    """
    if standing is None or standing.status == "active":
        return key
    return replace(key, status=standing.status, until=_bound(session, standing))


def _bound(session: Session, standing: KeyStanding) -> Bound | None:
    if standing.status == "compromised":
        return Bound(Place(standing.shard, standing.last_good_index), standing.last_good_seq)
    shard = next((one for one in reversed(all_shards(session)) if one.first <= standing.ended), None)
    before = select(func.max(LedgerEntry.seq)).where(LedgerEntry.kid == standing.kid)
    seq = session.scalar(before.where(LedgerEntry.position <= standing.ended)) or 0
    return Bound(Place(shard.name, standing.ended - shard.first), seq) if shard is not None else None


def _last_word(session: Session, kid: str) -> Bound:
    """The last entry of a key with which this hub signs no more: its bound, though no registry statement ended it."""
    last = select(func.max(LedgerEntry.seq), func.max(LedgerEntry.position)).where(LedgerEntry.kid == kid)
    seq, position = (found or 0 for found in session.execute(last).one())
    shards = all_shards(session)
    shard = next((one for one in reversed(shards) if one.first <= position), None)
    if shard is None:  # it never signed a word
        return Bound(Place(shards[0].name, 0), 0)
    return Bound(Place(shard.name, position - shard.first), seq)


def _of_roots(session: Session, line: Sequence[Root], found: Mapping[str, KeyStanding]) -> Iterator[TrustedKey]:
    """The keys of the hub and of people that root files name: those of the newest count, older ones are retired."""
    own = hub_of(session).identity
    newest = line[-1] if line else None
    hubs = {key.kid: key for root in line for key in root.hub_keys if key.kid != own.key.kid}
    now = {key.kid for key in newest.hub_keys} if newest else set()
    for kid, public in hubs.items():
        key = TrustedKey(public, "hub", own.name, "active", demo=own.key.demo)
        key = key if kid in now else replace(key, status="retired", until=_last_word(session, kid))
        yield _judged(session, key, found.get(kid))
    deciding = {key.public.kid: key for root in line for key in root.registry}
    people = {kid: key for kid, key in deciding.items() if kid != own.key.kid and kid not in hubs}
    serving = {key.public.kid for key in newest.registry} if newest else set()
    for kid, person in people.items():
        key = TrustedKey(person.public, "registry", person.name, demo=own.key.demo)
        key = key if kid in serving else replace(key, status="retired")
        yield _judged(session, key, found.get(kid))


def _superseded(session: Session) -> dict[str, str]:
    """Certificates that later statements of this hub replace, by statement id; the newest word about each counts."""
    entries = select(LedgerEntry.envelope).where(LedgerEntry.kind == "supersede").order_by(LedgerEntry.position)
    said = (json.loads(parse_envelope(data).body) for data in session.scalars(entries))
    return {one["certificate"]: one["by"] for one in said}
