"""A SCSI drive tells its native capacity only when all of it is asked for; then it is known, and erased whole."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.errors import JournalError, PowerCycleRequired
from erasure.hidden import AreaState
from erasure.journal import EntryKind
from erasure.outcome import VerdictWord
from erasure.plan import ErasurePlan, plan
from erasure.policy import load_policy
from erasure.scsi.clip import whole
from erasure.simulated.bench import load_bench
from tests.erasure.simulated_bench import Bench

SHORT = bytes.fromhex("0013 0010 0000 0008  00 004000 00 000200 ffff".replace(" ", ""))
LONG = bytes.fromhex("001b 0010 01 00 0010  0000000000004000 00000000 00000200".replace(" ", ""))
BENCH = """schema = "etabli.bench-file/1"
[[drives]]
name = "sda"
fixture = "drives/sas-ssd-sanitize"
{power}
[drives.scsi]
seconds = 0
block = true
crypto = true
overwrite = false
{more}
"""


def test_the_parameter_list_asks_for_every_block_of_the_drives_own_length() -> None:
    assert whole(SHORT) == bytes.fromhex("0000000000000008 ffffffff 00 000200".replace(" ", ""))
    assert whole(LONG) == bytes.fromhex("0000000001000010 ffffffffffffffff 00000000 00 000200".replace(" ", ""))


@pytest.mark.parametrize("sensed", [b"", SHORT[:7], SHORT[:12], bytes(8), LONG[:20]])
def test_without_a_block_descriptor_nothing_is_asked(sensed: bytes) -> None:
    assert whole(sensed) is None


def bench_of(folder: Path, power: int = 1, more: str = "") -> Bench:
    file = folder / "bench.toml"
    file.write_text(BENCH.format(more=more, power=f"power = {power}"))
    simulated = load_bench(file, folder)
    simulated.backing("sda")
    return Bench(folder, simulated.drives[0], method="scsi.sanitize.block")


def planned(bench: Bench) -> Any:
    with bench.open() as port:
        facts = bench.plan_for(port).facts
    made = plan(facts, (), load_policy("purge-preferred"))
    assert isinstance(made, ErasurePlan)
    return made


def test_a_drive_that_hides_nothing_is_known_to_hide_nothing(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    made = planned(bench)
    assert (made.restore, made.exceptions) == (True, ())
    report = bench.erase(planned=made)
    assert (report.verdict, report.exceptions) == (VerdictWord.ERASED, ())
    assert report.facts.hidden.hpa is AreaState.NONE
    assert report.facts.hidden.native_bytes == report.facts.size_bytes


def test_a_shortened_drive_is_restored_and_erased_to_its_true_end(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, more="native_bytes = 10489856")
    report = bench.erase(planned=planned(bench))
    assert (report.verdict, report.facts.size_bytes) == (VerdictWord.ERASED, 10489856)
    assert report.facts.hidden.hpa is AreaState.REMOVED
    assert bench.journal.kinds()[:3] == ["INTENT", "COMMANDED", "RESTORED"]


def test_a_kernel_that_keeps_the_old_size_needs_the_power_cycle(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, more='native_bytes = 10489856\nvices = ["keeps-size"]')
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))
    later = replace(bench_of(tmp_path, 2, 'native_bytes = 10489856\nvices = ["keeps-size"]'), journal=bench.journal)
    later.clock.boot_id = lambda: "boot-2"  # type: ignore[method-assign]
    report = later.erase(resume=later.resume_point(), planned=planned(later))
    assert (report.verdict, report.facts.size_bytes) == (VerdictWord.ERASED, 10489856)
    assert set(later.content()[8392704:]) <= {0, 0xFF}


WHOLE = 10489856
CLIPPED = f"native_bytes = {WHOLE}"


def dies_before_it_knows(bench: Bench) -> None:
    """All blocks were asked for; the bench dies before it has written down what came of it."""
    bench.journal.fails_at = EntryKind.RESTORED
    with pytest.raises(JournalError):
        bench.erase(planned=planned(bench))
    bench.journal.fails_at = None
    assert bench.journal.kinds() == ["INTENT", "COMMANDED"]


@pytest.mark.parametrize(("vice", "power"), [("", 1), ("", 2), ('\nvices = ["keeps-size"]', 2)])
def test_a_bench_that_dies_while_the_drive_grows_knows_it_again(tmp_path: Path, vice: str, power: int) -> None:
    bench = bench_of(tmp_path, more=CLIPPED + vice)
    dies_before_it_knows(bench)
    later = replace(bench_of(tmp_path, power, CLIPPED + vice), journal=bench.journal)
    made = planned(later)
    assert made.facts.size_bytes == WHOLE
    report = later.erase(resume=later.resume_point(), planned=made)
    assert (report.verdict, report.facts.size_bytes, report.facts.hidden.native_bytes) == (
        VerdictWord.ERASED,
        WHOLE,
        WHOLE,
    )
    assert set(later.content()) <= {0, 0xFF}


def test_a_drive_that_still_looks_short_then_is_asked_again_and_not_erased_short(tmp_path: Path) -> None:
    vice = '\nvices = ["keeps-size"]'
    bench = bench_of(tmp_path, more=CLIPPED + vice)
    dies_before_it_knows(bench)
    made = planned(bench)
    assert made.facts.size_bytes < WHOLE
    with pytest.raises(PowerCycleRequired):
        bench.erase(resume=bench.resume_point(), planned=made)
    later = replace(bench_of(tmp_path, 2, CLIPPED + vice), journal=bench.journal)
    later.clock.boot_id = lambda: "boot-2"  # type: ignore[method-assign]
    report = later.erase(resume=later.resume_point(), planned=planned(later))
    assert (report.verdict, report.facts.size_bytes) == (VerdictWord.ERASED, WHOLE)


def test_what_is_smaller_is_another_drive_whatever_was_asked_for(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, more=CLIPPED)
    dies_before_it_knows(bench)
    point = bench.resume_point()
    assert point.size_bytes - 512 not in point.sizes
    assert WHOLE in point.sizes


def test_a_drive_whose_whole_size_was_told_may_not_grow_any_more(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, more=CLIPPED)
    bench.journal.fails_at = EntryKind.PLANTED
    with pytest.raises(JournalError):
        bench.erase(planned=planned(bench))
    assert (WHOLE in bench.resume_point().sizes, WHOLE + 512 in bench.resume_point().sizes) == (True, False)


def test_a_drive_that_refuses_keeps_its_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_of(tmp_path)
    made = planned(bench)
    monkeypatch.setattr("erasure.scsi.clip.whole", lambda sensed: bytes(7))
    report = bench.erase(planned=made)
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    told = next(entry.data for entry in bench.journal.entries if entry.kind is EntryKind.RESTORED)
    assert told["done"] == []
