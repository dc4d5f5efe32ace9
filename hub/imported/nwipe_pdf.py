"""nwipe's certificate of one drive as PDF: the first page has labels that end in ":" with their values to the right."""

import re
from collections.abc import Sequence

from hub.imported.nwipe_words import outcome_of
from hub.imported.pdf_texts import Placed, first_page
from hub.imported.reported import ReportedDrive, Trouble, Unreadable, WipeReport, told, whole

TOOL = re.compile(r"NWIPE version *:? *v?(\d[\w.\-]{0,20})", re.IGNORECASE)
SAME_LINE = 4.0  # points
WARNINGS = ("warning", "hidden sectors not erased", "can not determine hidden")
ONE_OF_EACH = ("Serial:", "Status:", "Make/Model:")
NO_SERIAL = frozenset({"unknown"})


def read_nwipe_pdf(data: bytes) -> WipeReport:
    """The certificate in this PDF. Raises Unreadable, also for one of several drives."""
    texts = first_page(data)
    version = next((found for one in texts if (found := TOOL.search(one.text))), None)
    if version is None or any(sum(one.text == label for one in texts) != 1 for label in ONE_OF_EACH):
        raise Unreadable(Trouble.UNKNOWN_FORM)
    facts = _facts(texts)
    serial = facts.get("Serial:", "")
    outcome, why = outcome_of(
        facts.get("Status:", ""),
        bytes_erased=facts.get("*Bytes Erased:", ""),
        errors=facts.get("Errors(pass/sync/verify):", ""),
        rounds=facts.get("Rounds(completed/requested):", ""),
        hidden=any(word in one.text.lower() for one in texts for word in WARNINGS),
    )
    drive = ReportedDrive(
        serial="" if serial.lower() in NO_SERIAL else serial,
        model=facts.get("Make/Model:", ""),
        size=facts.get("Size(Apparent):", ""),
        technique=facts.get("Method:", ""),
        outcome=outcome,
        said=facts.get("Status:", ""),
        why=why,
        started=facts.get("Start time:", ""),
        ended=facts.get("End time:", ""),
    )
    return WipeReport("nwipe", told(version[1]), "pdf", whole([drive]))


def _facts(texts: Sequence[Placed]) -> dict[str, str]:
    """The first text to the right of each label, on its line and before the next label."""
    found: dict[str, str] = {}
    for label in (one for one in texts if one.text.endswith(":")):
        line = [one for one in texts if one.x > label.x and abs(one.y - label.y) <= SAME_LINE]
        after = min(line, key=lambda one: one.x, default=None)
        if after is not None and not after.text.endswith(":"):
            found.setdefault(label.text, told(after.text))
    return found
