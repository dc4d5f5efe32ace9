"""The reference follows --help: a new option that is not written down is found."""

from pathlib import Path

import pytest

from tests.lint import command_help

pytestmark = pytest.mark.world

PROJECT = '[project]\nname = "bench"\n[project.scripts]\nbench-tool = "bench.__main__:main"\n'
PROGRAM = """
import sys
from typing import Annotated

from certificates.command_line import Argument, Command, Option, Program

def disks({option}) -> None:
    pass

def erase(device: Annotated[str, Argument("DEVICE", help="Which.")]) -> None:
    pass

COMMANDS = {{"disks": Command("Drives that are seen.", lambda: disks), "erase": Command("Erase one.", lambda: erase)}}

def main():
    sys.exit(Program("bench-tool", "A bench.", COMMANDS).run(sys.argv[1:], {{}}, "en", str))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__main__.py").write_text(PROGRAM.format(option=""))
    (tmp_path / "bench" / "README.md").write_text("# bench\n\nText.\n")
    return tmp_path


def test_a_written_reference_is_accepted_and_names_every_command(root: Path) -> None:
    command_help.write(root)
    text = (root / "bench" / "README.md").read_text()
    assert command_help.problems(root) == []
    assert text.startswith("# bench\n\nText.\n\n## Commands\n")
    for command in ("bench-tool --help", "bench-tool disks --help", "bench-tool erase --help"):
        assert f"$ {command}\n" in text


def test_a_new_option_that_is_not_written_down_is_found(root: Path) -> None:
    command_help.write(root)
    (root / "bench" / "__main__.py").write_text(
        PROGRAM.format(option='allow_loop: Annotated[bool, Option("--allow-loop", help="Loops.")] = False')
    )
    assert command_help.problems(root) == [
        "bench/README.md: the commands of bench-tool differ from --help; run make docs"
    ]


def test_writing_again_keeps_what_stands_around_the_reference(root: Path) -> None:
    command_help.write(root)
    readme = root / "bench" / "README.md"
    readme.write_text(readme.read_text() + "\n## After\n")
    before = readme.read_text()
    command_help.write(root)
    assert readme.read_text() == before


def test_a_script_without_a_program_is_told(root: Path) -> None:
    (root / "bench" / "__main__.py").unlink()
    assert command_help.problems(root) == ["bench: bench-tool has no __main__.py"]
