"""One PostgreSQL server for each process of the run: made by initdb in a temporary folder, reached by a unix socket.

It never outlives the run, and so it never waits for a disk either: it lies in memory where there is room.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

HOMES = Path("/usr/lib/postgresql")
MEMORY = Path("/dev/shm")  # containers often have 64 MiB there
ROOM = 1 << 30
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "96MB",
}


def server_home() -> Path | None:
    """The newest installed server, if any."""
    found = sorted(HOMES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    return found[0].parent if found else None


def roomy() -> Path | None:
    """The folder that is memory, when there is room in it for a server; None means the usual folder."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


class Server:
    """A running server; every call to `database` gives a fresh copy of the template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def database(self, template: str = "template1") -> str:
        self.count += 1
        name = f"etabli_{self.count}"
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still holds it open."""
        with self.admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """Start a server as an unprivileged user and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="etabli-pg-", dir=roomy()))
    data = folder / "data"
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    told = SETTINGS | {"unix_socket_directories": str(folder)}
    settings = " ".join(f"-c {name}={value}" for name, value in told.items())
    try:
        _run(
            [str(home / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N", "--no-locale", "-E", "UTF8"]
        )
        _run([str(home / "pg_ctl"), "-D", str(data), "-o", settings, "-w", "-l", str(folder / "log"), "start"])
        server = Server(folder)
        try:
            yield server
        finally:
            server.admin.dispose()
            _run([str(home / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


def _run(command: list[str]) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)
