"""P1, P2: the documents. P1 is a lot of 430 certificates in one PDF, as `tests.bench.lot_pdf` makes it; P2 a signature.

The peer of P1 is one page of ReportLab's platypus with its own QR widget, in the same round, times the number of pages.
"""

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import reportlab
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import PageBreak, SimpleDocTemplate, Table

from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.lot_pdf import COUNT

GOAL, SIGNED = 0.05, 1.1
PEER_PAGES = 20
SECONDS = 600
PLATYPUS = f"platypus + widget, reportlab {reportlab.Version}"


def figures(_room: Path, scale: Scale) -> Iterator[Figure]:
    """P1 and P2."""
    runs, fault, mib = [], "", 0.0
    for _ in range(min(scale.rounds, 3)):
        took, right, mib = bound()
        fault = fault or ("" if right else "a page is not what was issued")
        runs.append(Run(took, platypus(PEER_PAGES) / PEER_PAGES * COUNT))
    check = f"{COUNT} of {COUNT} pages as issued; QR codes were not read"
    title = f"{COUNT} certificates bound"
    yield Figure("P1", title, "CPU s", GOAL, tuple(runs), PLATYPUS, check=check, fault=fault, more={"MiB": mib})
    yield Figure("P2", "PAdES signature, RSA", "ms", SIGNED, absent="no PAdES in this tree")


def bound() -> tuple[float, bool, float]:
    """CPU seconds of binding, whether every page was right, MiB of memory: as `tests.bench.lot_pdf` prints them."""
    command = [sys.executable, "-m", "tests.bench.lot_pdf"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    told = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line.strip()}
    return float(told["CPU"]), done.returncode == 0, float(told["RSS"])


def platypus(pages: int) -> float:
    """CPU seconds of so many pages of the peer: a table of 17 rows and a QR code."""
    began = time.process_time()
    story = []
    for number in range(pages):
        drawing = Drawing(100, 100)
        drawing.add(QrCodeWidget(f"https://hub.example/verify/{number:064x}"))
        story += [Table([[f"row {row}", f"value {row}"] for row in range(17)]), drawing, PageBreak()]
    SimpleDocTemplate(io.BytesIO()).build(story)
    return time.process_time() - began
