"""`python -m tests.bench.lot_pdf`: CPU seconds and memory of one PDF with 430 certificates, made as the hub makes it.

The certificates are rendered beforehand, in another process; what is measured is the process that lists and binds them.
Every page of the result is compared with what was issued before a figure is printed.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pikepdf

COUNT, GOAL_S, GOAL_MIB = 430, 2.0, 300
KIB = 1024


def main(arguments: list[str] | None = None) -> int:
    """Render, bind, check, print; status 1 when a page is not what was issued."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--in", dest="folder", type=Path)
    parser.add_argument("--step", choices=("render", "bind"))
    asked = parser.parse_args(arguments)
    if asked.step == "render":
        render(asked.folder, asked.count)
        return 0
    if asked.step == "bind":
        measure(asked.folder, asked.count)
        return 0
    with tempfile.TemporaryDirectory(prefix="etabli-lot-pdf-") as name:
        for step in ("render", "bind"):
            again = [sys.executable, "-m", "tests.bench.lot_pdf", "--in", name, "--count", str(asked.count)]
            subprocess.run([*again, "--step", step], check=True, env=os.environ)
        return check(Path(name), asked.count)


def render(folder: Path, count: int) -> None:
    """Certificates with a serial number each, as the hub issues them."""
    from certificates.pdf import render_certificate
    from tests.certificates.conftest import HUB_KEY, STATION_KEY, erasure_payload, workshop_of

    workshop = workshop_of(STATION_KEY, HUB_KEY)
    for number in range(count):
        payload = erasure_payload(subject__drive__serial=f"WD-{number:06d}")
        (folder / f"{number:06d}.pdf").write_bytes(render_certificate(workshop.bundle(erasure=payload), workshop.hub))


def measure(folder: Path, count: int) -> None:
    """Bind them, and print what this process took."""
    before = time.process_time()
    from certificates.binder import bind
    from certificates.binder_pages import Contents, Entry, Group

    entries = tuple(Entry(f"ETB-2026-{at:06d}", "WDC WD5000", f"WD-{at:06d}", Group.CLEAR) for at in range(count))
    contents = Contents("Atelier", "Mairie", "LOT-1", "2026-11-21T10:00:00Z", entries, "fr")
    size = bind(contents, (path.read_bytes() for path in sorted(folder.glob("*.pdf"))), folder / "binder.bound")
    seconds, memory = time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    print(f"{count} certificates, {size / 1e6:.1f} MB, imports included")
    print(f"CPU   {seconds:6.2f} s    goal <= {GOAL_S:.0f} s      {'met' if seconds <= GOAL_S else 'missed'}")
    print(f"RSS   {memory:6.0f} MiB  goal <= {GOAL_MIB} MiB  {'met' if memory <= GOAL_MIB else 'missed'}")


def check(folder: Path, count: int) -> int:
    """Compare the pages with those that were issued, in their order."""
    wrong = 0
    with pikepdf.open(folder / "binder.bound") as binder:
        ahead = len(binder.pages) - count
        for place, path in enumerate(sorted(folder.glob("*.pdf"))):
            with pikepdf.open(path) as issued:
                own = issued.pages[0].Contents.read_bytes()
            wrong += binder.pages[ahead + place].Contents.read_bytes() != own
    print(f"check {count - wrong} of {count} pages are those that were issued")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
