"""What a witness answers (C2SP tlog-witness, add-checkpoint), and what it never does: cosign two histories."""

import base64
import threading
from pathlib import Path

import pytest

from certificates.note import Checkpoint, NoteKey, sign_checkpoint, verify_note
from certificates.tree import EMPTY_ROOT
from hub.errors import BadInput, Conflict
from hub.log.key import NoteSigner
from hub.witness.book import FILE
from hub.witness.cosigning import KEY_FILE, Answer, Witness, make_witness, open_witness
from tests.hub.witness.logs import OtherLog

NOW = 1_800_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_witness(tmp_path / "w", "temoin.example/w1")
    return tmp_path / "w"


@pytest.fixture
def witness(folder: Path) -> Witness:
    return open_witness(folder, lambda: NOW)


@pytest.fixture
def log(witness: Witness) -> OtherLog:
    made = OtherLog()
    witness.book.add(made.key, "Atelier", NOW)
    return made


def cosigned(witness: Witness, log: OtherLog, answer: Answer, size: int | None = None) -> dict[str, int]:
    assert answer.status == 200, answer
    return verify_note(log.note(size) + answer.body, log.key, (witness.key,), 1).witnesses


def test_what_continues_is_cosigned_and_the_signature_holds(witness: Witness, log: OtherLog) -> None:
    first = witness.add_checkpoint(log.grow(5).submission(0))
    assert cosigned(witness, log, first) == {witness.key.public.kid: NOW}
    second = witness.add_checkpoint(log.grow(8).submission(5))
    assert cosigned(witness, log, second) == {witness.key.public.kid: NOW}
    known = witness.book.log(log.origin)
    assert known is not None
    assert (known.size, known.root) == (13, log.checkpoint().root)


def test_the_same_checkpoint_once_more_is_cosigned_again(witness: Witness, log: OtherLog) -> None:
    witness.add_checkpoint(log.grow(5).submission(0))
    assert cosigned(witness, log, witness.add_checkpoint(log.submission(5)))


def test_an_old_size_that_is_not_the_one_it_knows_is_answered_with_that_size(witness: Witness, log: OtherLog) -> None:
    witness.add_checkpoint(log.grow(5).submission(0))
    for old in (0, 3, 6):
        answer = witness.add_checkpoint(log.fork().grow(9).submission(old))
        assert answer == Answer(409, "5\n", "text/x.tlog.size")


def test_a_split_view_is_refused_and_kept_as_evidence(witness: Witness, log: OtherLog) -> None:
    witness.add_checkpoint(log.grow(5).submission(0))
    other = log.fork()
    other.leaves[2] = b"x" * 32
    same_size = witness.add_checkpoint(other.submission(5))
    larger = witness.add_checkpoint(other.grow(4).submission(5))
    assert (same_size.status, larger.status) == (409, 422)
    assert [told for _, _, told in witness.book.evidence(log.origin)] == [other.note(5), other.note()]
    assert cosigned(witness, log, witness.add_checkpoint(log.grow(1).submission(5))), "the honest one goes on"


def test_one_checkpoint_that_is_shown_again_and_again_fills_no_disk(witness: Witness, log: OtherLog) -> None:
    witness.add_checkpoint(log.grow(5).submission(0))
    other = log.fork()
    other.leaves[2] = b"x" * 32
    for _ in range(20):
        witness.add_checkpoint(other.submission(5))
    assert len(witness.book.evidence(log.origin)) == 1


def test_an_unknown_log_is_404_and_a_checkpoint_of_another_key_403(witness: Witness, log: OtherLog) -> None:
    assert witness.add_checkpoint(OtherLog("other.example/log").grow(1).submission(0)).status == 404
    thief = OtherLog(log.origin, leaves=log.grow(1).leaves)
    assert witness.add_checkpoint(thief.submission(0)).status == 403
    assert witness.book.log(log.origin).size == 0  # type: ignore[union-attr]


def note_with(log: OtherLog, *, lines: str) -> bytes:
    return f"old 0\n\n{lines}\n".encode() + log.note().partition("\n\n")[2].encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old -1\n\n",
        b"old 01\n\nx\n1\ny\n\n",
        b"old 0\r\n\n",
        b"\xff" * 100,
        b"old 0\n\n\xff\n1\nx\n\n",
        b"old 0\n" + b"AAAA\n" * 64 + b"\nx\n1\ny\n\n",
        b"old 0\n" + b"A" * 32_769,
        b"old 0\nnot base64!\n\nx\n1\ny\n\n",
        b"old 0\nAAAA\n\nx\n1\ny\n\n",
        b"old 7\n\nx\n3\ny\n\n",
        b"old 0\n\nx\n9223372036854775808\ny\n\n",
        b"old 0\n\nx\n1\ny\nextension\n\n",
    ],
)
def test_what_is_no_submission_is_400_and_changes_nothing(witness: Witness, log: OtherLog, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400
    assert witness.book.log(log.origin).size == 0  # type: ignore[union-attr]


def test_a_proof_from_nothing_or_of_nothing_is_422(witness: Witness, log: OtherLog) -> None:
    body = log.grow(4).submission(0).replace(b"old 0\n", b"old 0\n" + base64.b64encode(b"x" * 32) + b"\n")
    assert witness.add_checkpoint(body).status == 422
    empty = Checkpoint(log.origin, 0, b"x" * 32)
    note = empty.body + "\n" + sign_checkpoint(empty, log.key, log.signer.sign)
    assert witness.add_checkpoint(f"old 0\n\n{note}".encode()).status == 422
    assert witness.book.evidence(log.origin) == (), "nothing was cosigned that they could contradict"
    assert OtherLog().checkpoint().root == EMPTY_ROOT


def test_the_next_year_of_a_known_log_comes_by_itself_and_an_earlier_or_strange_one_does_not(
    witness: Witness, log: OtherLog
) -> None:
    host = "atelier.example/erasure-log/"
    rolled = OtherLog(f"{host}2027", log.signer).grow(1)
    assert cosigned(witness, rolled, witness.add_checkpoint(rolled.submission(0)))
    assert cosigned(witness, log, witness.add_checkpoint(log.grow(2).submission(0))), "the old one may still end"
    for origin, signer, status in (
        (f"{host}2025", log.signer, 404),
        (f"{host}2026-2", log.signer, 404),
        (f"{host}2027-2", NoteSigner.generate(1), 403),
        ("elsewhere.example/erasure-log/2028", log.signer, 404),
    ):
        assert witness.add_checkpoint(OtherLog(origin, signer).grow(1).submission(0)).status == status
    assert len(witness.book.logs()) == 2


def test_a_clock_that_was_never_set_signs_nothing(folder: Path, log: OtherLog) -> None:
    lost = open_witness(folder, lambda: 86_400.0)
    assert lost.add_checkpoint(log.grow(1).submission(0)).status == 503


def test_a_witness_keeps_its_key_and_does_not_go_on_without_its_memory(folder: Path, witness: Witness) -> None:
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        make_witness(folder, "another")
    witness.book.close()
    (folder / FILE).unlink()
    with pytest.raises(BadInput, match="memory"):
        open_witness(folder, lambda: NOW)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "x" * 201, "é\n"])
def test_a_name_that_no_note_can_carry_makes_no_witness(tmp_path: Path, name: str) -> None:
    with pytest.raises((BadInput, UnicodeError)):
        make_witness(tmp_path / "n", name)
    assert not (tmp_path / "n" / KEY_FILE).exists()


def test_a_log_is_never_known_under_another_key(witness: Witness, log: OtherLog) -> None:
    stranger = NoteKey(log.origin, 1, OtherLog().signer.public)
    with pytest.raises(Conflict):
        witness.book.add(stranger, "x", NOW)


def test_requests_at_once_never_roll_the_witness_back(folder: Path, witness: Witness, log: OtherLog) -> None:
    """Every size is submitted at once by several witnesses on one file; what is cosigned only ever grows."""
    log.grow(40)
    witness.add_checkpoint(log.submission(0, 4))
    others = [open_witness(folder, lambda: NOW) for _ in range(3)]
    start, seen = threading.Barrier(len(others) * 3), list[tuple[int, int]]()

    def submit(one: Witness, size: int) -> None:
        start.wait(10)
        old = 4
        for _ in range(200):
            answer = one.add_checkpoint(log.submission(old, size))
            if answer.status != 409:
                seen.append((size, answer.status))
                return
            old = int(answer.body)
            if old > size:
                seen.append((size, 409))
                return

    sizes = [(one, 5 + 4 * number + 12 * turn) for turn, one in enumerate(others) for number in range(3)]
    threads = [threading.Thread(target=submit, args=pair) for pair in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == len(sizes)
    known = witness.book.log(log.origin)
    assert known is not None
    assert known.size == max(size for size, _ in seen) == 37
    assert known.root == log.checkpoint(37).root
    assert witness.book.evidence(log.origin) == ()
