"""Reading a command line: what is asked for is done, anything else is a sentence in the language of the person."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
from babel.messages.pofile import read_po as babel_read_po

from certificates.command_line import Argument, Command, Group, Option, Program, WrongCall, language_asked
from certificates.language import Catalogue, catalogue, read_po

ROOT = Path(__file__).resolve().parents[2]
BOOKS = sorted(ROOT.glob("*/locale/fr.po"))
SEEN: list[dict[str, Any]] = []


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def cut(
    wood: Annotated[str, Argument("WOOD", help="What is cut.")],
    more: Annotated[list[str] | None, Argument("MORE...", help="What else [or *not*].")] = None,
    *,
    size: Annotated[Size, Option("--size", help="How large.")] = Size.SMALL,
    times: Annotated[int, Option("--times", help="How often.")] = 1,
    tag: Annotated[list[str] | None, Option("--tag", help="A tag.", metavar="TAG")] = None,
    dry: Annotated[bool, Option("--dry", help="Only show.")] = False,
    saw: Annotated[str, Option("--saw", help="Which.", envvar="SAW")] = "",
) -> None:
    SEEN.append({"wood": wood, "more": more, "size": size, "times": times, "tag": tag, "dry": dry, "saw": saw})


def polish(
    file: Annotated[Path, Argument("FILE", help="A file.", file=True)], *, by: Annotated[str, Option("--by", help="x")]
) -> None:
    SEEN.append({"file": file, "by": by})


BENCH = Program(
    name="bench",
    about="A bench.",
    commands={
        "cut": Command("Cut [it].", lambda: cut),
        "finish": Group("At the end.", {"polish": Command("Polish.", lambda: polish)}),
    },
    early=frozenset({"--saw"}),
)


@pytest.fixture
def called() -> Callable[..., dict[str, Any]]:
    def call(*words: str, environ: dict[str, str] | None = None) -> dict[str, Any]:
        SEEN.clear()
        assert BENCH.run(words, environ or {}, "en", str) == 0
        return SEEN.pop()

    return call


def refused(words: tuple[str, ...], lang: str) -> tuple[str, str]:
    with pytest.raises(WrongCall) as wrong:
        BENCH.run(words, {}, lang, str)
    return BENCH.told(wrong.value, words, lang)


def test_values_come_as_they_are_declared(called: Any) -> None:
    got = called("cut", "oak", "--size=large", "--times", "3", "--tag", "a", "elm", "--tag", "b", "--dry")
    assert got == {
        "wood": "oak", "more": ["elm"], "size": Size.LARGE, "times": 3, "tag": ["a", "b"], "dry": True, "saw": "",
    }  # fmt: skip


def test_what_is_left_out_has_its_default_and_the_environment_stands_in(called: Any) -> None:
    assert called("cut", "oak", environ={"SAW": "band"})["saw"] == "band"
    assert called("cut", "oak", "--saw", "hand", environ={"SAW": "band"})["saw"] == "hand"
    assert called("--saw", "hand", "cut", "oak")["saw"] == "hand"
    assert called("cut", "--", "--size")["wood"] == "--size"


@pytest.mark.parametrize(
    ("words", "english", "french"),
    [
        (("cat",), "There is no command cat. Did you mean cut?", "Il n’y a pas de commande cat."),
        (("zzz",), "There are: cut, finish.", "Il y a\u00a0: cut, finish."),
        (("finish", "zzz"), "There is no command zzz", "Il n’y a pas de commande zzz"),
        (("cut", "oak", "--tims", "3"), "Did you mean --times?", "Vouliez-vous dire --times\u00a0?"),
        (("cut", "oak", "-x"), "There is no option -x here.", "Il n’y a pas d’option -x ici."),
        (("cut",), "WOOD is missing.", "Il manque WOOD."),
        (("cut", "oak", "--size", "huge"), "choose one of small, large", "choisissez entre small, large"),
        (("cut", "oak", "--times", "often"), "a whole number, not often", "un nombre entier, pas often"),
        (("cut", "oak", "--times", "9" * 400), "a whole number", "un nombre entier"),
        (("cut", "oak", "--times"), "--times needs a value: --times N.", "Il faut une valeur à --times"),
        (("cut", "oak", "--times", ""), "--times needs a value: --times N.", "Il faut une valeur à --times"),
        (("cut", "oak", "--times="), "--times needs a value: --times N.", "Il faut une valeur à --times"),
        (("cut", "oak", "--times", "--dry"), "--times needs a value", "Il faut une valeur à --times"),
        (("cut", "oak", "--dry=yes"), "--dry takes no value.", "--dry ne prend pas de valeur."),
        (("cut", "oak", "--times", "1", "--times", "2"), "given more than once", "donné plusieurs fois"),
        (("finish", "polish", "--by", "x", "/nowhere"), "there is no file /nowhere", "il n’y a pas de fichier"),
        (("finish", "polish", __file__), "--by is missing: --by TEXT.", "Il manque --by\u00a0: --by TEXT."),
        (("finish", "polish", __file__, "y", "--by", "x"), "y is one word too many.", "y\u00a0: c’est un mot de trop."),
        (("cut", "oak", "--\x1b[2J"), "There is no option --?[2J here.", "Il n’y a pas d’option --?[2J ici."),
    ],
)
def test_a_wrong_call_is_a_sentence_in_both_languages(words: tuple[str, ...], english: str, french: str) -> None:
    assert english in refused(words, "en")[0]
    assert french in refused(words, "fr")[0]
    assert refused(words, "fr")[1].startswith("Aide\u00a0: bench ")


def test_help_keeps_brackets_and_stars_and_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, usage in (("en", "Usage: bench cut [OPTIONS] WOOD [MORE...]"), ("fr", "Usage\u00a0: bench cut")):
        assert BENCH.run(["cut", "--help"], {}, lang, str) == 0
        out = capsys.readouterr().out
        assert out.startswith(usage)
        assert "Cut [it]." in out
        assert "What else [or *not*]." in out
        assert max(map(len, out.splitlines())) <= 80
    assert "[par défaut\u00a0: small]" in out
    assert "[lu dans $SAW]" in out


@pytest.mark.parametrize("columns", ["", "0", "1", "-5", "9" * 5000, "\u0668\u0660", "80 "])
def test_a_width_that_nobody_means_is_no_reason_to_crash(columns: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert BENCH.run(["cut", "--help"], {"COLUMNS": columns}, "en", str) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_group_without_a_command_shows_what_it_has_and_counts_as_a_wrong_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert BENCH.run(["finish"], {}, "en", str) == 2
    assert "  polish  Polish." in capsys.readouterr().out


def test_the_language_is_found_before_the_line_is_read() -> None:
    assert [language_asked(words) for words in (["--lang", "en"], ["x", "--lang=fr"], ["--lang"], [])] == [
        "en", "fr", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.parts[-3])
def test_catalogues_are_read_as_babel_reads_them(book: Path) -> None:
    with book.open("rb") as file:
        entries = [one for one in babel_read_po(file, locale="fr", abort_invalid=True) if one.id and not one.fuzzy]
    wanted = {
        one.id if isinstance(one.id, str) else one.id[0]: (one.string,) if isinstance(one.string, str) else one.string
        for one in entries
    }
    assert dict(catalogue(book.parent, "fr").messages) == wanted
    assert len(wanted) > 50


def test_a_catalogue_with_quotes_breaks_fuzzy_and_plural_entries_is_read() -> None:
    text = (
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
        '# a note\nmsgid "say \\"a\\\\nb\\"\\n"\n"more"\nmsgstr "dire \\"a\\\\nb\\"\\n"\n"plus"\n'
        'msgid "one"\nmsgid_plural "{n} many"\nmsgstr[0] "un"\nmsgstr[1] "{n} plusieurs"\n'
        '#, fuzzy\nmsgid "unsure"\nmsgstr "peut-être"\n\nmsgid "empty"\nmsgstr ""\n\n'
        '#~ msgid "old"\n#~ msgstr "vieux"\n'
    )
    found = read_po(text)
    assert found.pop("")[0].startswith("Plural-Forms")
    assert found == {'say "a\\nb"\nmore': ('dire "a\\nb"\nplus',), "one": ("un", "{n} plusieurs")}


@pytest.mark.parametrize("text", ["msgid x\n", 'msgid "a\nmsgstr "b"\n', "nonsense"])
def test_a_broken_catalogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the line itself is the message
        read_po(text)


def test_a_count_takes_the_form_that_the_catalogue_says(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text(
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "{n} drive"\nmsgid_plural "{n} drives"\nmsgstr[0] "{n} disque"\nmsgstr[1] "{n} disques"\n'
    )
    spoken = catalogue(tmp_path, "fr")
    assert [spoken.ngettext("{n} drive", "{n} drives", n) for n in (0, 1, 2)] == ["{n} disque"] * 2 + ["{n} disques"]
    assert Catalogue("en").ngettext("{n} drive", "{n} drives", 0) == "{n} drives"


def test_a_wrong_call_of_the_verifier_is_a_document_when_one_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    from certificates.cli import main

    assert main(["--json", "--lang", "fr"]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "schema": "etabli.error/1",
        "error": {"code": "usage", "message": "Il manque FILE."},
    }
    assert "Aide\u00a0: etabli-verify --help" in told.err
