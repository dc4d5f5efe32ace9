"""What the hub asks of a bench, kept beside the state so that it holds offline: above all serials never to touch."""

import json
from pathlib import Path
from typing import Any, Final

from station_agent.errors import StoreBroken, StoreError
from station_agent.language import mark
from station_agent.state import write_whole

FILE: Final = "assignments.json"


def keep_assignments(folder: Path, document: dict[str, Any]) -> None:
    """Write the assignments, whole or not at all. Raises `StoreBroken`."""
    write_whole(folder / FILE, json.dumps(document))


def protected_serials(folder: Path) -> frozenset[str]:
    """Give the serials that the hub protects; none when it never said. Raises `StoreError` when it cannot be read."""
    path = folder / FILE
    try:
        listed = json.loads(path.read_text("utf-8")).get("protected_serials", [])
        if not isinstance(listed, list) or not all(isinstance(serial, str) for serial in listed):
            raise TypeError("protected_serials is no list of texts")  # noqa: TRY301  (judged like any other damage)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=folder,
            detail=error.strerror or error,
        ) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise StoreError(
            mark("The list of protected drives {path} is damaged. Run `etabli-station sync`, then try again."),
            path=path,
        ) from error
    return frozenset(listed)
