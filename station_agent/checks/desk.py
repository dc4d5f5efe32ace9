"""The desk: where the session stands and what each key does. One screen is one next action; no console is known here.

Keys are "up", "down", "left", "right", "enter", "space", "escape" or one printed letter or digit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from diagnostics.checks import OPTIONAL_ROLE, CheckOutcome, GuidedCheck
from diagnostics.errors import CheckRefused
from diagnostics.grading import load_grade_policy
from diagnostics.grading.policy import OUTCOMES
from diagnostics.guided.keyboard import layouts
from diagnostics.guided.observing import Observation, Observer
from diagnostics.locks import LockFinding
from diagnostics.wording import ABSENCE_REASONS
from station_agent.checks.album import Album, Photo
from station_agent.checks.answers import Answers
from station_agent.checks.found import Found
from station_agent.checks.jobs import SHOT_LIMIT_S, Job, job_for, kept_photo
from station_agent.checks.lock_ticks import CHECK as LOCKS
from station_agent.checks.lock_ticks import MEMBER, LockTicks, ticks_from
from station_agent.checks.means import Means
from station_agent.checks.trials import NO_INPUT, Trial, trial_for
from station_agent.language import mark

LIST, HOW, LIVE, REASON, PARTS, NOTE, OVER = "list", "how", "live", "reason", "parts", "note", "over"
TICKS, WHO, HELD, PHOTO = "ticks", "who", "held", "photo"
TYPED: Final = (NOTE, WHO)  # states in which every key is a letter
LONGEST_NOTE: Final = 60
BACKGROUND: Final = ("memory", "cpu-load", "drive-self-test", "drive-read")  # they go on while other checks are done
JOB_CHECKS: Final = ("audio", "microphone", "camera", "wifi", "battery", *BACKGROUND)
TRIAL_CHECKS: Final = ("keyboard", "touchpad", "touch-screen", "display")
BESIDE: Final = ("k", "t", "c", "a", "s")
STARTED: Final = mark("Nothing to watch here: answer by eye.")
STILL: Final = mark("It still runs: wait for its end, or break it off.")
ENDING: Final = mark("It is being broken off.")
BROKEN_OFF: Final = mark("It was broken off, so nothing passed: begin again, or later.")
NOTHING_TICKED: Final = mark("Nothing is ticked yet: look, then tick what you found.")
NOT_ALL: Final = mark("Kept. Some locks were not looked for: the check of locks stays open.")
LONGEST_NAME: Final = 40
LEAVE_S: Final = 10.0  # a drive is told to end its self-test
TWICE: Final = mark("This test runs already; it goes on while you do other checks.")


@dataclass(slots=True)
class Desk:
    """One session at the console. `state` is one of the names above; `place` the check in the list."""

    answers: Answers
    means: Means
    state: str = LIST
    place: int = 0
    layout: str = ""
    notice: str = ""
    note: str = ""
    chosen: set[str] = field(default_factory=set)  # missing parts
    album: Album | None = None
    read: tuple[LockFinding, ...] = ()  # locks that the machine itself shows
    ticks: LockTicks = field(default_factory=LockTicks)
    who: str = ""
    offered: tuple[Path, ...] = ()  # files that may be a photo
    photo: Photo | None = None
    shot: Job | None = None
    trial: Trial | None = None
    found: Found | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    observer: Observer = field(init=False)
    seen: Observation = field(default_factory=lambda: Observation(()))
    _begun: str = ""

    def __post_init__(self) -> None:
        """Stand on the first check without an answer; the locks open at once, before anything is spent."""
        self.observer = Observer(self.means.root)
        self.layout = self.layout or next(iter(layouts()))
        self.place = max(0, self.answers.next_open())
        self.ticks = ticks_from(self.answers.given)
        if self.check.id == LOCKS and self.answers.next_open() == self.place:
            self._begin()

    @property
    def check(self) -> GuidedCheck:
        """The check on which the session stands."""
        return self.answers.checks[self.place]

    @property
    def proposal(self) -> CheckOutcome | None:
        """The answer that the evidence of this check speaks for."""
        if self.found is not None and self.found.proposal is not None:
            return self.found.proposal
        return self.seen.proposal

    @property
    def running(self) -> Job | None:
        """The long part of this check while it runs."""
        job = self.jobs.get(self.check.id)
        return job if job is not None and job.found is None else None

    def tick(self) -> None:
        """Let time pass: look at the devices, at the trial, at the jobs."""
        if self.state == PHOTO and self.shot is not None and self.shot.found is not None:
            self._end_shot(self.shot.found)
        if self.state in (HOW, LIVE):
            self.seen = self.observer.observe(self.check.id)
        if self.state == LIVE and self.trial is not None:
            self.trial.tick()
            if self.trial.over:
                self._end_trial(self.trial)
        self._take_found()

    def press(self, key: str) -> None:
        """Take a key of the console; one that does nothing here is left out."""
        self.notice = ""
        takes: dict[str, Callable[[str], None]] = {
            LIST: self._in_list, HOW: self._in_how, LIVE: self._in_live, REASON: self._in_reason,
            PARTS: self._in_parts, NOTE: self._in_note, TICKS: self._in_ticks, WHO: self._in_who,
            HELD: self._in_held, PHOTO: self._in_photo,
        }  # fmt: skip
        if self.state in takes:
            takes[self.state](key)

    def _take_found(self) -> None:
        """Take over what the long part of this check found, once it ended."""
        job = self.jobs.get(self.check.id)
        if self.state == HOW and job is not None and job.found is not None:
            self.found = job.found
            self.notice = job.found.notice or self.notice

    def close(self) -> None:
        """End what still runs; what it found until now counts as nothing."""
        if self.trial is not None:
            self.trial.close()
        for job in self.jobs.values():
            job.abort()
        for job in self.jobs.values():
            job.wait(LEAVE_S)

    def _in_list(self, key: str) -> None:
        count = len(self.answers.checks)
        if key == "up":
            self.place = (self.place - 1) % count
        elif key == "down":
            self.place = (self.place + 1) % count
        elif key in ("enter", "space"):
            self._begin()
        elif key == "q":
            self.state = OVER

    def _begin(self) -> None:
        self.state, self.found, self.note = TICKS if self.check.id == LOCKS else HOW, None, ""
        self.photo = self.shot = None
        self.chosen = set()
        self.observer = Observer(self.means.root)
        self._begun = self.answers.now()
        self.tick()

    def _in_how(self, key: str) -> None:
        if key == "escape":
            self.state = LIST
        elif key in ("enter", "space"):
            self._start()
        elif key in BESIDE:
            self._beside(key)
        elif self.check.role in ("looks", OPTIONAL_ROLE):
            self._choose(key)
        elif key == "p" and self.check.role == "parts":
            self.state = PARTS
        elif key in ("p", "f"):
            self._answer(CheckOutcome.PASS if key == "p" else CheckOutcome.FAIL)
        elif key == "n" and self.answers.offers_absence(self.check):
            self.state = REASON

    def _beside(self, key: str) -> None:
        """Take a key that is no answer: layout, note, photo, break off, later."""
        if key == "k" and self.check.id == "keyboard":
            names = list(layouts())
            self.layout = names[(names.index(self.layout) + 1) % len(names)]
        elif key == "t":
            self.state = NOTE
        elif key == "c" and self.album is not None:
            self.offered, self.state = self.album.offered(), PHOTO
        elif key == "a" and self.running is not None:
            self.running.abort()
            self.notice = ENDING
        elif key == "s":
            self._go_on()

    def _choose(self, key: str) -> None:
        """Take a figure: the looks C0 to C9, or the way that a person chooses at triage."""
        if not (len(key) == 1 and key.isascii() and key.isdecimal()):
            return
        if self.check.role == "looks":
            self._answer(CheckOutcome.PASS, value=f"C{key}")
        elif 0 < int(key) <= len(OUTCOMES):
            self._answer(CheckOutcome.PASS, value=OUTCOMES[int(key) - 1])

    def _start(self) -> None:
        """Begin the live part, or the long one."""
        name = self.check.id
        if self.running is not None:
            self.notice = TWICE
            return
        self.found = None
        if name in TRIAL_CHECKS and (trial := trial_for(name, self.means, self.layout)) is not None:
            self.trial, self.state = trial, LIVE
        elif (job := job_for(name, self.means, self.answers.now)) is not None:
            self.jobs[name] = job
            job.start()
        else:
            self.notice = NO_INPUT if name in TRIAL_CHECKS else STARTED

    def _in_live(self, key: str) -> None:
        if self.trial is not None:
            self.trial.press(key)
            if self.trial.over:
                self._end_trial(self.trial)

    def _end_trial(self, trial: Trial) -> None:
        self.found = Found((), trial.evidence(), trial.proposal())
        trial.close()
        self.trial, self.state = None, HOW

    def _in_reason(self, key: str) -> None:
        reasons = list(ABSENCE_REASONS)
        if key == "escape":
            self.state = HOW
        elif key.isascii() and key.isdecimal() and 0 < int(key) <= len(reasons):
            self._answer(CheckOutcome.NOT_APPLICABLE, reason=reasons[int(key) - 1])

    def _in_parts(self, key: str) -> None:
        parts = list(load_grade_policy().stops_use)
        if key == "escape":
            self.state = HOW
        elif key == "enter":
            self._answer(CheckOutcome.PASS, value=",".join(part for part in parts if part in self.chosen))
        elif key.isascii() and key.isdecimal() and 0 < int(key) <= len(parts):
            self.chosen ^= {parts[int(key) - 1]}

    def _in_note(self, key: str) -> None:
        self.note = _typed(self.note, key, LONGEST_NOTE)
        if key in ("enter", "escape"):
            self.note = self.note if key == "enter" else ""
            self.state = HOW

    def _in_ticks(self, key: str) -> None:
        if key == "escape":
            self.state = LIST
        elif key == "s":
            self._go_on()
        elif key == "a":
            self.ticks.no_other()
        elif key == "enter":
            self._keep_ticks()
        elif key.isascii() and key.isdecimal():
            self.ticks.turn(int(key))

    def _keep_ticks(self) -> None:
        """Record the boxes under the name of the person; a lock holds the session."""
        evidence = self.ticks.evidence()
        if not evidence[MEMBER]:
            self.notice = NOTHING_TICKED
        elif not self.answers.operator.strip():
            self.state = WHO
        else:
            outcome = self.ticks.outcome
            self.answers.give(self.check, outcome, started=self._begun, evidence=evidence)
            if outcome is CheckOutcome.FAIL:
                self.state = HELD
                return
            self._go_on()
            self.notice = NOT_ALL if outcome is CheckOutcome.NOT_TESTED else ""

    def _in_who(self, key: str) -> None:
        self.who = _typed(self.who, key, LONGEST_NAME)
        if key == "escape":
            self.state = TICKS
        elif key == "enter" and self.who.strip():
            self.answers.operator, self.state = self.who.strip(), TICKS
            self._keep_ticks()

    def _in_held(self, key: str) -> None:
        if key == "enter":
            self.state = OVER
        elif key == "escape":
            self.state = TICKS
        elif key == "g":
            evidence = self.ticks.evidence() | {"went_on": True}
            self.answers.give(self.check, CheckOutcome.FAIL, started=self._begun, evidence=evidence)
            self._go_on()

    def _in_photo(self, key: str) -> None:
        """Choose a file or shoot; a photo that was chosen goes with the answer."""
        album = self.album
        if key == "escape" or album is None:
            self.state = HOW
        elif key == "x":
            self.photo = None
        elif key == "r":
            self.offered = album.offered()
        elif key == "c" and (self.shot is None or self.shot.found is not None):
            self.shot = Job(lambda _course: kept_photo(album.take_shot), SHOT_LIMIT_S)
            self.shot.start()
        elif key.isascii() and key.isdecimal() and 0 < int(key) <= len(self.offered):
            path = self.offered[int(key) - 1]
            self._end_shot(kept_photo(lambda: album.take_file(path)))

    def _end_shot(self, found: Found) -> None:
        self.shot, self.notice = None, found.notice
        if found.photo is not None:
            self.photo, self.state = found.photo, HOW

    def _answer(self, outcome: CheckOutcome, *, value: str = "", reason: str = "") -> None:
        if outcome is CheckOutcome.PASS and self.running is not None:
            self.notice = STILL
            return
        self._take_found()  # it may have ended since the last look
        evidence = dict(self.seen.evidence) | dict(self.found.evidence if self.found else {})
        try:
            self.answers.give(
                self.check,
                outcome,
                value=value or (self.note if self.check.role == "software" else ""),
                reason=reason,
                note=self.note,
                started=self._begun,
                evidence=evidence,
                photo=self.photo,
            )
        except CheckRefused as error:
            self.notice = BROKEN_OFF if evidence.get("ending") == "aborted" else str(error)
            return
        self._go_on()

    def _go_on(self) -> None:
        """Stand on the next check without an answer, its screen open; the list when there is none."""
        following = self.answers.next_open(self.place)
        self.state = LIST
        if following >= 0 and following != self.place:
            self.place = following
            self._begin()


def _typed(text: str, key: str, longest: int) -> str:
    """Give a line of text after one more key."""
    if key == "backspace":
        return text[:-1]
    letter = " " if key == "space" else key
    return text + letter if len(letter) == 1 and len(text) < longest else text
