"""What every reader of an export offers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from torgsync.core.product.columns import ExportRecord
from torgsync.files.catalog.guesses import FileFormat, Guess
from torgsync.files.catalog.rows import RowFilter


class CatalogFile(Protocol):
    """One export that was looked at and can be read, whatever it is written in.

    Terminology: a *record* is one good's stretch of the file, `cells` are its texts keyed by column. Equal
    bytes of a record under an equal `context` and equal `columns` make equal cells.
    """

    @property
    def path(self) -> Path:
        """The file; of several the main one."""

    @property
    def kind(self) -> FileFormat:
        """The format."""

    @property
    def encoding(self) -> str:
        """`utf-8` or `cp1251`."""

    @property
    def has_header(self) -> bool:
        """Whether the file itself names its columns."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, standard names in their standard spelling, a merchant's own as written."""

    @property
    def size(self) -> int:
        """Bytes, before the first look."""

    @property
    def modified_ns(self) -> int:
        """The last change before the first look, in nanoseconds since 1970."""

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """What the settings left open and was detected, in the order of the decisions."""

    @property
    def context(self) -> bytes:
        """Everything outside the records and `columns` that shapes a good, such as the tree of categories."""

    def records(self, row_filter: RowFilter | None = None) -> Iterator[ExportRecord]:
        """Yield the goods in file order, each with its hash; those that `row_filter` knows are skipped.

        Raises ExportInvalid, at the latest at the end, where the file cannot be trusted: what was yielded
        before must not be acted upon until the iterator is exhausted.
        """

    def good_id(self, record: ExportRecord) -> str:
        """Return the good's key, see `key_of` in `core/product/columns.py`; empty where it has none."""

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of a record, keyed by column, one for each of `columns`; not trimmed.

        Raises ExportInvalid where the record is not what the first look saw.
        """

    def file_of(self, record: ExportRecord) -> str:
        """Return the name of the file that the record is from."""
