"""No line of `disks`, `plan`, `erase` and `report` is wider than the 80 columns of a console, in either language."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from station_agent.columns import asked_width

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.world
FIXTURES = Path(__file__).parents[2] / "hardware-fixtures" / "drives"
ERASED = (  # each kind of outcome, with few bytes
    *("nvme-two-namespaces", "nvme-one-namespace-eraser", "ata-hdd-dco-frozen", "ata-ssd-lies", "ata-ssd-locked"),
    *("emmc-boot-partitions", "nvme-zero-log", "usb-wraps-at-2-tib", "sas-520-byte-sectors"),
)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def bench(folder: Path, names: list[str]) -> Path:
    drives = [f'[[drives]]\nname = "{name}"\nfixture = "{FIXTURES / name}"\n' for name in names]
    file = folder / "all.toml"
    file.write_text('schema = "etabli.bench-file/1"\nname = "all"\n' + "".join(drives), encoding="utf-8")
    return file


def too_wide(*texts: str) -> list[str]:
    return [line for text in texts for line in text.splitlines() if len(line) > 80]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_fixture_is_shown_and_planned_within_eighty_columns(run: Run, tmp_path: Path, lang: str) -> None:
    file = bench(tmp_path, sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir()))
    drives = json.loads(run("disks", "--bench", file, "--json")[1])["drives"]
    assert len(drives) > 40
    for call in (["disks"], ["plan", *(drive["path"] for drive in drives)]):
        for policy in ("purge-preferred", "purge-required"):
            _, out, err = run(*call, "--bench", file, "--lang", lang, "--policy", policy)
            assert out.count("\n") > len(drives)
            assert too_wide(out, err) == []
            assert "’" not in out, "one kind of apostrophe at the bench"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_comes_of_a_drive_and_its_report_stay_within_eighty_columns(run: Run, tmp_path: Path, lang: str) -> None:
    file = bench(tmp_path, list(ERASED))
    drives = json.loads(run("disks", "--bench", file, "--json")[1])["drives"]
    call = ("--bench", file, "--lang", lang)
    serials = sorted({drive["serial"] for drive in drives})
    _, out, err = run("erase", *(drive["path"] for drive in drives), "--confirm", *serials, *call)
    assert too_wide(out, err) == []
    assert "’" not in out
    assert out.count("  > ") > len(ERASED)
    for name in ("nvme-two-namespacesn1", "ata-ssd-lies", "emmc-boot-partitions"):
        _, out, err = run("report", name, *call)
        assert len(out.splitlines()) > 20
        assert too_wide(out, err) == []
        assert "’" not in out


@pytest.mark.parametrize(("told", "width"), [("80", 80), ("", 0), ("x", 0), ("-1", 0), ("9" * 5000, 0), ("\u0668", 0)])
def test_a_width_that_nobody_means_asks_for_none(told: str, width: int) -> None:
    assert asked_width({"COLUMNS": told}) == width
