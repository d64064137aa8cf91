"""What every reader of an export offers, and what was detected about the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from torgsync.core.product.cells import key_of
from torgsync.core.product.columns import KEY, ExportRecord
from torgsync.files.catalog import refusals
from torgsync.files.catalog.rows import RowFilter, filtered_rows
from torgsync.i18n import Message


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
    QUOTES = "quotes"
    SHEET = "sheet"


class Guess(NamedTuple):
    """One property of a file that was detected.

    `value` is what it is taken for and `because` what it was decided from, both as a person reads them. `key`
    is the key under `[catalog]` that says otherwise, empty where none does. `file` is the name of the file.
    """

    aspect: Aspect
    value: Message
    because: Message
    key: str
    file: str


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the sync object says about a file; None and empty values are detected.

    `names` maps names in the file to standard columns, `extra_columns` follow the standard ones in a file
    without a header, `columns` are all columns of such a file. `mapped` are the columns that the object's
    fields use. `last_line_end` is whether a text whose last line has no end is refused.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    extra_columns: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    mapped: Collection[str] = ()
    last_line_end: bool = True


@dataclass(frozen=True, kw_only=True)
class CatalogFile(ABC):
    """One export that was looked at and can be read, whatever it is written in.

    Terminology: a *record* is one good's stretch of the file, `cells` are its texts keyed by column. Equal
    bytes of a record under an equal `context` and equal `columns` make equal cells.

    Of several files `path` is the main one. `encoding` is `utf-8` or `cp1251`; `has_header` is whether the
    file itself names its columns. `columns` have standard names in their standard spelling, a merchant's own
    as written. `size` is in bytes, `modified_ns` in nanoseconds since 1970, both from before the first look.
    `guesses` are what the settings left open and was detected, in the order of the decisions. `quoted`: the
    quotation marks around texts are the file's, not theirs.
    """

    path: Path
    kind: FileFormat
    encoding: str
    has_header: bool
    columns: tuple[str, ...]
    size: int
    modified_ns: int
    guesses: tuple[Guess, ...] = ()
    quoted: bool = False

    @property
    @abstractmethod
    def context(self) -> bytes:
        """Everything outside the records and `columns` that shapes a good, such as the tree of categories."""

    def records(self, row_filter: RowFilter | None = None) -> Iterator[ExportRecord]:
        """Yield the goods in file order, each with its hash; those that `row_filter` knows are skipped.

        Raises ExportInvalid, at the latest at the end, where the file cannot be trusted: what was yielded
        before must not be acted upon until the iterator is exhausted.
        """
        return filtered_rows(self._all(), row_filter)

    @abstractmethod
    def _all(self) -> Iterator[ExportRecord]:
        """Yield the goods in file order, without their hashes."""

    @abstractmethod
    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return a record's texts, untrimmed, for each of `columns`. Raises ExportInvalid if it changed."""

    def good_id(self, record: ExportRecord) -> str:
        """Return the good's key, see `key_of` in `core/product/cells.py`; empty where it has none."""
        return key_of(self.cells(record).get(KEY, ""))

    def file_of(self, record: ExportRecord) -> str:  # noqa: ARG002  # all records come from the one file
        """Return the name of the file that the record is from."""
        return self.path.name

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Refuse the file where it cannot be read, or changed meanwhile."""
        try:
            yield
            unchanged = refusals.stamp(self.path) == (self.size, self.modified_ns)
        except OSError as error:
            raise refusals.unreadable(self.path, error) from error
        if not unchanged:
            raise refusals.changed(self.path)
