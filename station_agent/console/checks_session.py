"""The guided checks of one machine, while the console is open that began them."""

from dataclasses import dataclass

from station_agent.checks.desk import Desk


@dataclass(slots=True)
class CheckSession:
    """The checks of one machine while the console is open."""

    desk: Desk
    name: str  # maker, model and tag
    asset: str

    @property
    def busy(self) -> bool:
        """Whether a long test runs."""
        return any(job.found is None for job in self.desk.jobs.values())
