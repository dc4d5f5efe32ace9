"""`etabli-hub init`: in a terminal it asks, it writes nothing before a yes, and it goes on where it was cut off."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from hub.commands.guided import Guide
from hub.commands.opening import Call
from hub.commands.root import main
from hub.context import open_hub
from hub.errors import BadInput
from hub.identity import Issuer, create_identity, load_identity
from hub.people import service
from hub.settings import Settings
from hub.siret import as_siret

SIRET = "732 829 320 00074"
PASSWORD = "une phrase assez longue"
ANSWERS = (
    "Atelier du Port", "1 rue du Port, Brest", SIRET, "https://port.example", "", "https://etabli.port.example/", "y",
    "", "andrea@port.example", "y",
)  # fmt: skip
Run = Callable[..., str]


class Cut(Exception):
    """The terminal goes away."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ETABLI_DATABASE_URL", "ETABLI_PUBLIC_URL", "ETABLI_TWO_PEOPLE", "ETABLI_PASSWORD", "ETABLI_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ETABLI_LANG", "en")
    return tmp_path / "hub"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Answer the questions; gives what was shown. A missing answer is the end of the terminal."""

    def guided(*answers: str, secrets: tuple[str, ...] = ("", ""), lang: str | None = "en") -> str:
        said, hidden = iter(answers), iter(secrets)
        call = Call(Settings.from_environment(folder, {}), lang or "en", lang)
        Guide(call, lambda question: answered(said, question), lambda _: next(hidden)).run(demo=False)
        return capsys.readouterr().out

    return guided


def answered(answers: Iterator[str], question: str) -> str:
    print(question)
    try:
        return next(answers)
    except StopIteration:
        raise EOFError from None


def people(folder: Path) -> list[tuple[str, str, bool]]:
    hub = open_hub(Settings.from_environment(folder, {}))
    with hub.readers()() as session:
        found = [(one.email, one.role, bool(one.password_hash)) for one in service.people(session)]
    hub.engine.dispose()
    return found


def test_it_asks_shows_makes_and_explains_the_key(run: Run, folder: Path) -> None:
    told = run(*ANSWERS, secrets=("une phrase assez longue", "une phrase assez longue"))
    identity = load_identity(folder)
    assert identity.issuer == Issuer(
        "Atelier du Port", "1 rue du Port, Brest", "73282932000074", "https://port.example"
    )
    settings = Settings.from_environment(folder, {})
    assert (settings.public_url, settings.two_people, settings.secure) == ("https://etabli.port.example", True, True)
    assert settings.require_sample
    assert "- a sample of each lot read again: on" in told
    assert people(folder) == [("andrea@port.example", "admin", True)]
    assert told.index("This will be made:") < told.index("Make it?") < told.index("hub made in")
    assert str(folder / "hub.key") in told
    assert "cannot be made again" in told


def test_without_a_password_the_administrator_gets_a_link(run: Run, folder: Path) -> None:
    told = run(*ANSWERS)
    assert "https://etabli.port.example/welcome/" in told
    assert people(folder) == [("andrea@port.example", "admin", False)]


def test_it_speaks_french(run: Run) -> None:
    told = run("fr", *ANSWERS[:-4], "oui", "oui", ANSWERS[-2], "o", lang=None)
    assert "Ceci sera créé" in told
    assert "ne peut pas être refaite" in told


@pytest.mark.parametrize("said", [len(ANSWERS) - 1, 3, 0])
def test_cut_off_before_the_yes_it_has_written_nothing(run: Run, folder: Path, said: int) -> None:
    with pytest.raises(BadInput, match="nobody answers: nothing was made"):
        run(*ANSWERS[:said])
    assert not folder.exists()


def test_a_sample_is_asked_for_unless_somebody_says_no(run: Run, folder: Path) -> None:
    assert Settings.from_environment(folder, {}).require_sample, "the usual"
    assert Settings.from_environment(folder, {"ETABLI_SAMPLE": ""}).require_sample
    assert not Settings.from_environment(folder, {"ETABLI_SAMPLE": "0"}).require_sample
    told = run(*ANSWERS[:-3], "n", *ANSWERS[-2:])
    assert "- a sample of each lot read again: off" in told
    assert not Settings.from_environment(folder, {}).require_sample
    assert Settings.from_environment(folder, {"ETABLI_SAMPLE": "1"}).require_sample


def test_a_no_writes_nothing(run: Run, folder: Path) -> None:
    with pytest.raises(BadInput, match="nothing was made"):
        run(*ANSWERS[:-1], "n")
    assert not folder.exists()


@pytest.mark.parametrize(
    "place", ["hub.identity.write_durably", "hub.commands.plan.upgrade", "hub.people.service.add_person"]
)
def test_cut_off_while_it_makes_it_goes_on_with_the_same_key(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(place, cut)
        with pytest.raises(Cut):
            run(*ANSWERS)
    key = (folder / "hub.key").read_bytes()
    again = ANSWERS if place == "hub.identity.write_durably" else ("andrea@port.example",)
    run(*again)
    assert (folder / "hub.key").read_bytes() == key
    assert people(folder) == [("andrea@port.example", "admin", False)]


def test_called_again_it_changes_nothing(run: Run, folder: Path) -> None:
    run(*ANSWERS)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".json", ".key"}}
    told = run()
    assert "holds the hub Atelier du Port already" in told
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".json", ".key"}} == before
    assert len(people(folder)) == 1


def test_wrong_answers_are_asked_again(run: Run, folder: Path) -> None:
    run(
        "", "Atelier", "", "123", "73282932000075", "", "port.example", "", "", "javascript:x", "", "n",
        "perhaps", "n", "andrea", "a@b.example", "y",
        secrets=("court", PASSWORD, "une autre phrase", PASSWORD, PASSWORD),
    )  # fmt: skip
    assert load_identity(folder).issuer == Issuer("Atelier")
    assert people(folder) == [("a@b.example", "admin", True)]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (SIRET, "73282932000074"),
        ("35600000000048", "35600000000048"),
        ("35600000049837", "35600000049837"),
        ("73282932000075", None),
        ("7328293200007", None),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", None),
        ("", None),
    ],
)
def test_a_siret_is_known_by_its_check_digit(typed: str, number: str | None) -> None:
    assert as_siret(typed) == number


def command(folder: Path, *words: str) -> int:
    return main(["--data", str(folder), *words])


def test_with_arguments_it_asks_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--issuer", "Atelier", "--public-url", "https://e.example", "--two-people", "--admin", "a@b.example")
    assert command(folder, "init", *words) == 0
    assert "https://e.example/welcome/" in capsys.readouterr().out
    assert json.loads((folder / "hub.json").read_text())["settings"] == {
        "ETABLI_PUBLIC_URL": "https://e.example",
        "ETABLI_TWO_PEOPLE": "1",
    }
    assert command(folder, "init", "--check") == 0
    told = capsys.readouterr().out
    assert [line in told for line in ("fit for work", "address: https://e.example", "active administrators: 1")] == [
        True
    ] * 3


def test_without_a_terminal_and_without_a_name_it_says_what_to_give(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    assert command(folder, "init") == 1
    assert "--issuer NAME" in capsys.readouterr().err
    assert not folder.exists()


def test_the_environment_wins_over_what_init_has_kept(folder: Path) -> None:
    create_identity(folder, "A", Issuer("A"), demo=False, settings={"ETABLI_PUBLIC_URL": "https://a.example"})
    assert Settings.from_environment(folder, {}).public_url == "https://a.example"
    assert Settings.from_environment(folder, {"ETABLI_PUBLIC_URL": "http://b.example"}).public_url == "http://b.example"


@pytest.mark.parametrize("kept", ["[]", "{}", '{"settings": 7}', '{"settings": {"ETABLI_PUBLIC_URL": 7}}', "", "\x00"])
def test_a_hub_json_that_keeps_no_settings_sets_none(folder: Path, kept: str) -> None:
    folder.mkdir()
    (folder / "hub.json").write_text(kept)
    assert Settings.from_environment(folder, {}).public_url == "http://127.0.0.1:8080"


def test_a_check_of_a_hub_without_tables_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create_identity(folder, "A", Issuer("A"), demo=False)
    assert command(folder, "init", "--check") == 1
    assert "not fit for work: database" in capsys.readouterr().err


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(run: Run, folder: Path) -> None:
    shown = run(*ANSWERS[:6], "peut-être", "y", "perhaps", "", *ANSWERS[8:])
    assert shown.count("Answer yes or no.") == 2
    kept = Settings.from_environment(folder, {})
    assert (kept.two_people, kept.require_sample) == (True, True)
