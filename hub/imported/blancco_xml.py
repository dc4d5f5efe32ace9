"""Blancco's XML report: erasures, each with its target drive. Both spellings: named entries, and elements of that name.

The report's own signature is not checked: its key is not ours.
"""

from hub.imported.reported import LONGEST, Outcome, ReportedDrive, Trouble, Unreadable, Why, WipeReport, told, whole
from hub.imported.xml_reading import Node, read_xml

GOOD = frozenset({"successful", "success", "erased"})
PARTLY = ("warning", "exception", "reservation")
BAD = ("fail", "cancel", "abort", "not erased", "interrupt", "not successful", "unsuccessful")
COUNTS = ("failed_sectors", "total_errors", "io_errors", "read_errors", "write_errors")
SIGNATURES = ("signature", "report_integrity", "integrity")


def read_blancco(data: bytes) -> WipeReport:
    """The report in these bytes. Raises Unreadable."""
    root = _named(read_xml(data))
    reports = [part for one in [root, *root.every("report")] for part in one.children if part.name == "blancco_data"]
    if root.name == "blancco_data":
        reports = [root]
    if not reports:
        raise Unreadable(Trouble.UNKNOWN_FORM)
    drives = [drive for one in reports for drive in _drives(one)]
    author = next(iter(reports[0].every("author")), Node("", {}))
    return WipeReport(
        tool=told(author.said("product_name")) or "Blancco",
        version=told(author.said("product_version")),
        form="xml",
        drives=whole(drives),
        signed=any(root.every(name) for name in SIGNATURES),
    )


def _named(node: Node) -> Node:
    """The same tree with `<entry name="x">` read as `<x>`; depth is bounded by the reader."""
    name = node.attributes.get("name", "") if node.name in {"entry", "entries"} else node.name
    return Node(name, node.attributes, node.text, [_named(one) for one in node.children])


def _drives(report: Node) -> list[ReportedDrive]:
    disks = {disk.said("id"): disk for disk in report.every("disk") if disk.said("id")}
    found = []
    for part in report.every("blancco_erasure_report"):
        for erasure in part.every("erasure"):
            target = erasure.first("target") or Node("", {})
            found.append(_drive(erasure, target, disks.get(target.said("target_id") or target.said("id"))))
    return found


def _drive(erasure: Node, target: Node, disk: Node | None) -> ReportedDrive:
    state, other = told(erasure.said("state")), disk or Node("", {})
    outcome, why = _outcome(state, [erasure.said(name) for name in COUNTS])
    names = [told(target.said(name) or other.said(name)) for name in ("vendor", "model")]
    return ReportedDrive(
        serial=told(target.said("serial") or other.said("serial")),
        model=" ".join(name for name in names if name)[:LONGEST],
        size=told(target.said("capacity") or other.said("capacity")),
        technique=told(erasure.said("erasure_standard_name")),
        outcome=outcome,
        said=state,
        why=why,
        started=told(erasure.said("start_time")),
        ended=told(erasure.said("end_time") or erasure.said("timestamp")),
    )


def _outcome(state: str, counts: list[str]) -> tuple[Outcome, Why]:
    word = state.lower()
    if any(bad in word for bad in BAD):
        return Outcome.FAILED, Why.STATE
    if any(part in word for part in PARTLY):
        return Outcome.EXCEPTIONS, Why.STATE
    if word not in GOOD:
        return Outcome.UNKNOWN, Why.STATE
    if any(count.strip() not in {"", "0"} for count in counts):
        return Outcome.EXCEPTIONS, Why.ERRORS
    return Outcome.SUCCESS, Why.NONE
