"""The ledger of the generated hub and what is derived from it: runs, diagnoses, decisions, certificates, lot by lot."""

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from certificates.keys import SigningKey
from tests.bench.hub import models
from tests.bench.hub.figure import Scale
from tests.bench.hub.forms import Chain, Form
from tests.bench.hub.population import CERTIFIED, SCREEN, WORK, DeviceMade, DriveMade, LotMade, identifier
from tests.bench.hub.rows import Rows, stamp

STATIONS = 6
LETTERS = "AABBBCCD"
DOCUMENT = b"%PDF-1.7\n" + b"." * 1_000  # stands for the document: no page of this bench reads one
UNPLACED = 60  # runs that found no lot


def station_seed(number: int) -> bytes:
    """The seed of a bench's key."""
    return bytes([number + 1]) * 32


HUB_SEED = b"\x7f" * 32


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench: its chain, and the forms of what it signs."""

    chain: Chain
    runs: dict[str, Form]
    diagnoses: dict[str, Form]


@dataclass(frozen=True, slots=True)
class Work:
    """One drive at one bench; without lot and device where nobody knows to whom it belongs."""

    bench: Bench
    drive: DriveMade
    at: datetime
    lot: LotMade | None = None
    device: DeviceMade | None = None
    donor: str = ""

    @property
    def wall(self) -> str:
        """The time as statements write it."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"


class Evidence:
    """Writes what benches and people signed; keeps count."""

    def __init__(self, rows: Rows, scale: Scale) -> None:
        self._rows, self._scale = rows, scale
        self._chance = random.Random(scale.seed + 2)
        self._benches = [_bench(number) for number in range(STATIONS)]
        key = SigningKey.from_seed(HUB_SEED, demo=False)
        self._hub = Chain(key)
        self._decisions = {word: Form(key, HUB_SEED, models.decision(key, word)) for word in ("APPROVED", "REJECTED")}
        self._certificate = Form(key, HUB_SEED, models.certificate(key))
        self.position = self.certificates = self.awaiting = 0

    def lot(self, lot: LotMade, donor: str) -> None:
        """Everything that was signed about a lot."""
        at = lot.created + timedelta(days=4)
        for device in lot.devices:
            bench = self._chance.choice(self._benches)
            if device.kind != SCREEN and (lot.part == CERTIFIED or self._chance.random() < 0.7):
                self._diagnose(bench, lot, device, at)
            for drive in device.drives:
                work = Work(bench, drive, at, lot, device, donor)
                if lot.part == CERTIFIED and self.certificates < self._scale.certificates:
                    self._certified(work)
                elif lot.part == WORK and self.awaiting < self._scale.awaiting:
                    self._waits(work)

    def unplaced(self, drives: list[DriveMade], at: datetime) -> None:
        """Runs of drives that no lot has."""
        for drive in drives:
            self._run(Work(self._benches[0], drive, at), "ERASED")
            self.awaiting += 1

    def _certified(self, work: Work) -> None:
        if self._chance.random() < 0.02:
            self._run(work, "FAILED", "REJECTED")
        verdict = "ERASED" if self._chance.random() < 0.97 else "ERASED_WITH_EXCEPTIONS"
        certificate = identifier(self._chance)
        run, decided = self._run(work, verdict, "APPROVED", certificate)
        self._issue(work, run, decided, certificate)

    def _waits(self, work: Work) -> None:
        dice = self._chance.random()
        if dice < 0.005:
            self._run(work, "ERASED", "REJECTED")
            return
        verdict = "FAILED" if dice < 0.045 else "ERASED_WITH_EXCEPTIONS" if dice < 0.075 else "ERASED"
        self._run(work, verdict)
        self.awaiting += 1

    def _run(
        self, work: Work, verdict: str, decision: str = "AWAITING", certificate: str | None = None
    ) -> tuple[str, str]:
        bench, drive, device, lot = work.bench, work.drive, work.device, work.lot
        values = {
            "serial": drive.serial,
            "model": drive.model,
            "machine": device.serial if device else "",
            "lot": lot.code if lot else "",
            "asset": device.asset if device else "",
            "run": hashlib.sha256(drive.serial.encode()).hexdigest()[:32],
            **dict.fromkeys(("started", "ended", "wall"), work.wall),
        }
        run, body, position = self._sign(bench.chain, bench.runs[verdict], values, work.at)
        decided = ""
        if decision != "AWAITING":
            said = {"statement": run, "wall": work.wall}
            decided = self._sign(self._hub, self._decisions[decision], said, work.at)[0]
        self._rows.add(
            "erasure", run, position, drive.id, device.id if device else None, lot.id if lot else None,
            bench.chain.kid, verdict, models.LEVELS[verdict], "overwrite.keystream", "p-operator", work.wall,
            stamp(work.at), stamp(work.at), 0, body, decision, decided or None, certificate,
        )  # fmt: skip
        return run, decided

    def _issue(self, work: Work, run: str, decided: str, certificate: str) -> None:
        lot, device = work.lot, work.device
        assert lot is not None
        assert device is not None
        self.certificates += 1
        number, at = f"ETB-{work.at.year}-{self.certificates:06d}", stamp(work.at)
        values = {
            "statement": run,
            "validation": decided,
            "certificate": certificate,
            "number": number,
            "lot": lot.code,
            "donor": work.donor,
            "asset": device.asset,
            "wall": work.wall,
            "verify": f"https://hub.example/verify/{run}",
        }
        statement = self._sign(self._hub, self._certificate, values, work.at)[0]
        self._rows.add(
            "certificate", certificate, statement, number, run, lot.id, device.id, work.drive.id, "fr", at
        )  # fmt: skip
        for lang in ("fr", "en"):
            self._rows.add("issued_document", certificate, lang, DOCUMENT, run, DOCUMENT, at)

    def _diagnose(self, bench: Bench, lot: LotMade, device: DeviceMade, at: datetime) -> None:
        letter = self._chance.choice(LETTERS)
        values = {
            "serial": device.drives[0].serial if device.drives else "none",
            "machine": device.serial,
            "lot": lot.code,
            "asset": device.asset,
            "wall": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        }
        statement, body, position = self._sign(bench.chain, bench.diagnoses[letter], values, at)
        self._rows.add(
            "diagnostic", statement, position, device.id, lot.id, bench.chain.kid, letter, "default", 1, stamp(at), body
        )

    def _sign(self, chain: Chain, form: Form, values: dict[str, str], at: datetime) -> tuple[str, str, int]:
        statement, seq, prev, body, envelope = chain.add(form, values)
        self.position += 1
        self._rows.add("ledger", self.position, statement, form.kind, chain.kid, seq, prev, envelope, stamp(at))
        return statement, body, self.position


def _bench(number: int) -> Bench:
    seed = station_seed(number)
    key = SigningKey.from_seed(seed, demo=False)
    name = f"Banc {number + 1}"
    return Bench(
        Chain(key),
        {verdict: Form(key, seed, models.erasure(key, name, verdict)) for verdict in models.LEVELS},
        {letter: Form(key, seed, models.diagnosis(key, name, letter)) for letter in sorted(set(LETTERS))},
    )
