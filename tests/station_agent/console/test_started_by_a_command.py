"""`etabli-station` without a command: the console of a daemon; without one the bench in words, and how to start one."""

import sys
from pathlib import Path

import pytest

from station_agent.app import main

pytestmark = pytest.mark.world  # it knocks at a socket
DEMO = Path(__file__).parents[3] / "hardware-fixtures" / "benches" / "demo.toml"


def start(state: Path, lang: str, *more: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*more, "--lang", lang, "--state", str(state), "--bench", str(DEMO)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(("lang", "words"), [("fr", "Aucun service"), ("en", "No daemon of this bench answers")])
def test_without_a_daemon_it_tells_the_bench_in_words_and_names_serve(
    lang: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(tmp_path, lang) == 0
    said = capsys.readouterr()
    assert "DEMO-HDD-0001" in said.out
    assert words in said.err
    assert "`etabli-station serve`" in said.err


def test_a_script_that_finds_no_daemon_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(tmp_path, "en", "--plain") == 2
    said = capsys.readouterr()
    assert "[daemon-unreachable]" in said.err
    assert said.out == ""


def test_looking_for_a_daemon_does_not_need_the_screen(tmp_path: Path) -> None:
    loaded = "station_agent.console.screen_app" in sys.modules
    start(tmp_path, "en", "--plain")
    assert ("station_agent.console.screen_app" in sys.modules) is loaded
