"""Where a token or a password is kept outside of the sync object."""

from __future__ import annotations

from pydantic import Field

from torgsync.core.config.table import SettingsTable


class FromEnvironment(SettingsTable):
    """The token stands in an environment variable."""

    env: str = Field(min_length=1)
    """Name of the environment variable."""


class FromFile(SettingsTable):
    """The token stands in a file of its own; the path is relative to the sync object."""

    file: str = Field(min_length=1)
    """File that holds the token, relative to this one; only its owner should be able to read it."""


class FromKeyring(SettingsTable):
    """The token lies in the keyring of the user's system."""

    keyring: str = Field(min_length=1)
    """Name under which the token lies there."""
