"""What a console needs of a bench: to look, to follow, and to hand orders in. It judges nothing; the bench does.

Every method may raise a `StationError` whose sentence says why nothing was done.
"""

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from station_agent.control.view import (
    AssetOrder,
    BenchView,
    DriveView,
    EraseOrder,
    LotOrder,
    PlanOrder,
    Plans,
    SignInOrder,
    Told,
)
from station_agent.errors import StationError

T = TypeVar("T")


class Desk(Protocol):
    """One bench. `station_agent.control.client` is the real one."""

    def bench(self) -> BenchView:
        """Give the bench as it is."""
        ...

    def drive(self, key: str) -> DriveView:
        """Give all that is known of one drive."""
        ...

    def plan(self, order: PlanOrder) -> Plans:
        """Have drives planned; nothing is touched."""
        ...

    def erase(self, order: EraseOrder) -> Told:
        """Have drives erased."""
        ...

    def stop(self, run_id: str = "all") -> Told:
        """Stop one run or all in good order."""
        ...

    def give_up(self, run_id: str) -> Told:
        """Give up an interrupted run."""
        ...

    def hold(self, key: str) -> Told:
        """Stop the countdown of a drive."""
        ...

    def unfreeze(self, key: str) -> Told:
        """Suspend the machine so that frozen drives thaw."""
        ...

    def set_lot(self, order: LotOrder) -> Told:
        """Set the lot of what comes."""
        ...

    def set_asset(self, order: AssetOrder) -> Told:
        """Set the tag of a drive or of the machine."""
        ...

    def sign_in(self, order: SignInOrder) -> Told:
        """Sign in by badge, or by name and PIN."""
        ...

    def sign_out(self) -> Told:
        """Sign out; what runs goes on."""
        ...


class Following(Desk, Protocol):
    """A bench that also tells by itself what changed, and connects again after a break."""

    def follow(self, lost: Callable[[Any], bool], wait: Callable[[float], object] = ...) -> Iterator[BenchView]:
        """Give every picture; `lost` is told of each break and says whether to go on."""
        ...


class Errands(Protocol):
    """How an order is carried to the bench: at once, or beside the console so that its keys stay alive."""

    @property
    def busy(self) -> bool:
        """Whether an order is under way."""
        ...

    def send(self, call: Callable[[], T], then: Callable[[T], None], wrong: Callable[[StationError], None]) -> None:
        """Make the call; later tell its answer to `then`, or its refusal to `wrong`."""
        ...

    def tick(self) -> None:
        """Tell answers that have come."""
        ...

    def close(self) -> None:
        """Wait for nothing any more."""
        ...


class AtOnce:
    """Carries orders while the caller waits: for the line mode and for scripts."""

    busy = False

    def send(self, call: Callable[[], T], then: Callable[[T], None], wrong: Callable[[StationError], None]) -> None:
        """Make the call now."""
        try:
            answer = call()
        except StationError as error:
            wrong(error)
        else:
            then(answer)

    def tick(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Beside:
    """Carries one order at a time in a thread of its own; answers are told in the thread of `tick`."""

    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "order"))
    _waiting: "queue.SimpleQueue[Callable[[], None]]" = field(default_factory=queue.SimpleQueue)
    _open: int = 0

    @property
    def busy(self) -> bool:
        """Whether an order is under way."""
        return self._open > 0

    def send(self, call: Callable[[], T], then: Callable[[T], None], wrong: Callable[[StationError], None]) -> None:
        """Make the call in the thread of orders."""
        self._open += 1

        def told(future: "Future[T]") -> None:
            self._waiting.put(lambda: AtOnce().send(future.result, then, wrong))

        self._pool.submit(call).add_done_callback(told)

    def tick(self) -> None:
        """Tell answers that have come."""
        while not self._waiting.empty():
            self._open -= 1
            self._waiting.get()()

    def close(self) -> None:
        """Begin no other order."""
        self._pool.shutdown(wait=False, cancel_futures=True)
