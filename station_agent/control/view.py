"""What the daemon shows of the bench and what it is asked to do: one set of types for API, console and line mode.

Everything here is a picture: nothing in it is proof, and no decision of the engine rests on it. A picture never carries
a key, a PIN, a password or a PSID. Sizes are bytes, rates bytes per second, durations seconds, times UTC (RFC 3339).
Texts that people read come as a message and its facts, so that each console says them in its own language.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SCHEMA: Final = "etabli.bench/1"

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:._-]{1,80}$")]  # of a drive: kernel name and disk sequence
Text = Annotated[str, StringConstraints(max_length=4000)]


class _Picture(BaseModel):
    """Frozen, and strict about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True)


class TileState(StrEnum):
    """Where the drive of a slot stands. Every one has its own word and sign; colour only repeats it."""

    EMPTY = "empty"  # nothing is plugged
    READING = "reading"  # it came, and is being read
    READY = "ready"  # it can be planned
    PROTECTED = "protected"  # it is not erased, and why is said: mounted, boot medium, protected serial ...
    FROZEN = "frozen"
    LOCKED = "locked"
    COUNTDOWN = "countdown"  # it starts by itself at the end of the countdown, unless a person stops it
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # an open run: it goes on with the same drive
    POWER_CYCLE = "power-cycle"  # the open run waits for the drive to be switched off and on
    UNSTATED = "unstated"  # over, but its record could not be kept: it stays open
    ERASED = "erased"  # stated, durable: pull it
    EXCEPTIONS = "exceptions"  # the same, with exceptions by name: pull it, a lead decides
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"  # nobody can know
    REFUSED = "refused"  # a run ended NOT_ERASED: nothing destructive was sent


OVER: Final = frozenset(
    {TileState.ERASED, TileState.EXCEPTIONS, TileState.FAILED, TileState.UNCONFIRMED, TileState.REFUSED}
)


class Phrase(_Picture):
    """A sentence of the catalogue and what fills it."""

    message: Text
    facts: dict[str, str | int] = {}


class ReasonView(_Picture):
    """Why, in a code of the closed list, its detail, and what a person can do."""

    code: str
    detail: Text = ""
    remedy: Phrase | None = None


class MethodView(_Picture):
    """One method for one drive: what it earns, or why it does not apply."""

    id: str
    level: str = ""
    chosen: bool = False
    step: bool = False  # comes before the chosen one
    expected_s: int | None = None
    reason: ReasonView | None = None


class PlanView(_Picture):
    """How a drive would be erased, or why not. `id` is good for this drive, in this slot, until it leaves."""

    id: str
    drive: Key
    serial: str
    method: str = ""
    level: str = ""
    expected_s: int | None = None
    methods: tuple[MethodView, ...] = ()
    exceptions: tuple[ReasonView, ...] = ()  # known beforehand
    refusals: tuple[ReasonView, ...] = ()  # then there is no method
    goes_on: bool = False  # an interrupted run is taken up
    together: str = ""  # erased in the run of this other disk: they are one drive
    wants_psid: bool = False


class RunView(_Picture):
    """A run, at work or over."""

    run_id: str
    phase: str = ""  # prepare, probe, plant, command, look, write, verify
    done_bytes: int = 0
    total_bytes: int = 0
    rate: int = 0
    eta_s: int | None = None
    elapsed_s: int | None = None
    expected_s: int | None = None
    bad_sectors: int = 0
    celsius: int | None = None
    limited_by: Literal["", "device", "hub", "bus", "heat", "bench"] = ""
    silent: bool = False
    safe_to_lose_power: bool = False  # it goes on by itself, or is taken up where it was
    method: str = ""
    level: str = ""
    verdict: str = ""
    reasons: tuple[ReasonView, ...] = ()
    exceptions: tuple[ReasonView, ...] = ()
    statement: str = ""  # id, once it is durable on this bench
    kept: Literal["", "queued", "confirmed", "refused", "conflict"] = ""
    resumed: bool = False
    notice: Phrase | None = None


class Earlier(_Picture):
    """What this bench remembers of a drive that came back."""

    verdict: str
    ended: str
    statement: str
    kept: str
    changed: bool | None = None  # whether its content differs from what the run left; None: not looked at, or unknown


class Tile(_Picture):
    """One slot of the bench, or one drive in machine mode."""

    slot: str
    state: TileState
    drive: Key | None = None
    path: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    bus: str = ""
    size_bytes: int = 0
    health: Literal["", "ok", "review", "reject", "unknown"] = ""
    hours: int | None = None
    celsius: int | None = None
    lot: str = ""
    asset: str = ""
    reasons: tuple[ReasonView, ...] = ()  # why it is protected, frozen, locked ...
    run: RunView | None = None
    earlier: Earlier | None = None
    countdown_s: int | None = None
    frozen: bool = False  # its security takes no commands until it loses its power, also where an overwrite is possible
    unattended: Phrase | None = None  # why it starts by itself, or what holds it back although a rule concerns it
    simulated: bool = False


class OutboxView(_Picture):
    """What was said and where it is."""

    queued: int = 0
    confirmed: int = 0
    refused: int = 0
    conflict: int = 0
    sync: str = ""  # state of the last attempt
    message: Text = ""
    next_try_s: int | None = None


class BenchView(_Picture):
    """The whole bench at one moment. `revision` grows by every change."""

    schema_: Literal["etabli.bench/1"] = Field(SCHEMA, alias="schema")
    revision: int
    name: str
    mode: Literal["bays", "machine"]
    columns: int = 0  # of the bays as they stand, row by row; 0: as it fits
    tiles: tuple[Tile, ...]
    outbox: OutboxView = OutboxView()
    operator: str = ""
    operators_known: bool = False  # then one has to sign in before a drive is erased
    lot: str = ""
    lots: tuple[str, ...] = ()  # codes that the hub announced: a scan of one sets the lot
    asset: str = ""
    found_at_start: tuple[Phrase, ...] = ()
    notices: tuple[Phrase, ...] = ()  # what everybody should know: no udev, stick nearly full, clock, hub's messages
    stops_new: Phrase | None = None  # why no new run may begin; running ones go on
    simulated: bool = False
    version: str = ""
    log: str = ""  # of the hub, as this bench follows it: none, seen, unproved, alarm.<code>; "" not looked at yet


class EraseOrder(_Picture):
    """Erase what was planned. Each drive is confirmed by its full serial or its tag, typed or scanned."""

    plans: tuple[str, ...]
    confirmed: tuple[str, ...]
    lot: str = ""
    assets: dict[str, str] = {}  # by plan id
    psid: str = Field("", repr=False, max_length=200)  # never kept, never shown


class PlanOrder(_Picture):
    """Plan these drives. Empty `policy` means the one of the lot, or the default."""

    drives: tuple[Key, ...]
    policy: str = ""
    method: str = ""
    allow: tuple[str, ...] = ()
    label_read: tuple[str, ...] = ()  # serials that a person has read on the label, where two readers differ


class LotOrder(_Picture):
    """What comes from now on belongs to this lot; empty: to none."""

    lot: Text


class AssetOrder(_Picture):
    """The tag of one drive; without a drive, of the machine (machine mode) or of all that come from now on."""

    asset: Text
    drive: Key | None = None


class SignInOrder(_Picture):
    """Who works here: a badge as scanned, or a pseudonym and its PIN. Neither is kept or shown."""

    badge: str = Field("", repr=False, max_length=400)
    operator: str = Field("", max_length=200)
    pin: str = Field("", repr=False, max_length=200)


class Plans(_Picture):
    """What was planned, in the order in which it was asked for."""

    plans: tuple[PlanView, ...]


class DriveView(_Picture):
    """All that is known of one drive. `sheet` and `report` are the documents of `disks --json` and `report --json`."""

    tile: Tile
    plan: PlanView | None = None  # by the policy of the lot, or the default; None while it is being read
    sheet: dict[str, Any] | None = None
    report: dict[str, Any] | None = None  # of its last run on this bench


class ReceiptsHeard(_Picture):
    """What a file of receipts did; `counts` of the outbox by state. Members as `etabli-station receipts --json`."""

    confirmed: int = 0
    kept: int = 0
    strange: int = 0
    bad: int = 0
    counts: dict[str, int] = {}


class DiagnosisOrder(_Picture):
    """The members of a diagnosis as `diagnose` puts them together; without `keep` it is only tried."""

    facts: dict[str, Any]
    keep: bool = True


class StatedDiagnosis(_Picture):
    """The statement of a diagnosis; empty when it was only tried."""

    statement: str = ""
    kid: str = ""
    seq: int = 0


class EnrolOrder(_Picture):
    """Introduce this bench to a hub by the key that it has. The token is neither kept nor shown."""

    hub: str = Field(max_length=2000)
    token: str = Field(repr=False, max_length=400)
    name: str = Field("", max_length=200)
    allow_http: bool = False


class EnrolmentTold(_Picture):
    """What the hub answered."""

    station: str
    kid: str
    state: str
    hub: dict[str, Any] = {}


class Refused(_Picture):
    """Why nothing was done: HTTP 409 or 422 with this document."""

    code: str
    what: Phrase
    detail: dict[str, Any] = {}


class Told(_Picture):
    """What was done about an order."""

    what: Phrase
    runs: tuple[str, ...] = ()
