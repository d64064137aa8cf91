"""FTP with servers that may not be anywhere."""

from __future__ import annotations

import socket
from ftplib import FTP

from fsspec.implementations.ftp import FTPFileSystem

from torgsync.core.reach import Reach
from torgsync.files.places.reach import resolve


class CheckedServerFiles(FTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Files on an FTP server; the connection goes to an address that was checked."""

    def __init__(self, reach: Reach, **options: object) -> None:
        self._reach = reach
        self.ftp = FTP()  # noqa: S321  # what fsspec closes where no connection is made
        self.host: str
        super().__init__(**options)

    def _connect(self) -> None:
        name: str = self.host
        failure: OSError = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        for one in resolve(name, self.port, self._reach):
            self.host = one.ip
            try:
                super()._connect()
            except OSError as trouble:
                failure = trouble
            else:
                return
        raise failure
