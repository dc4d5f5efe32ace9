"""Where a bench keeps its state: `--state`, `$ETABLI_STATE`, /var/lib/etabli for root, else the home of the person."""

import os
from collections.abc import Mapping
from pathlib import Path

from station_agent.errors import StoreBroken
from station_agent.language import mark


def state_folder(option: Path | None, environ: Mapping[str, str], *, root: bool) -> Path:
    """Choose the folder; it is made when it is first used."""
    if option is not None:
        return option
    if environ.get("ETABLI_STATE"):
        return Path(environ["ETABLI_STATE"])
    if root:
        return Path("/var/lib/etabli")
    return Path(environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", ".")) / ".local" / "state") / "etabli"


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that after a power cut it is the old one or the new one. Raises `StoreBroken`."""
    draft = path.with_suffix(".new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreBroken(mark("The file {path} cannot be written: {detail}."), path=path, detail=error) from error
