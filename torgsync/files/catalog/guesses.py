"""What an export turned out to be: its format, and everything that nobody said and the program found out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The format of an export."""

    TRS = "trs"
    YML = "yml"
    XLSX = "xlsx"


class Aspect(StrEnum):
    """What a guess is about."""

    FORMAT = "format"
    ENCODING = "encoding"
    DELIMITER = "delimiter"
    HEADER = "header"
    LAYOUT = "layout"
    NAME = "name"
    SHEET = "sheet"


class Guess(NamedTuple):
    """One thing that was found out by looking.

    `value` is what it is taken for and `because` what it was decided from, both as a person reads them. `key`
    is the key under `[catalog]` that says otherwise, empty where none does. `file` is the name of the file.
    """

    aspect: Aspect
    value: str
    because: str
    key: str
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the sync object says of a file, so that it is not guessed; None and empty where it says nothing.

    `names` leads names in the file to standard columns, `extra_columns` follow the standard ones in a file
    without a header, `led` are the columns that the object's fields speak of.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    extra_columns: tuple[str, ...] = ()
    led: Collection[str] = ()
