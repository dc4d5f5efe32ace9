"""Search by any code: straight to the one thing that it names, a list of several, or what was looked for in vain."""

from typing import Final

from fastapi import APIRouter, Response

from hub.pages.language import mark
from hub.pages.visit import SignedIn
from hub.scanned import shown
from hub.search import MOST, search

router = APIRouter(include_in_schema=False)
KINDS: Final = {
    "lot": ("box", mark("lot")),
    "device": ("laptop", mark("device")),
    "drive": ("drive", mark("drive")),
    "certificate": ("seal", mark("certificate")),
    "station": ("bench", mark("station")),
}


@router.get("/search")
def show(visit: SignedIn, q: str = "") -> Response:
    """What a code names."""
    asked = shown(q)
    hits = search(visit.session, visit.someone, q)
    if len(hits) == 1:
        return visit.go(hits[0].path)
    rows = [(*KINDS[hit.kind], hit) for hit in hits]
    found = [(icon, visit.say(word), hit) for icon, word, hit in rows]
    return visit.page("search.html", asked=asked, hits=found, most=MOST)
