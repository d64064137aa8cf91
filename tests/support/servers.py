"""An FTP server on loopback, as hosters run them: what tests of outboxes put files on."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

USER, PASSWORD = "torgsoft", "g3heim-invented"


@dataclass(frozen=True)
class FtpPlace:
    """A folder that is served: on disk, and as an address with the user's name."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address of the folder."""
        return f"ftp://{USER}@127.0.0.1:{self.port}/"


@contextmanager
def ftp_server(
    folder: Path, port: int = 0, most: int = 0, lacking: tuple[str, ...] = (), **handling: object
) -> Iterator[FtpPlace]:
    """Serve a folder over FTP for the time of a `with` block.

    `most` is how many connections it allows, 0 for any number; `lacking` are commands
    that it does not know; `handling` replaces parts of the handler.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # asyncore, until Python 3.12
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler
        from pyftpdlib.ioloop import IOLoop
        from pyftpdlib.servers import FTPServer

    logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder), perm="elradfmwMT")
    known = {name: about for name, about in FTPHandler.proto_cmds.items() if name not in lacking}
    handling = {"proto_cmds": known, **handling}
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer, "auth_failed_timeout": 0, **handling})
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", port), handler, ioloop=loop)
    server.max_cons = most
    going = True

    def work() -> None:
        while going:
            server.serve_forever(timeout=0.02, blocking=False)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield FtpPlace(folder, server.address[1])
    finally:
        going = False
        thread.join()
        server.close_all()
        loop.close()
