"""The control API as a console uses it: the same types, over the unix socket; after a break it connects again.

A picture or an answer that this version does not understand is an error, never half a picture.
"""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from station_agent.control.view import (
    AssetOrder,
    BenchView,
    DiagnosisOrder,
    DriveView,
    EnrolmentTold,
    EnrolOrder,
    EraseOrder,
    LotOrder,
    PlanOrder,
    Plans,
    ReceiptsHeard,
    Refused,
    SignInOrder,
    StatedDiagnosis,
    Told,
)
from station_agent.errors import StationError
from station_agent.language import mark

M = TypeVar("M", bound=BaseModel)
Sent = BaseModel | bytes | None
TIMEOUT_S: Final = 40.0
SLEEP_S: Final = 200.0  # a machine that suspends answers when it is awake
ENROL_S: Final = 90.0  # a hub far away
SILENCE_S: Final = 40.0  # longer than two signs of life of the daemon
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 3.0
DATA: Final = "data:"


class DaemonUnreachable(StationError):
    """No daemon answers, or none that this version understands."""

    code = "daemon-unreachable"


class OrderNotTaken(StationError):
    """The daemon did not do it; `refused` says why."""

    exit_status = 30

    def __init__(self, refused: Refused) -> None:
        """Keep the document, its code and its sentence."""
        facts = dict(refused.what.facts)
        super().__init__(refused.what.message, **facts)
        self.refused = refused
        self.code = refused.code


class BenchClient:
    """One connection to the daemon of one bench."""

    def __init__(self, path: Path, *, transport: httpx.BaseTransport | None = None) -> None:
        self._socket = path
        self._played = transport is not None
        self._http = httpx.Client(
            transport=transport or httpx.HTTPTransport(uds=str(path)), base_url="http://bench", timeout=TIMEOUT_S
        )

    def bench(self) -> BenchView:
        """Give the bench as it is. Raises `DaemonUnreachable`."""
        return self._ask("GET", "/v1/bench", BenchView)

    def drive(self, key: str) -> DriveView:
        """Give all that is known of one drive. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("GET", f"/v1/drives/{key}", DriveView)

    def plan(self, order: PlanOrder) -> Plans:
        """Have drives planned. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/plans", Plans, order)

    def erase(self, order: EraseOrder) -> Told:
        """Have drives erased. Raises `OrderNotTaken`; after `DaemonUnreachable` look at the bench first."""
        return self._ask("POST", "/v1/erasures", Told, order)

    def stop(self, run_id: str = "all") -> Told:
        """Stop one run or all in good order. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", f"/v1/erasures/{run_id}/stop", Told)

    def give_up(self, run_id: str) -> Told:
        """Give up an interrupted run. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", f"/v1/erasures/{run_id}/give-up", Told)

    def hold(self, key: str) -> Told:
        """Stop the countdown of a drive. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", f"/v1/drives/{key}/hold", Told)

    def unfreeze(self, key: str) -> Told:
        """Suspend the machine so that frozen drives thaw. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", f"/v1/drives/{key}/unfreeze", Told, timeout_s=SLEEP_S)

    def set_lot(self, order: LotOrder) -> Told:
        """Set the lot. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/lot", Told, order)

    def set_asset(self, order: AssetOrder) -> Told:
        """Set the tag of a drive or of the machine. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/asset", Told, order)

    def sign_in(self, order: SignInOrder) -> Told:
        """Sign in. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/sign-in", Told, order)

    def sign_out(self) -> Told:
        """Sign out. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/sign-out", Told)

    def receipts(self, data: bytes) -> ReceiptsHeard:
        """Hand over a file of receipts. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/receipts", ReceiptsHeard, data)

    def state_diagnosis(self, order: DiagnosisOrder) -> StatedDiagnosis:
        """Have a diagnosis stated, or tried. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/diagnosis", StatedDiagnosis, order)

    def enrol(self, order: EnrolOrder) -> EnrolmentTold:
        """Have the bench introduced to a hub. Raises `OrderNotTaken`, `DaemonUnreachable`."""
        return self._ask("POST", "/v1/enrolment", EnrolmentTold, order, timeout_s=ENROL_S)

    def pictures(self) -> Iterator[BenchView]:
        """Give every picture as it comes, until the connection breaks. Raises `DaemonUnreachable`."""
        try:
            self._knock()
            with self._http.stream("GET", "/v1/events", timeout=SILENCE_S) as answer:
                for line in answer.iter_lines():
                    if line.startswith(DATA):
                        yield BenchView.model_validate_json(line.removeprefix(DATA))
        except (httpx.HTTPError, ValidationError) as error:
            raise self._unreachable(error) from error

    def follow(
        self, lost: Callable[[DaemonUnreachable], bool], wait: Callable[[float], object] = time.sleep
    ) -> Iterator[BenchView]:
        """Give every picture, and connect again after each break, until `lost` (told of each one) says False."""
        pause = FIRST_PAUSE_S
        while True:
            broken = DaemonUnreachable(mark("The bench has closed the connection."))
            try:
                for view in self.pictures():
                    pause = FIRST_PAUSE_S
                    yield view
            except DaemonUnreachable as error:
                broken = error
            if not lost(broken):
                return
            wait(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)

    def close(self) -> None:
        """Let go of the connection; what runs goes on."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, verb: str, path: str, kind: type[M], order: Sent = None, *, timeout_s: float = 0) -> M:
        body = order.model_dump(mode="json") if isinstance(order, BaseModel) else None
        data = order if isinstance(order, bytes) else None
        head = {} if data is None else {"content-type": "application/octet-stream"}
        try:
            self._knock()
            answer = self._http.request(
                verb, path, json=body, content=data, headers=head, timeout=timeout_s or TIMEOUT_S
            )
            if answer.is_success:
                return kind.model_validate_json(answer.content)
            refused = Refused.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise self._unreachable(error) from error
        raise OrderNotTaken(refused)

    def _knock(self) -> None:
        """Raise `httpx.ConnectError` when nobody listens: httpx itself would leave its socket open then."""
        if self._played:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as probe:
            try:
                probe.connect(str(self._socket))
            except OSError as error:
                raise httpx.ConnectError(error.strerror or str(error)) from error

    def _unreachable(self, error: Exception) -> DaemonUnreachable:
        detail = type(error).__name__ if isinstance(error, ValidationError) else str(error)
        return DaemonUnreachable(
            mark("No daemon of this bench answers at {path}: {detail}. Start it: `etabli-station serve`."),
            path=self._socket,
            detail=detail,
        )
