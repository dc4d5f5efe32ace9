"""A line that only makes sense on one machine is found; ordinary lines are not."""

from pathlib import Path

import pytest

from tests.lint import host_paths

EXTRA, REGISTRY = "extra-index", "pythonhosted"  # never in one piece: the rule holds here too


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("see /home/alice/etabli", "a path of one machine"),
        ("in /root/notes", "a path of one machine"),
        ("open('/tmp/bench/x.img')", "a scratch folder"),
        (f"--{EXTRA}-url https://example.org", "a package index"),
        (f"url = https://files.{REGISTRY}.org/x", "a registry host"),
        ("# TODO later", "an unfinished thought"),
        ("raise NotImplementedError", "an unfinished thought"),
    ],
)
def test_a_line_of_one_machine_is_found(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "notes.md").write_text(f"first\n{line}\n")
    assert host_paths.problems(tmp_path) == [f"notes.md:2: {what}"]


@pytest.mark.parametrize(
    "line",
    ["/var/lib/etabli", "https://example.org/home/x", "~/.config/etabli", "/dev/loop0", "a simple/ path", "/tmp"],
)
def test_an_ordinary_line_is_left_alone(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.md").write_text(line + "\n")
    assert host_paths.problems(tmp_path) == []


def test_a_picture_is_not_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\xff/home/alice")
    assert host_paths.problems(tmp_path) == []
