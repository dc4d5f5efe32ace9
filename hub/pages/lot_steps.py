"""The way of a lot from its announcement to the link for the donor, as a lead meets it: what is done, what comes next.

The start page shows the way with the places where each step is done; the page of a lot shows where that lot stands on
it. It is a help to find one's way and decides nothing: what a lot needs before it closes is said by
`hub.lots.blocking`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from hub.lots.blocking import NOT_HERE, Block, Blocker
from hub.models import Lot, LotState, Role
from hub.pages.device_rows import LotFacts
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.visit import Visit
from hub.people.roles import MANAGERS, STAFF

ANNOUNCE, LIST, RECEIVE, TAGS, BENCHES = "announce", "list", "receive", "tags", "benches"
APPROVE, SORT, CLOSE, LINK = "approve", "sort", "close", "link"


@dataclass(frozen=True, slots=True)
class Way:
    """One step of every lot: its name, words, help, who takes it, and where where no lot is meant.

    An optional one is left out by whoever does without it: it is next only while nothing behind it is done.
    """

    name: str
    word: str
    help: str
    roles: tuple[Role, ...]
    general: str
    optional: bool = False


STEPS = (
    Way(
        ANNOUNCE,
        mark("Announce a lot"),
        mark("A lot is what one donor gives at one time. Choose the donor and give it a code."),
        MANAGERS,
        "/new-lot",
    ),
    Way(
        LIST,
        mark("Import the donor's list"),
        mark("On the page of the lot: the devices that the donor announced. You see first what the file would do."),
        MANAGERS,
        "/lots",
    ),
    Way(
        RECEIVE,
        mark("Note the reception"),
        mark("On the page of the lot: the day on which the goods came, and how many were counted."),
        STAFF,
        "/lots",
    ),
    Way(
        TAGS,
        mark("Print the tags"),
        mark(
            "Optional: on the page of the lot, a sheet of labels with a QR code for each device; the benches read it."
        ),
        STAFF,
        "/tags",
        optional=True,
    ),
    Way(
        BENCHES,
        mark("Follow the benches"),
        mark("What each bench does now; the drives that need somebody come first."),
        STAFF,
        "/live",
    ),
    Way(
        APPROVE,
        mark("Approve the erasures"),
        mark("You read the evidence of each run and decide; only then is a certificate issued."),
        (Role.LEAD,),
        "/queue",
    ),
    Way(
        SORT,
        mark("Sort the devices"),
        mark("Where each device goes, and how many places for drives were seen in it."),
        STAFF,
        "/lots",
    ),
    Way(
        CLOSE,
        mark("Close the lot"),
        mark("When nothing is open any more. The report is frozen, with your name."),
        (Role.LEAD,),
        "/lots",
    ),
    Way(
        LINK,
        mark("Send the donor the link"),
        mark("Invite somebody of the donor: with the link they read their lots and their certificates."),
        MANAGERS,
        "/lots",
    ),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a page shows it; `state` is "done", "next" or "later"."""

    word: str
    help: str
    path: str
    state: str
    waiting: int = 0


def way_of_lots(visit: Visit) -> tuple[Step, ...]:
    """The steps that the reader takes, with the place where each begins."""
    return tuple(
        Step(visit.say(one.word), visit.say(one.help), one.general, "later")
        for one in STEPS
        if visit.has_role(*one.roles)
    )


def steps_of(
    visit: Visit, lot: Lot, facts: LotFacts, found: Iterable[Blocker], *, tagged: bool, invited: bool
) -> tuple[Step, ...]:
    """Where a lot stands on its way, for the reader. `tagged`: tags were printed for it; `invited`: its donor was."""
    done = done_of(lot, facts, {one.block for one in found}, tagged=tagged, invited=invited)
    places, following = places_of(lot), following_of(done)
    return tuple(
        Step(
            visit.say(one.word),
            visit.say(one.help),
            places[one.name],
            "done" if one.name in done else "next" if one.name == following else "later",
            facts.waiting if one.name == APPROVE else 0,
        )
        for one in STEPS
        if visit.has_role(*one.roles)
    )


def following_of(done: Collection[str]) -> str:
    """The name of the first step that is not done, "" without any; what is optional does not hold up what follows."""
    for at, one in enumerate(STEPS):
        if one.name not in done and not (one.optional and any(later.name in done for later in STEPS[at + 1 :])):
            return one.name
    return ""


def done_of(lot: Lot, facts: LotFacts, blocks: set[Block], *, tagged: bool, invited: bool) -> set[str]:
    """The names of the steps that this lot has behind it; nothing is sorted of which nobody says that it came."""
    here = lot.state not in NOT_HERE
    some = facts.devices > 0 or facts.drives > 0
    behind = {
        ANNOUNCE: True,
        LIST: some,
        RECEIVE: lot.received is not None and Block.NOT_COUNTED not in blocks,
        TAGS: tagged,
        BENCHES: facts.drives > 0 and facts.open == facts.waiting,
        APPROVE: facts.certified > 0 and not facts.waiting,
        SORT: here and some and not blocks & {Block.DEVICE, Block.BAYS, Block.BAYS_UNKNOWN, Block.SUMS},
        CLOSE: lot.state == LotState.CLOSED,
        LINK: invited,
    }
    return set(behind) if lot.state == LotState.CANCELLED else {name for name, is_so in behind.items() if is_so}


def places_of(lot: Lot) -> dict[str, str]:
    """Where each step of this lot is taken."""
    here = lot_path(lot.code)
    return {
        ANNOUNCE: f"{here}/life",
        LIST: f"{here}/import",
        RECEIVE: f"{here}/life",
        TAGS: f"{here}/tags",
        BENCHES: "/live",
        APPROVE: "/queue",
        SORT: f"{here}/devices",
        CLOSE: f"{here}/closing",
        LINK: f"/donors/{quote(lot.donor_id, safe='')}/people",
    }
