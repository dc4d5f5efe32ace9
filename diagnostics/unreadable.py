"""What a document holds but nobody can read: a figure that is a word, a row without an id, a count below zero.

Absent is no fault here (smartctl leaves keys out); present and unreadable is one, for it may hide the very figure that
would have failed the drive.
"""

from collections.abc import Iterator, Mapping, Sequence

from diagnostics import plain


def unreadable_members(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of members that are there and cannot be read, each once, in the order of looking."""
    found = (*_exit_status(document), *_ata(document), *_scsi(document))
    return tuple(dict.fromkeys(found))


def _exit_status(document: Mapping[str, object]) -> Iterator[str]:
    stated = plain.table(document.get("smartctl")).get("exit_status")
    if stated is not None and plain.integer(stated) is None:
        yield "exit_status"


def _ata(document: Mapping[str, object]) -> Iterator[str]:
    member = document.get("ata_smart_attributes")
    table = plain.table(member).get("table")
    if member is not None and not isinstance(table, Sequence):
        yield "ata_smart_attributes"
    for row in table if isinstance(table, Sequence) and not isinstance(table, str) else ():
        number = plain.integer(plain.table(row).get("id"))
        if number is None:
            yield "ata_smart_attributes"
        elif any(name in row and plain.integer(row[name]) is None for name in ("value", "thresh")):
            yield str(number)


def _scsi(document: Mapping[str, object]) -> Iterator[str]:
    grown = document.get("scsi_grown_defect_list")
    if grown is not None and not _counts(grown):
        yield "scsi_grown_defect_list"
    log = document.get("scsi_error_counter_log")
    if log is None:
        return
    parts = plain.table(log).values()
    if not parts or any(not _counts(plain.table(part).get("total_uncorrected_errors", 0)) for part in parts):
        yield "scsi_error_counter_log"


def _counts(figure: object) -> bool:
    number = plain.integer(figure)
    return number is not None and number >= 0
