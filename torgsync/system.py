"""Why the system, the network or SQLite refused something: the one place where their words get translations.

A reason is stored and logged in English, and `known_reason` makes it a message again where it is shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from torgsync.i18n import Message, _, verbatim

NO_ANSWER = "it did not answer in time"
"""What a server did that fell silent."""
SYSTEM = {
    str(words): words
    for words in (
        _("Address already in use"),
        _("Broken pipe"),
        _("Cannot assign requested address"),
        _("Connection refused"),
        _("Connection reset by peer"),
        _("Connection timed out"),
        _("Device or resource busy"),
        _("Directory not empty"),
        _("Disk quota exceeded"),
        _("File exists"),
        _("File name too long"),
        _("File too large"),
        _("Host is down"),
        _("Input/output error"),
        _("Invalid argument"),
        _("Invalid cross-device link"),
        _("Is a directory"),
        _("Network is down"),
        _("Network is unreachable"),
        _("No route to host"),
        _("No space left on device"),
        _("No such device"),
        _("No such file or directory"),
        _("Not a directory"),
        _("Operation not permitted"),
        _("Operation not supported"),
        _("Permission denied"),
        _("Read-only file system"),
        _("Software caused connection abort"),
        _("Stale file handle"),
        _("Text file busy"),
        _("Too many levels of symbolic links"),
        _("Too many open files"),
        _("Transport endpoint is not connected"),
    )
}
"""The system's own words for what goes wrong with files and connections."""
OTHERS = {
    str(words): words
    for words in (
        # the resolver of names
        _("Name or service not known"),
        _("Temporary failure in name resolution"),
        # encryption
        _("its certificate is not trusted"),
        _("its certificate has expired"),
        _("its certificate is for another name"),
        _("no encrypted connection can be made"),
        # connections
        _("it did not answer in time"),
        _("it closed the connection without an answer"),
        _("its answer ended too early"),
        _("its answer is not HTTP"),
        # SQLite
        _("attempt to write a readonly database"),
        _("database disk image is malformed"),
        _("database is locked"),
        _("database or disk is full"),
        _("disk I/O error"),
        _("file is not a database"),
        _("unable to open database file"),
    )
}
"""Words of resolvers and SQLite, and ours where a library has none that an owner of a shop understands."""
_CLASSES: tuple[tuple[type[OSError], str], ...] = (
    (ConnectionRefusedError, "Connection refused"),
    (ConnectionResetError, "Connection reset by peer"),
    (ConnectionAbortedError, "Software caused connection abort"),
    (BrokenPipeError, "Broken pipe"),
    (TimeoutError, NO_ANSWER),
)
"""What errors of connections are, also where the system speaks the language of its user."""
_CERTIFICATES = {10: "its certificate has expired", 62: "its certificate is for another name"}
"""What is wrong with a certificate, by OpenSSL's numbers."""
_LIBRARY = (
    ("Server disconnected", "it closed the connection without an answer"),
    ("Server connection dropped", "it closed the connection without an answer"),
    ("Socket is closed", "it closed the connection without an answer"),
    ("peer closed connection", "its answer ended too early"),
    ("illegal", "its answer is not HTTP"),
)
"""How sentences of libraries begin, which have no other sign."""
_NAMES = {
    "EOFError": "it closed the connection without an answer",
    "ConnectTimeout": NO_ANSWER,
    "PoolTimeout": NO_ANSWER,
    "ReadTimeout": NO_ANSWER,
    "WriteTimeout": NO_ANSWER,
}
"""What exceptions of libraries mean that say nothing."""
_NO_LOGIN = _("it refuses the user or the password ({code})")
_NO_METHOD = _("it does not accept this password or SSH key")
_NO_KEY = _("it refuses the access key ({code})")
_NO_RIGHT = _("this user may not do that there ({code})")
_REJECTIONS = {
    "430": _NO_LOGIN,
    "530": _NO_LOGIN,
    "532": _NO_LOGIN,
    "AuthenticationException": _NO_METHOD,
    "BadAuthenticationType": _NO_METHOD,
    "PasswordRequiredException": _("the SSH key of this computer has a password of its own"),
    "NoCredentialsError": _("it wants an access key, and there is none"),
    "PartialCredentialsError": _("a part of the access key is missing"),
    "ExpiredToken": _NO_KEY,
    "InvalidAccessKeyId": _NO_KEY,
    "InvalidClientTokenId": _NO_KEY,
    "InvalidToken": _NO_KEY,
    "SignatureDoesNotMatch": _NO_KEY,
    "403": _("it refuses the access key, or this key may not do that there ({code})"),
    "AccessDenied": _NO_RIGHT,
    "AllAccessDisabled": _NO_RIGHT,
    "AccountProblem": _("it refuses the account: is it paid for? ({code})"),
    "NoSuchBucket": _("there is no such bucket ({code})"),
    "RequestTimeTooSkewed": _("the clock of this computer is wrong ({code})"),
}
"""Why a server of files lets no user in, by FTP's codes, by exceptions of SSH and S3, and by S3's codes."""
_LOGINS = (_NO_LOGIN, _NO_METHOD, _NO_KEY, _REJECTIONS["403"], _NO_RIGHT)
_CROWD = re.compile("connection|maximum|too many|limit", re.IGNORECASE)
"""What FTP servers say that refuse a user for now only, with the code of a refused password."""
_SEVERAL = {"NoValidConnectionsError"}
"""Exceptions of libraries that keep their causes in `errors`, keyed by address."""


def known_reason(words: str) -> Message:
    """Return a reason as a message; one that is not known here is data."""
    return SYSTEM.get(words) or OTHERS.get(words) or verbatim(words)


def reason(error: OSError) -> Message:
    """Return why the system refused something, in words."""
    said = error.strerror or ""
    if isinstance(said, Message):
        return said
    return known_reason(_system_words(error) or str(error) or type(error).__name__)


def connection_words(error: BaseException) -> str:
    """Return why a connection failed, in English: what its first cause was; empty where it is not known.

    `known_reason` translates it.
    """
    import ssl  # noqa: PLC0415  # only an error needs it

    found = list(causes(error))
    for cause in reversed(found):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _CERTIFICATES.get(cause.verify_code, "its certificate is not trusted")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, TimeoutError):
            return "no encrypted connection can be made"
        if isinstance(cause, OSError) and (words := _system_words(cause)):
            return words
    texts = list(map(str, found))
    words = next((words for begin, words in _LIBRARY for text in texts if text.startswith(begin)), "")
    return words or _NAMES.get(type(error).__name__, "")


class Rejection(NamedTuple):
    """Why a server of files refused something; `is_login` where it is about who may come in."""

    why: Message
    is_login: bool


def rejection(error: BaseException) -> Rejection | None:
    """Return why a server of files refused a user, None where an error is about something else."""
    for cause in causes(error):
        if (template := _REJECTIONS.get(code := _rejection_code(cause))) is not None:
            return Rejection(template.filled(code=code), template in _LOGINS)
    return None


def _rejection_code(error: BaseException) -> str:
    """Return a key of `_REJECTIONS`, if an exception has one."""
    answer = getattr(error, "response", None)
    if isinstance(answer, dict):
        return str(answer.get("Error", {}).get("Code", ""))
    if type(error).__module__ == "ftplib":
        return "" if _CROWD.search(str(error)) else str(error)[:3]
    if str(error).startswith("No authentication methods"):
        return "BadAuthenticationType"
    return type(error).__name__


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        several = list(getattr(error, "errors", {}).values()) if type(error).__name__ in _SEVERAL else []
        error = several[0] if several else error.__cause__ or error.__context__


def _system_words(error: OSError) -> str:
    """Return the English words of the system for an error; empty where there are none."""
    import socket  # noqa: PLC0415  # only an error needs it

    if isinstance(error, socket.gaierror):
        again = error.errno == socket.EAI_AGAIN
        return "Temporary failure in name resolution" if again else "Name or service not known"
    if words := next((words for kind, words in _CLASSES if isinstance(error, kind)), ""):
        return words
    said, words = error.strerror or "", os.strerror(error.errno or 0)
    if said.startswith(words) or (error.errno and os.name == "nt"):  # Windows speaks its user's language
        return words
    return said
