"""Suggests which unmapped columns of an export could go to Prom, and as what.

A column is judged by its name and its values. Empty columns, and those that are or look like cost prices, are
never proposed. Source: docs/developers/torgsoft.md §3.1, §3.2, §5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torgsync.core.config.catalog import ALSO_SET
from torgsync.core.config.settings import SyncObject
from torgsync.core.product.cells import PLACEHOLDERS, readable
from torgsync.core.product.cleaning import cleaned_html, folded_line
from torgsync.core.product.columns import (
    KEY,
    PICTURE,
    SECRET,
    folded,
    is_standard,
    is_unit_column,
    label_key,
)
from torgsync.core.product.fields import STANDARD
from torgsync.core.product.groups import NUMBER
from torgsync.core.product.languages import RUSSIAN, UKRAINIAN, is_paired, language_among, without_mark
from torgsync.core.product.presence import Presence, is_presence_word, presence_of

ENOUGH = 200
"""Filled cells of a column that are examined."""
SAMPLE = 60
"""Letters of a sample value."""

_COST = re.compile(r"prime|cost|sobiv|sebest|zakup|собів|себест|закуп|purchase", re.IGNORECASE)
_DESCRIPTION = re.compile(r"opys|opis|descr|опис", re.IGNORECASE)
_KEYWORDS = re.compile(r"keyword|klyuch|kluch|ключов|tags?$|теги", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:good|product)_?)?name|(?:nazv|назв|найменув|наименов)\w*(?: +(?:tovar|товар)\w*)?", re.IGNORECASE
)
_HTML = re.compile(r"</?(?:p|br|div|ul|li|b|strong|table|h[1-6]|span)\b[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
_ONLY_RUSSIAN, _ONLY_UKRAINIAN = frozenset("ыэъё"), frozenset("іїєґ")


_ABOUT_THE_OFFER = frozenset({"available", "currencyId", "url", "delivery", "pickup", "store", PICTURE})
"""Elements of a YML offer that are no characteristic of the good; stock and photos are taken from them."""


_ABOUT_THE_ORDER = frozenset({"minimum_order_quantity", "selling_type", "dimensions", "sales_notes"})
"""Elements of a YML offer about how it is ordered and sent; buyers do not read them as characteristics."""
_MONEY = re.compile(
    r"price|discount|знижк|скидк|(?:^|[\W_])(?:t?sina|cina|цін[аиіу]|цен[аыу])|(?:^|[\W_])(?:uah|usd|eur|грн)(?:$|[\W_])",
    re.IGNORECASE,
)
_NAMED = {
    label_key(name): target
    for target, names in {
        "unit": ("Одиниця виміру", "Единица измерения", "unit"),
        "vendor": ("Виробник", "Бренд", "brand"),
        "gtin": ("gtin", "ean", "ean13", "barcode"),
        "mpn": ("mpn",),
    }.items()
    for name in names
}
"""Names that a person has to decide about: they are no labels of Torgsoft (torgsoft §3.8)."""
_PRESENCE = re.compile(
    r"(?:є |есть )?[ву] (?:наявності|наличии)"
    r"|(?:статус )?(?:наявн[оі]ст[ьі]|наличи[ея]|доступн[оі]ст[ьіи])(?: (?:товар[уа]|на склад[іе]))?"
    r"|(?:stock |product )?(?:presence|availability)|in ?stock|stock status|nayavn[io]st|nalichie",
    re.IGNORECASE,
)


def is_own(column: str) -> bool:
    """Return whether a column is the merchant's own, so that only a person knows what it is."""
    return not (is_standard(column) or is_unit_column(column) or column in _ABOUT_THE_OFFER)


@dataclass(slots=True)
class _Seen:
    """Counts of one column: filled cells, and how many of them are of each kind."""

    sample: str = ""
    filled: int = 0
    html: int = 0
    addresses: int = 0
    russian: int = 0
    ukrainian: int = 0
    cost: int = 0
    presences: int = 0
    words: int = 0  # of the presences, those that are more than a yes or no


class Samples:
    """The values of some columns, as far as they are needed to judge them."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._seen = {name: _Seen() for name in columns if name not in SECRET}
        self._open = set(self._seen)

    @property
    def complete(self) -> bool:
        """Whether every column has a sample."""
        return all(seen.filled for seen in self._seen.values())

    def add(self, cells: Mapping[str, str]) -> None:
        """Take a row into account; `cells` are keyed by column."""
        cost = {amount for name in SECRET if (amount := readable(cells.get(name, "")))}
        for name in tuple(self._open):
            text = folded_line(cleaned_html(cells.get(name, ""), PLACEHOLDERS)[0])
            if not text or (is_standard(name) and readable(text) == 0):
                continue
            seen = self._seen[name]
            seen.sample = seen.sample or text[:SAMPLE]
            seen.filled += 1
            seen.html += bool(_HTML.search(text))
            seen.addresses += bool(_ADDRESS.match(text))
            letters = set(text.casefold())
            seen.russian += bool(letters & _ONLY_RUSSIAN)
            seen.ukrainian += bool(letters & _ONLY_UKRAINIAN)
            seen.cost += readable(text) in cost
            seen.presences += _is_presence(text)
            seen.words += is_presence_word(text)
            if seen.filled == ENOUGH:
                self._open.discard(name)

    def sample(self, column: str) -> str:
        """Return a value of a column, cut to `SAMPLE` letters; empty where it has none or is secret."""
        seen = self._seen.get(column)
        return "" if seen is None or self._secret(column) else seen.sample

    def _secret(self, column: str) -> bool:
        seen = self._seen[column]
        named = not is_standard(column) and bool(_COST.search(column))
        return named or (seen.filled > 0 and seen.cost * 2 > seen.filled)

    def proposable(self, column: str) -> bool:
        """Return whether a column holds something that buyers may see."""
        seen = self._seen.get(column)
        return seen is not None and seen.filled > 0 and not self._secret(column)

    def language(self, column: str) -> str:
        """Return the language of a column's texts, by the letters that the other one lacks."""
        seen = self._seen[column]
        return RUSSIAN if seen.russian > seen.ukrainian else UKRAINIAN

    def numbers(self, column: str) -> bool:
        """Return whether the first value of a column is a number."""
        return readable(self._seen[column].sample) is not None

    def html(self, column: str) -> bool:
        """Return whether most values are HTML."""
        return self._seen[column].html * 2 > self._seen[column].filled

    def presence(self, column: str) -> bool:
        """Return whether most values say whether the good can be bought."""
        return self._seen[column].presences * 2 > self._seen[column].filled

    def presence_words(self, column: str) -> bool:
        """Return whether all values do so, some of them in words that say nothing else."""
        return 0 < self._seen[column].words <= self._seen[column].presences == self._seen[column].filled

    def addresses(self, column: str) -> bool:
        """Return whether most values are addresses on the internet."""
        return self._seen[column].addresses * 2 > self._seen[column].filled


def _is_presence(text: str) -> bool:
    try:
        return bool(presence_of(text, Presence.NOT_AVAILABLE))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One column that could go to Prom: as what, and a value of it.

    `name` is a characteristic's name for buyers, `…` where only a person knows it.
    """

    column: str
    to: str
    name: str
    sample: str

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments of `torgsync fields add` that map it so."""
        if self.to == "characteristic":
            return (self.column, "--dynamic", "--name", self.name)
        return (self.column, "--to", self.to)


def suggest(columns: Sequence[str], samples: Samples, settings: SyncObject) -> tuple[Suggestion, ...]:
    """Return the columns that could also be mapped, in the order of the file; no two for one target."""
    mapped = {mapping.column for mapping in settings.fields}
    taken = {(mapping.to, "") for mapping in settings.fields if mapping.to != "characteristic"}
    taken |= {
        (mapping.to, folded(name))
        for mapping in settings.fields
        if mapping.to == "characteristic"
        for name in mapping.names
    }
    taken |= {(also, "") for mapping in settings.fields for also in ALSO_SET.get(mapping.to, ())}
    suggestions = []
    for column in columns:
        if column == KEY or column in mapped or not samples.proposable(column):
            continue
        target, name = _target(column, columns, samples, settings)
        key = (target, folded(name))
        gives_way = () if target == "presence" and is_own(column) else _GIVES_WAY.get(target, ())
        if not target or key in taken or any((also, "") in taken for also in gives_way):
            continue
        if name != "…":
            taken.add(key)
        suggestions.append(Suggestion(column, target, name, samples.sample(column)))
    return tuple(suggestions)


_BY_COLUMN = {column: (target, name) for column, target, name in STANDARD}


_GIVES_WAY = {"presence": ("quantity",), "wholesale_prices": ("wholesale_price", "wholesale_minimum")}
"""Targets that are not proposed next to others that set the same, unless a column of the shop's own does."""


def _target(column: str, columns: Sequence[str], samples: Samples, settings: SyncObject) -> tuple[str, str]:
    """Return the target of a column and a characteristic's name; empty for no target."""
    if text := _text_target(column, columns, samples):
        language = language_among(column, columns) or samples.language(column)
        return _in_language(text, language, settings, paired=is_paired(column, columns)), ""
    if column in _BY_COLUMN:
        return _BY_COLUMN[column]
    if column in _MEASURES:
        return "characteristic", _MEASURES[column]
    if column in _WHOLESALE:
        return (_WHOLESALE[column] if _has_ladder(samples, settings) else ""), ""
    if column == NUMBER and not samples.numbers(column):
        return "group", ""
    return _own_target(column, samples)


def _own_target(column: str, samples: Samples) -> tuple[str, str]:
    """Return the target of a merchant's own column that is no text."""
    if not is_own(column) or samples.addresses(column):
        return "", ""
    if target := _NAMED.get(label_key(column)):
        return target, ""
    if _PRESENCE.fullmatch(without_mark(column).replace("_", " ").strip()):
        return "presence" if samples.presence(column) else "", ""
    if samples.presence_words(column):
        return "presence", ""
    if column in _ABOUT_THE_ORDER or _MONEY.search(column):
        return "", ""
    return "characteristic", column if _CYRILLIC.search(column) else "…"


def _in_language(text: str, language: str, settings: SyncObject, *, paired: bool) -> str:
    """Return the target of a text in this language, empty where the shop has none for it.

    A text that the export has in both languages is in the language of each, also in a Russian shop.
    """
    main = settings.catalog.languages
    if language == RUSSIAN:
        return text if main.name == RUSSIAN and not (paired and main.both) else f"{text}_ru"
    return text if main.name == UKRAINIAN or (paired and main.both) else ""


_NAME_COLUMN = "GoodName"
_SITE_TEXT = "Description"
"""A part of the name in Torgsoft's own file; in a YML file it holds what buyers read (torgsoft §3.1, §9)."""
_MEASURES = {"Height": "Висота, см", "Width": "Ширина, см", "Length": "Довжина, см"}
"""Standard columns in centimetres, which hold 0 in most shops (torgsoft §3.1, §3.2)."""
_WHOLESALE = {"WholesalePrice": "wholesale_price", "WholesaleCount": "wholesale_minimum"}


def _has_ladder(samples: Samples, settings: SyncObject) -> bool:
    """Return whether both a wholesale price and its minimum quantity are available: one alone is not sent."""
    targets = {mapping.to for mapping in settings.fields}
    return all(target in targets or samples.proposable(column) for column, target in _WHOLESALE.items())


def _text_target(column: str, columns: Sequence[str], samples: Samples) -> str:
    """Return the text of a product that a column looks like; empty for none.

    The name is one of a pair here; without another one it is a standard column like others.
    """
    if column == _NAME_COLUMN:
        return "name" if is_paired(column, columns) else ""
    if column == _SITE_TEXT:
        return "description" if samples.html(column) else ""
    if not is_own(column) or samples.addresses(column):
        return ""
    if _KEYWORDS.search(column):
        return "keywords"
    if _DESCRIPTION.search(column) or samples.html(column):
        return "description"
    return "name" if _NAME.fullmatch(without_mark(column)) else ""
