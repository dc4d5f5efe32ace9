"""A command that is printed works when it is pasted: it has the options of the call that printed it."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from station_agent.repeated import options_given, options_of, repeated

Run = Callable[..., tuple[int, str, str]]
HERE = ("--bench", "my bench.toml", "--state", "/srv/x")
TAIL = "--bench 'my bench.toml' --state /srv/x"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Look: `etabli-station plan sda` names them.", f"Look: `etabli-station plan sda {TAIL}` names them."),
        ("See `etabli-station disks`, then wait.", f"See `etabli-station disks {TAIL}`, then wait."),
        ("Fetch it anew: etabli-station sync", f"Fetch it anew: etabli-station sync {TAIL}"),
        ("the same `etabli-station erase` comes back", "the same `etabli-station erase` comes back"),
        ("choose another policy: `--policy zeros`", "choose another policy: `--policy zeros`"),
        (
            "Go on: etabli-station erase sda --confirm A --bench b.toml",
            "Go on: etabli-station erase sda --confirm A --bench b.toml --state /srv/x",
        ),
    ],
)
def test_options_come_into_every_command_that_can_be_pasted(sentence: str, told: str) -> None:
    assert repeated(sentence, HERE) == told
    assert repeated(told, HERE) == told, "once is enough"


def test_without_options_a_sentence_stays_and_a_loop_is_allowed_again() -> None:
    assert repeated("`etabli-station plan sda`", ()) == "`etabli-station plan sda`"
    assert repeated("`etabli-station plan /dev/loop3`", ()) == "`etabli-station plan /dev/loop3 --allow-loop`"
    assert repeated("`etabli-station unlock /dev/loop3 --confirm x`", ()).endswith("--confirm x`"), "it takes none"


def test_only_what_was_given_is_repeated() -> None:
    assert options_of(None, None) == ()
    assert options_of(Path("b.toml"), None) == ("--bench", "b.toml")
    assert options_given(["plan", "sda", "--state=/x", "--bench", "b.toml"]) == ("--bench", "b.toml", "--state", "/x")
    assert options_given(["plan", "--bench"]) == options_given([]) == ()


LOCKED = """
schema = "etabli.bench-file/1"
name = "locked"
[[drives]]
name = "d"
bus = "ata"
model = "DEMO"
serial = "DEMO 1"
size_bytes = 1048576
vices = ["locked"]
[drives.ata]
security = true
"""


@pytest.mark.world
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_remedy_of_a_plan_can_be_pasted(run: Run, tmp_path: Path, lang: str) -> None:
    file, state = tmp_path / "a bench.toml", tmp_path / "elsewhere"
    file.write_text(LOCKED, encoding="utf-8")
    _, out, _ = run("plan", "d", "--bench", file, "--state", state, "--lang", lang)
    (command,) = re.findall(r"`(etabli-station unlock [^`]+)`", out)
    name, *words = shlex.split(command)
    assert name == "etabli-station"
    assert words == ["unlock", "sim:d", "--confirm", "DEMO 1", "--bench", str(file), "--state", str(state)]
    _, _, err = run(*words)
    assert "[usage]" not in err, "the call is understood and its drive is found"


@pytest.mark.world
def test_an_error_names_its_way_out_with_the_same_options(run: Run, bench_file: Path, tmp_path: Path) -> None:
    state = tmp_path / "elsewhere"
    state.mkdir()
    (state / "assignments.json").write_text("no list", encoding="utf-8")
    _, _, err = run("disks", "--bench", bench_file, "--state", state)
    assert f"`etabli-station sync --bench {bench_file} --state {state}`" in err
