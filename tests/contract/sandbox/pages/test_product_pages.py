"""The page of a product: languages, descriptions, photos; and that no text can do harm."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shops import Clock, client_of, feed, import_feed, offer, visitor_of
from visits import AWKWARD, Seen, dress, visit

from torgsync import i18n
from torgsync.sandbox.pages import content
from torgsync.sandbox.pages.content import PhotoFolders
from torgsync.sandbox.shop.products import Attribute, Image, ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop


class TestLanguages:
    def test_switch(self, shop: Shop) -> None:
        """Texts are Ukrainian first; the switch shows the same page in Russian, and links stay there."""
        product = shop.add_product(name="Чайник", name_uk="Імбрик", price=Decimal(1))
        page = visit(shop)
        assert (page.elements("h2")[0].get("lang"), page.text("h2")) == ("uk", "Імбрик")
        russian = visit(shop, page.links("nav.languages a")["РУС"])
        assert (russian.elements("h2")[0].get("lang"), russian.text("h2")) == ("ru", "Чайник")
        assert (russian.tree.get("lang"), russian.text(".stock")) == ("uk", "В наявності")
        opened = visit(shop, russian.links("a.cover")["Фото немає Чайник"])
        assert opened.text("h1") == "Чайник"
        assert opened.links("nav.languages a")["УКР"] == f"/product/{product}"
        assert opened.tree.xpath("//form//input[@type='hidden']/@value") == ["ru"]

    def test_missing_translation(self, shop: Shop) -> None:
        """The other text replaces a missing Ukrainian one, and has the language in its markup."""
        shop.add_product(name="Чайник")
        assert visit(shop).elements("h2")[0].get("lang") == "ru"

    def test_english(self, shop: Shop) -> None:
        """The words of a page are in the language of the program."""
        i18n.use(None)
        shop.add_product(name="Чайник")
        page = visit(shop)
        assert (page.tree.get("lang"), page.text("h1"), page.text(".sum")) == ("en", "All items", "1 item")


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
        assert page.text("title") == "Чайник · Пісочниця"
        assert page.text(".dates") == "Знижка з 01.03.2026 до 31.03.2026"
        labels = [str(photo.get("aria-label")) for photo in page.elements(".no-photo")]
        assert labels == ["Чайник, фото 1 з 2", "Чайник, фото 2 з 2"]
        assert page.texts("table.facts tr") == [
            "Кількість Ціна",
            "від 10 кг 100,75 ₴",
            "Виробник Завод",
            "Висота 20 см",
            "Колір білий, синій",
            "Штрихкод 4820000000017",
        ]
        assert {"Мінімальне замовлення: 0,5 кг", "Код товару: AA-7"} <= set(page.texts("section.offer p"))
        assert (page.text(".description h3"), page.text(".description b")) == ("Опис", "швидко")

    def test_country(self, shop: Shop, clock: Clock) -> None:
        """The country is among the characteristics."""
        import_feed(client_of(shop), clock, feed(offer("1", "<country>Україна</country>")))
        page = visit(shop, f"/product/{shop.product('1').id}")
        assert page.texts("table.facts tr") == ["Країна виробництва Україна"]

    def test_bare_product(self, shop: Shop) -> None:
        """A product that has nothing but a name has a page, too."""
        discount = ShopDiscount(Decimal(1), "amount", None, "31.03.2026")
        product = shop.add_product(name="Чайник", discount=discount)
        page = visit(shop, f"/product/{product}")
        assert page.text(".description") == "Опису немає."
        assert page.text(".no-photo") == "Фото немає"
        assert page.text(".dates") == "Знижка до 31.03.2026"

    @pytest.mark.parametrize("path", ["/product/1", "/product/x", "/nothing", "/photos/", "/seller/nothing"])
    def test_missing(self, shop: Shop, path: str) -> None:
        """An unknown address is answered by a page of the shop."""
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
            *(("a<br>b<hr/>c", "a<br>b<hr>c"), ("<script>alert(1)</script><p>x</p>", "<p>x</p>")),
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
        assert content.safe_html(written) == shown

    def test_plain_text(self) -> None:
        """A text without elements keeps its line ends and its signs."""
        assert "1 < 2\nдва".replace("<", "&lt;") in content.safe_html("1 < 2\nдва")

    @given(st.lists(st.sampled_from([*"<>/'\"=!-?& abp", "script", "<p>", "<svg>", "<table>"])).map("".join))
    def test_harmless(self, written: str) -> None:
        """Whatever is written, nothing comes out but bare elements of the list."""
        tags = re.findall(r"<[^>]*>", content.safe_html(written))
        allowed = {f"<{tag}>" for tag in content.KEPT.values()}
        allowed |= {f"</{tag}>" for tag in content.KEPT.values()} | {'<p class="plain">'}
        assert set(tags) <= allowed


class TestHarmless:
    @pytest.fixture
    def awkward(self, shop: Shop, clock: Clock) -> Shop:
        """A shop in which every text is as awkward as it can be."""
        group = shop.add_group(AWKWARD)
        for _ in range(50):
            shop.add_product(
                **dict.fromkeys("name name_uk sku keywords description vendor gtin".split(), AWKWARD),
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
        unwanted = (
            "//script[not(@src='/refresh.js')] | //script[text()] | //iframe | //style | //object | //base"
            " | //main//link"
        )
        key = awkward.products()[0].id
        variant = awkward.products()[-1].id
        for path in (
            *("/", "/?lang=ru", f"/?q={AWKWARD[:5]}", f"/product/{key}", f"/product/{variant}"),
            *("/seller/products", f"/seller/products/{key}", "/seller/imports"),
            *("/seller/orders", "/seller/log"),
        ):
            page = visit(awkward, path)
            assert page.tree.xpath(unwanted) == []
            assert page.tree.xpath("//@*[starts-with(name(), 'on')] | //@style") == []
            addresses = page.tree.xpath("//@href | //@src | //@action")
            assert isinstance(addresses, list)
            assert all(str(address).startswith(("/", "#")) for address in addresses)
            assert page.tree.xpath("//img[not(@alt)] | //input[not(@type)]") == []
            assert "<b>Шуруп</b> :wrench:" in page.tree.text_content()
            assert "49" not in page.text("h1")

    def test_headers(self, shop: Shop, tmp_path: Path) -> None:
        """Every answer forbids frames and anything from elsewhere, and scripts but for the own one."""
        (tmp_path / "1.jpg").write_bytes(b"picture")
        visitor = visitor_of(shop, [tmp_path])
        for path in ("/", "/seller/orders", "/nothing", "/style.css", "/icon.svg", "/photos/1.jpg"):
            headers = visitor.get(path).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
            assert "script-src 'self';" in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"

    def test_files(self, shop: Shop) -> None:
        """The style sheet and the icon have their own types; a HEAD gets no body."""
        visitor = visitor_of(shop)
        assert visitor.get("/style.css").headers["content-type"].startswith("text/css")
        assert visitor.get("/icon.svg").headers["content-type"].startswith("image/svg+xml")
        head = visitor.head("/")
        assert (head.status_code, head.content) == (200, b"")


class TestPhotos:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "photos"
        (folder / "folder.jpg").mkdir(parents=True)
        held = {"26901.jpg": "jpeg", "фото 1.PNG": "png", "drawing.svg": "<svg/>", "notes.txt": "notes"}
        for name, text in held.items():
            (folder / name).write_text(text)
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
        texts = [str(image.get("alt")) for image in page.elements("img")]
        assert texts == ["Чайник, фото 1 з 3", "Чайник, фото 2 з 3"]
        assert page.text(".file") == "missing.jpg"
        visitor = visitor_of(shop, [folder])
        found = [visitor.get(source) for source in sources]
        assert [answer.content for answer in found] == [b"jpeg", b"png"]
        assert [answer.headers["content-type"] for answer in found] == ["image/jpeg", "image/png"]

    @pytest.mark.parametrize(
        "name",
        [
            *("../secret.jpg", "..%2Fsecret.jpg", "..%5Csecret.jpg", "%2e%2e/secret.jpg", "%2Fetc%2Fpasswd"),
            *("photos/26901.jpg", "C:26901.jpg", "26901.jpg%00.jpg", "x" * 5000 + ".jpg", ".jpg"),
            *("notes.txt", "drawing.svg", "folder.jpg", "missing.jpg"),
        ],
    )
    def test_refused(self, shop: Shop, folder: Path, name: str) -> None:
        """Only a picture directly in the folder is served."""
        assert visitor_of(shop, [folder]).get(f"/photos/{name}").status_code == 404

    @pytest.mark.parametrize("name", ["..", ".", "", "../secret.jpg", "..\\secret.jpg", "a\0.jpg"])
    def test_names_that_are_paths(self, folder: Path, name: str) -> None:
        """No name reaches a file outside the folder."""
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
