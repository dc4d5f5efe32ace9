"""nwipe's history of overwriting, drives reference 6.3: wrong bytes, too few bytes, read-backs that read nothing."""

from typing import Any, Self

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from erasure import transfer
from erasure.methods.overwriting import Overwriting
from erasure.methods.protocol import Ticket
from erasure.overwrite import WritePass
from erasure.passes import Written
from erasure.pattern import Zeros
from tests.erasure.catalogue.catalogue_bench import Make, Workbench, codes, kept, succeeded
from tests.erasure.catalogue.guards import ignore_read_back, ignore_what_is_missing
from tests.erasure.simulated_bench import Singly

FIXTURE = "sata-ssd-240"
PLAIN = {"policy": "overwrite"}
EARLY_END = 100 * 1024


def must_be(bench: Workbench) -> bytes:
    """The keystream of the run, by other code than the engine's."""
    key = bytes.fromhex(bench.journal.entries[0].data["key"])
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(bench.drives[0].size_bytes))


class EverySecondSector(Singly):
    """A port that writes zeros where every second sector belongs."""

    def __init__(self, port: Any) -> None:
        self.port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        wrong = bytearray(buffer)
        for start in range(512, len(wrong), 1024):
            wrong[start : start + 512] = bytes(512)
        taken: int = self.port.pwrite(memoryview(wrong), offset)
        return taken


def test_the_bytes_on_the_drive_are_those_of_the_method_that_is_named(on_bench: Make) -> None:
    """The healthy twin: every byte is the keystream of the journal's key, the odd last sector too."""
    bench = on_bench(FIXTURE)
    report = bench.erase(**PLAIN)
    assert (str(report.verdict), report.verification.pattern) == ("ERASED", "aes-256-ctr")
    assert bench.content() == must_be(bench)


def test_alternating_zeros_are_no_random_stream(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe #7: every second block zero. Control: nothing compared, and it is ERASED with the wrong bytes."""
    report = on_bench(FIXTURE).erase(wrap=EverySecondSector, **PLAIN)
    assert (str(report.verdict), codes(report)) == ("FAILED", {"MISMATCH"})
    ignore_read_back(monkeypatch)
    bench = on_bench(FIXTURE)
    assert succeeded(bench.erase(wrap=EverySecondSector, **PLAIN))
    assert bench.content() != must_be(bench)


def test_another_generator_than_the_one_named_is_found(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe #322, #323: another generator ran than the report named. Control: nothing compared, it is ERASED."""
    right = WritePass.__init__

    def wrong(self: Any, ports: Any, facts: Any, pattern: Any, before_tail: Any) -> None:
        right(self, ports, facts, Zeros(), before_tail)

    monkeypatch.setattr(WritePass, "__init__", wrong)
    assert codes(on_bench(FIXTURE).erase(**PLAIN)) == {"MISMATCH"}
    ignore_read_back(monkeypatch)
    report = on_bench(FIXTURE).erase(**PLAIN)
    assert (succeeded(report), report.verification.pattern) == (True, "aes-256-ctr")


def never_started(self: Overwriting, ports: Any, facts: Any) -> Ticket:
    return Ticket(self.id, Written((), (), facts.size_bytes, ()))


def test_a_pass_that_never_started_erases_nothing(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe #116, shredos #301: nothing was written. Control: nothing compared, ERASED and every old byte in place."""
    monkeypatch.setattr(Overwriting, "start", never_started)
    report = on_bench(FIXTURE).erase(**PLAIN)
    assert (str(report.verdict), codes(report)) == ("FAILED", {"MISMATCH"})
    ignore_read_back(monkeypatch)
    bench = on_bench(FIXTURE)
    before = bench.content()
    assert succeeded(bench.erase(**PLAIN))
    assert bench.content() == before


def test_a_run_that_sent_nothing_is_not_erased(on_bench: Make) -> None:
    """nwipe #116: 0 bytes written => NOT_ERASED. Control: the drive that was planned is ERASED."""
    bench = on_bench(FIXTURE)
    planned = bench.plan(**PLAIN)
    other = on_bench(FIXTURE, serial="DEMO-OTHER")
    before = other.content()
    report = other.erase(planned)
    assert (str(report.verdict), codes(report)) == ("NOT_ERASED", {"IDENTITY"})
    assert other.content() == before
    assert succeeded(bench.erase(planned))


def cut_short(self: Any) -> None:
    self._write_range(0, EARLY_END)
    self._settle()


def test_a_part_of_the_capacity_is_never_erased(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe attachment 10949664: "ERASED, See Warning", 512000 bytes of 500 GB. Control: coverage not asked for."""
    monkeypatch.setattr(WritePass, "_write_everything", cut_short)
    assert codes(on_bench(FIXTURE).erase(**PLAIN)) == {"MISMATCH"}

    ignore_read_back(monkeypatch)
    report = on_bench(FIXTURE).erase(**PLAIN)
    assert (str(report.verdict), codes(report)) == ("FAILED", {"WRITE_ERROR"})
    assert report.reasons[0].detail.startswith(f"{EARLY_END} of ")

    ignore_what_is_missing(monkeypatch)
    bench = on_bench(FIXTURE)
    before = bench.content()
    assert succeeded(bench.erase(**PLAIN))
    assert kept(before[EARLY_END:], bench.content()[EARLY_END:]) == 1.0


@pytest.mark.parametrize("kind", ["vanish", "power-loss", "wrong-size"])
def test_a_drive_that_is_lost_in_the_middle_is_no_success(on_bench: Make, kind: str) -> None:
    """nwipe #400, #722: lost mid-write, ENOSPC, size 0. Control: the healthy drive of the first test."""
    fault = {"kind": kind, "after_bytes": EARLY_END, "real_bytes": 512}
    report = on_bench(FIXTURE, faults=[fault]).erase(**PLAIN)
    assert str(report.verdict) == "FAILED"
    assert codes(report) & {"DEVICE_LOST", "SIZE"}


def test_write_errors_are_counted_and_listed(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe PR #317: errors ignored. Control: passed over, and not compared: ERASED with those sectors as they were."""
    faults = [{"kind": "bad-write", "first_lba": 7, "count": 2}]
    report = on_bench(FIXTURE, faults=faults).erase(**PLAIN)
    assert str(report.verdict) == "FAILED"
    assert [(one.first, one.count) for one in report.bad.write] == [(7, 2)]

    def passing_over(*given: Any) -> Any:
        list(transfer.move_or_bisect(*given))
        return iter(())

    monkeypatch.setattr("erasure.overwrite.move_or_bisect", passing_over)
    assert codes(on_bench(FIXTURE, faults=faults).erase(**PLAIN)) == {"MISMATCH"}
    ignore_read_back(monkeypatch)
    bench = on_bench(FIXTURE, faults=faults)
    before = bench.content()
    assert succeeded(bench.erase(**PLAIN))
    assert bench.content()[7 * 512 : 9 * 512] == before[7 * 512 : 9 * 512]


class Reading:
    """A port whose fresh reader is `reader(port)`."""

    def __init__(self, port: Any, reader: Any) -> None:
        self.port, self.reader = port, reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def reopen_for_reading(self) -> Any:
        return self.reader(self.port)


class Nothing(Reading):
    """A reader of which every read ends at once, with nothing read."""

    def __init__(self, port: Any) -> None:
        super().__init__(port, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_given: object) -> None:
        return

    def pread_into(self, _buffer: memoryview, _offset: int) -> int:
        return 0


def no_more(transfer_one: Any, buffer: memoryview, offset: int) -> None:
    transfer_one(buffer, offset)


def test_a_read_of_nothing_verifies_nothing(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nwipe e82f246: a short read verified nothing. Control: taken for a whole one, zeros in memory are "verified"."""
    monkeypatch.setattr(Overwriting, "probes", False)
    empty: Any = {"wrap": lambda port: Reading(port, Nothing), "policy": "zeros"}
    monkeypatch.setattr(Overwriting, "start", never_started)
    report = on_bench(FIXTURE).erase(**empty)
    assert (str(report.verdict), codes(report)) == ("FAILED", {"READ_ERROR"})

    monkeypatch.setattr(transfer, "move_all", no_more)
    bench = on_bench(FIXTURE)
    before = bench.content()
    assert succeeded(bench.erase(**empty))
    assert bench.content() == before


class Remembering(Singly):
    """A host cache: a reader of this port is given what was written, whatever the drive kept."""

    def __init__(self, port: Any) -> None:
        self.port, self.written = port, bytearray(port.size_bytes())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_given: object) -> None:
        return

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        self.written[offset : offset + len(buffer)] = buffer
        self.port.pwrite(buffer, offset)
        return len(buffer)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        buffer[:] = self.written[offset : offset + len(buffer)]
        return len(buffer)


class CacheOnly(Remembering):
    """The defect: the read-back goes through the same descriptor."""

    def reopen_for_reading(self) -> Any:
        return self


def test_the_read_back_does_not_read_the_hosts_cache(on_bench: Make) -> None:
    """nwipe #146: verified from the page cache. Control: read back through the descriptor that wrote, it is ERASED."""
    drops = {"faults": [{"kind": "drop-writes"}]}
    report = on_bench(FIXTURE, **drops).erase(wrap=Remembering, **PLAIN)
    assert (str(report.verdict), codes(report)) == ("FAILED", {"MISMATCH"})
    bench = on_bench(FIXTURE, **drops)
    before = bench.content()
    assert succeeded(bench.erase(wrap=CacheOnly, **PLAIN))
    assert bench.content() == before
