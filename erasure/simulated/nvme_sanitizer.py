"""The sanitize state machine of a simulated NVMe controller: what runs, what is refused meanwhile, what the log says.

It works in the background, stays over power cycles and goes on after them. NVMe Base Specification, Sanitize command
and sanitize operations; drives, 3.8.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.nvme_identify import SanitizeWords, action_of
from erasure.simulated.nvme_status import INVALID_FIELD, SANITIZE_FAILED, SANITIZE_IN_PROGRESS, SUCCESS
from erasure.simulated.nvme_table import ACTIONS, NvmeTable
from erasure.simulated.reach import HALFWAY, STUCK_AT, WHOLE, Deed, Pace, absence, erase_part
from erasure.transport.ports import NvmeCommand

EXIT_FAILURE = 1
AUSE, OIPBP, NDAS, EMVS, PREQ = 1 << 3, 1 << 8, 1 << 9, 1 << 10, 1 << 11
STATE_SUCCESS, STATE_RUNNING, STATE_FAILED, STATE_DEALLOCATED = 1, 2, 3, 4  # SSTAT 2:0
INTERRUPTIONS = (Vice.FAILS, Vice.VANISHES, Vice.RESETS, Vice.POWER_LOSS)


@dataclass(frozen=True, slots=True)
class Job:
    """The last or running sanitize, as it lies in the memory of the controller."""

    phase: str = "idle"  # "idle", "running", "failed"
    state: int = 0  # SSTAT 2:0 while it is not running
    cdw10: int = 0
    pattern: int = 0
    passes: int = 0
    erased_globally: bool = False  # GDE
    attested: bool = False  # PRGD
    done: int = 0
    at_ns: int = 0

    @property
    def restricted(self) -> bool:
        """Say whether a failure may only be left by another sanitize."""
        return not self.cdw10 & AUSE


@dataclass(slots=True)
class NvmeSanitizer:
    """`settle` brings the medium and the memory up to the present; everything else looks after that."""

    firmware: Firmware
    table: NvmeTable
    media: Sequence[Medium]
    memory: Memory
    time: Time

    @property
    def job(self) -> Job:
        """The job in the memory."""
        return Job(**self.memory.get("sanitize", {}))

    def keep(self, job: Job) -> None:
        """Put the job into the memory."""
        self.memory.put(sanitize=asdict(job))

    def prepare(self) -> None:
        """Give a new controller the past that its table tells of."""
        if self.memory.get("sanitize") is not None:
            return
        past = Job(cdw10=ACTIONS[self.table.last_action], at_ns=self.time.monotonic_ns())
        match self.table.last:
            case "running":
                self.keep(replace(past, phase="running"))
            case "failed":
                self.keep(replace(past, phase="failed", state=STATE_FAILED))
            case "succeeded":
                self.keep(replace(past, state=STATE_SUCCESS))
            case _:
                self.keep(Job(state=STATE_SUCCESS if Vice.IDLE_SUCCESS in self.firmware else 0))

    def refusal(self) -> int:
        """Status of every command that a sanitize keeps out; 0 when there is no reason."""
        return {"running": SANITIZE_IN_PROGRESS, "failed": SANITIZE_FAILED}.get(self.job.phase, SUCCESS)

    def start(self, command: NvmeCommand) -> int:
        """Take one Sanitize command; return its status. The work goes on after it."""
        job, action = self.job, command.cdw10 & 7
        if job.phase == "running":
            return SANITIZE_IN_PROGRESS
        if self.malformed(command):
            return INVALID_FIELD
        if job.phase == "failed" and job.restricted and (action == EXIT_FAILURE or command.cdw10 & AUSE):
            return SANITIZE_FAILED
        if action == EXIT_FAILURE:
            self.keep(replace(job, phase="idle"))
            return SUCCESS
        started = Job("running", 0, self.obeyed(command.cdw10), command.cdw11, at_ns=self.time.monotonic_ns())
        self.keep(started)
        return SUCCESS

    def malformed(self, command: NvmeCommand) -> bool:
        """Say whether the command asks for what this controller does not have."""
        cdw10, action = command.cdw10, action_of(command.cdw10)
        if command.nsid or cdw10 & EMVS or not (action or cdw10 & 7 == EXIT_FAILURE):
            return True
        if action and action not in self.table.sanitize:
            return True
        if cdw10 & PREQ and (not self.table.purge_reporting or Vice.REJECTS_PREQ in self.firmware):
            return True
        return bool(cdw10 & NDAS and self.table.no_deallocate_inhibited)

    def obeyed(self, cdw10: int) -> int:
        """The words that this firmware obeys and reports: those of the command, unless it does something else."""
        if Vice.WRONG_ACTION not in self.firmware:
            return cdw10
        other = next((name for name in ("crypto", "block", "overwrite") if name != action_of(cdw10)), "crypto")
        return cdw10 & ~7 | ACTIONS[other]

    def settle(self) -> None:
        """Do what was to be done until now."""
        job = self.job
        if job.phase != "running" or self.memory.get("gone"):
            return
        done, at_ns = Pace(self.table.seconds).advance(job.done, job.at_ns, self.time.monotonic_ns())
        done = max(job.done, min(done, self.limit()))
        erase_part(self.media, self.deed(job), job.done, done, self.firmware)
        moved = replace(job, done=done, at_ns=at_ns)
        if done >= WHOLE:
            self.finish(moved)
        elif done == self.limit() and Vice.STUCK not in self.firmware:
            self.interrupt(moved)
        else:
            self.keep(moved)

    def limit(self) -> int:
        """How far it comes before a vice strikes."""
        if Vice.STUCK in self.firmware:
            return STUCK_AT
        struck = any(vice in self.firmware for vice in INTERRUPTIONS) and not self.memory.get("interrupted")
        return HALFWAY if struck else WHOLE

    def interrupt(self, job: Job) -> None:
        """End in the middle, in the way of the vice."""
        if Vice.FAILS in self.firmware:
            self.keep(replace(job, phase="failed", state=STATE_FAILED))
        elif Vice.RESETS in self.firmware:
            self.keep(Job())
        else:
            self.keep(job)
            self.memory.put(gone=str(absence(self.firmware)), interrupted=True)

    def finish(self, job: Job) -> None:
        """End well."""
        preq = bool(job.cdw10 & PREQ)
        ended = replace(
            job,
            phase="idle",
            state=STATE_DEALLOCATED if Vice.SUCCESS_DEALLOCATED in self.firmware else STATE_SUCCESS,
            passes=passes(job.cdw10) if action_of(job.cdw10) == "overwrite" else 0,
            erased_globally=self.table.global_data_erased or Vice.ERASED_GDE in self.firmware,
            attested=preq,
        )
        self.keep(Job() if Vice.FORGETS in self.firmware else ended)
        self.memory.put(
            renamed=Vice.RENAMES in self.firmware,
            unwritten=Vice.NEEDS_WRITE in self.firmware,
            written=[],
        )

    def deed(self, job: Job) -> Deed:
        """What the action leaves behind."""
        match action_of(job.cdw10):
            case "crypto":
                return Deed()
            case "overwrite":
                turned = bool(job.cdw10 & OIPBP) and passes(job.cdw10) % 2 == 0
                pattern = job.pattern ^ 0xFFFFFFFF if turned else job.pattern
                return Deed(pattern.to_bytes(4, "little"))
            case _:
                kept = job.cdw10 & NDAS or self.table.deallocated_reads != 1
                return Deed(b"\xff" if kept else b"\0")

    def words(self) -> SanitizeWords:
        """The changing words of the log."""
        job = self.job
        kind = 0 if job.restricted else 2
        if job.phase == "running":
            return SanitizeWords(min(job.done, 0xFFFE), STATE_RUNNING, job.cdw10, 1 + kind)
        status = job.state | job.passes << 3 | job.erased_globally << 8 | job.attested << 11
        failed = (2 + kind) | (1 + kind) << 4
        return SanitizeWords(0xFFFF, status, job.cdw10, failed if job.phase == "failed" else 0)

    def note_write(self) -> None:
        """The first write ends "Global Data Erased"."""
        if self.job.erased_globally:
            self.keep(replace(self.job, erased_globally=False))

    def power_on(self) -> None:
        """Go on where the power went."""
        self.keep(replace(self.job, at_ns=self.time.monotonic_ns()))


def passes(cdw10: int) -> int:
    """Overwrite passes asked for: 0 stands for 16."""
    return cdw10 >> 4 & 0xF or 16
