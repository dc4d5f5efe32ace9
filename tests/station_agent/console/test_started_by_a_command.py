"""`etabli-station` without a command: the console of a daemon, or in words how to start one."""

import sys
from pathlib import Path

import pytest

from station_agent.app import main

pytestmark = pytest.mark.world  # it knocks at a socket


@pytest.mark.parametrize(("lang", "words"), [("fr", "Sans service"), ("en", "Without a daemon")])
def test_without_a_daemon_it_says_so_and_names_serve(
    lang: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", lang, "--state", str(tmp_path)])
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert words in said.out
    assert "etabli-station serve" in said.err
    assert "daemon-unreachable" in said.err
    assert "Textual" not in said.out


def test_looking_for_a_daemon_does_not_need_the_screen(tmp_path: Path) -> None:
    loaded = {name for name in sys.modules if name.startswith("station_agent.console.screen_app")}
    with pytest.raises(SystemExit):
        main(["--plain", "--lang", "en", "--state", str(tmp_path)])
    assert {name for name in sys.modules if name.startswith("station_agent.console.screen_app")} == loaded
