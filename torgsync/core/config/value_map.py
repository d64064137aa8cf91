"""The table `[[values]]` of a sync object: words of the export that are replaced before they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Self

from pydantic import Field, field_validator, model_validator

from torgsync.core.config.tables import SettingsTable, misplaced
from torgsync.core.product.cleaning import folded_line, unmarked
from torgsync.core.product.columns import KEY, SECRET, canonical
from torgsync.i18n import _

_PARTS = "|"
"""What separates several values in one cell, of which each may be replaced (prom-api §7.2)."""


def folded_value(text: str) -> str:
    """Return a value as it is compared: without marks of other programs, blanks folded, in folded case."""
    return folded_line(unmarked(text)).casefold()


class ValueMapping(SettingsTable):
    """Words of one column and what is sent instead; case and blanks around a word make no difference."""

    column: str = Field(min_length=1)
    """Column of the export."""
    map: dict[str, str]
    """Words of the column and what replaces each: `"черн" = "чорний"`; `""` is an empty cell."""

    @field_validator("column")
    @classmethod
    def _replaceable(cls, column: str) -> str:
        name = canonical(column)
        if name == KEY:
            raise ValueError(
                _("`{column}` is the key of an item and must stay as it is in the export", column=KEY)
            )
        if name in SECRET:
            raise ValueError(_("`{column}` is what the shop paid; it is never sent", column=name))
        return name

    @model_validator(mode="after")
    def _each_word_once(self) -> Self:
        seen: dict[str, str] = {}
        for word in self.map:
            if (earlier := seen.setdefault(folded_value(word), word)) != word:
                raise misplaced(("map", word), _('"{word}" is the same word; keep one of them', word=earlier))
        return self


def twin_column(values: Sequence[ValueMapping]) -> int | None:
    """Return the number of the first table whose column an earlier one has too, None where there is none."""
    columns = [table.column.casefold() for table in values]
    return next((number for number, name in enumerate(columns) if name in columns[:number]), None)


class ValueMap:
    """The words of all columns, prepared for many rows."""

    def __init__(self, tables: Sequence[ValueMapping]) -> None:
        self._words = {
            table.column: {folded_value(word): instead for word, instead in table.map.items()}
            for table in tables
        }
        self._instead = lru_cache(maxsize=1024)(self.instead)
        self._given = {column: frozenset(words.values()) for column, words in self._words.items()}

    def apply(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        """Return the cells of a row, keyed by column, with what replaces them."""
        if not self._words:  # most shops
            return cells
        replaced = {
            column: instead
            for column in self._words
            if (cell := cells.get(column)) is not None
            and (instead := self._instead(column, cell)) is not None
        }
        return {**cells, **replaced} if replaced else cells

    def instead(self, column: str, cell: str) -> str | None:
        """Return what replaces a cell, None where it stays: the whole of it, else any of its parts."""
        words = self._words.get(column)
        if words is None:
            return None
        whole = words.get(folded_value(cell))
        if whole is not None or _PARTS not in cell:
            return whole
        parts = cell.split(_PARTS)
        changed = [words.get(folded_value(part), part) for part in parts]
        return None if changed == parts else _PARTS.join(dict.fromkeys(filter(None, changed)))

    def gives(self, column: str, text: str) -> bool:
        """Return whether a column's text is one that a word was replaced by."""
        return text in self._given.get(column, ())
