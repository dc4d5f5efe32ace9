"""A report of `smartctl -a` or `-x` as text, turned into the document that `smartctl --json` would have written.

Only what the decoder looks at is carried over, and absent stays absent. A text has no exit status: it is not invented;
what the text says of failed commands goes into `messages`. The last line of a text without its end may be cut: it is
left out. Families: `text_ata`, `text_nvme`, `text_scsi`. Never raises.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from diagnostics.text_ata import ata_members, is_ata
from diagnostics.text_lines import Fields, fields, pairs
from diagnostics.text_nvme import is_nvme, nvme_members
from diagnostics.text_scsi import is_scsi, scsi_members

_HEADER = re.compile(r"^\W{0,4}smartctl (?:version |pre-)?(\d{1,2})\.(\d{1,2})\b")
_INFORMATION = "=== START OF INFORMATION SECTION ==="
_SECTION = re.compile(r"^=== START OF (?:READ )?(?:INFORMATION|SMART DATA) SECTION ===")
# Lines by which smartctl tells that a command failed: it then sets bit 2 of its exit status.
_FAILURE = re.compile(
    r"^(?:Read .{3,60} failed|SMART Status (?:command failed|not supported)|A mandatory SMART command failed|"
    r"Warning: This result is based on an Attribute check|Warning! (?:Drive Identity|SMART Attribute) |"
    r"Smartctl open device|.{1,80}: Unable to detect device type|.{1,80}: Unknown USB bridge|"
    r".{0,200}(?:Permission denied|Input/output error|No such device))"
)
_ENABLED = {"Enabled": True, "Disabled": False}
Family = tuple[str, Callable[[Fields, Sequence[str]], bool], Callable[[Fields, Sequence[str]], dict[str, Any]]]
_FAMILIES: tuple[Family, ...] = (
    ("NVMe", is_nvme, nvme_members),
    ("ATA", is_ata, ata_members),
    ("SCSI", is_scsi, scsi_members),
)


def is_text_report(text: str) -> bool:
    """Say whether smartctl printed this text: it shows its version, or the heading of a section."""
    return any(_HEADER.match(line) or _SECTION.match(line) for line in text.splitlines())


def text_documents(text: str) -> list[dict[str, Any]]:
    """Return one document in the shape of `smartctl --json -x` for each report in the text."""
    lines = text.splitlines()
    if lines and not text.endswith(("\n", "\r")):
        lines = lines[:-1]
    return [_document(report) for report in _reports(lines)]


def _reports(lines: Sequence[str]) -> list[list[str]]:
    """Part the lines before every header, and before every information section after the first of a report."""
    reports: list[list[str]] = [[]]
    informed = False
    for line in lines:
        begins = line.startswith(_INFORMATION)
        if _HEADER.match(line) or (begins and informed):
            reports.append([])
            informed = False
        informed = informed or begins
        reports[-1].append(line.rstrip())
    told = [report for report in reports if any(_HEADER.match(line) or _SECTION.match(line) for line in report)]
    return told or [[]]


def _document(lines: Sequence[str]) -> dict[str, Any]:
    found = fields(lines)
    messages = [{"string": line[:200], "severity": "error"} for line in lines if _FAILURE.match(line)]
    document: dict[str, Any] = {"smartctl": {"version": _version(lines), "exit_status": None, "messages": messages}}
    protocol, _, members = next((family for family in _FAMILIES if family[1](found, lines)), ("", is_scsi, _nothing))
    document |= {"device": {"type": "", "protocol": protocol}, "serial_number": _serial(found)}
    support = _support(lines)
    if support:
        document["smart_support"] = support
    if "ATA Security is" in found:
        document["ata_security"] = {"string": found["ATA Security is"]}
    return document | members(found, lines)


def _nothing(_found: Fields, _lines: Sequence[str]) -> dict[str, Any]:
    return {}


def _version(lines: Sequence[str]) -> list[int]:
    match = next((match for match in map(_HEADER.match, lines) if match), None)
    return [int(part) for part in match.groups()] if match else []


def _serial(found: Fields) -> str:
    return found.get("Serial Number") or found.get("Serial number") or ""


def _support(lines: Sequence[str]) -> dict[str, bool]:
    """Read the lines "SMART support is": whether there is any, and whether it is on."""
    support: dict[str, bool] = {}
    for name, value in pairs(lines):
        if name == "SMART support is":
            if value.startswith(("Available", "Unavailable")):
                support["available"] = value.startswith("Available")
            if value in _ENABLED:
                support["enabled"] = _ENABLED[value]
    if any(line.startswith("SMART Disabled.") for line in lines):
        support["enabled"] = False
    return support
