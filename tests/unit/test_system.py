"""Why a connection failed, in words that have translations."""

from __future__ import annotations

import ftplib
import socket
import ssl
from types import MappingProxyType

import pytest

from torgsync import i18n
from torgsync.cli.base.language import load_catalog
from torgsync.system import connection_words, known_reason, rejection


def caused(cause: Exception, text: str = "") -> Exception:
    """Return an error of a library with its cause."""
    error = OSError(text) if text else RuntimeError()
    error.__cause__ = cause
    return error


def certificate(code: int) -> ssl.SSLCertVerificationError:
    """Return the error for a certificate, as OpenSSL numbers it."""
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error.verify_code = code
    return error


class NoValidConnectionsError(OSError):  # as paramiko names it
    """An error that keeps those of each address."""

    errors = MappingProxyType({("127.0.0.1", 22): ConnectionRefusedError(111, "Connection refused")})


class ReadTimeout(Exception):  # as httpx names it
    """An error whose name says all."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (caused(ConnectionRefusedError(10061, "Keine Verbindung")), "Connection refused"),
        (caused(ConnectionResetError(104, "Connection reset by peer")), "Connection reset by peer"),
        (caused(TimeoutError("timed out")), "it did not answer in time"),
        (caused(socket.gaierror(socket.EAI_AGAIN, "…")), "Temporary failure in name resolution"),
        (caused(socket.gaierror(socket.EAI_NONAME, "…")), "Name or service not known"),
        (caused(certificate(10)), "its certificate has expired"),
        (caused(certificate(62)), "its certificate is for another name"),
        (caused(certificate(18)), "its certificate is not trusted"),
        (caused(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "no encrypted connection can be made"),
        (RuntimeError("Server disconnected without sending a response."), "it closed the connection"),
        (RuntimeError("peer closed connection without sending complete"), "its answer ended too early"),
        (ReadTimeout(), "it did not answer in time"),
        (EOFError(), "it closed the connection"),
        (OSError("Socket is closed"), "it closed the connection"),
        (RuntimeError("Server connection dropped: "), "it closed the connection"),
        (NoValidConnectionsError(), "Connection refused"),
    ],
)
def test_the_first_cause_is_named(error: Exception, words: str) -> None:
    """Whatever library wraps it, and whatever language the system speaks; every reason is translated."""
    said = connection_words(error)
    assert said.startswith(words)
    i18n.use(load_catalog("uk"))
    try:
        assert known_reason(said).translated() != said
    finally:
        i18n.use(None)


class ClientError(Exception):  # as botocore names it
    """An error with the answer of an S3 service."""

    def __init__(self, code: str) -> None:
        super().__init__("An error occurred")
        self.response = {"Error": {"Code": code}}


def refused_by_ftp(said: str) -> Exception:
    """Return the error for what an FTP server said."""
    return ftplib.error_perm(said)  # noqa: S321  # no connection is made


class AuthenticationException(Exception):  # as paramiko names it
    """An error whose name says all."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused_by_ftp("530 Login incorrect."), "it refuses the user or the password (530)"),
        (
            caused(ClientError("InvalidAccessKeyId"), "denied"),
            "it refuses the access key (InvalidAccessKeyId)",
        ),
        (
            caused(ClientError("SignatureDoesNotMatch"), "no"),
            "it refuses the access key (SignatureDoesNotMatch)",
        ),
        (caused(ClientError("AccessDenied"), "no"), "this user may not do that there (AccessDenied)"),
        (AuthenticationException("Authentication failed."), "it does not accept this password or SSH key"),
        (OSError("No authentication methods available"), "it does not accept this password or SSH key"),
    ],
)
def test_a_refused_user_is_named_in_every_language(error: Exception, words: str) -> None:
    """With the code of the server, which its owner can look up, and without its own sentence."""
    found = rejection(error)
    assert found
    assert (found.why, found.is_login) == (words, True)
    i18n.use(load_catalog("uk"))
    try:
        assert found.why.translated() != words
    finally:
        i18n.use(None)


@pytest.mark.parametrize(
    "said", ["530 Too many connections", "421 Service not available", "550 No such file"]
)
def test_what_refuses_no_user_is_something_else(said: str) -> None:
    """A server that is full says so with the code of a wrong password."""
    assert rejection(refused_by_ftp(said)) is None
    assert rejection(OSError(said)) is None


def test_what_is_not_known_is_data() -> None:
    """A library may say anything."""
    assert connection_words(RuntimeError("odd")) == ""
    assert known_reason("odd") == "odd"
