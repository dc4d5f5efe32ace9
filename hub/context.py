"""What every service of one running hub shares. It travels with the database session: services need no globals."""

from dataclasses import dataclass, field, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from hub.clock import Clock, utc_now
from hub.database import open_engine, reading
from hub.errors import BadInput
from hub.identity import HubIdentity, load_identity
from hub.settings import Settings
from hub.unchanged import Kept

CONTEXT = "hub.context"


@dataclass(frozen=True, slots=True)
class Hub:
    """One running hub: settings, key and name, database, clock."""

    settings: Settings
    identity: HubIdentity
    engine: Engine
    clock: Clock
    _writers: sessionmaker[Session] = field(init=False, repr=False, compare=False)
    _readers: sessionmaker[Session] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make both once: making one costs as much as a query."""
        for name, engine in (("_writers", self.engine), ("_readers", reading(self.engine))):
            object.__setattr__(self, name, sessionmaker(engine, expire_on_commit=False, info={CONTEXT: self}))
        Kept(self.engine).listen(self._readers)

    def sessions(self) -> sessionmaker[Session]:
        """Sessions that know this hub."""
        return self._writers

    def readers(self) -> sessionmaker[Session]:
        """Sessions for what only reads: they do not wait for a writer."""
        return self._readers


def open_hub(settings: Settings, clock: Clock = utc_now) -> Hub:
    """Open the database and the key of an initialised hub. A hub with a demo key is a demo hub, and no other is.

    Raises NotInitialised, BadInput when a demo is asked of a hub with a real key.
    """
    identity = load_identity(settings.data_dir)
    if settings.demo and not identity.key.demo:
        raise BadInput("this hub has a real key: it takes no simulated statements; make a demo hub in another folder")
    settings = replace(settings, demo=identity.key.demo)
    return Hub(settings, identity, open_engine(settings.database_url), clock)


def hub_of(session: Session) -> Hub:
    """The hub that opened this session."""
    hub = session.info[CONTEXT]
    assert isinstance(hub, Hub)
    return hub
