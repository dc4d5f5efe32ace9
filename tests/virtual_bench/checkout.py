"""The agent of this checkout as a small read-only disk for the guest: the packages as they lie here, and compiled."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.virtual_bench.cache import run
from tests.virtual_bench.guest_build import AGENT_PLACE, Guest, compile_in

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("erasure", "station_agent", "certificates", "diagnostics")
SIZE_MIB = 32
KEPT = 3  # images of earlier checkouts


def checkout_image(cache: Path, guest: Guest, root: Path = ROOT) -> Path:
    """Give the image of the packages below `root` for a guest, named for their content; made when there is none.

    Raises BenchError.
    """
    files = agent_files(root)
    image = cache / f"agent-{digest_of(root, files)}-{guest.folder.name.rpartition('-')[2]}.ext4"
    if not image.exists():
        with tempfile.TemporaryDirectory(prefix="agent-", dir=cache) as work:
            write(root, files, Path(work), guest)
            (Path(work) / "image").rename(image)
        remove_earlier(cache)
    return image


def remove_earlier(cache: Path) -> None:
    """Remove the images of earlier checkouts but the last few: two runs may go on at the same time."""
    images = sorted(cache.glob("agent-*.ext4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in images[KEPT:]:
        old.unlink(missing_ok=True)


def agent_files(root: Path) -> tuple[Path, ...]:
    """List the files of the agent, relative to `root`: what is tracked, and what is new and not ignored."""
    listed = run("git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard", "--", *PACKAGES)
    return tuple(sorted(Path(name) for name in set(listed.split("\0")) if name and (root / name).is_file()))


def digest_of(root: Path, files: tuple[Path, ...]) -> str:
    """Name the content."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path}\0".encode() + hashlib.sha256((root / path).read_bytes()).digest())
    return digest.hexdigest()[:16]


def write(root: Path, files: tuple[Path, ...], work: Path, guest: Guest) -> None:
    """Write `work`/image. Raises BenchError."""
    for path in files:
        place = work / "tree" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, place)
    with opened(guest, work / "tree") as mounted:
        compile_in(mounted, AGENT_PLACE)
    with (work / "image").open("wb") as file:
        file.truncate(SIZE_MIB << 20)
    run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-d", str(work / "tree"), str(work / "image"))


@contextmanager
def opened(guest: Guest, tree: Path) -> Iterator[Path]:
    """Mount the root of a guest, with a folder where the checkout lies in it. Raises BenchError."""
    with ExitStack() as rest:
        root = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix="root-")))
        run("mount", "-o", "ro,loop", str(guest.root), str(root))
        rest.callback(run, "umount", str(root))
        run("mount", "--bind", str(tree), str(root / AGENT_PLACE))
        rest.callback(run, "umount", str(root / AGENT_PLACE))
        yield root
