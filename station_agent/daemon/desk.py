"""Where orders of people are taken: each is carried out by the foreman, whole or not at all, or refused in words.

Methods are called in the foreman's thread; `here` are the disks as the kernel shows them at the moment of the order.
"""

from collections.abc import Sequence
from concurrent.futures import Future

from erasure.clearance import Confirmation
from erasure.drive import BlockDevice
from erasure.passes import Secrets
from erasure.plan import ErasurePlan
from station_agent.asked import secrets_from
from station_agent.before_erasing import refuse_psid, refuse_recordings, require_person, require_psid
from station_agent.commands.interrupted import GIVEN_UP, require_same_run, require_same_terms
from station_agent.control.view import AssetOrder, DriveView, EraseOrder, LotOrder, PlanOrder, Plans, Told
from station_agent.daemon.drives import Seen
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.noted import common_tag_noted, lot_noted, person_noted, tag_noted
from station_agent.daemon.phrases import phrase
from station_agent.daemon.picture import drive_tile, way_to
from station_agent.daemon.plan_book import Planned
from station_agent.daemon.planning_round import PlanningRound
from station_agent.daemon.tiles import plan_view
from station_agent.daemon.typed import lot_code, statable, tag
from station_agent.daemon.unattended import auto_start
from station_agent.drive_sheet import sheet_document
from station_agent.errors import OrderRefused
from station_agent.language import mark, visible
from station_agent.planning import Surveyed, compared, confirm
from station_agent.reconcile import abandon, open_run_of, verdict_of_abandoned
from station_agent.wipe import Task

EVERY = "all"
BEGUN = mark("Begun: {n}.")
STOPPING = mark("Stopping in good order: what was written is kept, the runs can be taken up again ...")
HELD = mark("It does not start by itself any more.")


class Desk:
    """Takes the orders of one bench."""

    def __init__(self, foreman: Foreman) -> None:
        self._foreman = foreman

    def plan(self, order: PlanOrder, here: tuple[BlockDevice, ...]) -> "Future[Plans]":
        """Read the drives and plan them. Raises `StationError`."""
        until = self._foreman.means.now() + self._foreman.means.patience_s
        made = PlanningRound(self._foreman, order, until)
        made.begin(here)
        made.over(self._foreman.means.now())
        return made.future

    def erase(self, order: EraseOrder, here: tuple[BlockDevice, ...]) -> Told:
        """Begin what was planned, each drive confirmed. Raises `StationError`: then nothing of this order began."""
        self._require_open()
        planned = [self._foreman.plans.take(plan_id, here) for plan_id in dict.fromkeys(order.plans)]
        if not planned:
            raise OrderRefused("unknown-plan", mark("Nothing was planned, so nothing was erased."))
        if len({one.key for one in planned}) != len(planned):
            raise OrderRefused("no-drive", mark("Such a drive is not here, or was named twice. Look at the bench."))
        seen = [self._seen(one) for one in planned]
        found = compared([one.drive for one in planned])
        refuse_recordings([drive.device for drive in found])
        secrets = secrets_from(order.psid if order.psid != "-" else "?", len(found), str)
        require_psid(found, secrets)
        refuse_psid(self._foreman.means.tell.voice, found, secrets)
        person = self._foreman.operator or "bench"
        confirmations = confirm(found, self._serials(order, planned, seen), person)
        if led := [drive for drive in found if drive.together]:
            paths = {drive.device.path for drive in found}
            if any(drive.together not in paths for drive in led):
                raise OrderRefused(
                    "together",
                    mark("{path} is one drive with {other}: erase that one, and both are erased."),
                    path=led[0].device.path,
                    other=led[0].together,
                )
        rows = [(one, two, drive) for one, two, drive in zip(planned, seen, found, strict=True) if not drive.together]
        for _, two, drive in rows:
            self._require_alone(two, drive)
        tasks = [(two, self._task(order, one, two, confirmations, secrets)) for one, two, _ in rows]
        runs = self._foreman.begin(tasks)
        self._foreman.publish()
        return Told(what=phrase(BEGUN, n=len(runs)), runs=runs)

    def stop(self, run_id: str) -> Told:
        """Stop one run, or all, in good order. Raises `OrderRefused`."""
        under_way = self._foreman.runs.under_way
        chosen = sorted(under_way) if run_id == EVERY else [run_id]
        if not under_way.issuperset(chosen) or not chosen:
            raise OrderRefused("no-run", mark("No such run is under way."))
        for one in chosen:
            self._foreman.runs.session.crew.stop(one)
            self._foreman.means.log("stop", run=one)
        return Told(what=phrase(STOPPING), runs=tuple(chosen))

    def give_up(self, run_id: str) -> Told:
        """State an interrupted run as FAILED or UNCONFIRMED. Raises `StationError`."""
        self._require_operator()
        run = next((one for one in self._foreman.open_runs() if one.run_id == run_id), None)
        if run is None:
            raise OrderRefused("no-run", mark("No such run is open without being under way."))
        signed = abandon(self._foreman.means.station.journal, run, self._foreman.means.station.clock)
        self._foreman.means.log("given-up", run=run_id, statement=signed.id)
        self._foreman.nudge()
        for seen in self._foreman.drives.by_key.values():
            if seen.run_id == run_id or open_run_of(seen.device, (run,)) is not None:
                seen.run_id = "" if seen.run_id == run_id else seen.run_id
                self._foreman.plans.forget(seen.key)
                self._foreman.read(seen)
        words = GIVEN_UP[verdict_of_abandoned(run)[0]]
        serial = visible(run.context.facts.device.identity.serial)
        return Told(what=phrase(words, serial=serial, id=signed.id), runs=(run_id,))

    def hold(self, key: str) -> Told:
        """Stop the countdown of a drive. Raises `OrderRefused`; `StoreError`: it is stopped until the next start."""
        seen = self._drive(key)
        seen.held = True
        auto_start(self._foreman, seen)
        self._foreman.publish()
        self._foreman.notes.keep()  # last: whatever becomes of the note, the countdown is stopped
        return Told(what=phrase(HELD))

    def set_lot(self, order: LotOrder) -> Told:
        """Set the lot of what comes from now on, and of drives here that were not begun.

        Raises `UsageError`, and `StoreError` when it cannot be kept: then nothing was set.
        """
        lot = lot_code(order.lot, self._foreman.lots)
        waiting = [one for one in self._foreman.drives.by_key.values() if not one.run_id]
        with self._foreman.notes.durably():
            self._foreman.lot = lot
            for seen in waiting:
                seen.lot = lot
        for seen in waiting:
            self._foreman.plans.forget(seen.key)
        self._foreman.publish()
        return Told(what=lot_noted(self._foreman.lot))

    def set_asset(self, order: AssetOrder) -> Told:
        """Set the tag of one drive, or of the machine and what comes from now on. Raises `StationError`."""
        asset = tag(order.asset)
        with self._foreman.notes.durably():
            if order.drive is not None:
                self._drive(order.drive).asset = asset
            else:
                self._foreman.asset = asset
                for seen in self._foreman.drives.by_key.values() if self._foreman.means.machine_mode else ():
                    seen.asset = seen.asset if seen.run_id else asset
        self._foreman.publish()
        if order.drive is not None:
            return Told(what=tag_noted(asset, self._drive(order.drive).device.identity.serial))
        return Told(what=common_tag_noted(asset, machine=self._foreman.means.machine_mode))

    def signed(self, operator: str) -> Told:
        """Note who works here from now on; "" for nobody. Raises `UsageError`, `StoreError`."""
        require_person(operator)
        person = statable(operator)
        if not person:  # who signs out is out, whatever becomes of the note
            self._foreman.operator = ""
            self._foreman.publish()
        with self._foreman.notes.durably():
            self._foreman.operator = person
        self._foreman.publish()
        return Told(what=person_noted(self._foreman.operator))

    def drive(self, key: str) -> tuple[DriveView, BlockDevice]:
        """Give all that is known of a drive, its last run aside. Raises `OrderRefused`."""
        seen = self._drive(key)
        tile = drive_tile(self._foreman, seen)
        if seen.look is None:
            return DriveView(tile=tile), seen.device
        drive = seen.look.surveyed
        planned = self._foreman.plans.shown(key, seen.device, drive, seen.look.policy)
        view = DriveView(
            tile=tile, plan=plan_view(planned.id, key, drive, way_to(self._foreman, seen)), sheet=sheet_document(drive)
        )
        return view, drive.device

    def _drive(self, key: str) -> Seen:
        seen = self._foreman.drives.by_key.get(key)
        if seen is None:
            raise OrderRefused("no-drive", mark("Such a drive is not here, or was named twice. Look at the bench."))
        return seen

    def _seen(self, planned: Planned) -> Seen:
        seen = self._drive(planned.key)
        if seen.run_id in self._foreman.runs.under_way:
            raise OrderRefused("under-way", mark("{path} is being erased already."), path=seen.device.path)
        if seen.mishap is not None:
            raise OrderRefused("mishap", seen.mishap.message, **seen.mishap.facts)
        return seen

    def _require_alone(self, seen: Seen, drive: Surveyed) -> None:
        """Refuse a drive whose serial another one here shows too, in this order or not: typing it names neither."""
        own = {drive.device.path, *(one.path for one in drive.namespaces)}
        others = (one for one in self._foreman.drives.by_key.values() if one is not seen and one.device.path not in own)
        twin = next((one for one in others if drive.serial in one.serials), None)
        if twin is not None and isinstance(drive.outcome, ErasurePlan):
            raise OrderRefused(
                "twins",
                mark("Nothing was erased: {path} and {other} show the same serial number {serial}. Pull one of them."),
                path=drive.device.path,
                other=twin.device.path,
                serial=visible(drive.serial),
            )

    def _require_operator(self) -> None:
        people = self._foreman.means.operators
        if people.known() and not (self._foreman.operator and people.still(self._foreman.operator)):
            raise OrderRefused("sign-in", mark("Sign in first, by badge or PIN: nothing was erased."))
        people.touch()

    def _require_open(self) -> None:
        self._require_operator()
        if self._foreman.asleep:
            raise OrderRefused("asleep", mark("The machine is being suspended: wait until it is awake."))
        if (why := self._foreman.stops_new) is not None:
            raise OrderRefused("stops-new", why.message, **why.facts)

    def _serials(self, order: EraseOrder, planned: Sequence[Planned], seen: Sequence[Seen]) -> list[str]:
        """Give the serials that were confirmed: typed whole, or by a tag that this drive alone had beforehand.

        A tag that another drive here has too, or that is the serial of another one, names none; nor does one that
        comes with the order itself, for it says nothing of what somebody has read on the drive.
        """
        if self._foreman.means.machine_mode:
            return list(order.confirmed)
        names = [name for one in self._foreman.drives.by_key.values() for name in one.names]
        by_tag = {drive.asset: one.drive.serial for one, drive in zip(planned, seen, strict=True) if drive.asset}
        return [by_tag.get(typed, typed) if names.count(typed) == 1 else typed for typed in order.confirmed]

    def _task(
        self, order: EraseOrder, planned: Planned, seen: Seen, given: dict[str, Confirmation], secrets: Secrets
    ) -> Task:
        """Make the task of one drive. Raises `UsageError` when its interrupted run cannot go on as it was asked."""
        drive = planned.drive
        run = open_run_of(drive.device, self._foreman.open_runs())
        require_same_run(drive, run)
        given_tag = order.assets.get(planned.id, "")
        goes_on = run is not None and isinstance(drive.outcome, ErasurePlan)
        if run is not None and goes_on:
            require_same_terms(drive, run, (order.lot, given_tag), planned.policy)
        known = (*self._foreman.lots, seen.lot, "" if run is None else run.context.lot)
        lot = lot_code(order.lot, known) or seen.lot
        asset = tag(given_tag) or seen.asset or self._foreman.asset
        confirmation = given.get(drive.device.path)
        return Task(drive, confirmation, lot, asset, run, secrets, operator=self._foreman.operator)
