"""`python -m station_agent.image`: build the stick. Needs root (mmdebstrap uses chroot) and Debian's archive."""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from station_agent.errors import StationError
from station_agent.image import medium
from station_agent.image.failure import ImageError
from station_agent.image.recipe import Recipe, recipe
from station_agent.image.root import make_root, manifest
from station_agent.image.wheels import ROOT
from station_agent.language import complain, say_aloud
from station_agent.system import run

MIB = 1 << 20
GIT_S = 30.0


def main(argv: list[str] | None = None) -> int:
    """Build; prints each step with its seconds, then size, id and digest. Status 2 when it cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m station_agent.image", description=__doc__)
    parser.add_argument("--out", type=Path, default=None, metavar="FILE", help="build/etabli.iso, or etabli-hub.iso")
    parser.add_argument("--work", type=Path, default=None, metavar="DIR", help="where to build; 4 GiB, never in memory")
    parser.add_argument("--small", action="store_true", help="without firmware: for virtual machines")
    parser.add_argument("--hub", action="store_true", help="an appliance: the hub in the place of the bench")
    asked = parser.parse_args(argv)
    try:
        out = asked.out or ROOT / "build" / ("etabli-hub.iso" if asked.hub else "etabli.iso")
        build(out, asked.work or out.parent, recipe(small=asked.small, hub=asked.hub), small=asked.small)
    except StationError as error:
        complain(str(error))
        return error.exit_status
    return 0


def build(out: Path, work_place: Path, chosen: Recipe, *, small: bool) -> None:
    """Write the image and, beside it, what is in it as JSON. Raises ImageError, ProcessFailed."""
    if os.geteuid() != 0:
        raise ImageError("building an image needs root: mmdebstrap uses chroot")
    if missing := medium.missing_packages():
        raise ImageError(f"missing Debian packages: {' '.join(missing)}")
    os.environ.setdefault("SOURCE_DATE_EPOCH", last_commit())
    work_place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-", dir=work_place) as folder:
        work, began = Path(folder), time.monotonic()
        root, disc = work / "root", work / "disc"
        make_root(chosen, root)
        step("system", began)
        installed = manifest(root)
        medium.take_boot_files(root, disc)
        medium.squash(root, disc / "live/filesystem.squashfs")
        step("squashfs", began)
        image = medium.id_of(disc / "live/filesystem.squashfs")
        medium.make_bios_loader(disc, image)
        medium.write_menu(disc, image, chosen.names)
        medium.make_esp(work / "loader", image, work / "esp.img", chosen.files / "etabli.toml.example")
        medium.write_image(disc, work / "esp.img", image, work / "image.iso")
        (work / "image.iso").replace(out)
        step("image", began)
    tell(out, image, installed, small=small)


def last_commit() -> str:
    """Give the time of the last commit: two builds of one commit differ only by what Debian's archive holds."""
    return run(("git", "-C", str(ROOT), "log", "-1", "--format=%ct"), timeout_s=GIT_S).require().out.strip()


def step(name: str, began: float) -> None:
    """Print how far it is."""
    say_aloud(f"{name:9} {time.monotonic() - began:6.1f} s")


def tell(out: Path, image: str, installed: str, *, small: bool) -> None:
    """Print size, id and digest, and write them with the packages beside the image."""
    with out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    facts = {"image": image, "sha256": digest, "bytes": out.stat().st_size, "firmware": not small}
    facts["packages"] = installed.splitlines()
    out.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    say_aloud(f"{out}: {out.stat().st_size / MIB:.0f} MiB, image {image}, sha256 {digest}")


if __name__ == "__main__":
    sys.exit(main())
