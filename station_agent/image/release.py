"""Which Debian releases an image or a guest may be, and from which archive it is made: the one of the host itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from station_agent.image.failure import ImageError
from station_agent.system import run

MIRROR_VARIABLE = "ETABLI_MIRROR"
INDEX_FORMAT = "$(REPO_URI)|$(COMPONENT)|$(ORIGIN)"
MIRROR_LIST = "mirror+file:"
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Release:
    """One Debian release and the Python that it brings."""

    name: str
    python: str  # "3.13"


RELEASES = {release.name: release for release in (Release("trixie", "3.13"), Release("bookworm", "3.11"))}
DEFAULT = "trixie"


def archive(environment: Mapping[str, str] = os.environ) -> str:
    """Find the archive of this host's apt: it holds every release. Raises ImageError."""
    if named := environment.get(MIRROR_VARIABLE):
        return named
    told = run(("apt-get", "indextargets", "--format", INDEX_FORMAT, "Created-By: Packages"), timeout_s=PATIENCE_S)
    lines = told.require().out.splitlines()
    rows = [line.split("|") for line in lines]
    found = [uri for uri, part, origin in rows if part == "main" and origin in ("Debian", "") and "security" not in uri]
    if not found:
        raise ImageError(f"apt of this host knows no Debian archive: name one in {MIRROR_VARIABLE}")
    if found[0].startswith(MIRROR_LIST):
        return _first_line(Path(found[0].removeprefix(MIRROR_LIST)))
    return found[0]


def _first_line(path: Path) -> str:
    lines = [line.split()[0] for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
    if not lines:
        raise ImageError(f"{path} names no mirror")
    return lines[0]
