"""What every table of a sync object is, how its mistakes are placed, and where its secrets may be kept."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from torgsync.core.config.keys import Key
from torgsync.i18n import Message


class SettingsTable(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing.

    To build a model takes long, so each is built when it is first used, and a default that is a table is
    made with `model_construct`, which uses none. What the keys mean is read from here when it is asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def misplaced(place: Key, message: Message) -> PydanticCustomError:
    """Return a mistake of the key at `place`, which is relative to the key that is validated."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})


class FromEnvironment(SettingsTable):
    """The token is in an environment variable."""

    env: str = Field(min_length=1)
    """Name of the environment variable."""


class FromFile(SettingsTable):
    """The token is in a file of its own; the path is relative to the sync object."""

    file: str = Field(min_length=1)
    """File that holds the token, relative to this one; only its owner should be able to read it."""


class FromKeyring(SettingsTable):
    """The token is in the keyring of the user's system."""

    keyring: str = Field(min_length=1)
    """Name of the token there."""
