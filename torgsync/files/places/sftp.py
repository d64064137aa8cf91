"""SFTP with servers whose keys this computer knows, as ssh does: another one would get the password."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from torgsync.files.places.place import PlaceUntrusted
from torgsync.files.places.reach import connect
from torgsync.i18n import _

_SCANNED = {"ssh-rsa": "rsa", "ssh-ed25519": "ed25519"}
"""What `ssh-keyscan` calls types of keys; all others are of one family."""


class KnownServerFiles(SFTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Files on an SFTP server; an operation that gets no answer within the option `timeout` is given up."""

    def _connect(self) -> None:
        host = self.host.lower()  # as ssh looks it up
        options = dict(self.ssh_kwargs)
        if reach := options.pop("reach", None):
            timeout = options.get("timeout") or 0
            options["sock"] = connect(host, options.get("port") or paramiko.config.SSH_PORT, reach, timeout)
            if not reach.own_keys:
                options |= {"allow_agent": False, "look_for_keys": False}
        self.client = paramiko.SSHClient()
        for path in _known_hosts():
            with suppress(OSError):
                self.client.load_system_host_keys(str(path))
        self.client.set_missing_host_key_policy(_Unknown)
        try:
            self.client.connect(host, **options)
            self.ftp = self.client.open_sftp()
        except BaseException as trouble:
            self.client.close()
            if isinstance(trouble, paramiko.BadHostKeyException):
                raise _changed(_named(host, self.ssh_kwargs.get("port")), trouble.key) from trouble
            raise
        self.ftp.get_channel().settimeout(self.ssh_kwargs.get("timeout"))  # else it waits without end


class _Unknown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """Refuses a server without a known key."""

    def missing_host_key(self, _client: object, hostname: str, key: Any) -> None:  # noqa: ANN401  # likewise
        host, _mark, port = hostname.strip("[").partition("]:")
        way = f"-p {port} " if port else ""
        scan = f"ssh-keyscan {way}-t {_SCANNED.get(key.get_name(), 'ecdsa')} {host}"
        raise PlaceUntrusted(
            _(
                "this computer does not know the server's key, whose fingerprint is {fingerprint}",
                fingerprint=key.fingerprint,
            ),
            _(
                "compare it with the fingerprint that the hosting names; if it is the same, keep the key:\n"
                "{command}",
                command=_appended(scan, _own_file()),
            ),
        )


def _changed(named: str, key: Any) -> PlaceUntrusted:  # noqa: ANN401  # likewise
    files = (path for path in _known_hosts() if _has(path, named))
    path = _quoted(next(files, _own_file()))
    return PlaceUntrusted(
        _(
            "the server's key is another one than this computer knows; its fingerprint is {fingerprint}",
            fingerprint=key.fingerprint,
        ),
        _(
            "another computer may pretend to be the server: ask the hosting whether its key is new; only if "
            "it is, forget the old one:\n{command}",
            command=f'ssh-keygen -R "{named}" -f {path}',
        ),
    )


def _known_hosts() -> Iterator[Path]:
    """Yield the files in which ssh looks for keys of servers."""
    yield _own_file()
    yield _own_file().with_name("known_hosts2")
    system = Path(os.environ.get("PROGRAMDATA", ""), "ssh") if os.name == "nt" else Path("/etc/ssh")
    yield system / "ssh_known_hosts"
    yield system / "ssh_known_hosts2"


def _own_file() -> Path:
    return Path("~").expanduser() / ".ssh" / "known_hosts"


def _has(path: Path, named: str) -> bool:
    try:
        return paramiko.HostKeys(str(path)).lookup(named) is not None
    except OSError:
        return False


def _named(host: str, port: int | None) -> str:
    """Return a server's name as `known_hosts` has it."""
    return host if port in (None, paramiko.config.SSH_PORT) else f"[{host}]:{port}"


def _appended(command: str, path: Path) -> str:
    """Return the command whose output is added to a file; a plain one that any shell takes."""
    if os.name == "nt":
        return f'cmd /c "{command} >> "{path}""'
    make = "" if path.parent.is_dir() else f"mkdir -p {_quoted(path.parent)} && "
    return f"{make}{command} >> {_quoted(path)}"


def _quoted(path: Path) -> str:
    return f'"{path}"' if os.name == "nt" else shlex.quote(str(path))
