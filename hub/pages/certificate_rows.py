"""Certificates in a table, with their downloads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.issued import service as issued
from hub.issued.service import Listed
from hub.lots.drive_account import AccountLine
from hub.models import Lot
from hub.pages import later_words, turning
from hub.pages.language import LANGUAGES
from hub.pages.later_words import Later
from hub.pages.places_of_lots import lot_path
from hub.pages.recall_words import badges_of
from hub.pages.turning import Turning
from hub.pages.visit import Visit
from hub.wording import State

SIZE: Final = 20  # certificates of one page


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate: number, drive, and the languages of its frozen PDF."""

    id: str
    statement_id: str
    number: str
    model: str
    serial: str
    issued: datetime
    standing: State | None = None  # of one that counts no more
    later: Later = later_words.NOTHING
    documents: tuple[str, ...] = tuple(LANGUAGES)


def certificate_rows(
    visit: Visit, lot: Lot, after: str, lines: Sequence[AccountLine]
) -> tuple[list[CertificateRow], Turning]:
    """A page of the certificates of a lot in the reader's scope, those after one number, and where it goes on.

    `lines` are the account of the lot: against a run that is all that is known of its drive, nothing speaks.
    """
    found = issued.page_of(visit.session, visit.someone, lot, after, SIZE + 1)
    page, more = turning.shown(found, SIZE)
    last = page[-1].number if page else ""
    links = turning.turning(lot_path(lot.code), "certificates", after, last, more=more, place="certificates")
    alone = {line.runs[0].statement_id for line in lines if line.alone}
    return rows_of(visit, page, alone), links


def rows_of(visit: Visit, certificates: Sequence[Listed], alone: Collection[str] = frozenset()) -> list[CertificateRow]:
    """Certificates in the reader's scope as rows, with what speaks against each since: nothing, where `alone`."""
    later = later_words.told_of(visit, [one.erasure_id for one in certificates if one.erasure_id not in alone])
    standing = badges_of(visit.session, [one.statement_id for one in certificates], visit.lang)
    return [
        CertificateRow(
            one.id,
            one.statement_id,
            one.number,
            one.model,
            one.serial,
            one.issued,
            standing.get(one.statement_id),
            later.get(one.erasure_id, later_words.NOTHING),
        )
        for one in certificates
    ]
