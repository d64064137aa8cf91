"""A shop that is kept in a file is the same shop the next time, whatever happened in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path

import pytest
from shops import Clock, client_of, feed, offer, send_feed

from torgsync.errors import TorgsyncError
from torgsync.sandbox.faults import Fault
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.orders import ShopBuyer
from torgsync.sandbox.shop.persistence import Persistence
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")

Opened = Callable[[], Shop]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def again(file: Path, clock: Clock) -> Iterator[Opened]:
    """Open the file as a new sandbox would, once the one before is closed."""
    with ExitStack() as kept:

        def opened() -> Shop:
            kept.close()
            shop = Shop(clock=clock)
            kept.callback(Persistence(shop, file).close)
            return shop

        yield opened


def test_everything_comes_back(again: Opened) -> None:
    """Products, groups, orders, clients, options, messages, and what is gone for good."""
    shop = again()
    fill(shop, 60, seed=3)
    client = client_of(shop)
    send_feed(client, feed(offer("9"), categories='<category id="7">Платья</category>'))
    shop.add_payment_option(9000009, "Частинами")
    olena = ShopBuyer(first_name="Олена", phone="+380000000001", email="o@shop.example")
    shop.place_order([("S-1", Decimal("1.5"))], buyer=olena, paid=True)
    shop.delete_product("S-2")
    shop.write_message("Чи є M?", product="S-1", buyer=olena)
    shop.write_in_chat("Коли?", buyer=olena)
    back = again()
    assert back.products() == shop.products()
    assert back.groups() == shop.groups()
    assert list(back.orders) == list(shop.orders)
    assert list(back.clients) == list(shop.clients)
    for kept, found in zip(vars(shop.conversations).values(), vars(back.conversations).values(), strict=True):
        assert len(kept) == 1
        assert list(found) == list(kept)
    assert back.payment_options == shop.payment_options
    assert back.catalog.deleted_external_ids == {"S-2"}
    assert back.catalog.products.ids_in(shop.groups()[0].id) == shop.catalog.products.ids_in(
        shop.groups()[0].id
    )
    assert back.imports() == shop.imports()


def test_a_file_of_an_earlier_version(again: Opened, file: Path) -> None:
    """It lacks what is known of messages; the rest is read, and messages are kept from then on."""
    with closing(Persistence(shop := Shop(), file)):
        shop.add_product("1")
    with closing(sqlite3.connect(file)) as kept, kept:
        for name in ("messages", "threads", "chat"):
            kept.execute(f"DROP TABLE {name}")
        kept.execute("DELETE FROM facts WHERE name IN ('next_messages', 'next_threads', 'next_chat')")
    number = (shop := again()).write_message("Чи є M?", product="1")
    back = again()
    assert (len(back.products()), len(back.conversations.messages)) == (1, 1)
    assert back.write_message("Дякую") == number + 1


def test_life_goes_on(again: Opened, clock: Clock) -> None:
    """Ids are given out further, clients and groups are recognised, deleted ids stay refused."""
    shop = again()
    number = shop.add_product("1", price=Decimal(5))
    shop.delete_product(shop.add_product("2"))
    order = shop.place_order([("1", 1)], buyer=ShopBuyer(phone=None, email="o@shop.example"))
    category = '<category id="7">Платья</category>'
    send_feed(client_of(shop), feed(categories=category))
    clock.advance(seconds=2)
    assert len(shop.groups()) == 1
    back = again()
    assert back.add_product("3") == number + 2
    assert back.place_order([("1", 1)], buyer=ShopBuyer(phone=None, email="o@shop.example")) == order + 1
    assert [client.orders_count for client in back.clients] == [2]
    client = client_of(back)
    first = back.imports()[0].id
    sent = send_feed(client, feed(offer("2"), categories=category))
    clock.advance(seconds=2)
    report = client.get(f"/products/import/status/{sent['id']}").json()
    assert (report["with_errors_count"], len(back.groups()), sent["id"] == first) == (1, 1, False)


def test_an_import_under_way(again: Opened, clock: Clock) -> None:
    """An import that was running when the sandbox stopped ends in the next one; one that hangs hangs on."""
    shop = again()
    shop.quirks = Quirks(second_import="accept")
    client = client_of(shop)
    shop.misbehave(Fault("import-never-ends", nth=2), Fault("photos-missing", nth=3))
    photo = "<picture>https://shop.example/1.jpg</picture>"
    for number in ("1", "2", "3"):
        send_feed(client, feed(offer(number, photo)))
    back = again()
    assert back.products() == []
    clock.advance(seconds=10)
    assert [product.external_id for product in back.products()] == ["1", "3"]
    assert [len(product.images) for product in back.products()] == [1, 0]
    back.cancel_import()
    assert back.import_queue.running(clock()) == []


def test_every_write_is_kept_at_once(again: Opened, file: Path) -> None:
    """A sandbox that is killed has kept what it answered: edits, imports, orders, and what the seller did."""
    shop = again()
    shop.add_product("1", price=Decimal(5))
    client = client_of(shop)
    assert client.post("/products/edit_by_external_id", json=[{"id": "1", "price": 7}]).status_code == 200
    place = client.base_url.copy_with(raw_path=b"/cabinet/order/place")
    client.post(place, json={"products": [{"product": "1"}]})
    copy = file.with_name("copy.db")
    copy.write_bytes(file.read_bytes())
    back = Shop()
    with closing(Persistence(back, copy)):
        assert (back.product("1").price, len(back.orders)) == (Decimal(7), 1)


def test_a_write_that_cannot_be_kept(again: Opened, file: Path) -> None:
    """It is in the file whole or not at all, and the next one keeps both."""
    shop = Shop()
    with closing(Persistence(shop, file)) as persistence:
        kept = persistence._file
        shop.add_product("1")
        kept.execute("CREATE TRIGGER full BEFORE INSERT ON deleted BEGIN SELECT RAISE(ABORT, 'full'); END")
        shop.delete_product("1")
        shop.add_product("2")
        with pytest.raises(sqlite3.IntegrityError):
            shop.save()
        assert kept.execute("SELECT count(*) FROM products").fetchone() == (0,)
        kept.execute("DROP TRIGGER full")
    back = again()
    assert [product.external_id for product in back.products()] == ["2"]
    assert back.catalog.deleted_external_ids == {"1"}


def test_after_closing(again: Opened, file: Path) -> None:
    """The shop lives on in memory when its file is let go; documents are JSON with the fields' own names."""
    shop = Shop()
    with closing(Persistence(shop, file)):
        number = shop.add_product("1", name="Платье", price=Decimal("5.50"))
    shop.add_product("2")
    shop.save()
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT id, document ->> 'name', document ->> 'price' FROM products")
        assert rows.fetchall() == [(number, "Платье", "5.50")]
    assert (len(shop.products()), len(again().products())) == (2, 1)


def test_two_sandboxes_with_one_file(again: Opened, file: Path) -> None:
    """The second one fails, and does no harm."""
    again()
    with pytest.raises(TorgsyncError, match="another sandbox works with it"):
        Persistence(Shop(), file)


@pytest.mark.parametrize("content", [b"no database at all", b"{}" * 4000])
def test_a_file_that_is_something_else(again: Opened, file: Path, content: bytes) -> None:
    """It is refused and stays as it was."""
    file.write_bytes(content)
    with pytest.raises(TorgsyncError, match="it is not the file of a shop"):
        again()
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE facts SET document = '2' WHERE name = 'format'",
        "DELETE FROM facts WHERE name = 'format'",
        "UPDATE products SET document = '{}'",
        "DROP TABLE facts",
    ],
)
def test_a_shop_of_another_make(again: Opened, file: Path, spoil: str) -> None:
    """What cannot be understood, or is another database, is refused whole."""
    shop = Shop()
    with closing(Persistence(shop, file)):
        shop.add_product("1")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(spoil)
    with pytest.raises(TorgsyncError, match=r"it is not the file of a shop|no such table"):
        again()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder without the right to write is an error."""
    with pytest.raises(TorgsyncError, match="unable to open database file"):
        Persistence(Shop(), tmp_path / "nowhere" / "shop.db")


def test_filling_twice_invents_no_id_twice() -> None:
    """Ids that are taken, or gone for good, are passed over; the same seed invents the same."""
    shop, other = Shop(clock=Clock()), Shop(clock=Clock())
    fill(shop, 30, seed=1)
    fill(other, 30, seed=1)
    assert shop.products() == other.products()
    shop.delete_product("S-3")
    fill(shop, 5)
    assert [product.external_id for product in shop.products()[-5:]] == [
        f"S-{number}" for number in range(31, 36)
    ]


def test_what_is_invented() -> None:
    """Groups, variants that differ, sold-out goods, discounts, wholesale prices, photos."""
    shop = Shop()
    fill(shop, 400, seed=2)
    products = shop.products()
    assert len(shop.groups()) == 5
    assert {product.group_id for product in products} == {group.id for group in shop.groups()}
    variants = [product for product in products if product.is_variation]
    assert variants
    for variant in variants:
        base = shop.product(variant.variation_base_id or 0)
        assert (base.variation_group_id, base.is_variation) == (variant.variation_group_id, False)
        assert base.attributes != variant.attributes
    assert {product.presence for product in products} == {"available", "not_available", "order"}
    assert any(product.discount for product in products)
    assert any(product.prices for product in products)
    assert {len(product.images) for product in products} == {0, 1, 2, 3}
    assert len({image.id for product in products for image in product.images}) > 300
    assert all(product.price and product.price >= 20 for product in products)
