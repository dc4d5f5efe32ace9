"""Addresses of the pages about one lot, one drive of it, one device, one decision."""

from urllib.parse import quote


def lot_path(code: str) -> str:
    """Where the page of a lot is."""
    return f"/lots/{quote(code, safe='')}"


def drive_path(code: str, drive_id: str) -> str:
    """Where a drive of a lot is explained."""
    return f"{lot_path(code)}/drives/{quote(drive_id, safe='')}"


def device_triage_path(device_id: str) -> str:
    """Where people say what a device is and where it goes."""
    return f"/devices/{quote(device_id, safe='')}/triage"


def decision_path(statement_id: str) -> str:
    """Where a run waits for its decision."""
    return f"/queue/{quote(statement_id, safe='')}"
