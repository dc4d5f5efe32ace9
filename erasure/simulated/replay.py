"""A drive that answers from a transcript: exactly the commands that were recorded, with exactly what was answered.

Nothing is invented: a command that was not recorded, byte for byte, is refused with ENOTTY. A question asked several
times is answered in the order of the recording; the last answer to a harmless question stays, a destructive command is
answered as often as it was recorded and no more.
"""

import errno
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erasure.harmless import harmless_mmc, harmless_nvme, harmless_scsi
from erasure.transport.ports import (
    BlockPort,
    CommandPorts,
    MmcCommand,
    MmcReply,
    NvmeCommand,
    NvmeReply,
    ScsiReply,
)
from erasure.transport.recorder import (
    SCHEMA,
    WAYS,
    Line,
    call_question,
    mmc_question,
    nvme_question,
    scsi_question,
    with_commands,
)


@dataclass(slots=True)
class Answers:
    """Everything that was answered, by question, oldest first."""

    ways: tuple[str, ...]
    kept: dict[str, list[Line]] = field(default_factory=dict)

    def answer(self, question: Line, *, stays: bool) -> Any:
        """Look a question up. Raises OSError: what the drive raised then, or ENOTTY for what it was never asked."""
        found = self.kept.get(key_of(question), [])
        if not found:
            raise OSError(errno.ENOTTY, f"{os.strerror(errno.ENOTTY)}: not in the transcript")
        line = found[0] if stays and len(found) == 1 else found.pop(0)
        if "errno" in line:
            raise OSError(line["errno"], os.strerror(line["errno"]))
        return line["reply"]


def key_of(question: Line) -> str:
    """Make a question comparable."""
    return json.dumps({name: question[name] for name in sorted(question)})


def load_transcript(text: str) -> Answers:
    """Read a transcript. Raises ValueError with the number of the line that is none."""
    answers: Answers | None = None
    for number, row in enumerate(text.splitlines(), start=1):
        try:
            line = json.loads(row)
            if answers is None:
                answers = begun(line)
            else:
                keep(answers, line)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"line {number} of the transcript: {error!r}") from error
    if answers is None:
        raise ValueError("an empty transcript")
    return answers


def begun(line: Line) -> Answers:
    """Read the first line. Raises ValueError, KeyError, TypeError."""
    if line["schema"] != SCHEMA or not set(line["ports"]) <= set(WAYS):
        raise ValueError(f"no {SCHEMA}")
    return Answers(tuple(line["ports"]))


def keep(answers: Answers, line: Line) -> None:
    """Read a question with its answer, and check that it can be given. Raises ValueError, KeyError, TypeError."""
    if line["port"] not in answers.ways:
        raise ValueError(f"no way {line['port']} to this drive")
    question = {name: value for name, value in line.items() if name not in ("reply", "errno")}
    if "errno" in line:
        os.strerror(line["errno"])
    elif "call" in line:
        line["reply"] = int(line["reply"])
    else:
        line["reply"] = READ[line["port"]](line["reply"])
    answers.kept.setdefault(key_of(question), []).append(line)


def scsi_reply(told: Line) -> ScsiReply:
    """Read a reply to a CDB. Raises ValueError, KeyError, TypeError."""
    numbers = ("status", "host_status", "driver_status", "info", "resid", "duration_ms")
    return ScsiReply(
        **{name: int(told[name]) for name in numbers},
        sense=bytes.fromhex(told["sense"]),
        data=bytes.fromhex(told["data"]),
    )


def nvme_reply(told: Line) -> NvmeReply:
    """Read a reply to an admin command. Raises ValueError, KeyError, TypeError."""
    return NvmeReply(int(told["status"]), int(told["result"]), bytes.fromhex(told["data"]))


def mmc_reply(told: Line) -> MmcReply:
    """Read a reply to an MMC command. Raises ValueError, KeyError, TypeError."""
    one, two, three, four = (int(word) for word in told["response"])
    return MmcReply((one, two, three, four), bytes.fromhex(told["data"]))


READ = {"scsi": scsi_reply, "nvme": nvme_reply, "mmc": mmc_reply}


@dataclass(frozen=True, slots=True)
class ReplayedScsi:
    """`ScsiPort` that answers from a transcript."""

    answers: Answers

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:  # noqa: ARG002
        """Answer as the drive did. Raises OSError."""
        reply = self.answers.answer(scsi_question(cdb, data_out, data_in), stays=harmless_scsi(cdb))
        assert isinstance(reply, ScsiReply)
        return reply


@dataclass(frozen=True, slots=True)
class ReplayedNvme:
    """`NvmePort` that answers from a transcript."""

    answers: Answers

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:  # noqa: ARG002
        """Answer as the drive did. Raises OSError."""
        reply = self.answers.answer(nvme_question(command, data_out, data_in), stays=harmless_nvme(command))
        assert isinstance(reply, NvmeReply)
        return reply

    def namespace_id(self) -> int:
        """Answer as the kernel did. Raises OSError."""
        return int(self.answers.answer(call_question("nvme", "namespace_id"), stays=True))


@dataclass(frozen=True, slots=True)
class ReplayedMmc:
    """`MmcPort` that answers from a transcript."""

    answers: Answers

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:  # noqa: ARG002
        """Answer as the card did. Raises OSError."""
        reply = self.answers.answer(mmc_question(command, data_in), stays=harmless_mmc(command))
        assert isinstance(reply, MmcReply)
        return reply


@dataclass(frozen=True, slots=True)
class ReplayedOpal:
    """`OpalPort` that answers from a transcript."""

    answers: Answers

    def status(self) -> int:
        """Answer as the kernel did. Raises OSError."""
        return int(self.answers.answer(call_question("opal", "status"), stays=True))

    def psid_revert(self, psid: bytes) -> int:  # noqa: ARG002
        """Answer as the drive did. Raises OSError."""
        return int(self.answers.answer(call_question("opal", "psid_revert"), stays=False))


def replayed_commands(answers: Answers) -> CommandPorts:
    """Give the ways to the drive that the transcript has."""
    return CommandPorts(
        scsi=ReplayedScsi(answers) if "scsi" in answers.ways else None,
        nvme=ReplayedNvme(answers) if "nvme" in answers.ways else None,
        mmc=ReplayedMmc(answers) if "mmc" in answers.ways else None,
        opal=ReplayedOpal(answers) if "opal" in answers.ways else None,
    )


def replayed(inner: BlockPort, answers: Answers) -> BlockPort:
    """Give `inner`, a simulated drive, with the commands of a recorded one."""
    return with_commands(inner, lambda: replayed_commands(answers))


def read_transcript(path: Path) -> Answers:
    """Read the transcript of a fixture. Raises OSError, ValueError."""
    return load_transcript(path.read_text("utf-8"))
