"""No changed bundle passes: single bits, and edits at random. `make campaign` tries more.

For the record, hours of all cores: ETABLI_BUNDLES=1000 ETABLI_EDITS=1000000 pytest -m campaign -s of this file. A part:
ETABLI_BUNDLES=400:1000, without the first 400.
"""

import os
import time
from dataclasses import replace

import pytest

from certificates.verdicts import judge
from tests.certificates.attacks import edits, flips, spread, target

FULL = os.environ.get("ETABLI_CAMPAIGN") == "full"
ASKED = [int(word) for word in os.environ.get("ETABLI_BUNDLES", "0").split(":")]  # every bit of each
BUNDLES = range(*ASKED) or range(4)
SHARE = 1 if any(ASKED) else 16 if FULL else 499  # one bit of so many
EDITS = int(os.environ.get("ETABLI_EDITS", "20000" if FULL else "400"))  # in all
EVERYDAY = 89  # one bit of so many
EDITS_OF_ONE = 500


@pytest.mark.parametrize("number", [0, 1])
def test_a_target_is_valid_before_it_is_attacked(number: int) -> None:
    one = target(number)
    assert judge(one.data, one.trust).verdict == "VALID"
    assert one.passes(one.data, 0)
    strict = replace(one, trust=replace(one.trust, quorum=3))
    assert strict.passes(one.data, 0)  # unwitnessed, and no line of a witness explains it
    assert (b"bundle/2" in one.data) == (number == 1) == (len(one.lines) > 0)


@pytest.mark.parametrize("number", [0, 1])
def test_no_flipped_bit_passes(number: int) -> None:
    assert flips(number, EVERYDAY) == 0


@pytest.mark.parametrize("number", [2, 11])
def test_no_edit_at_random_passes(number: int) -> None:
    assert edits(number, EDITS_OF_ONE) == 0


@pytest.mark.campaign
@pytest.mark.timeout(86_400)
def test_no_bit_of_many_bundles_may_be_flipped() -> None:
    begun = time.monotonic()
    found = spread("flips", BUNDLES, SHARE, os.cpu_count() or 1)
    print(f"one bit of {SHARE} in {len(BUNDLES)} bundles: {found['passed']} passed, {time.monotonic() - begun:.0f} s")
    assert found == {"passed": 0, "bundles": len(BUNDLES)}


@pytest.mark.campaign
@pytest.mark.timeout(86_400)
def test_no_edit_of_many_bundles_passes() -> None:
    begun, bundles = time.monotonic(), 100
    found = spread("edits", range(bundles), -(-EDITS // bundles), os.cpu_count() or 1)
    print(f"{EDITS} edits: {found['passed']} passed, {time.monotonic() - begun:.0f} s")
    assert found == {"passed": 0, "bundles": bundles}
