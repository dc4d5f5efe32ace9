"""EA-09: short transfers, EINTR and EAGAIN: every byte is covered all the same."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import EACH_METHOD, SUCCESS, attempt
from tests.erasure.plans.lottery import Part

RUDE: dict[str, tuple[dict[str, Any], ...]] = {
    "one sector": ({"kind": "short-io", "count": 1},),
    "odd": ({"kind": "short-io", "count": 7},),
    "interrupted": ({"kind": "interrupted-io"},),
    "both": ({"kind": "short-io", "count": 3}, {"kind": "interrupted-io"}),
}


@EACH_METHOD
@pytest.mark.parametrize("rude", RUDE)
def test_every_byte_is_covered(tmp_path: Path, table: dict[str, Any], method: str, rude: str) -> None:
    tried = attempt(tmp_path, table, method, Part(RUDE[rude]))
    assert (tried.verdict in SUCCESS, tried.objections) == (True, [])
