"""EA-04: the ledger of hidden areas is sane: nothing negative, whole sectors on 512e and 4Kn, else unknown."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erasure.facts import read_facts
from erasure.hidden import AreaState
from tests.erasure.assertions.cases import ATA, NVME, SCSI
from tests.erasure.plans.lottery import Part, Plan
from tests.erasure.plans.table import Table

VICES = st.sets(st.sampled_from(["hides-native", "dco-frozen", "hpa-once", "keeps-size", "no-sense", "fixed-sense"]))


@st.composite
def clipped(draw: st.DrawFn) -> dict[str, Any]:
    sector = draw(st.sampled_from([512, 4096]))
    visible = draw(st.integers(16, 64))
    left = visible + draw(st.sampled_from([0, 0, 1, 5]))
    native = left + draw(st.sampled_from([0, 0, 1, 7]))
    amac = draw(st.booleans())
    limits = {"native_bytes": native * sector, "dco_bytes": left * sector, "amac": amac, "dco": draw(st.booleans())}
    return {
        **ATA,
        "size_bytes": visible * sector,
        "logical_sector": sector,
        "ata": {**ATA["ata"], **limits},
        "vices": sorted(draw(VICES)),
    }


def facts_of(folder: Path, table: dict[str, Any]) -> Any:
    bench = Table(folder, Plan(table, dict(ATA), "purge-preferred", "", (Part(),)))
    for left in folder.iterdir():
        left.unlink()
    with bench.open(Part(), "sda") as port:
        return read_facts(port)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=clipped())
def test_the_ledger_of_a_drive_adds_up_or_is_open(tmp_path: Path, table: dict[str, Any]) -> None:
    facts = facts_of(tmp_path, table)
    hidden, sector = facts.hidden, table["logical_sector"]
    if hidden.native_bytes is not None:
        assert hidden.native_bytes >= facts.size_bytes == table["size_bytes"]
        assert hidden.native_bytes % sector == 0
        assert hidden.native_bytes <= table["ata"]["native_bytes"]
    if hidden.closed and hidden.native_bytes in (None, facts.size_bytes):  # then nothing is hidden
        assert table["ata"]["native_bytes"] == table["size_bytes"] or not table["ata"]["dco"]


@pytest.mark.parametrize(  # a simulated controller answers in the format of its table: it has one case
    ("table", "sector"),
    [(ATA, 512), (ATA, 4096), (SCSI, 512), (SCSI, 4096), (NVME, 512)],
    ids=["ata-512", "ata-4096", "scsi-512", "scsi-4096", "nvme-512"],
)
def test_a_drive_that_hides_nothing_hides_nothing(tmp_path: Path, table: dict[str, Any], sector: int) -> None:
    facts = facts_of(tmp_path, {**table, "size_bytes": 64 * sector, "logical_sector": sector})
    assert facts.hidden.native_bytes in (None, 64 * sector)
    assert AreaState.PRESENT not in (facts.hidden.hpa, facts.hidden.dco, facts.hidden.ama)


@pytest.mark.parametrize("sector", [512, 4096])
def test_a_maximum_below_what_is_visible_is_unknown(tmp_path: Path, sector: int) -> None:
    table = {**ATA, "size_bytes": 64 * sector, "logical_sector": sector, "vices": ["hides-native"]}
    facts = facts_of(tmp_path, table)
    assert AreaState.UNKNOWN in (facts.hidden.hpa, facts.hidden.ama)
