"""Distribution for tests of pages: a prescription, a device that was given away, a phone brought on an event day."""

from sqlalchemy.orm import Session

from hub.devices import triage
from hub.distribution import prescribing
from hub.distribution.sheets import key_of
from hub.exits import leaving
from hub.exits.leaving import Goods, Head
from hub.inspection import checking, numbers, systems
from hub.intake import channels, counter
from hub.models import Device
from hub.partners import register
from tests.hub.pages.workshop import Workshop


def distribution_for(workshop: Workshop) -> dict[str, str]:
    """The tag and key of a device that is out, the code of a receipt, the id of a phone."""
    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        prescriber = register.add_partner(session, lead, "CDAS", "prescriber")
        prescribing.issue(session, lead, prescribing.Wanted("laptop", "B"), prescriber.id)
        lot = counter.open_day(session, lead, channels.EVENT, "2026-03-02", "Fête <b>")
        screen = counter.take_in(session, lead, lot, counter.Brought("screen", "EV-1", "works", "no")).device
        done = counter.take_in(session, lead, lot, counter.Brought("phone", "EV-2", maker="<i>Fairphone"))
        numbers.note_imei(session, lead, done.device, "490154203237518")
        checking.answer(session, lead, screen, {"picture": "pass", "casing": "C5"})
        systems.install(session, lead, done.device, systems.System("Android <b>", "14", "with-device"))
        return {**_given(workshop, session, screen), "receipt": done.row.code, "phone": done.device.id}


def _given(workshop: Workshop, session: Session, screen: Device) -> dict[str, str]:
    lead = workshop.person(session, "lead")
    triage.dispose(session, lead, screen, "reuse")
    batch = leaving.begin(session, lead, Head("gift", receiver="Emmaüs"))
    (line,) = leaving.send(session, lead, batch, Goods(("EV-1",)))
    return {"tag": "EV-1", "key": key_of(line)}
