"""Indexes by which the pages of a large hub are read; each list and each bounded figure names the one that it needs.

They stand beside the tables so that a table stays what it is; `migrations` makes them.
"""

from typing import Final

from sqlalchemy import ColumnElement, Index
from sqlalchemy.orm import InstrumentedAttribute

from hub.models import Alarm, Certificate, Device, Diagnostic, Drive, Erasure, Lot

PAGES: Final = (
    Index("ix_lot_created_code", Lot.created.desc(), Lot.code),
    Index("ix_lot_donor_created", Lot.donor_id, Lot.created.desc(), Lot.code),
    Index("ix_drive_declared_lot_id", Drive.declared_lot_id),
    Index("ix_certificate_lot_number", Certificate.lot_id, Certificate.number),
    Index("ix_certificate_drive_id", Certificate.drive_id),
    Index("ix_certificate_device_id", Certificate.device_id),
    Index("ix_erasure_queue", Erasure.decision, Erasure.verdict, Erasure.position),
    Index(
        "ix_erasure_lot_drive", Erasure.lot_id, Erasure.drive_id, Erasure.position, Erasure.verdict, Erasure.decision
    ),
    Index(
        "ix_erasure_drive_story",
        Erasure.drive_id,
        Erasure.position,
        Erasure.lot_id,
        Erasure.verdict,
        Erasure.decision,
        Erasure.certificate_id,
        Erasure.device_id,
    ),
    Index(
        "ix_diagnostic_device_story",
        Diagnostic.device_id,
        Diagnostic.position,
        Diagnostic.letter,
        Diagnostic.statement_id,
    ),
    Index("ix_diagnostic_lot_device", Diagnostic.lot_id, Diagnostic.device_id),
)
FIGURES: Final = (
    Index("ix_lot_state_created", Lot.state, Lot.created),
    Index("ix_erasure_decision_position", Erasure.decision, Erasure.position),
    Index("ix_erasure_lot_verdict", Erasure.lot_id, Erasure.verdict, Erasure.position),
    Index(
        "ix_erasure_verdict_position",
        Erasure.verdict,
        Erasure.position,
        Erasure.received,
        Erasure.drive_id,
        Erasure.statement_id,
        Erasure.lot_id,
        Erasure.device_id,
    ),
    Index("ix_erasure_verdict_drive", Erasure.verdict, Erasure.drive_id, Erasure.position),
    Index("ix_device_lot_received", Device.lot_id, Device.received),
    Index("ix_alarm_closed", Alarm.closed),
)


def by_its_row(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    """The column without its indexes: a condition on rows that another column finds, and never a way to find them.

    SQLite keeps no statistics here: it would look through all approved runs, or all of a donor, to find those of a few
    drives.
    """
    return column.concat("")
