"""`etabli-hub witness` and `witnesses`: made, told and compared on the command line, without a hub."""

import json
import os
from pathlib import Path

import pytest

from hub.commands.root import main
from hub.witness.cosigning import open_witness
from tests.hub.witness.logs import OtherLog

NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETABLI_WITNESS_DATA", str(tmp_path / "w"))
    monkeypatch.setenv("ETABLI_HUB_DATA", str(tmp_path / "no-hub"))
    monkeypatch.setenv("ETABLI_LANG", "en")
    return tmp_path / "w"


def test_a_witness_is_made_told_and_asked_without_a_hub(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = OtherLog().grow(5)
    assert main(["witness", "init", "temoin.example/w1"]) == 0
    assert "temoin.example/w1+" in capsys.readouterr().out
    assert main(["witness", "init", "temoin.example/w1"]) == 1
    assert main(["witness", "add-log", log.key.vkey, "--name", "Atelier"]) == 0
    witness = open_witness(folder, lambda: NOW)
    witness.add_checkpoint(log.submission(0))
    other = log.fork()
    other.leaves[1] = b"y" * 32
    witness.add_checkpoint(other.submission(5))
    capsys.readouterr()
    assert main(["witness", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["logs"][0]["size"]) == ("etabli.witness/1", 5)
    assert told["logs"][0]["evidence"][0]["told"] == other.note()
    assert main(["witness", "status"]) == 0
    told_in_words = capsys.readouterr().out
    assert "do not continue what was cosigned" in told_in_words
    assert "accuses nobody" not in told_in_words
    assert not (tmp_path / "no-hub").exists()


def test_a_good_checkpoint_that_a_stranger_sends_with_a_bad_proof_accuses_nobody(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = OtherLog().grow(5)
    main(["witness", "init", "temoin.example/w1"])
    main(["witness", "add-log", log.key.vkey])
    witness = open_witness(folder, lambda: NOW)
    witness.add_checkpoint(log.submission(0))
    bad = log.grow(3).submission(5).replace(b"\n", b"\n" + b"A" * 43 + b"=\n", 1)
    assert witness.add_checkpoint(bad).status == 422
    capsys.readouterr()
    assert main(["witness", "status"]) == 0
    told = capsys.readouterr().out
    assert "accuses nobody" in told
    assert "ALARM" not in told
    assert witness.add_checkpoint(log.submission(5)).status == 200


def test_a_checkpoint_of_somebody_else_is_compared_with_what_was_cosigned(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, file = OtherLog().grow(5), tmp_path / "kept.note"
    main(["witness", "init", "temoin.example/w1"])
    main(["witness", "add-log", log.key.vkey])
    open_witness(folder, lambda: NOW).add_checkpoint(log.submission(0))
    other = log.fork()
    other.leaves[1] = b"y" * 32
    for note, status, words in (
        (log.note(), 0, "the same 5 entries"),
        (log.note(3), 0, "never shown 3 entries"),
        (other.note(), 3, "two histories of 5 entries"),
        ("nonsense", 1, "no checkpoint of a log"),
        (log.note().replace("\n5\n", "\n6\n"), 1, "does not hold"),
    ):
        file.write_text(note, encoding="utf-8")
        capsys.readouterr()
        try:
            ended = main(["witness", "check", str(file)])
        except SystemExit as end:
            ended = int(end.code or 0)
        told = capsys.readouterr()
        assert (ended, words in told.out + told.err) == (status, True), told


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_cannot_be_is_refused_in_words(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = {"en": "there is no witness in", "fr": "il n’y a pas de témoin dans"}
    assert main(["witness", "status", "--lang", lang]) == 1
    assert words[lang] in capsys.readouterr().err
    main(["witness", "init", "w"])
    vkey = open_witness(Path(os.environ["ETABLI_WITNESS_DATA"]), lambda: NOW).key.vkey
    assert main(["witness", "add-log", vkey, "--lang", lang]) == 1
    assert main(["witness", "add-log", "nonsense", "--lang", lang]) == 1
