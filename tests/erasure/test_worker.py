"""What a worker says when something goes wrong after the first destructive byte."""

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import DeviceError
from erasure.events import Progress
from erasure.orders import Durable, RecordRequest
from erasure.outcome import VerdictWord
from erasure.simulated import SimulatedBlockDrive, SimulatedExaminer
from erasure.supervisor import WorkOrder
from erasure.worker import Wire, erase
from tests.erasure.simulated_bench import PERSON, RUN_ID, Bench


class FailsToClose(SimulatedBlockDrive):
    """A port that cannot be released properly."""

    def close(self) -> None:
        super().close()
        raise DeviceError("the descriptor could not be closed")


class LeavesAtTheEnd(SimulatedBlockDrive):
    """A port whose kernel has lost the device when it is released."""

    def close(self) -> None:
        super().close()
        raise OSError(errno.ENODEV, "no such device")


@contextmanager
def wire() -> Iterator[Wire]:
    """A worker's end whose other end makes everything durable."""
    near, far = Pipe()

    def answer() -> None:
        try:
            while True:
                message = far.recv()
                if isinstance(message, RecordRequest):
                    far.send(Durable())
                assert isinstance(message, RecordRequest | Progress)
        except EOFError:
            far.close()

    supervisor = threading.Thread(target=answer)
    supervisor.start()
    try:
        yield Wire(near)
    finally:
        near.close()
        supervisor.join(10)


def order(bench: Bench) -> WorkOrder:
    with bench.open() as port:
        plan = bench.plan_for(port)
    confirmation = Confirmation(PERSON, bench.drive.serial)
    return WorkOrder.from_clearance(authorize(plan.facts, plan, (), confirmation), confirmation, run_id=RUN_ID)


def erased_through(bench: Bench, make_port: Any) -> Any:
    with wire() as link:
        return erase(
            order(bench), link, lambda device: make_port(bench), SimulatedExaminer((bench.drive,)), bench.clock
        )


def test_a_healthy_drive_ends_erased(bench: Bench) -> None:
    assert erased_through(bench, lambda one: one.open()).verdict is VerdictWord.ERASED


def test_an_error_after_the_intent_leaves_the_run_open_and_never_says_that_nothing_was_sent(bench: Bench) -> None:
    before = bench.content()
    with pytest.raises(DeviceError, match="could not be closed"):
        erased_through(bench, lambda one: FailsToClose(one.drive, one.backing, one.clock))
    assert bench.content() != before  # something destructive was sent


def test_an_error_of_the_kernel_after_the_intent_is_no_crash_and_leaves_the_run_open(bench: Bench) -> None:
    with pytest.raises(DeviceError, match="the drive left"):
        erased_through(bench, lambda one: LeavesAtTheEnd(one.drive, one.backing, one.clock))
