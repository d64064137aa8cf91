"""Where an object's token is kept: environment, file for its owner, keyring; never part of a message."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import ModuleType

from pydantic import SecretStr

from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring
from torgsync.disk import read_text
from torgsync.errors import TorgsyncError
from torgsync.files.config.objects import ObjectFile, mistakes_at
from torgsync.files.config.settings import variable
from torgsync.files.config.text_files import replace_text

SERVICE = "torgsync"
"""What all our tokens in a keyring are kept for."""
LONGEST = 1000
"""Letters of a token; those of Prom have 40, and a header must not be too long for a server."""


def read_token(file: ObjectFile) -> str:
    """Return the object's token. Raises ObjectInvalid where there is none, without any part of it."""
    way = file.settings.api_key
    if isinstance(way, SecretStr):
        token, trouble = way.get_secret_value(), "it is empty"
    else:
        secret, trouble = _secret(file, way, "token")
        token = secret or ""
    token = token.strip()
    if 0 < len(token) <= LONGEST and token.isascii() and token.isprintable() and " " not in token:
        return token
    if token:
        trouble = "it holds letters that no token has; copy it anew from the seller's cabinet"
    raise mistakes_at(file, [(("api_key",), "api_key", trouble)])


def read_outbox_password(file: ObjectFile) -> str | None:
    """Return the password of the outbox, None where none is named. Raises ObjectInvalid for an empty one."""
    way = file.settings.orders.outbox_password
    if way is None:
        return None
    secret, trouble = _secret(file, way, "password")
    if password := (secret or "").strip("\r\n"):
        return password
    raise mistakes_at(file, [(("orders", "outbox_password"), "orders.outbox_password", trouble)])


def _secret(
    file: ObjectFile, way: FromEnvironment | FromFile | FromKeyring, what: str
) -> tuple[str | None, str]:
    """Return the secret, and why there is none."""
    match way:
        case FromEnvironment(env=name):
            return variable(name), f"the environment variable `{name}` is not set"
        case FromFile(file=path):
            place = file.path_of(path)
            try:
                return read_text(place), f"there is no {what} in `{place}`"
            except FileNotFoundError:
                return None, f"there is no {what} in `{place}`"
            except (OSError, UnicodeDecodeError) as trouble:
                why = trouble.strerror if isinstance(trouble, OSError) else "it is not UTF-8 text"
                return None, f"`{place}` cannot be read: {why}"
        case FromKeyring(keyring=name):  # pragma: no branch  # there is no fourth way
            return _from_keyring(name)


def _from_keyring(name: str) -> tuple[str | None, str]:
    try:
        ring = _keyring()
    except TorgsyncError as missing:
        return None, missing.message
    try:
        return ring.get_password(SERVICE, name), f"the system's keyring holds no token under `{name}`"
    except ring.errors.KeyringError as refused:
        return None, _refused(refused)


def literal_token(file: ObjectFile) -> bool:
    """Return whether the token is in the TOML itself, where everybody who sees the file sees it."""
    return isinstance(file.settings.api_key, SecretStr)


def write_token(path: Path, token: str) -> None:
    """Write a token so that only its owner can read it, also over a file that others could read."""
    replace_text(path, token.strip() + "\n", private=True)


def keep_in_keyring(name: str, token: str) -> None:
    """Put a token into the system's keyring. Raises TorgsyncError where there is none, or it is locked."""
    ring = _keyring()
    try:
        ring.set_password(SERVICE, name, token.strip())
    except ring.errors.KeyringError as refused:
        raise TorgsyncError(_refused(refused), hint="unlock it, or keep the token in a file") from refused


def forget_token(file: ObjectFile, secrets: Path) -> bool:
    """Delete the token where it was kept for this object alone; return whether it was."""
    match file.settings.api_key:
        case FromFile(file=path) if file.path_of(path).parent == secrets.resolve():
            place = file.path_of(path)
            existed = place.exists()
            place.unlink(missing_ok=True)
            return existed
        case FromKeyring(keyring=name):
            ring = _keyring()
            with suppress(ring.errors.KeyringError):
                ring.delete_password(SERVICE, name)
                return True
    return False


def _keyring() -> ModuleType:
    """Return the library of the system's keyring. Raises TorgsyncError where it is missing."""
    try:
        import keyring  # noqa: PLC0415  # an extra
    except ImportError as missing:
        needed = 'the system\'s keyring needs a library: `pip install "torgsync[keyring]"`'
        raise TorgsyncError(needed) from missing
    return keyring


def _refused(refused: Exception) -> str:
    said = " ".join(str(refused).split()) or type(refused).__name__
    return f"the system's keyring cannot be used: {said}"
