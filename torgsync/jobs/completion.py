"""What a word of a command line can be, from files and the state: for a shell that completes it.

Everything is only read, and Prom.ua is asked nothing. Each value has a note, empty for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from torgsync.core.clock import shop_time
from torgsync.core.mapping.select import groups_of
from torgsync.core.mapping.stock import in_order, stock_centers
from torgsync.files.catalog.export import open_export
from torgsync.files.config.objects import ObjectFile, find_object, list_objects, name_in
from torgsync.files.config.settings import Settings, settings_of

Values = Mapping[str, str]

ROWS = 20_000
"""Rows of an export that are read at most."""


class Completion:
    """What the words of one command line can be.

    Args:
        home: The home folder that it names.
        wanted: The sync object that it names.
    """

    def __init__(self, home: Path | None, wanted: str | None) -> None:
        self._settings: Settings = settings_of(home)
        self._wanted = wanted

    def objects(self, _begun: str) -> Values:
        """Return the sync objects, by slug."""
        return {path.stem: name_in(path) or "" for path in list_objects(self._settings.objects)}

    def runs(self, _begun: str) -> Values:
        """Return the newest runs."""
        return self._newest("runs")

    def plans(self, _begun: str) -> Values:
        """Return the newest kept plans."""
        return self._newest("plans")

    def orders(self, _begun: str) -> Values:
        """Return the newest orders."""
        return self._newest("orders")

    def methods(self, _begun: str) -> Values:
        """Return the payment methods by name."""
        return {
            method.name: method.cash_register or method.current_account or ""
            for method in self._object.settings.payment_methods
        }

    def columns(self, _begun: str) -> Values:
        """Return the columns of the export."""
        return dict.fromkeys(open_export(self._object).columns, "")

    def centers(self, _begun: str) -> Values:
        """Return the accounting centers of the export."""
        found = {center for cells in self._rows() for center in stock_centers(cells)}
        return dict.fromkeys(in_order(found), "")

    def groups(self, _begun: str) -> Values:
        """Return the groups of the export."""
        settings = self._object.settings
        found = {group for cells in self._rows() for group in groups_of(settings, cells)}
        return dict.fromkeys(sorted(found), "")

    def items(self, begun: str) -> Values:
        """Return the items whose id begins like a word, each with its name."""
        catalog, found = open_export(self._object), {}
        for _number, record in zip(range(ROWS), catalog.records(), strict=False):
            if (good_id := catalog.good_id(record)).startswith(begun):
                found[good_id] = catalog.cells(record).get("GoodName", "").strip()
        return found

    @property
    def _object(self) -> ObjectFile:
        found = find_object(self._settings.objects, self._wanted)
        return found.at_home(self._settings.fetched, offline=True)

    def _rows(self) -> Iterator[Mapping[str, str]]:
        catalog, settings = open_export(self._object), self._object.settings
        for _number, record in zip(range(ROWS), catalog.records(), strict=False):
            yield settings.value_map.apply(catalog.cells(record))

    def _newest(self, what: str) -> Values:
        from torgsync.state.glimpse import newest  # noqa: PLC0415  # most words need no state

        file = self._settings.state_file
        rows = newest(file, self._object.slug, what) if file else ()
        return {number: shop_time(at) for number, at in rows}
