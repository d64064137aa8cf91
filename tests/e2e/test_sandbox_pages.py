"""The sandbox's pages in a real browser: the example shop after a sync, on a phone and on a desktop."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from browsers import Browser, find_chromium
from homes import EXAMPLE, Home
from lxml import html

from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.shop import Shop

CHROMIUM = find_chromium()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium"),
    # A browser that starts on a busy machine may take a minute by itself.
    pytest.mark.timeout(1200),
]

PHONE, DESKTOP = (390, 844), (1280, 900)
# Everything that a finger has to hit by itself; links within a sentence are none of these.
TARGETS = "nav a, button, input, select, .chip, .groups summary, .variants summary, .pager a, .all-variants a"
SMALL_TARGETS = f"""[...document.querySelectorAll({TARGETS!r})]
    .filter(found => found.checkVisibility() && found.getBoundingClientRect().height < 40)
    .map(found => found.outerHTML)"""


@dataclass(frozen=True)
class Stage:
    """The example shop on a running sandbox, with its photos, and a browser in front of it."""

    server: RunningServer
    browser: Browser

    def look(self, path: str, size: tuple[int, int], *, dark: bool = False) -> html.HtmlElement:
        """Open a page, hold it to what every page promises, and return its tree."""
        width, height = size
        self.browser.look_at(self.server.shop_url + path.lstrip("/"), width, height, dark=dark)
        # Nothing sticks out to the right; a scroll bar of a desktop browser makes the page a little narrower.
        assert self.browser.content_width() <= width
        assert self.browser.evaluate(SMALL_TARGETS) == []
        # Nothing was fetched from elsewhere, nothing was missing, and nothing broke the page's own policy.
        assert [url for url in self.browser.requested if not url.startswith(self.server.shop_url)] == []
        assert self.browser.errors == []
        picture = self.browser.screenshot()
        assert picture.size == size
        colours = picture.getcolors(width * height)
        assert colours is not None
        # A blank page has one colour, a page of text alone a few dozen shades of it.
        assert len(colours) > 20
        assert max(count for count, _ in colours) < 0.95 * width * height
        return html.document_fromstring(self.browser.dom())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The example shop after two days of synchronizing, an order, and a hidden product."""
    folder = tmp_path_factory.mktemp("stage")
    shop = Shop(tokens={"full": Rights.full()}, quirks=Quirks(import_seconds=0))
    assert CHROMIUM is not None
    with (
        serve(shop, photos=[EXAMPLE / "photos"]) as server,
        Browser.started(CHROMIUM, tmp_path_factory.mktemp("browser")) as browser,
    ):
        home = Home.of_example(folder, server)
        assert home.run("sync", "--yes").code == 0
        shutil.copyfile(home.shop / "TSGoods-tomorrow.trs", home.export)
        assert home.run("sync", "--yes").code == 0
        shop.place_order([("26901", 1)], paid=True)
        shop.hide_product("26940")
        yield Stage(server, browser)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True])
def test_shop(stage: Stage, size: tuple[int, int], dark: bool) -> None:
    """The shop shows a card for each product, with photos, prices, variants and stock."""
    page = stage.look("/", size, dark=dark)
    assert len(page.xpath("//li[starts-with(@class, 'card')]")) == 27
    assert "1 456,05" in page.text_content().replace("\u00a0", " ")
    assert len(page.xpath("//details[@class='variants']")) == 3
    # The pictures are really there, and not only asked for.
    loaded = "[...document.images].filter(image => image.complete && image.naturalWidth > 0).length"
    assert stage.browser.evaluate(loaded) >= 2
    # The groups are folded away on a phone, and always visible on a wide screen.
    shown = stage.browser.evaluate("document.querySelector('.groups li').checkVisibility()")
    assert shown == (size == DESKTOP)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("lang", ["uk", "ru"])
def test_product(stage: Stage, size: tuple[int, int], lang: str) -> None:
    """A product shows its photos, the crossed-out price, its variants and its description."""
    product = stage.server.shop.product("26908")
    page = stage.look(f"/product/{product.id}?lang={lang}", size)
    assert page.xpath("string(//h1/@lang)") == lang
    old = stage.browser.evaluate("getComputedStyle(document.querySelector('.large .old')).textDecorationLine")
    assert old == "line-through"
    assert len(page.xpath("//*[@class='all-variants']//li")) == 8
    assert "Зимові черевики" in page.text_content()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("path", ["/seller/orders", "/seller/products", "/seller/imports", "/seller/log"])
def test_seller(stage: Stage, size: tuple[int, int], path: str) -> None:
    """The seller's pages fit a phone, too, with their tables."""
    page = stage.look(path, size)
    assert page.xpath("//nav[@class='tabs']/a[@aria-current]/@href") == [path]


def test_search(stage: Stage) -> None:
    """Typing a word and pressing the button finds products, without any script of the page."""
    stage.look("/", PHONE)
    stage.browser.evaluate("document.querySelector('input[name=q]').value = 'ведмедик'")
    stage.browser.click("form.search button")
    page = html.document_fromstring(stage.browser.dom())
    assert "Ведмедик" in page.xpath("string(//h2)")
    assert stage.browser.content_width() <= PHONE[0]


def test_a_rehearsal(stage: Stage) -> None:
    """An item is bought, paid, made cheaper and hidden by clicking; what happens meanwhile is shown."""
    shop, browser = stage.server.shop, stage.browser
    product = shop.add_product(name="Чайник", price=Decimal(120))
    stage.look(f"/product/{product}", PHONE)
    browser.click("form.doing button")
    browser.click(".actions button")
    order = list(shop.orders)[-1]
    assert (order.status, order.price) == ("paid", Decimal(120))
    shop.cancel_order(order.id)
    for _ in range(100):
        if browser.evaluate("document.querySelector('tbody .badge.canceled') !== null"):
            break
        time.sleep(0.1)
    else:
        pytest.fail("the page does not show the new status")
    stage.look(f"/seller/products/{product}", DESKTOP)
    browser.evaluate("document.querySelector('input[name=price]').value = '74.5'")
    browser.click(".doing button")
    browser.click(".doing > form:last-child button")
    assert (shop.product(product).price, shop.product(product).status) == (Decimal("74.5"), "not_on_display")
    assert browser.errors == []
    shop.delete_product(product)


def test_no_overflow_is_missed(stage: Stage, tmp_path: Path) -> None:
    """A page that is too wide would be noticed: the measure itself is measured."""
    wide = tmp_path / "wide.html"
    wide.write_text(
        "<meta name=viewport content=width=device-width><div style='width:500px'>wide</div>", "utf-8"
    )
    stage.browser.look_at(wide.as_uri(), *PHONE)
    assert stage.browser.content_width() > PHONE[0]
