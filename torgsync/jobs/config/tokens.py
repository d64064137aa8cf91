"""Replaces the token of a sync object."""

from __future__ import annotations

from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring
from torgsync.errors import UsageError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.files.config.tokens import forget_token, keep_in_keyring, write_token
from torgsync.files.config.toml_edit import Setting, change_keys


def replace_token(file: ObjectFile, token: str, home: Settings, *, keyring: bool) -> str:
    """Write another token where the object keeps its own, or from now on into the system's keyring.

    Returns:
        Where it is, for people.

    Raises:
        UsageError: The token is in an environment variable.
    """
    match file.settings.api_key:
        case FromKeyring(keyring=name):
            keep_in_keyring(name, token)
            return f"the system's keyring as `{name}`"
        case _ if keyring:
            keep_in_keyring(file.slug, token)
            change_keys(file.path, [Setting(("api_key",), value={"keyring": file.slug})])
            forget_token(file, home.secrets)
            return f"the system's keyring as `{file.slug}`"
        case FromEnvironment(env=variable):
            raise UsageError(
                f"the token of `{file.settings.name}` stands in the environment variable `{variable}`",
                hint="set it there, or let the object have a file: "
                f"--set 'api_key={{ file = \"../secrets/{file.slug}.token\" }}'",
            )
        case FromFile(file=place):
            path = file.path_of(place)
        case _:
            path = home.secrets / f"{file.slug}.token"
            in_home = file.path.parent == home.objects
            value = f"../{path.parent.name}/{path.name}" if in_home else str(path)
            change_keys(file.path, [Setting(("api_key",), value={"file": value})])
    write_token(path, token)
    return f"`{path}`"
