"""One witness: its key, its book, and the answer to one submission. The book is durable before anything is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from certificates.errors import ProofError
from certificates.note import COSIGNATURE, Checkpoint, NoteKey, cosign, verify_note
from hub.errors import BadInput, Conflict
from hub.log.key import NoteSigner
from hub.witness.book import Book
from hub.witness.judging import Behind, Contradicted, KnownLog, successor
from hub.witness.request import Submission, read_submission

KEY_FILE: Final = "witness.key"
NAME_FILE: Final = "witness.name"
EARLIEST: Final = 1_767_225_600  # 2026-01-01: a clock before it was never set
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered over HTTP."""

    status: int
    body: str
    content_type: str = TEXT


class Witness:
    """Cosigns what continues. `now` gives Unix seconds."""

    def __init__(self, book: Book, signer: NoteSigner, name: str, now: Callable[[], float]) -> None:
        self.book, self._signer, self._now = book, signer, now
        self.key: NoteKey = signer.named(name)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one submission: 200 with a cosignature, else 400, 403, 404, 409, 422, 503 as the protocol says."""
        try:
            asked = read_submission(body)
        except BadInput as error:
            return Answer(400, f"{error.message}\n")
        known, rolled = self._known(asked.origin)
        if known is None:
            return Answer(404, "unknown log\n")
        try:
            told = verify_note(asked.note, known.key, (), 0).checkpoint
        except ProofError as error:
            return Answer(403, f"{error}\n")
        if (now := int(self._now())) < EARLIEST:
            return Answer(503, "the clock of this witness is not set\n")
        if rolled:
            self.book.add(known.key, known.name, now)
        return self._advanced(asked, told, now)

    def _advanced(self, asked: Submission, told: Checkpoint, now: int) -> Answer:
        try:
            self.book.advance(told, asked.old, asked.proof, asked.note, now)
        except Behind as behind:
            return Answer(409, f"{behind.size}\n", SIZE_TYPE)
        except Contradicted:
            return Answer(409, f"{told.size}\n", SIZE_TYPE)
        except ProofError as error:
            return Answer(422, f"{error}\n")
        return Answer(200, cosign(told, self.key, now, self._signer.sign))

    def _known(self, origin: str) -> tuple[KnownLog | None, bool]:
        """Give a log by its origin, and whether it is the next shard of a known one, which nobody has added."""
        if (found := self.book.log(origin)) is not None:
            return found, False
        after = successor(self.book.logs(), origin)
        return (None, False) if after is None else (KnownLog(origin, after[0].vkey, after[1], 0, b"", "", 0), True)


def make_witness(folder: Path, name: str) -> NoteKey:
    """Make key and book of a new witness. Raises Conflict where there is one, BadInput, KeyFileError."""
    if (folder / KEY_FILE).exists():
        raise Conflict(f"there is a witness in {folder} already")
    signer = NoteSigner.generate(COSIGNATURE)
    try:
        key = NoteKey.from_vkey(signer.named(name).vkey)
    except ProofError as error:
        raise BadInput(f"{name!r} is no name for a witness: no blank and no +, 200 characters at most") from error
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    Book(folder, make=True).close()
    (folder / NAME_FILE).write_text(name + "\n", encoding="ascii")
    signer.save(folder / KEY_FILE)  # last: with it the witness is whole
    return key


def open_witness(folder: Path, now: Callable[[], float]) -> Witness:
    """Open a witness that was made. Raises BadInput, KeyFileError."""
    if not (folder / KEY_FILE).exists():
        raise BadInput(f"there is no witness in {folder}: etabli-hub witness init")
    signer = NoteSigner.load(folder / KEY_FILE, COSIGNATURE)
    return Witness(Book(folder), signer, (folder / NAME_FILE).read_text(encoding="ascii").strip(), now)
