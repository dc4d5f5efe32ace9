"""What waits, as tiles of the start page: a figure, how old the oldest is, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.dates import format_timedelta

from hub.pages.language import mark, words
from hub.waiting import Waiting


@dataclass(frozen=True, slots=True)
class WaitingTile:
    """One figure on the start page and where it leads; `age` is that of the oldest, "" where nothing waits."""

    path: str
    number: int
    tone: str
    icon: str
    what: str
    explanation: str
    age: str
    go: str


# kind: address, tone where something waits, drawing, what, what it means, what to do
TILES: Final = {
    "decisions": (
        "/queue", "wait", "list", mark("decisions to take"),
        mark("Erasures that a person must approve or reject."), mark("Decide now"),
    ),
    "recalls": (
        "/waiting/recalls", "wait", "undo", mark("certificates that somebody asks to take back or replace"),
        mark("Another lead has to agree before anything is signed."), mark("Look at them"),
    ),
    "contradicted": (
        "/waiting/contradicted", "bad", "alert", mark("drives contradicted after certificate, closing or exit"),
        mark("A later run failed or a reading found something. Whoever checks the certificate is told."),
        mark("Look at them"),
    ),
    "disputed": (
        "/waiting/disputed", "bad", "key", mark("erasures in dispute"),
        mark("Signed by a key that somebody else may have had. The drives are open again."), mark("Look at them"),
    ),
    "failed": (
        "/waiting/failed", "bad", "alert", mark("drives that failed"),
        mark("Failed or unconfirmed, in an open lot, without a later success."), mark("Look at them"),
    ),
    "unmatched": (
        "#unmatched", "wait", "question", mark("statements without a lot"),
        mark("Proof that arrived before its drive was known."), mark("Find their lot"),
    ),
    "ungraded": (
        "/waiting/ungraded", "wait", "laptop", mark("devices without a grade"),
        mark("A bench has worked at them; a diagnosis or a check is missing."), mark("See which"),
    ),
    "receptions": (
        "/waiting/receptions", "wait", "box", mark("lots not received yet"),
        mark("Announced or collected; nobody has said that they are here."), mark("See which"),
    ),
    "pending": (
        "/stations", "wait", "key", mark("stations to accept"), mark("Benches that ask to join."),
        mark("See the stations"),
    ),
    "locked": (
        "/stations", "bad", "lock", mark("locked stations"),
        mark("Nothing is taken from them until their alarm was looked at."), mark("See the stations"),
    ),
    "alarms": (
        "#alarms", "bad", "alert", mark("open alarms"), mark("Something that a person must look at."),
        mark("Look at them"),
    ),
}  # fmt: skip
OLDEST: Final = mark("the oldest: %(age)s")


def tiles(found: tuple[Waiting, ...], now: datetime, lang: str) -> list[WaitingTile]:
    """What waits first, in its order; what does not wait stays there with a zero, in one calm line."""
    return sorted((_tile(one, now, lang) for one in found), key=lambda tile: tile.number == 0)


def age_text(since: datetime, now: datetime, lang: str) -> str:
    """Write how long something waits ("3 days"); a clock that went back makes nothing younger than now."""
    return str(format_timedelta(max(now, since) - since, threshold=1.5, locale=lang))


def _tile(one: Waiting, now: datetime, lang: str) -> WaitingTile:
    path, tone, icon, what, explanation, go = TILES[one.kind]
    say = words(lang).gettext
    age = say(OLDEST) % {"age": age_text(one.oldest, now, lang)} if one.count and one.oldest is not None else ""
    return WaitingTile(path, one.count, tone if one.count else "ok", icon, say(what), say(explanation), age, say(go))
