"""Enrolment: a bench shows a one-off token and proves that it holds a key; it waits until a person accepts it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.envelope import decode_base64, pae
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from hub import audit
from hub.belonging import Belonging, StationBelonging
from hub.context import hub_of
from hub.errors import BadInput, Conflict, StationRefused
from hub.models import EnrolmentToken, Station, StationState
from hub.stations.service import token_hash

PROOF_TYPE = "application/vnd.etabli.enrol.v1"
NAME_LENGTH = 120


def proof_message(token: str, hub_url: str) -> bytes:
    """What the bench signs with its new key."""
    return pae(PROOF_TYPE, f"{token}\n{hub_url}".encode())


def enrol(session: Session, *, token: str, name: str, public: str, proof: str, demo: bool) -> Station:
    """Store a pending station; the same request again gives the same station.

    Raises BadInput (name, key, demo key outside a demo, real key in one), StationRefused (token, proof), Conflict (key
    enrolled before).
    """
    hub = hub_of(session)
    if demo and not hub.settings.demo:
        raise BadInput("this hub takes no demo stations", "demo")
    if hub.settings.demo and not demo:
        raise BadInput("this is a demonstration hub: it takes demo stations only", "demo")
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise BadInput(f"a station needs a name of at most {NAME_LENGTH} characters", "station-name")
    key = _proven_key(public, proof, proof_message(token, hub.settings.public_url))
    now = hub.clock()
    stored = session.scalar(
        select(EnrolmentToken).where(EnrolmentToken.token_hash == token_hash(token)).with_for_update()
    )
    if stored is None or stored.expires <= now:
        raise StationRefused("this token is unknown or too old: ask for a new one", "token")
    known = session.scalar(select(Station).where(Station.kid == key.kid))
    if known is not None:
        return _again(known, stored)
    if stored.used is not None:
        raise StationRefused("this token was used: ask for a new one", "token")
    stored.used = now
    station = Station(kid=key.kid, public=key.base64, name=name, demo=demo, created=now)
    session.add(station)
    session.flush()
    _belongs(session, station, stored)
    audit.record(session, None, "station.enrol", station.id, key.kid)
    return station


def _belongs(session: Session, station: Station, stored: EnrolmentToken) -> None:
    """A bench is of the partner of whoever made its token."""
    maker = session.get(Belonging, stored.created_by) if stored.created_by else None
    if maker is not None and maker.partner_id is not None:
        session.add(StationBelonging(station_id=station.id, partner_id=maker.partner_id))


def _again(known: Station, stored: EnrolmentToken) -> Station:
    if stored.used is None or known.state not in {StationState.PENDING, StationState.ACCEPTED}:
        raise Conflict("this key is enrolled already: a station makes a new key for a new enrolment")
    return known


def _proven_key(public: str, proof: str, message: bytes) -> PublicKey:
    try:
        key = PublicKey.from_base64(public)
    except CertificateError as error:
        raise BadInput(str(error), "key") from error
    try:
        key.verify(decode_base64(proof), message)
    except CertificateError as error:
        raise StationRefused("the proof does not match the key, the token and this hub's address", "proof") from error
    return key
