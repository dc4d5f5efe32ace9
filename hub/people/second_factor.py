"""The second factor: codes of six digits by time (RFC 6238: SHA-1, 30 s), and ten codes on paper for a lost telephone.

A code is taken once: its step must be later than that of the last one, and the database decides who was first. The
computation is the library's; what is ours is who may turn it on and off, and that a wrong code counts as a wrong
password does.
"""

import base64
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.entry import SecondFactor
from hub.errors import BadInput, Conflict
from hub.models import Person
from hub.one_way import one_way
from hub.people import roles, throttle

DIGITS: Final = 6
STEP_S: Final = 30
AROUND: Final = (-1, 0, 1)  # steps: a telephone's clock is off by up to half a minute
SECRET_BYTES: Final = 20
SPARE_CODES: Final = 10
WRONG: Final = "this code is not the one of now: wait for the next one and check the clock of the telephone"
ISSUER: Final = "Etabli"


def is_on(session: Session, person: Person) -> bool:
    """Whether a code is asked of this person."""
    return session.scalar(_confirmed(person)) is not None


def begin(session: Session, person: Person) -> SecondFactor:
    """Make a secret that counts once a code of it was shown. Raises Conflict when one is in force."""
    if is_on(session, person):
        raise Conflict("the second factor is on already: turn it off first")
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
    made = SecondFactor(person_id=person.id, secret=secret, created=hub_of(session).clock(), last_step=0, spare=[])
    session.add(made)
    session.flush()
    return made


def address_of(factor: SecondFactor, person: Person) -> str:
    """The `otpauth:` address that a telephone reads as a QR code."""
    return _generator(factor).get_provisioning_uri(person.email, ISSUER)


def waiting(session: Session, person: Person) -> SecondFactor | None:
    """The secret that was made and not confirmed yet."""
    found = session.get(SecondFactor, person.id)
    return found if found is not None and found.confirmed is None else None


def confirm(session: Session, person: Person, code: str) -> tuple[str, ...]:
    """Put the secret in force and give the codes for paper, shown this once. Raises BadInput for a wrong code."""
    factor, now = waiting(session, person), hub_of(session).clock()
    step = None if factor is None else step_of(factor, code, now.timestamp())
    if factor is None or step is None:
        raise BadInput(WRONG, "second-factor")
    paper = tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(SPARE_CODES))
    factor.confirmed, factor.last_step, factor.spare = now, step, [one_way(one) for one in paper]
    audit.record(session, person, "person.second-factor", person.id, "on")
    return paper


def take(session: Session, person: Person, code: str) -> bool:
    """Whether this is a code of now that nobody used, or one of the codes on paper, which is used up by it."""
    factor = session.scalar(_confirmed(person).with_for_update())
    if factor is None:
        return False
    step = step_of(factor, code, hub_of(session).clock().timestamp())
    if step is not None:
        first = update(SecondFactor).where(SecondFactor.person_id == person.id, SecondFactor.last_step < step)
        return session.execute(first.values(last_step=step).returning(SecondFactor.person_id)).first() is not None
    digest = one_way(code.strip().lower())
    if digest not in factor.spare:
        return False
    factor.spare = [one for one in factor.spare if one != digest]
    audit.record(session, person, "person.second-factor", person.id, f"code on paper, {len(factor.spare)} left")
    return True


def turn_off(session: Session, person: Person, code: str) -> None:
    """Turn one's own off for a code of it; a secret that is not in force yet needs none.

    Wrong codes slow down as wrong passwords do, and end the caller's transaction. Raises BadInput, Throttled.
    """
    if is_on(session, person):
        now = hub_of(session).clock()
        throttle.check(session, person.email, person.id, now)
        throttle.record_failure(session, person.email, person.id, now)
        session.commit()
        if not take(session, person, code):
            raise BadInput(WRONG, "second-factor")
        throttle.forget(session, person.email)
    remove(session, session.get_one(Person, person.id), session.get_one(Person, person.id))


def remove(session: Session, person: Person, by: Person | None) -> None:
    """Ask this person for no code any more; `by` the person, who looks after the account, or None. Raises Forbidden."""
    if by is None or by.id != person.id:
        roles.require_care(by, person.role)
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    audit.record(session, by, "person.second-factor", person.id, "off")


def step_of(factor: SecondFactor, code: str, seconds: float) -> int | None:
    """Which step around this time (seconds since 1970) the code belongs to; None when it is none of theirs."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    generator, here = _generator(factor), int(seconds) // STEP_S
    for step in (here + around for around in AROUND):
        try:
            generator.verify(typed.encode("ascii"), step * STEP_S)
        except InvalidToken:
            continue
        return step
    return None


def _generator(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), DIGITS, SHA1(), STEP_S)  # noqa: S303 - what telephones know


def _confirmed(person: Person) -> "Select[SecondFactor]":
    return select(SecondFactor).where(SecondFactor.person_id == person.id, SecondFactor.confirmed.is_not(None))
