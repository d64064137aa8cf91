"""What can be done by the buttons of the sandbox's pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from shops import visitor_of
from visits import Seen, visit

from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY
from torgsync.sandbox.shop.shop import Shop


def press(shop: Shop, path: str, button: str, **changed: str) -> Seen:
    """Press the button with this text with the fields of its form, and return the next page."""
    page = visit(shop, path)
    (form,) = [form for form in page.tree.forms if button in form.text_content()]
    answer = visitor_of(shop).post(str(form.action), data={**dict(form.form_values()), **changed})
    assert answer.status_code == 303, answer.text
    return visit(shop, answer.headers["location"])


def test_a_rehearsal(shop: Shop) -> None:
    """An item is bought and paid, another order cancelled: newest first, with the buttons that fit."""
    item = f"/product/{shop.add_product(name='Чайник', price=Decimal(120))}"
    press(shop, item, "Купити", quantity="2")
    page = press(shop, item, "Купити", payment=str(CASH_ON_DELIVERY.id))
    assert page.texts("tbody .sum-of b") == ["120 ₴", "240 ₴"]
    assert page.texts("tbody .actions") == ["Скасувати", "Оплатити Скасувати"]
    page = press(shop, "/seller/orders", "Оплатити")
    assert page.texts("tbody .badge") == ["Нове", "Оплачено"]
    shop.set_order_status(shop.orders.find(300000002).id, "delivered")  # type: ignore[union-attr]
    page = press(shop, "/seller/orders", "Скасувати")
    assert page.texts("tbody .badge") == ["Виконано", "Скасовано"]
    assert page.elements("tbody form") == []


def test_price_and_visibility(shop: Shop) -> None:
    """The seller sets a price, and hides an item from buyers and shows it again."""
    number = shop.add_product(name="Чайник", price=Decimal(120))
    page = press(shop, f"/seller/products/{number}", "Зберегти ціну", price="74,5")
    assert page.text(".prices") == "74,50 ₴"
    press(shop, f"/seller/products/{number}", "Приховати")
    assert visit(shop).texts("li.card") == []
    press(shop, f"/seller/products/{number}", "Показати")
    assert visit(shop).text("li.card h2") == "Чайник"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/seller/products/1600000001/price", {"price": "0"}, 400),
        ("/seller/products/1600000001/price", {"price": "NaN"}, 400),
        ("/seller/products/1600000001/price", {"price": "0.001"}, 400),
        ("/seller/products/1600000001/price", {}, 400),
        ("/product/1600000001/buy", {"quantity": "-1", "payment": "9000001"}, 400),
        ("/product/1600000001/buy", {"quantity": "1", "payment": "x"}, 400),
        ("/product/1600000001/buy", {"quantity": "1", "payment": "5"}, 404),
        ("/product/1600000002/buy", {"quantity": "1", "payment": "9000001"}, 404),  # hidden
        ("/seller/orders/300000001/pay", {}, 400),  # paid already
        ("/seller/orders/5/cancel", {}, 404),
        ("/nothing", {}, 404),
        ("/", {}, 405),
    ],
)
def test_what_cannot_be_done(shop: Shop, path: str, fields: dict[str, str], status: int) -> None:
    """Nothing changes, and a page says so."""
    key = shop.add_product(name="Чайник", price=Decimal(120))
    shop.hide_product(shop.add_product(name="Кавник", price=Decimal(1)))
    shop.place_order([(key, 1)], paid=True)
    before = shop.products(), list(shop.orders)
    answer = visitor_of(shop).post(path, data=fields)
    assert (answer.status_code, shop.products(), list(shop.orders)) == (status, *before)
    assert Seen(answer).text("h1") == ("Цього зробити не можна" if status == 400 else "Такої сторінки немає")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://shop.example"}, {"Origin": "null"}, {"Host": "shop.example"}]
)
def test_other_sites_press_no_button(shop: Shop, headers: dict[str, str]) -> None:
    """A form of another site changes nothing."""
    key = shop.add_product(price=Decimal(1))
    assert visitor_of(shop).post(f"/seller/products/{key}/hide", headers=headers).status_code == 403
    assert shop.product(key).status == "on_display"
