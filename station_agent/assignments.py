"""The assignments of the hub as a file beside the state, so that they hold offline for days.

The file has the members to read and, in `signed`, the envelope that they came in; both must say the same. What may
start by itself is judged by the signature each time (`read_assignments`): a changed file, one of another bench, or one
older than this bench has had, starts nothing. Serials that nobody may touch hold as long as the file can be read at
all, and a damaged one stops every erase (`protected_serials`).
"""

import json
from pathlib import Path
from typing import Any, Final

from certificates.assignments import SCHEMA, OpenedAssignments, open_assignments, read_unverified
from certificates.errors import BadSignature, CertificateError, KeyMismatch, UnknownKey
from station_agent.assigned import Assignments, Said, Unusable, assignments_from
from station_agent.errors import StationError, StoreBroken, StoreError, UsageError
from station_agent.language import mark
from station_agent.policies import trust_of
from station_agent.state import write_whole

FILE: Final = "assignments.json"
SIGNED: Final = "signed"
COUNTER_NOTE: Final = "assignments-counter"
DAMAGED: Final = mark(
    "The assignments of your hub, {path}, are damaged: nothing starts by itself. Run `etabli-station sync`."
)
UNTRUSTED: Final = mark(
    "The assignments in {path} were signed by a key that your hub does not use: nothing starts by itself. Run "
    "`etabli-station sync`."
)
FOREIGN: Final = mark(
    "The assignments in {path} are for another bench: nothing starts by itself. Run `etabli-station sync`."
)
REPLAYED: Final = mark(
    "The assignments in {path} are older than those that this bench has had: nothing starts by itself. Run "
    "`etabli-station sync`."
)
UNSIGNED: Final = mark("The assignments in {path} are not signed: nothing starts by itself. Update the hub, then sync.")
NO_TRUST: Final = mark(
    "No signature of a hub can be checked here: nothing starts by itself. Enrol this bench, or run "
    "`etabli-station sync`."
)

FAULTS: Final = (
    (UsageError, "no-trust", NO_TRUST),
    (UnknownKey, "untrusted", UNTRUSTED),
    (KeyMismatch, "foreign", FOREIGN),
    (CertificateError, "damaged", DAMAGED),
)


class AssignmentsRefused(StationError):
    """The hub's answer was not kept; what was there before still holds."""

    code = "assignments-refused"


def keep_assignments(folder: Path, document: dict[str, Any], *, station: str = "", least: int = 0) -> int:
    """Write the assignments, whole or not at all; give their counter, 0 for the unsigned ones of an older hub.

    `station` is the key id of this bench and `least` the last counter that it has had. Raises `AssignmentsRefused`
    when they are not for this bench, not signed by its hub, or older; `StoreBroken`.
    """
    counter = 0
    if least or SIGNED in document:
        judged = _judged(folder, document, station, least)
        if isinstance(judged, Unusable):
            raise AssignmentsRefused(
                mark("What the hub assigned was not kept, and what was there before still holds: {why}"),
                why=judged.why.sentence.format(**judged.why.facts),
            )
        counter = judged.document["counter"]
    write_whole(folder / FILE, json.dumps(document))
    return counter


def read_assignments(folder: Path, *, station: str, least: int) -> Assignments | Unusable | None:
    """Judge what was kept by the trust file of this bench; None when the hub never assigned anything.

    `station` is the key id of this bench, `least` the last counter that it has had.
    """
    try:
        document = _read(folder)
    except StoreError:
        return Unusable("damaged", Said(DAMAGED, {"path": str(folder / FILE)}))
    if document is None:
        return None
    judged = _judged(folder, document, station, least)
    return judged if isinstance(judged, Unusable) else assignments_from(judged)


def protected_serials(folder: Path) -> frozenset[str]:
    """Give the serials that the hub protects; none when it never said. Raises `StoreError` when it cannot be read.

    They hold whoever signed them: a key that was revoked must not set a drive free. A signature that does not fit
    its bytes is damage.
    """
    path = folder / FILE
    document = _read(folder)
    if document is None:
        return frozenset()
    listed = document.get("protected_serials", [])
    sound = isinstance(listed, list) and all(isinstance(serial, str) for serial in listed)
    if not sound or (SIGNED in document and not _consistent(folder, document)):
        raise _damaged(path)
    return frozenset(listed)


def _judged(folder: Path, document: dict[str, Any], station: str, least: int) -> OpenedAssignments | Unusable:
    facts = {"path": str(folder / FILE)}
    if SIGNED not in document:
        return Unusable("replayed", Said(REPLAYED, facts)) if least else Unusable("unsigned", Said(UNSIGNED, facts))
    try:
        opened = open_assignments(_envelope(document), trust_of(folder), station)
    except (CertificateError, UsageError) as error:
        code, sentence = next(named for kind, *named in FAULTS if isinstance(error, kind))
        return Unusable(code, Said(sentence, facts))
    if opened.document != _members(document):
        return Unusable("damaged", Said(DAMAGED, facts))
    return opened if opened.document["counter"] >= least else Unusable("replayed", Said(REPLAYED, facts))


def _consistent(folder: Path, document: dict[str, Any]) -> bool:
    """Say whether the envelope holds the same members, and is not known to be forged."""
    data = _envelope(document)
    try:
        if read_unverified(data) != _members(document) or document.get("schema") != SCHEMA:
            return False
        open_assignments(data, trust_of(folder), str(document.get("station")))
    except BadSignature:
        return False
    except (UnknownKey, UsageError):
        return True  # nobody can tell; what it protects stays protected
    except CertificateError:
        return False
    return True


def _envelope(document: dict[str, Any]) -> bytes:
    return str(document[SIGNED]).encode("utf-8", "surrogatepass")


def _members(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != SIGNED}


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / FILE
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=folder,
            detail=error.strerror or error,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(document, dict):
        raise _damaged(path)
    return document


def _damaged(path: Path) -> StoreError:
    return StoreError(
        mark("The list of protected drives {path} is damaged. Run `etabli-station sync`, then try again."), path=path
    )
