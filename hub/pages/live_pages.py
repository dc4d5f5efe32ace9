"""The live bench page: every bench and every drive now, for the office and for a screen on the wall.

The page is whole without the script; with it, what changed comes over one line (`live_stream`) and is put in its place.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from hub.context import Hub
from hub.live import picture
from hub.live.picture import LiveStation, Picture, StationRow
from hub.live.telling import ears_of
from hub.live.watching import benches, benches_of, rows
from hub.pages import live_words
from hub.pages.assets import assets
from hub.pages.live_stream import Cards, Look, Streams
from hub.pages.rendering import fragment
from hub.pages.visit import Bench
from hub.people.dependencies import session_token
from hub.people.roles import BENCH
from hub.people.service import away, still_in

router = APIRouter(include_in_schema=False)
SUMMARY: Final = "summary"
HERE: Final = ""  # the workshop that runs this hub
MOST_TROUBLES: Final = 12  # in the list at the top; each stands in its bench as well


@router.get("/live")
def show(visit: Bench, wall: str = "") -> Response:
    """Every bench now; `wall` leaves everything else away."""
    now = picture.picture(benches(visit.session, visit.someone), visit.hub.clock())
    return visit.page("live.html", cards=Drawing().cards(now, visit.lang).values(), wall=bool(wall))


@router.get("/live/events")
async def events(visit: Bench, request: Request) -> Response:
    """What changes, as server-sent events, until the session ends."""
    streams: Streams = request.app.state.live
    lines = streams.events(session_token(request) or "", visit.lang)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def open_streams(hub: Hub) -> Streams:
    """The lines of one process of this hub."""
    edition = "-".join(asset.digest for asset in assets().values())
    return Streams(looking(hub), edition=edition, ears=ears_of(hub.engine))


def looking(hub: Hub) -> Callable[[Collection[str], Collection[str]], Look]:
    """One look at the benches after the other: only what is new is read and drawn again.

    Sessions of a partner are given the benches of that partner; the cards of all others are the same.
    """
    known: dict[str, StationRow] = {}
    drawings: dict[str, Drawing] = defaultdict(Drawing)

    def look(langs: Collection[str], tokens: Collection[str]) -> Look:
        with hub.readers()() as session:
            found = rows(session, known)
            signed_in = still_in(session, tokens, BENCH)
            houses = away(session, signed_in)
            theirs = {house: benches_of(session, house) for house in set(houses.values())}
        known.clear()
        known.update((row.id, row) for row in found)
        now = hub.clock()
        cards = _cards(drawings[HERE], found, now, langs)
        apart = {
            house: _cards(drawings[house], [row for row in found if row.id in seen], now, langs)
            for house, seen in theirs.items()
        }
        return Look(cards, signed_in, {token: apart[house] for token, house in houses.items()})

    return look


def _cards(drawing: "Drawing", found: Iterable[StationRow], now: datetime, langs: Collection[str]) -> dict[str, Cards]:
    shown = picture.picture(found, now)
    return {lang: drawing.cards(shown, lang) for lang in langs}


class Drawing:
    """Cards as HTML; one that shows the same again is not drawn again."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], tuple[LiveStation, str]] = {}

    def cards(self, now: Picture, lang: str) -> Cards:
        """The cards by key, in the order of the page: the summary, then the benches."""
        found = {SUMMARY: self._summary(now, lang)}
        before, self._drawn = self._drawn, {key: kept for key, kept in self._drawn.items() if key[0] != lang}
        for station in now.stations:
            key = (lang, station.row.id)
            kept = before.get(key)
            shown = live_words.card(station, lang)
            text = (
                kept[1]
                if kept is not None and kept[0] == station
                else fragment(lang, "live_card.html", {"card": shown})
            )
            self._drawn[key] = (station, text)
            found[shown.key] = text
        return found

    def _summary(self, now: Picture, lang: str) -> str:
        facts = {
            "key": SUMMARY,
            "benches": len(now.stations),
            "counts": live_words.counts(now, lang),
            "troubles": live_words.troubles(now, lang, MOST_TROUBLES),
        }
        return fragment(lang, "live_summary.html", facts)
