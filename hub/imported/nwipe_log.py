"""nwipe's log: its error summary and its table of drives. A line with its exclamation mark is never a success.

The table joins model and serial by "/" and cuts nothing off the serial; the last "/" parts them.
"""

import re

from hub.imported.reported import Outcome, ReportedDrive, Trouble, Unreadable, Why, WipeReport, told, whole

VERSION = re.compile(r"\bnwipe (?:version )?v?(\d[\w.\-]{0,20})", re.IGNORECASE)
MOMENT = re.compile(r"\[(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\]")
TABLE = "Model/Serial Number"
DRIVE = re.compile(r"^(!?)\s*([\w/.\-]+)\s*\|([^|]*)\|([^|]*)\|([^|]*)\|(.+)$")
ERRORS = re.compile(r"^(!?)\s*([\w/.\-]+)\s*\|\s*(\d+)\s*\|\s*(\d+)\s*\|\s*(\d+)\s*$")
METHOD = re.compile(r"\bmethod *[=:] *([^\n]{1,80})", re.IGNORECASE)
HIDDEN = re.compile(r"hidden sectors|HIDDEN SECTORS DETECTED|HPA/DCO data unavailable", re.IGNORECASE)
BAD = ("fail", "abort", "insan", "error")


def read_nwipe_log(text: str) -> WipeReport:
    """The report in this log. Raises Unreadable."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if TABLE in line), None)
    if start is None:
        raise Unreadable(Trouble.UNKNOWN_FORM)
    errors = {found[2]: found for line in lines[:start] if (found := ERRORS.match(line.strip()))}
    rows = [found for line in lines[start + 1 :] if (found := DRIVE.match(line.strip()))]
    version, method, moments = VERSION.search(text), METHOD.search(text), MOMENT.findall(text)
    span = (moments[0], moments[-1]) if moments else ("", "")
    hidden = HIDDEN.search(text) is not None
    drives = [_drive(row, errors.get(row[2]), told(method[1]) if method else "", span, hidden=hidden) for row in rows]
    return WipeReport("nwipe", told(version[1]) if version else "", "log", whole(drives))


def _drive(
    row: re.Match[str], errors: re.Match[str] | None, method: str, span: tuple[str, str], *, hidden: bool
) -> ReportedDrive:
    model, _slash, serial = row[6].strip().rpartition("/")
    outcome, why = _outcome(row, errors, hidden=hidden)
    return ReportedDrive(
        serial=told(serial),
        model=told(model),
        size="",
        technique=method,
        outcome=outcome,
        said=told(row[3].strip()),
        why=why,
        started=span[0],
        ended=span[1],
    )


def _outcome(row: re.Match[str], errors: re.Match[str] | None, *, hidden: bool) -> tuple[Outcome, Why]:
    status = row[3].strip().strip("-").lower()
    if any(bad in status for bad in BAD):
        return Outcome.FAILED, Why.STATE
    if status != "erased":
        return Outcome.UNKNOWN, Why.STATE
    if row[1] or (errors and (errors[1] or {errors[3], errors[4], errors[5]} != {"0"})):
        return Outcome.FAILED, Why.ERRORS
    if errors is None:
        return Outcome.UNKNOWN, Why.UNTOLD
    if not any(digit in "123456789" for digit in row[5]) or not any(digit in "123456789" for digit in row[4]):
        return Outcome.FAILED, Why.INCOMPLETE  # no time, or no throughput
    return (Outcome.EXCEPTIONS, Why.HIDDEN) if hidden else (Outcome.SUCCESS, Why.NONE)
