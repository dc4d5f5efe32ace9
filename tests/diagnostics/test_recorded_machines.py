"""Recorded machines and monitors: placeholders and panels, only where the recordings are, and showing paths only."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnostics import edid
from diagnostics.placeholders import is_placeholder, is_placeholder_uuid

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"
PRESENT = (RECORDINGS / "INDEX.tsv").is_file()

pytestmark = pytest.mark.skipif(not PRESENT, reason="recorded hardware data is not present")


def recorded(source: str, tag: str) -> Iterator[tuple[str, str]]:
    with (RECORDINGS / "INDEX.tsv").open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            if entry["path"].startswith(f"{source}/") and tag in entry["tag"]:
                yield entry["path"], (RECORDINGS / entry["path"]).read_text(encoding="utf-8", errors="replace")


def system_words(text: str) -> list[bool]:
    """Say of product name, serial and UUID of the system whether each is a placeholder."""
    system = text.partition("System Information")[2].partition("\nHandle")[0]
    words = dict(re.findall(r"^\s+(Product Name|Serial Number|UUID):[ \t]*(.*)$", system, flags=re.MULTILINE))
    told = [is_placeholder(words.get(name, "")) for name in ("Product Name", "Serial Number")]
    return [*told, is_placeholder_uuid(words.get("UUID", ""))]


def test_machines_tagged_for_their_placeholders_show_at_least_one() -> None:
    unseen = [path for path, text in recorded("linuxhw-dmi", "placeholder-identity") if not any(system_words(text))]
    assert unseen == []


def test_ordinary_laptops_keep_their_product_name() -> None:
    lost = [path for path, text in recorded("linuxhw-dmi", "laptop-ordinary") if system_words(text)[0]]
    assert lost == []


def test_recorded_monitors_decode_to_the_maker_size_and_resolution_that_another_tool_read() -> None:
    seen = 0
    for path, text in recorded("linuxhw-edid", ""):
        rows = re.findall(r"^(?:[0-9a-f]{2} ){15}[0-9a-f]{2}$", text, flags=re.MULTILINE)
        data = bytes.fromhex("".join(rows))
        panel = edid.decode(data, "eDP-1")
        told = re.search(r"DTD +1: +(\d+)x(\d+) .*\((\d+) mm x (\d+) mm\)", text)
        maker = re.search(r"Manufacturer: (\w+)", text)
        assert panel is not None, path
        if told and maker:
            read = (panel.maker, panel.width_px, panel.height_px, panel.width_mm, panel.height_mm)
            assert read == (maker.group(1), *map(int, told.groups())), path
            seen += 1
    assert seen > 10
