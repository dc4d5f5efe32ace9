"""Long parts of a check beside the console: a thread each, with progress, an abort, and what it found in the end."""

import threading
from collections.abc import Callable
from typing import Final

from diagnostics.checks import CheckOutcome
from diagnostics.errors import DiagnosticsError, DischargeRefused, PhotoRefused
from diagnostics.stress.course import Course, Progress
from station_agent.checks.album import NO_CAMERA, NO_FILE, NOT_KEPT, REFUSED, Photo
from station_agent.checks.drive_jobs import Now, read_drives, try_drives
from station_agent.checks.found import Found
from station_agent.checks.means import DISCHARGE_LIMIT_S, LOAD_LIMIT_S, MEMORY_LIMIT_S, Means
from station_agent.errors import ProcessFailed, StationError
from station_agent.language import mark

DRIVES_LIMIT_S: Final = 3600.0  # of all drives; each has a limit of its own
SHOT_LIMIT_S: Final = 30.0
PROPOSALS: Final = {"pass": CheckOutcome.PASS, "fail": CheckOutcome.FAIL}
NO_MEANS: Final = mark("The program or the device for it is missing here: judge by eye and ear.")

NO_DISCHARGE: Final = mark("This battery is not measured now: charge it above 20 %, unplug the charger, begin again.")
WORST_FIRST: Final = ("gives-way", "gauge-stuck", "plugged", "stopped", "unclear", "holds")  # of a discharge
OF_DISCHARGE: Final = {"holds": CheckOutcome.PASS, "gives-way": CheckOutcome.FAIL}


class Job:
    """One long part. `start` returns at once; `found` is None until it ended."""

    def __init__(self, work: Callable[[Course], Found], limit_s: float) -> None:
        self._work = work
        self._stop = threading.Event()
        self.progress = Progress(0, 0)
        self.found: Found | None = None
        self._course = Course(limit_s, tell=self._told, aborted=self._stop.is_set)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def abort(self) -> None:
        """Ask it to end; it does so within a second, and what it found until then counts as nothing."""
        self._stop.set()

    def wait(self, timeout_s: float) -> None:
        """Wait for the end."""
        self._thread.join(timeout_s)

    def _told(self, progress: Progress) -> None:
        self.progress = progress

    def _run(self) -> None:
        try:
            self.found = self._work(self._course)
        except (StationError, DiagnosticsError, OSError, ValueError) as error:
            self.found = Found(notice=NO_MEANS, evidence={"error": str(error)[:200]})


def kept_photo(take: Callable[[], Photo]) -> Found:
    """Take a photo; what cannot be kept is said, and nothing waits for it."""
    try:
        return Found(photo=take())
    except PhotoRefused as error:
        return Found(notice=REFUSED[error.code])
    except ProcessFailed:
        return Found(notice=NO_CAMERA)
    except StationError:
        return Found(notice=NOT_KEPT)
    except OSError:
        return Found(notice=NO_FILE)


def job_for(check_id: str, means: Means, now: Now = str) -> Job | None:
    """Give the long part of a check; None where it has none. `now` is the moment as the record writes it."""
    works: dict[str, tuple[Callable[[Course], Found], float]] = {
        "audio": (lambda _: _tones(means), 30),
        "microphone": (lambda _: _microphone(means), 30),
        "camera": (lambda _: _camera(means), 30),
        "wifi": (lambda _: _wifi(means), 60),
        "memory": (lambda course: _memory(means, course), MEMORY_LIMIT_S),
        "cpu-load": (lambda course: _load(means, course), LOAD_LIMIT_S),
        "drive-self-test": (lambda course: try_drives(means.drives(), now, course), DRIVES_LIMIT_S),
        "drive-read": (lambda course: read_drives(means.drives(), course), DRIVES_LIMIT_S),
        "battery": (lambda course: _discharge(means, course), DISCHARGE_LIMIT_S),
    }
    return Job(*works[check_id]) if check_id in works else None


def _tones(means: Means) -> Found:
    means.play()
    return Found((("tones", "played"),), {"played": True})


def _microphone(means: Means) -> Found:
    level = means.listen()
    if level is None:
        return Found((("tone-over-noise", "-"),), {"recording": "empty"})
    decibels = f"{level.over_noise_tenths_db // 10} dB"
    return Found((("tone-over-noise", decibels),), level.to_evidence(), CheckOutcome.PASS if level.heard else None)


def _camera(means: Means) -> Found:
    frame = means.look()
    if frame is None:
        return Found((("picture", "-"),), {"frame": "none"})
    word = "seen" if frame.sound else "one-colour"
    return Found((("picture", word),), frame.to_evidence(), CheckOutcome.PASS if frame.sound else None)


def _wifi(means: Means) -> Found:
    networks = means.scan()
    proposal = CheckOutcome.PASS if networks else None
    return Found((("networks", str(networks)),), {"networks": networks}, proposal)


def _memory(means: Means, course: Course) -> Found:
    report = means.memory(course)
    facts = (
        ("tested", f"{report.region_bytes >> 20} MiB"),
        ("wrong-words", str(report.wrong_words)),
        ("verdict", report.verdict),
    )
    return Found(facts, report.to_document() | {"errors": len(report.errors)}, PROPOSALS.get(report.verdict))


def _load(means: Means, course: Course) -> Found:
    report = means.load(course)
    hottest = "-" if report.celsius_most is None else f"{report.celsius_most} °C"
    throttled = "-" if report.throttled is None else str(report.throttled)
    facts = (("hottest", hottest), ("throttled", throttled), ("verdict", report.verdict))
    evidence = {name: value for name, value in report.to_document().items() if value is not None}
    return Found(facts, evidence, PROPOSALS.get(report.verdict))


def _discharge(means: Means, course: Course) -> Found:
    """Measure the batteries under load; the worst of them is the evidence of the check."""
    try:
        reports = sorted(means.discharge(course), key=lambda one: WORST_FIRST.index(one.outcome))
    except DischargeRefused as error:
        return Found(notice=NO_DISCHARGE, evidence={"refused": error.code})
    if not reports:
        return Found(notice=NO_DISCHARGE, evidence={"refused": "discharge.no-battery"})
    worst = reports[0]
    sag = "-" if worst.sag_permille is None else f"{worst.sag_permille // 10} %"
    evidence = {name: value for name, value in worst.to_document().items() if value is not None}
    return Found((("under-load", worst.outcome), ("voltage-sag", sag)), evidence, OF_DISCHARGE.get(worst.outcome))
