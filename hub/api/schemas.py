"""Shapes of the API, for validation and for the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Shape(BaseModel):
    """A closed set of members."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ErrorDetail(Shape):
    """Code for programs, sentence for people."""

    code: str
    message: str


class ErrorAnswer(Shape):
    """Every error."""

    error: ErrorDetail


class NonceAnswer(Shape):
    """A nonce for the next signed request."""

    nonce: str


class EnrolmentRequest(Shape):
    """What a bench shows: one-off token, name, public key (base64) and the proof that it holds the key (base64)."""

    token: str = Field(max_length=200)
    name: str = Field(max_length=400)
    public: str = Field(max_length=64)
    proof: str = Field(max_length=128)
    demo: bool = False


class HubFacts(Shape):
    """Name, address and key id of the hub."""

    name: str
    url: str
    kid: Hex64


class EnrolmentAnswer(Shape):
    """The station waits until a person accepts it."""

    station: str
    kid: Hex64
    state: str
    hub: HubFacts
    trust: dict[str, Any]


class Head(Shape):
    """Last place of the station's chain that the hub knows; seq 0 and 64 zeros before the first statement."""

    seq: int
    id: Hex64


class StationAnswer(Shape):
    """What the hub knows of the station that asks."""

    state: Literal["pending", "accepted", "refused", "locked"]
    name: str
    head: Head


class ReceiptShape(Shape):
    """The statement is durable in the hub's ledger, at this position."""

    id: Hex64
    position: int
    received: str


class ReceiptAnswer(Shape):
    """Answer 200 or 201 to a statement."""

    receipt: ReceiptShape


class BatchRequest(Shape):
    """Envelopes as text, oldest first."""

    envelopes: Annotated[list[str], Field(min_length=1, max_length=100)]


class BatchResult(Shape):
    """The answer to one envelope: `receipt` for 200 and 201, `error` for 409 and 422."""

    id: Hex64
    status: Literal[200, 201, 409, 422]
    receipt: ReceiptShape | None = None
    error: ErrorDetail | None = None


class BatchAnswer(Shape):
    """One result per envelope, in their order."""

    results: list[BatchResult]


class LotAssignment(Shape):
    """An open lot and what is expected in it. `donor_label` is "" where donors are not named at benches."""

    code: str
    donor_label: str
    policy: str
    four_eyes: bool
    assets: list[str]
    serials: list[str]


class SignedPolicy(Shape):
    """An erasure policy in its own envelope, as `etabli-station policy add` takes it."""

    name: str
    envelope: str


class OperatorAssignment(Shape):
    """Somebody who may work at a bench; `badge_sha256` is "" without a badge. There is never a PIN here."""

    id: str
    name: str
    badge_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class ApproverShape(Shape):
    """Who approved: pseudonym and name."""

    id: str
    name: str


class AutoStartRule(Shape):
    """Drives of this lot may start by themselves after the countdown, until that moment by the bench's clock."""

    id: int
    lot: str
    policy: str
    drives: Literal["expected", "any"]
    exceptions: bool
    countdown_s: Annotated[int, Field(ge=5, le=3600)]
    approved: str
    approved_by: ApproverShape
    valid_until: str


class MessageShape(Shape):
    """Plain text for the people at the bench; `until` null: until it is withdrawn."""

    id: int
    text: str
    severity: Literal["info", "warning", "urgent"]
    until: str | None


class AssignmentsAnswer(Shape):
    """What a bench works with (`etabli.assignments/1`); `signed` is the envelope of exactly the other members."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    schema_: Literal["etabli.assignments/1"] = Field(alias="schema")
    station: Hex64
    counter: int
    issued: str
    policies: list[str]
    signed_policies: list[SignedPolicy]
    lots: list[LotAssignment]
    protected_serials: list[str]
    operators: list[OperatorAssignment]
    auto_start: list[AutoStartRule]
    messages: list[MessageShape]
    signed: str


class TrustKeyShape(Shape):
    """One key."""

    kid: Hex64
    public: str
    role: Literal["hub", "station"]
    name: str
    status: Literal["active", "retired", "compromised"]
    demo: bool


class TrustHub(Shape):
    """Whose trust document it is."""

    name: str
    url: str


class TrustWitness(Shape):
    """How many independent witnesses the hub's policy demands."""

    quorum: int


class TrustAnswer(Shape):
    """The trust document (`etabli.trust/1`): what verifiers check against."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    schema_: Literal["etabli.trust/1"] = Field(alias="schema")
    hub: TrustHub
    keys: list[TrustKeyShape]
    witness: TrustWitness


class ShardFacts(Shape):
    """A shard of the log: `first` is the position of its entry 0 in the ledger, `size` is of its newest checkpoint."""

    name: str
    origin: str
    first: int
    size: int
    state: Literal["open", "closed", "frozen"]
    vkey: str


class RootFacts(Shape):
    """Which version of the root file is in force, and the digest of the bytes that are signed in it."""

    version: int
    sha256: Hex64


class ShardsAnswer(Shape):
    """Every shard in the order in which they were opened; `root` is null where the hub has no root file."""

    shards: list[ShardFacts]
    root: RootFacts | None


class RootsAnswer(Shape):
    """Root files (`etabli.root/1`) in ascending order."""

    roots: list[dict[str, Any]]


class ConsistencyAnswer(Shape):
    """The newest signed note, cosignatures included, and the hashes of the proof (RFC 9162, 2.1.4)."""

    checkpoint: str
    proof: list[Hex64]


class InclusionAnswer(Shape):
    """Where a statement stands in the log, and the audit path to the checkpoint; `received` in Unix seconds."""

    id: Hex64
    checkpoint: str
    index: int
    received: int
    path: list[Hex64]
