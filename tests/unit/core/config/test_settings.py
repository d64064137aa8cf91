"""The sync object: everything that can be wrong is reported at once, each mistake at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from builders import fields_of, settings_data, sync_object
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from torgsync.core.config.catalog import FieldMapping, twin_target
from torgsync.core.config.keys import key_text
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject
from torgsync.core.config.validation import read_settings
from torgsync.core.product.fields import TARGETS
from torgsync.core.text import did_you_mean
from torgsync.errors import Mistake


def mistakes(**tables: Any) -> dict[str, str]:  # noqa: ANN401  # what TOML may hold
    """Return the mistakes of these settings by key; every key has the line number of its number of parts."""
    found = read_settings(settings_data(**tables), len)
    assert isinstance(found, list)
    assert found == sorted(found)
    return {mistake.where: mistake.message for mistake in found}


def test_the_least_object_has_stated_defaults() -> None:
    """A name, a token and an export are enough; every other setting has a default of ours."""
    found = read_settings(settings_data(), len)
    assert isinstance(found, SyncObject)
    assert found == sync_object()
    assert (found.category, found.via, found.product_group) == ("online-store", "prom.ua", None)
    assert found.api_key == FromEnvironment(env="MY_PROM_TOKEN")
    assert (found.catalog.currency, found.catalog.photos, found.catalog.encoding) == ("UAH", None, None)
    assert (found.catalog.languages.name, found.catalog.languages.both) == ("uk", True)
    assert (found.clients.find_by, found.clients.create) == (["phone", "email"], True)
    assert found.accounting_centers.model_dump() == {
        "use": [],
        "only_in_stock": False,
        "only_with_photos": False,
        "respect_display": True,
        "keep": Decimal(0),
    }
    assert found.prices.model_dump() == {"markup": Decimal(0), "round": Decimal("0.01")}
    assert found.removal.model_dump() == {"gone": "delete", "unsold": "hide", "foreign": "keep"}
    assert found.limits.model_dump() == {
        "removals": Decimal("0.1"),
        "price_drop": Decimal("0.4"),
        "price_rise": Decimal("1.5"),
        "stock_out": Decimal("0.5"),
        "photos": Decimal("0.5"),
        "export_rows": Decimal("0.7"),
        "imports_per_day": 8,
        "requests_per_second": 2.0,
    }


def test_the_first_center_is_the_default() -> None:
    """Without a path, the first file of the centers gives texts and prices."""
    centers = {"2": "b.trs", "1": "a.trs"}
    assert sync_object(catalog={"centers": centers}).catalog.path == "b.trs"
    assert sync_object(catalog={"centers": centers, "path": "a.trs"}).catalog.path == "a.trs"
    names = {"Ключ": "goodid"}
    assert sync_object(catalog={"path": "x", "names": names}).catalog.names == names
    assert sync_object(catalog={"path": "x", "extra_columns": ["height", "y"]}).catalog.extra_columns == [
        "Height",
        "y",
    ]


KEPT = 'is not a quantity; give a number, or { "2" = 1, "8" = 3 } by center'
TOKEN = 'give { env = "NAME" }, { file = "path" }, { keyring = "NAME" } or the token itself'


@pytest.mark.parametrize(
    ("given_key", "read"),
    [
        ({"env": "X"}, FromEnvironment(env="X")),
        ({"file": "../secrets/x"}, FromFile(file="../secrets/x")),
        ({"keyring": "x"}, FromKeyring(keyring="x")),
        ("literal", SecretStr("literal")),
    ],
)
def test_a_token_stands_in_one_of_four_places(given_key: object, read: object) -> None:
    """An environment variable, a file, a keyring, or the object itself."""
    assert sync_object(api_key=given_key).api_key == read


@pytest.mark.parametrize(
    ("tables", "where", "message"),
    [
        ({"api_key": 5}, "api_key", TOKEN),
        (
            {"api_key": {"evn": "X"}},
            "api_key",
            'give { env = "NAME" }, { file = "path" }, { keyring = "NAME" } or the token itself',
        ),
        ({"name": ""}, "name", "this must not be empty"),
        ({"via": "rozetka"}, "via", '"rozetka" is not one of "prom.ua"'),
        ({"catalogue": {}}, "catalogue", "there is no such key; did you mean `catalog`?"),
        ({"zzz": 1}, "zzz", "there is no such key"),
        ({"catalog": {}}, "catalog.path", "this key is needed"),
        ({"catalog": {"centers": {}}}, "catalog.path", "this key is needed"),
        ({"catalog": 5}, "catalog", "this should be a table"),
        (
            {"catalog": {"centers": {"a b": "x"}}},
            "catalog.centers.a b",
            '"a b" is not the id of an accounting center, such as "1"',
        ),
        (
            {"catalog": {"centers": {"1": "x", "2": "x"}}},
            "catalog.centers.2",
            "center 1 has this file too",
        ),
        (
            {"catalog": {"path": "y", "centers": {"1": "x"}}},
            "catalog.path",
            "it is none of the files of `centers`; name the one that leads, or leave it out",
        ),
        (
            {"catalog": {"path": "x", "names": {"Ключ": "GoodIDs"}}},
            "catalog.names.Ключ",
            "Torgsoft has no column `GoodIDs`; did you mean `GoodID`?",
        ),
        (
            {"catalog": {"path": "x", "extra_columns": ["a", " "]}},
            "catalog.extra_columns[1]",
            "it has no name",
        ),
        (
            {"catalog": {"path": "x", "extra_columns": ["a", "goodid"]}},
            "catalog.extra_columns[1]",
            "another column is named `GoodID` too",
        ),
        (
            {"catalog": {"path": "x", "delimiter": "|"}},
            "catalog.delimiter",
            '"|" is not one of ";", "," or "\\t"',
        ),
        (
            {"catalog": {"path": "x", "currency": "ua"}},
            "catalog.currency",
            '"ua" has not the form it needs',
        ),
        (
            {"catalog": {"path": "x", "languages": {"bth": True}}},
            "catalog.languages.bth",
            "there is no such key; did you mean `both`?",
        ),
        (
            {"catalog": {"path": "x", "photos": {"folder": "p", "url": "ftp://x"}}},
            "catalog.photos.url",
            '"ftp://x" is not an address such as "https://shop.example/photos/"',
        ),
        ({"limits": {"removals": "110%"}}, "limits.removals", '"110%" is not between 0% and 100%'),
        ({"limits": {"removals": 10}}, "limits.removals", '10 is not a share such as "10%"'),
        ({"limits": {"price_rise": "a lot"}}, "limits.price_rise", '"a lot" is not a share such as "10%"'),
        (
            {"limits": {"imports_per_day": -1}},
            "limits.imports_per_day",
            "this should be greater than or equal to 0",
        ),
        (
            {"accounting_centers": {"use": [2]}},
            "accounting_centers.use[0]",
            "this should be a text in quotes",
        ),
        (
            {"clients": {"find_by": "phone"}},
            "clients.find_by",
            'this should be a list in brackets, such as ["…"]',
        ),
        ({"clients": {"create": "yes"}}, "clients.create", "this should be true or false, without quotes"),
        (
            {"limits": {"imports_per_day": "8"}},
            "limits.imports_per_day",
            "this should be a whole number, without quotes",
        ),
        (
            {"clients": {"find_by": ["phone", "card"]}},
            "clients.find_by[1]",
            '"card" is not one of "phone", "email" or "name"',
        ),
        (
            {"payment_methods": [{"id": 1, "name": "А", "cash_register": "К", "current_account": "UA"}]},
            "payment_methods[0]",
            "give either cash_register or current_account, not both",
        ),
        (
            {"payment_methods": [{"id": 1, "name": "А"}, {"id": 2, "name": "Б"}, {"id": 1, "name": "В"}]},
            "payment_methods[2].id",
            "another payment method has the id 1 too",
        ),
        (
            {"payment_methods": [{"id": 1, "name": "А", "cash_registr": "К"}]},
            "payment_methods[0].cash_registr",
            "there is no such key; did you mean `cash_register`?",
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "30m", "between": ["8:00", "21:00"]}]},
            "synchronization_times[0].between",
            'give two hours, such as ["08:00", "21:00"]',
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "0m"}]},
            "synchronization_times[0].every",
            '"0m" is not an interval such as "30m", "2h" or "1d"',
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "36h"}]},
            "synchronization_times[0].every",
            '"36h" is longer than a day and not whole days; write "1d" or "2d"',
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "30m", "days": "mon-fry"}]},
            "synchronization_times[0].days",
            '"mon-fry" names no weekdays; write "mon-sat", or "mon,wed,fri"',
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "7d", "days": "mon"}]},
            "synchronization_times[0]",
            'with `days`, `every` is "1d" or shorter',
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "1h", "between": ["08:00", "08:00"]}]},
            "synchronization_times[0]",
            "the hours begin and end at once; leave `between` out for the whole day",
        ),
        (
            {"synchronization_times": [{"user": "PC", "every": "1h", "only": "prices"}]},
            "synchronization_times[0].only",
            '"prices" is not one of "goods" or "orders"',
        ),
        ({"accounting_centers": {"keep": -1}}, "accounting_centers.keep", f"-1 {KEPT}"),
        ({"accounting_centers": {"keep": True}}, "accounting_centers.keep", f"True {KEPT}"),
        ({"accounting_centers": {"keep": {"2": "x"}}}, "accounting_centers.keep", f"'x' {KEPT}"),
        (
            {"accounting_centers": {"use": ["2"], "keep": {"8": 1}}},
            "accounting_centers",
            'keep: center "8" is not ticked in `use`',
        ),
        (
            {"catalog": {"path": "x", "placeholders": [""]}},
            "catalog.placeholders[0]",
            "this must not be empty",
        ),
        (
            {"fields": [{"column": "A", "to": "price", "split": "_"}]},
            "fields[0]",
            (
                "`split` parts two languages of a text; `price` is none of name, description, keywords, "
                "characteristic, vendor, country, unit"
            ),
        ),
        (
            {"fields": [{"column": "A", "to": "characteristic", "name": "а_б_в", "split": "_"}]},
            "fields[0]",
            'the name holds "_" more than once; it parts two languages',
        ),
        (
            {"fields": [{"column": "A", "to": "name", "split": "_"}, {"column": "B", "to": "name_ru"}]},
            "fields[1].to",
            "two columns are led to `name_ru`",
        ),
        ({"prices": {"markup": 5}}, "prices.markup", '5 is not a markup such as "5%" or "-3%"'),
        ({"prices": {"markup": "5"}}, "prices.markup", '"5" is not a markup such as "5%" or "-3%"'),
        ({"prices": {"markup": "-100%"}}, "prices.markup", '"-100%" leaves nothing of a price'),
        (
            {"prices": {"round": "up"}},
            "prices.round",
            '"up" is not a step such as "0.5" or an ending such as "0.99"',
        ),
        (
            {"prices": {"round": True}},
            "prices.round",
            'True is not a step such as "0.5" or an ending such as "0.99"',
        ),
        (
            {"prices": {"round": -0.99}},
            "prices.round",
            '-0.99 is not a step such as "0.5" or an ending such as "0.99"',
        ),
        (
            {"prices": {"round": "0.00"}},
            "prices.round",
            "prices cannot be rounded to nothing; the smallest step is 0.01",
        ),
        (
            {"prices": {"round": "0.005"}},
            "prices.round",
            "0.005 is finer than a kopiyka; the smallest step is 0.01",
        ),
        (
            {"prices": {"round": 100000}},
            "prices.round",
            "100000 is no rounding but a price; it must be below 100000",
        ),
        (
            {"fields": fields_of(("A", "pricee"))},
            "fields[0].to",
            "there is no target `pricee`; did you mean `price`?",
        ),
        (
            {"fields": fields_of(("A", "characteristic"))},
            "fields[0]",
            'a characteristic needs a name, such as name = "Колір"',
        ),
        (
            {"fields": fields_of(("A", "price"), ("B", "name"), ("C", "price"))},
            "fields[2].to",
            "two columns are led to `price`",
        ),
    ],
)
def test_a_mistake_has_a_message_and_a_place(tables: dict[str, Any], where: str, message: str) -> None:
    """Each key that cannot be used is named as people write it, with what is wrong and what was meant."""
    assert mistakes(**tables) == {where: message}


def test_all_mistakes_come_at_once() -> None:
    """Mistakes of several tabs, a missing key and a conflict of two tables are reported together, by line."""
    found = read_settings(
        {
            "name": "",
            "catalog": {"path": ""},
            "limits": {"removals": "110%", "prise_drop": "1%"},
            "payment_methods": [{"id": 1, "name": "А", "cash_register": "К", "current_account": "UA"}],
            "fields": fields_of(("A", "price"), ("B", "price")),
        },
        lambda path: {"name": 1, "limits": 9, "fields": 30}.get(str(path[0]), 0),
    )
    assert isinstance(found, list)
    assert [(mistake.line, mistake.where) for mistake in found] == [
        (0, "api_key"),
        (0, "catalog.path"),
        (0, "payment_methods[0]"),
        (1, "name"),
        (9, "limits.prise_drop"),
        (9, "limits.removals"),
        (30, "fields[1].to"),
    ]


@pytest.mark.parametrize("column", ["PrimeCost", "primecost", " PRIMECOST "])
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_cost_columns_cannot_be_mapped(column: str, target: str) -> None:
    """In no spelling and to no target does the cost price leave the machine."""
    found = read_settings(settings_data(fields=[{"column": column, "to": target, "name": "Ціна"}]), len)
    assert found == [
        Mistake(3, "fields[0].column", "`PrimeCost` is what the shop paid; it can never be sent")
    ]


@pytest.mark.parametrize(
    ("text", "share"), [("10%", "0.1"), ("0%", "0"), ("100 %", "1"), (" 12.5% ", "0.125")]
)
def test_a_share_is_exact(text: str, share: str) -> None:
    """Percents become exact fractions."""
    assert sync_object(limits={"removals": text}).limits.removals == Decimal(share)


@given(st.integers(0, 1000))
def test_a_rise_may_pass_a_hundred_percent(percent: int) -> None:
    """A price can more than double; its share is read exactly."""
    assert sync_object(limits={"price_rise": f"{percent}%"}).limits.price_rise * 100 == percent


def test_an_address_of_photos_ends_in_a_slash() -> None:
    """A file's name can be put behind it."""
    photos = {"folder": "p", "url": "https://shop.example/photos"}
    read = sync_object(catalog={"path": "x", "photos": photos}).catalog.photos
    assert read is not None
    assert read.url == "https://shop.example/photos/"


def test_what_is_kept_is_given_by_center_or_for_all() -> None:
    """One number holds for every center, a table for those it names; together it is their sum."""
    one = sync_object(accounting_centers={"keep": 2}).accounting_centers
    assert one.kept_in("2") == one.kept_in_all == Decimal(2)
    table = sync_object(accounting_centers={"use": ["2", "8"], "keep": {"2": 1, "8": 0.5}}).accounting_centers
    assert [table.kept_in(center) for center in ("2", "8", "9")] == [1, Decimal("0.5"), 0]
    assert table.kept_in_all == Decimal("1.5")


def test_the_shops_own_placeholders_join_the_known_ones() -> None:
    """In any case and with any blanks around them."""
    blank = sync_object(catalog={"path": "x", "placeholders": [" Немає", "-"]}).catalog.blank
    assert blank == {"немає", "-", "нет информации", "немає інформації"}


def test_hours_are_two() -> None:
    """An interval may be kept between two hours."""
    times = [{"user": "PC\\olena", "every": "30m", "between": ["08:00", "21:00"]}]
    assert sync_object(synchronization_times=times).synchronization_times[0].between == ("08:00", "21:00")


def test_columns_are_known_in_any_case() -> None:
    """A column is kept in Torgsoft's own spelling."""
    assert FieldMapping(column="retailprice", to="price").column == "RetailPrice"


def test_two_characteristics_may_stand_side_by_side() -> None:
    """Characteristics are distinguished by their names; one name twice is a conflict."""
    fields = [
        FieldMapping(column=column, to="characteristic", name=name)
        for column, name in (("A", "Колір"), ("B", "Розмір"), ("C", "Колір"))
    ]
    assert twin_target(fields[:2]) is None
    assert twin_target(fields) == "characteristic Колір"


def test_proms_own_fields_follow_the_columns() -> None:
    """A column that belongs to Prom after creation gives away every field that it makes."""
    fields = fields_of(("A", "price"), ("B", "name"), ("C", "quantity"))
    for mapping in fields[1:]:
        mapping["owner"] = "prom"
    assert sync_object(fields=fields).prom_owned() == {"name", "name_ru", "quantity", "presence"}


def test_a_payment_method_is_found_by_its_id() -> None:
    """Ids of orders are texts, those of the object numbers; a method without a place is not mapped."""
    methods = [
        {"id": 1, "name": "Готівка", "cash_register": "Каса 1"},
        {"id": 2, "name": "Картка", "current_account": "UA21"},
        {"id": 3, "name": "Інше"},
    ]
    settings = sync_object(payment_methods=methods)
    found = [settings.payment_method(identity) for identity in ("1", "2", "3")]
    assert [method and method.mapped for method in found] == [True, True, False]
    assert settings.payment_method("4") is settings.payment_method("") is None


def test_orders_stay_here_by_default() -> None:
    """Without a table of their own orders go to the program's folder, all of them, by the clock of Kyiv."""
    found = sync_object().orders
    assert found.model_dump() == {
        "outbox": None,
        "outbox_password": None,
        "accept": False,
        "since": None,
        "zone": "Europe/Kyiv",
    }
    assert (found.begin, str(found.clock)) == (None, "Europe/Kyiv")
    begun = sync_object(orders={"since": "2026-03-29", "outbox": "C:\\Torgsoft\\in"}).orders
    assert begun.begin == datetime(2026, 3, 28, 22, tzinfo=UTC)
    for outbox in ("ftp://h/in", "SFTP://h/in", "s3://bucket/in", "../in"):
        assert sync_object(orders={"outbox": outbox}).orders.outbox == outbox


@pytest.mark.parametrize(
    ("orders", "where", "message"),
    [
        ({"since": "1.3.2026"}, "orders.since", '"1.3.2026" is not a day such as "2026-03-01"'),
        ({"zone": "Kyjiw"}, "orders.zone", 'there is no time zone "Kyjiw"; one is called "Europe/Kyiv"'),
        ({"zone": "Europe"}, "orders.zone", 'there is no time zone "Europe"; one is called "Europe/Kyiv"'),
        ({"zone": "../x"}, "orders.zone", 'there is no time zone "../x"; one is called "Europe/Kyiv"'),
        (
            {"outbox": "gopher://h/in"},
            "orders.outbox",
            '"gopher://" is none of ftp://, sftp://, s3://, and no folder',
        ),
        (
            {"outbox_password": "s3cret"},
            "orders.outbox_password",
            'give { env = "NAME" }, { file = "path" } or { keyring = "NAME" }',
        ),
        ({"accept": "yes"}, "orders.accept", "this should be true or false, without quotes"),
    ],
)
def test_mistakes_about_orders(orders: dict[str, object], where: str, message: str) -> None:
    """At their key, in words; what may be a password is never repeated."""
    assert mistakes(orders=orders) == {where: message}


def test_a_key_is_written_as_people_write_it() -> None:
    """Tables are joined by points, numbers are in brackets."""
    assert key_text(("payment_methods", 1, "name")) == "payment_methods[1].name"


@pytest.mark.parametrize(
    ("word", "known", "words"),
    [
        ("RetailPrise", ("RetailPrice", "GoodName"), "; did you mean `RetailPrice`?"),
        ("xyz", ["RetailPrice"], ""),
        ("price", None, ""),
    ],
)
def test_a_near_word_is_offered(word: str, known: object, words: str) -> None:
    """Only a word that is near is offered."""
    assert did_you_mean(word, known) == words
