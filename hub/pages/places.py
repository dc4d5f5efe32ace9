"""The places of the hub, as the bar at the top lists them: each role sees where it may go, and how much waits there.

Places of one group share a menu, which tells how much waits in all of it; a group of which the reader sees one place is
that place itself. The groups stand in the order in which their words come first.
"""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models import Person, Role, Station, StationState
from hub.pages.language import mark, words
from hub.partners import library
from hub.people.roles import BENCH, MANAGERS, NETWORKERS, READERS, STAFF, VALIDATORS
from hub.scope import bench_in_scope, works_here
from hub.surplus.offering import to_moderate
from hub.waiting import queue_length

ALL = tuple(Role)
LOT_READERS = (Role.DONOR, *READERS)

START, LOTS, WORKSHOP = mark("Start"), mark("Lots"), mark("Workshop")
NETWORK, ADMINISTRATION, HELP = mark("Network"), mark("Administration"), mark("Help")
GROUPS = (START, LOTS, WORKSHOP, NETWORK, ADMINISTRATION, HELP)

# path, word, icon, roles, group: a new place is one line, anywhere among those of its group; those of AT_HOME are for
# staff of the workshop that runs this hub
PLACES = (
    ("/", mark("Start"), "bench", ALL, START),
    ("/lots", mark("Lots"), "box", LOT_READERS, LOTS),
    ("/board", mark("Board"), "list", STAFF, LOTS),
    ("/scan", mark("Scan many tags"), "seal", STAFF, LOTS),
    ("/tags", mark("Asset tags"), "seal", STAFF, LOTS),
    ("/exits", mark("What leaves"), "arrow", BENCH, LOTS),
    ("/intake", mark("Over the counter"), "plus", BENCH, LOTS),
    ("/stock", mark("Stock"), "box", (Role.DISTRIBUTOR, *READERS), LOTS),
    ("/reservations", mark("Reservations"), "lock", (Role.DISTRIBUTOR, *READERS), LOTS),
    ("/deliveries", mark("Deliveries"), "arrow", (Role.DISTRIBUTOR,), LOTS),
    ("/prescriptions", mark("Prescriptions"), "list", (Role.PRESCRIBER, *READERS), LOTS),
    ("/live", mark("Live"), "clock", BENCH, WORKSHOP),
    ("/queue", mark("Decisions"), "list", VALIDATORS, WORKSHOP),
    ("/approve-together", mark("Approve together"), "check", VALIDATORS, WORKSHOP),
    ("/grades", mark("Grades"), "seal", MANAGERS, WORKSHOP),
    ("/stations", mark("Stations"), "drive", MANAGERS, WORKSHOP),
    ("/benches", mark("To the benches"), "bench", MANAGERS, WORKSHOP),
    ("/partners", mark("Partners"), "person", NETWORKERS, NETWORK),
    ("/library", mark("Library"), "list", READERS, NETWORK),
    ("/surplus", mark("Surplus"), "box", READERS, NETWORK),
    ("/figures", mark("Figures"), "list", NETWORKERS, NETWORK),
    ("/network-figures", mark("Shared figures"), "list", READERS, NETWORK),
    ("/witnesses", mark("Witnesses"), "shield", MANAGERS, ADMINISTRATION),
    ("/people", mark("People"), "person", (Role.ADMIN,), ADMINISTRATION),
    ("/help", mark("Help"), "info", ALL, HELP),
)
AT_HOME = ("/grades", "/benches", "/partners", "/witnesses")
PUBLIC_PLACES = (("/verify", mark("Check a certificate"), "shield"), ("/help", mark("Help"), "info"))


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar; `waiting` is how many things wait there."""

    path: str
    word: str
    icon: str
    here: bool
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One menu of the bar, or one place that stands by itself; `places` is never empty."""

    word: str
    places: tuple[Place, ...]

    @property
    def alone(self) -> Place | None:
        """The only place of the group, which then needs no menu."""
        return self.places[0] if len(self.places) == 1 else None

    @property
    def here(self) -> bool:
        """Whether the reader is at one of its places."""
        return any(place.here for place in self.places)

    @property
    def waiting(self) -> int:
        """How many things wait at its places, together."""
        return sum(place.waiting for place in self.places)


def waiting_at(session: Session, person: Person, path: str) -> int:
    """How many things wait at a place."""
    if path == "/queue":
        return queue_length(session, person)
    if path == "/stations":
        query = select(func.count()).select_from(Station)
        query = query.where(Station.state == StationState.PENDING, bench_in_scope(person, Station.id))
        return session.scalar(query) or 0
    if path == "/library":
        return len(library.to_read(session, person))
    if path == "/surplus":
        return to_moderate(session, person)
    return 0


def bar_of(session: Session, person: Person | None, here: str, lang: str) -> tuple[Group, ...]:
    """The bar for one reader."""
    say = words(lang).gettext
    if person is None:
        return tuple(_alone(Place(path, say(word), icon, _within(here, path))) for path, word, icon in PUBLIC_PLACES)
    hidden = () if works_here(session, person) or person.role == Role.COORDINATOR else AT_HOME
    seen = [row for row in PLACES if person.role in {role.value for role in row[3]} and row[0] not in hidden]
    seen.sort(key=lambda row: GROUPS.index(row[4]))
    return tuple(
        Group(
            say(group),
            tuple(
                Place(path, say(word), icon, _within(here, path), waiting_at(session, person, path))
                for path, word, icon, _roles, _group in rows
            ),
        )
        for group, rows in groupby(seen, key=lambda row: row[4])
    )


def bar_of_nobody(lang: str) -> tuple[Group, ...]:
    """The bar where nobody can be told from anybody: the start, and what is public."""
    say = words(lang).gettext
    start = (("/", START, "bench"),)
    return tuple(_alone(Place(path, say(word), icon, here=False)) for path, word, icon in start + PUBLIC_PLACES)


def _alone(place: Place) -> Group:
    return Group(place.word, (place,))


def _within(here: str, path: str) -> bool:
    return here == path or (path != "/" and here.startswith(path + "/"))
