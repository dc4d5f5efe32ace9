"""Fills the database of a hub by bulk inserts: everything that a large network has after years, by seed, in minutes.

    python -m tests.bench.hub.filling FOLDER [--devices 1000000] [--seed 1]

Makes a whole hub in an empty folder: identity, people with a session each, benches, lots, ledger, derived tables. The
statements are truly signed and chained; the documents of certificates are stand-ins. SQLite only.
"""

import argparse
import hashlib
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from certificates.keys import SigningKey
from hub.context import open_hub
from hub.database import open_engine
from hub.identity import KEY_FILE, NAME_FILE, SCHEMA
from hub.lots.factors import factors_of
from hub.lots.impact import impact
from hub.migrations import upgrade
from hub.models import Donor, Person, Role, Station, WebSession
from hub.one_way import one_way
from hub.settings import Settings
from tests.bench.hub.evidence import HUB_SEED, STATIONS, UNPLACED, Evidence, station_seed
from tests.bench.hub.figure import Scale
from tests.bench.hub.population import (
    ANNOUNCED,
    CERTIFIED,
    NOW,
    START,
    STATES,
    WORK,
    DeviceMade,
    DriveMade,
    LotMade,
    identifier,
    lots,
)
from tests.bench.hub.rows import Rows, stamp

PERSON = "p-camille"  # whose word every generated word is
NAME = "Camille Le Goff"
ROLES = {"lead": Role.LEAD, "technician": Role.TECHNICIAN, "admin": Role.ADMIN, "donor": Role.DONOR}
OUTCOMES = ("reuse",) * 7 + ("parts", "weee", "weee")
SIZE = 500_107_862_016
YEAR = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: rows by table."""

    counts: Mapping[str, int]


def settings_of(folder: Path) -> Settings:
    """The settings of the hub in this folder."""
    return Settings(folder, f"sqlite:///{folder / 'hub.db'}", public_url="http://hub.example")


def token_of(who: str) -> str:
    """The session token of one of `ROLES`."""
    return f"bench-hub-{who}"


def fill(folder: Path, scale: Scale) -> Filled:
    """Make a hub of this size in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    SigningKey.from_seed(HUB_SEED, demo=False).save(folder / KEY_FILE)
    issuer = {"name": "Atelier", "address": "", "siret": "", "url": ""}
    (folder / NAME_FILE).write_text(json.dumps({"schema": SCHEMA, "name": "Atelier", "issuer": issuer}))
    settings = settings_of(folder)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
    counts = _bulk(folder, scale)
    hub = open_hub(settings)
    with hub.sessions().begin() as session:
        _people(session)
    hub.engine.dispose()
    return Filled(counts)


def _bulk(folder: Path, scale: Scale) -> Mapping[str, int]:
    rows = Rows(folder / "hub.db")
    chance = random.Random(scale.seed + 3)
    donors = [identifier(chance) for _ in range(scale.donors)]
    for number, donor in enumerate(donors):
        rows.add("donor", donor, _donor(number), "", stamp(START))
    evidence, section = Evidence(rows, scale), impact({}, factors_of(folder))
    moment = itertools.count(1)
    for lot in lots(scale):
        _lot(rows, lot, donors[lot.donor], moment)
        if lot.part in {CERTIFIED, WORK}:
            evidence.lot(lot, _donor(lot.donor))
        if lot.part == CERTIFIED:
            _words(rows, lot, chance, section)
    stray = [DriveMade(identifier(chance), f"STRAY{number:05d}", "Stray") for number in range(_unplaced(scale))]
    for drive in stray:
        rows.add("drive", drive.id, None, None, next(moment), drive.serial, drive.model, "", SIZE, 0, None, None, None,
                 stamp(NOW))  # fmt: skip
    evidence.unplaced(stray, NOW)
    rows.add("derivation_cursor", 1, evidence.position)
    rows.close()
    return rows.counts


def _unplaced(scale: Scale) -> int:
    return min(UNPLACED, scale.devices // 50)


def _donor(number: int) -> str:
    return f"Donneur {number:04d}"


def _lot(rows: Rows, lot: LotMade, donor: str, moment: "itertools.count[int]") -> None:
    received = None if lot.part == ANNOUNCED else stamp(lot.created + timedelta(days=3))
    created = stamp(lot.created)
    rows.add("lot", lot.id, lot.code, f"Lot {lot.number}", donor, STATES[lot.part], created, next(moment), received)
    for device in lot.devices:
        rows.add("device", device.id, lot.id, device.kind, device.asset, device.maker, device.model, device.serial,
                 "import", received, created, next(moment))  # fmt: skip
        for drive in device.drives:
            known = next(moment)
            rows.add("drive", drive.id, lot.id, device.id, known, drive.serial, drive.model, "", SIZE, 1, lot.id,
                     device.id, known, created)  # fmt: skip
    counted = ("announced",) if received is None else ("announced", "received")
    for step in counted:
        for kind, number in Counter(device.kind for device in lot.devices).items():
            rows.add("lot_count", lot.id, step, kind, "", number, "", created, PERSON, NAME)
    if received is not None:
        rows.add("lot_step", lot.id, "step", "announced", "received", "", received, PERSON, NAME)


def _words(rows: Rows, lot: LotMade, chance: random.Random, section: Mapping[str, object]) -> None:
    """What people said of a lot that was closed, device by device, and its closing."""
    at = stamp(lot.created + timedelta(days=10))
    for device in lot.devices:
        words = [("disposition", chance.choice(OUTCOMES))]
        words += [] if not device.drives else [("bays", str(len(device.drives))), ("empty", "0")]
        for about, word in words:
            rows.add("device_said", device.id, lot.id, about, word, "", at, PERSON, NAME, "")
    document = json.dumps(
        {
            "schema": "etabli.bilan/2",
            "version": 1,
            "impact": section,
            "account": [_line(device, drive) for device in lot.devices for drive in device.drives],
        },
        separators=(",", ":"),
    )
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    rows.add("lot_closing", lot.id, 1, document, sha256, 0, at, PERSON, NAME, "")


def _line(device: DeviceMade, drive: DriveMade) -> Mapping[str, object]:
    run = {"statement": "0" * 64, "verdict": "ERASED", "level": "CLEAR", "method": "overwrite.keystream"}
    return {"serial": drive.serial, "model": drive.model, "device": device.asset, "class": "erased-clear", "run": run}


def _people(session: Session) -> None:
    donor = session.query(Donor).filter(Donor.name == _donor(0)).one()
    session.add(_person(PERSON, NAME, Role.LEAD, None))
    for who, role in ROLES.items():
        session.add(_person(f"bench-{who}", f"Bench {who}", role, donor if role is Role.DONOR else None))
        session.flush()
        session.add(
            WebSession(
                token_hash=one_way(token_of(who)), person_id=f"bench-{who}", created=NOW, expires=NOW + YEAR, browser=""
            )
        )
    for number in range(STATIONS):
        key = SigningKey.from_seed(station_seed(number), demo=False)
        session.add(
            Station(
                kid=key.kid, public=key.public.base64, name=f"Banc {number + 1}", state="accepted", created=START,
                last_seen=NOW,
            )
        )  # fmt: skip


def _person(key: str, name: str, role: Role, donor: Donor | None) -> Person:
    return Person(
        id=key, pseudonym=key, email=f"{key}@atelier.example", name=name, role=role.value, password_hash="-",
        created=START, donor_id=donor.id if donor else None,
    )  # fmt: skip


def scaled(devices: int, seed: int = 1) -> Scale:
    """The acceptance's scale, made smaller or larger in proportion."""
    whole = Scale()
    part = devices / whole.devices
    return Scale(
        devices=devices,
        drives=round(whole.drives * part),
        certificates=round(whole.certificates * part),
        awaiting=round(whole.awaiting * part),
        donors=max(4, round(whole.donors * part)),
        seed=seed,
    )


def main(arguments: list[str]) -> int:
    """Fill a folder and say what is in it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hub.filling", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--devices", type=int, default=Scale().devices)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    made = fill(options.folder, scaled(options.devices, options.seed))
    told = ", ".join(f"{count} {table}" for table, count in made.counts.items() if count)
    size = (options.folder / "hub.db").stat().st_size / 2**30
    print(f"{told}: {size:.2f} GiB in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
