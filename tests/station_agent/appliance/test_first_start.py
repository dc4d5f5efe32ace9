"""The first start of an appliance: its own partition, the hub made once, what proxy and hub are told."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from station_agent.appliance import starting
from station_agent.appliance.__main__ import main
from station_agent.appliance.places import House
from station_agent.appliance.proxy import fingerprint, own_authority, publish, settings_for
from station_agent.appliance.settings import HubSettings
from station_agent.appliance.starting import link_of, open_house, take
from station_agent.stick.failure import StickError
from station_agent.stick.own_disk import Disk
from station_agent.stick.settings import Settings
from station_agent.system import Finished
from tests.station_agent.appliance.appliance_house import LINK, System, house_in

TOLD = HubSettings(issuer="Atelier du Pont", admin="claire@atelier.example")
PEM = """-----BEGIN CERTIFICATE-----
MIIBpDCCAUmgAwIBAgIQZ2sDf/yt1NGZKSX+G//TsjAKBggqhkjOPQQDAjAwMS4w
-----END CERTIFICATE-----
"""


@pytest.fixture
def found(tmp_path: Path) -> tuple[House, System]:
    return house_in(tmp_path)


def made_by(system: System) -> tuple[str, ...]:
    (words,) = (words for words in system.called if "init" in words)
    return words[words.index("init") :]


def test_the_partition_is_that_of_a_hub_and_only_its_own_folders_are_open_to_the_accounts(
    found: tuple[House, System], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, system = found
    labels: list[str] = []

    def opened(_run: object, _image: str, place: Path, *, label: str) -> Disk:
        labels.append(label)
        place.chmod(0o700)
        return Disk("/dev/sda", "", False, (), ())

    monkeypatch.setattr(starting, "open_records", opened)
    assert open_house(house) == 0
    assert labels == ["ETABLI_HUB"]
    assert house.stick.records.stat().st_mode & 0o777 == 0o711
    assert [words[-2:] for words in system.called if words[0] == "chown"] == [
        ("etabli-hub:etabli-hub", str(house.data)),
        ("etabli-hub:etabli-hub", str(house.backups)),
        ("caddy:caddy", str(house.proxy)),
    ]


def test_why_there_is_no_partition_is_left_for_the_screen(found: tuple[House, System]) -> None:
    house, system = found
    system.answers["lsblk"] = Finished(("lsblk",), 1, "", "no lsblk here")
    assert main(["open"], house) != 0
    assert "no lsblk here" in (house.stick.runtime / "trouble").read_text("utf-8")


def test_settings_that_say_enough_make_the_hub_and_keep_the_link_of_its_administrator(
    found: tuple[House, System],
) -> None:
    house, system = found
    take(house, replace(TOLD, siret="12345678901234"))
    words = made_by(system)
    assert words[:7] == ("init", "--issuer", TOLD.issuer, "--name", TOLD.issuer, "--public-url", "https://etabli.local")
    assert words[7:] == ("--siret", "12345678901234", "--admin", TOLD.admin)
    assert (house.name, house.stick.kept()["link"]) == ("etabli.local", LINK)
    assert (house.stick.records / "stick.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("told", [HubSettings(), replace(TOLD, admin=""), replace(TOLD, issuer="")])
def test_settings_that_do_not_say_enough_make_nothing(found: tuple[House, System], told: HubSettings) -> None:
    house, system = found
    take(house, told)
    assert (house.made, system.count("init"), (house.stick.runtime / "Caddyfile").exists()) == (False, 0, False)


def test_a_hub_is_made_once_whatever_the_settings_say_later(found: tuple[House, System]) -> None:
    house, system = found
    take(house, TOLD)
    take(house, replace(TOLD, issuer="Somebody else", admin="other@example.org"))
    assert system.count("init") == 1
    assert house.stick.kept()["admin"] == TOLD.admin


def test_another_name_in_the_settings_holds_from_the_next_start(found: tuple[House, System]) -> None:
    house, _ = found
    take(house, TOLD)
    take(house, HubSettings(name="hub.example.org"))
    assert "ETABLI_PUBLIC_URL=https://hub.example.org" in (house.stick.runtime / "hub").read_text().splitlines()
    assert "https://hub.example.org {" in (house.stick.runtime / "Caddyfile").read_text()


def test_a_making_that_was_cut_off_is_finished_and_its_key_stays(found: tuple[House, System]) -> None:
    house, system = found
    take(house, HubSettings())
    (house.data / "hub.json").write_text("{}")
    take(house, TOLD)
    assert system.count("init") == 0
    orders = [words[words.index("--lang") + 2 :] for words in system.called if words[0] == "runuser"]
    assert orders == [
        ("migrate",),
        ("user", "add", TOLD.admin, "--role", "admin"),
        ("user", "link", TOLD.admin),
    ]
    assert house.stick.kept()["link"] == LINK
    secret = [one["ETABLI_PASSWORD"] for one in system.environments if one]
    assert len(secret[0]) > 30
    assert not any(secret[0] in word for words in system.called for word in words)


def test_a_hub_that_is_not_made_is_told_and_asked_for_again(found: tuple[House, System]) -> None:
    house, system = found
    system.answers["init"] = Finished(("etabli-hub",), 1, "", "etabli-hub: a hub needs a name")
    with pytest.raises(StickError, match="a hub needs a name"):
        take(house, TOLD)
    assert not house.made


@pytest.mark.parametrize(
    "said", ["", "hub made\n", "https://etabli.local/welcome/", "see https://x/welcome/" + "a" * 43]
)
def test_what_is_no_link_is_none(said: str) -> None:
    assert link_of(said) == ""


def test_a_name_of_the_house_is_the_name_of_the_machine(found: tuple[House, System]) -> None:
    house, system = found
    take(house, replace(TOLD, name="atelier-2.local"))
    assert ("hostname", "atelier-2") in system.called


def test_the_settings_of_the_machine_hold_before_there_is_a_hub(found: tuple[House, System]) -> None:
    house, _ = found
    take(house, HubSettings(Settings(language="en", radio=(("atelier", "une phrase longue"),))))
    assert house.stick.language() == "en"
    assert (house.stick.radio / "atelier.psk").exists()


@pytest.mark.parametrize(("name", "own"), [("etabli.local", True), ("192.168.1.20", True), ("hub.example.org", False)])
def test_nobody_else_can_vouch_for_a_name_of_the_house(name: str, own: bool) -> None:  # noqa: FBT001  a row of a table
    text = settings_for(name, Path("/data/caddy"), Path("/run/public"))
    assert own_authority(name) is own
    assert ("tls internal" in text) is own
    assert text.count("{") == text.count("}")
    assert re.findall(r"^(\S.*?) ?\{$", text, re.MULTILINE) == [f"https://{name}", "http://"]


def test_the_proxy_opens_no_port_for_its_own_administration_and_serves_one_file_in_the_clear() -> None:
    text = settings_for("etabli.local", Path("/data/caddy"), Path("/run/public"))
    assert "\tadmin off\n" in text
    assert "reverse_proxy 127.0.0.1:8080" in text
    assert re.findall(r"handle (/\S+)", text) == ["/etabli-ca.crt"]
    assert "/data/caddy" not in text.partition("http:// {")[2]


def test_the_certificate_that_is_handed_out_is_the_authority_s_and_never_its_key(tmp_path: Path) -> None:
    place = tmp_path / "caddy/pki/authorities/local"
    place.mkdir(parents=True)
    (place / "root.crt").write_text(PEM)
    (place / "root.key").write_text("secret")
    found = publish(tmp_path / "caddy", tmp_path / "public")
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", found)
    assert os.listdir(tmp_path / "public") == ["etabli-ca.crt"]  # noqa: PTH208


@pytest.mark.parametrize("pem", ["", "-----BEGIN CERTIFICATE-----", "\x00" * 40, PEM.replace("MII", "é"), "x" * 99_999])
def test_what_is_no_certificate_has_no_fingerprint(pem: str) -> None:
    assert fingerprint(pem) == ""


def test_before_the_proxy_made_its_authority_nothing_is_handed_out(tmp_path: Path) -> None:
    assert publish(tmp_path / "caddy", tmp_path / "public") == ""
    assert not (tmp_path / "public").exists()
