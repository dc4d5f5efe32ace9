"""What is proven and what is not, in plain words, for everybody."""

from fastapi import APIRouter, Response

from certificates.statement import VERDICTS
from hub import wording
from hub.pages.visit import Anybody

router = APIRouter(include_in_schema=False)


@router.get("/help")
def show(visit: Anybody) -> Response:
    """The help page."""
    verdicts = []
    for word in VERDICTS:
        look = wording.verdict_state(word, visit.lang)
        verdicts.append(
            {
                "tone": look.tone,
                "icon": look.icon,
                "word": look.word,
                "meaning": wording.verdict_meaning(word, visit.lang),
            }
        )
    return visit.page("help.html", verdicts=verdicts)
