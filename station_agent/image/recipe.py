"""The recipe of an image as types: what `recipe.toml` lists, and what the caller chose."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station_agent.image.failure import ImageError
from station_agent.image.release import RELEASES, Release

HERE: Final = Path(__file__).resolve().parent
VERSION: Final = 1
FIRMWARE: Final = "firmware"
LOADER: Final = "loader"
BENCH: Final = "bench"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image: release, components of the archive, packages to install, packages whose files only are taken."""

    release: Release
    components: tuple[str, ...]
    packages: tuple[str, ...]
    loader: tuple[str, ...]
    extras: tuple[str, ...]  # of pyproject.toml

    @property
    def hub(self) -> bool:
        """Whether the image is an appliance with a hub, not a bench."""
        return "hub" in self.extras

    @property
    def files(self) -> Path:
        """The folder with the settings that people write, and with what lies over Debian's files."""
        return HERE / ("hub" if self.hub else "files")

    @property
    def names(self) -> tuple[str, str]:
        """What the menu calls it, in French and in English."""
        return ("Serveur", "hub") if self.hub else ("Banc", "bench")


def recipe(*, small: bool = False, hub: bool = False, path: Path = HERE / "recipe.toml") -> Recipe:
    """Read the recipe; `small` leaves firmware out, `hub` what only a bench needs. Raises ImageError."""
    told = tomllib.loads(path.read_text("utf-8"))
    if told["version"] != VERSION:
        raise ImageError(f"{path.name}: version {told['version']} is not known here")
    groups = told["packages"]
    left_out = {LOADER} | ({FIRMWARE} if small else set()) | ({BENCH} if hub else set())
    names = [name for group, listed in groups.items() if group not in left_out for name in listed]
    names += told["hub"]["packages"] if hub else []
    extras = ("station", "hub") if hub else ("station",)
    release = RELEASES[told["suite"]]
    return Recipe(release, tuple(told["components"]), tuple(names), tuple(groups[LOADER]), extras)
