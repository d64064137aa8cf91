"""Products, groups and imports: JSON of Prom.ua to values of the core, and edits to JSON.

Source: docs/developers/prom-api.md §3.3, §3.4, §3.6, §4.3, §4.4, §11 Q4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from torgsync.core.plan.channels import EditAnswer, ImportState, RowError, by_channel
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.fields import ZERO, Channel, Discount, Value, WholesaleStep
from torgsync.core.product.products import Existing
from torgsync.core.product.texts import canonical_html
from torgsync.prom.wire.import_errors import about_photos, photo_answers, row_errors
from torgsync.prom.wire.values import (
    Amount,
    BothTexts,
    Flag,
    Identity,
    Moment,
    NullableObject,
    Text,
    Whole,
    WireModel,
    Words,
    both_texts,
    dicts_of,
    json_number,
    one_line,
    parse_text,
    parse_whole,
)

_EDIT_KEYS = {
    "price": "price",
    "discount": "discount",
    "wholesale_prices": "prices",
    "presence": "presence",
    "ready_to_ship": "in_stock",
    "quantity": "quantity_in_stock",
    "status": "status",
}
"""Fields that go by edit, and their keys in its items (prom-api §3.4)."""

COUNTERS = frozenset(
    """total imported created updated not_changed actualized created_active created_hidden not_in_file
    with_errors_count""".split()
)


class WireDiscount(WireModel):
    """A product's discount, in percent or in money."""

    value: Amount = None
    type: Text = None


class WireWholesalePrice(WireModel):
    """The wholesale price from a minimum quantity on."""

    price: Amount = None
    minimum_order_quantity: Whole = None


class WireProduct(WireModel):
    """A product as Prom shows it (prom-api §3.3)."""

    id: Identity
    external_id: Text = None
    name: Text = None
    name_multilang: BothTexts = None
    description: Text = None
    description_multilang: BothTexts = None
    keywords: Text = None
    sku: Text = None
    price: Amount = None
    discount: Annotated[WireDiscount | None, NullableObject] = None
    prices: Annotated[list[WireWholesalePrice] | None, BeforeValidator(dicts_of)] = None
    presence: Text = None
    in_stock: Flag = None
    quantity_in_stock: Whole = None
    status: Text = None
    measure_unit: Text = None
    currency: Text = None
    images: Annotated[list[object] | None, BeforeValidator(dicts_of)] = None
    date_modified: Moment = None

    def existing(self) -> Existing:
        """Return the product in the normal form of the core; absent values are left out."""
        name, name_ru = both_texts(self.name_multilang, self.name)
        description, description_ru = both_texts(self.description_multilang, self.description)
        fields: dict[str, Value] = {
            "name": one_line(name),
            "name_ru": one_line(name_ru),
            "sku": one_line(self.sku),
            "price": self.price,
            "wholesale_prices": None if self.prices is None else self._wholesale_steps(),
            "presence": self.presence,
            "ready_to_ship": self.in_stock,
            "quantity": self.quantity_in_stock,
            "status": self.status,
            "description": None if description is None else canonical_html(description),
            "description_ru": None if description_ru is None else canonical_html(description_ru),
            "keywords_ru": _phrases(self.keywords),
            "unit": one_line(self.measure_unit),
            "currency": self.currency,
        }
        values: dict[str, Value] = {field: value for field, value in fields.items() if value is not None}
        # Null means "no discount"; no key, or an unreadable value, says nothing.
        discount = self.discount or WireDiscount(value=ZERO)
        if "discount" in self.model_fields_set and discount.value is not None:
            values["discount"] = Discount(discount.value, discount.type or "") if discount.value else None
        photos = None if self.images is None else len(self.images)
        return Existing(str(self.id), self.external_id or "", values, self.date_modified, photos=photos)

    def _wholesale_steps(self) -> tuple[WholesaleStep, ...]:
        steps = ((step.minimum_order_quantity, step.price) for step in self.prices or ())
        return tuple(
            sorted(
                WholesaleStep(quantity, price)
                for quantity, price in steps
                if quantity is not None and price is not None
            )
        )


class WireGroup(WireModel):
    """A group of the shop (prom-api §3.6)."""

    id: Identity
    name: Text = None


def _phrases(text: str | None) -> str | None:
    if text is None:
        return None
    return ", ".join(phrase for part in line_of_text(text).split(",") if (phrase := part.strip()))


def edit_answer(answer: Mapping[str, object], ids: Sequence[str], words: Words) -> EditAnswer:
    """Return the result of an edit of `ids`, all compared as text (prom-api §3.4, §11 Q4).

    A reason may be empty; one that names no product is that of the only one sent, else of the empty id.
    """
    processed = answer.get("processed_ids")
    reasons = answer.get("errors")
    errors: dict[str, str] = {}
    if isinstance(reasons, dict):
        errors = {str(key): words(value) for key, value in reasons.items()}
    elif reasons and (reason := words(reasons)):
        errors = {ids[0] if len(ids) == 1 else "": reason}
    return EditAnswer(
        frozenset(str(item) for item in processed) if isinstance(processed, list) else frozenset(),
        errors,
        words(answer.get("warning_message") or answer.get("warnings")),
    )


def edit_item(good_id: str, values: Mapping[str, Value], *, today: date) -> dict[str, object]:
    """Return one item for `edit_by_external_id`. A discount lasts a year: Prom takes none without dates."""
    item: dict[str, object] = {"id": good_id}
    for field in by_channel(values, Channel.EDIT):
        item[_EDIT_KEYS[field]] = _edit_value(values[field], today)
    return item


def _edit_value(value: Value, today: date) -> object:
    match value:
        case Decimal():
            return json_number(value)
        case Discount():
            return {
                "value": json_number(value.value),
                "type": value.kind,
                "date_start": f"{today:%d.%m.%Y}",
                "date_end": f"{_in_a_year(today):%d.%m.%Y}",
            }
        case tuple():
            return [
                {"price": json_number(step.price), "minimum_order_quantity": step.quantity}
                for step in value
                if isinstance(step, WholesaleStep)
            ]
        case _:
            return value


def _in_a_year(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)


class WireImportStatus(WireModel):
    """The progress of an import (prom-api §4.4)."""

    status: Text = None
    errors: object = None
    message: object = None


def import_id(answer: Mapping[str, object]) -> str | None:
    """Return the id of an accepted import; None means that it was refused (prom-api §4.3)."""
    return parse_text(answer.get("id")) or parse_text(answer.get("import_id"))


def import_state(answer: Mapping[str, object], words: Words) -> ImportState:
    """Return the progress of an import, with the counters that the answer has."""
    status = WireImportStatus.model_validate(answer)
    # The misspelt key is Prom's own (prom-api §4.4).
    numbers = {
        "not_in_file" if key == "not_in_fle" else key: parse_whole(value) for key, value in answer.items()
    }
    counters = {key: number for key, number in numbers.items() if key in COUNTERS and number is not None}
    errors = status.errors if isinstance(status.errors, list) else [status.errors]
    photos = [error for error in errors if about_photos(error)]
    general, of_good, rows = [words(status.message)], dict[str, list[str]](), list[RowError]()
    for error in errors:
        if named := row_errors(error, words):
            rows += named
        elif good_id := _nested_text(error, "external_id"):
            of_good.setdefault(good_id, []).append(words(_nested_text(error, "message") or error))
        else:
            general.append(words(error))
    return ImportState(
        (status.status or "").upper(),
        counters,
        tuple(filter(None, general)),
        bool(photos),
        {good_id: tuple(filter(None, reasons)) for good_id, reasons in of_good.items()},
        tuple(rows),
        tuple(sorted(photo_answers(photos))),
    )


def _nested_text(error: object, key: str) -> str | None:
    """Return an error's value under a key at any depth: how deep it is, is not recorded (prom-api §4.4)."""
    if not isinstance(error, dict):
        return None
    nested = (_nested_text(value, key) for value in error.values())
    return parse_text(error.get(key)) or next(filter(None, nested), None)
