"""The desk: where the session stands and what each key does. One screen is one next action; no console is known here.

Keys are "up", "down", "left", "right", "enter", "space", "escape" or one printed letter or digit.
"""

from dataclasses import dataclass, field
from typing import Final

from diagnostics.checks import OPTIONAL_ROLE, CheckOutcome, GuidedCheck
from diagnostics.errors import CheckRefused
from diagnostics.grading import load_grade_policy
from diagnostics.grading.policy import OUTCOMES
from diagnostics.guided.keyboard import layouts
from diagnostics.guided.observing import Observation, Observer
from diagnostics.wording import ABSENCE_REASONS
from station_agent.checks.answers import Answers
from station_agent.checks.jobs import Found, Job, job_for
from station_agent.checks.means import Means
from station_agent.checks.trials import NO_INPUT, Trial, trial_for
from station_agent.language import mark

LIST, HOW, LIVE, REASON, PARTS, NOTE, OVER = "list", "how", "live", "reason", "parts", "note", "over"
LONGEST_NOTE: Final = 60
BACKGROUND: Final = ("memory", "cpu-load")  # they go on while other checks are done
JOB_CHECKS: Final = ("audio", "microphone", "camera", "wifi", "battery", *BACKGROUND)
TRIAL_CHECKS: Final = ("keyboard", "touchpad", "touch-screen", "display")
STARTED: Final = mark("Nothing to watch here: answer by eye.")
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
    trial: Trial | None = None
    found: Found | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    observer: Observer = field(init=False)
    seen: Observation = field(default_factory=lambda: Observation(()))
    _begun: str = ""

    def __post_init__(self) -> None:
        """Stand on the first check without an answer."""
        self.observer = Observer(self.means.root)
        self.layout = self.layout or next(iter(layouts()))
        self.place = max(0, self.answers.next_open())

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

    def tick(self) -> None:
        """Let time pass: look at the devices, at the trial, at the jobs."""
        if self.state in (HOW, LIVE):
            self.seen = self.observer.observe(self.check.id)
        if self.state == LIVE and self.trial is not None:
            self.trial.tick()
            if self.trial.over:
                self._end_trial(self.trial)
        job = self.jobs.get(self.check.id)
        if self.state == HOW and job is not None and job.found is not None:
            self.found = job.found
            self.notice = job.found.notice or self.notice

    def press(self, key: str) -> None:
        """Take a key of the console; one that does nothing here is left out."""
        self.notice = ""
        match self.state:
            case "list":
                self._in_list(key)
            case "how":
                self._in_how(key)
            case "live":
                self._in_live(key)
            case "reason":
                self._in_reason(key)
            case "parts":
                self._in_parts(key)
            case "note":
                self._in_note(key)
            case _:
                pass

    def close(self) -> None:
        """End what still runs; what it found until now counts as nothing."""
        if self.trial is not None:
            self.trial.close()
        for job in self.jobs.values():
            job.abort()
        for job in self.jobs.values():
            job.wait(3.0)

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
        self.state, self.found, self.note = HOW, None, ""
        self.chosen = set()
        self.observer = Observer(self.means.root)
        self._begun = self.answers.now()
        self.tick()

    def _in_how(self, key: str) -> None:
        if key == "escape":
            self.state = LIST
        elif key in ("enter", "space"):
            self._start()
        elif key == "k" and self.check.id == "keyboard":
            names = list(layouts())
            self.layout = names[(names.index(self.layout) + 1) % len(names)]
        elif key == "t":
            self.state = NOTE
        elif key == "s":
            self._go_on()
        elif self.check.role in ("looks", OPTIONAL_ROLE):
            self._choose(key)
        elif key == "p" and self.check.role == "parts":
            self.state = PARTS
        elif key in ("p", "f"):
            self._answer(CheckOutcome.PASS if key == "p" else CheckOutcome.FAIL)
        elif key == "n" and self.answers.offers_absence(self.check):
            self.state = REASON

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
        if name in self.jobs and self.jobs[name].found is None:
            self.notice = TWICE
            return
        self.found = None
        if name in TRIAL_CHECKS and (trial := trial_for(name, self.means, self.layout)) is not None:
            self.trial, self.state = trial, LIVE
        elif (job := job_for(name, self.means)) is not None:
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
        if key in ("enter", "escape"):
            self.note = self.note if key == "enter" else ""
            self.state = HOW
        elif key == "backspace":
            self.note = self.note[:-1]
        elif key == "space":
            self.note += " "
        elif len(key) == 1 and len(self.note) < LONGEST_NOTE:
            self.note += key

    def _answer(self, outcome: CheckOutcome, *, value: str = "", reason: str = "") -> None:
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
            )
        except CheckRefused as error:
            self.notice = str(error)
            return
        self._go_on()

    def _go_on(self) -> None:
        """Stand on the next check without an answer, its screen open; the list when there is none."""
        following = self.answers.next_open(self.place)
        self.state = LIST
        if following >= 0 and following != self.place:
            self.place = following
            self._begin()
