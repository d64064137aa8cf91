"""What a person does by the buttons of the pages; each returns the page to show next."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from torgsync.sandbox.shop.products import KOPIYKA
from torgsync.sandbox.shop.shop import Shop

Form = Mapping[str, str]

LARGEST = 10**9
ORDERS = "/seller/orders"


def buy(shop: Shop, product_id: int, form: Form) -> str:
    """Place an order of a product that buyers see."""
    if shop.product(product_id).status != "on_display":
        raise LookupError(product_id)
    payment = int(form.get("payment", ""))
    shop.place_order([(product_id, _amount(form, "quantity"))], payment_option_id=payment)
    return ORDERS


def pay(shop: Shop, order_id: int, _form: Form) -> str:
    """Pay an order that waits for its money."""
    if not can_be_paid(shop, order_id):
        raise ValueError(order_id)
    shop.pay_order(order_id)
    return ORDERS


def cancel(shop: Shop, order_id: int, _form: Form) -> str:
    """Cancel an order."""
    shop.cancel_order(order_id)
    return ORDERS


def set_price(shop: Shop, product_id: int, form: Form) -> str:
    """Set the price before any discount."""
    price = _amount(form, "price").quantize(KOPIYKA)
    if not price:
        raise ValueError(price)
    shop.edit_product(product_id, price=price)
    return _product(product_id)


def hide(shop: Shop, product_id: int, _form: Form) -> str:
    """Hide a product from buyers."""
    shop.hide_product(product_id)
    return _product(product_id)


def show(shop: Shop, product_id: int, _form: Form) -> str:
    """Show a product to buyers."""
    shop.edit_product(product_id, status="on_display")
    return _product(product_id)


def can_be_paid(shop: Shop, order_id: int) -> bool:
    """Return whether an order waits for its money on Prom.ua."""
    order = shop.order(order_id)
    return order.payment_status == "unpaid" and order.status not in ("canceled", "delivered")


def _product(product_id: int) -> str:
    return f"/seller/products/{product_id}"


def _amount(form: Form, name: str) -> Decimal:
    """Return a number above zero from a form; raises ValueError."""
    try:
        amount = Decimal(form.get(name, "").strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(name) from error
    if not (amount.is_finite() and 0 < amount < LARGEST):
        raise ValueError(name)
    return amount
