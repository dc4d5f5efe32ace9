"""What is proven and what is not, in plain words: for donors, their officers for data protection, workshops."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response

from certificates.statement import VERDICTS
from hub import wording
from hub.pages.language import mark
from hub.pages.visit import Anybody

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the picture: who, does what in few words, what binds it to the next, and the same as a sentence."""

    who: str
    does: str
    bond: str
    told: str

    def said(self, say: Callable[[str], str]) -> "Step":
        """The step in the reader's language."""
        return Step(say(self.who), say(self.does), say(self.bond) if self.bond else "", say(self.told))


CHAIN: Final = (
    Step(
        mark("The bench"),
        mark("erases, then reads the drive back"),
        mark("its signature"),
        mark("It erases the drive, reads it back, and signs what it saw, failures too."),
    ),
    Step(
        mark("The hub"),
        mark("keeps it, changes nothing"),
        mark("a line in the log"),
        mark("It stores the signed statement byte for byte and gives it a line in a log that only grows."),
    ),
    Step(
        mark("A person"),
        mark("looks at the evidence, decides"),
        mark("a second signature"),
        mark("Somebody with a name looks at the evidence and approves or rejects it; that is signed too."),
    ),
    Step(
        mark("The certificate"),
        mark("carries all signed statements"),
        mark("a seal over every byte"),
        mark("It is one PDF that holds all these statements, with a seal over every byte of it."),
    ),
    Step(
        mark("You"),
        mark("check it, here or offline"),
        "",
        mark("You check it on this site or without any network, today or in ten years, and need not trust us for it."),
    ),
)


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
    return visit.page("help.html", verdicts=verdicts, chain=[step.said(visit.say) for step in CHAIN])
