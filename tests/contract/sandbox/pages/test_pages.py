"""The sandbox's pages show the shop as a buyer and its seller see it, and can do no harm."""

from __future__ import annotations

from decimal import Decimal

import pytest
from shops import Clock, client_of, feed, import_feed, offer, visitor_of
from visits import AWKWARD, Seen, dress, visit

from torgsync.sandbox.pages.showcase import ShowcaseCache
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, Attribute, Image, ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop


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
        assert page.text(".ready") == "Готово до відправлення"
        assert page.text(".file") == "26901.jpg"
        assert page.elements("a.cover")[0].get("href") == f"/product/{product}"

    @pytest.mark.parametrize(
        ("price", "discount", "shown"),
        [
            *((None, None, "Ціну уточнюйте"), (Decimal(100), None, "100 ₴")),
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
        """Whole hryvnias have no kopiykas; a discount that is no whole per cent is shown as money."""
        shop.add_product(price=price, discount=discount)
        assert visit(shop).text(".prices") == shown

    @pytest.mark.parametrize(
        ("presence", "shown"),
        [
            *(("available", "В наявності: 0 шт."), ("not_available", "Немає в наявності")),
            *(("order", "Під замовлення"), ("waiting", "Очікується"), ("service", "Послуга")),
        ],
    )
    def test_stock(self, shop: Shop, presence: str, shown: str) -> None:
        """Only what is available has a number."""
        shop.add_product(presence=presence, quantity_in_stock=0, price=Decimal(1))
        page = visit(shop)
        assert page.text(".stock") == shown
        assert ("gone" in str(page.elements("li.card")[0].get("class"))) == (presence != "available")

    def test_wholesale(self, shop: Shop) -> None:
        """A card shows the lowest wholesale price."""
        prices = (Wholesale(Decimal(100), Decimal(10)), Wholesale(Decimal(90), Decimal(50)))
        shop.add_product(price=Decimal(120), prices=prices)
        assert visit(shop).text(".ladder") == "Оптом від 90 ₴"

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
        assert page.text("details.variants summary") == "3 різновиди"
        assert page.texts("details.variants li") == [
            "S, синій 90 ₴ Немає в наявності",
            "S, білий 100 ₴ Стара ціна: 125 ₴ Знижка: −20 % В наявності",
            "M, синій 110 ₴ В наявності",
        ]
        assert page.text(".sum") == "3 товари; різновиди одного товару зібрано в одну картку"
        assert page.texts(".prices")[0] == "від 90 ₴"

    def test_sold_out_variant(self, shop: Shop, clock: Clock) -> None:
        """A card shows the variant that can be bought."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій", available=""), dress("M", "синій")))
        assert visit(shop).text("a.cover") == "Фото немає Сукня M синій"

    def test_many_variants(self, shop: Shop, clock: Clock) -> None:
        """A card shows a few variants, and says how many more there are."""
        import_feed(client_of(shop), clock, feed(*(dress(str(size), "синій") for size in range(45))))
        page = visit(shop)
        assert page.texts("details.variants li")[-1] == "ще 5 різновидів"
        product = visit(shop, f"/product/{shop.product('3-синій').id}")
        assert len(product.elements(".all-variants li")) == 45

    def test_hidden_variant(self, shop: Shop, clock: Clock) -> None:
        """A hidden variant is not on the card; the last one left has a card of its own."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій")))
        shop.hide_product("S-синій")
        page = visit(shop)
        assert page.text("li.card h2") == "Сукня M синій"
        assert page.elements("details.variants") == []
        seller = visit(shop, f"/seller/products/{shop.product('S-синій').id}")
        assert seller.elements(".all-variants") == []

    def test_variants_without_characteristics(self, shop: Shop, clock: Clock) -> None:
        """Variants without a difference, or which lost it in the cabinet, are labelled by their names."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій")))
        for key in ("S-синій", "M-синій"):
            shop.edit_product(key, attributes=(), price=None)
        page = visit(shop)
        assert page.texts("details.variants li a") == ["Сукня S синій", "Сукня M синій"]
        assert page.texts(".prices")[0] == "Ціну уточнюйте"
        shop.edit_product("M-синій", attributes=(Attribute("Розмір", "EU", "38|40"),))
        page = visit(shop)
        assert page.texts("details.variants li a") == ["Сукня S синій", "38, 40 EU"]

    def test_variants_in_two_groups(self, shop: Shop, clock: Clock) -> None:
        """A card is seen once in every group that holds one of its variants."""
        categories = '<category id="1">Жінкам</category><category id="2">Дівчатам</category>'
        sizes = (("S", 1), ("M", 1), ("L", 2))
        offers = [dress(size, "синій", f"<categoryId>{group}</categoryId>") for size, group in sizes]
        import_feed(client_of(shop), clock, feed(*offers, categories=categories))
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
        """Groups form a tree with the number of products in and below them; empty ones are left out."""
        offers = [offer(number, f"<categoryId>{number}</categoryId>") for number in "12"]
        import_feed(client_of(shop), clock, feed(*offers, offer("3"), categories=self.CATEGORIES))
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

    def test_group_without_products(self, shop: Shop) -> None:
        """One whose products are all hidden says that nothing is found; one that is not there is no page."""
        shop.hide_product(shop.add_product(group_id=(group := shop.add_group("Зима"))))
        shop.add_product()
        assert visit(shop, f"/?group={group}").text(".empty") == "Нічого не знайдено."
        assert visitor_of(shop).get("/?group=5").status_code == 404

    def test_ring_of_groups(self, shop: Shop, clock: Clock) -> None:
        """Groups that contain each other by mistake are all visible, and so are groups below the ring."""
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
        names = [f"{top}.{n}" for top in range(10) for n in range(20)]
        offers = [offer(name, f"<categoryId>{name}</categoryId>") for name in names]
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
        deepest = offer("1", "<categoryId>1499</categoryId>")
        import_feed(client_of(shop), clock, feed(deepest, categories=categories))
        assert visit(shop).texts("nav.groups li") == ["Усі товари 1", "Г 0 1"]


class TestPaging:
    def test_pages(self, shop: Shop) -> None:
        """A page has 48 cards, newest first; the way on and back keeps what was asked for."""
        group = shop.add_group("Взуття")
        for number in range(100):
            shop.add_product(name=f"Товар {number}", price=Decimal(1), group_id=group)
        first = visit(shop, f"/?group={group}&lang=ru")
        assert len(first.elements("li.card")) == 48
        assert list(first.links(".pager a")) == ["Наступна", "Остання"]
        second = visit(shop, first.links(".pager a")["Наступна"])
        assert second.text(".pager span") == "Сторінка 2 з 3"
        assert second.texts("li.card h2")[0] == "Товар 51"
        assert second.links(".pager a")["Попередня"] == f"/?group={group}&lang=ru"
        third = visit(shop, second.links(".pager a")["Наступна"])
        assert third.texts("li.card h2") == ["Товар 3", "Товар 2", "Товар 1", "Товар 0"]
        assert third.links(".pager a")["Перша"] == f"/?group={group}&lang=ru"

    @pytest.mark.parametrize(("page", "first"), [("0", "49"), ("-5", "49"), ("x", "49"), ("99", "1")])
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
        assert Seen(visitor_of(shop).get("/", params={"q": str(product)})).text("h1") == f"Пошук: {product}"

    def test_variants_found(self, shop: Shop, clock: Clock) -> None:
        """A variant is found on its card, once; a search without a result says so, and its text is text."""
        import_feed(client_of(shop), clock, feed(dress("S", "синій"), dress("M", "синій"), offer("1")))
        page = Seen(visitor_of(shop).get("/", params={"q": "сукня"}))
        assert len(page.elements("li.card")) == 1
        assert page.text(".sum").startswith("2 товари")
        page = Seen(visitor_of(shop).get("/", params={"q": AWKWARD, "lang": "ru"}))
        assert page.text(".empty") == "Нічого не знайдено."
        assert page.text("h1") == f"Пошук: {AWKWARD}"
