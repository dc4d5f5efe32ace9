"""nwipe's JSON report, and lists of nwipe runs kept as CSV: one row per drive, under the names that its report uses."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hub.imported.nwipe_words import outcome_of
from hub.imported.reported import Outcome, ReportedDrive, Trouble, Unreadable, Why, WipeReport, told, whole

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "serial": ("serial", "serial no", "serial number", "disk serial", "numéro de série"),
    "model": ("model", "make/model", "modèle"),
    "size": ("size", "size(real)", "size(apparent)", "taille"),
    "status": ("status", "statut"),
    "method": ("method", "méthode"),
    "bytes": ("bytes erased", "*bytes erased"),
    "rounds": ("rounds", "rounds(completed/requested)"),
    "errors": ("errors", "errors(pass/sync/verify)"),
    "hidden": ("hpa/dco", "hidden sectors"),
    "start": ("start time", "start", "début"),
    "end": ("end time", "end", "fin"),
    "version": ("nwipe version", "version"),
}
NAMES = {word: name for name, words in COLUMNS.items() for word in words}
NOTHING_HIDDEN = ("", "no hidden sectors", "hpa/dco not supported", "not applicable", "no", "none", "n/a")
MOST_ROWS = 2_000
LATEST = 253_402_300_799  # seconds: the end of the year 9999


def read_nwipe_csv(text: str) -> WipeReport:
    """The runs of this list. Raises Unreadable."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max((";", ",", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = [NAMES.get(" ".join(cell.lower().split()), "") for cell in next(reader, [])]
        if not {"serial", "status"} <= set(header):
            raise Unreadable(Trouble.UNKNOWN_FORM)
        rows = [dict(zip(header, map(told, cells), strict=False)) for cells in reader if any(cells)]
    except csv.Error as error:
        raise Unreadable(Trouble.TEXT) from error
    if len(rows) > MOST_ROWS:
        raise Unreadable(Trouble.TOO_LARGE)
    version = next((row["version"] for row in rows if row.get("version")), "")
    return WipeReport("nwipe", version, "csv", whole([_listed(row) for row in rows]))


def _listed(row: Mapping[str, str]) -> ReportedDrive:
    said = row.get("status", "")
    outcome, why = outcome_of(
        said,
        bytes_erased=row.get("bytes", ""),
        errors=row.get("errors", ""),
        rounds=row.get("rounds", ""),
        hidden=row.get("hidden", "").lower() not in NOTHING_HIDDEN,
    )
    serial, model, size, method, start, end = (
        row.get(name, "") for name in ("serial", "model", "size", "method", "start", "end")
    )
    return ReportedDrive(serial, model, size, method, outcome, said, why, start, end)


def read_nwipe_json(document: Any) -> WipeReport:
    """The report in nwipe's own JSON. Raises Unreadable."""
    metadata, device, result = (_member(document, name) for name in ("report_metadata", "device", "wipe_result"))
    if told(metadata.get("software")).lower() != "nwipe" or not device or not result:
        raise Unreadable(Trouble.UNKNOWN_FORM)
    outcome, why = _judged(result)
    size = device.get("size_bytes")
    drive = ReportedDrive(
        serial=told(device.get("serial_no")),
        model=told(device.get("model")),
        size=str(size)[:20] if isinstance(size, int) and not isinstance(size, bool) else "",
        technique="",
        outcome=outcome,
        said=told(result.get("status")),
        why=why,
        started=_moment(result.get("start_time")),
        ended=_moment(result.get("end_time")),
    )
    return WipeReport("nwipe", told(metadata.get("version")), "json", whole([drive]))


def _judged(result: Mapping[str, Any]) -> tuple[Outcome, Why]:
    status = told(result.get("status")).lower()
    if "fail" in status:
        return Outcome.FAILED, Why.STATE
    if status != "success":
        return Outcome.UNKNOWN, Why.STATE
    errors = [result.get("pass_errors"), result.get("verify_errors")]
    if any(type(count) is not int for count in [*errors, result.get("duration_seconds")]):
        return Outcome.UNKNOWN, Why.UNTOLD
    if errors != [0, 0]:
        return Outcome.FAILED, Why.ERRORS
    return (Outcome.SUCCESS, Why.NONE) if result["duration_seconds"] > 0 else (Outcome.FAILED, Why.INCOMPLETE)


def _member(document: Any, name: str) -> Mapping[str, Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _moment(seconds: Any) -> str:
    if type(seconds) is not int or not 0 < seconds < LATEST:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def json_of(text: str) -> Any:
    """A JSON document; None for what is none, or nested too deeply."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
