"""One PostgreSQL server for the whole run: made by initdb in a temporary folder, reached by a unix socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

HOMES = Path("/usr/lib/postgresql")


def server_home() -> Path | None:
    """The newest installed server, if any."""
    found = sorted(HOMES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    return found[0].parent if found else None


class Server:
    """A running server; every call to `database` gives a fresh copy of the template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def admin(self) -> Engine:
        return create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def database(self, template: str = "template1") -> str:
        self.count += 1
        name = f"etabli_{self.count}"
        engine = self.admin()
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return name


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """Start a server as an unprivileged user and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="etabli-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=60"
    try:
        _run(
            [str(home / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N", "--no-locale", "-E", "UTF8"]
        )
        _run([str(home / "pg_ctl"), "-D", str(data), "-o", settings, "-w", "-l", str(folder / "log"), "start"])
        try:
            yield Server(folder)
        finally:
            _run([str(home / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


def _run(command: list[str]) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)
