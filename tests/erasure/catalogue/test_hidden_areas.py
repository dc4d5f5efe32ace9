"""Areas that a drive hides, drives reference 3.7 and 5.1: unknown is never "none", and nonsense is never a size."""

from typing import Any

import pytest

from erasure.ata import ledger
from erasure.hidden import AreaState
from erasure.nvme.obstacles import left_by_format
from erasure.plan import ErasurePlan, Refusal
from tests.erasure.catalogue.catalogue_bench import Make, destructive, kept, succeeded


def exceptions(report: Any) -> set[str]:
    return {str(reason.code) for reason in report.exceptions}


@pytest.fixture
def nothing_is_hidden(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The defect: what could not be told counts as "none"."""

    def patch() -> None:
        right = ledger.judged

        def wrong(*given: Any) -> AreaState:
            state = right(*given)
            return AreaState.NONE if state is AreaState.UNKNOWN else state

        monkeypatch.setattr(ledger, "judged", wrong)

    return patch


@pytest.mark.parametrize(
    ("fixture", "vices"), [("ata-hdd-dco-frozen", []), ("ata-hdd-sanitize-overwrite", ["hides-native"])]
)
def test_an_area_that_the_drive_does_not_tell_is_an_exception(
    on_bench: Make, nothing_is_hidden: Any, fixture: str, vices: list[str]
) -> None:
    """nwipe #444: "HPA disabled", minus 7814037167 hidden sectors. Control: unknown read as none, and it is ERASED."""
    changes = {"vices": vices} if vices else {}
    report = on_bench(fixture, **changes).erase()
    assert (str(report.verdict), exceptions(report)) == ("ERASED_WITH_EXCEPTIONS", {"HIDDEN_AREA"})
    nothing_is_hidden()
    blind = on_bench(fixture, **changes).erase()
    assert (str(blind.verdict), exceptions(blind)) == ("ERASED", set())


def test_an_hpa_goes_first_and_is_erased_with_the_rest(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """5.1, EA-03: what the host does not see. Control: not restored, it keeps its bytes and is an exception by name."""
    bench = on_bench("ata-hdd-hpa")
    before = bench.content()
    assert str(bench.erase().verdict) == "ERASED"
    assert kept(before, bench.content()) < 0.01

    monkeypatch.setattr("erasure.ata.reading.restorable", lambda _identify, _hidden: False)
    bench = on_bench("ata-hdd-hpa")
    before = bench.content()
    left = bench.erase()
    assert (str(left.verdict), exceptions(left)) == ("ERASED_WITH_EXCEPTIONS", {"HIDDEN_AREA"})
    assert kept(before[-(2 << 20) :], bench.content()[-(2 << 20) :]) == 1.0


def test_format_leaves_unallocated_capacity_and_says_so(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """5.1: UNVMCAP left by Format, and no Purge by it. Control: without the ledger it would be a plain ERASED."""
    report = on_bench("nvme-unallocated-capacity").erase()
    assert (str(report.verdict), str(report.level)) == ("ERASED_WITH_EXCEPTIONS", "CLEAR")
    assert any("unallocated" in reason.detail for reason in report.exceptions)

    monkeypatch.setattr("erasure.methods.nvme_format.left_by_format", lambda _facts: iter(()))
    assert str(on_bench("nvme-unallocated-capacity").erase().verdict) == "ERASED"


@pytest.mark.parametrize("fixture", ["nvme-boot-partitions-rpmb", "emmc-boot-partitions"])
def test_boot_partitions_and_rpmb_are_named_and_never_touched(on_bench: Make, fixture: str) -> None:
    """Blancco KB 11634442, 5.1: they survive, or brick when erased. Control: the twin without them is ERASED."""
    report = on_bench(fixture).erase()
    assert (str(report.verdict), exceptions(report)) == ("ERASED_WITH_EXCEPTIONS", {"HIDDEN_AREA"})
    told = " ".join(reason.detail for reason in report.exceptions)
    assert "RPMB" in told
    assert "boot partition" in told
    bare: dict[str, Any] = {"nvme": {"boot_partition_bytes": 0, "rpmb_units": 0}} if fixture.startswith("nvme") else {}
    bare = bare or {"mmc": {"boot_bytes": 0, "rpmb_bytes": 0}}
    twin = on_bench(fixture, **bare).erase()
    assert str(twin.verdict) == "ERASED"
    assert len(destructive(twin)) == len(destructive(report))


def test_sectors_of_520_bytes_are_refused_and_not_erased_blind(on_bench: Make) -> None:
    """5.1: no usable block capacity, so nothing can be read back. Control: the same drive with 512 is planned."""
    refused = on_bench("sas-520-byte-sectors").plan()
    assert isinstance(refused, Refusal)
    assert [str(reason.code) for reason in refused.reasons] == ["SIZE"]
    assert refused.reasons[0].detail.startswith("sectors of 520 bytes cannot be read back: format the drive to 512")
    usable = on_bench("sas-520-byte-sectors", scsi={"sector": 512}).plan()
    assert isinstance(usable, ErasurePlan)
    assert usable.method == "scsi.sanitize.overwrite"


def test_a_drive_without_hidden_areas_has_none_left_by_format(on_bench: Make) -> None:
    """Control of the ledger above: an ordinary drive has nothing to name."""
    bench = on_bench("nvme-format-only")
    assert list(left_by_format(bench.facts())) == []
    assert succeeded(bench.erase())
