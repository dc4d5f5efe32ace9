"""The start page of a distributor and of a prescriber: what waits for them, and where they go from here."""

from fastapi import Response

from hub.distribution import prescribing, reserving, stock
from hub.distribution.standing import State
from hub.models import Role
from hub.pages.language import mark
from hub.pages.visit import Visit
from hub.pages.waiting_words import WaitingTile


def distribution_home(visit: Visit) -> Response:
    """What waits for somebody of distribution."""
    tiles = _prescriber(visit) if visit.has_role(Role.PRESCRIBER) else _distributor(visit)
    return visit.page("distribution_home.html", tiles=tiles)


def _prescriber(visit: Visit) -> list[WaitingTile]:
    counts = prescribing.count_by_prescriber(visit.session, visit.someone)
    sums = {state: sum(number for (_, one), number in counts.items() if one is state) for state in State}
    waiting = sums[State.OPEN] + sums[State.RESERVED]
    say, path = visit.say, "/prescriptions"
    return [
        WaitingTile(
            path,
            waiting,
            "wait" if waiting else "ok",
            "clock",
            say(mark("codes that wait for a device")),
            say(mark("Issued, not served yet.")),
            "",
            say(mark("See the prescriptions")),
        ),
        WaitingTile(
            path,
            sums[State.SERVED],
            "ok",
            "check",
            say(mark("codes served")),
            say(mark("A device left for each of them.")),
            "",
            say(mark("See the prescriptions")),
        ),
    ]


def _distributor(visit: Visit) -> list[WaitingTile]:
    kept = len(reserving.reservations(visit.session, visit.someone))
    offered = len(stock.shelf(visit.session, visit.someone).offers)
    say = visit.say
    return [
        WaitingTile(
            "/stock",
            offered,
            "ok" if offered else "none",
            "box",
            say(mark("devices to choose from")),
            say(mark("Those of the first page of the stock.")),
            "",
            say(mark("See the stock")),
        ),
        WaitingTile(
            "/reservations",
            kept,
            "wait" if kept else "ok",
            "lock",
            say(mark("devices reserved for you")),
            say(mark("The workshop delivers them, or their day passes.")),
            "",
            say(mark("See them")),
        ),
    ]
