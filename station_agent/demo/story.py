"""The whole way once: enrol, accept, erase, diagnose, send, approve, download, verify; every step is checked."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from erasure.policy import load_policy
from station_agent.bench import Bench
from station_agent.board import Board
from station_agent.clock import SystemClock, year_of
from station_agent.commands.call import Call
from station_agent.commands.erase import wipe
from station_agent.commands.plan import plan_lines
from station_agent.demo.visitor import Visitor
from station_agent.demo.workshop import DONORS, LEAD, PASSWORD, Workshop, places
from station_agent.diagnose import Heard, diagnosis, state_diagnosis
from station_agent.diagnosis_words import diagnosis_lines
from station_agent.enrol import enrol
from station_agent.errors import StationError
from station_agent.hub_link import open_client
from station_agent.language import Voice, mark
from station_agent.outbox import OutboxState
from station_agent.planning import confirm, survey
from station_agent.signing import fingerprint
from station_agent.station import Station
from station_agent.stopping import stop_on_signals
from station_agent.summary import summary
from station_agent.sync import drain
from station_agent.system import run
from station_agent.wipe import Task

OPERATOR: Final = "op-demo"
JUDGED: Final = (".pdf", ".json")  # what `etabli-verify` judges by itself; a proof lies beside its bundle
CERTIFIED: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")
EXPECTED: Final = {
    "DEMO-HDD-0001": "ERASED",
    "DEMO-SSD-0001": "ERASED",
    "DEMO-NVME-0001": "ERASED",
    "DEMO-USB-0001": "ERASED_WITH_EXCEPTIONS",
    "DEMO-HDD-0002": "FAILED",
    "DEMO-SSD-0002": "FAILED",
}
ONLY_ERASED: Final = mark("only erased drives can be approved")
VERIFY_S: Final = 60.0


class Amiss(StationError):
    """Something in the demonstration is not as it must be."""

    code = "demo"
    exit_status = 1


@dataclass(slots=True)
class Story:
    """What the demonstration brought forth. `say` prints a line."""

    shop: Workshop
    folder: Path
    voice: Voice
    say: Callable[[str], None]
    files: list[Path] = field(default_factory=list)

    def enrol_station(self, station: Station) -> None:
        """Introduce the bench with a token, and accept it as the lead does."""
        token = self.shop.hub("token", "new").strip().splitlines()[-1]
        link = station.link_to(self.shop.url)
        enrol(station.store, link, station.key, url=self.shop.url, token=token, name="Démo 1")
        self.say(self.voice.say("The bench shows this fingerprint:") + f"\n  {fingerprint(station.key.kid)}")
        with self.signed_in(LEAD) as lead:
            forms = [form.action for form in lead.page("/stations").forms if form.action.endswith("/accept")]
            require(len(forms) == 1, self.voice.say("one bench waits to be accepted"))
            lead.submit("/stations", forms[0], {})
        self.say(self.voice.say("The lead has compared it and accepted the bench."))

    def erase_all(self, call: Call, station: Station, bench: Bench, lists: Path) -> Board:
        """Erase every drive of the bench, each in its donor's lot, with the live table; check the verdicts."""
        where = places(lists)
        found = survey(bench, bench.enumerate_disks(), load_policy("purge-preferred"))
        for drive in found:
            for line in plan_lines(self.voice, drive):
                self.say(line)
        confirmations = confirm(found, [drive.serial for drive in found], OPERATOR)
        tasks = [Task(drive, confirmations[drive.device.path], *where[drive.serial]) for drive in found]
        with stop_on_signals() as stop:
            board = wipe(call, station, bench, tasks, operator=OPERATOR, of_machine=False, stop=stop)
        got = {line.device.identity.serial: line.verdict for line in board.lines.values()}
        require(got == EXPECTED, self.voice.say("every drive ended as expected") + f": {got}")
        return board

    def diagnose(self, call: Call, station: Station, bench: Bench) -> None:
        """Diagnose and grade the demo laptop."""
        report = diagnosis(bench, Heard(year=year_of(SystemClock())))
        signed = state_diagnosis(station, bench, report, lot="DEMO-LOT-A", asset=bench.asset, operator=OPERATOR)
        for line in diagnosis_lines(call.voice, report, signed):
            self.say(line)

    def send(self, station: Station, board: Board) -> None:
        """Send what is left; everything must be confirmed. Keep the trust file, which now knows the bench."""
        drain(station.sync())
        station.refresh_from_hub()
        states = {line.statement_id: station.outbox.state_of(line.statement_id) for line in board.lines.values()}
        for line in summary(self.voice, board, states):
            self.say(line)
        counts = station.outbox.counts()
        done = counts[OutboxState.CONFIRMED] == len(EXPECTED) + 1 and sum(counts.values()) == len(EXPECTED) + 1
        require(done, self.voice.say("every statement is confirmed by the hub") + f": {counts}")

    def approve(self, board: Board) -> None:
        """Approve the four good drives, as a lead does on the pages; the two failures offer no approval."""
        with self.signed_in(LEAD) as lead:
            for line in board.lines.values():
                path = f"/queue/{line.statement_id}"
                offered = any(form.action == f"{path}/approve" for form in lead.page(path).forms)
                wanted = line.verdict in CERTIFIED
                require(offered == wanted, f"{self.voice.say(ONLY_ERASED)}: {line.device.name}")
                if wanted:
                    lead.submit(path, f"{path}/approve", {"sure": "yes"})

    def download(self) -> None:
        """Let each donor download the certificates of the own lot: three and one, and none for the failures."""
        expected = {"DEMO-LOT-A": 3, "DEMO-LOT-B": 1}
        for code, email in DONORS.items():
            with self.signed_in(email) as donor:
                links = [link for link in donor.page(f"/lots/{code}").links if link.startswith("/certificates/")]
                paths = {link.split("?")[0] for link in links}
                wanted = sorted(path for path in paths if path.endswith(JUDGED) and ".proof." not in path)
                pdfs = [link for link in wanted if link.endswith(".pdf")]
                require(len(pdfs) == expected[code], self.voice.say("each lot has its certificates") + f": {wanted}")
                for link in wanted:
                    name, data = donor.download(link)
                    path = self.folder / f"{code}-{name}"
                    path.write_bytes(data)
                    self.files.append(path)
        self.files.sort()

    def verify(self, trust: Path) -> None:
        """Check every downloaded file with `etabli-verify`, offline."""
        for path in self.files:
            argv = [sys.executable, "-m", "certificates", str(path), "--trust", str(trust), "--lang", self.voice.lang]
            done = run(argv, timeout_s=VERIFY_S)
            require(done.status == 0, f"etabli-verify {path.name}: {done.status} {done.out} {done.err}")
            self.say(f"  etabli-verify {path.name}: VALID")

    @contextmanager
    def signed_in(self, email: str) -> Iterator[Visitor]:
        """Give a browser in which this person is signed in."""
        with open_client() as client:
            visitor = Visitor(client, self.shop.url)
            visitor.sign_in(email, PASSWORD)
            yield visitor


def require(holds: bool, what: str) -> None:  # noqa: FBT001  reads as a sentence
    """Raise `Amiss` when a step did not bring what it must."""
    if not holds:
        raise Amiss(mark("The demonstration went amiss: {what}"), what=what)
