"""The base of all tables of a sync object's file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from torgsync.core.config.keys import Key


class SettingsTable(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def misplaced(place: Key, message: str) -> PydanticCustomError:
    """Return a mistake of the key at `place`, which is relative to the key that is validated."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})


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
