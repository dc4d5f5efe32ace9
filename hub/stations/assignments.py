"""What the hub brings to the benches: policies, open lots, expected tags and serials, protected serials."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.models import Device, Donor, Drive, Lot, LotState

ENDED = (LotState.CLOSED, LotState.CANCELLED)


def assignments(session: Session) -> dict[str, Any]:
    """The document for every accepted station. Donors appear by name only, people never."""
    settings = hub_of(session).settings
    open_lots = session.execute(
        select(Lot.id, Lot.code, Donor.name).join(Donor).where(Lot.state.not_in(ENDED)).order_by(Lot.code)
    ).all()
    ids = [row[0] for row in open_lots]
    assets, serials = _assets(session, ids), _serials(session, ids)
    return {
        "policies": list(settings.policies),
        "lots": [
            {"code": code, "donor_label": donor, "assets": assets.get(key, []), "serials": serials.get(key, [])}
            for key, code, donor in open_lots
        ],
        "protected_serials": list(settings.protected_serials),
    }


def _assets(session: Session, ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(Device.lot_id, Device.asset).where(Device.lot_id.in_(ids), Device.asset.is_not(None))
    for lot_id, asset in session.execute(query.order_by(Device.asset)):
        found.setdefault(lot_id, []).append(asset or "")
    return found


def _serials(session: Session, ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(Drive.lot_id, Drive.serial).where(Drive.lot_id.in_(ids), Drive.declared, Drive.serial != "")
    for lot_id, serial in session.execute(query.order_by(Drive.serial)):
        found.setdefault(lot_id or "", []).append(serial)
    return found
