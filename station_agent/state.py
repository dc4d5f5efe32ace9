"""Where a bench keeps its state: `--state`, `$ETABLI_STATE`, /var/lib/etabli for root, else the home of the person."""

from collections.abc import Mapping
from pathlib import Path


def state_folder(option: Path | None, environ: Mapping[str, str], *, root: bool) -> Path:
    """Choose the folder; it is made when it is first used."""
    if option is not None:
        return option
    if environ.get("ETABLI_STATE"):
        return Path(environ["ETABLI_STATE"])
    if root:
        return Path("/var/lib/etabli")
    return Path(environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", ".")) / ".local" / "state") / "etabli"
