"""What the hub asks of a bench, kept beside the state so that it holds offline: above all serials never to touch."""

import json
from pathlib import Path
from typing import Any, Final

from station_agent.errors import StoreBroken, StoreError
from station_agent.language import mark

FILE: Final = "assignments.json"


def keep_assignments(folder: Path, document: dict[str, Any]) -> None:
    """Write the assignments, whole or not at all."""
    draft = (folder / FILE).with_suffix(".new")
    draft.write_text(json.dumps(document), encoding="utf-8")
    draft.replace(folder / FILE)


def protected_serials(folder: Path) -> frozenset[str]:
    """Give the serials that the hub protects; none when it never said. Raises `StoreError` when it cannot be read."""
    path = folder / FILE
    try:
        listed = json.loads(path.read_text("utf-8")).get("protected_serials", [])
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=folder,
            detail=error.strerror or error,
        ) from error
    except (ValueError, AttributeError) as error:
        raise StoreError(
            mark("The list of protected drives {path} is damaged. Run etabli-station sync, then try again."), path=path
        ) from error
    return frozenset(str(serial) for serial in listed)
