"""A paper of a lot, for the table of who may open what."""

from sqlalchemy.orm import Session

from hub.lots.explaining import Said, explain
from hub.models import Drive, Lot, Person
from hub.papers_issued import DrivePaper


def a_paper(session: Session, lead: Person, lot: Lot) -> str:
    """The paper of a drive of the lot that was attested absent."""
    drive = session.query(Drive).filter_by(serial="SA-0005").one().id
    explain(session, lead, lot, drive, Said("absent", "bay-empty", sure=True))
    return session.query(DrivePaper).one().id
