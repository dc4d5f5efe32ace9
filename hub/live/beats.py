"""A heartbeat of a bench (`etabli.heartbeat/1`): what is taken in, and how what is stored is read again.

A bench can be old, new, broken or hostile. What does not fit is refused with the place; what this hub does not know is
cut away; what was stored by an older hub is read as far as it can be. Reading never fails.
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hub.errors import BadInput
from hub.typed import UNFIT

SCHEMA: Final = "etabli.heartbeat/1"
MOST_DRIVES: Final = 100
LONGEST: Final = 2**53 - 1
UNTOLD: Final = "untold"  # the state of a drive in a heartbeat that knew no states


def _fit(text: str) -> str:
    if any(unicodedata.category(c) in UNFIT for c in text):
        raise ValueError("control characters")
    return text


Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,32}$")]
Name = Annotated[str, StringConstraints(max_length=64), AfterValidator(_fit)]
Whole = Annotated[int, Field(ge=0, le=LONGEST)]
Seconds = Annotated[int, Field(ge=0, le=10_000_000)]


class _Told(BaseModel):
    """Frozen, strict about types; members that this hub does not know are cut away."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class DriveBeat(_Told):
    """One drive as its bench sees it. Rates in bytes per second, times in seconds; None: not told."""

    state: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,32}$")]
    slot: Name = ""
    path: Name = ""
    model: Name = ""
    serial_end: Annotated[str, StringConstraints(max_length=16), AfterValidator(_fit)] = ""
    size_bytes: Whole | None = None
    health: Word = ""
    celsius: Annotated[int, Field(ge=-60, le=250)] | None = None
    lot: Name = ""
    asset: Name = ""
    reason: Word = ""
    waits_for: Word = ""
    countdown_s: Seconds | None = None
    phase: Word = ""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    rate: Whole | None = None
    eta_s: Seconds | None = None
    elapsed_s: Seconds | None = None
    bad_sectors: Whole | None = None
    limited_by: Word = ""
    silent: bool = False
    verdict: Word = ""
    level: Word = ""


class OutboxBeat(_Told):
    """Statements of the bench by where they are."""

    queued: Whole = 0
    confirmed: Whole = 0
    refused: Whole = 0
    conflict: Whole = 0


class Beat(_Told):
    """One bench as it told itself last."""

    version: Name = ""
    mode: Word = ""
    slots: Whole = 0
    stopped: bool = False
    outbox: OutboxBeat = OutboxBeat()
    drives: Annotated[tuple[DriveBeat, ...], Field(max_length=MOST_DRIVES, strict=False)] = ()
    left_out: Whole = 0
    log: Word = ""  # how the bench sees the log of this hub: none, seen, unproved, alarm.<code>


def take_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a heartbeat; one without a schema is of an older bench: kept as it came. Raises BadInput."""
    try:
        json.dumps(document, allow_nan=False)  # PostgreSQL would not store it, other readers would not read it
    except (ValueError, RecursionError) as error:
        raise BadInput("NaN, infinity and endless nesting are no JSON", "malformed") from error
    if "schema" not in document:
        return dict(document)
    if document["schema"] != SCHEMA:
        raise BadInput(f"heartbeat: schema: this hub knows {SCHEMA} only", "heartbeat")
    drives = document.get("drives")
    if isinstance(drives, list) and len(drives) > MOST_DRIVES:  # before each of them is looked at
        raise BadInput(f"heartbeat: drives: {MOST_DRIVES} at most, not {len(drives)}", "heartbeat")
    try:
        beat = Beat.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"heartbeat: {place}: {first['msg']}", "heartbeat") from error
    return beat.model_dump(mode="json", exclude_defaults=True) | {"schema": SCHEMA}


def read(stored: object) -> Beat:
    """The heartbeat that is stored, whatever that is."""
    if not isinstance(stored, dict):
        return Beat()
    if stored.get("schema") == SCHEMA:
        try:
            return Beat.model_validate(stored)
        except ValidationError:
            return Beat()
    rows = stored.get("drives")
    drives = rows if isinstance(rows, list) else []
    shown = tuple(_old(row) for row in drives[:MOST_DRIVES] if isinstance(row, dict))
    return Beat(version=_cut(stored.get("version")), drives=shown, left_out=max(0, len(drives) - MOST_DRIVES))


def _old(row: Mapping[str, Any]) -> DriveBeat:
    return DriveBeat(
        state=UNTOLD,
        path=_cut(row.get("name")),
        model=_cut(row.get("model")),
        serial_end=_cut(row.get("serial_end"), 4),
    )


def _cut(value: object, longest: int = 64) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(c for c in text[:longest] if unicodedata.category(c) not in UNFIT)
