"""The root of an image as a folder: Debian's packages, the agent in a frozen environment, units, no way to sign in."""

import shutil
from pathlib import Path
from typing import Final

from station_agent.image.failure import ImageError
from station_agent.image.recipe import HERE, Recipe
from station_agent.image.release import archive
from station_agent.image.wheels import ROOT, install_packages
from station_agent.system import run

FILES: Final = HERE / "files"
OF_BENCH: Final = ("etabli-console", "etabli-enrol", "etabli-station", "etabli-stick")  # units that no hub has
PLACE: Final = "usr/lib/etabli"
SOURCES: Final = ("erasure", "diagnostics", "certificates", "station_agent")
HUB_SOURCES: Final = ("hub",)
DEBIAN_S: Final = 1800.0
PATIENCE_S: Final = 300.0
ENABLED: Final = (
    *("etabli-stick", "etabli-station", "etabli-enrol", "etabli-console", "etabli-shell"),
    *("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "iwd"),
)
ENABLED_ON_HUB: Final = (
    *("etabli-appliance", "etabli-hub", "caddy", "etabli-appliance-console", "etabli-hub-backup.timer"),
    *("etabli-shell", "systemd-networkd", "systemd-resolved", "systemd-timesyncd", "iwd"),
)
HUB_UNITS: Final = ("etabli-hub.service", "etabli-hub-backup.timer")
HUB_ACCOUNT: Final = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
MASKED: Final = (
    *("getty@tty1.service", "serial-getty@.service", "getty@.service", "getty-static.service", "autovt@.service"),
    *("systemd-gpt-auto-generator", "swap.target", "systemd-networkd-wait-online.service", "apt-daily.timer"),
    *("apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *("ldconfig.service", "nvmf-autoconnect.service"),  # seconds of each start, and no drive comes over a network
)
EMPTIED: Final = (
    *("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info"),
    *("var/log", "usr/share/bash-completion", "usr/share/lintian"),
)
REMOVED: Final = ("etc/machine-id", "var/lib/dbus/machine-id", "etc/hostname", "var/lib/systemd/random-seed")
PROGRAMS: Final = {
    "etabli-station": "station_agent",
    "etabli-stick": "station_agent.stick",
    "etabli-verify": "certificates",
    "etabli-hub": "hub",
    "etabli-appliance": "station_agent.appliance",
}
HUB_PROGRAMS: Final = frozenset({"etabli-hub", "etabli-appliance"})
LOADER_HOOK: Final = (
    'mkdir -p "$1/var/loader" && cd "$1/var/loader" && '
    'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --quiet --quiet -o APT::Sandbox::User=root download '
)


def make_root(recipe: Recipe, root: Path) -> None:
    """Fill `root`. Raises ImageError, ProcessFailed."""
    unpack_debian(recipe, root)
    freeze_agent(recipe, root)
    lay_files(root)
    if recipe.hub:
        lay_hub(root)
    choose_units(root, ENABLED_ON_HUB if recipe.hub else ENABLED)


def unpack_debian(recipe: Recipe, root: Path) -> None:
    """Let mmdebstrap unpack Debian, with the newest fixes of the release, and fetch the boot loader's files."""
    options = ("--quiet", "--variant=minbase", f"--components={','.join(recipe.components)}")
    apt = ("--aptopt=Apt::Install-Recommends false", "--dpkgopt=force-confold", "--dpkgopt=force-unsafe-io")
    without = tuple(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info"))
    hook = f"--customize-hook={LOADER_HOOK}{' '.join(recipe.loader)}"
    packages = f"--include={','.join(recipe.packages)}"
    argv = ("mmdebstrap", *options, *apt, *without, hook, packages, recipe.release.name, str(root), archive())
    run(argv, timeout_s=DEBIAN_S).require()


def freeze_agent(recipe: Recipe, root: Path) -> None:
    """Lay the agent with exactly the packages of the lock below one folder, compiled, with its programs."""
    place = root / PLACE
    install_packages(recipe.release, place, recipe.extras)
    for name in (*SOURCES, *(HUB_SOURCES if recipe.hub else ())):
        copy_sources(ROOT, name, place)
    for program, module in PROGRAMS.items():
        if program in HUB_PROGRAMS and not recipe.hub:
            continue
        path = root / "usr/bin" / program
        path.write_text(f'#!/bin/sh\nPYTHONPATH=/{PLACE} exec python3 -m {module} "$@"\n', "utf-8")
        path.chmod(0o755)
    compiled = ("chroot", str(root), "python3", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
    run((*compiled, f"/{PLACE}", "/usr/lib/python3"), timeout_s=PATIENCE_S)
    run((*compiled, f"/usr/lib/python{recipe.release.python}"), timeout_s=PATIENCE_S)


def copy_sources(checkout: Path, package: str, place: Path) -> None:
    """Copy what git knows of a package, so that nothing of a working copy gets into an image. Raises ImageError."""
    asked = ("git", "-C", str(checkout), "ls-files", "-z", "--", package)
    listed = run(asked, timeout_s=PATIENCE_S).require().out
    names = [name for name in listed.split("\0") if name]
    if not names:
        raise ImageError(f"{package} is not in this checkout")
    for name in names:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkout / name, target)


def lay_files(root: Path) -> None:
    """Lay our own files over Debian's, and take out what makes two images differ or a reader wait."""
    lay_folder(FILES, root)
    shutil.copyfile(
        ROOT / "station_agent/packaging/etabli-station.service", root / "etc/systemd/system/etabli-station.service"
    )
    for name in EMPTIED:
        empty(root / name)
    for name in REMOVED:
        (root / name).unlink(missing_ok=True)
    (root / "etc/network").mkdir(exist_ok=True)  # live-boot writes there, or complains on the screen
    (root / "etc/machine-id").write_text("", "utf-8")
    (root / "etc/hostname").write_text("etabli\n", "utf-8")
    (root / "etc/etabli-version").write_text(version_of(ROOT), "utf-8")
    (root / "etc/localtime").unlink(missing_ok=True)
    (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Paris")
    (root / "etc/fstab").write_text("# nothing is mounted by itself\n", "utf-8")
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").symlink_to("/run/systemd/resolve/resolv.conf")
    for listed in root.glob("etc/apt/sources.list*"):
        shutil.rmtree(listed) if listed.is_dir() else listed.unlink()


def lay_folder(folder: Path, root: Path) -> None:
    """Lay the files of the folders below `folder` over the root."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent != folder:
            target = root / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def lay_hub(root: Path) -> None:
    """Take the units of the bench out, lay those of the hub, and make the account of the hub. Raises ProcessFailed."""
    units = root / "etc/systemd/system"
    for path in sorted(units.glob("etabli-*")):
        if path.name.startswith(OF_BENCH):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in HUB_UNITS:
        shutil.copyfile(ROOT / "hub/deploy" / name, units / name)
    lay_folder(HERE / "hub", root)
    account = (*HUB_ACCOUNT, "--home-dir", "/var/lib/etabli/hub", "etabli-hub")
    run(("chroot", str(root), *account), timeout_s=PATIENCE_S).require()


def version_of(checkout: Path) -> str:
    """Give day and commit of what is laid into an image, as one line."""
    asked = ("git", "-C", str(checkout), "log", "-1", "--format=%cs %h")
    return run(asked, timeout_s=PATIENCE_S).require().out


def empty(folder: Path) -> None:
    """Remove what a folder holds, and keep the folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def choose_units(root: Path, enabled: tuple[str, ...]) -> None:
    """Enable our units, mask what would sign people in or touch drives, and lock every account."""
    systemctl = ("systemctl", f"--root={root}", "--quiet")
    run((*systemctl, "enable", *enabled), timeout_s=PATIENCE_S).require()
    run((*systemctl, "mask", *(name for name in MASKED if "." in name)), timeout_s=PATIENCE_S).require()
    generators = root / "etc/systemd/system-generators"
    generators.mkdir(parents=True, exist_ok=True)
    for name in (name for name in MASKED if "." not in name):
        (generators / name).unlink(missing_ok=True)
        (generators / name).symlink_to("/dev/null")
    run(("chroot", str(root), "passwd", "--quiet", "--lock", "root"), timeout_s=PATIENCE_S).require()


def manifest(root: Path) -> str:
    """List what is installed, one `package version` per line."""
    asked = ("dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show", "--showformat=${Package} ${Version}\n")
    return run(asked, timeout_s=PATIENCE_S).require().out
