"""Tables of signing in by an identity provider: who is known there under which subject, and visits under way.

Primary data. A link only ever leads to an account that exists; of a visit only hashes and what the answer is held
against are kept, for some minutes and for one use.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class LinkedSubject(Base):
    """Primary: the account of somebody whom a provider knows under a subject; one subject of an issuer each."""

    __tablename__ = "linked_subject"
    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]


class ProviderVisit(Base):
    """Primary: a browser that was sent to the provider and has not come back. Deleted when it does."""

    __tablename__ = "provider_visit"
    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))  # of a cookie: the answer holds in that browser only
    issuer: Mapped[str] = mapped_column(String(200))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(64))  # of PKCE: worth nothing without the code of the answer
    to: Mapped[str] = mapped_column(String(500))
    expires: Mapped[datetime] = mapped_column(index=True)
