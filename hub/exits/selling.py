"""What a sale needs beside an exit: the donor's type, the ceiling where it holds, and the dates of the warranty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.departed import ExitBatch
from hub.exits import ceilings
from hub.exits.ceilings import Ceiling, Judgement, Refused
from hub.exits.checks import Held, Visitor
from hub.exits.donor_types import types_of
from hub.exits.inside import there
from hub.exits.warranty import warranty_from

LACKING = {
    "charger": "no charger goes with it: it is not sold under the ceilings",
    "drive": "no drive sits in it: it is not sold under the ceilings",
    "battery": "no battery is known of it: it is not sold under the ceilings",
    "system": "no system is known of it: it is not sold under the ceilings",
    "screen": "no screen goes with it: a desktop without screen is not listed",
    "keyboard": "no keyboard goes with it: it is not sold under the ceilings",
    "mouse": "no mouse goes with it: it is not sold under the ceilings",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is frozen of a sale: the ceiling that held, the three days of the warranty, and what keeps it from it."""

    held: tuple[Held, ...]
    ceiling_cents: int | None = None
    ceiling_policy: str = ""
    warranty: tuple[str, str, str] = ("", "", "")


def sold(one: Visitor, batch: ExitBatch, ticked: Sequence[str], price_cents: int) -> Terms:
    """The terms of one device in a sale."""
    day = date.fromisoformat(batch.day)
    donor = types_of(one.session, one.person, [one.view.device.lot.donor_id]).get(one.view.device.lot.donor_id)
    if donor is None:
        sentence = "say first what type of donor gave it: whether a ceiling holds depends on it"
        return Terms((one.held(sentence),))
    warranty = warranty_from(day)
    if warranty is None:
        return Terms((one.held("no warranty is known for that day"),))
    dates = (warranty.start.isoformat(), warranty.end.isoformat(), warranty.presumption.isoformat())
    if not ceilings.concerns(donor):
        return Terms((), warranty=dates)
    inside = there(one.session, one.view, one.inside, ticked)
    found = ceilings.judge(one.view.device.kind, price_cents, inside, day)
    held = tuple(one.held(sentence) for sentence in _sentences(found))
    ceiling = found.ceiling
    if ceiling is None:
        return Terms(held)
    return Terms(held, ceiling.cents, ceiling.policy, dates)


def _sentences(found: Judgement) -> tuple[str, ...]:
    match found.refused:
        case None:
            return ()
        case Refused.MISSING:
            return tuple(LACKING[part] for part in found.missing)
        case Refused.TOO_HIGH:
            assert found.ceiling is not None
            return (f"a public body gave it: it costs {euros(found.ceiling)} € at most",)
        case Refused.NOT_LISTED:
            return ("a public body gave it, and the list of ceilings does not name this kind: it is not sold",)
        case Refused.NO_LIST:
            return ("a public body gave it, and no list of ceilings holds for that day: it is not sold",)


def euros(ceiling: Ceiling) -> str:
    """A ceiling in euros, with cents where there are any."""
    whole, cents = divmod(ceiling.cents, 100)
    return f"{whole},{cents:02d}" if cents else str(whole)
