"""The drives of a bench file: read, merged with their fixtures, kept between calls; nonsense is refused by name."""

import pickle
from pathlib import Path

import pytest

from erasure.drive import IdentityGrade
from erasure.errors import DeviceBusy, DeviceError
from erasure.hidden import AreaState
from erasure.outcome import ReasonCode
from erasure.simulated import Contents, Fault, FaultKind, SimulatedBench, load_bench
from erasure.simulated.bench import FIXTURES, SCHEMA

FILE = """
schema = "etabli.bench-file/1"
name = "two"
[[drives]]
name = "sda"
fixture = "drives/plain"
serial = "DEMO-0009"
[[drives.faults]]
kind = "bad-read"
first_lba = 10
count = 8
[[drives]]
name = "sdb"
bus = "usb"
bridge = "DEMO BRIDGE"
model = "DEMO STICK"
serial = "DEMO-0002"
size_bytes = 1049088
logical_sector = 512
removable = true
hidden = { hpa = "unknown", dco = "unknown", ama = "unknown" }
"""
FIXTURE = """
bus = "ata"
model = "DEMO HDD"
serial = "DEMO-0001"
wwn = "5000000000000001"
size_bytes = 2097152
logical_sector = 4096
contents = "random"
smartctl = "smartctl.json"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "drives" / "plain").mkdir(parents=True)
    (tmp_path / "benches").mkdir()
    (tmp_path / "drives" / "plain" / "drive.toml").write_text(FIXTURE)
    (tmp_path / "drives" / "plain" / "smartctl.json").write_text("{}")
    (tmp_path / "benches" / "two.toml").write_text(FILE)
    return tmp_path


@pytest.fixture
def two(place: Path) -> SimulatedBench:
    return load_bench(place / "benches" / "two.toml", place / "work")


def test_inline_members_win_over_the_fixture(two: SimulatedBench) -> None:
    drive = two.drive("sda")
    assert (drive.model, drive.serial, drive.logical_sector) == ("DEMO HDD", "DEMO-0009", 4096)
    assert drive.contents is Contents.RANDOM
    assert drive.faults == (Fault(FaultKind.BAD_READ, 10, 8),)


def test_devices_are_sightings_with_their_own_numbers(two: SimulatedBench) -> None:
    first, second = two.devices
    assert (first.path, first.diskseq, second.path, second.diskseq) == ("sim:sda", 1, "sim:sdb", 2)
    assert first.simulated
    assert first.identity.grade is IdentityGrade.A
    assert second.identity.grade is IdentityGrade.C
    assert second.identity.source == "simulated"


def test_unknown_hidden_areas_stay_unknown(two: SimulatedBench) -> None:
    hidden = two.drive("sdb").hidden
    assert (hidden.hpa, hidden.native_bytes, hidden.closed) == (AreaState.UNKNOWN, None, False)
    assert two.drive("sda").hidden.native_bytes == 2097152


def test_a_backing_file_is_made_once_and_kept(two: SimulatedBench) -> None:
    path = two.backing("sdb")
    assert path.stat().st_size == 1049088
    assert b"donor" in path.read_bytes()
    path.write_bytes(bytes(1049088))
    assert two.backing("sdb").read_bytes() == bytes(1049088)


def test_the_health_document_lies_beside_the_fixture(two: SimulatedBench, place: Path) -> None:
    assert two.smartctl("sda") == place / "drives" / "plain" / "smartctl.json"
    assert two.smartctl("sdb") is None


def test_the_opener_travels_to_a_worker_and_opens_exclusively(two: SimulatedBench) -> None:
    opener = pickle.loads(pickle.dumps(two.opener))
    with opener(two.devices[0]) as port:
        assert port.size_bytes() == 2097152
        with pytest.raises(DeviceBusy):
            opener(two.devices[0])
    opener(two.devices[0]).close()


def test_a_drive_of_another_bench_is_not_opened(two: SimulatedBench, place: Path) -> None:
    other = place / "benches" / "other.toml"
    other.write_text(FILE.replace('"sdb"', '"sdz"'))
    with pytest.raises(DeviceError):
        two.opener(load_bench(other, place / "work").devices[1])


def test_the_examiner_protects_a_read_only_drive(place: Path) -> None:
    path = place / "benches" / "two.toml"
    path.write_text(FILE.replace("removable = true", "read_only = true"))
    bench = load_bench(path, place / "work")
    assert bench.examiner(bench.devices[0]) == ()
    assert [reason.code for reason in bench.examiner(bench.devices[1])] == [ReasonCode.READ_ONLY]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("bench-file/1", "bench-file/2", "schema"),
        ('name = "sdb"', 'name = "sda"', "same name"),
        ("size_bytes = 1049088\n", "", "size_bytes"),
        ("size_bytes = 1049088", "size_bytes = 1049089", "1049089 bytes"),
        ("logical_sector = 512", "logical_sector = 520", "520"),
        ("removable = true", "removeable = true", "removeable"),
        ('bus = "usb"', 'bus = "floppy"', "bus 'floppy' is none of ata"),
        ('kind = "bad-read"', 'kind = "bad-luck"', "'bad-luck' is none of bad-read, bad-write"),
        ("count = 8", "count = -8", "negative"),
        ("count = 8", "cuont = 8", "cuont"),
    ],
)
def test_nonsense_is_refused_by_name(place: Path, old: str, new: str, told: str) -> None:
    path = place / "benches" / "two.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new))
    with pytest.raises(ValueError, match=told):
        load_bench(path, place / "work")


def test_a_bench_file_anywhere_finds_the_fixtures_of_the_checkout(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'schema = "{SCHEMA}"\nname = "mine"\n[[drives]]\nname = "sda"\nfixture = "drives/sata-hdd-500"\n')
    bench = load_bench(path, tmp_path / "work")
    assert bench.drive("sda").model == "DEMO HDD 500"
    assert bench.fixture("machines/demo-laptop") == FIXTURES / "machines" / "demo-laptop"


def test_a_drive_whose_capacity_was_edited_is_made_anew(place: Path) -> None:
    path = place / "benches" / "edited.toml"
    text = f'schema = "{SCHEMA}"\n[[drives]]\nname = "a"\nsize_bytes = 8192\nlogical_sector = 512\n'
    for size in (8192, 8192, 16384):
        path.write_text(text.replace("8192", str(size)))
        backing = load_bench(path, place / "work").backing("a")
        assert backing.stat().st_size == size
        marked = backing.read_bytes()[:4] == b"kept"
        with backing.open("r+b") as file:
            file.write(b"kept")
    assert marked is False


def test_a_fixture_that_is_not_there_is_named(place: Path) -> None:
    path = place / "benches" / "two.toml"
    path.write_text(FILE.replace("drives/plain", "drives/nowhere"))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_bench(path, place / "work")
