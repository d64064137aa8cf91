"""JSON of Prom.ua becomes values of the core, and values become items of an edit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import IMPORT, ORDER, PRODUCT, changed

from torgsync.core.findings import Code
from torgsync.core.orders import order as trade
from torgsync.core.orders.findings import findings_of
from torgsync.core.orders.order import Paid
from torgsync.core.plan.channels import EditAnswer
from torgsync.core.product.fields import Discount, Photo, Step, Value
from torgsync.core.product.products import Existing, dump
from torgsync.errors import PromRefused
from torgsync.prom.wire import products as wire

TODAY = date(2026, 7, 20)


def parsed(body: object) -> Any:  # noqa: ANN401  (JSON is of any shape)
    return json.loads(json.dumps(body), parse_float=Decimal)


def existing(body: Mapping[str, object] = PRODUCT, **values: object) -> Existing:
    answer = {"product": parsed({**body, **values})}
    return wire.single(answer, "product", wire.Product).existing()


def order(**values: object) -> trade.Order:
    return wire.single({"order": parsed(changed(ORDER, **values))}, "order", wire.Order).order()


def test_a_product_is_in_normal_form() -> None:
    """What Prom shows can be compared with what we want by one unequal sign."""
    assert existing() == Existing(
        "1600000001",
        "12345",
        {
            "name": "Сукня вечірня",
            "name_ru": "Платье вечернее",
            "sku": "AA7775",
            "price": Decimal("150.00"),
            "discount": Discount(Decimal("10.00"), "percent"),
            "wholesale_prices": (Step(10, Decimal("100.75")),),
            "presence": "available",
            "ready_to_ship": True,
            "quantity": 5,
            "status": "on_display",
            "description": "<p>Шовк</p><p>Довга</p>",
            "description_ru": "<p>Шёлк</p>",
            "keywords_ru": "платье, вечернее платье",
            "unit": "шт.",
            "currency": "UAH",
        },
        datetime(2025, 3, 30, 22, 0, tzinfo=UTC),
    )


def test_what_prom_does_not_tell_is_left_out() -> None:
    """An absent key and a null are no values; a product made in the cabinet has no id of ours."""
    nothing = dict.fromkeys(key for key in PRODUCT if key not in ("id", "discount"))
    assert existing({"id": 7}) == Existing("7", "", {})
    assert existing({"id": 7, **nothing}) == Existing("7", "", {})


def test_values_of_a_strange_shape_count_as_not_told() -> None:
    """One odd product must not stop the listing of a shop."""
    strange = {key: [{"strange": True}] for key in PRODUCT if key not in ("id", "prices")}
    assert existing({"id": "7", **strange}) == Existing("7", "", {})
    assert existing(
        {"id": 7, "price": True, "name": False, "date_modified": "0001-01-01T00:00:00+14:00"}
    ) == (Existing("7", "", {}))


def test_no_discount_is_something_that_prom_tells() -> None:
    """Null means that there is none, and so does a discount of nothing; of what kind it is is not guessed."""
    assert existing({"id": 7, "discount": None}).values == {"discount": None}
    assert existing({"id": 7, "discount": {"value": 0, "type": "amount"}}).values == {"discount": None}
    assert existing({"id": 7, "discount": {"type": "amount"}}).values == {}
    assert existing({"id": 7, "discount": {"value": 5}}).values == {"discount": Discount(Decimal(5), "")}


@pytest.mark.parametrize("value", [10, 10.0, "10.00", "10,00 грн"])
def test_a_discount_is_equal_however_it_is_written(value: object) -> None:
    """The stored text of equal products is equal too."""
    found = existing({"id": 7, "discount": {"value": value, "type": "percent"}})
    assert dump(found.values) == '{"discount":{"type":"percent","value":"10.00"}}'


def test_a_text_without_languages_stands_in_for_both() -> None:
    """A shop of one language has its name once; an empty translation is none."""
    for texts in (None, {"uk": "", "ru": None}, "odd"):
        values = existing({"id": 7, "name": "  Сукня  довга ", "name_multilang": texts}).values
        assert values == {"name": "Сукня довга", "name_ru": "Сукня довга"}


def test_the_wholesale_ladder_is_sorted_and_an_unreadable_step_is_none() -> None:
    """Steps come by quantity; an empty ladder is told apart from an unknown one."""
    steps = [
        {"price": 9, "minimum_order_quantity": 50},
        {"price": 9.5, "minimum_order_quantity": 10},
        {"price": 1},
    ]
    values = existing({"id": 7, "prices": [*steps, {"minimum_order_quantity": 3}, "odd"]}).values
    assert values == {"wholesale_prices": (Step(10, Decimal("9.50")), Step(50, Decimal("9.00")))}
    assert existing({"id": 7, "prices": []}).values == {"wholesale_prices": ()}


def test_unknown_words_pass() -> None:
    """A status that Prom invents tomorrow is shown, not refused."""
    values = existing({"id": 7, "status": "frozen", "presence": "soon", "quantity_in_stock": 5.0}).values
    assert values == {"status": "frozen", "presence": "soon", "quantity": 5}


@pytest.mark.parametrize("status", ["deleted", "deleted_by_moderator"])
def test_a_deleted_product_is_seen_as_removed(status: str) -> None:
    """It cannot be changed any more."""
    assert existing(status=status).removed


def test_an_order_keeps_what_prom_says() -> None:
    """Money is exact, times are in UTC, the phone is the recipient's."""
    assert order() == trade.Order(
        id="300000001",
        status="paid",
        created=datetime(2025, 1, 23, 16, 16, 39, 53131, tzinfo=UTC),
        modified=datetime(2025, 1, 23, 16, 20, 1, 123456, tzinfo=UTC),
        buyer=trade.Buyer("100000001", "Іван", "", "Тестовий", "+380000000000", ""),
        lines=(
            trade.Line(
                good_id="12345",
                prom_id="1600000001",
                sku="AA7775",
                name="Сукня вечірня",
                quantity=Decimal("1.5"),
                price=Decimal(1142),
                total=Decimal(1713),
            ),
        ),
        total=Decimal(1713),
        currency="UAH",
        delivery_name="Нова Пошта",
        delivery_address="м. Львів, №1",
        delivery_cost=Decimal(0),
        payment_id="9000001",
        payment_name="Пром-оплата",
        paid=Paid.PAID,
        discount=Decimal("0.00"),
        note="подзвоніть після 18",
        parcel="20450000000000",
        source="portal",
        recipient=trade.Recipient("Іван", "", "Тестовий", "+380000000000"),
        carrier="nova_poshta",
    )
    assert order().created.utcoffset() == order().modified.utcoffset() == UTC.utcoffset(None)


def test_an_order_keeps_what_belongs_to_the_sale() -> None:
    """Commission, promotion, recipient, carrier, the reason of a cancellation, and when it was paid."""
    found = order(
        cpa_commission={"amount": "2.86", "is_refunded": True},
        special_offer_promocode="ЗИМА",
        ps_promotion={"name": "Знижки тижня", "conditions": []},
        has_order_promo_free_delivery=True,
        cancellation={"title": "Немає в наявності", "initiator": "seller"},
        payment_data={"status": "paid", "status_modified": "2025-01-23T16:18:15+00:00"},
        delivery_recipient={
            "first_name": "Олена",
            "second_name": "П.",
            "last_name": "Вигадана",
            "phone": "1",
        },
    )
    assert (found.commission, found.commission_returned) == (Decimal("2.86"), True)
    assert (found.promo_code, found.promotion, found.free_delivery) == ("ЗИМА", "Знижки тижня", True)
    assert found.cancelled_because == "Немає в наявності"
    assert found.paid_at == datetime(2025, 1, 23, 16, 18, 15, tzinfo=UTC)
    assert found.recipient == trade.Recipient("Олена", "П.", "Вигадана", "1")
    assert found.buyer.full_name == "Тестовий Іван"


def test_a_commission_that_cannot_be_read_keeps_no_order_from_anywhere() -> None:
    """It is no part of the buyer's sum."""
    found = order(cpa_commission={"amount": "договірна"})
    assert (found.commission, found.unreadable) == (None, ())


def test_an_order_with_nothing_but_an_id_is_read() -> None:
    """What is missing is empty; money and times that are missing are named."""
    bare = wire.single({"order": {"id": 5}}, "order", wire.Order).order()
    assert bare.total is None
    assert bare.created == bare.modified == wire.EPOCH
    assert bare.unreadable == ("price (nothing stands there)", "date_created")
    assert not bare.lines
    assert bare.discount == bare.delivery_cost == 0
    assert bare.paid is Paid.NOT_YET


def test_money_that_cannot_be_read_is_named_and_never_guessed() -> None:
    """Every amount that is no amount is named where it stands; the rest of the order is there."""
    found = order(
        price="договірна",
        full_price={"odd": 1},
        delivery_cost=1e300,
        products=[{"id": 1, "quantity": 2, "price": "10 грн", "total_price": None}, {"name": "x"}, "odd"],
    )
    assert found.unreadable == (
        "delivery_cost `1E+300`",
        "products[0].total_price (nothing stands there)",
        "products[1].quantity (nothing stands there)",
        "products[1].price (nothing stands there)",
        "products[1].total_price (nothing stands there)",
        "price `договірна`",
        "full_price `{'odd': 1}`",
    )
    assert found.total is None
    assert found.discount == found.delivery_cost == found.lines[0].total == 0
    assert found.lines[0].price == 10
    assert found.lines[1].name == "x"


@pytest.mark.parametrize(
    ("money", "total", "discount"),
    [
        pytest.param({}, "1713.00", "0", id="all say the same"),
        pytest.param({"full_price": None}, "1713.00", "0", id="no full price"),
        pytest.param({"full_price": "1 778 грн", "delivery_cost": 65}, "1778.00", "0", id="with delivery"),
        pytest.param({"delivery_cost": 65}, "1713.00", "0", id="delivery is paid to the carrier"),
        pytest.param(
            {"full_price": "1 613 грн", "special_offer_discount": "100 грн"}, "1613.00", "100", id="offer"
        ),
        pytest.param(
            {"price": "1 613 грн"}, "1613.00", "100", id="the price is reduced, the full one is not"
        ),
        pytest.param(
            {"price_with_special_offer": "1 613 грн", "special_offer_discount": "100 грн"},
            "1613.00",
            "100",
            id="a price of its own for the offer",
        ),
        pytest.param({"full_price": "2 000 грн", "price": "1 999"}, "2000.00", "0", id="nothing adds up"),
    ],
)
def test_the_total_is_the_price_that_adds_up(money: dict[str, object], total: str, discount: str) -> None:
    """Whatever the two prices mean, the buyer's sum equals lines, discount and delivery."""
    found = order(**money)
    assert (str(found.total), found.discount) == (total, Decimal(discount))


@pytest.mark.parametrize(
    ("money", "told"),
    [
        ({"price": "1 613 грн"}, True),
        ({"price": "1 613 грн", "full_price": "1 713 грн", "delivery_cost": 100}, True),
        ({"price": "1 613 грн", "special_offer_discount": "100 грн"}, False),
    ],
)
def test_a_discount_that_prom_does_not_tell_is_a_finding(money: dict[str, object], told: bool) -> None:
    """The file adds up with it, but nobody said that there is one (architecture §7)."""
    found = findings_of(order(**money))
    sums = [(Code.ORDER_SUM, {"price": "1613.00", "lines": "1713.00"})]
    assert [(one.code, one.args) for one in found] == (sums if told else [])


@pytest.mark.parametrize(
    ("money", "amount", "currency"),
    [
        ("1 713 грн", "1713.00", "UAH"),
        ("1\u00a0234,50 грн.", "1234.50", "UAH"),
        ("39\u202f000 ₴", "39000.00", "UAH"),
        ("100.00", "100.00", "UAH"),
        ("15 UAH", "15.00", "UAH"),
        ("$12.5", "12.50", "USD"),
        ("12 USD", "12.00", "USD"),
        ("7,10 €", "7.10", "EUR"),
        ("7 Eur", "7.00", "EUR"),
        (39, "39.00", "UAH"),
        (39.9, "39.90", "UAH"),
        ("0,125 $", "0.125", "USD"),
        ("US$ 5", "5.00", "USD"),
        ("12,50 zł", "12.50", "PLN"),
        ("1 713 руб.", "1713.00", "RUB"),
        ("39 000 тг", "39000.00", "KZT"),
        ("5 гривень", "5.00", "UAH"),
    ],
)
def test_money_is_read_in_every_form(money: object, amount: str, currency: str) -> None:
    """Blanks of every kind, commas and points, words before and after, and plain numbers."""
    found = order(price=money, full_price=None, products=[])
    assert (str(found.total), found.currency, found.unreadable) == (amount, currency, ())


@pytest.mark.parametrize("money", ["15 лв", "C$ 15", "15 £", "$15 грн", "15 бел. руб."])
def test_money_of_a_currency_that_is_not_known_is_no_hryvnia(money: str) -> None:
    """It is named, and the order has no total that could be posted."""
    found = order(full_price=money)
    assert (found.total, found.currency) == (None, "")
    assert found.unreadable == (f"the currency of `{money}`",)


@given(
    st.decimals(0, 10_000_000, places=2),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    st.sampled_from([" грн", " грн.", "\u00a0₴", ""]),
)
def test_localised_money_is_exact(amount: Decimal, blank: str, word: str) -> None:
    """Whatever amount Prom writes in its own way, the same amount is read."""
    text = f"{amount:,.2f}".replace(",", blank).replace(".", ",") + word
    assert order(price=text, full_price=None, products=[]).total == amount


@pytest.mark.parametrize(
    ("status", "payment", "paid"),
    [
        ("pending", {"status": "paid"}, Paid.PAID),
        ("delivered", {"status": "paid_out"}, Paid.PAID),
        ("paid", {"status": "refunded"}, Paid.REFUNDED),
        ("paid", None, Paid.PAID),
        ("paid", {"status": "unpaid"}, Paid.PAID),
        ("pending", {"status": "unpaid"}, Paid.UNPAID),
        ("pending", None, Paid.NOT_YET),
    ],
)
def test_paid_is_what_prom_says_in_either_place(status: str, payment: object, paid: Paid) -> None:
    """The online payment speaks first; a seller may also mark the order itself as paid."""
    assert order(status=status, payment_data=payment).paid is paid


def test_the_buyer_is_read_from_wherever_prom_puts_it() -> None:
    """The flat keys come first, then those of `client`; for the phone, the recipient comes first."""
    flat = dict.fromkeys(("client_id", "client_first_name", "client_last_name", "client_second_name"))
    client = {
        "id": 9,
        "first_name": "Олена",
        "second_name": "Петрівна",
        "last_name": "Вигадана",
        "phone": "3",
    }
    found = order(**flat, client=client, delivery_recipient=None, phone=None, email="o@shop.example").buyer
    assert found == trade.Buyer("9", "Олена", "Петрівна", "Вигадана", "3", "o@shop.example")
    assert order(delivery_recipient={"phone": ""}).buyer.phone == "+380000000001"


def test_a_time_without_an_offset_is_utc() -> None:
    """Prom counts in UTC; one of two missing times is the other one."""
    found = order(date_created="2025-01-23T16:16:39", date_modified=None)
    assert found.created == found.modified == datetime(2025, 1, 23, 16, 16, 39, tzinfo=UTC)


def test_an_item_without_an_id_is_left_out_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """It cannot be spoken of; the others can."""
    found = wire.listed({"orders": [{"id": 1}, {"status": "paid"}, None]}, "orders", wire.Order)
    assert [item.id for item in found] == [1]
    assert caplog.messages == ["an item of `orders` without an id was left out"] * 2


@pytest.mark.parametrize("answer", [{}, {"products": None}, {"products": {}}])
def test_an_answer_without_its_list_is_not_an_empty_shop(answer: dict[str, object]) -> None:
    """Nothing may be concluded from an answer that does not hold what was asked for."""
    with pytest.raises(PromRefused, match="no list of `products`"):
        wire.listed(answer, "products", wire.Product)
    with pytest.raises(PromRefused, match="no `product`"):
        wire.single(answer, "product", wire.Product)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"processed_ids": [1, "2"], "errors": {}}, EditAnswer(frozenset({"1", "2"}), {})),
        ({"processed_ids": None}, EditAnswer(frozenset(), {})),
        (
            {"errors": {"1": "no", "2": {"price": ["low"]}, "3": None}},
            EditAnswer(frozenset(), {"1": "no", "2": "{'price': ['low']}", "3": "no reason was given"}),
        ),
        ({"errors": ["no", "never"]}, EditAnswer(frozenset(), {"": "['no', 'never']"})),
    ],
)
def test_an_edit_is_judged_id_by_id(answer: dict[str, object], told: EditAnswer) -> None:
    """Ids are compared as text; a reason may have any shape, or none."""
    assert wire.edit_answer(answer, ["1", "2", "3"], lambda raw: str(raw or "")) == told


def test_a_reason_without_an_id_belongs_to_the_only_item() -> None:
    """Whoever sends one product knows whom the reason means."""
    assert wire.edit_answer({"errors": ["no"]}, ["7"], str).errors == {"7": "['no']"}


def test_an_import_tells_its_counters_and_reasons() -> None:
    """The status is in upper case, the misspelt counter is known, and the failed photo is told."""
    state = wire.import_state(
        parsed(changed(IMPORT, message="late", created=True)), lambda raw: str(raw or "")
    )
    assert state.status == "PARTIAL"
    assert state.counters == {
        "total": 100,
        "imported": 100,
        "updated": 62,
        "not_changed": 28,
        "created_active": 10,
        "created_hidden": 0,
        "not_in_file": 5,
        "with_errors_count": 0,
    }
    assert state.errors == ("late", "{'download_images': {'code': 2004, 'extra': {'status_code': 404}}}")
    assert wire.import_state({"errors": "odd"}, lambda raw: str(raw or "")).errors == ("odd",)


def test_an_import_tells_of_single_products() -> None:
    """However deep the id stands: what is said of one is no reason for another."""
    errors = [
        {"import": {"code": 3001, "extra": {"external_id": "17", "message": "назву обрізано"}}},
        {"import": {"code": 3001, "external_id": 17, "reason": {"text": "ще щось"}}},
        {"validation": {"code": 1001}},
        "просто слова",
    ]
    state = wire.import_state({"errors": errors}, lambda raw: str(raw or ""))
    first, second = state.errors_of["17"]
    assert (first, "ще щось" in second, list(state.errors_of)) == ("назву обрізано", True, ["17"])
    assert state.errors == ("{'validation': {'code': 1001}}", "просто слова")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"id": "0123456789abcdef01234567"}, "0123456789abcdef01234567"),
        ({"id": 17}, "17"),
        ({"import_id": 18}, "18"),
        ({"status": "success"}, None),
    ],
)
def test_the_id_of_an_import_may_be_written_in_three_ways(
    answer: dict[str, object], found: str | None
) -> None:
    """Its absence is the only sure sign of a refusal."""
    assert wire.import_id(answer) == found


def test_an_edit_speaks_of_nothing_but_what_edits_can_change() -> None:
    """Names and photos go by import; the external id is text under `id`."""
    item = wire.edit_item(
        "12345",
        {
            "name": "Сукня",
            "photos": (Photo("https://images.example/1.jpg", "d"),),
            "price": Decimal("4990.50"),
            "discount": Discount(Decimal("170.00"), "amount"),
            "wholesale_prices": (Step(10, Decimal("100.75")),),
            "presence": "not_available",
            "ready_to_ship": False,
            "quantity": 0,
            "status": "draft",
        },
        today=TODAY,
    )
    assert json.dumps(item) == (
        '{"id": "12345", "price": 4990.5, "discount": {"value": 170, "type": "amount", '
        '"date_start": "20.07.2026", "date_end": "20.07.2027"}, '
        '"prices": [{"price": 100.75, "minimum_order_quantity": 10}], "presence": "not_available", '
        '"in_stock": false, "quantity_in_stock": 0, "status": "draft"}'
    )


def test_what_is_taken_away_is_sent_as_nothing() -> None:
    """No discount is null, no ladder is an empty list."""
    item = wire.edit_item("1", {"discount": None, "wholesale_prices": ()}, today=TODAY)
    assert item == {"id": "1", "discount": None, "prices": []}


def test_a_discount_of_the_leap_day_ends_on_the_day_before() -> None:
    """The year after has no 29th of February."""
    item = wire.edit_item("1", {"discount": Discount(Decimal(5), "percent")}, today=date(2028, 2, 29))
    assert item["discount"] == {
        "value": 5,
        "type": "percent",
        "date_start": "29.02.2028",
        "date_end": "28.02.2029",
    }


@given(st.decimals(0, 9_999_999_999_999, places=2))
def test_a_number_in_json_is_exactly_the_amount(amount: Decimal) -> None:
    """No price changes on its way out."""
    assert json.loads(json.dumps(wire.json_number(amount)), parse_float=Decimal) == amount


def test_a_number_in_json_has_two_places_at_most() -> None:
    """A third place is rounded, since Prom knows no smaller coin."""
    assert json.dumps(wire.json_number(Decimal("33.335"))) == "33.34"


@given(st.decimals(0, 1_000_000, places=2), st.integers(0, 10_000))
def test_what_is_sent_is_what_is_read_back(price: Decimal, quantity: int) -> None:
    """An edit that Prom took shows the same values, so that the next look finds nothing to do."""
    values: dict[str, Value] = {"price": price, "quantity": quantity, "presence": "available"}
    item = wire.edit_item("7", values, today=TODAY)
    assert existing({**item, "external_id": "7"}).values == values
