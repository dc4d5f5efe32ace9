"""The settings file of a stick: what can be used is used, the rest is named; nothing in it is a command or a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.stick.settings import LONGEST, Settings, radio_file, settings_of

WHOLE = b"""
hub = "https://serveur.example.org"
token = "abcd-1234_EFGH"
allow_http = false
name = "Banc 3"
language = "en"
keyboard = "fr-bepo"
[[radio]]
name = "atelier"
key = "une phrase longue"
"""


def test_a_whole_file_is_read_as_it_stands() -> None:
    assert settings_of(WHOLE) == Settings(
        hub="https://serveur.example.org",
        token="abcd-1234_EFGH",
        name="Banc 3",
        language="en",
        keyboard="fr-bepo",
        radio=(("atelier", "une phrase longue"),),
    )


def test_a_file_of_windows_with_its_mark_and_line_ends_is_read() -> None:
    assert settings_of(b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n")) == settings_of(WHOLE)


def test_the_example_that_lies_on_the_stick_sets_nothing_and_has_no_mistake() -> None:
    from station_agent.image.recipe import HERE

    text = (HERE / "files/etabli.toml.example").read_bytes()
    assert settings_of(text) == Settings()
    used = b"\n".join(line.removeprefix(b"# ") for line in text.splitlines()[1:])
    assert [name for _, name in settings_of(used.replace(b'"..."', b'"12345678"')).troubles] == []


@pytest.mark.parametrize(
    "line",
    [
        'hub = "javascript:alert(1)"',
        'hub = "https://a b"',
        'hub = "https://hub.example\\n"',
        'hub = "file:///etc/shadow"',
        "hub = 3",
        'token = "short"',
        'token = "a b c d e f g h"',
        'allow_http = "yes"',
        'name = ""',
        'name = "a\\u0000b"',
        'language = "de"',
        'keyboard = "fr; reboot"',
        'keyboard = "../../etc/passwd"',
        'keyboard = "-h"',
        'radio = "atelier"',
        '[[radio]]\nname = "a"\nkey = "short"',
        '[[radio]]\nname = "a\\nb"\nkey = "long enough"',
        '[[radio]]\nname = "atelier"\nkey = "with\\nline end"',
    ],
)
def test_what_cannot_be_used_is_named_and_left_out_and_the_rest_holds(line: str) -> None:
    name = line.strip("[").split("]")[0].split(" ")[0]
    other = 'language = "en"' if name != "language" else 'keyboard = "be"'
    told = settings_of(f"{other}\n{line}\n".encode())
    assert [place for _, place in told.troubles] == [name]
    assert getattr(told, name) == getattr(Settings(), name)
    assert (told.language, told.keyboard) in (("en", ""), ("", "be"))


def test_a_word_that_is_no_setting_is_named_in_part() -> None:
    ((_, name),) = settings_of(f'{"x" * 500} = "1"'.encode()).troubles
    assert name == "x" * 40


@pytest.mark.parametrize("content", [b"\x00" * 64, b"\xff\xfe", b"hub = ", b"[" * 5_000, b"a = [" * 3_000])
def test_a_file_that_is_no_settings_file_sets_nothing_and_says_so(content: bytes) -> None:
    told = settings_of(content)
    assert told == Settings(troubles=told.troubles)
    assert len(told.troubles) == 1


def test_what_stands_beyond_the_longest_file_is_not_read() -> None:
    assert settings_of(b"#" * LONGEST + b'\nlanguage = "en"').language == ""


@given(st.binary(max_size=200))
def test_random_bytes_never_crash(content: bytes) -> None:
    settings_of(content)


@given(st.text(min_size=1, max_size=32).filter(str.isprintable))
def test_the_file_of_a_radio_network_never_leaves_its_folder(network: str) -> None:
    name, _ = radio_file(network, "12345678")
    assert "/" not in name
    assert name.endswith(".psk")
    assert name not in {".psk", "..psk"} or network in {"", "."}


@pytest.mark.parametrize(
    ("key", "line"),
    [("plain key 1", "plain key 1"), (" begins blank", "\\sbegins blank"), ("back\\slash", "back\\\\slash")],
)
def test_the_key_of_a_network_is_written_as_iwd_reads_it(key: str, line: str) -> None:
    assert radio_file("atelier", key) == ("atelier.psk", f"[Security]\nPassphrase={line}\n")


def test_a_name_that_is_not_plain_is_written_in_hexadecimal() -> None:
    assert radio_file("café", "12345678")[0] == "=636166c3a9.psk"
