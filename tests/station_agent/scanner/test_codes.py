"""A scanned text is what it says, what the bench knows, or one of several things; it is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.scanner.check_character import ALPHABET
from station_agent.scanner.codes import (
    DAMAGED,
    EMPTY,
    LONGEST,
    NO_PSID,
    NO_SUCH_COMMAND,
    NOT_PRINTABLE,
    TOO_LONG,
    Ambiguous,
    Code,
    Kind,
    Known,
    Refused,
    read_code,
)
from station_agent.scanner.own_codes import Own, SheetCommand, own_code, own_parts
from station_agent.scanner.psid import NoPsid, Psid, psid_of

PSID = "Q7ZK2M4XW9R3T6V8B1N5C0DLHGFSJPYU"
KNOWN = Known(frozenset({"DEMO-HDD-0001"}), frozenset({"DEMO-PC-1"}), frozenset({"DEMO-LOT-A"}))


@pytest.mark.parametrize(
    ("kind", "expected"), [(Own.ASSET, Kind.ASSET), (Own.LOT, Kind.LOT), (Own.OPERATOR, Kind.OPERATOR)]
)
def test_our_codes_carry_their_kind(kind: Own, expected: Kind) -> None:
    read = read_code(own_code(kind, "7F3K2Q"))
    assert isinstance(read, Code)
    assert read.kind is expected


def test_a_tag_keeps_its_whole_writing_and_a_badge_only_its_token() -> None:
    tag = own_code(Own.ASSET, "12")
    assert read_code(tag.lower()) == Code(Kind.ASSET, tag)
    assert read_code(own_code(Own.OPERATOR, "TOKEN")) == Code(Kind.OPERATOR, "TOKEN")


def test_the_address_of_a_devices_page_is_its_tag() -> None:
    tag = own_code(Own.ASSET, "A000001")
    assert read_code(f"https://atelier.example/t/{tag}") == Code(Kind.ASSET, tag)
    assert read_code("http://localhost:8000/t/ETB-0001") == Code(Kind.ASSET, "ETB-0001")
    assert read_code(f"https://atelier.example/t/{tag[:-1]}{'0' if tag[-1] != '0' else '1'}") == Refused(DAMAGED)
    for other in (own_code(Own.OPERATOR, "TOKEN"), own_code(Own.COMMAND, SheetCommand.START), "%C3%A9", "a%2Fb", "%00"):
        assert isinstance(read_code(f"https://atelier.example/t/{other}"), Refused), other


@pytest.mark.parametrize("command", list(SheetCommand))
def test_every_command_of_the_sheet_is_read(command: SheetCommand) -> None:
    assert read_code(own_code(Own.COMMAND, command)) == Code(Kind.COMMAND, command)


def test_a_command_of_another_version_is_refused() -> None:
    assert read_code(own_code(Own.COMMAND, "DANCE")) == Refused(NO_SUCH_COMMAND)


@given(body=st.text(st.sampled_from(ALPHABET), min_size=1, max_size=24), data=st.data())
def test_one_wrong_character_in_our_code_is_never_another_code(body: str, data: st.DataObject) -> None:
    code = own_code(Own.ASSET, body)
    place = data.draw(st.integers(4, len(code) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    assert read_code(code[:place] + other + code[place + 1 :]) == Refused(DAMAGED)


@given(body=st.text(st.sampled_from(ALPHABET), min_size=1, max_size=24))
def test_the_kind_is_covered_by_the_check_character(body: str) -> None:
    tag = own_code(Own.ASSET, body)
    assert [own_parts(f"ET{kind}-{tag[4:]}") for kind in "LOC"] == [None] * 3


@pytest.mark.parametrize(
    ("text", "kind"), [("demo-hdd-0001", Kind.SERIAL), ("DEMO-PC-1", Kind.ASSET), ("DEMO-LOT-A", Kind.LOT)]
)
def test_what_the_bench_knows_is_known_by_its_own_writing(text: str, kind: Kind) -> None:
    assert read_code(text, KNOWN) == Code(kind, text.upper())


def test_a_serial_with_its_data_identifier_is_the_known_serial() -> None:
    assert read_code("SDEMO-HDD-0001", KNOWN) == Code(Kind.SERIAL, "DEMO-HDD-0001")


def test_one_text_that_is_two_known_things_is_ambiguous() -> None:
    both = Known(frozenset({"X-100"}), frozenset({"X-100"}))
    assert read_code("X-100", both) == Ambiguous((Code(Kind.SERIAL, "X-100"), Code(Kind.ASSET, "X-100")))


@pytest.mark.parametrize("text", ["WD-ABC123456", "S3Z8NB0K", "PC-0042"])
def test_a_foreign_code_without_a_name_is_a_serial_or_a_tag_and_nobody_guesses(text: str) -> None:
    read = read_code(text)
    assert isinstance(read, Ambiguous)
    assert [code.kind for code in read.candidates] == [Kind.SERIAL, Kind.ASSET]


def test_a_world_wide_name_looks_like_a_serial_too_until_it_says_what_it_is() -> None:
    read = read_code("5000C500DEADBEEF")
    assert isinstance(read, Ambiguous)
    assert [code.kind for code in read.candidates] == [Kind.WWN, Kind.SERIAL, Kind.ASSET]
    for named in ("WWN: 5000C500DEADBEEF", "WWN 0x5000c500deadbeef"):
        assert read_code(named) == Code(Kind.WWN, "5000C500DEADBEEF")


@pytest.mark.parametrize("text", ["S/N: ABC-123", "SN:ABC-123", "Serial No: ABC-123"])
def test_a_label_that_says_serial_is_a_serial(text: str) -> None:
    assert read_code(text) == Code(Kind.SERIAL, "ABC-123")


def test_a_psid_is_known_by_its_32_characters() -> None:
    assert read_code(PSID) == Code(Kind.PSID, PSID)
    assert read_code("-".join(PSID[n : n + 4] for n in range(0, 32, 4))) == Code(Kind.PSID, PSID)


def test_32_hexadecimal_characters_may_be_a_psid_or_the_name_of_a_namespace() -> None:
    read = read_code("0123456789ABCDEF" * 2)
    assert isinstance(read, Ambiguous)
    assert [code.kind for code in read.candidates] == [Kind.PSID, Kind.WWN]


def test_a_psid_that_is_too_short_says_so_and_shows_nothing() -> None:
    assert psid_of(PSID[:-1]) == NoPsid(31, ())
    assert read_code("PSID: " + PSID[:-1]) == Refused(NO_PSID)


def test_characters_that_no_psid_has_are_told_by_their_place() -> None:
    assert psid_of("*" + PSID[1:30] + "!!") == NoPsid(32, (1, 31, 32))


def test_letters_that_look_like_figures_are_told_by_their_place() -> None:
    read = psid_of("O" + PSID[1:])
    assert isinstance(read, Psid)
    assert read.doubtful == (1, 18, 22)


def test_secrets_are_in_no_representation() -> None:
    assert PSID not in repr(read_code(PSID))
    assert PSID not in repr(psid_of(PSID))
    assert "TOKEN" not in repr(read_code(own_code(Own.OPERATOR, "TOKEN")))


@pytest.mark.parametrize("text", ["ABC\x00123", "ABC\n", "\x1b[2J", "é&\"'", "ＡＢＣ１"])
def test_characters_that_no_code_has_are_refused(text: str) -> None:
    assert read_code(text) == Refused(NOT_PRINTABLE)


def test_nothing_and_too_much_are_refused() -> None:
    assert read_code("   ") == Refused(EMPTY)
    assert read_code("A" * (LONGEST + 1)) == Refused(TOO_LONG)


@given(st.text(max_size=140))
def test_hostile_text_never_crashes_and_is_never_a_code_of_ours(text: str) -> None:
    read = read_code(text, KNOWN)
    assert not (
        isinstance(read, Code) and read.kind in (Kind.LOT, Kind.OPERATOR, Kind.COMMAND) and "ET" not in text.upper()
    )


@pytest.mark.parametrize("body", ["", "a", "A" * 25, "É", "A-B", "A\n"])
def test_no_code_is_made_of_what_it_cannot_carry(body: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        own_code(Own.ASSET, body)
