"""JSON of Prom.ua to values of the core, and values to JSON.

The models are lenient on purpose: unknown keys are ignored, unknown words pass, and a value of a strange
shape counts as one that Prom did not tell. Only an order's money is never dropped silently: what cannot be
read is named in the order. Source: docs/developers/prom-api.md §3.3, §3.4, §4.3, §4.4, §5.5, §6.1, §11.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from torgsync.core.orders import order as trade
from torgsync.core.plan.channels import EditAnswer, ImportState, by_channel
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.fields import CENT, Channel, Discount, Value, WholesaleStep
from torgsync.core.product.products import Existing
from torgsync.core.product.texts import canonical_html
from torgsync.errors import PromRefused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for an order's time that Prom did not tell; the order names it as unreadable."""

NOTHING = Decimal("0.00")

LEGIBLE = 40
"""Letters of a text that cannot be read which are told."""

COUNTERS = frozenset(
    """total imported created updated not_changed actualized created_active created_hidden not_in_file
    with_errors_count""".split()
)

_CURRENCIES = {
    "UAH": re.compile("грн|uah|₴|гривн[яіиею]|гривень"),
    "USD": re.compile(r"\$|usd|us\$"),
    "EUR": re.compile("€|eur|euro|євро|евро"),
    "PLN": re.compile("zł|zl|pln"),
    "RUB": re.compile("₽|руб|rub"),
    "KZT": re.compile("₸|тг|тенге|kzt"),
}
"""Currencies, and the words by which money names them (prom-api §5.5)."""

_MONEY_WORD = re.compile(r"[^\W\d_]*[$€₴₽₸]|[^\W\d_]+|[^\w\s.,'\u2019\u02bc-]")

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

_log = logging.getLogger(__name__)

Words = Callable[[object], str]
"""Turns what Prom says, of any shape, into one short line."""


def exact(raw: object) -> Decimal:
    """Return a JSON number, or the localised money in a JSON text, as it stands.

    Raises ValueError where there is none.
    """
    if isinstance(raw, str):
        return trade.parse_money(raw)
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Decimal(raw)
    raise ValueError(type(raw).__name__)


def _text(raw: object) -> str | None:
    return str(raw) if isinstance(raw, str | int | Decimal) and not isinstance(raw, bool) else None


def _amount(raw: object) -> Decimal | None:
    try:
        return exact(raw).quantize(CENT, ROUND_HALF_UP)
    except (ValueError, DecimalException):
        return None


def _whole(raw: object) -> int | None:
    amount = _amount(raw)
    return None if amount is None else int(amount.to_integral_value(ROUND_FLOOR))


def _flag(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _moment(raw: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(raw))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _object(raw: object) -> object:
    return raw if raw is None or isinstance(raw, dict) else {}


def _objects(raw: object) -> object:
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else None


Text = Annotated[str | None, BeforeValidator(_text)]
Amount = Annotated[Decimal | None, BeforeValidator(_amount)]
ObjectState = Annotated[int | None, BeforeValidator(_whole)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class _Wire(BaseModel):
    """An object of Prom's JSON. Only its id, where it has one, must be there."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Texts(_Wire):
    """One text in both of Prom's languages."""

    ru: Text = None
    uk: Text = None


class Reduction(_Wire):
    """A product's discount, in percent or in money."""

    value: Amount = None
    type: Text = None


class WholesalePrice(_Wire):
    """One step of a wholesale ladder."""

    price: Amount = None
    minimum_order_quantity: ObjectState = None


BothTexts = Annotated[Texts | None, BeforeValidator(_object)]


class Product(_Wire):
    """A product as Prom shows it (prom-api §3.3)."""

    id: int
    external_id: Text = None
    name: Text = None
    name_multilang: BothTexts = None
    description: Text = None
    description_multilang: BothTexts = None
    keywords: Text = None
    sku: Text = None
    price: Amount = None
    discount: Annotated[Reduction | None, BeforeValidator(_object)] = None
    prices: Annotated[list[WholesalePrice] | None, BeforeValidator(_objects)] = None
    presence: Text = None
    in_stock: Flag = None
    quantity_in_stock: ObjectState = None
    status: Text = None
    measure_unit: Text = None
    currency: Text = None
    images: Annotated[list[object] | None, BeforeValidator(_objects)] = None
    date_modified: Moment = None

    def existing(self) -> Existing:
        """Return the product in the normal form of the core; what Prom did not tell is left out."""
        name, name_ru = _both(self.name_multilang, self.name)
        description, description_ru = _both(self.description_multilang, self.description)
        told: dict[str, Value] = {
            "name": _line(name),
            "name_ru": _line(name_ru),
            "sku": _line(self.sku),
            "price": self.price,
            "wholesale_prices": self._ladder(),
            "presence": self.presence,
            "ready_to_ship": self.in_stock,
            "quantity": self.quantity_in_stock,
            "status": self.status,
            "description": None if description is None else canonical_html(description),
            "description_ru": None if description_ru is None else canonical_html(description_ru),
            "keywords_ru": _phrases(self.keywords),
            "unit": _line(self.measure_unit),
            "currency": self.currency,
        }
        values: dict[str, Value] = {field: value for field, value in told.items() if value is not None}
        if self._tells_discount():
            values["discount"] = self._discount()
        photos = None if self.images is None else len(self.images)
        return Existing(str(self.id), self.external_id or "", values, self.date_modified, photos=photos)

    def _ladder(self) -> tuple[WholesaleStep, ...] | None:
        if self.prices is None:
            return None
        return tuple(
            sorted(
                WholesaleStep(step.minimum_order_quantity, step.price)
                for step in self.prices
                if step.minimum_order_quantity is not None and step.price is not None
            )
        )

    def _tells_discount(self) -> bool:
        """Tell whether Prom said something readable: null says "no discount", an absent key says nothing."""
        if "discount" not in self.model_fields_set:
            return False
        return self.discount is None or self.discount.value is not None

    def _discount(self) -> Discount | None:
        if self.discount is None or not self.discount.value:
            return None
        return Discount(self.discount.value, self.discount.type or "")


class Person(_Wire):
    """A person inside an order."""

    id: Text = None
    first_name: Text = None
    second_name: Text = None
    last_name: Text = None
    phone: Text = None


class Option(_Wire):
    """A payment or delivery method inside an order."""

    id: Text = None
    name: Text = None


class PaymentData(_Wire):
    """What Prom knows of an order's online payment."""

    status: Text = None
    status_modified: Moment = None


class Delivery(_Wire):
    """The parcel of an order."""

    provider: Text = None
    declaration_number: Text = None


class Commission(_Wire):
    """What Prom takes for an order; one that cannot be read keeps no order from anywhere."""

    amount: Amount = None
    is_refunded: Flag = None


class Named(_Wire):
    """Something of which only the name is looked at: a promotion, or why an order was cancelled."""

    name: Text = None
    title: Text = None


class OrderLine(_Wire):
    """One product of an order. Money stays raw, so that what cannot be read can be named."""

    id: Text = None
    external_id: Text = None
    sku: Text = None
    name: Text = None
    name_multilang: BothTexts = None
    quantity: object = None
    price: object = None
    total_price: object = None


def _nothing_for_null(raw: object) -> object:
    return raw if isinstance(raw, dict) else {}


def _nothing_for_no_list(raw: object) -> object:
    return _objects(raw) or []


class Order(_Wire):
    """An order as Prom shows it (prom-api §5.5)."""

    id: int
    status: Text = None
    source: Text = None
    date_created: Moment = None
    date_modified: Moment = None
    client_id: Text = None
    client_first_name: Text = None
    client_second_name: Text = None
    client_last_name: Text = None
    client: Annotated[Person, BeforeValidator(_nothing_for_null)] = Person()
    delivery_recipient: Annotated[Person, BeforeValidator(_nothing_for_null)] = Person()
    phone: Text = None
    email: Text = None
    client_notes: Text = None
    price: object = None
    full_price: object = None
    price_with_special_offer: object = None
    special_offer_discount: object = None
    special_offer_promocode: Text = None
    has_order_promo_free_delivery: Flag = None
    ps_promotion: Annotated[Named, BeforeValidator(_nothing_for_null)] = Named()
    cpa_commission: Annotated[Commission, BeforeValidator(_nothing_for_null)] = Commission()
    cancellation: Annotated[Named, BeforeValidator(_nothing_for_null)] = Named()
    delivery_cost: object = None
    delivery_address: Text = None
    delivery_option: Annotated[Option, BeforeValidator(_nothing_for_null)] = Option()
    delivery_provider_data: Annotated[Delivery, BeforeValidator(_nothing_for_null)] = Delivery()
    payment_option: Annotated[Option, BeforeValidator(_nothing_for_null)] = Option()
    payment_data: Annotated[PaymentData, BeforeValidator(_nothing_for_null)] = PaymentData()
    products: Annotated[list[OrderLine], BeforeValidator(_nothing_for_no_list)] = []

    def order(self) -> trade.Order:
        """Return the order; amounts that cannot be read count as nothing and are named."""
        purse = _Purse()
        told_delivery = 0 if self.delivery_cost is None else self.delivery_cost
        delivery = purse.money("delivery_cost", told_delivery) or NOTHING
        lines = tuple(_line_of_order(purse, f"products[{n}]", line) for n, line in enumerate(self.products))
        goods = sum((line.total for line in lines), NOTHING)
        total, discount, inferred = self._total(purse, goods, delivery)
        currency = self._currency(purse)
        created, modified = self.date_created or self.date_modified, self.date_modified or self.date_created
        if created is None or modified is None:
            purse.unreadable.append("date_created")
        return trade.Order(
            id=str(self.id),
            status=self.status or "",
            created=created or EPOCH,
            modified=modified or EPOCH,
            buyer=self._buyer(),
            lines=lines,
            total=total if currency else None,
            currency=currency,
            delivery_name=self.delivery_option.name or "",
            delivery_address=self.delivery_address or "",
            delivery_cost=delivery,
            payment_id=self.payment_option.id or "",
            payment_name=self.payment_option.name or "",
            paid=self._paid(),
            discount=discount,
            discount_inferred=inferred,
            note=self.client_notes or "",
            parcel=self.delivery_provider_data.declaration_number or "",
            source=self.source or "",
            unreadable=tuple(purse.unreadable),
            recipient=trade.Recipient(
                self.delivery_recipient.first_name or "",
                self.delivery_recipient.second_name or "",
                self.delivery_recipient.last_name or "",
                self.delivery_recipient.phone or "",
            ),
            carrier=self.delivery_provider_data.provider or "",
            promo_code=self.special_offer_promocode or "",
            promotion=self.ps_promotion.name or "",
            free_delivery=bool(self.has_order_promo_free_delivery),
            commission=self.cpa_commission.amount,
            commission_returned=bool(self.cpa_commission.is_refunded),
            cancelled_because=self.cancellation.title or self.cancellation.name or "",
            paid_at=self.payment_data.status_modified,
        )

    def _currency(self, purse: _Purse) -> str:
        """Return the currency of the order's money, nothing where it is not known."""
        told = self.price if self.full_price is None else self.full_price
        try:
            return currency_of(told) if _amount(told) is not None else "UAH"
        except ValueError:
            purse.unreadable.append(f"the currency of `{line_of_text(str(told))[:LEGIBLE]}`")
            return ""

    def _total(
        self, purse: _Purse, lines: Decimal, delivery: Decimal
    ) -> tuple[Decimal | None, Decimal, bool]:
        """Return what the buyer pays, the discount in it, and whether it is only inferred.

        Which of `price` and `full_price` holds discount and delivery is not recorded (prom-api §5.5), so the
        one that adds up with the lines is taken; where none does, the full price, and a finding is made of it
        later.
        """
        price = purse.money("price", self.price)
        full = purse.told("full_price", self.full_price)
        reduced = purse.told("price_with_special_offer", self.price_with_special_offer)
        discount = purse.told("special_offer_discount", self.special_offer_discount) or NOTHING
        inferred = False
        if not discount and price is not None and lines > price:
            discount, inferred = lines - price, True
        shown = [amount for amount in (full, reduced, price) if amount is not None]
        payable = (lines - discount + delivery, lines - discount)
        adding_up = [amount for wanted in payable for amount in shown if amount == wanted]
        return next(iter([*adding_up, *shown]), None), discount, inferred

    def _buyer(self) -> trade.Buyer:
        """Return who ordered, with the recipient's phone, else the order's (prom-api §5.5)."""
        return trade.Buyer(
            prom_id=self.client_id or self.client.id or "",
            first_name=self.client_first_name or self.client.first_name or "",
            middle_name=self.client_second_name or self.client.second_name or "",
            last_name=self.client_last_name or self.client.last_name or "",
            phone=self.delivery_recipient.phone or self.phone or self.client.phone or "",
            email=self.email or "",
        )

    def _paid(self) -> trade.Paid:
        """Return what Prom says of the money; a seller may also say "paid" by the order's own status."""
        match self.payment_data.status:
            case "refunded":
                return trade.Paid.REFUNDED
            case "paid" | "paid_out":
                return trade.Paid.PAID
        if self.status == "paid":
            return trade.Paid.PAID
        return trade.Paid.UNPAID if self.payment_data.status == "unpaid" else trade.Paid.NOT_YET


class Group(_Wire):
    """A group of the shop (prom-api §3.6)."""

    id: int
    name: Text = None


class PaymentOption(_Wire):
    """A payment method of the shop (prom-api §6.1)."""

    id: int
    name: Text = None

    def option(self) -> trade.PaymentOption:
        """Return the method as the core knows it."""
        return trade.PaymentOption(self.id, self.name or "")


class ImportStatus(_Wire):
    """How an import goes (prom-api §4.4)."""

    status: Text = None
    errors: object = None
    message: object = None


class _Purse:
    """Reads an order's numbers and remembers what could not be read, with the text that Prom gave."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def number(self, name: str, raw: object) -> Decimal | None:
        """Return a number as it stands."""
        return self._read(name, raw, exact)

    def money(self, name: str, raw: object) -> Decimal | None:
        """Return an amount with two places, or with as many more as Prom tells."""
        return self._read(name, raw, _in_coins)

    def told(self, name: str, raw: object) -> Decimal | None:
        """Return an amount that Prom need not tell, None where it does not."""
        return None if raw is None else self.money(name, raw)

    def _read(self, name: str, raw: object, reading: Callable[[object], Decimal]) -> Decimal | None:
        try:
            return reading(raw)
        except (ValueError, DecimalException):
            text = "" if raw is None else line_of_text(str(raw))[:LEGIBLE]
            self.unreadable.append(f"{name} `{text}`" if text else f"{name} (nothing stands there)")
            return None


def _in_coins(raw: object) -> Decimal:
    amount = exact(raw)
    coins = amount.quantize(CENT)
    return coins if coins == amount else amount


def _line_of_order(purse: _Purse, where: str, line: OrderLine) -> trade.Line:
    return trade.Line(
        good_id=line.external_id or "",
        prom_id=line.id or "",
        sku=line.sku or "",
        name=_both(line.name_multilang, line.name)[0] or "",
        quantity=purse.number(f"{where}.quantity", line.quantity) or NOTHING,
        price=purse.money(f"{where}.price", line.price) or NOTHING,
        total=purse.money(f"{where}.total_price", line.total_price) or NOTHING,
    )


def currency_of(money: object) -> str:
    """Return the currency that localised money names; without any word, the hryvnia.

    Raises ValueError where it names one that is not known, or several.
    """
    words = _MONEY_WORD.findall(money.casefold()) if isinstance(money, str) else []
    found = {_currency(word) for word in words} or {"UAH"}
    if len(found) > 1:
        raise ValueError(str(money)[:LEGIBLE])
    return found.pop()


def _currency(word: str) -> str:
    for currency, words in _CURRENCIES.items():
        if words.fullmatch(word):
            return currency
    raise ValueError(word[:LEGIBLE])


def _both(texts: Texts | None, plain: str | None) -> tuple[str | None, str | None]:
    """Return the Ukrainian and the Russian text; the one without a language stands in for either."""
    if texts is None:
        return plain, plain
    return texts.uk or plain, texts.ru or plain


def _line(text: str | None) -> str | None:
    return None if text is None else line_of_text(text)


def _phrases(text: str | None) -> str | None:
    if text is None:
        return None
    return ", ".join(phrase for part in line_of_text(text).split(",") if (phrase := part.strip()))


Model = TypeVar("Model", bound=_Wire)


def listed(answer: Mapping[str, object], key: str, model: type[Model]) -> list[Model]:
    """Return the objects under `key`, without those that have no id.

    Raises PromRefused where there is no list: an answer without one is not an empty shop.
    """
    found = answer.get(key)
    if not isinstance(found, list):
        raise PromRefused(f"Prom.ua's answer has no list of `{key}`")
    objects = []
    for item in found:
        checked = _checked(model, item)
        if checked is None:
            _log.warning("an item of `%s` without an id was left out", key)
        else:
            objects.append(checked)
    return objects


def single(answer: Mapping[str, object], key: str, model: type[Model]) -> Model:
    """Return the one object under `key`. Raises PromRefused where there is none."""
    found = _checked(model, answer.get(key))
    if found is None:
        raise PromRefused(f"Prom.ua's answer has no `{key}`")
    return found


def _checked(model: type[Model], item: object) -> Model | None:
    # A validation error's own text shows what Prom sent, so it must not stay on any chain.
    try:
        return model.model_validate(item)
    except ValidationError:
        return None


def edit_answer(answer: Mapping[str, object], ids: Sequence[str], words: Words) -> EditAnswer:
    """Return what Prom said of an edit of `ids`, all compared as text (prom-api §3.4, §11 Q4).

    A reason that names no product belongs to the only one that was sent, else to the empty id.
    """
    processed = answer.get("processed_ids")
    told = answer.get("errors")
    errors: dict[str, str] = {}
    if isinstance(told, dict):
        errors = {str(key): words(value) or "no reason was given" for key, value in told.items()}
    elif told:
        errors = {ids[0] if len(ids) == 1 else "": words(told)}
    return EditAnswer(
        frozenset(str(item) for item in processed) if isinstance(processed, list) else frozenset(), errors
    )


def import_id(answer: Mapping[str, object]) -> str | None:
    """Return the id of an accepted import, None where there is none: then it was refused (prom-api §4.3)."""
    return _text(answer.get("id")) or _text(answer.get("import_id"))


def import_state(answer: Mapping[str, object], words: Words) -> ImportState:
    """Return how an import goes; counters that Prom did not tell are left out."""
    status = ImportStatus.model_validate(answer)
    told = {"not_in_file" if key == "not_in_fle" else key: _whole(value) for key, value in answer.items()}
    counters = {key: count for key, count in told.items() if key in COUNTERS and count is not None}
    errors = status.errors if isinstance(status.errors, list) else [status.errors]
    photos = any(isinstance(error, dict) and "download_images" in error for error in errors)
    general, of = [words(status.message)], dict[str, list[str]]()
    for error in errors:
        if good_id := _told(error, "external_id"):
            of.setdefault(good_id, []).append(words(_told(error, "message") or error))
        else:
            general.append(words(error))
    return ImportState(
        (status.status or "").upper(),
        counters,
        tuple(filter(None, general)),
        photos,
        {good_id: tuple(filter(None, texts)) for good_id, texts in of.items()},
    )


def _told(error: object, key: str) -> str | None:
    """Return what an error tells under a key at any depth: how deep is not recorded (prom-api §4.4)."""
    if not isinstance(error, dict):
        return None
    found = (_told(value, key) for value in error.values())
    return _text(error.get(key)) or next(filter(None, found), None)


def edit_item(good_id: str, values: Mapping[str, Value], *, today: date) -> dict[str, object]:
    """Return one item for `edit_by_external_id`: the fields of `values` that go by edit, in Prom's words.

    A discount begins `today` and ends in a year, since Prom takes none without dates.
    """
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


def json_number(amount: Decimal) -> int | float:
    """Return a number that JSON prints exactly as the amount, with at most two places.

    Whole amounts become integers. Others are exact below ten million millions, since a float of that many
    digits prints the shortest text that means it.
    """
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _in_a_year(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)
