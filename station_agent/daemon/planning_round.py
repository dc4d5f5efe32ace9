"""One order to plan: its drives are read beside each other, and whoever does not answer in time delays no other."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from erasure.drive import BlockDevice
from erasure.outcome import Reason, ReasonCode
from station_agent.control.view import PlanOrder, Plans, PlanView
from station_agent.daemon.phrases import SILENT
from station_agent.daemon.picture import way_to
from station_agent.daemon.questions import question_about
from station_agent.daemon.reading import Look, Question
from station_agent.daemon.tiles import Way, plan_view, unread_plan
from station_agent.errors import OrderRefused, StationError
from station_agent.language import mark
from station_agent.planning import Surveyed, compared

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman

BEING_ERASED = Reason(ReasonCode.IN_USE, "it is being erased")
UNREAD = Reason(ReasonCode.TRANSPORT, SILENT)


@dataclass(slots=True)
class PlanningRound:
    """Collects what the drives answer, then makes the plans. Lives in the foreman's thread."""

    foreman: "Foreman"
    order: PlanOrder
    until: float
    future: "Future[Plans]" = field(default_factory=Future)
    sighted: dict[str, BlockDevice] = field(default_factory=dict)
    answers: dict[str, tuple[Question, Look]] = field(default_factory=dict)
    silent: dict[str, Reason] = field(default_factory=dict)

    def begin(self, here: tuple[BlockDevice, ...]) -> None:
        """Ask every drive. `here` are the disks as the kernel shows them now. Raises `StationError`: none was asked."""
        order, foreman = self.order, self.foreman
        drives = [foreman.drives.by_key.get(key) for key in order.drives]
        if not drives or None in drives or len(set(order.drives)) != len(drives):
            raise OrderRefused("no-drive", mark("Such a drive is not here, or was named twice. Look at the bench."))
        questions = []
        for seen in (one for one in drives if one is not None):
            fresh = (device for device in here if foreman.drives.of(device) is seen)
            seen.device = self.sighted[seen.key] = next(fresh, seen.device)
            seen.planned_by = foreman.operator
            if seen.run_id in foreman.runs.under_way:
                self.silent[seen.key] = BEING_ERASED
                continue
            asked = question_about(
                foreman,
                seen,
                policy=order.policy,
                method=order.method,
                allow=order.allow,
                label_read=order.label_read,
            )
            questions.append(asked)
        for question in questions:
            if not foreman.readings.ask(question, lambda q, a: foreman.post(lambda: self.hear(q, a), q.key)):
                self.silent[question.key] = UNREAD
        foreman.errands.append(self.over)

    def hear(self, question: Question, answer: Look | StationError) -> None:
        """Take what a drive answered; the last one ends the round."""
        if self.future.done():
            return
        if isinstance(answer, StationError):
            self.future.set_exception(answer)
            return
        self.answers[question.key] = (question, answer)
        if not self.order.method and not self.order.policy:
            self.foreman.heard(question, answer)
        self.over(self.foreman.means.now())

    def over(self, now: float) -> bool:
        """End the round when everybody answered, or nobody waits any longer; say whether it is over."""
        if self.future.done():
            return True
        if len(self.answers) + len(self.silent) < len(self.order.drives) and now < self.until:
            return False
        self.future.set_result(Plans(plans=tuple(self._plans())))
        return True

    def _plans(self) -> list[PlanView]:
        keys = [key for key in self.order.drives if key in self.answers]
        found = dict(zip(keys, compared([self.answers[key][1].surveyed for key in keys]), strict=True))
        return [self._plan(key, found.get(key)) for key in self.order.drives]

    def _plan(self, key: str, drive: Surveyed | None) -> PlanView:
        device = self.sighted[key]
        if drive is None or key not in self.foreman.drives.by_key:
            return unread_plan(key, device, self.silent.get(key, UNREAD))
        question, _ = self.answers[key]
        planned = self.foreman.plans.keep(key, device, drive, question.policy.name)
        way = Way() if (seen := self.foreman.drives.by_key.get(key)) is None else way_to(self.foreman, seen)
        return plan_view(planned.id, key, drive, way)
