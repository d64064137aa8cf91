"""The pages of the seller, and the words and colours of all pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import pytest
from shops import Clock, client_of, feed, import_feed, offer, send_feed, visitor_of
from visits import visit

from torgsync.sandbox.pages import words
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.shop.orders import ShopBuyer
from torgsync.sandbox.shop.shop import Shop


class TestSeller:
    def test_counts(self, shop: Shop) -> None:
        """The numbers by status add up to all; what was deleted is counted apart."""
        shop.add_product("1")
        shop.hide_product(shop.add_product("2"))
        shop.delete_product(shop.add_product("3"))
        shop.edit_product(shop.add_product("4"), status="approval_pending")
        page = visit(shop, "/seller/products")
        assert page.texts(".statuses a") == ["Усі: 3", "На сайті: 1", "Приховано: 1", "Очікує модерації: 1"]
        assert page.text(".gone-count") == "Крім того, видалено: 1"

    def test_nothing_yet(self, shop: Shop) -> None:
        """A page without a line says what is missing; the seller's side begins with the orders."""
        assert visitor_of(shop).get("/seller").headers["location"] == "/seller/orders"
        for path, shown in (("orders", "Замовлень"), ("imports", "Імпортів"), ("log", "Запитів")):
            assert visit(shop, f"/seller/{path}").text(".empty").startswith(shown)

    def test_name(self, shop: Shop, clock: Clock) -> None:
        """The shop has the name of its newest import file."""
        named = feed(offer("1")).replace(b"<shop>", "<shop><name>Крамниця &amp; Ко</name>".encode(), 1)
        import_feed(client_of(shop), clock, named)
        import_feed(client_of(shop), clock, b"no feed")
        for path in ("/", "/seller/orders"):
            assert visit(shop, path).texts("nav.sides a")[0] == "Крамниця & Ко"

    def test_products(self, shop: Shop) -> None:
        """Hidden and deleted products are listed and marked; a list can be searched and leafed through."""
        for number in range(101):
            shop.add_product(f"id-{number}", name=f"Товар {number}")
        hidden = shop.product("id-7").id
        shop.hide_product(hidden)
        shop.delete_product("id-8")
        page = visit(shop, "/seller/products")
        assert page.text(".sum") == "100 товарів"
        assert page.texts("tr.status-not_on_display .badge") == ["Приховано"]
        chips = page.links(".statuses a")
        assert list(chips) == ["Усі: 100", "На сайті: 99", "Приховано: 1"]
        # The one that was changed last comes first.
        assert page.texts("tbody a")[0] == "Товар 100"
        assert visit(shop, chips["Приховано: 1"]).links("tbody a") == {
            "Товар 7": f"/seller/products/{hidden}"
        }
        gone = visit(shop, page.links(".gone-count a")["Крім того, видалено: 1"])
        assert gone.texts(".gone-ids li") == ["id-8 Видалено"]
        for query in ("status=deleted&q=id-9", "status=draft"):
            assert visit(shop, f"/seller/products?{query}").text(".empty") == "Нічого не знайдено."
        assert visit(shop, "/seller/products?q=id-9").text(".sum") == "1 товар"
        assert visitor_of(shop).get("/seller/products?status=x").status_code == 404

    def test_hidden_product(self, shop: Shop) -> None:
        """The seller sees any product as a buyer would, with what only the seller knows."""
        product = shop.add_product("id-7", name="Чайник", keywords="чайник, імбрик")
        shop.hide_product(product)
        page = visit(shop, f"/seller/products/{product}")
        assert page.text(".hidden-from-buyers") == "Приховано. Покупці цієї сторінки не бачать."
        facts = {"Зовнішній ідентифікатор id-7", "Пошукові запити чайник, імбрик"}
        assert facts | {"Змінено 2026-03-02 11:00:00"} <= set(page.texts("table.facts tr"))

    def test_failed_photos(self, clock: Clock) -> None:
        """Photos that could not be fetched are shown on the product's page and in the import's report."""
        shop = Shop(clock=clock, photo_status=lambda _: 404)
        import_feed(client_of(shop), clock, feed(offer("1", "<picture>https://shop.example/1.jpg</picture>")))
        page = visit(shop, f"/seller/products/{shop.product('1').id}")
        assert "Фото не завантажено https://shop.example/1.jpg" in page.texts("table.facts tr")
        assert visit(shop, "/seller/imports").texts(".remarks li") == ["фото: код 2004, відповідь 404"]

    def test_imports(self, shop: Shop, clock: Clock) -> None:
        """Imports are listed newest first: time, progress, counters and errors."""
        client = client_of(shop)
        import_feed(client, clock, feed(offer("1"), offer("2", "<name></name>")))
        import_feed(client, clock, b"no feed")
        clock.advance(hours=1)
        send_feed(client, feed(), force_update=True, updated_fields=["name", "image_urls"])
        page = visit(shop, "/seller/imports")
        assert page.texts("ol.imports .badge") == ["Виконується", "Не виконано", "Виконано з помилками"]
        assert page.texts("ol.imports time")[0] == "2026-03-02 12:00:20"
        counted = "у файлі 2 створено 1 змінено 0 без змін 0 з помилками 1 лише на сайті 0"
        assert page.texts("dl.counters")[1] == counted
        assert page.texts(".complaint") == ["Невірний формат файлу"]
        assert page.texts(".remarks li")[1] == "товар 2 : Поле Назва_позиції: обов'язкове поле"

    def test_an_import_that_hangs(self, clock: Clock) -> None:
        """It is under way until it is cancelled, with the rows that were refused."""
        shop = Shop(clock=clock, quirks=Quirks(refused_file="hangs", row_errors="external-ids"))
        send_feed(client_of(shop), feed(offer("1", "<name></name>")))
        clock.advance(hours=1)
        page = visit(shop, "/seller/imports")
        assert page.texts("ol.imports .badge") == ["Виконується"]
        shop.cancel_import()
        page = visit(shop, "/seller/imports")
        assert page.texts("ol.imports .badge") == ["Не виконано"]

    def test_nested_errors(self, clock: Clock) -> None:
        """Rows that are named by position are shown with their field."""
        shop = Shop(clock=clock, quirks=Quirks(row_errors="external-ids"))
        import_feed(client_of(shop), clock, feed(offer("1"), offer("2", "<name></name>")))
        (remark,) = visit(shop, "/seller/imports").texts(".remarks li")
        assert remark.endswith("2 : name: 1001")

    def test_many_imports_and_errors(self, clock: Clock) -> None:
        """A long report is cut, and says how much is missing; many imports have pages."""
        shop = Shop(clock=clock, quirks=Quirks(imports_per_day=100, import_seconds=0))
        for _ in range(21):
            import_feed(client_of(shop), clock, feed(*(offer(str(n), "<name></name>") for n in range(103))))
        page = visit(shop, "/seller/imports")
        assert len(page.elements(".imports .counters")) == 20
        assert len(page.elements(".remarks li")) == 20 * 101
        assert page.texts(".remarks li")[100] == "і ще 3 помилки"
        assert len(visit(shop, "/seller/imports?page=2").elements(".imports .counters")) == 1

    def test_orders(self, shop: Shop) -> None:
        """Orders show the products and the payment, and no personal data."""
        product = shop.add_product(name="Чайник", price=Decimal("120.50"))
        buyer = ShopBuyer(
            first_name="Олена", last_name="Вигадана", phone="+380500000001", email="o@shop.example"
        )
        number = shop.place_order([(product, 2)], buyer=buyer, delivery_address="вул. Тестова, 7", paid=True)
        page = visit(shop, "/seller/orders")
        assert page.text("tbody tr") == (
            f"№ {number} 2026-03-02 11:00:00 Оплачено Чайник × 2 = 241 ₴ 241 ₴"
            " Пром-оплата: оплачено Скасувати"
        )
        for word in ("Олена", "Вигадана", "380500000001", "o@shop.example", "Тестова"):
            assert word not in page.response.text

    def test_log(self, shop: Shop, clock: Clock) -> None:
        """The log shows requests newest first in pages; looking at pages leaves no trace in it."""
        client = client_of(shop)
        for number in range(101):
            clock.advance(seconds=1)
            client.get("/products/list", params={"last_id": number})
        client.post("/products/edit", json=[{"id": 1, "price": 5}])
        client.get("/nothing")
        page = visit(shop, "/seller/log")
        asked = ["nothing", "products/edit", "products/list?last_id=100"]
        assert page.texts("ol.log code")[:3] == [f"/api/v1/{path}" for path in asked]
        assert page.texts("ol.log .code")[:2] == ["404", "200"]
        assert page.text("ol.log pre") == '[{"id":1,"price":5}]'
        assert len(page.elements("ol.log code")) == 100
        assert visit(shop, "/seller/log?page=2").texts("ol.log code")[-1].endswith("last_id=0")
        assert len(shop.log.records()) == 103

    def test_no_token_is_shown(self) -> None:
        """Wherever a mistaken client puts a token, it is not shown."""
        shop = Shop(tokens={"s3cret/+": Rights.full()})
        client = client_of(shop, "s3cret/+")
        client.get("/products/list", params={"token": "s3cret/+"})
        client.get("/products/by_external_id/s3cret/+")
        client.post("/products/edit", json=[{"id": "s3cret/+", "name": "x" * 3000}])
        page = visit(shop, "/seller/log")
        assert "s3cret" not in page.response.text
        assert "token=•••" in page.texts("ol.log code")[2]
        assert page.text("ol.log pre").endswith("x…")


class TestWords:
    def test_moment(self) -> None:
        """Times are those of Kyiv, in summer and winter."""
        assert words.moment(datetime(2026, 1, 5, 22, 30, tzinfo=UTC)) == "2026-01-06 00:30:00"
        assert words.moment(datetime(2026, 7, 5, 22, 30, tzinfo=UTC)) == "2026-07-06 01:30:00"


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme: int) -> None:
    """Every text can be read on its background, by day and by night."""
    style = (files("torgsync.sandbox.pages") / "templates" / "style.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[scheme]))
    inks = ("text", "quiet", "accent", "good", "warn", "bad")
    pairs = [(ink, ground) for ink in inks for ground in ("ground", "panel")]
    pairs += [("text", "sunk"), ("quiet", "sunk")]
    pairs += [("on-accent", "accent"), ("on-notice", "notice"), ("panel", "bad")]
    for ink, ground in pairs:
        darker, lighter = sorted((luminance(colours[ink]), luminance(colours[ground])))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, ground)
