"""A run that waits for its drive to be switched off and on says so until that was done, and then goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.last_document import last_document

pytestmark = pytest.mark.world
BENCH = """
schema = "etabli.bench-file/1"
name = "h"
[[drives]]
name = "hdd"
bus = "ata"
model = "DEMO H"
serial = "DEMO-H"
wwn = "5000000000000097"
size_bytes = 1048576
power = {power}
vices = ["keeps-size"]
[drives.ata]
native_bytes = 2097152
"""


def test_a_run_waits_for_the_power_and_goes_on_afterwards(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "h.toml"
    call = ("erase", "hdd", "--confirm", "DEMO-H", "--bench", file)
    told = []
    for power in (1, 1, 2):
        file.write_text(BENCH.format(power=power), encoding="utf-8")
        status, out, _ = run(*call, "--json")
        [drive] = last_document(out)["drives"]
        told.append((status, drive["state"], drive["verdict"], drive["resumed"]))
    assert told == [(22, "power-cycle", None, False), (22, "power-cycle", None, True), (0, "closed", "ERASED", True)]
