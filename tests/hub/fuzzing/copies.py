"""The hub with all houses, built once and copied for every round: no round sees what another one did."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certificates.keys import SigningKey
from hub.app import create_app
from hub.models import Person, StationState
from hub.people import service
from hub.settings import Settings
from hub.stations.service import new_token
from tests.hub.houses import ACTORS, Houses
from tests.hub.pages.workshop import Bench, Clock

URL = "http://testserver"
VISITOR = "visitor"
TOKENS = 100
FORGING = tuple(f"forging {number}" for number in range(12))  # each is locked when it contradicts itself


@dataclass
class Template:
    """The folder of the hub, who is signed in by which token, and the keys of its benches by their state."""

    folder: Path
    houses: Houses
    tokens: dict[str, str]
    benches: dict[str, Bench]
    enrolment: list[str]

    @classmethod
    def built(cls, folder: Path) -> "Template":
        """Build the hub; its database is closed, so that the folder can be copied."""
        houses = Houses.built(folder)
        benches = {state.value: Bench(SigningKey.generate(demo=False), name=f"Banc {state}") for state in StationState}
        forging = {name: Bench(SigningKey.generate(demo=False), name=name) for name in FORGING}
        with houses.session() as session, session.begin():
            for state, bench in benches.items():
                session.add(houses.workshop._station(bench, bench.name, StationState(state)))
            session.add_all(
                houses.workshop._station(bench, bench.name, StationState.ACCEPTED) for bench in forging.values()
            )
            tokens = {who: service.open_session(session, session.get_one(Person, houses.people[who])) for who in ACTORS}
            enrolment = [new_token(session, None) for _ in range(TOKENS)]
        benches |= forging
        benches["unknown"] = Bench(SigningKey.generate(demo=False), name="Banc inconnu")
        houses.workshop.app.state.intake.settle()
        houses.workshop.hub.engine.dispose()
        return cls(folder, houses, tokens, benches, enrolment)

    @contextmanager
    def copy(self, place: Path) -> Iterator[Any]:
        """The application of a fresh copy."""
        shutil.copytree(self.folder, place)
        settings = Settings(place, f"sqlite:///{place / 'hub.db'}", public_url=URL)
        app = create_app(settings, Clock(self.houses.workshop.clock.now))
        app.state.live.end()
        try:
            yield app
        finally:
            app.state.binders.settle()
            app.state.intake.settle()
            app.state.hub.engine.dispose()
            shutil.rmtree(place)
