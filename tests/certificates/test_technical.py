"""What parsers, SQLite and the system refuse is said in French, with their own words in parentheses: real refusals."""

import json
import os
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from certificates.errors import TrustError
from certificates.trust import Trust
from certificates.wording.error_details import error_words


def refusal(of: Callable[[], object]) -> str:
    with pytest.raises((ValueError, sqlite3.Error, OSError, TrustError)) as caught:
        of()
    return str(caught.value)


def no_database(folder: Path) -> sqlite3.Connection:
    path = folder / "text"
    path.write_text("no database at all, " * 100)
    return sqlite3.connect(path)


def other_form() -> object:
    return sqlite3.connect(":memory:").execute("SELECT * FROM run")


READS: dict[str, tuple[Callable[[Path], object], str]] = {
    "toml": (lambda _: tomllib.loads('a = 1\nb = "x\ny"'), "ce n’est pas du TOML à la ligne 2, colonne "),
    "half a toml": (lambda _: tomllib.loads("a = ["), " TOML "),
    "json": (lambda _: json.loads("{]"), "ce n’est pas du JSON à la ligne 1, colonne 2 ("),
    "no text": (lambda _: b"ab\xff".decode(), "ce n’est pas du texte UTF-8 à partir de l’octet 2 ("),
    "no database": (lambda folder: no_database(folder).execute("SELECT 1 FROM a"), "pas une base de données ("),
    "no folder": (lambda folder: sqlite3.connect(folder / "a/b"), "la base de données ne peut pas être ouverte ("),
    "other form": (lambda _: other_form(), "la base de données n’a pas la forme que ce programme lui a donnée ("),
    "trust": (lambda _: Trust.from_json(b"{}"), "un fichier de confiance\u00a0: le membre hub manque (hub: missing)"),
}


@pytest.mark.parametrize("name", READS)
def test_a_refusal_is_said_in_french_with_its_own_words_after(tmp_path: Path, name: str) -> None:
    read, french = READS[name]
    english = refusal(lambda: read(tmp_path))
    told = error_words(english, "fr")
    assert french in told
    assert told.endswith(f"({english.removeprefix('not a trust file: ')})")
    assert error_words(english, "en") == english


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("database disk image is malformed", "la base de données est abîmée"),
        ("disk I/O error", "le support ne se laisse ni lire ni écrire"),
        ("database or disk is full", "il n’y a plus de place sur le support"),
        ("database is locked", "un autre programme se sert de la base de données"),
        ("attempt to write a readonly database", "la base de données est en lecture seule"),
        ("Could not decode to UTF-8 column 'data' with text 'x'", "la base de données est abîmée"),
        ("Connection refused", "rien ne répond à cette adresse"),
        (os.strerror(87), "le système refuse"),
    ],
)
def test_what_is_hard_to_provoke_is_said_too(english: str, french: str) -> None:
    assert error_words(english, "fr") == f"{french} ({english})"


def test_an_error_with_its_number_is_said_whole() -> None:
    assert error_words("[Errno 111] Connection refused", "fr") == (
        "[Errno 111] rien ne répond à cette adresse (Connection refused)"
    )


@pytest.mark.parametrize("text", ["", "x" * 100_000, "a: b", "line 1 column 1", "(at line 1, column 2)", "\0" * 5000])
def test_what_nobody_knows_stays_letter_for_letter(text: str) -> None:
    assert error_words(text, "fr") == text
