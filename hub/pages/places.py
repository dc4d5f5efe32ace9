"""The places of the hub, as the bar at the top lists them: each role sees where it may go, and how much waits there."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models import Person, Role, Station, StationState
from hub.pages.language import mark, words
from hub.waiting import queue_length

STAFF = (Role.TECHNICIAN, Role.LEAD, Role.ADMIN)
MANAGERS = (Role.LEAD, Role.ADMIN)

# path, word, icon, roles
PLACES = (
    ("/", mark("Start"), "bench", tuple(Role)),
    ("/lots", mark("Lots"), "box", tuple(Role)),
    ("/exits", mark("What leaves"), "arrow", STAFF),
    ("/live", mark("Live"), "clock", STAFF),
    ("/queue", mark("Decisions"), "list", (Role.LEAD,)),
    ("/grades", mark("Grades"), "seal", MANAGERS),
    ("/stations", mark("Stations"), "drive", MANAGERS),
    ("/benches", mark("To the benches"), "bench", MANAGERS),
    ("/partners", mark("Partners"), "person", MANAGERS),
    ("/figures", mark("Figures"), "list", MANAGERS),
    ("/people", mark("People"), "person", (Role.ADMIN,)),
    ("/help", mark("Help"), "info", tuple(Role)),
)
PUBLIC_PLACES = (("/verify", mark("Check a certificate"), "shield"), ("/help", mark("Help"), "info"))


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar; `waiting` is how many things wait there."""

    path: str
    word: str
    icon: str
    here: bool
    waiting: int = 0


def waiting_at(session: Session, path: str) -> int:
    """How many things wait at a place."""
    if path == "/queue":
        return queue_length(session)
    if path == "/stations":
        query = select(func.count()).select_from(Station).where(Station.state == StationState.PENDING)
        return session.scalar(query) or 0
    return 0


def places_of(session: Session, person: Person | None, here: str, lang: str) -> tuple[Place, ...]:
    """The bar for one reader."""
    say = words(lang).gettext
    if person is None:
        return tuple(Place(path, say(word), icon, _within(here, path)) for path, word, icon in PUBLIC_PLACES)
    return tuple(
        Place(path, say(word), icon, _within(here, path), waiting_at(session, path))
        for path, word, icon, roles in PLACES
        if person.role in {role.value for role in roles}
    )


def _within(here: str, path: str) -> bool:
    return here == path or (path != "/" and here.startswith(path + "/"))
