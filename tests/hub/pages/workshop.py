"""A whole workshop in a folder, for tests of pages: a hub, its people, two donors, and a bench that signs statements.

Everything goes the way it goes in life: statements are signed, taken in by the ledger and derived; nothing writes
into a derived table.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from certificates.keys import SigningKey
from certificates.statement import GENESIS
from hub.app import create_app
from hub.context import Hub, open_hub
from hub.identity import Issuer, create_identity
from hub.ledger.intake import take_in
from hub.lots.service import apply_import, create_lot, donor_named
from hub.models import Person, Role, Station, StationState
from hub.people.houses import House
from hub.people.service import add_person
from hub.settings import Settings
from hub.tables import Base

PASSWORD = "une phrase assez longue"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECTOR = 512
MIB = 2**20
EMAILS = {
    "lead": "camille@atelier.example",
    "technician": "lou@atelier.example",
    "admin": "andrea@atelier.example",
    "donor": "marie@mairie.example",
    "other donor": "paul@usine.example",
}
LIST = (
    "étiquette;type;marque;modèle;numéro de série;disque série\n"
    "ETB-0001;portable;Lenovo;ThinkPad T480;PF1ABCDE;WD-0001\n"
    "ETB-0002;portable;Dell;Latitude 5490;7XK2LQ2;ST-0002\n"
    "ETB-0003;fixe;HP;ProDesk 400;CZC9123456;KX-0003\n"
    "ETB-0004;portable;Dell;Latitude 5500;8XK2LQ3;ST-0004\n"
    "ETB-0005;portable;Lenovo;ThinkPad L490;PF9ZZZZZ;SA-0005\n"
)
OTHER_LIST = "étiquette;type;marque;modèle;numéro de série;disque série\nUSN-0001;fixe;Acer;Veriton;AC123456;TO-9001\n"


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time, one second later at every look: no two things happen at once."""
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Bench:
    """A bench with a key; makes payloads, signs them in a chain, and hands them to a hub."""

    key: SigningKey
    simulated: bool = False
    name: str = "Banc 1"
    operator: str = "p-lou"
    seq: int = 0
    head: str = GENESIS
    sent: list[str] = field(default_factory=list)

    def sign(self, payload: dict[str, Any]) -> bytes:
        """The envelope bytes of the next statement of this bench."""
        self.seq += 1
        envelope = self.key.sign_statement({**payload, "seq": self.seq, "prev": self.head})
        self.head = envelope.id
        self.sent.append(envelope.id)
        return envelope.data

    def give(self, hub: Hub, payload: dict[str, Any]) -> str:
        """Sign and hand in; returns the statement id."""
        data = self.sign(payload)
        (answer,) = take_in(hub, self.key.kid, [data])
        assert answer.status == 201, answer
        return hashlib.sha256(data).hexdigest()

    def _common(self, kind: str, lot: str, asset: str, wall: str) -> dict[str, Any]:
        return {
            "v": 1,
            "kind": kind,
            "kid": self.key.kid,
            "station": self.name,
            "nonce": "0" * 32,
            "boot_id": "3f1c",
            "mono_ns": 5_000_000,
            "wall": wall,
            "wall_src": "system",
            "last_cp": None,
            "lot": lot,
            "asset": asset,
            "operator": self.operator,
            "agent": {"version": "0.1.0", "build_sha256": ""},
            "simulated": self.simulated,
        }

    def erasure(
        self,
        serial: str,
        *,
        model: str = "WDC WD5000LPLX",
        lot: str = "MAIRIE-01",
        asset: str = "",
        verdict: str = "ERASED",
        mebibytes: int = 64,
        reasons: tuple[tuple[str, str], ...] = (),
        bad: dict[str, list[list[int]]] | None = None,
    ) -> dict[str, Any]:
        """The payload of an erasure statement; `reasons` are exceptions for ERASED_WITH_EXCEPTIONS."""
        size, bad = mebibytes * MIB, bad or {}
        done, some = verdict in {"ERASED", "ERASED_WITH_EXCEPTIONS"}, verdict != "NOT_ERASED"
        coded = [{"code": code, "detail": detail} for code, detail in reasons]
        totals = {name: sum(count for _, count in bad.get(name, [])) for name in ("write", "read", "mismatch")}
        return {
            **self._common("erasure", lot, asset, "2026-03-02T08:58:00Z"),
            "subject": {"drive": _drive(serial, model, size), "machine": None},
            "run_id": hashlib.sha256(serial.encode()).hexdigest()[:32],
            "method": {
                "requested": "overwrite.keystream",
                "achieved": "overwrite.keystream" if some else "",
                "version": 1,
                "level": "CLEAR" if done else "NONE",
                "standard": "IEEE 2883-2022",
            },
            "started": "2026-03-02T08:40:00Z",
            "ended": "2026-03-02T08:57:41Z",
            "duration_ms": 1_061_000,
            "resumed": 0,
            "phases": [
                {"op": "write", "bytes": size, "errors": totals["write"], "start_ms": 0, "end_ms": 540_000},
                {"op": "verify", "bytes": size, "errors": totals["read"], "start_ms": 540_000, "end_ms": 1_061_000},
            ]
            if some
            else [],
            "verify": _verification(size if some else 0, totals),
            "hidden": {"hpa": "none", "dco": "none", "ama": "present" if done and coded else "none"},
            "bad": {
                **{name: bad.get(name, []) for name in totals},
                **{f"{name}_total": total for name, total in totals.items()},
                "truncated": False,
            },
            "exceptions": coded if done else [],
            "result": {"verdict": verdict, "reasons": [] if done else coded},
            "evidence_sha256": "cd" * 32,
        }

    def diagnosis(self, serial: str, *, asset: str, letter: str = "B", lot: str = "MAIRIE-01") -> dict[str, Any]:
        """The payload of a diagnostics statement."""
        grade = {
            "letter": letter,
            "policy": "atelier",
            "policy_version": 3,
            "function": "F5",
            "looks": "C4",
            "battery_permille": 772,
            "reasons": [
                {"code": "grade.battery", "values": {"value": "77 %", "wanted": "80 %", "letter": "A"}},
                {"code": "grade.of-tomorrow", "values": {"value": "unknown rule"}},
            ],
        }
        report = {"machine": {}, "drives": [], "batteries": [], "checks": [], "grade": grade}
        machine = {
            "maker": "Lenovo",
            "model": "ThinkPad T480",
            "serial": serial,
            "uuid": "",
            "chassis": "laptop",
            "identity_source": "dmi",
            "identity_grade": "A",
        }
        return {
            **self._common("diagnostics", lot, asset, "2026-03-02T08:50:00Z"),
            "subject": {"drive": None, "machine": machine},
            "report": report,
        }


def _verification(size: int, totals: dict[str, int]) -> dict[str, Any]:
    return {
        "mode": "full" if size else "none",
        "pattern": "aes-256-ctr" if size else "",
        "key_sha256": "ab" * 32 if size else "",
        "seed": "",
        "sectors": max(0, size // SECTOR - totals["read"]),  # those that could be compared
        "nonmatching": totals["mismatch"],
        "unreadable": totals["read"],
    }


def _drive(serial: str, model: str, size: int) -> dict[str, Any]:
    return {
        "model": model,
        "serial": serial,
        "wwn": "50014ee2" + hashlib.sha256(serial.encode()).hexdigest()[:8],
        "firmware": "01.01A01",
        "bus": "ata",
        "bridge": "",
        "size_bytes": size,
        "native_bytes": size,
        "logical_sector": SECTOR,
        "physical_sector": 4096,
        "identity_source": "ata identify",
        "identity_grade": "A",
    }


class Workshop:
    """A hub with one person of each role, a lot of each of two donors, and one accepted bench."""

    def __init__(self, folder: Path, *, demo: bool = False, url: str = "http://testserver") -> None:
        ready = _made_ready(demo=demo, url=url)
        folder.mkdir(parents=True, mode=0o700)
        for name, data in ready.files.items():
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)
        self.clock = Clock(ready.now)
        settings = _settings(folder, demo=demo, url=url)
        self.hub = open_hub(settings, self.clock)
        self.bench = Bench(ready.key, simulated=demo)
        self.app = create_app(settings, self.clock)

    def session(self) -> Session:
        """A database session that knows the hub."""
        return self.hub.sessions()()

    def person(self, session: Session, role: str) -> Person:
        """The person of a role."""
        return session.query(Person).filter(Person.email == EMAILS[role]).one()

    def ask_to_join(self, name: str) -> str:
        """A bench that waits for acceptance; returns its id."""
        with self.session() as session, session.begin():
            station = self._station(Bench(SigningKey.generate(demo=False)), name, StationState.PENDING)
            session.add(station)
            session.flush()
            return station.id

    def work(self) -> dict[str, str]:
        """A morning at the bench: five drives of the first lot, one of the second, one of nobody. Ids by serial."""
        bench, hub = self.bench, self.hub
        bench.give(hub, bench.diagnosis("PF1ABCDE", asset="ETB-0001"))
        reallocated = (("HIDDEN_AREA", "AMA 2048 sectors"),)
        lost = (("WRITE_ERROR", "EIO"),)
        payloads = {
            "WD-0001": bench.erasure("WD-0001", asset="ETB-0001"),
            "ST-0002": bench.erasure(
                "ST-0002", asset="ETB-0002", verdict="ERASED_WITH_EXCEPTIONS", reasons=reallocated
            ),
            "KX-0003": bench.erasure(
                "KX-0003",
                asset="ETB-0003",
                verdict="FAILED",
                reasons=lost,
                bad={"write": [[1000, 8], [9999, 1]], "read": [[1000, 8]]},
            ),
            "TO-9001": bench.erasure("TO-9001", lot="USINE-01", asset="USN-0001", model="TOSHIBA MQ01"),
            "XX-7777": bench.erasure("XX-7777", lot="", asset=""),
        }
        return {serial: bench.give(hub, payload) for serial, payload in payloads.items()}

    def _station(self, bench: Bench, name: str, state: StationState) -> Station:
        return _station(bench, name, state, self.clock)


@dataclass(frozen=True)
class Ready:
    """What every workshop of a process begins with: made once, copied for each test, changed by none."""

    files: dict[str, bytes]
    key: SigningKey
    now: datetime


def _settings(folder: Path, *, demo: bool, url: str) -> Settings:
    return Settings(
        folder,
        f"sqlite:///{folder / 'hub.db'}",
        public_url=url,
        demo=demo,
        security_contacts=("mailto:security@hub.example",),
    )


@cache
def _made_ready(*, demo: bool, url: str) -> Ready:
    clock, bench = Clock(), Bench(SigningKey.generate(demo=demo), simulated=demo)
    with TemporaryDirectory() as place:
        folder = Path(place) / "hub"
        create_identity(folder, "Atelier de Brest", Issuer("Atelier de Brest", "1 rue de Siam", "", url), demo=demo)
        hub = open_hub(_settings(folder, demo=demo, url=url), clock)
        Base.metadata.create_all(hub.engine)
        with hub.sessions().begin() as session:
            _people(session)
            _lots(session)
            session.add(_station(bench, "Banc 1", StationState.ACCEPTED, clock))
        hub.engine.dispose()  # the last connection writes everything into the one file
        assert not (folder / "hub.db-wal").exists()
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".db", ".json", ".key"}}
    return Ready(files, bench.key, clock.now)


def _people(session: Session) -> None:
    donors = {
        "donor": donor_named(session, "Mairie de Brest"),
        "other donor": donor_named(session, "Usine du Port"),
    }
    names = {
        "lead": "Camille Le Goff",
        "technician": "Lou Kervella",
        "admin": "Andrea Riou",
        "donor": "Marie Abalain",
    }
    for who, email in EMAILS.items():
        role = Role.DONOR if who in donors else Role(who)
        name = names.get(who, "Paul Morvan")
        add_person(session, email, name, role, PASSWORD, house=House(donors.get(who)))


def _lots(session: Session) -> None:
    lead = session.query(Person).filter_by(email=EMAILS["lead"]).one()
    mine = create_lot(session, "MAIRIE-01", "Mairie de Brest", "Portables du service jeunesse", lead)
    other = create_lot(session, "USINE-01", "Usine du Port", "", lead)
    apply_import(session, mine, LIST, lead)
    apply_import(session, other, OTHER_LIST, lead)


def _station(bench: Bench, name: str, state: StationState, clock: Clock) -> Station:
    return Station(
        kid=bench.key.kid,
        public=bench.key.public.base64,
        name=name,
        state=state.value,
        demo=bench.simulated,
        created=clock(),
        last_seen=clock(),
    )
