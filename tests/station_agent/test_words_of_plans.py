"""What a technician reads before an erase: what else is wiped, whose sanitize it was, why a method does not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.last_document import last_document

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.world
PSID = "DEMO0000PSID0000DEMO0000PSID0000"
FIXTURES = Path(__file__).parents[2] / "hardware-fixtures" / "drives"


@pytest.fixture
def bench_of(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a bench of one fixture."""

    def make(name: str) -> Path:
        file = tmp_path / f"{name}.toml"
        drive = f'[[drives]]\nname = "d"\nfixture = "{FIXTURES / name}"\n'
        file.write_text(f'schema = "etabli.bench-file/1"\nname = "{name}"\n{drive}', encoding="utf-8")
        return file

    return make


Bench = Callable[[str], Path]


def test_plan_and_erase_name_the_other_namespaces_before_anybody_confirms(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-two-namespaces")
    words = "! the same drive, wiped with it: sim:dn2, 8.4 MB"
    assert words in run("plan", "dn1", "--bench", file)[1]
    status, out, err = run("erase", "dn1", "--bench", file)
    assert (status, "Nothing was erased" in err) == (2, True)
    assert words in out
    (drive,) = json.loads(run("plan", "dn1", "--bench", file, "--json")[1])["drives"]
    assert drive["also_erased"] == [{"path": "sim:dn2", "size_bytes": 8396800}]


def test_an_overwrite_of_one_namespace_does_not_claim_the_other(run: Run, bench_of: Bench) -> None:
    out = run("plan", "dn1", "--bench", bench_of("nvme-two-namespaces"), "--method", "overwrite.zeros")[1]
    assert "wiped with it" not in out


def test_a_sanitize_of_a_closed_run_is_ours_and_a_foreign_one_is_not(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-sanitize-all")
    _, out, _ = run("erase", "d", "--confirm", "DEMO-FW-0001", "--bench", file, "--json")
    (drive,) = last_document(out)["drives"]
    out = run("plan", "d", "--bench", file)[1]
    assert f"the last one ended well; it is ours, of run {drive['run_id'][:8]} (ERASED)" in out
    (told,) = json.loads(run("plan", "d", "--bench", file, "--json")[1])["drives"]
    assert (told["sanitize"]["ours"], told["sanitize"]["closed_run"]) == (True, drive["run_id"])
    foreign = run("plan", "d", "--bench", bench_of("ata-ssd-idle-success"))[1]
    assert "it is not ours and proves nothing here" in foreign


def test_a_method_that_does_not_apply_is_refused_with_its_own_reason(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-crypto-only")
    status, out, _ = run("plan", "d", "--bench", file, "--method", "nvme.sanitize.block")
    assert status == 30
    assert "nvme.sanitize.block does not apply to this drive: the drive announces no sanitize by block erase" in out
    assert "Leave --method out, or name one that applies to this drive: nvme.sanitize.crypto," in out
    assert "protected" not in out


def test_a_method_that_is_not_there_or_not_named_is_a_wrong_call(run: Run, bench_of: Bench) -> None:
    bench = bench_of("nvme-crypto-only")
    status, _, err = run("plan", "d", "--bench", bench, "--method", "nvme")
    assert (status, "There is no method nvme. Methods: nvme.sanitize.block, " in err) == (2, True), err
    status, _, err = run("plan", "d", "--bench", bench, "--method", "")
    assert (status, "--method needs a value: --method ID." in err) == (2, True), err


def test_a_psid_for_a_drive_without_opal_is_refused_and_nothing_is_erased(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-crypto-only")
    status, _, err = run("erase", "d", "--confirm", "DEMO-FW-0002", "--bench", file, "--psid", PSID)
    assert status == 2
    assert "--psid opens nothing on sim:d: the drive has no Opal" in err
    assert run("outbox", "--json")[0] == 2 or "DEMO-FW-0002" not in run("outbox")[1]


def test_what_is_still_to_come_is_not_told_as_done(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-sanitize-all")
    assert "the drive will destroy its encryption key" in run("plan", "d", "--bench", file)[1]
    french = run("plan", "d", "--bench", file, "--lang", "fr")[1]
    assert "le disque détruira sa clé" in french
    assert "a détruit" not in french


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("ata-hdd-dco-frozen", "take its power away for 10 seconds (a restart is not enough), then plan again"),
        ("usb-stick-64", "take it out, connect it directly, then plan again. A stick stays as it is"),
        ("sas-520-byte-sectors", "sg_format"),
        ("nvme-format-only", "Only Clear is possible here"),
    ],
)
def test_what_is_refused_under_purge_required_says_what_helps(
    run: Run, bench_of: Bench, fixture: str, words: str
) -> None:
    status, out, _ = run("plan", "d", "--bench", bench_of(fixture), "--policy", "purge-required")
    assert status == 30
    assert words in out


@pytest.mark.parametrize(
    ("fixture", "confirm", "words"),
    [
        ("emmc-boot-partitions", "DEMO-FW-0033", "a power cycle changes nothing"),
        ("usb-wraps-at-2-tib", "DEMO-FW-0029", "take it out, connect it directly, then erase it again"),
        ("nvme-zero-log", "DEMO-FW-0005", "--method overwrite.keystream"),
        ("ata-ssd-locked", "DEMO-FW-0017", "Otherwise its owner has the password"),
    ],
)
def test_an_outcome_is_followed_by_what_fits_this_drive(
    run: Run, bench_of: Bench, fixture: str, confirm: str, words: str
) -> None:
    out = run("erase", "d", "--confirm", confirm, "--bench", bench_of(fixture))[1]
    assert words in out[out.index("Result") :]


def test_a_wrong_psid_sends_to_the_label(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-opal-locked")
    out = run("erase", "d", "--confirm", "DEMO-FW-0035", "--bench", file, "--psid", PSID.replace("0", "O"))[1]
    assert "Compare the PSID with the label, character by character: O is not 0" in out


def test_the_end_of_a_drive_names_method_level_and_statement(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-crypto-only")
    out = run("erase", "d", "--confirm", "DEMO-FW-0002", "--bench", file)[1]
    ended = [line for line in out.splitlines() if "[OK] ERASED" in line]
    (whole,) = [line.split()[-1] for line in out.splitlines() if line.startswith("  statement ")]
    assert len(ended) == 2, "in the course and in the result"
    assert all(line.endswith(f"[OK] ERASED  nvme.sanitize.crypto  Purge  statement {whole[:8]}") for line in ended)


def test_a_report_is_found_by_the_beginning_of_a_run_or_of_its_statement(run: Run, bench_of: Bench) -> None:
    file = bench_of("nvme-crypto-only")
    _, out, _ = run("erase", "d", "--confirm", "DEMO-FW-0002", "--bench", file, "--json")
    (drive,) = last_document(out)["drives"]
    for name in (drive["run_id"], drive["run_id"][:6], drive["statement"], drive["statement"][:8].upper()):
        status, out, _ = run("report", name, "--json", "--bench", file)
        assert (status, json.loads(out)["run_id"]) == (0, drive["run_id"])
    status, _, err = run("report", "0" * 32, "--bench", file)
    assert (status, "no run and no statement whose id begins with 000" in err) == (2, True)
    status, _, err = run("report", drive["run_id"][:5], "--bench", file)
    assert (status, "give 6 characters or more" in err or "There is no drive" in err) == (2, True)
