"""The sandbox's pages show the shop as a buyer and its seller see it, and can do no harm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from shops import Clock, client_of, feed, import_feed, offer, send_feed, visitor_of

from torgsync.sandbox.pages import descriptions, words
from torgsync.sandbox.pages.cards import percent_off
from torgsync.sandbox.pages.photos import PhotoFolders
from torgsync.sandbox.pages.showcase import ShowcaseCache
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.orders import ShopBuyer
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, Attribute, Image, ShopDiscount, Wholesale
from torgsync.sandbox.shop.rights import Rights
from torgsync.sandbox.shop.shop import Shop

AWKWARD = '[red]<b>Шуруп</b> :wrench: "5\'" & <script>alert(1)</script>{{ 7 * 7 }}'
NBSP = "\u00a0"


@dataclass(frozen=True)
class Seen:
    """A page as a person sees it."""

    response: httpx.Response

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.content)

    def texts(self, css: str) -> list[str]:
        """Return the texts of all elements of this class or name, spaces put in order."""
        return [" ".join(" ".join(map(str, found.itertext())).split()) for found in self.elements(css)]

    def text(self, css: str) -> str:
        (text,) = self.texts(css)
        return text

    def elements(self, css: str) -> list[html.HtmlElement]:
        """Return the elements by selectors such as `ol.log .code`."""
        path = ""
        for part in css.split():
            name, *marks = part.split(".")
            path += f"//{name or '*'}"
            path += "".join(f"[contains(concat(' ', @class, ' '), ' {mark} ')]" for mark in marks)
        found = self.tree.xpath(path)
        assert isinstance(found, list)
        return [element for element in found if isinstance(element, html.HtmlElement)]

    def links(self, css: str = "a") -> dict[str, str]:
        """Return the addresses by the texts of their links."""
        addresses = [str(link.get("href")) for link in self.elements(css)]
        return dict(zip(self.texts(css), addresses, strict=True))


def visit(shop: Shop, path: str = "/", *photos: Path) -> Seen:
    """Return the page under this address, which must be there."""
    response = visitor_of(shop, photos).get(path)
    assert response.status_code == 200, response.text
    return Seen(response)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock=clock, quirks=Quirks(import_seconds=5))


def dress(size: str, colour: str, *parts: str, **marks: str) -> str:
    """Return an offer of one variant of a dress."""
    params = f'<param name="Розмір">{size}</param><param name="Колір">{colour}</param>'
    own = f'<param name="Тканина">льон</param>{params}'
    name = f"<name>Сукня {size} {colour}</name>"
    return offer(f"{size}-{colour}", name, *parts, group_id="7", **marks).replace(
        "</offer>", f"{own}</offer>"
    )


class TestCards:
    def test_card(self, shop: Shop) -> None:
        """A card shows name, photo, price, the crossed-out old one, the discount and the stock."""
        product = shop.add_product(
            name="Чайник",
            price=Decimal("1299.50"),
            discount=ShopDiscount(Decimal(15), "percent"),
            quantity_in_stock=3,
            in_stock=True,
            images=(Image(1, "https://shop.example/photos/26901.jpg"),),
        )
        page = visit(shop)
        assert page.text("li.card h2") == "Чайник"
        assert page.text(".price") == "1 104,58 ₴"
        assert page.text("s.old") == "Стара ціна: 1 299,50 ₴"
        assert page.text(".off") == "Знижка: −15 %"
        assert page.text(".stock") == "В наявності: 3 шт."
        assert page.text(".ready") == "Готово до відправки"
        assert page.text(".file") == "26901.jpg"
        assert page.elements("a.cover")[0].get("href") == f"/product/{product}"

    @pytest.mark.parametrize(
        ("price", "discount", "shown"),
        [
            (None, None, "Ціну уточнюйте"),
            (Decimal(100), None, "100 ₴"),
            (Decimal("1234567.5"), None, "1 234 567,50 ₴"),
            (Decimal(1000), ShopDiscount(Decimal(3), "amount"), "997 ₴ Стара ціна: 1 000 ₴ Знижка: −3 ₴"),
            (Decimal(1000), ShopDiscount(Decimal(300), "amount"), "700 ₴ Стара ціна: 1 000 ₴ Знижка: −30 %"),
            (Decimal("0.01"), ShopDiscount(Decimal(1), "percent"), "0,01 ₴"),
            (None, ShopDiscount(Decimal(1), "percent"), "Ціну уточнюйте"),
        ],
    )
    def test_prices(
        self, shop: Shop, price: Decimal | None, discount: ShopDiscount | None, shown: str
    ) -> None:
        """Whole hryvnias have no kopiykas; a discount that is no whole per cent is told as money."""
        shop.add_product(price=price, discount=discount)
        assert visit(shop).text(".prices") == shown

    def test_discount_without_a_price(self, shop: Shop) -> None:
        """What has no price is not lowered by any per cent."""
        shop.add_product("1", price=None, discount=ShopDiscount(Decimal(10), "percent"))
        assert percent_off(shop.product("1")) == 0

    def test_foreign_money(self, shop: Shop) -> None:
        """Prices keep their currency."""
        shop.add_product(price=Decimal("19.90"), currency="USD")
        shop.add_product(price=Decimal(20), currency="PLN")
        assert visit(shop).texts(".price") == ["19,90 $", "20 PLN"]

    @pytest.mark.parametrize(
        ("presence", "shown"),
        [
            ("available", "В наявності: 0 шт."),
            ("not_available", "Немає в наявності"),
            ("order", "Під замовлення"),
            ("waiting", "Очікується"),
            ("service", "Послуга"),
        ],
    )
    def test_stock(self, shop: Shop, presence: str, shown: str) -> None:
        """Only what is available has a number."""
        shop.add_product(presence=presence, quantity_in_stock=0, price=Decimal(1))
        page = visit(shop)
        assert page.text(".stock") == shown
        assert ("gone" in str(page.elements("li.card")[0].get("class"))) == (presence != "available")

    def test_wholesale(self, shop: Shop) -> None:
        """A card tells the lowest price of the wholesale ladder."""
        shop.add_product(
            price=Decimal(120),
            prices=(Wholesale(Decimal(100), Decimal(10)), Wholesale(Decimal(90), Decimal(50))),
        )
        assert visit(shop).text(".ladder") == "Оптові ціни: від 90 ₴"

    @pytest.mark.parametrize("status", ["draft", "not_on_display", "deleted", "approval_pending"])
    def test_not_on_display(self, shop: Shop, status: str) -> None:
        """What is not on display no buyer sees, neither in the list nor under its address."""
        product = shop.add_product()
        shop.edit_product(product, status=status)
        assert visit(shop).texts("li.card") == []
        assert visitor_of(shop).get(f"/product/{product}").status_code == 404

    def test_empty_shop(self, shop: Shop) -> None:
        """A shop without products says what fills it."""
        page = visit(shop)
        assert page.text(".empty") == "У цьому магазині ще немає товарів."
        assert "torgsync sync" in page.text(".empty-hint")
        assert page.elements("nav.groups") == []


class TestVariants:
    def test_one_card(self, shop: Shop, clock: Clock) -> None:
        """Variants share a card with what they differ in; each has its price and stock there."""
        offers = [
            dress("S", "синій", "<price>90</price>", available=""),
            dress("S", "білий", "<price>100</price>", "<oldprice>125</oldprice>"),
            dress("M", "синій", "<price>110</price>"),
        ]
        import_feed(client_of(shop), clock, feed(*offers))
        page = visit(shop)
        assert page.text("li.card h2") == "Сукня S білий"
        assert page.texts(".chips .chip") == ["S", "M", "синій", "білий"]
        assert page.texts(".chip.gone") == []
        assert page.text("details.variants summary") == "3 різновиди"
        assert page.texts("details.variants li") == [
            "S, синій 90 ₴ Немає в наявності",
            "S, білий 100 ₴ Стара ціна: 125 ₴ Знижка: −20 % В наявності",
            "M, синій 110 ₴ В наявності",
        ]
        assert page.text(".sum") == "3 товари; різновиди зібрано в одну картку"
        # The chip of a size leads to a variant that can be bought.
        white = shop.product("S-білий").id
        assert page.links(".chips a")["S"] == f"/product/{white}"
        assert page.texts(".prices")[0] == "від 90 ₴"

    def test_sold_out_value(self, shop: Shop, clock: Clock) -> None:
        """A value with nothing left to buy is crossed out."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій", available=""), dress("M", "синій")))
        page = visit(shop)
        assert page.texts(".chip") == ["S", "M"]
        assert page.texts(".chip.gone") == ["S"]
        assert page.text("a.cover") == "Фото немає Сукня M синій"

    def test_many_variants(self, shop: Shop, clock: Clock) -> None:
        """A card shows a few values and variants, and says how many more there are."""
        import_feed(client_of(shop), clock, feed(*(dress(str(size), "синій") for size in range(45))))
        page = visit(shop)
        assert len(page.elements(".chip")) == 8
        assert page.text("li.more") == "+37"
        assert page.texts("details.variants li")[-1] == "ще 5"
        product = visit(shop, f"/product/{shop.product('3-синій').id}")
        assert len(product.elements(".all-variants li")) == 45

    def test_hidden_variant(self, shop: Shop, clock: Clock) -> None:
        """A hidden variant is not on the card; the last one left stands alone."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій")))
        shop.hide_product("S-синій")
        page = visit(shop)
        assert page.text("li.card h2") == "Сукня M синій"
        assert page.elements("details.variants") == []
        seller = visit(shop, f"/seller/products/{shop.product('S-синій').id}")
        assert seller.elements(".all-variants") == []

    def test_variants_without_characteristics(self, shop: Shop, clock: Clock) -> None:
        """Variants that tell no difference, or lost it in the cabinet, are told apart by their names."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій")))
        for key in ("S-синій", "M-синій"):
            shop.edit_product(key, attributes=(), price=None)
        page = visit(shop)
        assert page.texts("details.variants li a") == ["Сукня S синій", "Сукня M синій"]
        assert page.texts(".prices")[0] == "Ціну уточнюйте"
        shop.edit_product("M-синій", attributes=(Attribute("Розмір", "EU", "38|40"),))
        page = visit(shop)
        assert page.texts(".chip") == ["38, 40 EU"]
        assert page.texts("details.variants li a") == ["Сукня S синій", "38, 40 EU"]

    def test_variants_in_two_groups(self, shop: Shop, clock: Clock) -> None:
        """A card is seen once in every group that holds one of its variants."""
        categories = '<category id="1">Жінкам</category><category id="2">Дівчатам</category>'
        content = feed(
            dress("S", "синій", "<categoryId>1</categoryId>"),
            dress("M", "синій", "<categoryId>1</categoryId>"),
            dress("L", "синій", "<categoryId>2</categoryId>"),
            categories=categories,
        )
        import_feed(client_of(shop), clock, content)
        page = visit(shop)
        for name in ("Жінкам 2", "Дівчатам 1"):
            assert len(visit(shop, page.links("nav.groups a")[name]).elements("li.card")) == 1

    def test_product_page(self, shop: Shop, clock: Clock) -> None:
        """A variant's page lists the others, and marks which one it is."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій", available="")))
        page = visit(shop, f"/product/{shop.product('M-синій').id}")
        assert page.texts(".all-variants li") == ["S 100 ₴ В наявності", "M 100 ₴ Немає в наявності"]
        (current,) = page.tree.xpath("//*[@class='all-variants']//a[@aria-current]/b/text()")
        assert str(current).strip() == "M"


class TestGroups:
    CATEGORIES = (
        '<category id="1">Взуття</category><category id="2" parentId="1">Жіноче</category>'
        '<category id="3">Порожня</category>'
    )

    def test_tree(self, shop: Shop, clock: Clock) -> None:
        """Groups stand in a tree with the number of products in and below them; empty ones are left out."""
        content = feed(
            offer("1", "<categoryId>1</categoryId>"),
            offer("2", "<categoryId>2</categoryId>"),
            offer("3"),
            categories=self.CATEGORIES,
        )
        import_feed(client_of(shop), clock, content)
        page = visit(shop)
        links = page.links("nav.groups a")
        assert list(links) == ["Усі товари 3", "Взуття 2", "Жіноче 1", "Без групи 1"]
        depths = [str(line.get("class")) for line in page.elements("nav.groups li")]
        assert depths == ["depth-0", "depth-0", "depth-1", "depth-0"]
        assert [len(visit(shop, link).elements("li.card")) for link in links.values()] == [3, 2, 1, 1]
        women = visit(shop, links["Жіноче 1"])
        assert women.text("h1") == "Жіноче"
        assert women.text(".way") == "Усі товари › Взуття"
        assert visit(shop, f"/?group={ROOT_GROUP_ID}").text("h1") == "Без групи"
        product = visit(shop, f"/product/{shop.product('2').id}")
        assert product.text(".way") == "Усі товари › Взуття › Жіноче"

    def test_unknown_group(self, shop: Shop) -> None:
        """A group that is not there is a page that is not there."""
        assert visitor_of(shop).get("/?group=5").status_code == 404

    def test_group_without_products(self, shop: Shop) -> None:
        """A group whose products are all hidden says that nothing is found."""
        shop.hide_product(shop.add_product(group_id=(group := shop.add_group("Зима"))))
        shop.add_product()
        assert visit(shop, f"/?group={group}").text(".empty") == "Нічого не знайдено."

    def test_ring_of_groups(self, shop: Shop, clock: Clock) -> None:
        """Groups that lie in each other by mistake are all in sight, and so are groups below the ring."""
        categories = (
            '<category id="a" parentId="b">А</category><category id="b" parentId="c">Б</category>'
            '<category id="c" parentId="a">В</category><category id="d" parentId="d">Г</category>'
            '<category id="e" parentId="c">Ґ</category>'
        )
        offers = [offer(name, f"<categoryId>{name}</categoryId>") for name in "abcde"]
        import_feed(client_of(shop), clock, feed(*offers, categories=categories))
        page = visit(shop)
        assert page.texts("nav.groups li") == ["Усі товари 5", "А 4", "В 3", "Б 1", "Ґ 1", "Г 1"]

    def test_long_tree(self, shop: Shop, clock: Clock) -> None:
        """Of hundreds of groups only those on the way to the chosen one are open."""
        categories = "".join(
            f'<category id="{top}">Група {top}</category>'
            + "".join(f'<category id="{top}.{n}" parentId="{top}">Г {top}.{n}</category>' for n in range(20))
            for top in range(10)
        )
        offers = [
            offer(f"{top}.{n}", f"<categoryId>{top}.{n}</categoryId>") for top in range(10) for n in range(20)
        ]
        import_feed(client_of(shop), clock, feed(*offers, categories=categories))
        page = visit(shop)
        assert len(page.elements("nav.groups li")) == 11
        opened = visit(shop, page.links("nav.groups a")["Група 3 20"])
        assert len(opened.elements("nav.groups li")) == 31

    def test_deep_tree(self, shop: Shop, clock: Clock) -> None:
        """A tree as deep as a well is shown."""
        categories = '<category id="0">Г 0</category>' + "".join(
            f'<category id="{n}" parentId="{n - 1}">Г {n}</category>' for n in range(1, 1500)
        )
        import_feed(
            client_of(shop), clock, feed(offer("1", "<categoryId>1499</categoryId>"), categories=categories)
        )
        assert visit(shop).texts("nav.groups li") == ["Усі товари 1", "Г 0 1"]


class TestPaging:
    def test_pages(self, shop: Shop) -> None:
        """A page has 48 cards, oldest first; the way on and back keeps what was asked for."""
        group = shop.add_group("Взуття")
        for number in range(100):
            shop.add_product(name=f"Товар {number}", price=Decimal(1), group_id=group)
        first = visit(shop, f"/?group={group}&lang=ru")
        assert len(first.elements("li.card")) == 48
        assert list(first.links(".pager a")) == ["Следующая", "Последняя"]
        second = visit(shop, first.links(".pager a")["Следующая"])
        assert second.text(".pager span") == "Страница 2 из 3"
        assert second.texts("li.card h2")[0] == "Товар 48"
        assert second.links(".pager a")["Предыдущая"] == f"/?group={group}&lang=ru"
        third = visit(shop, second.links(".pager a")["Следующая"])
        assert third.texts("li.card h2") == ["Товар 96", "Товар 97", "Товар 98", "Товар 99"]
        assert third.links(".pager a")["Первая"] == f"/?group={group}&lang=ru"

    @pytest.mark.parametrize(("page", "first"), [("0", "0"), ("-5", "0"), ("x", "0"), ("99", "48")])
    def test_page_that_is_not_there(self, shop: Shop, page: str, first: str) -> None:
        """A number out of the list gives the nearest page."""
        for number in range(50):
            shop.add_product(name=str(number))
        assert visit(shop, f"/?page={page}").texts("li.card h2")[0] == first

    def test_order_is_put_in_once(self, shop: Shop) -> None:
        """The catalog is put in order again only when it has changed, so that a look costs one page."""
        product = shop.add_product(name="Чайник")
        window = ShowcaseCache(shop)
        before = window.current()
        assert window.current() is before
        shop.edit_product(product, name="Кавник")
        after = window.current()
        assert [found.name for found in after.shown] == ["Кавник"]
        shop.add_group("Посуд")
        assert window.current() is not after
        shop.delete_product(product)
        assert window.current().shown == []


class TestSearch:
    @pytest.mark.parametrize(
        "wanted", ["ЧАЙН", "чайник дорожній", "kettle", "AA-7", "aa-7", "id/1", "4820000000017", " чайн "]
    )
    def test_found(self, shop: Shop, wanted: str) -> None:
        """Names are searched for parts, numbers as a whole; capitals make no difference."""
        shop.add_product("інший", name="Друге", sku="AA-77")
        product = shop.add_product(
            "id/1", name="Travel kettle", name_uk="Чайник дорожній", sku="AA-7", gtin="4820000000017"
        )
        response = visitor_of(shop).get("/", params={"q": wanted})
        page = Seen(response)
        assert page.texts("li.card h2") == ["Чайник дорожній"]
        assert page.tree.xpath("//input[@name='q']/@value") == [wanted.strip()]
        assert Seen(visitor_of(shop).get("/", params={"q": str(product)})).text("h1") == f"Пошук: «{product}»"

    def test_variants_found(self, shop: Shop, clock: Clock) -> None:
        """A variant is found on its card, once."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій"), offer("1")))
        page = Seen(visitor_of(shop).get("/", params={"q": "сукня"}))
        assert len(page.elements("li.card")) == 1
        assert page.text(".sum").startswith("2 товари")

    def test_nothing_found(self, shop: Shop) -> None:
        """A search without a result says so; the text searched for is only text."""
        shop.add_product()
        page = Seen(visitor_of(shop).get("/", params={"q": AWKWARD, "lang": "ru"}))
        assert page.text(".empty") == "Ничего не найдено."
        assert page.text("h1") == f"Поиск: «{AWKWARD}»"


class TestLanguages:
    def test_switch(self, shop: Shop) -> None:
        """Texts are Ukrainian first; the switch shows the same page in Russian, and links stay there."""
        product = shop.add_product(name="Чайник", name_uk="Імбрик", price=Decimal(1))
        page = visit(shop)
        assert (page.tree.get("lang"), page.text("h2")) == ("uk", "Імбрик")
        russian = visit(shop, page.links("nav.languages a")["РУС"])
        assert (russian.tree.get("lang"), russian.text("h2")) == ("ru", "Чайник")
        assert russian.text(".stock") == "В наличии"
        opened = visit(shop, russian.links("a.cover")["Фото нет Чайник"])
        assert opened.text("h1") == "Чайник"
        assert opened.links("nav.languages a")["УКР"] == f"/product/{product}"
        assert opened.tree.xpath("//form//input[@type='hidden']/@value") == ["ru"]

    def test_missing_translation(self, shop: Shop) -> None:
        """Where there is no Ukrainian text, the other one stands in, and says in which language it is."""
        shop.add_product(name="Чайник")
        assert visit(shop).elements("h2")[0].get("lang") == "ru"
        assert visit(shop, "/?lang=ru").elements("h2")[0].get("lang") is None


class TestProductPage:
    def test_everything(self, shop: Shop) -> None:
        """A product's page shows description, characteristics, all photos and the wholesale ladder."""
        product = shop.add_product(
            name="Чайник",
            sku="AA-7",
            price=Decimal(120),
            minimum_order_quantity=Decimal("0.50"),
            measure_unit="кг",
            in_stock=True,
            discount=ShopDiscount(Decimal(10), "percent", "01.03.2026", "31.03.2026"),
            prices=(Wholesale(Decimal("100.75"), Decimal(10)),),
            vendor="Завод",
            gtin="4820000000017",
            attributes=(Attribute("Висота", "см", "20"), Attribute("Колір", "", "білий|синій")),
            images=(Image(1, "https://shop.example/1.jpg"), Image(2, "https://shop.example/2.jpg")),
            description="<h1>Опис</h1><p>Кипить <b>швидко</b></p>",
        )
        page = visit(shop, f"/product/{product}")
        assert page.text("title") == "Чайник · torgsync"
        assert page.text(".dates") == "Знижка з 01.03.2026 до 31.03.2026"
        assert [str(photo.get("aria-label")) for photo in page.elements(".no-photo")] == [
            "Чайник, фото 1 з 2",
            "Чайник, фото 2 з 2",
        ]
        assert page.texts("table.facts tr") == [
            "Кількість Ціна",
            "від 10 кг 100,75 ₴",
            "Виробник Завод",
            "Висота 20 см",
            "Колір білий, синій",
            "Штрихкод 4820000000017",
        ]
        offer_texts = page.texts("section.offer p")
        assert "Мінімальне замовлення: 0,5 кг" in offer_texts
        assert "Код товару: AA-7" in offer_texts
        assert page.text(".description h3") == "Опис"
        assert page.text(".description b") == "швидко"

    def test_country(self, shop: Shop, clock: Clock) -> None:
        """The country stands with the characteristics."""
        import_feed(client_of(shop), clock, feed(offer("1", "<country>Україна</country>")))
        page = visit(shop, f"/product/{shop.product('1').id}")
        assert page.texts("table.facts tr") == ["Країна виробник Україна"]

    def test_bare_product(self, shop: Shop) -> None:
        """A product that has nothing but a name has a page, too."""
        product = shop.add_product(
            name="Чайник", discount=ShopDiscount(Decimal(1), "amount", None, "31.03.2026")
        )
        page = visit(shop, f"/product/{product}")
        assert page.text(".description") == "Опису немає."
        assert page.text(".no-photo") == "Фото немає"
        assert page.text(".dates") == "Знижка до 31.03.2026"

    @pytest.mark.parametrize("path", ["/product/1", "/product/x", "/nothing", "/photos/", "/seller/nothing"])
    def test_missing(self, shop: Shop, path: str) -> None:
        """What is not there is told by a page of the shop."""
        response = visitor_of(shop).get(path)
        assert response.status_code == 404
        assert Seen(response).text("h1") == "Такої сторінки немає"


class TestDescriptions:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("", ""),
            ("<!-- nothing -->", ""),
            ("<p>Опис <b>жирний</b></p>", "<p>Опис <b>жирний</b></p>"),
            ("<h2 class='x' onclick='evil()'>Назва</h2>", "<h3>Назва</h3>"),
            ("a<br>b<hr/>c", "a<br>b<hr>c"),
            ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
            ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
            ("<p><a href='javascript:x'>лінк</a> далі</p>", "<p>лінк далі</p>"),
            ("<div><img src=x onerror=alert(1)>x</div>", "<div>x</div>"),
            ("<p>&lt;script&gt; &amp; &quot;</p>", "<p>&lt;script&gt; &amp; &#34;</p>"),
            ("<p>a<!-- b --><?php c ?>d</p>", "<p>ad</p>"),
            ("</div></main><p>x</p>", "<p>x</p>"),
            ("<style>*{display:none}</style><p>x</p>", "<p>x</p>"),
            ("<svg><script>alert(1)</script></svg><p>x</p>", "<p>x</p>"),
            ("<p>\x00\x0b\ud800</p>", "<p>?</p>"),
            ("<?xml version='1.0' encoding='cp1251'?><p>Їжак</p>", "<p>Їжак</p>"),
        ],
    )
    def test_cleaning(self, written: str, shown: str) -> None:
        """Structure stays, whatever could act or fetch goes."""
        assert descriptions.shown(written) == shown

    def test_plain_text(self) -> None:
        """A text without elements keeps its line ends and its signs."""
        assert "1 < 2\nдва".replace("<", "&lt;") in descriptions.shown("1 < 2\nдва")

    @given(st.lists(st.sampled_from([*"<>/'\"=!-?& abp", "script", "<p>", "<svg>", "<table>"])).map("".join))
    def test_harmless(self, written: str) -> None:
        """Whatever is written, nothing comes out but bare elements of the list."""
        tags = re.findall(r"<[^>]*>", descriptions.shown(written))
        allowed = {f"<{tag}>" for tag in descriptions.KEPT.values()}
        allowed |= {f"</{tag}>" for tag in descriptions.KEPT.values()} | {'<p class="plain">'}
        assert set(tags) <= allowed


class TestHarmless:
    @pytest.fixture
    def awkward(self, shop: Shop, clock: Clock) -> Shop:
        """A shop in which every text is as awkward as it can be."""
        group = shop.add_group(AWKWARD)
        for _ in range(50):
            shop.add_product(
                name=AWKWARD,
                name_uk=AWKWARD,
                sku=AWKWARD,
                keywords=AWKWARD,
                description=AWKWARD,
                vendor=AWKWARD,
                gtin=AWKWARD,
                measure_unit=AWKWARD,
                currency=AWKWARD,
                price=Decimal(10),
                discount=ShopDiscount(Decimal(1), "amount", AWKWARD, AWKWARD),
                minimum_order_quantity=Decimal(2),
                prices=(Wholesale(Decimal(9), Decimal(5)),),
                quantity_in_stock=1,
                group_id=group,
                attributes=(Attribute(AWKWARD, AWKWARD, AWKWARD),),
                images=(Image(1, f"https://shop.example/{AWKWARD}.jpg"), Image(2, "http://[")),
            )
        escaped = AWKWARD.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        import_feed(client_of(shop), clock, feed(dress(escaped, escaped), dress("M", escaped)))
        import_feed(client_of(shop), clock, feed(offer(escaped, "<name></name>")))
        import_feed(client_of(shop), clock, AWKWARD.encode())
        key = shop.products()[0].id
        shop.add_payment_option(5, AWKWARD)
        shop.place_order([(key, 1)], payment_option_id=5, client_notes=AWKWARD)
        client_of(shop).post("/products/edit", params={"x": AWKWARD}, json=[{"id": 1, "name": AWKWARD}])
        return shop

    def test_texts_are_texts(self, awkward: Shop) -> None:
        """On no page does a text make an element, an attribute, or an address elsewhere."""
        key = awkward.products()[0].id
        variant = awkward.products()[-1].id
        for path in (
            *("/", "/?lang=ru", f"/?q={AWKWARD[:5]}", f"/product/{key}", f"/product/{variant}"),
            *("/seller", "/seller/products", f"/seller/products/{key}", "/seller/imports"),
            *("/seller/orders", "/seller/log"),
        ):
            page = visit(awkward, path)
            assert page.tree.xpath("//script | //iframe | //style | //object | //base | //main//link") == []
            assert page.tree.xpath("//@*[starts-with(name(), 'on')] | //@style") == []
            addresses = page.tree.xpath("//@href | //@src | //@action")
            assert isinstance(addresses, list)
            assert all(str(address).startswith(("/", "#")) for address in addresses)
            assert page.tree.xpath("//img[not(@alt)] | //input[not(@type)]") == []
            assert "<b>Шуруп</b> :wrench:" in page.tree.text_content()
            assert "49" not in page.text("h1")

    def test_headers(self, shop: Shop, tmp_path: Path) -> None:
        """Every answer forbids scripts, frames and anything from elsewhere."""
        (tmp_path / "1.jpg").write_bytes(b"picture")
        visitor = visitor_of(shop, [tmp_path])
        for path in ("/", "/seller", "/nothing", "/style.css", "/icon.svg", "/photos/1.jpg"):
            headers = visitor.get(path).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
            assert "script" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"

    def test_files(self, shop: Shop) -> None:
        """The style sheet and the icon have their own types; whoever asks for a head gets no body."""
        visitor = visitor_of(shop)
        assert visitor.get("/style.css").headers["content-type"].startswith("text/css")
        assert visitor.get("/icon.svg").headers["content-type"].startswith("image/svg+xml")
        head = visitor.head("/")
        assert (head.status_code, head.content) == (200, b"")

    def test_nothing_can_be_sent(self, shop: Shop) -> None:
        """The pages only show: there is no form that writes."""
        assert visitor_of(shop).post("/", data={"name": "x"}).status_code == 404
        for path in ("/", "/seller", "/seller/products"):
            forms = visit(shop, path).tree.xpath("//form[@method!='get']")
            assert forms == []


class TestPhotos:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "photos"
        folder.mkdir()
        (folder / "26901.jpg").write_bytes(b"jpeg")
        (folder / "фото 1.PNG").write_bytes(b"png")
        (folder / "drawing.svg").write_bytes(b"<svg/>")
        (folder / "notes.txt").write_bytes(b"notes")
        (folder / "folder.jpg").mkdir()
        (tmp_path / "secret.jpg").write_bytes(b"secret")
        return folder

    def test_shown(self, shop: Shop, folder: Path) -> None:
        """A photo is found by the last part of its address, whatever letters it has."""
        product = shop.add_product(
            name="Чайник",
            images=(
                Image(1, "https://shop.example/a/b/26901.jpg?size=5"),
                Image(2, "https://shop.example/%D1%84%D0%BE%D1%82%D0%BE%201.PNG"),
                Image(3, "https://shop.example/missing.jpg"),
            ),
        )
        page = visit(shop, f"/product/{product}", folder)
        sources = [str(image.get("src")) for image in page.elements("img")]
        assert [str(image.get("alt")) for image in page.elements("img")] == [
            "Чайник, фото 1 з 3",
            "Чайник, фото 2 з 3",
        ]
        assert page.text(".file") == "missing.jpg"
        visitor = visitor_of(shop, [folder])
        found = [visitor.get(source) for source in sources]
        assert [(answer.content, answer.headers["content-type"]) for answer in found] == [
            (b"jpeg", "image/jpeg"),
            (b"png", "image/png"),
        ]

    @pytest.mark.parametrize(
        "name",
        [
            *("../secret.jpg", "..%2Fsecret.jpg", "..%5Csecret.jpg", "%2e%2e/secret.jpg", "%2Fetc%2Fpasswd"),
            *("photos/26901.jpg", "C:26901.jpg", "26901.jpg%00.jpg", "x" * 5000 + ".jpg", ".jpg"),
            *("notes.txt", "drawing.svg", "folder.jpg", "missing.jpg"),
        ],
    )
    def test_refused(self, shop: Shop, folder: Path, name: str) -> None:
        """Nothing but a picture that lies right in the folder is given out."""
        assert visitor_of(shop, [folder]).get(f"/photos/{name}").status_code == 404

    @pytest.mark.parametrize("name", ["..", ".", "", "../secret.jpg", "..\\secret.jpg", "a\0.jpg"])
    def test_names_that_are_paths(self, folder: Path, name: str) -> None:
        """However a name comes through, it never leads out of the folder."""
        assert PhotoFolders([folder]).find(name) is None

    def test_link_out_of_the_folder(self, shop: Shop, folder: Path) -> None:
        """A link to a file elsewhere is not followed."""
        try:
            (folder / "link.jpg").symlink_to(folder.parent / "secret.jpg")
        except OSError:
            pytest.skip("this user may not make symbolic links")
        assert visitor_of(shop, [folder]).get("/photos/link.jpg").status_code == 404

    def test_several_folders(self, shop: Shop, folder: Path, tmp_path: Path) -> None:
        """The first folder that has the name gives the picture."""
        other = tmp_path / "other"
        other.mkdir()
        (other / "26901.jpg").write_bytes(b"other")
        (other / "26902.jpg").write_bytes(b"only here")
        visitor = visitor_of(shop, [folder, other])
        assert visitor.get("/photos/26901.jpg").content == b"jpeg"
        assert visitor.get("/photos/26902.jpg").content == b"only here"


class TestSeller:
    def test_counts(self, shop: Shop) -> None:
        """The overview counts products by status, and tells what is not available."""
        shop.add_product("1")
        shop.add_product("2", presence="not_available")
        shop.hide_product(shop.add_product("3"))
        shop.delete_product(shop.add_product("4"))
        shop.edit_product(shop.add_product("5"), status="approval_pending")
        page = visit(shop, "/seller")
        assert page.texts(".tiles li") == [
            "2 Опубліковано",
            "0 Чернетка",
            "1 Приховано",
            "1 Очікує модерації",
            "1 Видалено",
            "1 Немає в наявності",
        ]
        assert page.texts(".empty") == [
            "Імпортів ще не було.",
            "Замовлень ще немає.",
            "Ще ніхто нічого не запитував.",
        ]

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
        assert list(chips) == ["Усі 100", "Опубліковано 99", "Приховано 1", "Видалено 1"]
        assert visit(shop, chips["Приховано 1"]).links("tbody a") == {"Товар 7": f"/seller/products/{hidden}"}
        gone = visit(shop, chips["Видалено 1"])
        assert gone.texts(".gone-ids li") == ["id-8 Видалено"]
        assert visit(shop, "/seller/products?status=deleted&q=id-9").text(".empty") == "Нічого не знайдено."
        assert visit(shop, "/seller/products?status=draft").text(".empty") == "Нічого не знайдено."
        assert visit(shop, "/seller/products?q=id-9").text(".sum") == f"1{NBSP}товар".replace(NBSP, " ")
        assert visitor_of(shop).get("/seller/products?status=x").status_code == 404

    def test_hidden_product(self, shop: Shop) -> None:
        """The seller sees any product as a buyer would, with what only the seller knows."""
        product = shop.add_product("id-7", name="Чайник", keywords="чайник, імбрик")
        shop.hide_product(product)
        page = visit(shop, f"/seller/products/{product}")
        assert page.text(".hidden-from-buyers") == "Приховано. Покупець цієї сторінки не бачить."
        facts = page.texts("table.facts tr")
        assert "Зовнішній ідентифікатор id-7" in facts
        assert "Пошукові запити чайник, імбрик" in facts
        assert "Змінено 02.03.2026 11:00:00" in facts

    def test_failed_photos(self, clock: Clock) -> None:
        """Photos that could not be fetched are told on the product's page and in the import's report."""
        shop = Shop(clock=clock, photo_status=lambda _: 404)
        import_feed(client_of(shop), clock, feed(offer("1", "<picture>https://shop.example/1.jpg</picture>")))
        page = visit(shop, f"/seller/products/{shop.product('1').id}")
        assert "Фото не завантажено https://shop.example/1.jpg" in page.texts("table.facts tr")
        assert visit(shop, "/seller/imports").texts(".remarks li") == ["фото: код 2004, відповідь 404"]

    def test_imports(self, shop: Shop, clock: Clock) -> None:
        """Imports are told newest first: when, how far, what they counted, and what went wrong."""
        client = client_of(shop)
        import_feed(client, clock, feed(offer("1"), offer("2", "<name></name>")))
        import_feed(client, clock, b"no feed")
        clock.advance(hours=1)
        send_feed(client, feed(), force_update=True, updated_fields=["name", "image_urls"])
        page = visit(shop, "/seller/imports")
        assert page.texts("ol.imports .badge") == ["Виконується", "Не виконано", "Є зауваження"]
        assert page.texts("ol.imports time")[0] == "02.03.2026 12:00:20"
        assert page.texts("dl.counters")[1] == (
            "усього 2 створено 1 змінено 0 без змін 0 з помилками 1 немає у файлі 0"
        )
        assert page.texts(".complaint") == ["Невірний формат файлу"]
        assert page.texts(".remarks li")[1] == "позиція 2 : Поле Назва_позиції: обов'язкове поле"
        assert "Оновлюються: image_urls, назва." in page.texts(".settings")[0]
        assert "Примусово." in page.texts(".settings")[0]

    def test_many_imports_and_errors(self, clock: Clock) -> None:
        """A long report is cut, and says how much is missing; many imports have pages."""
        shop = Shop(clock=clock, quirks=Quirks(imports_per_day=100, import_seconds=0))
        for _ in range(21):
            import_feed(client_of(shop), clock, feed(*(offer(str(n), "<name></name>") for n in range(103))))
        page = visit(shop, "/seller/imports")
        assert len(page.elements(".imports .counters")) == 20
        assert len(page.elements(".remarks li")) == 20 * 101
        assert page.texts(".remarks li")[100] == "… ще 3"
        assert page.texts(".imports summary")[0] == "103 зауваження"
        assert len(visit(shop, "/seller/imports?page=2").elements(".imports .counters")) == 1
        assert len(visit(shop, "/seller").elements(".imports .counters")) == 3

    def test_orders(self, shop: Shop) -> None:
        """Orders tell what was ordered and how it is paid, and nothing of the person."""
        product = shop.add_product(name="Чайник", price=Decimal("120.50"))
        buyer = ShopBuyer(
            first_name="Олена", last_name="Вигадана", phone="+380500000001", email="o@shop.example"
        )
        number = shop.place_order([(product, 2)], buyer=buyer, delivery_address="вул. Тестова, 7", paid=True)
        for path in ("/seller", "/seller/orders"):
            page = visit(shop, path)
            assert page.text("tbody tr") == (
                f"№ {number} 02.03.2026 11:00:00 Оплачено Чайник × 2 241 ₴ Пром-оплата: оплачено"
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
        assert page.texts("ol.log code")[:3] == [
            "/api/v1/nothing",
            "/api/v1/products/edit",
            "/api/v1/products/list?last_id=100",
        ]
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
    @pytest.mark.parametrize(
        ("count", "shown"),
        [
            *((0, "0 товарів"), (1, "1 товар"), (2, "2 товари"), (4, "4 товари"), (5, "5 товарів")),
            *((11, "11 товарів"), (12, "12 товарів"), (21, "21 товар"), (22, "22 товари")),
            *((111, "111 товарів"), (1021, "1 021 товар")),
        ],
    )
    def test_counted(self, count: int, shown: str) -> None:
        """A number has the form of the word that belongs to it."""
        assert words.counted(count, "product") == shown.replace(" ", NBSP)

    def test_moment(self) -> None:
        """Times are those of Kyiv, in summer and winter."""
        assert words.moment(datetime(2026, 1, 5, 22, 30, tzinfo=UTC)) == "06.01.2026 00:30:00"
        assert words.moment(datetime(2026, 7, 5, 22, 30, tzinfo=UTC)) == "06.07.2026 01:30:00"

    def test_both_languages(self) -> None:
        """Every text of the buyer's side is there in both languages."""
        for texts in (*words.BUYER.values(), *words.PRESENCES.values(), *words.PLURALS.values()):
            assert texts.keys() == {"uk", "ru"}
            assert all(texts.values())


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme: int) -> None:
    """Every text can be read on every ground it stands on, by day and by night."""
    style = (files("torgsync.sandbox.pages") / "templates" / "style.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[scheme]))
    inks = ("text", "quiet", "accent", "good", "warn", "bad")
    pairs = [(ink, ground) for ink in inks for ground in ("ground", "panel")]
    pairs += [
        ("text", "sunk"),
        ("quiet", "sunk"),
        ("on-accent", "accent"),
        ("on-notice", "notice"),
        ("panel", "bad"),
    ]
    for ink, ground in pairs:
        darker, lighter = sorted((luminance(colours[ink]), luminance(colours[ground])))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, ground)
