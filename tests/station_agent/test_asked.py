"""What a person may ask for besides the policy, and what becomes of the secret that opens a drive: nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.plan import ErasurePlan
from erasure.policy import load_policy
from station_agent.asked import Asked, asked_for, secrets_from
from station_agent.bench import Bench, simulated_bench
from station_agent.errors import UsageError
from station_agent.planning import survey

PSID = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
Make = Callable[..., Any]


def nobody() -> str:
    raise AssertionError("nothing is read from the input")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    drive = '[[drives]]\nname = "sda"\nbus = "ata"\nmodel = "DEMO A"\nserial = "DEMO-A"\nsize_bytes = 1048576\n'
    file = tmp_path / "one.toml"
    file.write_text(f'schema = "etabli.bench-file/1"\nname = "one"\n{drive}', encoding="utf-8")
    return simulated_bench(file, tmp_path / "drives")


def test_a_person_may_name_the_method(bench: Bench) -> None:
    (drive,) = survey(bench, bench.enumerate_disks(), load_policy("purge-preferred"), Asked(wanted="overwrite.zeros"))
    assert isinstance(drive.outcome, ErasurePlan)
    assert drive.outcome.method == "overwrite.zeros"


@pytest.mark.parametrize(
    ("method", "allow"), [("ata.shred", []), (None, ["ata.shred"]), ("opal.psid-revert", []), ("", []), (None, [""])]
)
def test_a_method_that_there_is_not_or_that_erases_nothing_is_refused(method: str | None, allow: list[str]) -> None:
    with pytest.raises(UsageError, match=r"no method|only opens"):
        asked_for(method, allow, "")


def test_who_gives_a_psid_allows_the_revert() -> None:
    assert asked_for(None, ["ata.security.enhanced"], PSID).allowed == {"ata.security.enhanced", "opal.psid-revert"}
    assert asked_for(None, None, "").allowed == frozenset()


def test_a_psid_is_taken_as_typed_or_scanned() -> None:
    typed = "0123-4567-89ab-cdef ghij-klmn-opqr-stuv\n"
    assert secrets_from(typed, 1, nobody).psid == PSID
    assert secrets_from("-", 1, lambda: typed).psid == PSID
    assert secrets_from("", 3, nobody).psid == ""


@pytest.mark.parametrize("wrong", [PSID[1:], PSID + "0", "é" * 32, "x"])
def test_a_psid_that_cannot_be_one_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(UsageError, match="were read") as refused:
        secrets_from(wrong, 1, nobody)
    assert len(wrong) < 5 or wrong not in str(refused.value)


def test_a_psid_is_for_one_drive(bench: Bench) -> None:
    with pytest.raises(UsageError, match="exactly one"):
        secrets_from(PSID, 2, nobody)


def test_a_secret_does_not_show_where_things_are_printed() -> None:
    assert PSID not in repr(secrets_from(PSID, 1, nobody))


@pytest.mark.world
def test_a_revert_without_the_psid_of_the_label_is_a_wrong_call_and_no_failed_erase(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    drive = '[[drives]]\nname = "n"\nbus = "nvme"\nmodel = "DEMO N"\nserial = "DEMO-N"\nsize_bytes = 1048576\n'
    inside = (
        f'[drives.nvme]\nsanitize = ["block"]\n[drives.opal]\npsid = "{PSID}"\nlocking_enabled = true\nlocked = true\n'
    )
    file = tmp_path / "opal.toml"
    file.write_text(f'schema = "etabli.bench-file/1"\nname = "opal"\n{drive}{inside}', encoding="utf-8")
    call = ("erase", "n", "--confirm", "DEMO-N", "--allow", "opal.psid-revert", "--bench", file)
    status, _, told = run(*call)
    assert (status, "erase it alone, with --psid" in told) == (2, True)
    assert run("outbox", "--json")[1].count('"queued": 0') == 1, "nothing was begun and nothing is stated"
