"""From a plugged disk to a certificate that a stranger can check, on real block devices and over real udev."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.kernel.conftest import insist
from tests.kernel.failing import failing_disk
from tests.kernel.loops import Loop, attached, fill_ext4, fill_random
from tests.kernel.workshop import DONOR, LEAD, LOT, OTHER_DONOR, Answer, Workshop, command, open_workshop

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(300)]

MIB = SWAP_BYTES = 1 << 20
BAD_READ, BAD_WRITE = [[4099, 1], [70_000, 3]], [[20_011, 2]]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, udevd: None) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop")) as shop:
        yield shop


def make_image(folder: Path, size: int, contents: str) -> Path:
    image = folder / "disk.img"
    if contents == "ext4":
        files = folder / "files"
        files.mkdir()
        (files / "letter.txt").write_bytes(b"the donor's secret " * 4096)
        fill_ext4(image, size, files)
    else:
        fill_random(image, size)
    return image


def only_zeros(image: Path) -> bool:
    """Ask cmp, which knows nothing of us, whether every byte of the file is zero."""
    subprocess.run(["sync", "-f", str(image)], check=True, timeout=60)
    size = str(image.stat().st_size)
    told = subprocess.run(["cmp", "-s", "-n", size, str(image), "/dev/zero"], check=False, timeout=120)
    return told.returncode == 0


def certificate_of(workshop: Workshop, statement: str, serial: str, folder: Path) -> tuple[Path, Path]:
    """Approve a statement as lead, then download PDF and bundle as the donor."""
    workshop.sign_in(LEAD).send(f"/queue/{statement}", "/approve", sure="yes")
    donor = workshop.sign_in(DONOR)
    page = donor.page(f"/lots/{LOT}")
    pdf, bundle = folder / "certificate.pdf", folder / "bundle.json"
    pdf.write_bytes(donor.download(page.link(serial, ".pdf")))
    bundle.write_bytes(donor.download(page.link(serial, ".json")))
    return pdf, bundle


def verified(workshop: Workshop, file: Path, folder: Path) -> Answer:
    trust = folder / "trust.json"
    trust.write_bytes(httpx.get(f"{workshop.url}/api/v1/trust", timeout=30).raise_for_status().content)
    return command("certificates", str(file), "--trust", str(trust), "--json")


@pytest.mark.parametrize("contents", ["ext4", "random"])
@pytest.mark.parametrize("sector", [512, 4096])
@pytest.mark.parametrize("size", [64 * MIB, 256 * MIB], ids=["64 MiB and a sector", "256 MiB"])
def test_a_disk_becomes_a_certificate(
    workshop: Workshop, tmp_path: Path, size: int, sector: int, contents: str
) -> None:
    image = make_image(tmp_path, size + (sector if size == 64 * MIB else 0), contents)
    with attached(image, sector=sector) as loop:
        answer = workshop.erase(loop.node, asset=f"ETB-{loop.size}-{sector}-{contents}")
        assert (answer.status, drive_of(answer)["verdict"]) == (0, "ERASED"), answer.err
    assert only_zeros(image)
    statement, serial = str(drive_of(answer)["statement"]), str(drive_of(answer)["serial"])
    assert workshop.station("sync", "--json").status == 0
    assert serial in workshop.sign_in(LEAD).page(f"/lots/{LOT}").text
    for file in certificate_of(workshop, statement, serial, tmp_path):
        told = verified(workshop, file, tmp_path)
        assert told.status == 0, told.out + told.err


def drive_of(answer: Answer) -> dict[str, object]:
    (drive,) = answer.document["drives"]
    return dict(drive)


def test_another_donor_sees_nothing_of_the_lot(workshop: Workshop) -> None:
    other = workshop.sign_in(OTHER_DONOR)
    assert other.client.get(f"/lots/{LOT}").status_code == 404


def test_a_disk_with_bad_sectors_fails_and_names_them(workshop: Workshop, tmp_path: Path) -> None:
    fill_random(tmp_path / "backing", 64 * MIB)
    bad = failing_disk(tmp_path / "backing", tmp_path, read=BAD_READ, write=BAD_WRITE)
    with bad as disk, attached(disk.image) as loop:
        answer = workshop.erase(loop.node, asset="ETB-BAD")
    drive = drive_of(answer)
    assert (answer.status, drive["verdict"]) == (20, "FAILED"), answer.err
    assert drive["bad"] == {"write": BAD_WRITE, "read": BAD_READ, "mismatch": BAD_WRITE}
    assert {reason["code"] for reason in drive["reasons"]} == {"WRITE_ERROR", "READ_ERROR", "MISMATCH"}  # type: ignore[attr-defined]


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_mounted_disk_is_refused_with_its_folder_and_keeps_every_byte(
    workshop: Workshop, tmp_path: Path, undo: ExitStack
) -> None:
    loop = undo.enter_context(attached(make_image(tmp_path, 64 * MIB, "ext4")))
    place = tmp_path / "mounted"
    place.mkdir()
    subprocess.run(["mount", "-o", "ro,noload", loop.node, str(place)], check=True, timeout=60)
    undo.callback(subprocess.run, ["umount", str(place)], check=True, timeout=60)
    assert_refused(workshop, loop, str(place))


def test_swap_is_refused_and_keeps_every_byte(workshop: Workshop, tmp_path: Path, undo: ExitStack) -> None:
    loop = undo.enter_context(attached(make_image(tmp_path, 64 * MIB, "random")))
    # The kernel may swap at any time: it gets the first MiB, and everything behind it must stay as it is.
    subprocess.run(["mkswap", "-q", loop.node, str(SWAP_BYTES // 1024)], check=True, timeout=60, capture_output=True)
    subprocess.run(["swapon", loop.node], check=True, timeout=60)
    undo.callback(insist, "swapoff", loop.node)  # short of memory it may have to wait for some
    assert_refused(workshop, loop, "swap", start=SWAP_BYTES)


def test_a_read_only_disk_is_refused_and_keeps_every_byte(workshop: Workshop, tmp_path: Path, undo: ExitStack) -> None:
    loop = undo.enter_context(attached(make_image(tmp_path, 64 * MIB, "random"), read_only=True))
    assert_refused(workshop, loop, "read-only", code="READ_ONLY")


def assert_refused(workshop: Workshop, loop: Loop, told: str, code: str = "IN_USE", start: int = 0) -> None:
    before = loop.digest(start)
    answer = workshop.erase(loop.node)
    drive = drive_of(answer)
    assert (answer.status, drive["verdict"]) == (30, "NOT_ERASED"), answer.err
    assert code in {reason["code"] for reason in drive["reasons"]}  # type: ignore[attr-defined]
    assert told in json.dumps(drive["reasons"])
    assert loop.digest(start) == before


def test_the_disk_that_this_machine_runs_from_is_refused(workshop: Workshop) -> None:
    root = subprocess.run(["findmnt", "-no", "SOURCE", "/"], check=True, capture_output=True, text=True, timeout=60)
    disk = root.stdout.strip()
    if not disk.startswith("/dev/"):
        pytest.skip(f"the root of this machine is {disk}, no disk")
    plan = workshop.station("plan", disk, "--json")
    assert plan.status == 30, plan.out + plan.err
    assert "BOOT_MEDIUM" in plan.out
