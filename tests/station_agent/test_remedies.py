"""After every verdict a person is told what to do next, in both languages, with the drive named where it matters."""

from pathlib import Path

import pytest

from certificates.language import catalogue
from erasure.outcome import ReasonCode
from erasure.policy import load_policy
from station_agent.bench import simulated_bench
from station_agent.language import LOCALE, Voice
from station_agent.planning import survey
from station_agent.remedies import REMEDIES, next_steps, remedies

EN, FR = (Voice(catalogue(LOCALE, lang)) for lang in ("en", "fr"))
DECIDED = {"UNSUPPORTED", "OPERATOR"}  # a policy or a person decided: nothing is wrong with the drive


@pytest.mark.parametrize("code", sorted(set(ReasonCode) - DECIDED))
def test_every_reason_has_a_remedy_in_both_languages(code: str) -> None:
    (english,) = remedies(EN, [code], "/dev/sda", "DEMO-1")
    (french,) = remedies(FR, [code], "/dev/sda", "DEMO-1")
    assert english != french
    assert "{" not in english + french


def test_a_drive_that_lied_is_to_be_overwritten_with_a_command_that_can_be_typed() -> None:
    (told,) = remedies(EN, ["CANARY_SURVIVED"], "/dev/sda", "DEMO-1")
    assert "`etabli-station erase /dev/sda --method overwrite.keystream --confirm DEMO-1`" in told


def test_reasons_with_one_remedy_say_it_once() -> None:
    assert len(remedies(EN, ["STUCK", "STUCK", "ABORTED"], "/dev/sda", "DEMO-1")) == 2


def test_every_remedy_belongs_to_a_reason_of_the_closed_list() -> None:
    assert set(REMEDIES) <= set(ReasonCode)


def test_a_drive_with_sectors_of_520_bytes_is_to_be_formatted_and_not_destroyed(tmp_path: Path) -> None:
    head = 'schema = "etabli.bench-file/1"\n'
    (tmp_path / "bench.toml").write_text(f'{head}[[drives]]\nname = "sda"\nfixture = "drives/sas-520-byte-sectors"\n')
    bench = simulated_bench(tmp_path / "bench.toml", tmp_path)
    (drive,) = survey(bench, bench.enumerate_disks(), load_policy("purge-preferred"))
    for voice in (EN, FR):
        told = next_steps(voice, drive, drive.outcome.reasons)  # type: ignore[union-attr]
        assert "`sg_format --format --size=512 sim:sda`" in told[0]
        assert "destruction" not in " ".join(told)
