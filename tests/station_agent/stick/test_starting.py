"""A starting stick: settings in force, the hub offered once, the console or the reason why there is none."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from station_agent.errors import ProcessFailed
from station_agent.stick.__main__ import main
from station_agent.stick.settings import Settings
from station_agent.stick.starting import AGAIN, Places, apply, code_of, console, enrol, settled, take_authority
from station_agent.system import Finished

HUB = Settings(hub="https://hub.example.org", token="abcd-1234", name="Banc 3", language="en")


class Programs:
    """Programs that end well, and which were called."""

    def __init__(self) -> None:
        self.called: list[tuple[str, ...]] = []
        self.given: list[str | None] = []
        self.status = 0

    def __call__(self, argv: Sequence[str], *, timeout_s: float, given: str | None = None) -> Finished:
        self.called.append(tuple(argv))
        self.given.append(given)
        return Finished(tuple(argv), self.status, "keymap of XKB", "")


@pytest.fixture
def programs() -> Programs:
    return Programs()


@pytest.fixture
def places(tmp_path: Path, programs: Programs) -> Places:
    for name in ("records", "runtime"):
        (tmp_path / name).mkdir()
    command_line = tmp_path / "cmdline"
    command_line.write_text("boot=live")
    folders = {"records": tmp_path / "records", "runtime": tmp_path / "runtime", "radio": tmp_path / "radio"}
    house = {"units": tmp_path / "systemd", "resolver": tmp_path / "resolv.conf"}
    return Places(
        **folders, **house, command_line=command_line, run=programs, ask=lambda _question: "", command=lambda _words: 0
    )


def test_a_stick_that_nobody_told_anything_is_french_and_leaves_its_keys(places: Places, programs: Programs) -> None:
    apply(places, Settings())
    assert (places.runtime / "environment").read_text() == "ETABLI_LANG=fr\n"
    assert programs.called == []


def test_what_was_chosen_holds_on_the_next_start_without_a_settings_file(places: Places, programs: Programs) -> None:
    apply(places, Settings(language="en", keyboard="uk"))
    programs.called.clear()
    apply(places, Settings())
    assert (places.runtime / "environment").read_text() == "ETABLI_LANG=en\n"
    assert programs.called == [("ckbcomp", "gb"), ("loadkeys", "--quiet")]
    assert programs.given[-1] == "keymap of XKB"


def test_a_variant_of_a_keyboard_is_asked_for_by_name(places: Places, programs: Programs) -> None:
    apply(places, Settings(keyboard="fr-bepo"))
    assert programs.called[0] == ("ckbcomp", "fr", "bepo")


def test_a_keyboard_that_the_system_does_not_know_loads_nothing(places: Places, programs: Programs) -> None:
    programs.status = 1
    apply(places, Settings(keyboard="zz"))
    assert programs.called == [("ckbcomp", "zz")]


def test_a_program_that_is_missing_stops_nothing(places: Places) -> None:
    def missing(_argv: Sequence[str], **_more: object) -> Finished:
        raise ProcessFailed("none")

    apply(replace(places, run=missing), Settings(keyboard="be"))
    assert places.kept()["keyboard"] == "be"


def test_secrets_of_the_settings_are_readable_by_root_alone(places: Places) -> None:
    apply(places, replace(HUB, radio=(("atelier", "une phrase longue"),)))
    files = [places.runtime / "hub.json", places.radio / "atelier.psk", places.records / "stick.json"]
    assert [path.stat().st_mode & 0o077 for path in files] == [0, 0, 0]


def test_a_hub_is_offered_until_it_took_the_bench_also_after_a_restart(places: Places) -> None:
    apply(places, HUB)
    (places.runtime / "hub.json").unlink()  # /run is empty after a restart
    apply(places, Settings())
    assert json.loads((places.runtime / "hub.json").read_text())["hub"] == HUB.hub
    assert enrol(places) == 0
    apply(places, HUB)
    assert not (places.runtime / "hub.json").exists()
    assert places.kept()["hub"] is None


def test_a_bench_whose_hub_has_a_name_of_the_house_asks_the_house_also_after_a_restart(
    places: Places, programs: Programs
) -> None:
    apply(places, replace(HUB, hub="https://etabli.local"))
    enrol(places)
    for path in (places.units / "resolved.conf.d/house.conf", places.units / "network/20-bench.network.d/house.conf"):
        assert "MulticastDNS=resolve" in path.read_text()
        path.unlink()
    apply(places, Settings())
    assert "MulticastDNS=resolve" in (places.units / "resolved.conf.d/house.conf").read_text()
    assert places.resolver.readlink().name == "stub-resolv.conf"
    assert programs.called.count(("networkctl", "reload")) == 2


@pytest.mark.parametrize("hub", ["https://hub.example.org", "https://192.168.1.20", "https://local", "https://[", ""])
def test_any_other_bench_asks_nobody_in_the_house(places: Places, hub: str) -> None:
    apply(places, replace(HUB, hub=hub))
    assert not places.units.exists()
    assert not places.resolver.exists()


def test_the_certificate_of_the_hubs_authority_is_kept_until_another_one_comes(places: Places) -> None:
    take_authority(places, b"first")
    take_authority(places, b"")
    assert (places.records / "etabli-ca.crt").read_bytes() == b"first"
    take_authority(places, b"second")
    assert (places.records / "etabli-ca.crt").read_bytes() == b"second"


@pytest.mark.parametrize(("code", "status"), [("unreachable", AGAIN), ("token", 0), ("refused", 0), ("", AGAIN)])
def test_a_hub_that_does_not_answer_is_asked_again_and_one_that_refuses_is_not(
    places: Places, code: str, status: int
) -> None:
    def command(_words: list[str]) -> int:
        print(json.dumps({"error": {"code": code}}) if code else "")
        return 2

    apply(places, HUB)
    assert enrol(replace(places, command=command)) == status
    assert "token_used" not in places.kept()


def test_the_words_of_the_enrolment_carry_what_was_told(places: Places) -> None:
    heard: list[list[str]] = []

    def command(words: list[str]) -> int:
        heard.append(words)
        return 0

    apply(places, replace(HUB, allow_http=True))
    enrol(replace(places, command=command))
    assert heard == [
        ["enrol", "--hub", HUB.hub, "--token", HUB.token, "--json", "--name", "Banc 3", "--allow-http"]
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["", "[]", "null", '{"error": 3}', '{"error": {}}', "\x00"])
def test_an_answer_that_is_no_error_document_has_no_code(said: str) -> None:
    assert code_of(said) == ""


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b"null"])
def test_a_damaged_file_of_what_was_kept_counts_as_nothing_kept(places: Places, content: bytes) -> None:
    (places.records / "stick.json").write_bytes(content)
    assert places.kept() == {}
    assert not settled(places)


@pytest.mark.parametrize("fact", ["asked", "token_used"])
def test_who_answered_once_is_not_asked_again(places: Places, fact: str) -> None:
    places.keep(**{fact: "yes"})
    assert settled(places)


def test_a_settings_file_with_a_hub_leaves_nothing_to_ask(places: Places) -> None:
    apply(places, HUB)
    assert settled(places)


def test_without_records_there_is_no_console_and_the_reason_is_on_the_screen(
    places: Places, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (places.runtime / "trouble").write_text("La clé est pleine.\n")
    assert console(replace(places, command=None)) == 1
    assert "La clé est pleine." in capsys.readouterr().out
    assert programs.called[0][:2] == ("systemctl", "restart")


def test_trouble_is_written_where_the_console_finds_it_and_is_the_exit_status(places: Places) -> None:
    assert main(["open"], places) != 0
    assert "clé Établi" in (places.runtime / "trouble").read_text()


@pytest.mark.parametrize("words", [[], ["erase"], ["open", "more"]])
def test_words_that_are_no_step_do_nothing(places: Places, programs: Programs, words: list[str]) -> None:
    assert main(words, places) == 2
    assert programs.called == []
