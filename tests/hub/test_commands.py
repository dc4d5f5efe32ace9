"""The commands of `etabli-hub`."""

import json
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.commands.root import main
from hub.context import open_hub
from hub.errors import BadInput
from hub.identity import NotInitialised, load_identity
from hub.settings import Settings


@dataclass
class Result:
    exit_code: int
    output: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ETABLI_LANG", "en")
    for name in ("ETABLI_DATABASE_URL", "ETABLI_PUBLIC_URL", "ETABLI_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ETABLI_PASSWORD", "un cheval correct")

    def command(*words: str) -> Result:
        status = main(["--data", str(tmp_path / "hub"), *words])
        told = capsys.readouterr()
        return Result(status, told.out + told.err)

    return command


@pytest.fixture
def made(run: Run) -> Run:
    result = run("init", "--issuer", "Atelier", "--name", "Hub de Brest")
    assert result.exit_code == 0, result.output
    return run


def test_init_makes_a_key_that_only_its_owner_reads(made: Run, tmp_path: Path) -> None:
    identity = load_identity(tmp_path / "hub")
    assert (identity.name, identity.issuer.name, identity.key.demo) == ("Hub de Brest", "Atelier", False)
    assert (tmp_path / "hub" / "hub.key").stat().st_mode & 0o777 == 0o600


def test_init_never_replaces_a_key(made: Run, tmp_path: Path) -> None:
    before = (tmp_path / "hub" / "hub.key").read_bytes()
    again = made("init", "--issuer", "Other")
    assert again.exit_code == 1
    assert "never replaced" in again.output
    assert (tmp_path / "hub" / "hub.key").read_bytes() == before


@pytest.mark.parametrize("words", [("--issuer", "A\nB"), ("--issuer", "A", "--siret", "1" * 65)])
def test_init_refuses_an_issuer_that_no_certificate_can_carry(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run("init", *words)
    assert (result.exit_code, "issuer." in result.output) == (1, True), result.output
    assert not (tmp_path / "hub").exists()


@pytest.mark.world
def test_serve_says_in_words_that_a_port_is_taken(made: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = made("serve", "--port", str(port))
        said = made("--lang", "fr", "serve", "--port", str(port)).output
    assert result.exit_code == 1
    assert f"port {port} of 127.0.0.1 is taken already: choose another with --port" in result.output
    assert f"le port {port} de 127.0.0.1 est déjà pris" in said


def test_a_network_that_does_not_exist_is_refused_in_the_language_of_the_person(made: Run) -> None:
    words = ("user", "add", "c@x.fr", "--role", "coordinator", "--name", "C", "--network", "Pas là")
    assert "pas de filière Pas là" in made("--lang", "fr", *words).output


@pytest.mark.parametrize(
    ("role", "more", "said"),
    [
        ("donor", (), "role donor needs --donor NAME"),
        ("donor", ("--donor", " "), "role donor needs --donor NAME"),
        ("coordinator", (), "role coordinator needs --network NAME"),
        ("coordinator", ("--network", "N", "--partner", "P"), "role coordinator goes without --partner"),
        ("distributor", (), "role distributor needs --partner NAME"),
        ("prescriber", ("--donor", "CAF"), "role prescriber goes without --donor"),
        ("lead", ("--donor", "CAF"), "role lead goes without --donor"),
        ("technician", ("--network", "N"), "role technician goes without --network"),
        ("lead", ("--partner", "Nobody"), "no partner Nobody: check the spelling"),
    ],
)
def test_an_account_that_belongs_nowhere_is_refused_by_the_name_of_the_option(
    made: Run, role: str, more: tuple[str, ...], said: str
) -> None:
    result = made("--lang", "en", "user", "add", "new@x.fr", "--role", role, *more)
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert "new@x.fr" not in made("user", "list").output


def test_a_list_that_is_imported_by_command_names_the_columns_that_nobody_reads(made: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("asset;Warranty\nA-1;2 years\n")
    made("lot", "create", "L-1", "--donor", "Mairie")
    told = made("lot", "import", "L-1", str(tmp_path / "list.csv"))
    assert "columns that are not read: Warranty" in told.output


def test_a_password_that_nobody_types_changes_nothing(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.delenv("ETABLI_PASSWORD")
    monkeypatch.setattr("hub.commands.users.getpass", nobody)
    result = made("user", "add", "a@b.example", "--role", "lead")
    assert (result.exit_code, "no password was given: nothing was changed" in result.output) == (1, True)
    assert "a@b.example" not in made("user", "list").output


def test_a_port_beyond_the_last_is_one_sentence(made: Run) -> None:
    result = made("serve", "--port", "65536")
    assert (result.exit_code, "a port is a number from 0 to 65535, not 65536" in result.output) == (1, True)


def test_a_folder_without_hub_says_what_to_do(run: Run) -> None:
    result = run("migrate")
    assert result.exit_code == 1
    assert "etabli-hub init" in result.output


def test_users_tokens_and_lots(made: Run) -> None:
    assert made("user", "add", "lead@x.fr", "--role", "lead").exit_code == 0
    assert made("user", "add", "caf@x.fr", "--role", "donor", "--donor", "CAF").exit_code == 0
    assert "lead@x.fr\tlead" in made("user", "list").output
    assert made("user", "password", "lead@x.fr").exit_code == 0
    assert made("user", "password", "nobody@x.fr").exit_code == 1
    assert len(made("token", "new", "--minutes", "5").output.strip()) == 32
    assert made("lot", "create", "L-1", "--donor", "CAF").exit_code == 0
    assert made("lot", "create", "L-1", "--donor", "CAF").exit_code == 1


def test_lot_import_shows_first_and_writes_later(made: Run, tmp_path: Path) -> None:
    made("lot", "create", "L-1", "--donor", "CAF")
    file = tmp_path / "list.csv"
    file.write_bytes("étiquette;type\nA-1;portable\nA-1;portable\n".encode())
    dry = made("lot", "import", "L-1", str(file), "--dry-run", "--json")
    wet = made("lot", "import", "L-1", str(file), "--json")
    assert json.loads(dry.output) == json.loads(wet.output)
    assert [row["outcome"] for row in json.loads(wet.output)["rows"]] == ["created", "rejected"]
    assert "1 matched" in made("lot", "import", "L-1", str(file)).output
    assert made("lot", "import", "L-9", str(file)).exit_code == 1


def test_migrate_rebuild_reads_everything_again(made: Run) -> None:
    assert "0 statements read again" in made("migrate", "--rebuild").output


def test_the_backup_is_a_whole_database(made: Run, tmp_path: Path) -> None:
    made("lot", "create", "L-1", "--donor", "CAF")
    copy = tmp_path / "copy.db"
    assert made("backup", str(copy)).exit_code == 0
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT code FROM lot").fetchall() == [("L-1",)]
    assert made("backup", str(copy)).exit_code == 1


def test_the_export_holds_every_envelope_byte_for_byte(
    world: Any, settings: Settings, run: Run, tmp_path: Path
) -> None:
    bench = world.bench()
    envelopes = [bench.erasure(station="café") for _ in range(3)]
    for envelope in envelopes:
        bench.put(envelope)
    from hub.ledger.export import exported_lines

    with world.hub.sessions()() as session:
        lines = list(exported_lines(session))
    assert [line["envelope"].encode() for line in lines] == [envelope.data for envelope in envelopes]
    assert [line["id"] for line in lines] == [envelope.id for envelope in envelopes]


def test_export_writes_json_lines_and_never_over_a_file(made: Run, tmp_path: Path) -> None:
    assert made("export", str(tmp_path / "ledger.jsonl")).exit_code == 0
    assert (tmp_path / "ledger.jsonl").read_text() == ""
    assert made("export").output == ""


@pytest.mark.parametrize("command", ["export", "backup"])
def test_a_file_that_cannot_be_made_is_told_in_one_line(made: Run, tmp_path: Path, command: str) -> None:
    result = made(command, str(tmp_path / "nowhere" / "file"))
    assert result.exit_code == 1
    assert str(tmp_path / "nowhere" / "file") in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["user"], ["token"], ["lot"], ["init"], ["serve"], ["migrate"], ["backup"]])
def test_every_command_has_help(run: Run, words: list[str]) -> None:
    assert run(*words, "--help").exit_code == 0


def test_an_account_is_closed_and_opened_again(made: Run) -> None:
    assert made("user", "add", "lou@hub.test", "--role", "lead").exit_code == 0
    assert made("user", "close", "lou@hub.test").output == "account closed\n"
    assert made("user", "list").output.rstrip().endswith("closed account")
    assert made("user", "reopen", "lou@hub.test").exit_code == 0
    assert made("user", "list").output.rstrip().endswith("active")
    assert made("user", "close", "nobody@hub.test").exit_code == 1


def test_badges_and_policies_are_handed_to_the_benches(made: Run, tmp_path: Path) -> None:
    assert made("user", "add", "lou@hub.test", "--role", "technician").exit_code == 0
    assert made("user", "badge", "lou@hub.test", "a" * 64).output == "badge kept\n"
    assert made("user", "badge", "lou@hub.test").output == "badge void\n"
    assert made("user", "badge", "lou@hub.test", "1234").exit_code == 1
    file = tmp_path / "policy.toml"
    file.write_text('[own]\nversion = 1\nmethods = ["overwrite.zeros"]\nverification = "full"\n', encoding="utf-8")
    assert "every bench gets it" in made("policy", "publish", str(file)).output
    assert "handed out no more" in made("policy", "withdraw", "own").output
    assert made("policy", "withdraw", "own").exit_code == 1


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    found = Settings.from_environment(
        None,
        {
            "ETABLI_HUB_DATA": str(tmp_path),
            "ETABLI_PUBLIC_URL": "https://hub.example/",
            "ETABLI_TWO_PEOPLE": "1",
            "ETABLI_HIDE_DONORS": "1",
            "ETABLI_POLICIES": "default, zeros",
            "ETABLI_PROTECTED_SERIALS": "S-1",
            "ETABLI_PROXIES": "127.0.0.1, 10.0.0.7",
        },
    )
    assert found == Settings(
        tmp_path,
        f"sqlite:///{tmp_path / 'hub.db'}",
        "https://hub.example",
        two_people=True,
        require_sample=True,
        name_donors=False,
        policies=("default", "zeros"),
        protected_serials=("S-1",),
        proxies=("127.0.0.1", "10.0.0.7"),
    )
    assert found.secure
    with pytest.raises(BadInput):
        Settings.from_environment(tmp_path, {"ETABLI_PUBLIC_URL": "hub.example"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x", "issuer": {"nom": "y"}}'])
def test_a_broken_name_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "hub.json").write_text(text)
    with pytest.raises(NotInitialised):
        open_hub(Settings(tmp_path, "sqlite://"))


def test_a_grade_policy_is_tried_put_in_force_and_taken_back(made: Run) -> None:
    from diagnostics.grading import DEFAULT_POLICY

    run = made
    shown = run("grades", "preview", str(DEFAULT_POLICY))
    assert "etabli-example version 2" in shown.output
    assert run("grades", "apply", str(DEFAULT_POLICY)).output.startswith("in force: etabli-example version 2")
    assert "in force" in run("grades", "history").output
    again = run("grades", "apply", str(DEFAULT_POLICY))
    assert again.exit_code == 1
    assert "benches' own grades" in run("grades", "undo").output
    assert "undone" in run("grades", "history").output
