"""A PostgreSQL of the tests' own: a private cluster on loopback, made by Debian's `postgresql` package.

`initdb` refuses root, so root starts it as the user `postgres`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.state.server import close_all

if TYPE_CHECKING:
    from psycopg import Connection

DEBIAN = "/usr/lib/postgresql/*/bin"
FAST = (
    "fsync=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
    "shared_buffers=32MB",
)
"""What a database that is thrown away does without."""


@dataclass(frozen=True)
class Cluster:
    """A server that runs; each test gets a database of its own."""

    programs: Path
    folder: Path
    port: int

    def url(self, database: str) -> str:
        """Return the address of a database as `TORGSYNC_STATE` has it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database, empty or as a copy of another, instead of one of that name; return its address."""
        close_all()  # a database that is in use is no template
        with self._connected("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def empty(self, database: str) -> str:
        """Delete all rows of a database, which is quicker than making a new one, and return its address."""
        with self._connected(database) as connection:
            connection.execute(_EMPTY)
        return self.url(database)

    def restart(self, mode: str = "immediate") -> None:
        """Restart the server at once, as after a crash, or in another way; what was committed stays."""
        _run(self, "pg_ctl", "restart", "--wait", f"--mode={mode}", f"--log={self.folder / 'log'}")

    def allow(self, *lines: str) -> None:
        """Put lines before all others that say who may connect."""
        rules = self.folder / "data" / "pg_hba.conf"
        rules.write_text("\n".join([*lines, rules.read_text("utf-8")]), "utf-8")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Execute statements as the owner of everything; return the rows of the last."""
        rows: list[tuple[object, ...]] = []
        with self._connected(database) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def _connected(self, database: str) -> Connection[tuple[object, ...]]:
        import psycopg

        return psycopg.connect(self.url(database), autocommit=True)


_EMPTY = """
DO $$
DECLARE found record; filled boolean;
BEGIN
  FOR found IN
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT exists(SELECT FROM %I)', found.tablename) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', found.tablename); END IF;
  END LOOP;
  FOR found IN SELECT schemaname, sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I.%I RESTART', found.schemaname, found.sequencename);
  END LOOP;
END $$
"""


def missing() -> str:
    """Return why there can be no cluster here, empty where there can be one."""
    if not programs():
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.name == "posix" and os.geteuid() == 0 and not shutil.which("runuser"):
        return "PostgreSQL refuses root, and there is no `runuser`"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return 'the driver of PostgreSQL is not installed: pip install -e ".[test]"'
    return ""


def programs() -> Path | None:
    """Return the folder of `initdb` and `pg_ctl`, which Debian keeps out of the PATH."""
    found = sorted(Path("/").glob(f"{DEBIAN[1:]}/initdb"), key=lambda path: int(path.parts[-3]))
    usual = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(usual).parent if usual else None


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server until the end of the block; it loses no commit when it crashes."""
    folder = Path(tempfile.mkdtemp(prefix="torgsync-postgres-"))
    bin_folder = programs()
    assert bin_folder
    server = Cluster(bin_folder, folder, _free_port())
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        _run(
            server,
            "initdb",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = {"listen_addresses": "127.0.0.1", "port": server.port, "unix_socket_directories": ""}
        settings = [*FAST, *(f"{name}={value}" for name, value in options.items())]
        words = " ".join(f"-c {setting}" for setting in settings)
        _run(server, "pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={words}")
        try:
            yield server
        finally:
            _run(server, "pg_ctl", "stop", "--mode=immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(server: Cluster, program: str, *arguments: str) -> None:
    command = [str(server.programs / program), f"--pgdata={server.folder / 'data'}", *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(
        command,
        cwd=server.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
