"""Troubles: what the kernel shows of a disk that is in use, shared, empty or closed; each can be taken back."""

import shutil

from tests.station_agent.daemon.interlocks.hall import Disk, Hall, Trouble, Undo


def mount(target: str, kind: str = "ext4", source: str = "/dev/whatever") -> Trouble:
    """Mount a file system of the disk; its source may name anything."""

    def make(hall: Hall, disk: Disk) -> Undo:
        before = list(hall.machine.mountinfo)
        hall.machine.mount(disk.upper_number, target, kind, source)
        (line,) = [one for one in hall.machine.mountinfo if one not in before]
        return lambda: forget(hall, line)

    return make


def forget(hall: Hall, line: str) -> None:
    """Unmount."""
    hall.machine.mountinfo.remove(line)
    hall.machine._write_proc()


def swap(hall: Hall, disk: Disk) -> Undo:
    """Use the disk as swap."""
    hall.machine.swap(f"/dev/{disk.upper}")
    line = hall.machine.swap_lines[-1]

    def off() -> None:
        hall.machine.swap_lines.remove(line)
        hall.machine._write_proc()

    return off


def holder(name: str, number: tuple[int, int], *keys: str, label: str = "", state: str = "") -> Trouble:
    """Lay a mapped device, an array or a multipath map over disks."""

    def make(hall: Hall, _disk: Disk) -> Undo:
        lower = [hall.disks[key].upper for key in keys]
        folder = hall.machine.mapped(name, number, *lower, label=label)
        if state:
            (folder / "md").mkdir()
            (folder / "md/array_state").write_text(f"{state}\n")

        def undo() -> None:
            for below in lower:
                (hall.machine.folder(below) / "holders" / name).unlink()
            hall.machine.leave(name)
            del hall.machine.numbers[name]
            shutil.rmtree(folder)

        return undo

    return make


def signed(kind: str) -> Trouble:
    """Let udev know what lies on the disk."""

    def make(hall: Hall, disk: Disk) -> Undo:
        hall.machine.udev(disk.upper, ID_FS_TYPE=kind)
        major, minor = disk.upper_number
        record = hall.machine.root / f"run/udev/data/b{major}:{minor}"
        return lambda: record.unlink(missing_ok=True)

    return make


def btrfs(hall: Hall, disk: Disk) -> Undo:
    """Mount a file system that lies on two disks, of which the mount names the other one."""
    devices = hall.machine.root / "sys/fs/btrfs/2b1d-uuid/devices"
    devices.mkdir(parents=True)
    for key in ("T", "N"):
        (devices / hall.disks[key].upper).touch()
    other = hall.disks["N"].upper
    hall.machine.mount((0, 44), "/pool", kind="btrfs", source=f"/dev/{other}")
    line = hall.machine.mountinfo[-1]

    def undo() -> None:
        shutil.rmtree(devices.parent.parent)
        forget(hall, line)

    return undo


def zfs(hall: Hall, disk: Disk) -> Undo:
    """Import a pool, of which nothing is mounted, and of whose members nobody knows."""
    place = hall.machine.root / "proc/spl/kstat/zfs/tank"
    place.mkdir(parents=True)
    return lambda: shutil.rmtree(hall.machine.root / "proc/spl")


def attribute(name: str, text: str | None) -> Trouble:
    """Let sysfs show something else of the disk, or nothing."""

    def make(hall: Hall, disk: Disk) -> Undo:
        place = hall.machine.folder(disk.at) / name
        before = place.read_text()
        place.unlink()
        if text is not None:
            place.write_text(f"{text}\n")
        return lambda: void(place.write_text(before))

    return make


def void(_result: object) -> None:
    """Give nothing."""
