"""A day at a bench that exists only on paper: for the pictures of the manual and for tests. No drive is behind it.

It answers orders like a bench: a plan is good for one drive, an erase begins only for what was planned and confirmed,
and each call of `pass_time` moves the drives on by a quarter of their work.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from station_agent.control.view import (
    SCHEMA,
    AssetOrder,
    BenchView,
    DriveView,
    EraseOrder,
    LotOrder,
    MethodView,
    OutboxView,
    Phrase,
    PlanOrder,
    Plans,
    PlanView,
    ReasonView,
    RunView,
    SignInOrder,
    Tile,
    TileState,
    Told,
)
from station_agent.daemon.noted import common_tag_noted, lot_noted, person_noted, tag_noted
from station_agent.errors import StationError

GB: Final = 10**9
BEGUN: Final = "Begun: {n}."
STOPPING: Final = "Stopping in good order: what was written is kept, the runs can be taken up again ..."
THAWED: Final = "{thawed} of {n} frozen drives take security commands again. The others: pull and plug them again."
HELD: Final = "It does not start by itself any more."
ENTERPRISE: Final = ReasonView(code="UNSUPPORTED", detail="the drive has no Opal, or the kernel does not reach it")
NOT_NVME: Final = ReasonView(code="UNSUPPORTED", detail="not an NVMe drive")
LEFT: Final = ReasonView(code="HIDDEN_AREA", detail="the drive does not say whether it has hidden areas")


@dataclass
class PaperBench:
    """Answers like a bench. `orders` keeps what was asked for; `how` says how each serial ends."""

    view: BenchView
    how: dict[str, TileState] = field(default_factory=dict)
    orders: list[Any] = field(default_factory=list)
    refuse: StationError | None = None

    def bench(self) -> BenchView:
        """Give the bench as it is."""
        return self.view

    def drive(self, key: str) -> DriveView:
        """Give one drive with its plan and a ledger."""
        self._judge()
        tile = self._tile(key)
        hidden = {"hpa": "none", "dco": "none", "ama": "unknown", "visible_bytes": tile.size_bytes,
                  "native_bytes": tile.size_bytes, "detail": ""}  # fmt: skip
        return DriveView(tile=tile, plan=self._plan(tile, ""), sheet={"hidden": hidden})

    def plan(self, order: PlanOrder) -> Plans:
        """Plan as the states say."""
        self._note(order)
        opened = bool(order.allow)
        return Plans(plans=tuple(self._plan(self._tile(key), order.method, opened=opened) for key in order.drives))

    def erase(self, order: EraseOrder) -> Told:
        """Begin every planned drive."""
        self._note(order)
        for name in order.plans:
            self._put(name.removeprefix("plan-"), TileState.RUNNING, RunView(
                run_id=f"run-{name}", phase="prepare", total_bytes=1000, method="overwrite.zeros", level="CLEAR",
                safe_to_lose_power=True, eta_s=3600, rate=180 * 10**6))  # fmt: skip
        runs = tuple(f"run-{name}" for name in order.plans)
        return Told(what=Phrase(message=BEGUN, facts={"n": len(runs)}), runs=runs)

    def stop(self, run_id: str = "all") -> Told:
        """Stop runs."""
        self._note(("stop", run_id))
        for tile in self.view.tiles:
            if tile.run is not None and tile.state is TileState.RUNNING and run_id in ("all", tile.run.run_id):
                self._put(str(tile.drive), TileState.INTERRUPTED, tile.run)
        return Told(what=Phrase(message=STOPPING), runs=(run_id,))

    def give_up(self, run_id: str) -> Told:
        """Note it."""
        self._note(("give-up", run_id))
        return Told(what=Phrase(message=STOPPING))

    def hold(self, key: str) -> Told:
        """Make it ready."""
        self._note(("hold", key))
        self._put(key, TileState.READY, None)
        return Told(what=Phrase(message=HELD))

    def unfreeze(self, key: str) -> Told:
        """Thaw every frozen drive but the last."""
        self._note(("unfreeze", key))
        frozen = [tile for tile in self.view.tiles if tile.state is TileState.FROZEN]
        thawed = frozen[:-1] or [self._tile(key)]
        for tile in thawed:
            self._put(str(tile.drive), TileState.READY, None)
        return Told(what=Phrase(message=THAWED, facts={"thawed": len(thawed), "n": len(frozen)}))

    def set_lot(self, order: LotOrder) -> Told:
        """Set the lot."""
        self._note(order)
        self._change(lot=order.lot)
        return Told(what=lot_noted(order.lot))

    def set_asset(self, order: AssetOrder) -> Told:
        """Set a tag."""
        self._note(order)
        if order.drive is None:
            self._change(asset=order.asset)
            return Told(what=common_tag_noted(order.asset, machine=self.view.mode == "machine"))
        tile = self._tile(order.drive)
        self._replace(tile.model_copy(update={"asset": order.asset}))
        return Told(what=tag_noted(order.asset, tile.serial))

    def sign_in(self, order: SignInOrder) -> Told:
        """Sign in."""
        self._note(order)
        self._change(operator=order.operator or "op-badge")
        return Told(what=person_noted(self.view.operator))

    def sign_out(self) -> Told:
        """Sign out."""
        self._note("sign-out")
        self._change(operator="")
        return Told(what=person_noted(self.view.operator))

    def pass_time(self) -> BenchView:
        """Move every run on by a quarter; ended runs end as `how` says, else well."""
        for tile in self.view.tiles:
            if tile.state is TileState.RUNNING and tile.run is not None:
                self._move(tile, tile.run)
        return self.view

    def _move(self, tile: Tile, run: RunView) -> None:
        done = run.done_bytes + 250
        if done <= run.total_bytes:
            phase = ("prepare", "write", "write", "verify", "verify")[done // 250]
            self._replace(tile.model_copy(update={"run": run.model_copy(update={"done_bytes": done, "phase": phase})}))
            return
        state = self.how.get(tile.serial, TileState.ERASED)
        ended = run.model_copy(update={"verdict": VERDICTS[state], "statement": "5f" * 32, "kept": "queued"})
        self._replace(tile.model_copy(update={"state": state, "run": ended}))

    def plug(self, tile: Tile) -> None:
        """Let a drive come into its slot."""
        slots = [other.slot for other in self.view.tiles]
        tiles = list(self.view.tiles)
        tiles[slots.index(tile.slot)] = tile
        self._change(tiles=tuple(tiles))

    def _plan(self, tile: Tile, method: str, *, opened: bool = False) -> PlanView:
        refused = () if opened else tile.reasons
        taken = "" if refused else method or ("nvme.sanitize.block" if tile.bus == "nvme" else "overwrite.zeros")
        others = (
            MethodView(id="overwrite.zeros", level="CLEAR", chosen=taken == "overwrite.zeros"),
            MethodView(id="nvme.sanitize.block", level="PURGE", chosen=taken == "nvme.sanitize.block",
                       reason=None if tile.bus == "nvme" else NOT_NVME),
            MethodView(id="opal.psid-revert", step=opened, reason=None if opened else ENTERPRISE),
        )  # fmt: skip
        return PlanView(id=f"plan-{tile.drive}", drive=str(tile.drive), serial=tile.serial, method=taken,
                        level="PURGE" if "sanitize" in taken else "CLEAR" if taken else "", methods=others,
                        expected_s=None if refused else tile.size_bytes // (180 * 10**6), refusals=refused,
                        exceptions=(LEFT,) if taken and tile.bus == "usb" else (), wants_psid=opened,
                        goes_on=tile.state is TileState.INTERRUPTED)  # fmt: skip

    def _judge(self) -> None:
        if self.refuse is not None:
            raise self.refuse

    def _note(self, order: Any) -> None:
        self.orders.append(order)
        self._judge()

    def _tile(self, key: str) -> Tile:
        return next(tile for tile in self.view.tiles if tile.drive == key)

    def _put(self, key: str, state: TileState, run: RunView | None) -> None:
        self._replace(self._tile(key).model_copy(update={"state": state, "run": run, "reasons": ()}))

    def _replace(self, tile: Tile) -> None:
        self._change(tiles=tuple(tile if other.slot == tile.slot else other for other in self.view.tiles))

    def _change(self, **members: Any) -> None:
        self.view = self.view.model_copy(update={**members, "revision": self.view.revision + 1})


CAN: Final = (TileState.READY, TileState.INTERRUPTED, TileState.POWER_CYCLE, TileState.COUNTDOWN)
VERDICTS: Final = {
    TileState.ERASED: "ERASED",
    TileState.EXCEPTIONS: "ERASED_WITH_EXCEPTIONS",
    TileState.FAILED: "FAILED",
    TileState.UNCONFIRMED: "UNCONFIRMED",
    TileState.REFUSED: "NOT_ERASED",
}


def empty(slots: int, *, columns: int = 0) -> BenchView:
    """Give a bench with nothing in its slots."""
    tiles = tuple(Tile(slot=str(n + 1), state=TileState.EMPTY) for n in range(slots))
    return BenchView(
        schema=SCHEMA, revision=1, name="Atelier-1", mode="bays", columns=columns, tiles=tiles, outbox=OutboxView()
    )


def ready(slot: int, model: str, serial: str, size: int, **more: Any) -> Tile:
    """Give a drive that can be planned."""
    known = {
        "state": TileState.READY,
        "health": "ok",
        "hours": 12_400,
        "celsius": 34,
        "bus": "ata",
        "path": f"sim:s{slot}",
    }
    return Tile(**{"slot": str(slot), "drive": f"s{slot}:{slot}", "model": model, "serial": serial, "size_bytes": size,
                   **known, **more})  # fmt: skip


__all__ = ["GB", "PaperBench", "empty", "ready"]
