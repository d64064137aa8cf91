"""Makes the desired product of a row of the export, by the rules of one sync object.

Source of the rules: docs/developers/torgsoft.md §17, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from torgsync import __version__
from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code
from torgsync.core.mapping.price_stock import finish_terms
from torgsync.core.mapping.prices import Pricing
from torgsync.core.mapping.row import Mapped, Row, finish_characteristics
from torgsync.core.mapping.select import Stock, displayed
from torgsync.core.product.cells import line_of_text, why_odd_id
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN, KEY, PICTURE, SUM_COLUMN
from torgsync.core.product.fields import TARGETS, TERMS, Photo
from torgsync.core.product.groups import MODEL, MODEL_NAME, NUMBER, PATH, SECTION, TYPE

MAPPING_VERSION = 4
"""Counts the rules by which a row becomes a product. Raising it makes the next look map every good anew."""


def rules_version() -> str:
    """Return what tells one program's rules from another's: their count and the program's own version."""
    return f"{MAPPING_VERSION}/{__version__}"


PHOTO_LIMIT = 10


class Mapper:
    """Makes desired products by the rules of one sync object."""

    def __init__(self, settings: SyncObject) -> None:
        self._settings = settings
        self._languages = settings.catalog.languages
        self._pricing = Pricing(settings.prices)
        self._terms = [mapping for mapping in settings.fields if mapping.to in _MAKE_TERMS]

    def product(
        self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock, photos: PhotoSource
    ) -> Mapped:
        """Return the desired product of one row.

        `cells` are keyed by column; `stock` is the balance that selection counted; `photos` gives the good's
        photos, or None where photos are not ours to send (absent is no signal: they stay untouched).
        """
        work = Row(good_id, line, cells, self._settings, self._pricing)
        if odd := why_odd_id(good_id):
            work.find(Code.ID_ODD, f"`{good_id[:40]}` {odd}; it goes under it", KEY, good_id)
        work.lead(self._settings.fields)
        _finish_texts(work, self._languages.name, both=self._languages.both)
        finish_terms(work, stock)
        if any(mapping.to == "characteristic" for mapping in self._settings.fields):
            finish_characteristics(work)
        shots = photos(good_id)
        if shots is None:
            shots = pictures(cells)
        if shots is not None:
            if len(shots) > PHOTO_LIMIT:
                work.find(Code.PHOTOS_TOO_MANY, f"{len(shots)} photos, the first {PHOTO_LIMIT} are sent")
            work.values["photos"] = shots[:PHOTO_LIMIT]
        _finish_brand(work)
        if self._settings.accounting_centers.respect_display and displayed(cells) is None:
            cell = cells[DISPLAY_COLUMN]
            message = f"`{cell.strip()[:40]}` is neither 0 nor 1; the good is shown"
            work.find(Code.DISPLAY_UNKNOWN, message, DISPLAY_COLUMN, cell)
        work.values["currency"] = self._settings.catalog.currency
        work.values.setdefault("unit", "шт.")
        return work.mapped()

    def terms(self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock) -> Mapped:
        """Return the terms of one row and the findings about them, as `product` makes both."""
        work = Row(good_id, line, cells, self._settings, self._pricing)
        work.lead(self._terms)
        finish_terms(work, stock)
        return work.mapped()


_MAKE_TERMS = frozenset(target for target, fields in TARGETS.items() if TERMS.issuperset(fields))


_READ_UNASKED = {
    *(PATH, SECTION, TYPE, NUMBER, MODEL, MODEL_NAME),
    *(DISPLAY_COLUMN, PICTURE, "PCName", "Country"),
}
"""Columns that selection or a rule of the card reads, wherever they are led."""


def term_columns(settings: SyncObject) -> frozenset[str]:
    """Return the columns that make the terms of a good and nothing else.

    Where only these changed, the card of the good and its place in the shop are what they were, unless its
    stock keeps it out.
    """
    terms = {SUM_COLUMN, CENTERS_COLUMN}
    terms |= {mapping.column for mapping in settings.fields if mapping.to in _MAKE_TERMS}
    card = {mapping.column for mapping in settings.fields if mapping.to not in _MAKE_TERMS}
    return frozenset(terms - card - _READ_UNASKED)


_WEB_ADDRESS = re.compile(r"https?://\S+")


def pictures(cells: Mapping[str, str]) -> tuple[Photo, ...] | None:
    """Return the photos that the export itself names by their addresses; None where it names none.

    Paths of the merchant's own disk are nothing that Prom could fetch. What the pictures show is not known,
    so they have no digest (torgsoft §6, §9).
    """
    found = dict.fromkeys(
        _WEB_ADDRESS.findall(cells.get(PICTURE, "").replace("_x000d_", " ").replace("|", " "))
    )
    return tuple(Photo(url, "") for url in found) or None


PhotoSource = Callable[[str], tuple[Photo, ...] | None]
"""Gives a good's photos by its id, main one first; None where there is no source of photos."""


def _finish_texts(work: Row, language: str, *, both: bool) -> None:
    """Bring each text into its language: the first one is `language`'s, and where `both`, the other's too."""
    for text in ("name", "description", "keywords"):
        other = f"{text}_ru"
        if text not in work.values or text in work.parted:
            continue
        if (both or language == "ru") and other not in work.absent:  # its own text stays there
            work.values.setdefault(other, work.values[text])
        if language == "ru" and not both:
            del work.values[text]
    column = work.columns.get("name") or work.columns.get("name_ru")
    if column and not (work.values.get("name") or work.values.get("name_ru")):
        work.find(Code.NAME_MISSING, "the good has no name; none is sent", column, work.cells[column])


def brand_or_country(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the columns of a row of which nobody can tell whether they hold a brand or a country.

    With one level of producer filled in, `PCName` equals `Country` and holds a country in some shops and
    a brand in others (torgsoft §3.6). Where only one of both fields is led, a person has told.
    """
    led = {mapping.to: mapping.column for mapping in settings.fields if mapping.to in ("vendor", "country")}
    producer, land = (line_of_text(cells.get(name, ""), settings.catalog.blank) for name in _PRODUCER)
    if len(led) < len(_PRODUCER) or not producer or producer != land:
        return frozenset()
    return frozenset(led.values()).intersection(_PRODUCER)


_PRODUCER = ("PCName", "Country")


def _finish_brand(work: Row) -> None:
    """Send neither brand nor country where the export writes the same word for both."""
    unsure = brand_or_country(work.settings, work.cells)
    for target in ("vendor", "country"):
        if work.columns.get(target) in unsure:
            work.values.pop(target, None)
