"""Every command of the hub speaks the language that was asked for: by --lang, by ETABLI_LANG, by the locale."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from certificates.command_line import Group
from diagnostics.grading import DEFAULT_POLICY
from hub.commands.refusals import REFUSALS, refusal_words
from hub.commands.root import PROGRAM, main

Run = Callable[..., tuple[int, str, str]]
OF_COMPROMISE = ("--last-good-seq", "1", "--last-good-index", "1")
# command, words of the refusal in English, in French; every one in a folder that holds no hub unless it says more
CALLS = (
    (("init", "--issuer", " "), "a hub needs a name and an issuer", "il faut à un serveur un nom et un émetteur"),
    (("serve",), "holds no hub: run", "ne contient pas de serveur\u00a0: lancez"),
    (("migrate",), "holds no hub: run", "ne contient pas de serveur\u00a0: lancez"),
    (("export",), "holds no hub: run", "ne contient pas de serveur\u00a0: lancez"),
    (("backup", "{file}"), "exists already", "existe déjà"),
    (("restore", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("user", "add", "x", "--role", "lead"), "holds no hub", "ne contient pas de serveur"),
    (("user", "list"), "holds no hub", "ne contient pas de serveur"),
    (("user", "password", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "close", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "link", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "codes-off", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "reopen", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "badge", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("user", "provider", "x@y.fr"), "holds no hub", "ne contient pas de serveur"),
    (("token", "new"), "holds no hub", "ne contient pas de serveur"),
    (("tidy",), "holds no hub", "ne contient pas de serveur"),
    (("lot", "create", "L-1", "--donor", "CAF"), "holds no hub", "ne contient pas de serveur"),
    (("lot", "import", "L-1", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("grades", "preview", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("grades", "apply", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("grades", "undo"), "holds no hub", "ne contient pas de serveur"),
    (("grades", "history"), "holds no hub", "ne contient pas de serveur"),
    (("policy", "sign", "{file}", "{file}.signed"), "is no TOML", "n’est pas du TOML"),
    (("policy", "publish", "{file}"), "is no TOML", "n’est pas du TOML"),
    (("policy", "withdraw", "own"), "holds no hub", "ne contient pas de serveur"),
    (("import", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("credential", "N-1"), "holds no hub", "ne contient pas de serveur"),
    (("trust", "{file}.new"), "holds no hub", "ne contient pas de serveur"),
    (("log", "fsck"), "holds no hub", "ne contient pas de serveur"),
    (("log", "checkpoint"), "holds no hub", "ne contient pas de serveur"),
    (("log", "freeze"), "holds no hub", "ne contient pas de serveur"),
    (("log", "export", "{file}.new"), "holds no hub", "ne contient pas de serveur"),
    (("log", "serve", "{file}.new", "--port", "70000"), "a port is a number", "un port est un nombre"),
    (("key", "root", "first", "--name", "A"), "nothing was done", "rien n’a été fait"),
    (("key", "root", "new", "--name", "A", "--out", "{file}"), "nothing was done", "rien n’a été fait"),
    (("key", "root", "draft", "{file}.new"), "holds no hub", "ne contient pas de serveur"),
    (("key", "root", "replace", "{file}.new"), "holds no hub", "ne contient pas de serveur"),
    (("key", "root", "add-share", "{file}.new"), "holds no hub", "ne contient pas de serveur"),
    (("key", "root", "sign", "{file}"), "not a root file", "ce n’est pas un fichier racine"),
    (("key", "root", "install", "{file}"), "not a root file", "ce n’est pas un fichier racine"),
    (("key", "registry", "new", "--name", "A", "--out", "{file}"), "nothing was done", "rien n’a été fait"),
    (("key", "registry", "enrol", "--key", "abababab"), "holds no hub", "ne contient pas de serveur"),
    (("key", "registry", "rotate", "--key", "ab", "--replaces", "cd"), "holds no hub", "ne contient pas de serveur"),
    (("key", "registry", "retire", "--key", "abababab"), "holds no hub", "ne contient pas de serveur"),
    (
        ("key", "registry", "compromise", "--key", "ab", "--shard", "2026", *OF_COMPROMISE),
        *("holds no hub", "ne contient pas de serveur"),
    ),
    (
        ("key", "registry", "sign", "{file}", "--key", "{file}", "--by", "x"),
        "no request for a",
        "n’est pas une demande",
    ),
    (
        ("key", "registry", "approve", "{file}", "--key", "{file}", "--by", "x"),
        "no request for a",
        "n’est pas une demande",
    ),
    (("key", "registry", "bring", "{file}"), "holds no hub", "ne contient pas de serveur"),
    (("key", "hub", "new"), "holds no hub", "ne contient pas de serveur"),
    (("key", "hub", "change", "{file}"), "not a root file", "ce n’est pas un fichier racine"),
    (("key", "log", "new"), "holds no hub", "ne contient pas de serveur"),
    (("key", "log", "change"), "nothing was done", "rien n’a été fait"),
    (("key", "status"), "holds no hub", "ne contient pas de serveur"),
    (("key", "sheet", "x", "--pdf", "{file}.pdf"), "no ceremony x", "pas de cérémonie x"),
    (("witness", "init", "a b"), "is no name for a witness", "ne peut pas nommer un témoin"),
    (("witness", "add-log", "foo", "--name", "x"), "this is no key of a log", "ce n’est pas la clé d’un journal"),
    (("witness", "serve"), "there is no witness in", "il n’y a pas de témoin dans"),
    (("witness", "status"), "there is no witness in", "il n’y a pas de témoin dans"),
    (("witness", "check", "{file}"), "there is no witness in", "il n’y a pas de témoin dans"),
    (("witnesses", "add", "https://x", "foo", "--name", "y"), "holds no hub", "ne contient pas de serveur"),
    (("witnesses", "list"), "holds no hub", "ne contient pas de serveur"),
    (("witnesses", "remove", "x"), "holds no hub", "ne contient pas de serveur"),
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in ("ETABLI_DATABASE_URL", "ETABLI_PUBLIC_URL", "ETABLI_DEMO", "ETABLI_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("ETABLI_PASSWORD", "un cheval correct")
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody is there to answer
    monkeypatch.setenv("ETABLI_WITNESS_DATA", str(tmp_path / "witness"))

    def command(*words: str) -> tuple[int, str, str]:
        status = main(["--data", str(tmp_path / "hub"), *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def test_lines_are_broken_for_a_console_of_80_columns(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(DEFAULT_POLICY.read_bytes().replace(b'"etabli-example"', b'"' + b"atelier " * 7 + b'x"'))
    run("init", "--issuer", "Atelier")
    whole = run("grades", "apply", str(file), "--lang", "fr")[1]
    assert max(map(len, whole.splitlines())) > 80  # in a pipe, for programs
    monkeypatch.setenv("COLUMNS", "80")
    said = [run(*words, "--lang", "fr") for words in (
        ("grades", "preview", str(file)), ("grades", "history"), ("grades", "undo"), ("grades", "undo"),
        ("lot", "import", "L" * 30, str(file)), ("migrate", "--rebuild"),
    )]  # fmt: skip
    lines = [line for _status, out, err in said for line in (out + err).splitlines()]
    assert len(lines) > 8
    assert [line for line in lines if len(line) > 80] == []


def every_command(group: Group = PROGRAM, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    named: list[tuple[str, ...]] = []
    for name, entry in group.commands.items():
        named += every_command(entry, (*before, name)) if isinstance(entry, Group) else [(*before, name)]
    return named


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_help_and_a_wrong_call_are_in_the_language_that_was_asked_for(run: Run, words: tuple[str, ...]) -> None:
    name = " ".join(("etabli-hub", *words))
    assert run(*words, "--help", "--lang", "en")[1].startswith(f"Usage: {name}")
    french = run(*words, "--help", "--lang", "fr")[1]
    assert french.startswith(f"Usage\u00a0: {name}")
    assert "Langue des textes." in french
    assert run(*words, "--nonsense", "--lang", "en") == (
        2, "", f"etabli-hub: There is no option --nonsense here.\nHelp: {name} --help\n",
    )  # fmt: skip
    assert run(*words, "--nonsense", "--lang", "fr") == (
        2, "", f"etabli-hub: Il n’y a pas d’option --nonsense ici.\nAide\u00a0: {name} --help\n",
    )  # fmt: skip


@pytest.mark.parametrize(("words", "english", "french"), CALLS, ids=[" ".join(row[0][:2]) for row in CALLS])
def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    run: Run, tmp_path: Path, words: tuple[str, ...], english: str, french: str
) -> None:
    (tmp_path / "file").write_text("= nothing", encoding="utf-8")
    asked = [word.format(file=tmp_path / "file") for word in words]
    for lang, wanted in (("en", english), ("fr", french)):
        status, _, err = run(*asked, "--lang", lang)
        assert (status, wanted in err) == (1, True), err


def test_every_command_is_refused_once_above() -> None:
    assert {row[0][: len(name)] for row in CALLS for name in every_command() if row[0][: len(name)] == name} == set(
        every_command()
    )


def test_the_language_comes_from_the_option_the_variable_the_locale_then_french(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Aide" in run("nothing")[2]
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Help" in run("nothing")[2]
    monkeypatch.setenv("ETABLI_LANG", "fr")
    assert "Aide" in run("nothing")[2]
    assert "Help" in run("nothing", "--lang", "en")[2]
    assert run("init", "--lang", "de", "--issuer", "x")[0] == 2


def test_what_a_command_tells_is_in_that_language(run: Run) -> None:
    assert "serveur créé dans" in run("init", "--issuer", "Atelier", "--lang", "fr")[1]
    assert "les tables sont à jour" in run("migrate", "--lang", "fr")[1]
    assert "tables are up to date" in run("migrate", "--lang", "en")[1]


@pytest.mark.parametrize("sentence", REFUSALS)
def test_every_refusal_is_found_under_its_own_pattern(sentence: str) -> None:
    names = {"folder", "file", "detail", "address", "n", "port", "name", "version", "word", "last", "text", "setting"}
    names |= {"host", "names", "least", "most", "kind", "problems", "role", "option", "signed", "size", "reason"}
    names |= {"origin", "count", "number", "digits", "kid", "state", "index", "shard"}
    facts = {name: f"{name}9" for name in names if f"{{{name}}}" in sentence}
    told = refusal_words(sentence.format(**facts), "fr")
    assert told != sentence.format(**facts)
    assert all(fact in told for fact in facts.values())
    assert refusal_words(sentence.format(**facts), "en") == sentence.format(**facts)
