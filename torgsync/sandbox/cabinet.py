"""Actions of the seller and of buyers in a running sandbox: JSON posted below `/cabinet/`.

This is no part of Prom's API and needs no token; the server listens on loopback only, and takes nothing from
pages of other sites (`visitors.py`). An answer is JSON: 200 with the result, or 400, 403, 404 or 405 with
`error` and, for an invalid body, every mistake in `mistakes`.

    curl http://127.0.0.1:8765/cabinet/order/place -d '{"products": [{"product": "26931", "quantity": 2}]}'
    curl http://127.0.0.1:8765/cabinet/product/edit -d '{"product": "26931", "price": 74.50}'

A product is named by its external id as text, or by its Prom id as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import parse_json
from torgsync.sandbox.faults import parse_fault
from torgsync.sandbox.quirks import LONGEST_IMPORT
from torgsync.sandbox.scenario import read_quirks
from torgsync.sandbox.shop.orders import CUSTOM_STATUS, STATUS_NAMES, ShopBuyer, ShopCosts
from torgsync.sandbox.shop.products import Presence, ShopDiscount
from torgsync.sandbox.shop.shop import Shop

BASE = "/cabinet"
OK, BAD, UNKNOWN, NOT_ALLOWED = 200, 400, 404, 405

Key = int | str


class _Body(BaseModel):
    """A body; unknown keys are mistakes: a misspelt price would change nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _DiscountBody(_Body):
    value: Decimal = Field(gt=0)
    type: Literal["amount", "percent"]
    date_start: str | None = Field(None, pattern=r"^\d\d\.\d\d\.\d{4}$")
    date_end: str | None = Field(None, pattern=r"^\d\d\.\d\d\.\d{4}$")


class _Fields(_Body):
    """The fields of a product that a person fills in; fields left out stay unchanged."""

    name: str = Field("Товар", min_length=1)
    name_uk: str | None = None
    sku: str | None = None
    keywords: str = ""
    keywords_uk: str | None = None
    description: str = ""
    description_uk: str | None = None
    price: Decimal | None = Field(None, gt=0)
    currency: str = "UAH"
    discount: _DiscountBody | None = None
    presence: Presence = "available"
    in_stock: bool | None = None
    quantity_in_stock: int | None = Field(None, ge=0)
    measure_unit: str = "шт."
    group_id: int | None = None
    status: Literal[
        "on_display",
        "draft",
        "not_on_display",
        "editing_required",
        "approval_pending",
        "deleted_by_moderator",
    ] = "on_display"

    def given(self) -> dict[str, Any]:
        """Return the product fields in the body."""
        fields = {name: getattr(self, name) for name in _Fields.model_fields if name in self.model_fields_set}
        if fields.get("group_id", 0) is None:
            del fields["group_id"]
        if discount := fields.get("discount"):
            fields["discount"] = ShopDiscount(*discount.model_dump().values())
        return fields


class _NewProduct(_Fields):
    external_id: str | None = None


class _ProductBody(_Body):
    product: Key


class _EditedProduct(_Fields):
    product: Key


class _NewGroup(_Body):
    name: str = Field(min_length=1)
    name_uk: str | None = None


class _OrderedProduct(_Body):
    product: Key
    quantity: Decimal = Field(Decimal(1), gt=0)


class _FreeText(_Body):
    """A line of no product of the shop, such as a gift or a service."""

    name: str = Field(min_length=1)
    price: Decimal = Field(Decimal(0), ge=0)
    external_id: str | None = None


class _BuyerBody(_Body):
    first_name: str = ""
    last_name: str = ""
    second_name: str | None = None
    phone: str | None = None
    email: str | None = None


class _CostsBody(_Body):
    """The fields of `ShopCosts`; those left out stay unchanged."""

    commission: Decimal = Field(Decimal(0), ge=0)
    returned: bool = False
    site: Decimal | None = Field(None, ge=0)
    instalments: Decimal | None = Field(None, ge=0)
    cheap_delivery: bool = False


class _NewOrder(_Body):
    """The arguments of `Shop.place_order`; its defaults apply.

    `lines` are free text. The cost of delivery may be negative: a gift was seen that it pays (prom-api §5.5).
    """

    products: tuple[_OrderedProduct, ...] = Field(min_length=1)
    lines: tuple[_FreeText, ...] = ()
    buyer: _BuyerBody = _BuyerBody()
    payment_option_id: int = 0
    delivery_option_id: int = 0
    delivery_address: str = ""
    delivery_cost: Decimal = Decimal(0)
    special_offer_discount: Decimal = Field(Decimal(0), ge=0)
    client_notes: str = ""
    source: str = ""
    paid: bool = False
    costs: _CostsBody = _CostsBody()


class _OrderBody(_Body):
    order: int


class _CancelledOrder(_OrderBody):
    reason: str = "Немає в наявності"


class _ChargedOrder(_CostsBody):
    order: int


class _MovedOrder(_OrderBody):
    """One of the shop's own statuses is `custom-` and a number."""

    status: str = Field(pattern=f"^({'|'.join(STATUS_NAMES)}|{CUSTOM_STATUS})$")


class _MovedParcel(_OrderBody):
    """How far the carrier is with a parcel: `on_the_way`, `in_warehouse`, `delivered`, or another word."""

    status: str | None = Field(None, min_length=1)
    number: str | None = Field(None, min_length=1)


class _NewOption(_Body):
    id: int = Field(gt=0)
    name: str = Field(min_length=1)
    description: str = ""


class _NewMessage(_Body):
    """A message by the form of the site."""

    text: str = Field(min_length=1)
    subject: str = ""
    product: Key | None = None
    buyer: _BuyerBody | None = None


class _NewChatMessage(_Body):
    """A message in the chat: about an order, by its buyer, or about a product, or about nothing."""

    text: str = Field(min_length=1)
    order: int | None = None
    product: Key | None = None
    buyer: _BuyerBody | None = None


def _add_option(shop: Shop, body: _NewOption) -> Json:
    shop.add_payment_option(body.id, body.name, body.description)
    return {"option": body.id}


def _buyer(body: _BuyerBody | None) -> ShopBuyer | None:
    return None if body is None else ShopBuyer(**body.model_dump(exclude_unset=True))


def _write_message(shop: Shop, body: _NewMessage) -> Json:
    product, buyer = body.product, _buyer(body.buyer)
    return {"message": shop.write_message(body.text, subject=body.subject, product=product, buyer=buyer)}


def _write_in_chat(shop: Shop, body: _NewChatMessage) -> Json:
    product, buyer = body.product, _buyer(body.buyer)
    return {"message": shop.write_in_chat(body.text, order_id=body.order, product=product, buyer=buyer)}


class _StartedImport(_Body):
    seconds: float = Field(600, ge=0, le=LONGEST_IMPORT)


class _CancelledImport(_Body):
    id: str | None = None


class _FaultRules(_Body):
    """Rules such as `POST products/edit* nth=2 429`; they replace all others, and count from zero."""

    rules: tuple[str, ...]


class _QuirkWords(_Body):
    """Words such as `last_id=inclusive`; the other quirks stay."""

    quirks: tuple[str, ...]


def _set_faults(shop: Shop, body: _FaultRules) -> Json:
    shop.misbehave(*map(parse_fault, body.rules))
    return {"faults": len(body.rules)}


def _set_quirks(shop: Shop, body: _QuirkWords) -> Json:
    shop.quirks = read_quirks(shop.quirks, body.quirks)
    return {"quirks": len(body.quirks)}


def _start_import(shop: Shop, body: _StartedImport) -> Json:
    return {"import": shop.start_import(body.seconds).id}


def _cancel_import(shop: Shop, body: _CancelledImport) -> Json:
    return {"import": shop.cancel_import(body.id).id}


def _add_product(shop: Shop, body: _NewProduct) -> Json:
    return {"product": shop.add_product(body.external_id, **body.given())}


def _add_group(shop: Shop, body: _NewGroup) -> Json:
    return {"group": shop.add_group(body.name, name_uk=body.name_uk)}


def _place_order(shop: Shop, body: _NewOrder) -> Json:
    lines = [(line.product, line.quantity) for line in body.products]
    details = body.model_dump(exclude={"products", "lines"}, exclude_unset=True)
    details["free_text"] = [(line.name, line.price, line.external_id) for line in body.lines]
    details["buyer"] = ShopBuyer(**details.get("buyer", {}))
    details["costs"] = ShopCosts(**details.get("costs", {}))
    return {"order": shop.place_order(lines, **details)}


def _on_order(change: Callable[[Shop, Any], None]) -> Callable[[Shop, Any], Json]:
    """Return an action that changes an order and answers with its id."""

    def do(shop: Shop, body: _OrderBody | _ChargedOrder) -> Json:
        change(shop, body)
        return {"order": body.order}

    return do


def _on_product(change: Callable[[Shop, int, Any], None]) -> Callable[[Shop, Any], Json]:
    """Return an action that changes a product and answers with its Prom id."""

    def do(shop: Shop, body: _ProductBody | _EditedProduct) -> Json:
        number = shop.product(body.product).id
        change(shop, number, body)
        return {"product": number}

    return do


# Each action with the model of its body, and what performs it and returns the answer.
ACTIONS: Mapping[str, tuple[type[_Body], Callable[[Shop, Any], Json]]] = {
    "order/place": (_NewOrder, _place_order),
    "order/pay": (_OrderBody, _on_order(lambda shop, body: shop.pay_order(body.order))),
    "order/refund": (_OrderBody, _on_order(lambda shop, body: shop.refund_order(body.order))),
    "order/cancel": (
        _CancelledOrder,
        _on_order(lambda shop, body: shop.cancel_order(body.order, body.reason)),
    ),
    "order/status": (
        _MovedOrder,
        _on_order(lambda shop, body: shop.set_order_status(body.order, body.status)),
    ),
    "order/parcel": (
        _MovedParcel,
        _on_order(lambda shop, body: shop.move_parcel(body.order, body.status, body.number)),
    ),
    "order/costs": (
        _ChargedOrder,
        _on_order(
            lambda shop, body: shop.charge_order(
                body.order, **body.model_dump(exclude={"order"}, exclude_unset=True)
            )
        ),
    ),
    "product/add": (_NewProduct, _add_product),
    "product/edit": (
        _EditedProduct,
        _on_product(lambda shop, number, body: shop.edit_product(number, **body.given())),
    ),
    "product/hide": (_ProductBody, _on_product(lambda shop, number, _: shop.hide_product(number))),
    "product/delete": (_ProductBody, _on_product(lambda shop, number, _: shop.delete_product(number))),
    "group/add": (_NewGroup, _add_group),
    "payment/add": (_NewOption, _add_option),
    "message/write": (_NewMessage, _write_message),
    "chat/write": (_NewChatMessage, _write_in_chat),
    "import/start": (_StartedImport, _start_import),
    "import/cancel": (_CancelledImport, _cancel_import),
    "faults/set": (_FaultRules, _set_faults),
    "quirks/set": (_QuirkWords, _set_quirks),
}


def perform(shop: Shop, method: str, path: str, body: bytes) -> tuple[Json, int]:
    """Perform the action of a path below `/cabinet/`; return the answer and its HTTP status."""
    model, action = ACTIONS.get(path.removeprefix(f"{BASE}/"), (None, None))
    if model is None or action is None:
        return {"error": f"there is no {path}", "there are": [f"{BASE}/{name}" for name in ACTIONS]}, UNKNOWN
    if method != "POST":
        return {"error": "send JSON by POST", "keys": list(model.model_fields)}, NOT_ALLOWED
    try:
        data = model.model_validate(parse_json(body))
    except ValidationError as invalid:
        mistakes = [
            f"{'.'.join(map(str, mistake['loc'])) or 'body'}: {mistake['msg']}"
            for mistake in invalid.errors(include_url=False)
        ]
        return {"error": "the body cannot be used", "mistakes": mistakes}, BAD
    except ValueError as error:
        return {"error": f"the body is no JSON: {error}"}, BAD
    try:
        with shop.lock:
            answer = action(shop, data)
            shop.save()
    except LookupError as missing:
        # A KeyError only has the key that a table lacks.
        is_option = isinstance(missing, KeyError)
        return {"error": f"the shop has no option {missing.args[0]}" if is_option else str(missing)}, UNKNOWN
    except ValueError as error:
        return {"error": str(error)}, BAD
    return answer, OK
