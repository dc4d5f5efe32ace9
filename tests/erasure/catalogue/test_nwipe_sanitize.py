"""nwipe 0.43-dev, drives reference 6.3: states that are none taken for success; other passes told than sent."""

from typing import Any

import pytest

from erasure.methods.ata_sanitize import AtaSanitize
from erasure.methods.protocol import Ticket
from erasure.nvme import commands
from erasure.passes import NOTHING_WRITTEN
from erasure.plan import Refusal
from tests.erasure.catalogue.catalogue_bench import Make, codes, completion_of, destructive, kept, succeeded
from tests.erasure.catalogue.guards import end_ata_sanitizes_well, ignore_survivors, ignore_unreadable_marks

NVME: dict[str, Any] = {"nvme": {"sanitize": ["block"]}}
ATA: dict[str, Any] = {"ata": {"crypto": False}}
STATES = [
    ("nvme-sanitize-all", NVME, "zero-log", "UNCONFIRMED"),  # NEVER_SANITIZED
    ("nvme-sanitize-all", NVME, "forgets", "UNCONFIRMED"),
    ("nvme-sanitize-all", NVME, "sanitize-frozen", "FAILED"),
    ("nvme-sanitize-all", NVME, "fails", "FAILED"),
    ("nvme-sanitize-all", NVME, "resets", "UNCONFIRMED"),
    ("nvme-sanitize-all", NVME, "wrong-action", "FAILED"),
    ("ata-ssd-sanitize", ATA, "zero-log", "UNCONFIRMED"),
    ("ata-ssd-sanitize", ATA, "forgets", "UNCONFIRMED"),
    ("ata-ssd-sanitize", ATA, "fails", "FAILED"),
    ("ata-ssd-sanitize", ATA, "resets", "UNCONFIRMED"),
    ("ata-ssd-sanitize", ATA, "stuck", "UNCONFIRMED"),
]


@pytest.mark.parametrize(("fixture", "tables", "vice", "word"), STATES, ids=[f"{one[0]}-{one[2]}" for one in STATES])
def test_no_state_but_success_is_a_success(
    on_bench: Make, fixture: str, tables: dict[str, Any], vice: str, word: str
) -> None:
    """nwipe: UNKNOWN, NEVER_SANITIZED, FROZEN => SUCCESS. Control: the twin without the vice, in the next test."""
    report = on_bench(fixture, vices=[vice], **tables).erase()
    assert (str(report.verdict), str(report.level)) == (word, "NONE")
    assert report.reasons


@pytest.mark.parametrize(("fixture", "tables"), [("nvme-sanitize-all", NVME), ("ata-ssd-sanitize", ATA)])
def test_the_twin_that_says_success_is_one(on_bench: Make, fixture: str, tables: dict[str, Any]) -> None:
    """The healthy twin of the states above: the same path, ERASED."""
    assert str(on_bench(fixture, **tables).erase().verdict) == "ERASED"


@pytest.mark.parametrize("vice", ["zero-log", "forgets", "resets"])
def test_idle_is_no_success_of_an_ata_sanitize(on_bench: Make, monkeypatch: pytest.MonkeyPatch, vice: str) -> None:
    """nwipe: "no failure" read as success. Control: every end called good, and the marks ignored: ERASED."""
    assert codes(on_bench("ata-ssd-sanitize", vices=[vice], **ATA).erase()) == {"STATUS_UNREADABLE"}
    end_ata_sanitizes_well(monkeypatch)
    ignore_survivors(monkeypatch)
    ignore_unreadable_marks(monkeypatch)  # where it is still at work
    assert succeeded(on_bench("ata-ssd-sanitize", vices=[vice], **ATA).erase())


def test_a_frozen_sanitize_is_refused_and_never_a_success(on_bench: Make) -> None:
    """nwipe: FROZEN => SUCCESS. Control: the same drive thawed is planned."""
    frozen = on_bench("ata-ssd-sanitize", vices=["sanitize-frozen"], **ATA).plan(wanted="ata.sanitize.block")
    assert isinstance(frozen, Refusal)
    assert codes(frozen) == {"FROZEN"}
    assert not isinstance(on_bench("ata-ssd-sanitize", **ATA).plan(wanted="ata.sanitize.block"), Refusal)


def test_an_idle_drive_that_says_success_was_not_sanitized(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe (verified there), drives 3.6: idle drives answer success; here one whose answer to the command was lost.

    Control: a success that nobody saw begin is believed, the marks ignored: ERASED without any erase.
    """
    lost: dict[str, Any] = {"vices": ["idle-success", "hangs"], **ATA}
    report = on_bench("ata-ssd-sanitize", **lost).erase()
    assert len(destructive(report)) == 1
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})

    monkeypatch.setattr(AtaSanitize, "_found_running", lambda self, _port, _doubt: Ticket(self.id, NOTHING_WRITTEN))
    assert codes(on_bench("ata-ssd-sanitize", **lost).erase()) == {"CANARY_SURVIVED"}

    ignore_survivors(monkeypatch)
    bench = on_bench("ata-ssd-sanitize", **lost)
    before = bench.content()
    assert succeeded(bench.erase())
    assert kept(before, bench.content()) > 0.5


def passes_told(raw: dict[str, str]) -> int:
    return int(raw["passes"])


def test_the_passes_on_the_wire_are_the_passes_told(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe: the page says owpass + 1, owpass is sent, 0 means 16. Control: 0 sent, and the two differ."""
    own = {"nvme": {"sanitize": ["overwrite"]}}
    report = on_bench("nvme-sanitize-all", **own).erase()
    (sent,) = destructive(report)
    assert int(sent["cdw10"]) >> 4 & 0xF == passes_told(completion_of(report)["raw"]) == 1

    right = commands.sanitize
    monkeypatch.setattr(commands, "MOST_PASSES", 16)
    monkeypatch.setattr(
        "erasure.methods.nvme_sanitize.sanitize", lambda action, *, purge: right(action, purge=purge, passes=16)
    )
    wrong = on_bench("nvme-sanitize-all", **own).erase()
    (sent, *_) = destructive(wrong)
    assert int(sent["cdw10"]) >> 4 & 0xF != passes_told(completion_of(wrong)["raw"])


@pytest.mark.parametrize(
    ("fixture", "tables", "place"),
    [("ata-hdd-sanitize-overwrite", {}, 6), ("sas-ssd-sanitize", {"scsi": {"overwrite": True}}, None)],
)
def test_an_overwrite_never_asks_for_zero_passes(
    on_bench: Make, fixture: str, tables: dict[str, Any], place: int | None
) -> None:
    """nwipe: 0 on the wire. Control: the SCSI list and the ATA COUNT are read from the trace, and 1 is found there."""
    family = fixture.split("-", 1)[0].replace("sas", "scsi")
    report = on_bench(fixture, **tables).erase(wanted=f"{family}.sanitize.overwrite")
    assert succeeded(report)
    (sent,) = [one for one in destructive(report) if one["port"] == "scsi"]
    if place is not None:
        assert bytes.fromhex(sent["cdb"])[place] & 0x0F == 1
    else:
        announced = [item["data"] for item in report.evidence if item["what"] == "COMMANDED"]
        assert bytes.fromhex(announced[-1]["list"])[0] & 0x1F == 1
