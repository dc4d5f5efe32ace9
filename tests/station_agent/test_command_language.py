"""Every command of the bench speaks the language that was asked for: its help, a wrong call, and a refusal."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from certificates.command_line import Command, Group
from station_agent.app import PROGRAM

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.world
METHODS = re.compile(r"[a-z.,\- ]*ata\.security[a-z.,\- ]*|--[a-z-]+ [a-z]+(\|[a-z]+)+")  # and names to choose from
NO_BENCH = ("--bench", "nowhere.toml")
# command, what it is called with, words of the refusal in English, in French
REFUSALS = (
    (("disks", "--policy", "nope"), "there is no policy 'nope'; there are: ", "il n’y a pas de politique 'nope'"),
    (("plan", "sim:good", "--policy", "nope"), "there is no policy", "il n’y a pas de politique"),
    (("erase", "sim:good", "--policy", "nope"), "there is no policy", "il n’y a pas de politique"),
    (("unfreeze", *NO_BENCH), "cannot be read: No such file", "aucun fichier ni dossier de ce nom"),
    (("unlock", "sim:none"), "no drive sim:none", "sim:none"),
    (("report", "0" * 32), "There are no records", "Il n'y a aucun enregistrement"),
    (("diagnose", *NO_BENCH), "The bench file nowhere.toml cannot be read", "aucun fichier ni dossier de ce nom"),
    (("check", "--chassis", "nope"), "There is no chassis nope", "Il n'y a pas de châssis nope"),
    (
        ("health", "/nowhere"),
        "There is neither a file nor a drive /nowhere",
        "Il n'y a ici ni fichier ni disque /nowhere",
    ),
    (("make-stick", "sim:good"), "Only a real stick can be written", "Seule une vraie clé peut être écrite"),
    (("record", "sim:none", "{folder}"), "sim:none", "sim:none"),
    (("label", "abcdef"), "Say where the label goes", "Dites où va l'étiquette"),
    (("sheet", "--out", "{file}", "--badge", "op-9"), "There is no operator op-9", "Il n'y a pas d'opérateur op-9"),
    (("operator", "remove", "op-9"), "There is no operator op-9", "Il n'y a pas d'opérateur op-9"),
    (("enrol", "--hub", "ftp://x", "--token", "t"), "http", "http"),
    (("log", "show", "--state", "{file}/state"), "cannot keep the state", "ce n’est pas un dossier"),
    (("sync", "--state", "{file}/state"), "Not a directory", "ce n’est pas un dossier"),
    (("outbox", "--state", "{file}/state"), "cannot keep the state", "ce n’est pas un dossier"),
    (("serve", *NO_BENCH), "cannot be read", "aucun fichier ni dossier de ce nom"),
    (("policy", "add", "{file}"), "knows no hub yet", "ne connaît pas encore de serveur"),
    (("export", "{file}"), "There are no records in", "Il n'y a aucun enregistrement"),
    (("receipts", "{file}"), "This bench knows no hub yet", "Ce banc ne connaît"),
    (("restore-copy", "{folder}"), "there is no file", "il n’y a pas de fichier"),
)
REAL = {
    "unfreeze",
    "diagnose",
    "check",
    "serve",
    "health",
    "sync",
    "outbox",
    "enrol",
    "policy",
    "report",
    "operator",
    "log",
}


def every_command() -> list[tuple[str, ...]]:
    named: list[tuple[str, ...]] = [()]
    for name, entry in PROGRAM.commands.items():
        named.append((name,))
        named += [(name, inner) for inner in entry.commands] if isinstance(entry, Group) else []
    return named


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_help_is_wholly_in_the_language_that_was_asked_for(run: Run, words: tuple[str, ...]) -> None:
    status, english, _ = run(*words, "--help", "--lang", "en")
    assert (status, english.startswith("Usage: etabli-station")) == (0, True)
    status, french, _ = run("--lang=fr", *words, "--help")
    assert (status, french.startswith("Usage\u00a0: etabli-station")) == (0, True)
    assert "Affiche cette aide et s’arrête." in french
    told = {line.strip() for line in english.splitlines() if " " in line.strip()}
    same = told & {line.strip() for line in french.splitlines()}
    assert not [line for line in same if not METHODS.fullmatch(line)]


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_a_wrong_call_is_told_in_the_language_that_was_asked_for(run: Run, words: tuple[str, ...]) -> None:
    status, out, err = run(*words, "--nonsense", "--lang", "en")
    assert (status, out) == (2, "")
    name = " ".join(("etabli-station", *words))
    assert err == f"There is no option --nonsense here. [usage]\nHelp: {name} --help\n"
    status, out, err = run(*words, "--nonsense", "--lang", "fr")
    assert (status, out) == (2, "")
    assert err == f"Il n’y a pas d’option --nonsense ici. [usage]\nAide\u00a0: {name} --help\n"


@pytest.mark.parametrize(("words", "english", "french"), REFUSALS, ids=[" ".join(row[0][:2]) for row in REFUSALS])
def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    run: Run, bench_file: Path, tmp_path: Path, *, words: tuple[str, ...], english: str, french: str
) -> None:
    (tmp_path / "file").write_text("{}", encoding="utf-8")
    asked = [word.format(file=tmp_path / "file", folder=tmp_path / "new") for word in words]
    asked += [] if words[0] in REAL or "--bench" in words else ["--bench", str(bench_file)]
    told = {}
    for lang, wanted in (("en", english), ("fr", french)):
        status, _, err = run(*asked, "--lang", lang)
        assert (status, wanted in err) == (2, True), err
        told[lang] = err
    assert told["en"] != told["fr"]


def test_every_command_is_refused_once_above() -> None:
    assert {row[0][0] for row in REFUSALS} == set(PROGRAM.commands)
    assert all(isinstance(entry, Command | Group) for entry in PROGRAM.commands.values())
