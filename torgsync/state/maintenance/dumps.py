"""Copies of a state on PostgreSQL, by its own `pg_dump`, `pg_restore` and `psql`.

The password is given in the environment, where other users do not see it as they see a command line. All of
this is tested where PostgreSQL is installed, and counts as covered elsewhere.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, make_url

from torgsync.errors import StateUnusable, Temporary, TorgsyncError, UsageError
from torgsync.i18n import _, verbatim
from torgsync.state.schema.backups import space_hint
from torgsync.state.schema.base import metadata
from torgsync.system import reason

_WAIT = 10
"""Seconds that a restore waits for a process that works with the state."""
_AFTER = "DELETE FROM leases; UPDATE objects SET full_look_at = NULL, noop_plan = ''"
"""No process holds a lease of a backup any more, and what Prom has now is looked at as a whole."""


def dump(url: str, target: Path) -> None:  # pragma: no cover  # see the top
    """Write the tables of a state to a new file, as they are at one moment.

    Raises:
        OSError: The file cannot be made.
        TorgsyncError: `pg_dump` is missing or ended with an error.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    names = [f"--table={name}" for name in (*metadata.tables, "alembic_version")]
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *names, f"--file={target}")


def schema_in(url: str, file: Path) -> str | None:  # pragma: no cover  # see the top
    """Return the schema of the state in a dump. Raises UsageError where the file is none."""
    try:
        text = _run(
            url, "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file), connects=False
        )
    except StateUnusable as error:
        raise UsageError(
            _("`{file}` is not a backup of a state: {why}", file=file, why=error.message),
            hint=error.hint
            if "unsupported version" in error.message
            else _("name a file that `torgsync state backup` wrote from PostgreSQL"),
        ) from error
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("COPY ")]
    return lines[begins[0] + 1] if begins else None


def load(url: str, file: Path, existing: list[str], folder: Path) -> None:  # pragma: no cover  # see the top
    """Put a dump in the place of the tables that exist, all of it or nothing.

    Args:
        url: The state's address.
        file: The dump.
        existing: The names of the tables.
        folder: Where a file can be written meanwhile: that of the dump may be read-only.

    Raises:
        TorgsyncError: A program is missing, or the database refused something.
    """
    script = folder / f".{secrets.token_hex(8)}.sql"
    quoted = ", ".join(f'"{name}"' for name in existing)
    drop = [f"--command=DROP TABLE IF EXISTS {quoted} CASCADE"] if existing else []
    try:
        os.close(os.open(script, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _run(
            url, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file), connects=False
        )
        _run(
            url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
            *drop, f"--file={script}", "--command=RESET search_path", f"--command={_AFTER}",
        )  # fmt: skip
    except OSError as error:
        raise TorgsyncError(
            _("the state is as it was; the backup cannot replace it: {why}", why=reason(error)),
            hint=space_hint(folder),
        ) from error
    finally:
        with suppress(OSError):
            script.unlink(missing_ok=True)


def _run(
    url: str, program: str, *arguments: str, connects: bool = True
) -> str:  # pragma: no cover  # see the top
    """Run one of PostgreSQL's programs and return what it printed."""
    found = shutil.which(program)
    if found is None:
        raise StateUnusable(
            _("`{program}` is not installed; it is needed to copy a state on PostgreSQL", program=program),
            hint=_("install PostgreSQL's client programs, on Debian: `apt-get install postgresql-client`"),
        )
    address = make_url(url)
    environment = {
        "PGCONNECT_TIMEOUT": "10",
        **os.environ,
        "PGOPTIONS": f"-c lock_timeout={_WAIT}s",
        "PGCLIENTENCODING": "UTF8",
        "LC_ALL": "C",  # what the programs say is looked at below
    }
    secret = address.password or address.query.get("password")
    if isinstance(secret, str):
        environment["PGPASSWORD"] = secret
    query = address.difference_update_query(["password"]).query
    plain = URL.create(
        "postgresql", address.username, None, address.host, address.port, address.database, query
    )  # `set` would keep the password
    to = [f"--dbname={plain.render_as_string()}"] if connects else []
    done = subprocess.run(  # noqa: S603  # no shell, and the program was looked for
        [found, *to, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    words = next((line for line in done.stderr.splitlines() if line.strip()), f"exit code {done.returncode}")
    if "lock timeout" in done.stderr:
        raise Temporary(
            _("the state is in use by another process"),
            hint=_("wait until the other run has finished, then run the same command again"),
        )
    if "version mismatch" in words or "unsupported version" in words:
        raise StateUnusable(
            _("`{program}` is older than the server or the copy: {why}", program=program, why=words.strip()),
            hint=_("install PostgreSQL's client programs in the version of the server"),
        )
    raise StateUnusable(verbatim(words.strip()), hint=_("check the server, and check `TORGSYNC_STATE`"))
