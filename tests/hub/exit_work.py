"""A lot at the door: exits, parts and returns through the services, each method one act of one person, committed."""

from typing import Any

from hub.departed import ExitBatch
from hub.devices import triage
from hub.exits import donor_types, leaving
from hub.exits.leaving import Goods, Head
from hub.models import Device
from hub.repairs import service as repairs
from tests.hub.lot_work import LotWork

HEADS: dict[str, dict[str, str]] = {
    "weee": {"receiver": "Recyclage du Port", "producer": "Éco-organisme X"},
    "waste": {"receiver": "Déchèterie"},
    "parts": {"receiver": "Atelier voisin"},
    "returned": {"receipt": "reçu n° 4"},
}
OUTCOME = {"weee": "weee", "waste": "waste", "parts": "parts", "returned": "returned"}


class ExitWork(LotWork):
    """Lot LOT-1 of CAF with two laptops and a drive each, received and counted; CAF is a public operator."""

    def __init__(self, world: Any, donor_type: str = "public-operator") -> None:
        super().__init__(world)
        self.receive()
        if donor_type:
            self.donor_type(donor_type)

    def donor_type(self, word: str) -> None:
        with self.world.hub.sessions().begin() as session:
            donor_types.set_type(session, self.lead, self.lot(session).donor_id, word)

    def make_ready(self, asset: str = "A-1", serial: str = "WD-0001", word: str = "reuse") -> None:
        self.sort(asset, word)
        self.approve(self.erase(serial, asset))

    def leave(self, *tags: str, mode: str = "gift", ticked: tuple[str, ...] = (), **more: Any) -> Any:
        """Let devices out; returns the lines."""
        price = more.pop("price_cents", None)
        with self.world.hub.sessions().begin() as session:
            batch = leaving.begin(session, self.lead, Head(mode, **{**HEADS.get(mode, {}), **more}))
            return leaving.send(session, self.lead, batch, Goods(tags, ticked, price))

    def sell(self, price_cents: int, tag: str = "A-1", *, ticked: Any = ("charger", "battery", "system")) -> Any:
        return self.leave(tag, mode="sale", ticked=tuple(ticked), price_cents=price_cents)[0]

    def held(self, *tags: str, **more: Any) -> list[str]:
        """What keeps devices here; empty when they left."""
        try:
            self.leave(*tags, **more)
        except leaving.Stays as stays:
            return [one.sentence for one in stays.held]
        return []

    def come_home(self, line_id: int, reason: str = "erreur") -> Any:
        with self.world.hub.sessions().begin() as session:
            return leaving.take_back(session, self.lead, line_id, reason)

    def batch(self, mode: str, **more: Any) -> ExitBatch:
        with self.world.hub.sessions().begin() as session:
            return leaving.begin(session, self.lead, Head(mode, **{**HEADS.get(mode, {}), **more}))

    def out(self) -> set[str]:
        """The tags of the devices that are out."""
        from hub.exits.gone import exits_of

        with self.world.hub.sessions()() as session:
            tags = {device.id: device.asset or "" for device in session.query(Device)}
            return {tags[device_id] for device_id in exits_of(session, list(tags))}

    def redispose(self, asset: str, word: str) -> None:
        self.device(asset, triage.dispose, word, "autre avis")

    def take_drive(self, asset: str, serial: str) -> Any:
        drive = self.drive_id(serial)
        return self.device(asset, repairs.take_part, "drive", drive_id=drive)

    def fit(self, asset: str, part: Any, action: str = "drive", **more: Any) -> Any:
        return self.device(asset, repairs.repair, repairs.Work(action, part.id, **more))
