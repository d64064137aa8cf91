"""An SFTP server on loopback: a folder, one user, and a password."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import paramiko
from servers import PASSWORD, USER


class _Guard(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Lets one user in."""

    def check_auth_password(self, username: str, password: str) -> int:
        known = (username, password) == (USER, PASSWORD)
        return int(paramiko.common.AUTH_SUCCESSFUL if known else paramiko.common.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  # paramiko's signature
        return int(paramiko.common.OPEN_SUCCEEDED)


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc]  # likewise
    """One open file."""

    def stat(self) -> Any:  # noqa: ANN401
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


def _reply(operation: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Return what an operation returns, or the status of the protocol for its success or error."""
    try:
        result = operation()
    except OSError as trouble:
        return paramiko.SFTPServer.convert_errno(trouble.errno or 0)
    return paramiko.sftp.SFTP_OK if result is None else result


class Served(paramiko.SFTPServerInterface):  # type: ignore[misc]  # paramiko has no types
    """The folder."""

    def __init__(self, server: _Guard, root: Path) -> None:
        super().__init__(server)
        self._root = root

    def _at(self, path: str) -> Path:
        return self._root / str(self.canonicalize(path)).lstrip("/")

    def list_folder(self, path: str) -> Any:  # noqa: ANN401
        def listed() -> list[paramiko.SFTPAttributes]:
            entries = sorted(self._at(path).iterdir())
            return [paramiko.SFTPAttributes.from_stat(one.stat(), one.name) for one in entries]

        return _reply(listed)

    def stat(self, path: str) -> Any:  # noqa: ANN401
        return _reply(lambda: paramiko.SFTPAttributes.from_stat(self._at(path).stat()))

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:  # noqa: ANN401, ARG002
        def opened() -> _Handle:
            number = os.open(self._at(path), flags, 0o600)
            handle = _Handle(flags)
            handle.readfile = handle.writefile = os.fdopen(number, "wb" if flags & os.O_WRONLY else "rb")
            return handle

        return _reply(opened)

    def remove(self, path: str) -> Any:  # noqa: ANN401
        return _reply(lambda: self._at(path).unlink())

    def posix_rename(self, oldpath: str, newpath: str) -> Any:  # noqa: ANN401
        def renamed() -> None:
            self._at(oldpath).replace(self._at(newpath))

        return _reply(renamed)

    def chattr(self, path: str, attr: Any) -> Any:  # noqa: ANN401
        return _reply(lambda: self._at(path).chmod(attr.st_mode & 0o777))

    def mkdir(self, path: str, attr: Any) -> Any:  # noqa: ANN401, ARG002
        return _reply(lambda: self._at(path).mkdir())


def host_key() -> paramiko.PKey:
    """Return the key of all servers, which is kept in the home of these tests."""
    path = Path.home() / ".ssh" / "key-of-servers"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        paramiko.RSAKey.generate(2048).write_private_key_file(str(path))
    return paramiko.RSAKey.from_private_key_file(str(path))


def know_host(port: int, key: paramiko.PKey) -> None:
    """Have the user of these tests know the key of a server, as `ssh-keyscan` writes it down."""
    line = f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n"
    with (Path.home() / ".ssh" / "known_hosts").open("a+", encoding="ascii") as known:
        known.seek(0)
        if line not in known.readlines():
            known.write(line)


@contextmanager
def sftp_server(folder: Path, port: int = 0, served: type[Served] = Served) -> Iterator[str]:
    """Serve a folder over SFTP for the time of a `with` block; yield its address, which ends in `/`."""
    key = host_key()
    transports: list[paramiko.Transport] = []
    listener = socket.create_server(("127.0.0.1", port))

    def work() -> None:
        with suppress(OSError):  # the listener is closed at the end
            while True:
                connection, _ = listener.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, served, folder)
                transport.start_server(event=Event(), server=_Guard())  # a client may leave at once
                transports.append(transport)

    know_host(listener.getsockname()[1], key)
    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield f"sftp://{USER}@127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
        thread.join()
