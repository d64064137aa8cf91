"""What a new sync object can choose from: the groups and centers of an export, a shop's payment methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.stock import StockCounter, in_order
from torgsync.core.portals import PROM_URL
from torgsync.core.product.cells import balances
from torgsync.core.product.columns import CENTERS_COLUMN
from torgsync.core.product.groups import group_path
from torgsync.files.catalog.export import open_files
from torgsync.files.config.settings import Settings
from torgsync.prom.api import connect
from torgsync.prom.recording.recorder import Recorder


@dataclass(slots=True)
class Portion:
    """The part of an export that is in a group or at a center; `depth` is that of the group, 0 for a root."""

    items: int = 0
    pieces: Decimal = Decimal(0)
    depth: int = 0

    def add(self, pieces: Decimal | None) -> None:
        """Count an item with its stock, None where that cannot be read."""
        self.items += 1
        self.pieces += pieces or 0


@dataclass(slots=True)
class ExportContents:
    """The contents of an export; `groups` are keyed by name in the order of their tree, `centers` by id."""

    columns: int
    encoding: str
    items: int = 0
    groups: dict[str, Portion] = field(default_factory=dict)
    centers: dict[str, Portion] = field(default_factory=dict)


def read_contents(path: Path) -> ExportContents:
    """Read an export for what can be chosen from it. Raises ExportInvalid."""
    written = str(path).encode("utf-8", "replace").decode()  # as TOML could hold it
    document = {"name": "new", "api_key": {"env": "NONE"}, "catalog": {"path": written}}
    settings = SyncObject.model_validate(document)
    catalog = open_files(settings.catalog, lambda _path: path)
    contents = ExportContents(len(catalog.columns), catalog.encoding)
    counter, paths = StockCounter(settings), dict[tuple[str, ...], Portion]()
    for record in catalog.records():
        cells = catalog.cells(record)
        contents.items += 1
        stock = counter.count(cells).quantity
        names = tuple(section.name for section in group_path(cells, blank=settings.catalog.blank))
        for depth in range(len(names)):
            paths.setdefault(names[: depth + 1], Portion(depth=depth)).add(stock)
        for center, pieces in _balances(cells.get(CENTERS_COLUMN, "")).items():
            contents.centers.setdefault(center, Portion()).add(pieces)
    for names, share in sorted(paths.items()):
        known = contents.groups.setdefault(names[-1], Portion(depth=share.depth))
        known.items += share.items
        known.pieces += share.pieces
    contents.centers = {center: contents.centers[center] for center in in_order(contents.centers)}
    return contents


def _balances(cell: str) -> dict[str, Decimal]:
    try:
        return dict(balances(cell))
    except ValueError:
        return {}


def methods_of_shop(
    settings: Settings, token: str, *, shop: str, recorder: Recorder | None = None
) -> dict[int, str]:
    """Return the payment methods of the shop that a token opens, names keyed by id."""
    with connect(settings.prom_url or PROM_URL, token, shop=shop, recorder=recorder) as prom:
        return {option.id: option.name for option in prom.payment_options()}
