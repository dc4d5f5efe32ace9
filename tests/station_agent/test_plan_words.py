"""A plan promises no more than the method can show: what a drive erases by itself is never "every sector read back"."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

SSD = """
schema = "etabli.bench-file/1"
name = "ssd"
[[drives]]
name = "ssd"
bus = "nvme"
model = "DEMO SSD"
serial = "DEMO-SSD"
size_bytes = 1048576
[drives.nvme]
sanitize = ["block"]
"""


@pytest.mark.parametrize(
    ("policy", "verification", "words"),
    [
        ("purge-preferred", "canaries", "nvme.sanitize.block (by the drive itself; its status and marks looked at"),
        ("overwrite", "full", "overwrite.keystream (every sector read back)"),
    ],
)
def test_a_plan_says_how_it_will_be_proven(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, policy: str, verification: str, words: str
) -> None:
    file = tmp_path / "ssd.toml"
    file.write_text(SSD, encoding="utf-8")
    call = ("plan", "ssd", "--bench", file, "--policy", policy)
    assert json.loads(run(*call, "--json")[1])["drives"][0]["verification"] == verification
    assert words in run(*call)[1]
