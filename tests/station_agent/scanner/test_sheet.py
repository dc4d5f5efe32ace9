"""The sheet beside the bench: every code on it is read by an independent decoder and understood by this bench."""

import shutil
from pathlib import Path

import pytest

from station_agent.language import voice
from station_agent.scanner.codes import Code, Kind, read_code
from station_agent.scanner.own_codes import SheetCommand
from station_agent.scanner.sheet import COMMANDS, Badge, sheet_pdf
from tests.station_agent.labels.faces import codes_on

POPPLER = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed")
BADGES = [Badge(f"op-{n}", f"TOKEN{n}" + "X" * 10) for n in range(1, 10)]


def test_every_command_stands_on_the_sheet() -> None:
    assert set(COMMANDS) == set(SheetCommand)


@pytest.mark.world
@POPPLER
def test_the_sheet_is_read_back_whole(tmp_path: Path) -> None:
    read = [read_code(text) for text in codes_on(sheet_pdf(voice("fr", {}), BADGES), tmp_path, 150)]
    assert {code for code in read if isinstance(code, Code)} == {
        Code(Kind.TEST, "AZ09-"),
        *(Code(Kind.COMMAND, command) for command in SheetCommand),
    }
    assert len(read) == len(SheetCommand) + 1


@pytest.mark.world
@POPPLER
def test_badges_are_read_back_also_the_ninth_on_a_page_of_its_own(tmp_path: Path) -> None:
    pdf = sheet_pdf(voice("en", {}), BADGES)
    pages = [{read_code(text) for text in codes_on(pdf, tmp_path, 220, page)} for page in (2, 3)]
    tokens = [Code(Kind.OPERATOR, badge.token) for badge in BADGES]
    assert pages == [set(tokens[:8]), set(tokens[8:])]
