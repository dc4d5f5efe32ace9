"""Labels of what is exported: subjects and columns."""

from hub.pages.language import mark

SUBJECTS = {
    "lots": mark("Lots"),
    "devices": mark("Devices"),
    "drives": mark("Drives"),
    "register": mark("Register"),
}
LABELS = {
    "lot": mark("Lot"),
    "label": mark("Label"),
    "donor": mark("Donor"),
    "state": mark("State"),
    "created": mark("Announced (UTC)"),
    "received": mark("Received (UTC)"),
    "devices": mark("Devices"),
    "drives": mark("Drives"),
    "asset": mark("Tag"),
    "kind": mark("Kind"),
    "maker": mark("Maker"),
    "device_model": mark("Model"),
    "device_serial": mark("Serial number"),
    "disposition": mark("Where it goes"),
    "device_received": mark("Received (UTC)"),
    "drive_serial": mark("Drive serial"),
    "drive_model": mark("Drive model"),
    "wwn": mark("WWN"),
    "size_bytes": mark("Capacity (bytes)"),
    "class": mark("What explains it"),
    "method": mark("Method"),
    "level": mark("Level"),
    "source": mark("Source"),
}
