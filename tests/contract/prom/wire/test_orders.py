"""Orders of Prom.ua become values of the core."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import ORDER, changed, parsed

from torgsync.core.findings import Code
from torgsync.core.orders.order import Buyer, Line, Order, Paid, Recipient, Unread, Unreadable
from torgsync.core.orders.reasons import findings_of
from torgsync.core.portals import PROM
from torgsync.prom.wire.orders import EPOCH, WireOrder
from torgsync.prom.wire.values import single


def order(**values: object) -> Order:
    return single({"order": parsed(changed(ORDER, **values))}, "order", WireOrder).order(PROM)


def test_an_order_is_read_whole() -> None:
    """Money is exact, times are in UTC, the phone is the recipient's."""
    quantity, price, total = Decimal("1.5"), Decimal(1142), Decimal(1713)
    line = Line("12345", "1600000001", "AA7775", "Сукня вечірня", quantity, price, total)
    assert order() == Order(
        id="300000001",
        status="paid",
        created=datetime(2025, 1, 23, 16, 16, 39, 53131, tzinfo=UTC),
        modified=datetime(2025, 1, 23, 16, 20, 1, 123456, tzinfo=UTC),
        buyer=Buyer("100000001", "Іван", "", "Тестовий", "+380000000000", ""),
        lines=(line,),
        total=total,
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
        recipient=Recipient("Іван", "", "Тестовий", "+380000000000"),
        carrier="nova_poshta",
        parcel_status="on_the_way",
    )
    assert order().created.utcoffset() == order().modified.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((2, "2"), (2.0, "2"), ("2.00", "2")),
        *((1.5, "1.5"), ("1,50", "1.5")),
        (1e2, "100"),
        (1e6, "1000000"),
    ],
)
def test_a_quantity_is_the_same_however_it_is_written(written: object, read: str) -> None:
    """Whole numbers come as integers or floats (prom-api §13); the stored text of equal orders is equal."""
    (line,) = order(products=[{"id": 1, "quantity": written, "price": 5, "total_price": 5.0}]).lines
    assert (str(line.quantity), str(line.price), str(line.total)) == (read, "5.00", "5.00")


def test_an_absent_key_is_a_null() -> None:
    """Orders of 2023 lack keys that newer ones have (prom-api §13)."""
    missing = ("cancellation", "client", "delivery_recipient", "prosale_commission", "cpa_commission")
    older = parsed({key: value for key, value in ORDER.items() if key not in missing})
    assert single({"order": older}, "order", WireOrder).order(PROM) == order(**dict.fromkeys(missing))


def test_an_order_keeps_the_details_of_the_sale() -> None:
    """Commission, promotion, recipient, carrier, the reason of a cancellation, and when it was paid."""
    found = order(
        cpa_commission={"amount": "2.86", "is_refunded": True},
        special_offer_promocode="ЗИМА",
        ps_promotion={"name": "Знижки тижня", "conditions": []},
        has_order_promo_free_delivery=True,
        cancellation={"title": "Немає в наявності", "initiator": "seller"},
        payment_data={"status": "paid", "status_modified": "2025-01-23T16:18:15+00:00"},
        delivery_recipient={"first_name": "О.", "second_name": "П.", "last_name": "Вигадана", "phone": "1"},
    )
    assert (found.commission, found.commission_returned) == (Decimal("2.86"), True)
    assert (found.promo_code, found.promotion, found.free_delivery) == ("ЗИМА", "Знижки тижня", True)
    assert found.cancelled_because == "Немає в наявності"
    assert found.paid_at == datetime(2025, 1, 23, 16, 18, 15, tzinfo=UTC)
    assert found.recipient == Recipient("О.", "П.", "Вигадана", "1")
    assert found.buyer.full_name == "Тестовий Іван"


def test_an_order_with_nothing_but_an_id_is_read() -> None:
    """What is missing is empty; money and times that are missing are named."""
    bare = single({"order": {"id": 5}}, "order", WireOrder).order(PROM)
    assert bare.total is None
    assert bare.created == bare.modified == EPOCH
    assert bare.unreadable == (
        Unreadable(Unread.NO_AMOUNT, "price"),
        Unreadable(Unread.NO_TIME, "date_created"),
    )
    assert not bare.lines
    assert bare.discount == bare.delivery_cost == 0
    assert bare.paid is Paid.NOT_YET


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:30:00Z", "9999-12-31T23:59:59-23:59"]
)
def test_a_moment_that_nothing_can_be_reckoned_with_is_none(moment: str) -> None:
    """Three hours before the first year, or after the last one, there is nothing."""
    found = order(date_created=moment, date_modified=moment)
    assert (found.created, found.unreadable) == (EPOCH, (Unreadable(Unread.NO_TIME, "date_created"),))


def test_a_quantity_that_no_stock_can_hold_is_named() -> None:
    """It would be subtracted from the stock, and the sum could not be stored."""
    line = {"external_id": "1", "price": 1, "total_price": 1713, "quantity": 10**20}
    assert order(products=[line]).unreadable == (
        Unreadable(Unread.AMOUNT, "products[0].quantity", "1" + "0" * 20),
    )


def test_money_that_cannot_be_read_is_named_and_never_guessed() -> None:
    """Every unreadable amount that the buyer pays is named with its place; the rest of the order is read."""
    found = order(
        price="договірна",
        full_price={"odd": 1},
        delivery_cost=1e300,
        cpa_commission={"amount": "договірна"},
        products=[{"id": 1, "quantity": 2, "price": "10 грн", "total_price": None}, {"name": "x"}, "odd"],
    )
    assert found.unreadable == (
        Unreadable(Unread.AMOUNT, "delivery_cost", "1E+300"),
        Unreadable(Unread.NO_AMOUNT, "products[0].total_price"),
        Unreadable(Unread.NO_AMOUNT, "products[1].quantity"),
        Unreadable(Unread.NO_AMOUNT, "products[1].price"),
        Unreadable(Unread.NO_AMOUNT, "products[1].total_price"),
        Unreadable(Unread.AMOUNT, "price", "договірна"),
        Unreadable(Unread.AMOUNT, "full_price", "{'odd': 1}"),
    )
    assert found.total is found.commission is None
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


GIFT = {"id": 5, "name": "Листівка", "quantity": 1}
ABSENT = [Unreadable(Unread.NO_AMOUNT, f"products[1].{key}") for key in ("price", "total_price")]


@pytest.mark.parametrize(
    ("gift", "money", "unreadable"),
    [
        pytest.param({"price": None, "total_price": None}, {}, [], id="nulls"),
        pytest.param({}, {}, [], id="absent"),
        pytest.param({"price": "", "total_price": "0 грн"}, {}, [], id="empty"),
        pytest.param({"price": "0 грн", "total_price": None}, {}, [], id="price 0"),
        pytest.param({"price": "0 грн", "total_price": 0}, {"full_price": "1"}, [], id="all there"),
        pytest.param({}, {"full_price": "1 778 грн", "price": None, "delivery_cost": 65}, [], id="delivery"),
        pytest.param({}, {"full_price": "1 800 грн", "price": "1 800 грн"}, ABSENT, id="it has a price"),
        pytest.param({}, {"price": "1 613 грн"}, ABSENT, id="a discount that is only inferred"),
        pytest.param({"price": "10 грн"}, {}, ABSENT[1:], id="no total"),
    ],
)
def test_a_gift_without_a_price_is_worth_nothing_where_the_total_adds_up(
    gift: dict[str, object], money: dict[str, object], unreadable: list[Unreadable]
) -> None:
    """Where it does not, the order has an amount that cannot be read."""
    found = order(products=[*ORDER["products"], GIFT | gift], **money)
    named = [one for one in found.unreadable if one.field.startswith("products")]
    assert (named, found.lines[1].total) == (unreadable, Decimal(0))


@pytest.mark.parametrize(
    ("money", "total", "discount"),
    [
        pytest.param({"full_price": "1 613 грн"}, "1613.00", "100", id="full price with it"),
        pytest.param({"full_price": "1 613 грн", "price": "1 613 грн"}, "1613.00", "100", id="all with it"),
        pytest.param({}, "1713.00", "0", id="no price has it"),
        pytest.param({"price": "1 513 грн"}, "1513.00", "200", id="another discount"),
        pytest.param({"full_price": "1 593", "special_offer_discount": 20}, "1593.00", "120", id="offer too"),
    ],
)
def test_a_delivery_cost_below_zero_is_a_discount(
    money: dict[str, object], total: str, discount: str
) -> None:
    """Where a sum of the order shows it; it is no cost of the delivery in any case."""
    found = order(delivery_cost=-100.0, **money)
    assert (str(found.total), found.discount, found.delivery_cost) == (total, Decimal(discount), Decimal(0))
    assert found.discount_inferred is (discount == "200")


@pytest.mark.parametrize("products", [None, [], {}, "none", [None, "odd"]])
def test_an_order_without_lines_is_read(products: object) -> None:
    """Whatever is in their place."""
    found = order(products=products)
    assert (found.lines, found.total, found.unreadable) == ((), Decimal(1713), ())


def test_a_line_of_a_deleted_product_is_read() -> None:
    """Its ids are empty; what is left stays."""
    gone = ORDER["products"][0] | {"id": None, "sku": None, "url": None, "external_id": None}
    (line,) = order(products=[gone]).lines
    assert (line.good_id, line.prom_id, line.sku, line.name) == ("", "", "", "Сукня вечірня")


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ({"price": "1 613 грн"}, True),
        ({"price": "1 613 грн", "full_price": "1 713 грн", "delivery_cost": 100}, True),
        ({"price": "1 613 грн", "special_offer_discount": "100 грн"}, False),
    ],
)
def test_an_inferred_discount_is_a_finding(money: dict[str, object], expected: bool) -> None:
    """The order file's sums match with it, but Prom gave none (architecture §7)."""
    found = findings_of(order(**money))
    sums = [(Code.ORDER_SUM, {"price": "1613.00", "lines": "1713.00"})]
    assert [(one.code, one.args) for one in found] == (sums if expected else [])


@pytest.mark.parametrize(
    ("money", "amount", "currency"),
    [
        *(("1 713 грн", "1713.00", "UAH"), ("1\u00a0234,50 грн.", "1234.50", "UAH")),
        *(("39\u202f000 ₴", "39000.00", "UAH"), ("100.00", "100.00", "UAH"), ("15 UAH", "15.00", "UAH")),
        *((39, "39.00", "UAH"), (39.9, "39.90", "UAH"), ("5 гривень", "5.00", "UAH")),
        *(("$12.5", "12.50", "USD"), ("12 USD", "12.00", "USD"), ("0,125 $", "0.125", "USD")),
        *(("US$ 5", "5.00", "USD"), ("7,10 €", "7.10", "EUR"), ("7 Eur", "7.00", "EUR")),
        *(("12,50 zł", "12.50", "PLN"), ("1 713 руб.", "1713.00", "RUB"), ("39 000 тг", "39000.00", "KZT")),
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
    assert found.unreadable == (Unreadable(Unread.CURRENCY, "full_price", money),)


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
def test_paid_is_read_from_the_payment_and_the_status(status: str, payment: object, paid: Paid) -> None:
    """The online payment speaks first; a seller may also mark the order itself as paid."""
    assert order(status=status, payment_data=payment).paid is paid


SITE = {"type": 2, "title": "Комісія за замовлення з сайту"}


def site(**commission: object) -> dict[str, object]:
    """Return what an order from the shop's own site has."""
    return {"prosale_commission": SITE | commission}


def instalments(**parts: object) -> dict[str, object]:
    """Return what an order that is paid in instalments has."""
    return {"payment_data": {"rpay_parts": parts}}


@pytest.mark.parametrize(
    ("found", "from_site", "in_parts"),
    [
        pytest.param(site(value=20.5), "20.50", None, id="number"),
        pytest.param(site(value="20,5 грн"), "20.50", None, id="text"),
        pytest.param(site(value=0, amount=7), "7.00", None, id="in the other key"),
        pytest.param(site(type="2", title=None, value=4), "4.00", None, id="type as text"),
        pytest.param(site(type=None, value=3), "3.00", None, id="by its title"),
        pytest.param(site(value=0), "0.00", None, id="nothing"),
        pytest.param(site(), None, None, id="no amount"),
        pytest.param(site(value="договірна"), None, None, id="no number"),
        pytest.param(site(type=1, title="", value=15), None, None, id="another commission"),
        pytest.param({"prosale_commission": "15"}, None, None, id="no object"),
        pytest.param(instalments(commission_amount="1 020,54 грн"), None, "1020.54", id="instalments"),
        pytest.param(instalments(commission=3.5), None, None, id="percentage only"),
        pytest.param({"payment_data": {"rpay_parts": None}}, None, None, id="none"),
    ],
)
def test_other_commissions_are_read(
    found: dict[str, object], from_site: str | None, in_parts: str | None
) -> None:
    """That for an order from the shop's own site, and that for instalments; none is a part of the total."""
    read = order(**found)
    amounts = (read.site_commission, read.instalment_commission)
    assert [None if amount is None else str(amount) for amount in amounts] == [from_site, in_parts]
    assert (read.total, read.unreadable) == (Decimal(1713), ())


def test_the_buyer_is_read_from_all_its_places() -> None:
    """The flat keys come first, then those of `client`; for the phone, the recipient comes first."""
    flat = dict.fromkeys(("client_id", "client_first_name", "client_last_name", "client_second_name"))
    names = {"first_name": "Олена", "second_name": "Петрівна", "last_name": "Вигадана"}
    client = {"id": 9, "phone": "3"} | names
    found = order(**flat, client=client, delivery_recipient=None, phone=None, email="o@shop.example").buyer
    assert found == Buyer("9", "Олена", "Петрівна", "Вигадана", "3", "o@shop.example")
    assert order(delivery_recipient={"phone": ""}).buyer.phone == "+380000000001"


def test_a_time_without_an_offset_is_utc() -> None:
    """Prom counts in UTC; one of two missing times is the other one."""
    found = order(date_created="2025-01-23T16:16:39", date_modified=None)
    assert found.created == found.modified == datetime(2025, 1, 23, 16, 16, 39, tzinfo=UTC)
