"""One device: who it is, its story from the evidence, its drives, its grade and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from hub import wording
from hub.devices import service as devices
from hub.devices.service import DeviceView
from hub.models import Diagnostic
from hub.pages import standing
from hub.pages.certificate_rows import rows_of
from hub.pages.proof import drive_facts
from hub.pages.story import story
from hub.pages.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Who a device is and where it stands."""

    tag: str
    lot: str
    asset: str
    kind: str
    maker: str
    model: str
    serial: str
    received: datetime | None
    outcome: wording.State


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """A grade, the policy that gave it, and why."""

    letter: str
    policy: str
    version: int
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


@router.get("/devices/{device_id}")
def show(visit: SignedIn, device_id: str) -> Response:
    """One device in the reader's scope."""
    view = devices.device_for(visit.session, visit.someone, device_id)
    certificates = [drive.certificate for drive in view.drives if drive.certificate]
    return visit.page(
        "device.html",
        device=_facts(visit, view),
        steps=story(visit, view),
        drives=[drive_facts(drive.drive, drive.erasure, visit.lang) for drive in view.drives],
        grade=_grade(view.diagnostic),
        certificates=rows_of(certificates),
    )


def _facts(visit: Visit, view: DeviceView) -> DeviceFacts:
    device = view.device
    return DeviceFacts(
        tag=device.asset or device.serial or "?",
        lot=device.lot.code,
        asset=device.asset or "",
        kind=wording.kind_word(device.kind, visit.lang),
        maker=device.maker,
        model=device.model,
        serial=device.serial,
        received=device.received,
        outcome=standing.outcome_state(standing.outcome_of_device(view), visit.lang),
    )


def _grade(diagnostic: Diagnostic | None) -> GradeFacts | None:
    if diagnostic is None:
        return None
    grade: Mapping[str, Any] = diagnostic.payload["report"]["grade"]
    return GradeFacts(
        letter=diagnostic.letter,
        policy=diagnostic.policy,
        version=diagnostic.policy_version,
        reasons=_lines(grade.get("reasons", ())),
        missing=_lines(grade.get("missing", ())),
    )


def _lines(found: object) -> tuple[str, ...]:
    """Lines of text from a member whose shape the statement leaves open: strings, or records with a text or a code."""
    if not isinstance(found, Iterable) or isinstance(found, str | Mapping):
        return (str(found),) if found else ()
    return tuple(_line(one) for one in found)


def _line(one: object) -> str:
    if not isinstance(one, Mapping):
        return str(one)
    told = [str(one[name]) for name in ("text", "code", "id", "detail") if one.get(name)]
    return " · ".join(told) or ", ".join(f"{name}: {value}" for name, value in one.items())
