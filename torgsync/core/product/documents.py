"""Products as they are kept: JSON texts in normal form, so that equal texts are equal values.

Price and stock are short and move daily; the content is long and rarely moves (`core/product/fields.py`). A
text that is the same in both languages is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from torgsync.core.product.cells import Section
from torgsync.core.product.fields import (
    FIELDS,
    PRICE_STOCK,
    Characteristic,
    Discount,
    FieldKind,
    Photo,
    Value,
    WholesaleStep,
)

if TYPE_CHECKING:
    import msgspec

SHAPES: dict[FieldKind, Any] = {
    FieldKind.TEXT: str | None,
    FieldKind.HTML: str | None,
    FieldKind.MONEY: Decimal | None,
    FieldKind.DISCOUNT: Discount | None,
    FieldKind.LADDER: tuple[WholesaleStep, ...] | None,
    FieldKind.QUANTITY: int | None,
    FieldKind.FLAG: bool | None,
    FieldKind.PATH: tuple[Section, ...] | None,
    FieldKind.CHARACTERISTICS: tuple[Characteristic, ...] | None,
    FieldKind.PHOTOS: tuple[Photo, ...] | None,
}
"""The type of a field's value, by the kind of the field."""

TRANSLATED = (("name", "name_ru"), ("description", "description_ru"), ("keywords", "keywords_ru"))
"""The texts that a product has in two languages."""


class StoredProduct(NamedTuple):
    """The values of a product as two documents."""

    price_stock: str
    content: str


def keep(values: Mapping[str, Value]) -> StoredProduct:
    """Return values as they are kept."""
    price_stock = {name: value for name, value in values.items() if name in PRICE_STOCK}
    content = {name: value for name, value in values.items() if name not in PRICE_STOCK}
    return StoredProduct(dump(price_stock), dump(content))


def dump(values: Mapping[str, Value]) -> str:
    """Return values as one document."""
    document: dict[str, Value] = dict(values)
    for text, translated in TRANSLATED:
        if document.get(translated) and document[translated] == document.get(text):
            document[translated] = True
    return write(document)


def load(*documents: str) -> dict[str, Value]:
    """Return the values that `keep` or `dump` wrote, those of all documents together, sorted by name."""
    if len(documents) == 1:
        return _in_both_languages(_document_decoder().decode(documents[0]))  # each is sorted
    return dict(sorted(load_list(f"[{','.join(documents)}]").items()))


def load_list(documents: str) -> dict[str, Value]:
    """Return the values of documents that are written as one list."""
    values: dict[str, Value] = {}
    for document in _product_decoder().decode(documents):
        values |= document
    return _in_both_languages(values)


def _in_both_languages(values: dict[str, Value]) -> dict[str, Value]:
    """Return values with the texts that were written once."""
    for text, translated in TRANSLATED:
        if values.get(translated) is True:
            values[translated] = values[text]
    return values


class VariantParts(NamedTuple):
    """What makes a product a variant: its characteristics, and its variant group, 0 for none."""

    characteristics: tuple[Characteristic, ...]
    group: int


def load_variant(content: str) -> VariantParts:
    """Return what makes a product a variant, and decode nothing else of its content."""
    parts = _variant_decoder().decode(content)
    return VariantParts(parts.get("characteristics") or (), int(parts.get("variant_group") or 0))


def load_main_photo(content: str) -> str:
    """Return the address of a product's first photo, empty for none, and decode nothing else."""
    photos: tuple[Photo, ...] | None = _photos_decoder().decode(content).get("photos")
    return photos[0].url if photos else ""


def write(value: object) -> str:
    """Return a value as JSON in normal form: keys are sorted, decimals are strings with a point.

    Named tuples are lists. `encode` of `core/product/fields.py` writes what other programs read.
    """
    return _encoder().encode(value).decode()


@cache
def _encoder() -> msgspec.json.Encoder:
    import msgspec  # noqa: PLC0415  # only what opens the state needs it

    return msgspec.json.Encoder(order="sorted", decimal_format="string")


@cache
def decoder(shape: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401  # a type, or a union of types
    """Return what reads JSON texts of this type."""
    import msgspec  # noqa: PLC0415  # as above

    return msgspec.json.Decoder(shape)


@cache
def _photos_decoder() -> msgspec.json.Decoder[dict[str, Any]]:
    shape = {"photos": SHAPES[FieldKind.PHOTOS]}
    return decoder(TypedDict("_Photos", shape, total=False))  # type: ignore[operator]  # as below


@cache
def _document() -> Any:  # noqa: ANN401  # a type that is known only here
    shapes = {name: SHAPES[field.kind] for name, field in FIELDS.items()}
    shapes |= {translated: shapes[translated] | bool for _, translated in TRANSLATED}
    return TypedDict("_Values", shapes, total=False)  # type: ignore[operator]  # as above


@cache
def _document_decoder() -> msgspec.json.Decoder[dict[str, Any]]:
    return decoder(_document())


@cache
def _product_decoder() -> msgspec.json.Decoder[list[dict[str, Any]]]:
    return decoder(list[_document()])  # type: ignore[misc]  # as above


class _Variant(TypedDict, total=False):
    characteristics: tuple[Characteristic, ...] | None
    variant_group: str | None


@cache
def _variant_decoder() -> msgspec.json.Decoder[_Variant]:
    return decoder(_Variant)
