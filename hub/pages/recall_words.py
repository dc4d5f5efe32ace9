"""Why a certificate counts no more, in words; and the badge that its donor and the workshop see beside it."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from certificates.statement import REPLACED
from hub import wording
from hub.database import plain_rows
from hub.pages.language import mark, words
from hub.recalled import DISPUTED, Superseded

WHYS: Final = {
    "corrected": mark("replace it: something on it is wrong, and was put right here"),
    "reissued": mark("replace it: it is issued once more for another reason"),
    "withdrawn": mark("take it back: the approval was a mistake"),
    "contradicted": mark("take it back: something was found that speaks against it"),
}
TOLD: Final = {
    "corrected": mark("something on it was wrong; a new one has taken its place"),
    "reissued": mark("it was issued once more; the new one counts"),
    "withdrawn": mark("the workshop has taken it back"),
    "contradicted": mark("the workshop has taken it back: something was found that speaks against it"),
    DISPUTED: mark("somebody else may have had the key that signed it: it is in dispute"),
}
DISPUTED_BADGE: Final = ("bad", "alert", mark("in dispute"))
REPLACED_BADGE: Final = ("wait", "undo", mark("replaced by a new one"))
TAKEN_BACK_BADGE: Final = ("bad", "cross", mark("taken back"))

_SAID: Final = select(Superseded.statement_id, Superseded.why).where(
    Superseded.statement_id.in_(bindparam("ids", expanding=True))
)


def why_words(code: str, lang: str) -> str:
    """Why, for whoever reads."""
    return str(words(lang).gettext(TOLD[code]))


def badges_of(session: Session, statements: Collection[str], lang: str) -> Mapping[str, wording.State]:
    """The badge of each of these certificates (statement ids) that counts no more; the others are left out."""
    found = plain_rows(session, _SAID, ids=list(statements)) if statements else ()
    return {row.statement_id: wording.state(_badge(row.why), lang) for row in found}


def _badge(why: str) -> tuple[str, str, str]:
    if why == DISPUTED:
        return DISPUTED_BADGE
    return REPLACED_BADGE if why in REPLACED else TAKEN_BACK_BADGE
