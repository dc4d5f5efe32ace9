"""The first screen of an appliance, in both languages: what it tells, what it asks, what it never lets through."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from certificates.keys import SigningKey, fingerprint
from station_agent.appliance import console
from station_agent.appliance.console import answers, facts_of, numbers_in, show
from station_agent.appliance.page import WIDTH, Facts, link_page, state_page
from station_agent.appliance.places import House
from station_agent.appliance.settings import HubSettings
from station_agent.appliance.starting import take
from station_agent.language import voice
from tests.station_agent.appliance.appliance_house import LINK, System, house_in

GIB = 1 << 30
FACTS = Facts(
    name="etabli.local",
    numbers=("192.168.1.20",),
    health=200,
    hub_key="3f2a 9c41",
    authority=":".join(["BB"] * 32),
    room=(12 * GIB, 14 * GIB),
    backup=("2026-03-02 13:00", "ETABLI_SAVE (/dev/sdb1)"),
    version="2026-03-01 abc1234",
    image="7f6f842b-eac5-576a-99a0-fee65329ceac",
    admin="claire@atelier.example",
)


def state(lang: str, facts: Facts = FACTS) -> str:
    return "\n".join(state_page(facts, voice(lang, {})))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "facts",
    [
        FACTS,
        replace(FACTS, link=LINK, room=(1, GIB), backup=("", ""), numbers=(), health=0),
        replace(FACTS, backup_trouble=("2026-03-03 02:30", "long words " * 30), health=503, name="hub.example.org"),
    ],
)
def test_no_line_of_a_page_is_longer_than_the_screen_that_a_big_font_leaves(lang: str, facts: Facts) -> None:
    lines = [*state_page(facts, voice(lang, {})), *(link_page(facts, voice(lang, {})) if facts.link else ())]
    assert max(map(len, lines)) <= WIDTH


def test_the_state_is_told_in_french() -> None:
    told = state("fr")
    for words in (
        "Adresse\xa0: https://etabli.local",
        "Cette machine\xa0: 192.168.1.20",
        "Le serveur est en service.",
        "Empreinte de la clé du serveur\xa0:\n  3f2a 9c41\n",
        "SHA-256 du certificat à l'adresse http://etabli.local/etabli-ca.crt",
        "Place\xa0: 12.0 Gio libres sur 14.0 Gio",
        "Dernière sauvegarde\xa0: 2026-03-02 13:00, ETABLI_SAVE (/dev/sdb1)",
        "Version\xa0: 2026-03-01 abc1234, image 7f6f842b",
    ):
        assert words in told


def test_the_state_is_told_in_english() -> None:
    told = state("en")
    for words in (
        "Address: https://etabli.local",
        "The hub is at work.",
        "Fingerprint of the hub's key:\n  3f2a 9c41\n",
        f"  {FACTS.authority[:47]}\n  {FACTS.authority[48:]}\n",
        "Room: 12.0 GiB of 14.0 GiB free",
        "Last backup: 2026-03-02 13:00, ETABLI_SAVE (/dev/sdb1)",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"health": 0}, "is starting, or does not answer"),
        ({"health": 503}, "not fit for work"),
        ({"numbers": ()}, "has no address"),
        ({"room": (100 << 20, GIB)}, "Little room is left"),
        ({"backup": ("", "")}, "No backup yet"),
        ({"backup_trouble": ("2026-03-03 02:30", "is full")}, "The backup of 2026-03-03 02:30 failed: is full"),
        ({"name": "hub.example.org"}, "public authority"),
    ],
)
def test_what_is_not_well_is_told(changed: dict[str, object], words: str) -> None:
    assert words in state("en", replace(FACTS, **changed)).replace("\n", " ")
    assert words not in state("en").replace("\n", " ")


def test_nothing_that_came_from_outside_steers_the_terminal() -> None:
    evil = "\x1b[2J\u202e"
    facts = replace(
        FACTS, backup=("2026", evil), backup_trouble=("2026", evil), version=evil, admin=evil, link=LINK, numbers=()
    )
    told = state("en", facts) + "".join(link_page(facts, voice("en", {})))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert told.count("\\x1B[2J") == 4


@pytest.mark.parametrize(("lang", "words"), [("fr", "À ouvrir une fois"), ("en", "Open this address once")])
def test_the_link_stands_whole_on_one_line_with_whose_it_is(lang: str, words: str) -> None:
    page = link_page(replace(FACTS, link=LINK), voice(lang, {}))
    assert page[-1] == LINK
    assert words in "\n".join(page)
    assert FACTS.admin in "\n".join(page)


@pytest.fixture
def found(tmp_path: Path) -> tuple[House, System]:
    house, system = house_in(tmp_path)
    take(house, HubSettings(issuer="Atelier du Pont", admin="claire@atelier.example"))
    house.stick.keep(language="en")
    return house, system


def test_the_facts_are_those_of_the_machine(found: tuple[House, System]) -> None:
    house, system = found
    (house.data / "hub.key").unlink()
    key = SigningKey.generate(demo=False)
    key.save(house.data / "hub.key")
    listed = [{"addr_info": [{"family": "inet", "local": "192.168.1.20"}]}, {"addr_info": []}]
    system._ip = lambda _words: json.dumps(listed)  # type: ignore[attr-defined]
    house.stick.keep(backup={"at": "2026-03-02T12:00:00+00:00", "stick": "ETABLI_SAVE (/dev/sdb1)"})
    facts = facts_of(house)
    assert (facts.hub_key, facts.numbers, facts.health) == (fingerprint(key.kid), ("192.168.1.20",), 200)
    assert facts.backup[0].startswith("2026-03-02 ")
    assert (facts.link, facts.image[:8], facts.version) == (LINK, "7f6f842b", "2026-03-01 abc1234")


@pytest.mark.parametrize("kept", [7, [], "x", {"at": 7}, {"at": "yesterday"}, {"stick": None}])
def test_records_that_somebody_spoiled_tell_of_no_backup(found: tuple[House, System], kept: object) -> None:
    house, _ = found
    house.stick.keep(backup=kept, backup_trouble=kept)
    facts = facts_of(house)
    assert (facts.backup[0], facts.backup_trouble[0]) == ("", "")


def test_the_link_is_forgotten_once_the_hub_says_that_it_is_over(found: tuple[House, System]) -> None:
    house, _ = found
    asked: list[str] = []

    def over(path: str) -> int:
        asked.append(path)
        return 404 if path.startswith("/welcome/") else 200

    assert facts_of(replace(house, status=over)).link == ""
    assert asked[-1] == "/welcome/" + LINK.rsplit("/", 1)[1]
    assert house.stick.kept()["link"] is None
    assert facts_of(house).link == ""


@pytest.mark.parametrize("status", [0, 200, 429, 500, 503])
def test_the_link_stays_while_the_hub_does_not_say_that_it_is_over(found: tuple[House, System], status: int) -> None:
    house, _ = found
    assert facts_of(replace(house, status=lambda _path: status)).link == LINK


@pytest.mark.parametrize(
    "listed",
    ["", "[]", "{}", "7", '[{"addr_info": 7}]', '[{"addr_info": [{"family": "inet", "local": "\\u001b[2J"}]}]'],
)
def test_a_list_of_addresses_that_is_none_names_none(listed: str) -> None:
    assert numbers_in(listed) == ()


def test_enter_turns_the_page_and_two_letters_turn_the_language(
    found: tuple[House, System], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house, _ = found
    typed: Iterator[str | None] = iter(["", "fr", None])

    def line(_seconds: float) -> str | None:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(console.os.path, "ismount", lambda _place: True)
    with pytest.raises(EOFError):
        show(replace(house, line=line))
    pages = capsys.readouterr().out.split(console.CLEAR)[1:]
    assert [("/welcome/" in page, "Adresse" in page, "Address" in page) for page in pages] == [
        (True, False, False),
        (False, False, True),
        (False, True, False),
        (False, True, False),
    ]


def test_without_its_partition_the_screen_says_why_and_tries_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, system = house_in(tmp_path)
    (house.stick.runtime / "trouble").write_text("There is no room.\n")
    assert show(house) == 1
    assert "There is no room." in capsys.readouterr().out
    assert system.called[-1][:3] == ("systemctl", "restart", "etabli-appliance.service")


def test_the_questions_take_usable_answers_only_and_enter_keeps_the_brackets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, _ = house_in(tmp_path)
    given = iter(["en", "", "", "Atelier du Pont", "claire", "claire@atelier.example", "https://x", ""])
    told = answers(replace(house, stick=replace(house.stick, ask=lambda _question: next(given))))
    assert (told.issuer, told.admin, told.name) == ("Atelier du Pont", "claire@atelier.example", "etabli.local")
    assert house.stick.language() == "en"
    assert capsys.readouterr().out.count("This cannot be used") == 3
