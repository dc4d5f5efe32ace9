"""The settings file of an appliance: what can be used is used, the rest is named; nothing in it is a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.appliance.settings import HubSettings, host_name, hub_settings_of
from station_agent.image.recipe import HERE
from station_agent.stick.settings import Settings

WHOLE = b"""
issuer = "Atelier du Pont"
address = "1 rue du Pont, 35000 Rennes"
siret = "12345678901234"
admin = "claire@atelier.example"
name = "Hub.Example.org"
language = "en"
keyboard = "be"
[[radio]]
name = "atelier"
key = "une phrase longue"
"""


def test_a_whole_file_is_read_as_it_stands() -> None:
    assert hub_settings_of(WHOLE) == HubSettings(
        Settings(language="en", keyboard="be", radio=(("atelier", "une phrase longue"),)),
        issuer="Atelier du Pont",
        address="1 rue du Pont, 35000 Rennes",
        siret="12345678901234",
        admin="claire@atelier.example",
        name="hub.example.org",
    )


def test_the_example_that_lies_on_the_medium_sets_nothing_and_every_line_of_it_can_be_used() -> None:
    text = (HERE / "hub/etabli.toml.example").read_bytes()
    assert hub_settings_of(text) == HubSettings()
    used = b"\n".join(line.removeprefix(b"# ") for line in text.splitlines()[1:]).replace(b'"..."', b'"12345678"')
    told = hub_settings_of(used)
    assert (told.issuer, told.name, told.machine.troubles) == ("Atelier du Pont", "etabli.local", ())


@pytest.mark.parametrize("name", ["etabli.local", "atelier-2.local", "hub.example.org", "192.168.1.20"])
def test_a_name_of_the_house_a_name_of_the_internet_and_an_address_in_numbers_are_names(name: str) -> None:
    assert host_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "etabli",
            "a b.local",
            "hub.local {",
            "hub.example.org\n}",
            "https://hub.example.org",
            "hub..org",
            "-a.org",
        ),
        *("999.1.1.1", "1.2.3", "a.b.local", "hub.example.org:8443", "../../etc", "é.local", "x" * 64 + ".local"),
        *(7, None, ["etabli.local"], {"name": "etabli.local"}),
    ],
)
def test_what_could_say_more_than_a_name_to_the_proxy_is_no_name(name: object) -> None:
    assert host_name(name) is None


@pytest.mark.parametrize(
    "line", ['admin = "-x"', 'admin = "a@b c"', "siret = 12345678901234", 'issuer = "a\\u001b[2J"', 'issuer = ""']
)
def test_what_cannot_be_used_is_named_and_the_rest_holds(line: str) -> None:
    told = hub_settings_of(f'{line}\nlanguage = "en"\n'.encode())
    assert [name for _, name in told.machine.troubles] == [line.split(maxsplit=1)[0]]
    assert (told.machine.language, told.issuer, told.admin, told.siret) == ("en", "", "", "")


def test_a_word_of_a_bench_is_no_setting_of_a_hub() -> None:
    assert [name for _, name in hub_settings_of(b'hub = "https://x.org"').machine.troubles] == ["hub"]


@given(st.binary(max_size=400))
def test_no_bytes_at_all_stop_the_reading(content: bytes) -> None:
    assert isinstance(hub_settings_of(content), HubSettings)
