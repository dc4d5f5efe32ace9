"""USB bridges and old adapters, drives reference 5.1: passwords that lock, lost dwords, addresses that wrap."""

from typing import Any

import pytest

from erasure.canaries import _Gardener
from erasure.plan import ErasurePlan, Refusal
from tests.erasure.catalogue.catalogue_bench import Make, Workbench, codes, destructive, kept, succeeded
from tests.erasure.catalogue.guards import ignore_read_back, ignore_survivors, ignore_what_is_missing

ENHANCED = "ata.security.enhanced"
SET_PASSWORD, ERASE_UNIT = 0xF1, 0xF4


def security_commands(report: Any) -> list[int]:
    found = [bytes.fromhex(sent["cdb"]) for sent in destructive(report)]
    return [cdb[14] for cdb in found if cdb[0] == 0x85 and cdb[14] in range(0xF1, 0xF7)]


def test_no_password_is_set_over_a_bridge(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """ATA wiki, udisks #866: the bridge passes SET PASSWORD and refuses ERASE. Control: without the rule it is set."""
    refused = on_bench("usb-sata-sat").plan(wanted=ENHANCED, allowed=ENHANCED)
    assert isinstance(refused, Refusal)
    assert codes(refused) == {"BRIDGE"}

    monkeypatch.setattr("erasure.methods.ata_security.direct", lambda _facts: True)
    report = on_bench("usb-sata-sat").erase(wanted=ENHANCED, allowed=ENHANCED)
    assert security_commands(report)[:2] == [SET_PASSWORD, ERASE_UNIT]


def test_a_password_is_set_only_where_a_person_allowed_it(on_bench: Make) -> None:
    """Section 2.3: ATA Security is opt-in. Control: the same drive with the leave of a person is erased by it."""
    bare = {"ata": {"crypto": False, "block": False}}
    unasked = on_bench("ata-ssd-sanitize", **bare).plan()
    assert isinstance(unasked, ErasurePlan)
    assert unasked.method == "overwrite.keystream"
    named = on_bench("ata-ssd-sanitize", **bare).plan(wanted=ENHANCED)
    assert isinstance(named, Refusal)
    assert codes(named) == {"OPERATOR"}

    report = on_bench("ata-ssd-sanitize", **bare).erase(allowed=ENHANCED)
    assert security_commands(report) == [SET_PASSWORD, ERASE_UNIT]
    assert succeeded(report)


def test_a_bridge_that_passes_nothing_caps_the_level_at_clear(on_bench: Make) -> None:
    """smartmontools (252 entries), US_FL_NO_ATA_1X: no ATA pass-through. Control: a bridge that passes earns Purge."""
    deaf = on_bench("usb-bridge-no-passthrough").plan()
    assert isinstance(deaf, ErasurePlan)
    assert (deaf.method, str(deaf.level)) == ("overwrite.keystream", "CLEAR")
    hearing = on_bench("usb-sata-sat").plan()
    assert isinstance(hearing, ErasurePlan)
    assert (hearing.method, str(hearing.level)) == ("ata.sanitize.block", "PURGE")


def test_no_firmware_erase_is_planned_through_a_usb_nvme_bridge(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """smartmontools #304, opensea-transport #35: dwords are dropped, so a Format arrives with SES 0 and succeeds.

    Control: without the rule it goes out, every status is good, and only the marks tell; those ignored: ERASED.
    """
    usb: dict[str, Any] = {"bus": "usb", "bridge": "DEMO Bridge", "vices": ["garbles"]}
    capped = on_bench("nvme-format-only", **usb).plan()
    assert isinstance(capped, ErasurePlan)
    assert (capped.method, str(capped.level)) == ("overwrite.keystream", "CLEAR")

    report = on_bench("nvme-format-only", vices=["garbles"]).erase()
    assert [int(sent["cdw10"]) >> 9 & 7 for sent in destructive(report)] == [2]
    assert (str(report.verdict), codes(report)) == ("FAILED", {"CANARY_SURVIVED"})

    ignore_survivors(monkeypatch)
    bench = on_bench("nvme-format-only", vices=["garbles"])
    before = bench.content()
    assert succeeded(bench.erase())
    assert kept(before, bench.content()) > 0.5


@pytest.mark.parametrize("serial", ["152D00539000", "000000000000", "0123456789ABCDEF0"])
def test_a_serial_that_many_bridges_share_names_no_drive(on_bench: Make, serial: str) -> None:
    """rockstor #2316, unassigned.devices #66, openmediavault #665. Control: the bridge's own serial is planned."""
    dock = {"ata": {"bridge_serial": serial}}
    refused = on_bench("usb-bridge-no-passthrough", **dock).plan()
    assert isinstance(refused, Refusal)
    assert codes(refused) == {"IDENTITY"}
    own = on_bench("usb-bridge-no-passthrough").plan()
    assert isinstance(own, ErasurePlan)


def test_a_serial_that_changes_meanwhile_is_not_the_same_drive(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe #630, openmediavault #901: another serial at run time. Control: not compared at the end, it is ERASED."""
    report = on_bench("nvme-sanitize-all", nvme={"sanitize": ["block"]}, vices=["renames"]).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"IDENTITY"})
    monkeypatch.setattr("erasure.verdict._lost_continuity", lambda _proof: iter(()))
    blind = on_bench("nvme-sanitize-all", nvme={"sanitize": ["block"]}, vices=["renames"]).erase()
    assert str(blind.verdict) == "ERASED"


def wrapping(on_bench: Make) -> Workbench:
    """A drive of 400 KiB whose bridge counts to 300 KiB."""
    return on_bench("usb-wraps-at-2-tib", ata={"wrap_bytes": 300 * 1024})


def test_addresses_that_begin_again_are_found_by_the_read_back(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe #542: capped at 2 TB; old adapters wrap at 2.1 TB. Control: nothing compared, and the rest is "erased"."""
    report = wrapping(on_bench).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"MISMATCH"})
    ignore_read_back(monkeypatch)
    assert succeeded(wrapping(on_bench).erase())


def test_zeros_do_not_hide_that_addresses_begin_again(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with zeros, which look alike at every address: marks first. Control: unprobed, it is a success."""
    report = wrapping(on_bench).erase(policy="zeros")
    assert not succeeded(report)
    monkeypatch.setattr("erasure.probe.AddressProbe.carry_out", lambda _probe: ())
    monkeypatch.setattr("erasure.probe.AddressProbe.tail_stands", lambda _probe: None)
    ignore_what_is_missing(monkeypatch)
    bench = wrapping(on_bench)
    before = bench.content()
    assert succeeded(bench.erase(policy="zeros"))
    assert kept(before[300 * 1024 :], bench.content()[300 * 1024 :]) == 1.0


def test_marks_show_wrapping_addresses_before_a_sanitize(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """LBA-tagged canaries, 5.1. Control: without the comparison of places the command goes out all the same."""
    wraps: dict[str, Any] = {"vices": ["wraps"], "ata": {"crypto": False, "wrap_bytes": 300 * 1024}}
    report = on_bench("ata-ssd-sanitize", **wraps).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"SIZE"})
    assert destructive(report) == []

    monkeypatch.setattr(_Gardener, "count", lambda _self, _disk, taken: (taken, None))
    assert len(destructive(on_bench("ata-ssd-sanitize", **wraps).erase())) == 1
