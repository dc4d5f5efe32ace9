"""The places of the hub, as the bar at the top lists them: each role sees where it may go, and how much waits there."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models import DecisionWord, Erasure, Person, Role, Station, StationState
from hub.pages.language import mark, words
from hub.people.roles import BENCH, MANAGERS, NETWORKERS, READERS, VALIDATORS
from hub.scope import bench_in_scope, run_in_scope, works_here

ALL = tuple(Role)
LOT_READERS = (Role.DONOR, *READERS)
# path, word, icon, roles; those of AT_HOME are for staff of the workshop that runs this hub
PLACES = (
    ("/", mark("Start"), "bench", ALL),
    ("/lots", mark("Lots"), "box", LOT_READERS),
    ("/exits", mark("What leaves"), "arrow", BENCH),
    ("/live", mark("Live"), "clock", BENCH),
    ("/queue", mark("Decisions"), "list", VALIDATORS),
    ("/grades", mark("Grades"), "seal", MANAGERS),
    ("/stations", mark("Stations"), "drive", MANAGERS),
    ("/benches", mark("To the benches"), "bench", MANAGERS),
    ("/partners", mark("Partners"), "person", NETWORKERS),
    ("/figures", mark("Figures"), "list", NETWORKERS),
    ("/people", mark("People"), "person", (Role.ADMIN,)),
    ("/help", mark("Help"), "info", ALL),
)
AT_HOME = ("/grades", "/benches", "/partners")
PUBLIC_PLACES = (("/verify", mark("Check a certificate"), "shield"), ("/help", mark("Help"), "info"))


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar; `waiting` is how many things wait there."""

    path: str
    word: str
    icon: str
    here: bool
    waiting: int = 0


def waiting_at(session: Session, person: Person, path: str) -> int:
    """How many things wait at a place."""
    if path == "/queue":
        query = select(func.count()).select_from(Erasure)
        query = query.where(Erasure.decision == DecisionWord.AWAITING, run_in_scope(person))
    elif path == "/stations":
        query = select(func.count()).select_from(Station)
        query = query.where(Station.state == StationState.PENDING, bench_in_scope(person, Station.id))
    else:
        return 0
    return session.scalar(query) or 0


def places_of(session: Session, person: Person | None, here: str, lang: str) -> tuple[Place, ...]:
    """The bar for one reader."""
    say = words(lang).gettext
    if person is None:
        return tuple(Place(path, say(word), icon, _within(here, path)) for path, word, icon in PUBLIC_PLACES)
    hidden = () if works_here(session, person) else AT_HOME
    return tuple(
        Place(path, say(word), icon, _within(here, path), waiting_at(session, person, path))
        for path, word, icon, roles in PLACES
        if person.role in {role.value for role in roles} and (path not in hidden or person.role == Role.COORDINATOR)
    )


def _within(here: str, path: str) -> bool:
    return here == path or (path != "/" and here.startswith(path + "/"))
