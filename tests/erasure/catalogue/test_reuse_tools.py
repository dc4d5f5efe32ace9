"""Tools of reuse workshops, drives reference 6.3: usody, Kramden, WEEE-Open, eReuse, TrueNAS, ironic, dwipe."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from erasure import verification
from erasure.ahead import pieces
from erasure.errors import PolicyError
from erasure.facts import read_facts
from erasure.interlocks import interlocks
from erasure.methods.protocol import Finished, Ticket
from erasure.passes import NOTHING_WRITTEN
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy, parse_policies
from erasure.simulated.assembly import memory_path
from erasure.simulated.firmware import Memory
from erasure.simulated.port import SimulatedOpener
from erasure.transport.ports import CommandPorts
from tests.erasure.catalogue.catalogue_bench import Make, Workbench, codes, completion_of, destructive, succeeded
from tests.erasure.catalogue.guards import GOOD_END, ignore_survivors, ignore_what_is_missing, take_for_success

PLAIN_SSD = "sata-ssd-240"
NVME: dict[str, Any] = {"nvme": {"sanitize": ["block"]}}
ATA: dict[str, Any] = {"ata": {"crypto": False}}
OACS, ONCS = 256, 520


def test_usody_empty_list_of_steps_is_no_success(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """usody-sanitize 0.1.3rc2: all([]) is success. Control: counted as success, nothing sent, ERASED."""
    monkeypatch.setattr("erasure.methods.nvme_format.format_orders", lambda _nvme, _erase: ())
    report = on_bench("nvme-format-only").erase()
    assert destructive(report) == []
    assert (str(report.verdict), codes(report)) == ("FAILED", {"UNSUPPORTED"})

    monkeypatch.setattr("erasure.methods.nvme_format.all_taken", lambda _notes: True)
    monkeypatch.setattr("erasure.methods.nvme_format.erased_on_the_wire", lambda _notes, _erase: True)
    assert codes(on_bench("nvme-format-only").erase()) == {"CANARY_SURVIVED"}
    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("nvme-format-only").erase())


def test_usody_missing_device_is_an_error_and_no_empty_success(on_bench: Make) -> None:
    """usody-sanitize: a missing device passes. Control: the same drive, back again, is opened and says who it is."""
    bench = on_bench("nvme-sanitize-all", **NVME)
    opener, device = SimulatedOpener(bench.drives, bench.folder), bench.facts().device
    leave(bench, "vanishes")
    with pytest.raises(OSError, match="No such device"):
        opener(device)
    leave(bench, "")
    with opener(device) as port:
        assert port.sighting().identity == device.identity


def leave(bench: Workbench, why: str) -> None:
    """Take the drive off the bus, or put it back."""
    Memory.of(memory_path(bench.drives[0], bench.backing())).put(gone=why)


@pytest.mark.parametrize("sector", [512, 4096])
def test_usody_samples_span_the_device_in_every_sector_size(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, sector: int
) -> None:
    """usody-sanitize: sectors taken for bytes, samples in the first 0.195 %; a size mismatch passes (512e, 4Kn).

    Control: samples drawn from the beginning only, and a drive that dropped its second half is a success.
    """
    size = 100 * 4096
    half = size // sector // 2
    geometry = {"logical_sector": sector, "physical_sector": 4096, "size_bytes": size}
    drops = {**geometry, "faults": [{"kind": "drop-writes", "first_lba": half, "count": half}]}
    assert codes(on_bench(PLAIN_SSD, **drops).erase(policy="sample")) == {"MISMATCH"}
    assert succeeded(on_bench(PLAIN_SSD, **geometry).erase(policy="sample"))

    right = verification.sample_lbas
    monkeypatch.setattr(verification, "sample_lbas", lambda *given: tuple(lba // 512 for lba in right(*given)))
    assert succeeded(on_bench(PLAIN_SSD, **drops).erase(policy="sample"))


@pytest.mark.parametrize("vice", ["stuck", "fails", "resets"])
def test_kramden_acceptance_is_not_completion(on_bench: Make, monkeypatch: pytest.MonkeyPatch, vice: str) -> None:
    """Kramden provision 9fbac98: `--sanitize-block-erase` is success on return. Control: not waited for, it is lost."""
    report = on_bench("ata-ssd-sanitize", vices=[vice], **ATA).erase()
    assert len(destructive(report)) == 1
    assert any(item["what"] == "ACCEPTED" for item in report.evidence)
    assert not succeeded(report)

    assert succeeded(on_bench("ata-ssd-sanitize", **ATA).erase())
    monkeypatch.setattr("erasure.methods.ata_sanitize.AtaSanitize.poll", lambda *_given: GOOD_END)
    early = on_bench("ata-ssd-sanitize", **ATA).erase()
    assert not succeeded(early)
    ignore_survivors(monkeypatch)
    monkeypatch.setattr("erasure.canaries._Seeker._read", looked_only)
    assert succeeded(on_bench("ata-ssd-sanitize", vices=[vice], **ATA).erase())


def looked_only(self: Any, *_given: Any) -> bool:
    self._looked += 1
    return False


def test_pesto_one_counted_error_is_enough(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """WEEE-Open pesto: `data-erased=yes` although badblocks counted errors. Control: count not asked for, ERASED."""
    faults = [{"kind": "bad-read", "first_lba": 11, "count": 1}]
    report = on_bench(PLAIN_SSD, faults=faults).erase(policy="overwrite")
    assert (str(report.verdict), codes(report)) == ("FAILED", {"READ_ERROR"})
    assert [(one.first, one.count) for one in report.bad.read] == [(11, 1)]
    ignore_what_is_missing(monkeypatch)
    assert succeeded(on_bench(PLAIN_SSD, faults=faults).erase(policy="overwrite"))


def test_ereuse_erase_that_is_commented_out_is_found(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """eReuse workbench-script d5d932d: the call commented out. Control: survivors ignored, ERASED, nothing sent."""
    monkeypatch.setattr(
        "erasure.methods.nvme_format.NvmeFormat.start", lambda self, _ports, _facts: Ticket(self.id, NOTHING_WRITTEN)
    )
    monkeypatch.setattr("erasure.methods.nvme_format.NvmeFormat.poll", ended_well)
    report = on_bench("nvme-format-only").erase()
    assert destructive(report) == []
    assert (str(report.verdict), codes(report)) == ("FAILED", {"CANARY_SURVIVED"})
    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("nvme-format-only").erase())


def ended_well(*_given: Any) -> Finished:
    return GOOD_END


def test_ereuse_method_follows_from_what_the_drive_says(on_bench: Make) -> None:
    """eReuse: every non-rotational disk gets `nvme format`. Control: an NVMe drive without sanitize does get it."""
    for fixture, method in (
        ("sata-ssd-240", "overwrite.keystream"),
        ("ata-ssd-sanitize", "ata.sanitize.block"),
        ("sas-ssd-sanitize", "scsi.sanitize.block"),
        ("nvme-format-only", "nvme.format.crypto"),
    ):
        planned = on_bench(fixture).plan()
        assert isinstance(planned, ErasurePlan)
        assert planned.method == method


@pytest.mark.parametrize("size", [(2 << 20) + 512, (1 << 20) + 512 * 2047, 512 * 3])
def test_truenas_last_partial_mebibyte_is_written_and_read(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """TrueNAS wipe.py: ASCII "0" (30h), the last partial MiB skipped. Control: whole pieces only, old bytes stay."""
    bench = on_bench(PLAIN_SSD, size_bytes=size)
    assert succeeded(bench.erase(policy="zeros"))
    assert bench.content() == bytes(size)

    def whole_only(first: int, end: int, length: int = 1 << 20) -> Any:
        return (piece for piece in pieces(first, end, length) if piece[1] == length)

    monkeypatch.setattr("erasure.overwrite.pieces", whole_only)
    cut = on_bench(PLAIN_SSD, size_bytes=size)
    assert not succeeded(cut.erase(policy="zeros"))
    assert cut.content() != bytes(size)


def test_truenas_short_writes_are_gone_on_with(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """TrueNAS wipe.py: the return of write ignored. Control: taken for whole, the rest of the drive stays as it was."""
    short = {"faults": [{"kind": "short-io", "count": 1}]}
    assert succeeded(on_bench(PLAIN_SSD, **short).erase(policy="overwrite"))
    monkeypatch.setattr("erasure.transfer.move_all", lambda one, buffer, offset: one(buffer, offset))
    assert codes(on_bench(PLAIN_SSD, **short).erase(policy="overwrite")) == {"MISMATCH"}


def test_truenas_unknown_size_is_no_success(on_bench: Make) -> None:
    """TrueNAS wipe.py: unknown size = success. Control: the drive with a size of its own is planned."""
    lost = on_bench("sas-520-byte-sectors").plan(policy="overwrite")
    assert isinstance(lost, Refusal)
    assert "SIZE" in codes(lost)
    assert isinstance(on_bench("sas-520-byte-sectors", scsi={"sector": 512}).plan(policy="overwrite"), ErasurePlan)


def test_ironic_guard_that_cannot_read_protects_the_disk(machine: Any) -> None:
    """ironic-python-agent: lsblk failed = skipped = success. Control: readable, the idle disk is free."""
    machine.drive("sda", (8, 0), serial="WD-WCC4N0000001")
    device = machine.sight("sda")
    assert interlocks(machine.view, device, allow_loop=False) == ()
    (machine.root / "proc/swaps").unlink()
    assert [reason.code for reason in interlocks(machine.view, device, allow_loop=False)] != []


def test_ironic_empty_list_of_methods_is_refused() -> None:
    """ironic-python-agent: an empty list of steps = success. Control: with one method the policy is read."""
    with pytest.raises(PolicyError):
        parse_policies('[empty]\nversion = 1\nmethods = []\nverification = "full"\n')
    text = '[one]\nversion = 1\nmethods = ["overwrite.zeros"]\nverification = "full"\n'
    assert parse_policies(text)["one"].methods == ("overwrite.zeros",)


def test_dwipe_half_way_is_running(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """dwipe 3.0.2: a wrong enumeration, 50 % => Complete. Control: SSTAT 2 read as success ends the wait too early."""
    slow = {"nvme": {**NVME["nvme"], "seconds": 20.0}}
    report = on_bench("nvme-sanitize-all", **slow).erase()
    assert str(report.verdict) == "ERASED"
    assert "SSTAT 0801h" in completion_of(report)["raw"]["words"]

    take_for_success(monkeypatch, 2)
    early = on_bench("nvme-sanitize-all", **slow).erase()
    assert "SSTAT 0002h" in completion_of(early)["raw"]["words"]
    assert not succeeded(early)


@dataclass
class Announcing:
    """A drive whose Identify Controller has other words at OACS and ONCS."""

    port: Any
    oacs: int
    oncs: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def commands(self) -> CommandPorts:
        return replace(self.port.commands(), nvme=self)

    def namespace_id(self) -> int:
        return 1

    def admin(self, command: Any, **given: Any) -> Any:
        reply = self.port.commands().nvme.admin(command, **given)
        if (command.opcode, command.cdw10) != (0x06, 0x01):
            return reply
        page = bytearray(reply.data)
        page[OACS], page[ONCS] = self.oacs, self.oncs
        return replace(reply, data=bytes(page))


@pytest.mark.parametrize(("oacs", "oncs", "able"), [(0b00, 0b100, False), (0b10, 0b000, True)])
def test_dwipe_format_support_stands_in_oacs_and_not_in_oncs(
    on_bench: Make, oacs: int, oncs: int, *, able: bool
) -> None:
    """dwipe 3.0.2: Format support from ONCS bit 2, which is Dataset Management. Control: OACS bit 1 set."""
    with on_bench("nvme-format-only").open() as port:
        facts = read_facts(Announcing(port, oacs, oncs))
    assert facts.nvme is not None
    assert facts.nvme.format_supported is able
    planned = plan(facts, (), load_policy("purge-preferred"))
    assert isinstance(planned, ErasurePlan)
    assert planned.method.startswith("nvme.format.") is able
