"""A token of another shop: it is noticed before anything is sent there or fetched from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from homes import Home, Ran

from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop


@pytest.fixture
def elsewhere(filled: Home) -> Iterator[Home]:
    """The home whose shop was synchronised, and whose token opens another one now."""
    tokens = {"full": Rights.full(), "no-groups": replace(Rights.full(), groups="none")}
    shop = Shop(tokens=tokens, quirks=Quirks(import_seconds=0))
    shop.catalog.products.next_id = 1700000001
    shop.catalog.groups.next_id = 2000001
    with serve(shop) as server:
        yield replace(filled, server=server)


def state_of(home: Home) -> list[Ran]:
    """Return the state as `update --offline` shows it."""
    return [home.run("update", "--offline", "--show", "all"), home.run("orders", "list")]


def fill(shop: Shop) -> None:
    """Another shop, with a good of the same external id in it, a group and an order."""
    shop.add_group("Чуже")
    shop.add_product(external_id="26901", name="Чуже", price=Decimal(10))
    shop.add_product(external_id="4711", name="Чуже", price=Decimal(20))


@pytest.mark.parametrize("full", [True, False], ids=["a full one", "an empty one"])
def test_another_shop(filled: Home, elsewhere: Home, full: bool) -> None:
    """Exit 7: nothing is written there or recorded of it, no order comes, and the right token goes on."""
    if full:
        fill(elsewhere.sandbox)
        elsewhere.sandbox.place_order([("4711", 1)])
    filled.next_day()
    before = state_of(filled)
    scopes = ("", " --only orders", " --only goods")
    for command in ("update", "update --full-refresh", *(f"sync --yes{scope}" for scope in scopes)):
        ran = elsewhere.run(*command.split())
        assert (command, ran.code, elsewhere.writes()) == (command, 7, [])
        assert "the token opens another shop than the one of `My Prom`: " in ran.err
        assert "looked for 3 products: none of them is there" in ran.err
        assert 'torgsync object edit "My Prom" --api-key -' in ran.err
    assert state_of(filled) == before
    assert filled.sync().code == 0


def test_a_shop_is_recognised_by_its_groups(filled: Home, elsewhere: Home) -> None:
    """They are stored by a full listing, and identify a shop whose products were all deleted."""
    assert filled.run("update", "--full-refresh").code == 0
    assert re.search(r" and \d+ groups?: none of them is there", elsewhere.run("update").err)
    for product in filled.sandbox.products():
        filled.sandbox.delete_product(product.id)
    ran = filled.run("update", "--format", "json", "--full-refresh")
    assert (ran.code, ran.json["counts"]["create"]) == (0, 39)


def test_some_products_may_have_been_deleted(filled: Home) -> None:
    """One that is still there is enough."""
    for good_id in ("26901", "26902"):
        filled.sandbox.delete_product(good_id)
    assert filled.run("update", "--full-refresh").code == 0


def test_a_new_shop_for_an_object(filled: Home, elsewhere: Home) -> None:
    """A person may allow exactly the observed shop; then the object starts again there."""
    refused = elsewhere.run("sync", "--yes")
    assert "--allow shop=without-groups" in refused.err
    assert elsewhere.run("sync", "--yes", "--allow", "shop=17").code == 7
    assert elsewhere.writes() == []
    ran = elsewhere.sync("--allow", "shop=without-groups")
    assert (ran.code, ran.json["counts"]["create"], len(elsewhere.sandbox.products())) == (0, 39, 39)
    assert elsewhere.sync().json["counts"]["unchanged"] == 39
    assert filled.run("update").code == 7


def test_a_new_shop_that_is_not_empty(elsewhere: Home) -> None:
    """It is identified by one of its groups; the first run there needs an empty shop."""
    fill(elsewhere.sandbox)
    elsewhere.sandbox.add_group("Ще")
    ran = elsewhere.run("update")
    assert "--allow shop=2000001" in ran.err
    begun = elsewhere.run("update", "--allow", "shop=2000001")
    assert (begun.code, "a first run needs an empty shop" in begun.err) == (7, True)


def test_a_token_that_may_not_read_groups(elsewhere: Home) -> None:
    """The shop is recognised by products alone then."""
    fill(elsewhere.sandbox)
    (elsewhere.shop / "token").write_text("no-groups", "utf-8")
    ran = elsewhere.run("update")
    assert (ran.code, "--allow shop=without-groups" in ran.err) == (7, True)


def test_doctor_reports_it(filled: Home, elsewhere: Home) -> None:
    """Even before a synchronisation."""
    assert "✓ ok       shop       it is the shop of earlier runs" in filled.run("doctor").lines
    ran = elsewhere.run("doctor", "--format", "json")
    assert ran.code == 7
    assert [row["state"] for row in ran.json["checks"] if row["subject"] == "shop"] == ["error"]


def test_payment_methods_of_another_shop(elsewhere: Home) -> None:
    """They are not taken for those of this one."""
    before = elsewhere.object.read_bytes()
    assert elsewhere.run("payments", "fetch").code == 7
    assert elsewhere.object.read_bytes() == before


def test_a_shop_with_the_same_numbers(filled: Home) -> None:
    """Ids of two marketplaces may coincide: a product must match by both ids, a group also by name."""
    tokens = {"full": Rights.full()}
    shop = Shop(tokens=tokens, quirks=Quirks(import_seconds=0))
    for number in range(60):
        shop.add_product(external_id=f"S-{number}", name="Чуже", price=Decimal(10))
    shop.add_group("Чуже")
    filled.run("update", "--full-refresh")
    with serve(shop) as server:
        elsewhere = replace(filled, server=server)
        for command in ("update", "update --full-refresh", "sync --yes"):
            ran = elsewhere.run(*command.split())
            assert (command, ran.code, elsewhere.writes()) == (command, 7, [])
    assert filled.run("update").lines[-1] == "no changes are pending"
