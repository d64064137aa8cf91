"""Places where photos are published: a folder, and servers that are processes of their own, to be killed.

Called as `python storages.py KIND FOLDER PORT LOG FAULT`, it is such a server: it writes a line with the port
when it listens, and a line into LOG for each file that has got its name. FAULT is empty, `die N`, where the
process kills itself while it receives the Nth file, `fail N`, where it refuses the Nth file, or `hang N`,
where it says so in LOG and then nothing more; with `stall N` it does so when a part of the file has come.
With `full N` there is no space left from the Nth file on, with `few N` the FTP server allows N connections at
once.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from errno import ENOSPC
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any
from urllib.parse import unquote

from servers import PASSWORD, USER, ftp_server

BUCKET = "shop"
HANGS, REFUSES = "(hangs)", "(refuses)"
"""Lines of the log that are no files."""
KINDS = ("folder", "ftp", "sftp", "s3")
SERVERS = KINDS[1:]


class Storage:
    """One place; `root` is what it keeps on this machine, `prefix` the folder in it.

    `address` and `settings` are values of `[catalog.photos]` in TOML, without the password.
    """

    def __init__(self, kind: str, root: Path, prefix: str = "photos") -> None:
        self.kind, self.root, self.prefix, self.port = kind, root, prefix, 0
        self._log = root.with_name(f"{root.name}.log")
        self._process: subprocess.Popen[str] | None = None
        root.mkdir(parents=True, exist_ok=True)

    def start(self, fault: str = "") -> None:
        """Begin to serve, at the same port as before."""
        if self.kind == "folder":
            return
        command = (__file__, self.kind, str(self.root), str(self.port), str(self._log), fault)
        self._process = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "AWS_ACCESS_KEY_ID": USER, "AWS_SECRET_ACCESS_KEY": PASSWORD},
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        """Kill the server."""
        if self._process:
            self._process.kill()
            self.wait()

    def wait(self) -> None:
        """Wait for the end of a server that kills itself."""
        if self._process:
            self._process.wait(60)
            if self._process.stdout:
                self._process.stdout.close()

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process is None or self._process.poll() is None

    @property
    def place(self) -> str:
        """What `publish` says."""
        match self.kind:
            case "folder":
                return str(self.root / self.prefix)
            case "s3":
                return f"s3://{BUCKET}/{self.prefix}"
            case _:
                return f"{self.kind}://127.0.0.1:{self.port}/{self.prefix}"

    @property
    def settings(self) -> dict[str, str]:
        """What else is set, but the password."""
        if self.kind == "folder":
            return {}
        endpoint = {"publish_endpoint": self.endpoint} if self.kind == "s3" else {}
        return {"publish_user": USER, **endpoint}

    @property
    def endpoint(self) -> str:
        """The address of the S3 service."""
        return f"http://127.0.0.1:{self.port}"

    def describe(self, text: str, password: str) -> str:
        """Return a sync object's TOML that publishes here; `password` is the value of `publish_password`."""
        keys = {"publish": self.place, **self.settings}
        lines = [f'{key} = "{value}"' for key, value in keys.items()]
        if self.kind != "folder":
            lines.append(f"publish_password = {password}")
        return text.replace("[catalog.photos]", "\n".join(("[catalog.photos]", *lines)), 1)

    @property
    def uploads(self) -> list[str]:
        """The names of all files that got theirs, in this order, as the server noted them."""
        if not self._log.exists():
            return []
        names = [Path(line).name for line in self._log.read_text("utf-8").splitlines()]
        return [name for name in names if name not in (HANGS, REFUSES)]

    @property
    def hung(self) -> int:
        """How many files the server fell silent at."""
        return self._log.read_text("utf-8").splitlines().count(HANGS)

    @property
    def refused_logins(self) -> int:
        """How often the FTP server refused a password, once it has written that down."""
        until = monotonic() + 60
        while not self._log.exists() and monotonic() < until:
            sleep(0.01)
        return self._log.read_text("utf-8").count(REFUSES)

    def wait_until_it_hangs(self) -> None:
        """Wait for a server that hangs at a file to get there."""
        until = monotonic() + 60
        while not (self._log.exists() and HANGS in self._log.read_text("utf-8")):
            assert monotonic() < until
            sleep(0.01)

    def files(self) -> dict[str, bytes]:
        """Return what is in the folder, by name."""
        if self.kind == "s3":
            objects = self.bucket().objects.filter(Prefix=f"{self.prefix}/")
            return {one.key.rpartition("/")[2]: one.get()["Body"].read() for one in objects}
        folder = self.root / self.prefix
        return {one.name: one.read_bytes() for one in folder.iterdir()} if folder.exists() else {}

    def check_keys(self) -> None:
        """Have the S3 server refuse every key from now on: it knows none."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
        assert connection.getresponse().status == 200
        connection.close()

    def bucket(self) -> Any:  # noqa: ANN401  # boto3 has no types
        """Return the bucket on the S3 server."""
        return _service(self.endpoint).Bucket(BUCKET)


def _service(endpoint: str) -> Any:  # noqa: ANN401  # likewise
    import boto3

    keys = {"aws_access_key_id": USER, "aws_secret_access_key": PASSWORD, "region_name": "us-east-1"}
    return boto3.resource("s3", endpoint_url=endpoint, **keys)


class _Faults:
    """Notes files, and does what the fault says to one of them."""

    def __init__(self, log: str, fault: str) -> None:
        self._log, (self._what, number) = log, (fault.split() if fault else ("", "0"))
        self._nth, self._count, self._lock = int(number), 0, Lock()
        self.most = self._nth if self._what == "few" else 0

    def begins(self) -> bool:
        """Count a file that comes in; return whether it is refused."""
        with self._lock:
            self._count += 1
            if self._what == "hang" and self._count >= self._nth:
                self._write(HANGS)
                Event().wait()
            return (self._what, self._count) == ("fail", self._nth)

    def received(self) -> None:
        """Die, or whatever it is time for, when a part of a file has come. Raises OSError on a full disk."""
        if self._count < self._nth:
            return
        if self._what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._what == "stall":
            self.note(HANGS)
            Event().wait()
        if self._what == "full":
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def note(self, name: str) -> None:
        """Note a file that has its name now."""
        with self._lock:
            self._write(name)

    def _write(self, line: str) -> None:
        with Path(self._log).open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")


def _ready(port: int | str) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


def _serve_ftp(folder: Path, port: int, faults: _Faults) -> None:
    from pyftpdlib.handlers import FTPHandler

    def stor(handler: Any, file: str, mode: str = "w") -> Any:  # noqa: ANN401
        if faults.begins():
            return handler.respond("451 Try again.")
        opened = handler.fs.open

        def held(path: str, how: str) -> Any:  # noqa: ANN401
            with opened(path, how):  # the file is there, its content comes
                faults.received()
            return opened(path, how)

        handler.fs.open = held
        try:
            return FTPHandler.ftp_STOR(handler, file, mode)
        finally:
            handler.fs.open = opened

    def renamed(handler: Any, path: str) -> Any:  # noqa: ANN401
        faults.note(path)  # before the answer, which lets the test go on
        return FTPHandler.ftp_RNTO(handler, path)

    def refused(_handler: object, _user: str, _password: str) -> None:
        faults.note(REFUSES)

    parts: dict[str, Any] = {"ftp_STOR": stor, "ftp_RNTO": renamed, "on_login_failed": refused}
    with ftp_server(folder, port, faults.most, **parts) as place:
        _ready(place.port)
        Event().wait()


def _serve_sftp(folder: Path, port: int, faults: _Faults) -> None:
    import paramiko
    from sftp import Served, sftp_server

    class Noted(Served):
        def open(self, path: str, flags: int, attr: Any) -> Any:  # noqa: ANN401
            if flags & os.O_WRONLY and faults.begins():
                return paramiko.sftp.SFTP_FAILURE
            handle = super().open(path, flags, attr)
            if flags & os.O_WRONLY and isinstance(handle, paramiko.SFTPHandle):
                write = handle.write

                def written(offset: int, data: bytes) -> Any:  # noqa: ANN401
                    try:
                        faults.received()
                    except OSError:
                        return paramiko.sftp.SFTP_FAILURE
                    return write(offset, data)

                handle.write = written
            return handle

        def posix_rename(self, oldpath: str, newpath: str) -> Any:  # noqa: ANN401
            reply = super().posix_rename(oldpath, newpath)
            if reply == paramiko.sftp.SFTP_OK:
                faults.note(newpath)
            return reply

    with sftp_server(folder, port, Noted) as address:
        _ready(address.rstrip("/").rpartition(":")[2])
        Event().wait()


def _serve_s3(_folder: Path, port: int, faults: _Faults) -> None:
    """Serve with moto, which keeps everything in memory; the bucket is there."""
    from threading import Thread

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    app = DomainDispatcherApplication(create_backend_app)

    def served(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if environ["REQUEST_METHOD"] != "PUT" or path.count("/") < 2:
            return app(environ, start_response)  # type: ignore[no-any-return]
        if faults.begins():
            start_response("503 Slow Down", [("Content-Length", "0")])
            return []
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        faults.received()
        environ["wsgi.input"] = io.BytesIO(body)
        answer = app(environ, start_response)
        faults.note(unquote(path))
        return answer  # type: ignore[no-any-return]

    server = make_server("127.0.0.1", port, served, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    _service(f"http://127.0.0.1:{server.server_port}").create_bucket(Bucket=BUCKET)
    _ready(server.server_port)
    Event().wait()


def main() -> None:
    """Serve until killed."""
    kind, folder, port, log, fault = sys.argv[1:]
    serve = {"ftp": _serve_ftp, "sftp": _serve_sftp, "s3": _serve_s3}[kind]
    with suppress(KeyboardInterrupt):
        serve(Path(folder), int(port), _Faults(log, fault))


if __name__ == "__main__":
    main()
