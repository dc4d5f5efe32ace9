"""The trust document of this hub: whose signatures count, for verifiers and for uploads."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.keys import PublicKey
from certificates.trust import Status, Trust, TrustedKey
from hub.context import hub_of
from hub.keys.line import current_root, former_hub_keys
from hub.keys.standing import KeyStanding, standings
from hub.models import LedgerEntry, Station, StationState


def trust_of(session: Session) -> Trust:
    """The keys of the hub, former ones too, and every station that was ever accepted.

    A station that was ended, or locked by a fork, is `retired`: what it said before stays readable, nothing new counts.
    One whose key was compromised is told so: this form of the document has no bounds, so all of it is in dispute.
    """
    hub = hub_of(session)
    own = TrustedKey(hub.identity.key.public, "hub", hub.identity.name, demo=hub.identity.key.demo)
    found = standings(session)
    former = former_hub_keys(session).values()
    keys = [own, *(TrustedKey(key, "hub", own.name, _ended(found.get(key.kid)), demo=own.demo) for key in former)]
    for station in session.scalars(select(Station).order_by(Station.created, Station.id)):
        status = _status(session, station)
        if status is not None:
            public = PublicKey.from_base64(station.public)
            known = found.get(station.kid)
            if known is not None and known.status == "compromised":
                status = known.status
            keys.append(TrustedKey(public, "station", station.name, status, demo=station.demo))
    return Trust.of(hub.identity.name, hub.settings.public_url, keys, _quorum(session))


def _quorum(session: Session) -> int:
    """How many witnesses the root file in force demands; 0 without one."""
    root = current_root(session)
    return root.quorum if root is not None else 0


def _ended(standing: KeyStanding | None) -> Status:
    """A key that this hub signs with no more is retired at least."""
    return "compromised" if standing is not None and standing.status == "compromised" else "retired"


def _status(session: Session, station: Station) -> Status | None:
    if station.state == StationState.ACCEPTED:
        return "active"
    spoke = session.scalar(select(LedgerEntry.position).where(LedgerEntry.kid == station.kid).limit(1))
    return "retired" if spoke is not None or station.state == StationState.LOCKED else None
