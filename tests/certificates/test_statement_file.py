"""A file of statements: what was written is read back, and whatever bytes come, only good lines count."""

import io
import random

import pytest

from certificates.envelope import MAX_ENVELOPE_BYTES
from certificates.errors import EnvelopeError
from certificates.statement_file import (
    FIRST_LINK,
    HEADER,
    LONGEST_LINE,
    Damage,
    DamageKind,
    Line,
    read_lines,
    write_line,
    written,
)

THREE = (b'{"payload":"one"}', b'{"payload":"two"}', b'{"payload":"three"}')


def read(data: bytes) -> tuple[list[bytes], list[DamageKind]]:
    found = list(read_lines(io.BytesIO(data)))
    lines = [one.envelope for one in found if isinstance(one, Line)]
    return lines, [one.kind for one in found if isinstance(one, Damage)]


def test_what_was_written_is_read_back_in_order() -> None:
    assert read(written(THREE)) == (list(THREE), [])


def test_every_cut_leaves_the_whole_lines_before_it() -> None:
    data = written(THREE)
    ends = [one.end for one in read_lines(io.BytesIO(data)) if isinstance(one, Line)]
    for cut in range(len(data)):
        lines, damage = read(data[:cut])
        assert lines == list(THREE[: sum(end <= cut for end in ends)])
        assert damage == ([] if cut in {0, len(HEADER), *ends} else [DamageKind.TORN])


def test_every_flipped_bit_costs_at_most_its_own_statement_and_is_told() -> None:
    data = written(THREE)
    for place in range(len(HEADER), len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            lines, damage = read(bytes(changed))
            assert damage, (place, bit)
            assert set(lines) <= set(THREE)
            assert len(lines) >= (1 if data[place : place + 1] == b"\n" else 2)


def test_a_line_that_was_taken_out_is_missed() -> None:
    first, second, third = written(THREE).removeprefix(HEADER).splitlines(keepends=True)
    assert read(HEADER + first + third) == ([THREE[0], THREE[2]], [DamageKind.MISSING])
    assert read(HEADER + second + first + third)[1] == [DamageKind.MISSING] * 3


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\0" * 4096, b"etabli-receipts/1\n", b"\n" * 99, b"\xff\xfe" * 99])
def test_another_kind_of_file_is_refused_at_its_first_line(data: bytes) -> None:
    assert read(data) == ([], [DamageKind.HEADER])


def test_a_line_without_end_is_skipped_in_pieces_and_the_next_one_read() -> None:
    line, _ = write_line(FIRST_LINK, THREE[0])
    lines, damage = read(HEADER + b"x" * (3 * LONGEST_LINE) + b"\n" + line)
    assert (lines, damage) == ([THREE[0]], [DamageKind.TOO_LONG])


def test_random_bytes_behind_the_header_give_no_statement() -> None:
    chance = random.Random(5)
    for _ in range(50):
        lines, damage = read(HEADER + chance.randbytes(chance.randint(1, 3000)))
        assert lines == []
        assert damage


@pytest.mark.parametrize("envelope", [b"", b"a\nb", b"x" * (MAX_ENVELOPE_BYTES + 1)])
def test_bytes_that_no_envelope_has_are_not_written(envelope: bytes) -> None:
    with pytest.raises(EnvelopeError):
        write_line(FIRST_LINK, envelope)
