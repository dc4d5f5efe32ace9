"""Writing a PDF that a person asked for: whole or not at all, readable by its owner only, for badges may be in it."""

import os
from pathlib import Path

from station_agent.errors import UsageError
from station_agent.language import mark


def write_paper(path: Path, pdf: bytes) -> None:
    """Write a PDF. Raises `UsageError` when it cannot be written; an older file stays as it was then."""
    draft = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pdf)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UsageError(
            mark("The file {path} cannot be written: {detail}."), path=path, detail=error.strerror or error
        ) from error
