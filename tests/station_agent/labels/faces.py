"""Labels to draw, and what an independent decoder reads of a page."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

from station_agent.labels.facts import DriveState, Label, LabelKind

ID = "0123456789ab" + "0" * 52
ADDRESS = "https://hub.example.org/verify/" + "A" * 43
GOOD = DriveState("DEMO HDD", "DEMO-0001", "ERASED")
BAD = DriveState("DEMO SSD", "DEMO-9002", "FAILED")


def label(**changes: object) -> Label:
    """A device with one erased drive; keyword arguments change it."""
    known = {
        "kind": LabelKind.DEVICE,
        "asset": "ETA-7F3K2QD",
        "lot": "LOT-1",
        "grade": "B",
        "drives": (GOOD,),
        "day": "2026-11-21",
        "statement_id": ID,
        "address": ADDRESS,
        "simulated": False,
    }
    return Label(**(known | changes))  # type: ignore[arg-type]


def codes_on(pdf: bytes, folder: Path, dots_per_inch: int, page: int = 1) -> dict[str, str]:
    """Texts of the codes on a page as printed, each with its format."""
    (folder / "page.pdf").write_bytes(pdf)
    command = [
        "pdftoppm",
        "-gray",
        "-png",
        "-r",
        str(dots_per_inch),
        "-f",
        str(page),
        "-singlefile",
        "page.pdf",
        "page",
    ]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    with Image.open(folder / "page.png") as image:
        return {code.text: code.format.name for code in zxingcpp.read_barcodes(image)}
