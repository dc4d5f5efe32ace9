"""The control API of one bench over a unix socket, never over TCP: what it shows and what it is asked to do.

Whoever may open the socket is the bench's own operator; the rights of the file decide that. Every refusal is a document
`Refused`, with a code and a sentence. Nothing here erases: orders go to the foreman, who judges them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Body, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from certificates.errors import CertificateError
from erasure.drive import BlockDevice
from erasure.errors import ErasureError
from station_agent.carry import take_sent_receipts
from station_agent.control import beside
from station_agent.control.view import (
    AssetOrder,
    BenchView,
    DiagnosisOrder,
    DriveView,
    EnrolmentTold,
    EnrolOrder,
    EraseOrder,
    Key,
    LotOrder,
    Phrase,
    PlanOrder,
    Plans,
    ReceiptsHeard,
    Refused,
    SignInOrder,
    StatedDiagnosis,
    Told,
)
from station_agent.daemon.desk import Desk
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.metrics import metrics_text
from station_agent.daemon.phrases import error_phrase
from station_agent.daemon.support import support_bundle
from station_agent.daemon.unfreezing import Unfreezing
from station_agent.errors import OrderRefused, StationError, UsageError
from station_agent.language import mark, visible
from station_agent.policies import trust_of
from station_agent.run_record import record_of
from station_agent.run_search import last_run

T = TypeVar("T")
ANSWER_S: Final = 30.0  # for the foreman, and for drives that are planned
SLEEP_S: Final = 180.0
EVENT_S: Final = 0.1  # what changes at once is one picture; more than five a second are not published
KEEP_ALIVE_S: Final = 15.0
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    CONFLICT: {"model": Refused, "description": "Not done, and why."},
    UNPROCESSABLE: {"model": Refused, "description": "The order cannot be understood."},
}
RunId = Annotated[str, Path(pattern=r"^([0-9a-f]{32}|all)$")]
KeyInPath = Annotated[Key, Path()]
BAD_ORDER: Final = mark("The order cannot be understood: {detail}")
WITHDRAWN: Final = mark(
    "The bench does not answer in time. Nothing was done, and nothing of it begins later: try again."
)
TOO_SLOW: Final = mark("The bench does not answer in time. Look at it again.")


@dataclass(slots=True)
class Counter:
    """Where orders come in, and how they reach the foreman's thread and come back."""

    foreman: Foreman
    desk: Desk
    unfreezing: Unfreezing

    def order(self, take: Callable[[], T], wait_s: float = ANSWER_S) -> T:
        """Have the foreman do it, and wait. Raises what he raises, and `OrderRefused` when he does not answer.

        What he has not begun by then is withdrawn: nothing starts after a person was told that the bench is silent.
        """
        answer = self.foreman.ask(take)
        try:
            return answer.result(wait_s)
        except TimeoutError:
            raise OrderRefused("too-slow", WITHDRAWN if answer.cancel() else TOO_SLOW) from None

    def in_time(self, answer: "Future[T]", wait_s: float = ANSWER_S) -> T:
        """Wait for an answer. Raises `OrderRefused`."""
        try:
            return answer.result(wait_s)
        except TimeoutError:
            raise OrderRefused("too-slow", TOO_SLOW) from None

    def here(self) -> tuple[BlockDevice, ...]:
        """Give the disks as the kernel shows them now."""
        return self.foreman.means.bench.enumerate_disks()


def make_app(foreman: Foreman, unfreezing: Unfreezing | None = None) -> FastAPI:
    """Make the API of a bench."""
    app = FastAPI(title="Établi bench", version="1", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    counter = Counter(foreman, Desk(foreman), unfreezing or Unfreezing(foreman))
    for kind in (StationError, ErasureError, CertificateError, RequestValidationError):
        app.add_exception_handler(kind, refuse)
    add_looking(app, counter)
    add_erasing(app, counter)
    add_places(app, counter)
    add_carried(app, counter)
    add_beside(app, counter)
    add_support(app, counter)
    return app


def refuse(_request: Request, error: Exception) -> JSONResponse:
    """Answer with a document that says why nothing was done; what was sent is never repeated."""
    status = CONFLICT
    if isinstance(error, StationError):
        what, code = error_phrase(error), error.code
        status = UNPROCESSABLE if isinstance(error, UsageError) else CONFLICT
    elif isinstance(error, RequestValidationError):
        places = sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()})
        what, code = Phrase(message=BAD_ORDER, facts={"detail": visible(", ".join(places))[:500]}), "bad-order"
        status = UNPROCESSABLE
    else:
        what = Phrase(message=BAD_ORDER, facts={"detail": visible(str(error))})
        code = str(getattr(error, "code", "refused"))
    return JSONResponse(Refused(code=code, what=what).model_dump(mode="json"), status)


def add_looking(app: FastAPI, counter: Counter) -> None:
    """Add what shows the bench."""

    @app.get("/v1/bench")
    async def bench() -> BenchView:
        """Show the bench as it is."""
        return counter.foreman.bulletin.view

    @app.get("/v1/events", responses={200: {"content": {"text/event-stream": {}}}}, response_class=StreamingResponse)
    async def events() -> StreamingResponse:
        """Show the bench whenever it changes, five times a second at most; a comment keeps the line alive."""
        return StreamingResponse(pictures(counter.foreman), media_type="text/event-stream")

    @app.get("/v1/drives/{key}", responses=REFUSALS)
    def drive(key: KeyInPath) -> DriveView:
        """Show one drive: facts, methods, and the evidence of its last run."""
        view, device = counter.order(lambda: counter.desk.drive(key))
        store = counter.foreman.means.station.store
        try:
            report = record_of(store, last_run(store, device.identity)).to_document()
        except UsageError:
            return view
        return view.model_copy(update={"report": report})


async def pictures(foreman: Foreman) -> AsyncIterator[bytes]:
    """Give the picture now, and every later one, as server-sent events, until the bench ends."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the server has ended; that is no matter of the foreman who calls this
            loop.call_soon_threadsafe(news.set)

    with foreman.bulletin.listening(wake):
        shown = -1
        while not foreman.bulletin.over:
            view = foreman.bulletin.view
            if view.revision != shown:
                shown = view.revision
                yield f"id: {shown}\nevent: bench\ndata: {view.model_dump_json()}\n\n".encode()
            await asyncio.sleep(EVENT_S)
            try:
                await asyncio.wait_for(news.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield b": still here\n\n"
            news.clear()


def add_erasing(app: FastAPI, counter: Counter) -> None:
    """Add what plans, begins, stops and gives up."""

    @app.post("/v1/plans", responses=REFUSALS)
    def plan(order: PlanOrder) -> Plans:
        """Read drives and plan them; nothing is touched."""
        here = counter.here()
        return counter.in_time(counter.order(lambda: counter.desk.plan(order, here)))

    @app.post("/v1/erasures", responses=REFUSALS)
    def erase(order: EraseOrder) -> Told:
        """Begin what was planned; each drive is confirmed by its serial number or its tag."""
        here = counter.here()
        return counter.order(lambda: counter.desk.erase(order, here))

    @app.post("/v1/erasures/{run_id}/stop", responses=REFUSALS)
    def stop(run_id: RunId) -> Told:
        """Stop one run, or "all", in good order; what was stopped can be taken up again."""
        return counter.order(lambda: counter.desk.stop(run_id))

    @app.post("/v1/erasures/{run_id}/give-up", responses=REFUSALS)
    def give_up(run_id: RunId) -> Told:
        """State an interrupted run as FAILED or UNCONFIRMED."""
        return counter.order(lambda: counter.desk.give_up(run_id))

    @app.post("/v1/drives/{key}/hold", responses=REFUSALS)
    def hold(key: KeyInPath) -> Told:
        """Stop the countdown of a drive that would start by itself."""
        return counter.order(lambda: counter.desk.hold(key))

    @app.post("/v1/drives/{key}/unfreeze", responses=REFUSALS)
    def unfreeze(key: KeyInPath) -> Told:
        """Suspend the machine for some seconds (S3 only), so that frozen drives take security commands again."""
        return counter.in_time(counter.order(lambda: counter.unfreezing.order(key)), SLEEP_S)


def add_places(app: FastAPI, counter: Counter) -> None:
    """Add where drives belong, and who works."""

    @app.post("/v1/lot", responses=REFUSALS)
    def lot(order: LotOrder) -> Told:
        """Set the lot of drives that were not begun, and of those that come."""
        return counter.order(lambda: counter.desk.set_lot(order))

    @app.post("/v1/asset", responses=REFUSALS)
    def asset(order: AssetOrder) -> Told:
        """Set the tag of one drive, or of the machine."""
        return counter.order(lambda: counter.desk.set_asset(order))

    @app.post("/v1/sign-in", responses=REFUSALS)
    def sign_in(order: SignInOrder) -> Told:
        """Sign in by badge, or by name and PIN."""
        people = counter.foreman.means.operators
        name = people.sign_in(badge=order.badge, operator=order.operator, pin=order.pin)
        return counter.order(lambda: counter.desk.signed(name))

    @app.post("/v1/sign-out", responses=REFUSALS)
    def sign_out() -> Told:
        """Sign out; what runs goes on."""
        counter.foreman.means.operators.sign_out()
        return counter.order(lambda: counter.desk.signed(""))


def add_carried(app: FastAPI, counter: Counter) -> None:
    """Add what comes on a stick."""

    @app.post("/v1/receipts", responses=REFUSALS)
    def receipts(data: Annotated[bytes, Body(media_type="application/octet-stream")]) -> ReceiptsHeard:
        """Take what the hub answered to an exported file; only what the hub signed confirms a statement."""
        station = counter.foreman.means.station
        heard = take_sent_receipts(station.outbox, station.chain, data, trust_of(station.store.folder))
        counts = {str(state): n for state, n in station.outbox.counts().items()}
        return ReceiptsHeard(**asdict(heard), counts=counts)


def add_beside(app: FastAPI, counter: Counter) -> None:
    """Add what commands do beside the daemon."""

    @app.post("/v1/diagnosis", responses=REFUSALS)
    def diagnosis(order: DiagnosisOrder) -> StatedDiagnosis:
        """State a diagnosis of the machine, or try whether it could be."""
        return beside.state_diagnosis(counter.foreman, order)

    @app.post("/v1/enrolment", responses=REFUSALS)
    def enrolment(order: EnrolOrder) -> EnrolmentTold:
        """Introduce the bench to a hub; from then on statements go there."""
        return beside.introduce(counter.foreman, order)


def add_support(app: FastAPI, counter: Counter) -> None:
    """Add figures and the bundle for who helps."""

    @app.get("/v1/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """Give the bench in figures, in the text format of Prometheus."""
        return PlainTextResponse(metrics_text(counter.foreman.bulletin.view), media_type="text/plain; version=0.0.4")

    @app.get("/v1/support", response_class=Response, responses={200: {"content": {"application/gzip": {}}}})
    def support(*, masked: Annotated[bool, Query()] = False) -> Response:
        """Give a bundle without secrets; `masked` replaces serial numbers."""
        view = counter.foreman.bulletin.view
        data = support_bundle(view, counter.foreman.means.station.store, masked=masked)
        return Response(data, media_type="application/gzip")
