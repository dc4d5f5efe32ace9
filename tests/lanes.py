"""Pytest plugin: how the tests are shared out when several processes run them (`pytest -n 2`, `make test`).

Every file stays whole, in one process and in its order, so that its fixtures are made once. What uses the machine as
one thing - loop devices and the udev daemon, the browser, processes that are killed at random moments - stays in one
lane: one process runs it all, one test after the other, while the other processes run the rest.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

MACHINE = "the machine"
MACHINE_PLACES = (
    "tests/browser/",
    "tests/campaigns/",
    "tests/kernel/",
    "tests/station_agent/daemon/test_slots_of_the_kernel.py",
)
MACHINE_MARKERS = ("kernel", "browser")
# Long with few tests: begun early, so that no process is left alone with one of them at the end.
LONG = (
    "tests/erasure/plans/test_fault_plans.py",
    "tests/erasure/plans/test_workshop_machine.py",
    "tests/station_agent/test_whole_demonstration.py",
)


def lane_of(nodeid: str) -> str:
    """Say with what a test shares its process: its file, or everything that uses the machine as one thing."""
    return MACHINE if nodeid.startswith(MACHINE_PLACES) else nodeid.partition("::")[0]


def turn_of(nodeid: str) -> int:
    """Say when the lane of a test is handed out; equals stay in the order in which they were collected."""
    early = (MACHINE, *LONG)
    lane = lane_of(nodeid)
    return early.index(lane) if lane in early else len(early)


def strays(item: pytest.Item) -> bool:
    """Say whether a test uses the machine as one thing and stands where another process may run it meanwhile."""
    return lane_of(item.nodeid) != MACHINE and any(item.get_closest_marker(name) for name in MACHINE_MARKERS)


class LaneScheduling(LoadScopeScheduling):
    """Hands out one lane after the other to the process that is free next."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)

    def schedule(self) -> None:
        """Hand out once more: a process begins its last test only when it knows what comes after it."""
        super().schedule()
        for node in self.nodes:
            self._reschedule(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Name the test in which a process died; the rest of its lanes goes to another, that test to nobody."""
        lanes = self.assigned_work.pop(node)
        left = [(tests, nodeid) for tests in lanes.values() for nodeid, done in tests.items() if not done]
        if not left:
            return None
        tests, died_in = left[0]
        tests[died_in] = True
        self.workqueue.update({lane: tests for lane, tests in lanes.items() if not all(tests.values())})
        for other in self.nodes:
            self._reschedule(other)
        return died_in


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LaneScheduling:
    """Share out by lanes, in the order of the collection."""
    config.option.loadscopereorder = False
    return LaneScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the lanes in the order of their turns where processes share a run."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn_of(item.nodeid))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test that strays, also where one process runs everything."""
    if strays(item):
        pytest.fail(f"it uses the machine as one thing: move it to one of {', '.join(MACHINE_PLACES)}", pytrace=False)
