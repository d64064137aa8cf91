"""The base of all tables of a sync object's file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from torgsync.core.config.keys import Key


class SettingsTable(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def misplaced(place: Key, message: str) -> PydanticCustomError:
    """Return a mistake of the key at `place`, which is relative to the key that is validated."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})
