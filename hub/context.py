"""What every service of one running hub shares. It travels with the database session, so that services need no globals."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from hub.clock import Clock, utc_now
from hub.database import open_engine
from hub.identity import HubIdentity, load_identity
from hub.settings import Settings

CONTEXT = "hub.context"


@dataclass(frozen=True, slots=True)
class Hub:
    """One running hub: settings, key and name, database, clock."""

    settings: Settings
    identity: HubIdentity
    engine: Engine
    clock: Clock

    def sessions(self) -> sessionmaker[Session]:
        """Sessions that know this hub."""
        return sessionmaker(self.engine, expire_on_commit=False, info={CONTEXT: self})


def open_hub(settings: Settings, clock: Clock = utc_now) -> Hub:
    """Open the database and the key of an initialised hub. Raises NotInitialised."""
    return Hub(settings, load_identity(settings.data_dir), open_engine(settings.database_url), clock)


def hub_of(session: Session) -> Hub:
    """The hub that opened this session."""
    hub = session.info[CONTEXT]
    assert isinstance(hub, Hub)
    return hub
