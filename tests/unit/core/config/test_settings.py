"""The sync object: everything that can be wrong is reported at once, each mistake at its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from builders import fields_of, settings_data, sync_object
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from torgsync.core.config.catalog import FieldMapping, twin_target
from torgsync.core.config.keys import put, read_key
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject
from torgsync.core.config.validation import UNFIT, read_settings
from torgsync.core.product.fields import TARGETS
from torgsync.core.text import did_you_mean
from torgsync.errors import Mistake
from torgsync.i18n import verbatim


def mistakes(data: dict[str, Any]) -> dict[str, str]:
    """Return the mistakes of settings by key; every key has the line number of its number of parts."""
    found = read_settings(data, len)
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
    off = dict.fromkeys(("only_in_stock", "only_with_photos"), False)
    assert found.accounting_centers.model_dump() == {"use": [], **off, "respect_display": True, "keep": 0}
    assert found.prices.model_dump() == {"markup": Decimal(0), "round": Decimal("0.01")}
    removal = {"gone": "delete", "delete_after": timedelta(days=30), "unsold": "hide", "foreign": "keep"}
    assert found.removal.model_dump() == removal
    assert found.history.keep == timedelta(days=180)
    shares = {"removals": "0.1", "deletions": "0.1", "price_drop": "0.4", "price_rise": "1.5"}
    shares |= {"stock_out": "0.5", "photos": "0.5", "export_rows": "0.7"}
    rates = {"imports_per_day": 8, "requests_per_second": 2.0}
    assert found.limits.model_dump() == {name: Decimal(share) for name, share in shares.items()} | rates


def test_the_first_center_is_the_default() -> None:
    """Without a path, the first file of the centers gives texts and prices."""
    centers = {"2": "b.trs", "1": "a.trs"}
    assert sync_object(catalog={"centers": centers}).catalog.path == "b.trs"
    assert sync_object(catalog={"centers": centers, "path": "a.trs"}).catalog.path == "a.trs"


def test_passwords_in_addresses_are_not_shown() -> None:
    """Neither that of the outbox, nor that of the place for photos."""
    photos = {"folder": "p", "url": "https://h/a", "publish": "ftp://shop:s3cret@host/p"}
    shown = sync_object(
        catalog={"path": "a.trs", "photos": photos}, orders={"outbox": "sftp://shop:s3cret@host/o"}
    ).document
    assert shown["catalog"]["photos"]["publish"] == "ftp://shop@host/p"
    assert shown["orders"]["outbox"] == "sftp://shop@host/o"


def test_addresses_of_notifications_are_not_shown() -> None:
    """A document of the settings has the kind of a secret address alone, and references whole."""
    notify = {
        "to": ["tgram://123:AAH/42", "mailto://olena:pw@shop.example", {"env": "SLACK"}],
        "heartbeat": "https://hc.example/ping/0a1b",
    }
    found = sync_object(notify=notify)
    shown = found.document["notify"]
    assert shown == {"to": ["tgram://…", "mailto://…", {"env": "SLACK"}], "heartbeat": "https://…"}
    assert "AAH" not in repr(found) + found.model_dump_json()
    kept = {"to": [], "heartbeat": {"file": "../secrets/heartbeat"}}
    assert sync_object(notify=kept).document["notify"] == kept
    assert sync_object().document["notify"] == {"to": [], "heartbeat": None}


@pytest.mark.parametrize(
    ("tables", "where", "message"),
    [
        ({"notify": {"to": ["olena@shop.example"]}}, "notify.to[0]", "this is not an address such as"),
        ({"notify": {"to": [{"env": "A"}, {"evn": "B"}]}}, "notify.to[1]", "or the address itself"),
        ({"notify": {"to": [7]}}, "notify.to[0]", "or the address itself"),
        ({"notify": {"to": "tgram://a/b"}}, "notify.to", "this should be a list in brackets"),
        ({"notify": {"heartbeat": "hc.example/ping"}}, "notify.heartbeat", "this is not an address such as"),
        ({"notify": {"heartbeat": "ftp://hc.example/x"}}, "notify.heartbeat", "this is not an address"),
        ({"notify": {"heartbeat": {}}}, "notify.heartbeat", "or the address itself"),
        ({"reports": {"url": "shop.example"}}, "reports.url", '"shop.example" is not an address'),
        ({"reports": {"keep": 0}}, "reports.keep", "this must be at least 1"),
        ({"language": "ru"}, "language", '"ru" is not one of `uk`, `en`'),
    ],
)
def test_mistakes_in_what_follows_unattended_runs(tables: dict[str, Any], where: str, message: str) -> None:
    """Each has its place; what may be secret is not repeated."""
    ((place, words),) = mistakes(settings_data() | tables).items()
    assert place == where
    assert message in words
    assert "olena" not in words
    assert "ping" not in words.replace("hc.example/ping/…", "")


def test_the_address_of_reports_ends_in_a_slash() -> None:
    """Names of pages are put behind it."""
    assert sync_object(reports={"url": "https://h/r"}).reports.url == "https://h/r/"
    assert sync_object().reports.model_dump() == {"folder": None, "url": None, "keep": 30}


def test_columns_of_a_file_without_names_stay_as_they_are_given() -> None:
    """One of them is the key, by its own name or by `names`."""
    columns, names = ["Мій ключ", "Колір"], {"Мій ключ": "GoodID"}
    catalog = {"path": "x", "columns": columns, "names": names}
    assert sync_object(catalog=catalog).catalog.columns == columns


KEPT = 'is not a quantity; give a number, or one for each center: `{ "2" = 1, "8" = 3 }`'
TOKEN = 'give `{ env = "NAME" }`, `{ file = "path" }`, `{ keyring = "NAME" }` or the token itself'
ADDRESS = (
    "this is not an address such as `ftp://server/folder`; in a name or password write `[` as `%5B`, `]` as "
    "`%5D`, `/` as `%2F`, `#` as `%23` and `?` as `%3F`"
)
SECRET = 'give `{ env = "NAME" }`, `{ file = "path" }` or `{ keyring = "NAME" }`'


def example() -> dict[str, Any]:
    """Return settings with lists, in which any key can be put."""
    return settings_data(
        fields=fields_of(("A", "price"), ("B", "name")),
        payment_methods=[{"id": 1, "name": "А", "cash_register": "К"}, {"id": 2, "name": "Б"}],
        synchronization_times=[{"user": "PC\\olena", "every": "30m"}],
    )


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("api_key", {"env": "X"}, FromEnvironment(env="X")),
        ("api_key", {"file": "../secrets/x"}, FromFile(file="../secrets/x")),
        ("api_key", {"keyring": "x"}, FromKeyring(keyring="x")),
        ("api_key", "literal", SecretStr("literal")),
        ("catalog.names", {"Ключ": "goodid"}, {"Ключ": "goodid"}),
        ("catalog.extra_columns", ["height", "y"], ["Height", "y"]),
        ("fields[0].column", "retailprice", "RetailPrice"),
        ("synchronization_times[0].between", ["08:00", "21:00"], ("08:00", "21:00")),
        ("limits.removals", "10%", Decimal("0.1")),
        ("limits.removals", "0%", 0),
        ("limits.removals", "100 %", 1),
        ("limits.removals", " 12.5% ", Decimal("0.125")),
        ("orders.outbox", "ftp://h/in", "ftp://h/in"),
        ("orders.outbox", "SFTP://h/in", "sftp://h/in"),
        ("orders.outbox", "s3://bucket/in", "s3://bucket/in"),
        ("orders.outbox", "../in", "../in"),
    ],
)
def test_a_value_comes_into_its_own_form(key: str, value: object, read: object) -> None:
    """A token is in one of four places, columns have Torgsoft's spelling, shares are exact fractions."""
    put(data := example(), read_key(key), value)
    found: Any = read_settings(data, len)
    for part in read_key(key):
        found = found[part] if isinstance(part, int) else getattr(found, part)
    assert found == read


ROUND = 'is not a step such as `"0.5"` or an ending such as `"0.99"`'
NO_KEY = "there is no such key"
NO_API = "this is not an address such as `https://my.prom.ua/api/v1`, without a name or password"
ZONE = 'that of Ukraine is `"Europe/Kyiv"`'


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("api_key", 5, TOKEN),
        ("api_key", {"evn": "X"}, TOKEN),
        ("name", "", "this must not be empty"),
        ("name", "Й" * 101, "the name is too long: 200 Latin or 100 Cyrillic letters at most"),
        ("via", "rozetka", '"rozetka" is not one of `prom.ua`, `satu.kz`, `deal.by`, `prom.md`'),
        ("connection.url", "https://user:secret@my.satu.kz/api/v1", NO_API),
        ("connection.url", "https://my.satu.kz", NO_API),
        ("connection.url", "my.satu.kz/api/v1", NO_API),
        ("catalogue", {}, f"{NO_KEY}; did you mean `catalog`?"),
        ("zzz", 1, NO_KEY),
        ("catalog", 5, "this should be a table"),
        ("catalog.delimiter", "|", '"|" is not one of `;`, `,`, `\\t`'),
        ("catalog.currency", "ua", '"ua" does not have the right form'),
        ("catalog.names.Ключ", "GoodIDs", "Torgsoft has no column `GoodIDs`; did you mean `GoodID`?"),
        ("catalog.languages.bth", True, f"{NO_KEY}; did you mean `both`?"),
        ("limits.removals", "110%", '"110%" is not between 0% and 100%'),
        ("history.keep", "half a year", '"half a year" is not a number of days such as `"30d"`'),
        ("removal.delete_after", 30, '30 is not a number of days such as `"30d"`'),
        ("removal.delete_after", "1h", '"1h" is not a number of days such as `"30d"`'),
        ("limits.removals", 10, '10 is not a share such as `"10%"`'),
        ("limits.price_rise", "a lot", '"a lot" is not a share such as `"10%"`'),
        ("limits.imports_per_day", -1, "this must be at least 0"),
        ("limits.imports_per_day", "8", "this should be a whole number, without quotes"),
        ("clients.find_by", "phone", 'this should be a list in brackets, such as `["…"]`'),
        ("clients.create", "yes", "this should be `true` or `false`, without quotes"),
        ("accounting_centers.keep", -1, f"-1 {KEPT}"),
        ("accounting_centers.keep", True, f"True {KEPT}"),
        ("accounting_centers.keep", {"2": "x"}, f'"x" {KEPT}'),
        ("payment_methods[1].id", 1, "another payment method also has the id `1`"),
        ("payment_methods[1].cash_registr", "К", f"{NO_KEY}; did you mean `cash_register`?"),
        (
            "synchronization_times[0].between",
            ["8:00", "21:00"],
            'give two hours, such as `["08:00", "21:00"]`',
        ),
        ("synchronization_times[0].every", "0m", '"0m" is not an interval such as `30m`, `2h` or `1d`'),
        (
            "synchronization_times[0].every",
            "36h",
            '"36h" is longer than a day and not whole days; write `1d` or `2d`',
        ),
        (
            "synchronization_times[0].days",
            "mon-fry",
            '"mon-fry" is not weekdays such as `mon-sat` or `mon,wed,fri`',
        ),
        ("synchronization_times[0].only", "prices", '"prices" is not one of `goods`, `orders`'),
        ("prices.markup", 5, '5 is not a markup such as `"5%"` or `"-3%"`'),
        ("prices.markup", "5", '"5" is not a markup such as `"5%"` or `"-3%"`'),
        ("prices.markup", "-100%", '"-100%" leaves nothing of a price'),
        ("prices.round", "up", f'"up" {ROUND}'),
        ("prices.round", True, f"True {ROUND}"),
        ("prices.round", -0.99, f"-0.99 {ROUND}"),
        ("prices.round", "0.00", "prices cannot be rounded to 0; the smallest step is 0.01"),
        ("prices.round", "0.005", "0.005 is less than a kopiyka; the smallest step is 0.01"),
        ("prices.round", 100000, "100000 is too much to round to; it must be below 100000"),
        ("fields[1].to", "pricee", "there is no target `pricee`; did you mean `price`?"),
        ("fields[1].to", "price", "two columns are mapped to `price`"),
        ("orders.since", "1.3.2026", '"1.3.2026" is not a day such as `"2026-03-01"`'),
        ("orders.zone", "Kyjiw", f'there is no time zone "Kyjiw"; {ZONE}'),
        ("orders.zone", "Europe", f'there is no time zone "Europe"; {ZONE}'),
        ("orders.zone", "../x", f'there is no time zone "../x"; {ZONE}'),
        (
            "orders.outbox",
            "gopher://h/in",
            "this program cannot put files on `gopher://`; give a folder, or one of `ftp://`, `sftp://`, `s3://`",
        ),
        ("orders.outbox", "ftp://a:p[ss@h/in", ADDRESS),
        ("orders.outbox", "sftp://h:99999/in", ADDRESS.replace("ftp:", "sftp:")),
        ("orders.outbox", "s3://", ADDRESS.replace("ftp://server", "s3://bucket")),
        ("orders.outbox_password", "s3cret", SECRET),
        ("orders.accept", "yes", "this should be `true` or `false`, without quotes"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_its_key(key: str, value: object, message: str) -> None:
    """As people write it, with what is wrong and what was meant; what may be a password is not repeated."""
    put(data := example(), read_key(key), value)
    assert mistakes(data) == {key: message}


@pytest.mark.parametrize(
    ("key", "value", "unfit"),
    [
        ("name", 5, True),
        ("name", "\udc80", True),
        ("catalog", 5, True),
        ("limits.imports_per_day", "8", True),
        ("limits.imports_per_day", 101, True),
        ("limits.requests_per_second", "fast", True),
        ("limits.requests_per_second", 0, True),
        ("limits.requests_per_second", 1e-10, True),
        ("limits.requests_per_second", float("inf"), True),
        ("limits.requests_per_second", float("nan"), True),
        ("payment_methods[0].id", 10**30, True),
        ("payment_methods[0].id", -1, True),
        ("name", "", False),
        ("api_key", 5, False),
        ("limits.removals", 10, False),
        ("via", 1, False),
    ],
)
def test_what_is_not_even_of_its_kind_or_range(key: str, value: object, unfit: bool) -> None:
    """Of the values that a typed word may mean, one that breaks another rule fits better."""
    put(data := example(), read_key(key), value)
    found = read_settings(data, len)
    assert isinstance(found, list)
    assert {mistake.code in UNFIT for mistake in found} == {unfit}


def catalog(**settings: object) -> dict[str, Any]:
    return {"catalog": {"path": "x", **settings}}


def times(**settings: object) -> dict[str, Any]:
    return {"synchronization_times": [{"user": "PC", "every": "1h", **settings}]}


def field(to: str, **settings: object) -> dict[str, Any]:
    return {"fields": [{"column": "A", "to": to, **settings}, {"column": "B", "to": "name_ru"}]}


@pytest.mark.parametrize(
    ("tables", "where", "message"),
    [
        ({"catalog": {}}, "catalog.path", "this key is needed"),
        ({"catalog": {"centers": {}}}, "catalog.path", "this key is needed"),
        (
            {"catalog": {"centers": {"a b": "x"}}},
            "catalog.centers.a b",
            '"a b" is not the id of an accounting center, such as `"1"`',
        ),
        (catalog(centers={"1": "x", "2": "x"}), "catalog.centers.2", "center `1` also has this file"),
        (
            catalog(centers={"1": "y"}),
            "catalog.path",
            "this file is not one of `centers`; name the main one of them, or leave it out",
        ),
        (catalog(extra_columns=["a", " "]), "catalog.extra_columns[1]", "the name is empty"),
        (
            catalog(extra_columns=["a", "goodid"]),
            "catalog.extra_columns[1]",
            "another column is also named `GoodID`",
        ),
        (catalog(placeholders=[""]), "catalog.placeholders[0]", "this must not be empty"),
        (catalog(columns=["GoodID", " "]), "catalog.columns[1]", "the name is empty"),
        (
            catalog(columns=["GoodID", "a", "goodid"]),
            "catalog.columns[2]",
            "another column is also named `GoodID`",
        ),
        (
            catalog(columns=["a", "b"]),
            "catalog.columns",
            "no column is named `GoodID`, which is the key of an item",
        ),
        (
            catalog(columns=["GoodID"], extra_columns=["a"]),
            "catalog.columns",
            "give either `columns` or `extra_columns`, not both",
        ),
        (
            catalog(columns=["GoodID"], header=True),
            "catalog.columns",
            "this is for a file without names of columns, but `header = true` says it has them",
        ),
        (
            catalog(photos={"folder": "p", "url": "sftp://x"}),
            "catalog.photos.url",
            '"sftp://x" is not an address such as `"https://shop.example/photos/"`',
        ),
        (
            catalog(photos={"folder": "p", "url": "https://[::1/photos"}),
            "catalog.photos.url",
            '"https://[::1/photos" is not an address such as `"https://shop.example/photos/"`',
        ),
        (
            catalog(photos={"folder": "p", "url": "https://h/a\nb"}),
            "catalog.photos.url",
            '"https://h/a\nb" is not an address such as `"https://shop.example/photos/"`',
        ),
        (
            catalog(photos={"folder": "p", "url": "https://h/a", "publish_endpoint": "s3.example"}),
            "catalog.photos.publish_endpoint",
            '"s3.example" is not an address such as `"https://s3.example"`',
        ),
        (
            catalog(photos={"folder": "p", "url": "https://h/a", "publish_endpoint": "ftp://s3.example"}),
            "catalog.photos.publish_endpoint",
            '"ftp://s3.example" is not an address such as `"https://s3.example"`',
        ),
        (
            {"accounting_centers": {"use": [2]}},
            "accounting_centers.use[0]",
            "this should be a text in quotes",
        ),
        (
            {"accounting_centers": {"use": ["2", "1, 4"]}},
            "accounting_centers.use[1]",
            '"1, 4" is not the id of one center; write `["1", "4"]`',
        ),
        (
            {"accounting_centers": {"use": [""]}},
            "accounting_centers.use[0]",
            '"" is not the id of one center; write `["1", "4"]`',
        ),
        (
            {"accounting_centers": {"use": ["2"], "keep": {"8": 1}}},
            "accounting_centers",
            "`keep` has the center `8`, which is not in `use`",
        ),
        (
            {"clients": {"find_by": ["phone", "card"]}},
            "clients.find_by[1]",
            '"card" is not one of `phone`, `email`, `name`',
        ),
        (
            {"payment_methods": [{"id": 1, "name": "А", "cash_register": "К", "current_account": "UA"}]},
            "payment_methods[0]",
            "give either `cash_register` or `current_account`, not both",
        ),
        (
            times(every="7d", days="mon"),
            "synchronization_times[0]",
            "with `days`, `every` must be `1d` or shorter",
        ),
        (
            times(between=["08:00", "08:00"]),
            "synchronization_times[0]",
            "the hours begin and end at the same time; for the whole day leave out `between`",
        ),
        (
            field("price", split="_"),
            "fields[0]",
            (
                "`split` is only for texts in two languages: `name`, `description`, `keywords`, "
                "`characteristic`, `vendor`, `country`, `unit`; not for `price`"
            ),
        ),
        (
            field("characteristic", name="а_б_в", split="_"),
            "fields[0]",
            '"_" is in the name more than once; it separates two languages',
        ),
        (field("name", split="_"), "fields[1].to", "two columns are mapped to `name_ru`"),
        (field("characteristic"), "fields[0]", 'a characteristic needs a name, such as `name = "Колір"`'),
    ],
)
def test_a_mistake_has_a_message_and_a_place(tables: dict[str, Any], where: str, message: str) -> None:
    """Also where a key is missing, or two settings do not fit together."""
    assert mistakes(settings_data(**tables)) == {where: message}


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
        Mistake(3, "fields[0].column", verbatim("`PrimeCost` is what the shop paid; it is never sent"))
    ]


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


def test_two_characteristics_may_stand_side_by_side() -> None:
    """Characteristics are distinguished by their names; one name twice is a conflict."""
    fields = [
        FieldMapping(column=column, to="characteristic", name=name)
        for column, name in (("A", "Колір"), ("B", "Розмір"), ("C", "Колір"))
    ]
    assert twin_target(fields[:2]) is None
    assert twin_target(fields) == "characteristic Колір"


@pytest.mark.parametrize("name", ["колір ", "КОЛІР", "Koлip", "Колір_Цвет", "Тон_ Колір"])
def test_one_name_of_a_characteristic_has_many_spellings(name: str) -> None:
    """Case, blanks and look-alike letters make no other name, nor does the other language."""
    split = "_" if "_" in name else None
    twins = [
        FieldMapping(column="A", to="characteristic", name="Колір"),
        FieldMapping(column="B", to="characteristic", name=name, split=split),
    ]
    assert twin_target(twins) == f"characteristic {name.strip()}"


def test_the_name_of_a_characteristic_is_one_line() -> None:
    """Blanks around it and inside it are no part of it; a blank name is none."""
    assert FieldMapping(column="A", to="characteristic", name=" Висота  каблука ").name == "Висота каблука"
    with pytest.raises(ValueError, match="needs a name"):
        FieldMapping(column="A", to="characteristic", name=" ")


@pytest.mark.parametrize("other", ["wholesale_price", "wholesale_minimum"])
def test_wholesale_prices_are_mapped_once(other: str) -> None:
    """As a list, or as one price with its minimum."""
    fields = [FieldMapping(column="A", to="wholesale_prices"), FieldMapping(column="B", to=other)]
    assert twin_target(fields) == twin_target(fields[::-1]) == other


def test_proms_own_fields_follow_the_columns() -> None:
    """A column that belongs to Prom after creation gives away every field that it makes."""
    fields = fields_of(("A", "price"), ("B", "name"), ("C", "quantity"))
    for mapping in fields[1:]:
        mapping["owner"] = "prom"
    assert sync_object(fields=fields).prom_owned == {"name", "name_ru", "quantity", "presence"}


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


@pytest.mark.parametrize("only", ["orders", "goods", None])
@pytest.mark.parametrize("enabled", [True, False])
def test_a_time_for_orders_alone_is_passed_over_without_orders(only: str | None, enabled: bool) -> None:
    """It is no mistake, so that orders can be left out at any time; others go on with the goods."""
    put(data := example(), read_key("orders.enabled"), enabled)
    if only:
        put(data, read_key("synchronization_times[0].only"), only)
    settings = read_settings(data, len)
    assert isinstance(settings, SyncObject)
    assert settings.passes_over(settings.synchronization_times[0]) is (only == "orders" and not enabled)


def test_orders_stay_here_by_default() -> None:
    """Without a table of their own orders go to the program's folder, all of them, by the clock of Kyiv."""
    found = sync_object().orders
    nothing = dict.fromkeys(("outbox", "outbox_password", "since", "ship_message"))
    assert found.model_dump() == {
        **nothing,
        "enabled": True,
        "accept": False,
        "free_lines": "comment",
        "zone": "Europe/Kyiv",
    }
    assert (found.begin, str(found.clock)) == (None, "Europe/Kyiv")
    begun = sync_object(orders={"since": "2026-03-29", "outbox": "C:\\Torgsoft\\in"}).orders
    assert begun.begin == datetime(2026, 3, 28, 22, tzinfo=UTC)


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


@pytest.mark.parametrize("key", ["catalog", "orders"])
def test_what_is_no_table_is_a_mistake_on_every_marketplace(key: str) -> None:
    """What is usual there completes tables alone."""
    mistakes = read_settings({**example(), "via": "satu.kz", key: 5}, len)
    assert isinstance(mistakes, list)
    assert (key, "this should be a table") in [(one.where, str(one.message)) for one in mistakes]
