"""The start page of a coordinator: what waits for them in their network, and where they go from here."""

from hub.pages.language import mark
from hub.pages.visit import Visit
from hub.pages.waiting_words import WaitingTile
from hub.partners import register
from hub.surplus import offering


def network_tiles(visit: Visit) -> list[WaitingTile]:
    """What waits for somebody who coordinates a network; numbers of their network only."""
    session, person, say = visit.session, visit.someone, visit.say
    offers = offering.to_moderate(session, person)
    return [
        WaitingTile(
            "/surplus",
            offers,
            "wait" if offers else "ok",
            "clock",
            say(mark("offers to read before they are published")),
            say(mark("No workshop of the network reads an offer before a moderator has.")),
            "",
            say(mark("Read the offers")),
        ),
        WaitingTile(
            "/partners",
            len(register.partners(session, person)),
            "none",
            "list",
            say(mark("partners of the network")),
            say(mark("Each with its level, its documents and its onboarding.")),
            "",
            say(mark("See the partners")),
        ),
    ]
