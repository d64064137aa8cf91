"""What was detected about an export: its format, and what else the settings left open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class FileFormat(StrEnum):
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
    """One property of a file that was detected.

    `value` is what it is taken for and `because` what it was decided from, both as a person reads them. `key`
    is the key under `[catalog]` that says otherwise, empty where none does. `file` is the name of the file.
    """

    aspect: Aspect
    value: str
    because: str
    key: str
    file: str


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the sync object says about a file; None and empty values are detected.

    `names` maps names in the file to standard columns, `extra_columns` follow the standard ones in a file
    without a header, `mapped` are the columns that the object's fields use.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    extra_columns: tuple[str, ...] = ()
    mapped: Collection[str] = ()
