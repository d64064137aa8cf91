"""What a pushed object may reach: every way to a secret, and every address, also of a key that is new."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

import pytest
from builders import sync_object
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from torgsync.core.config.keys import Key, key_text
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject
from torgsync.core.fleet.hosts import Host
from torgsync.core.fleet.trust import PORTAL_HOSTS, Trust, refusals, secret_file
from torgsync.core.fleet.walk import SECRETS, secrets_in

NOTHING = Trust("/srv/torgsync/secrets", shared_disk=True)
SHOPS = Trust("/srv/torgsync/secrets", prefix="SHOP_", shared_disk=True)
TOKEN = {"file": "../secrets/my.token"}


def refused(
    settings: SyncObject, trust: Trust | None = NOTHING, *, shared_disk: bool = True
) -> dict[str, str]:
    """Return what is refused, by key."""
    return {key_text(key): why for key, why in refusals(settings, trust, shared_disk=shared_disk)}


def pushed(**tables: Any) -> SyncObject:  # noqa: ANN401
    """Return an object that every worker takes, with these tables."""
    return sync_object(**({"api_key": TOKEN, "orders": {"outbox": "/srv/orders"}} | tables))


def test_nothing_is_refused_of_an_object_as_it_should_be() -> None:
    """Its token is in the folder of secrets, and goes to a portal."""
    assert refused(pushed()) == {}
    assert refused(pushed(connection={"url": "https://my.prom.ua/api/v1"})) == {}
    assert refused(pushed(via="satu.kz", connection={"url": "https://my.satu.kz/api/v1"})) == {}


# Every way to a secret


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("../secrets/a.token", "a.token"),
        ("..\\secrets\\a.token", "a.token"),
        ("../secrets/./shop//a.token", "shop/a.token"),
        ("../secrets/..a", "..a"),
        ("../secrets/", None),
        ("../secrets/.", None),
        ("../secrets/../state.db", None),
        ("../secrets/shop/../../state.db", None),
        ("..\\secrets\\..\\state.db", None),
        ("../secrets", None),
        ("../secretsx/a", None),
        ("secrets/a.token", None),
        ("a.token", None),
        ("/srv/torgsync/secrets/a.token", None),
        ("~/secrets/a.token", None),
        ("C:\\secrets\\a", None),
        ("./../secrets/a", None),
        ("../secrets/a\0b", None),
    ],
)
def test_a_file_is_in_the_folder_of_secrets(path: str, name: str | None) -> None:
    """It is written as an object in the home writes it, and ends there."""
    assert secret_file(path) == name
    why = refused(pushed(api_key={"file": path}))
    assert why.keys() == (set() if name else {"api_key"})
    assert name or "`../secrets/NAME`" in why["api_key"]
    assert refused(pushed(api_key={"file": path}), None) == why  # already when it is pushed


@pytest.mark.parametrize("way", ["env", "keyring"])
def test_names_begin_with_the_prefix(way: str) -> None:
    """Without a prefix none is read; whoever pushes cannot know the prefix."""
    mine, other = pushed(api_key={way: "SHOP_1"}), pushed(api_key={way: "shop_1"})
    assert "`--secrets PREFIX`" in refused(mine)["api_key"]
    assert "begin with `SHOP_`, and `shop_1` does not" in refused(other, SHOPS)["api_key"]
    assert refused(mine, SHOPS) == refused(mine, None) == refused(other, None) == {}


@pytest.mark.parametrize(
    "tables",
    [
        {"api_key": "abcdef"},
        {"notify": {"to": ["tgram://abcdef/1"]}},
        {"notify": {"heartbeat": "https://hc.example/abcdef"}},
    ],
)
def test_a_secret_itself_is_refused(tables: dict[str, Any]) -> None:
    """And not repeated."""
    for trust in (NOTHING, SHOPS, None):
        ((_key, why),) = refused(pushed(**tables), trust).items()
        assert "the secret itself is not pushed" in why
        assert "abcdef" not in why


def kinds_in(annotation: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the plain types that an annotation is made of."""
    if get_origin(annotation) in (list, dict, tuple, Union, types.UnionType) or hasattr(
        annotation, "__metadata__"
    ):
        for inner in get_args(annotation):
            yield from kinds_in(inner)
    else:
        yield annotation


def keys_with(model: type[BaseModel], wanted: tuple[type, ...], above: Key = ()) -> Iterator[Key]:
    """Yield every key of a model, and of the tables in it, that may hold one of these types."""
    for name, field in model.model_fields.items():
        assert isinstance(field, FieldInfo)
        kinds = set(kinds_in(field.annotation))
        if kinds & set(wanted):
            yield (*above, name)
        for kind in kinds - set(SECRETS):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from keys_with(kind, wanted, (*above, name))


FILLED: dict[str, Any] = {
    "api_key": {"env": "A"},
    "orders": {"outbox": "sftp://server.example/x", "outbox_password": {"keyring": "A"}},
    "clients": {
        "path": "https://shop.example/c",
        "server": {"password": {"env": "A"}, "query": {"env": "A"}},
    },
    "catalog": {
        "path": "https://shop.example/goods.trs",
        "server": {"password": {"env": "A"}, "query": {"env": "A"}},
        "photos": {
            "folder": "photos",
            "url": "https://shop.example/",
            "publish": "sftp://server.example/x",
            "publish_password": {"file": "a"},
        },
    },
    "notify": {"to": [{"env": "A"}], "heartbeat": {"file": "a"}},
}
"""An object with every secret; each way once at least."""


def test_every_secret_is_found() -> None:
    """Whoever adds a key with a secret fills it above, and sees here that it is refused."""
    filled = sync_object(**FILLED)
    found = {tuple(part for part in key if isinstance(part, str)) for key, _way in secrets_in(filled)}
    assert found == set(keys_with(SyncObject, SECRETS))
    ways: set[type] = {FromEnvironment, FromFile, FromKeyring}
    assert {type(way) for _key, way in secrets_in(filled)} == ways
    keys = {key_text(key) for key, _way in secrets_in(filled)}
    assert keys <= refused(filled).keys()


HARMLESS = {
    "accounting_centers.only_in_stock", "accounting_centers.only_with_photos",
    "accounting_centers.respect_display", "catalog.languages.both", "catalog.last_line_end",
    "catalog.header", "catalog.photos.convert", "catalog.photos.rotate", "catalog.photos.scale",
    "clients.create",
    "orders.accept", "orders.enabled", "payment_methods.gone",
}  # fmt: skip
"""Switches that open no way to anywhere."""


def test_every_switch_is_known() -> None:
    """Whoever adds a switch says here, or in the rules, whether it lets an object reach something."""
    risks = {key_text(key) for key in keys_with(SyncObject, (bool,))} - HARMLESS
    assert risks == {"connection.insecure", "catalog.server.allow_private", "clients.server.allow_private"}


@pytest.mark.parametrize("table", ["catalog", "clients"])
def test_servers_of_its_own_network_are_for_the_worker_to_allow(table: str) -> None:
    """Whoever pushes can say that it is needed."""
    served = {"path": "https://shop.example/a.trs", "server": {"allow_private": True}}
    settings = pushed(**{table: served})
    assert refused(settings).keys() == {f"{table}.server.allow_private"}
    assert refused(settings, None) == refused(settings, Trust("/", shared_disk=True, private=True)) == {}
    assert (NOTHING.reach.private, Trust("/", private=True).reach.private) == (False, True)
    assert not Trust("/", private=True).reach.own_keys  # those are the worker's


def test_a_secret_of_another_kind_is_never_read() -> None:
    """Where it is read, the same is decided as where the object is loaded."""
    assert NOTHING.refuses_secret(SecretStr("abcdef")) is not None
    assert NOTHING.secret_place("../secrets/a") == "a"
    with pytest.raises(ValueError, match="state"):
        NOTHING.secret_place("../state.db")


# Every address


@pytest.mark.parametrize(
    ("key", "tables"),
    [
        ("connection.url", {"connection": {"url": "https://evil.example/api/v1"}}),
        ("connection.url", {"connection": {"url": "https://my.prom.ua.evil.example/api/v1"}}),
        ("connection.url", {"connection": {"url": "https://my.prom.ua:8443/api/v1"}}),
        ("orders.outbox", {"orders": {"outbox": "sftp://evil.example/x"}}),
        ("orders.outbox", {"orders": {"outbox": "s3://bucket/x"}}),
        ("catalog.path", {"catalog": {"path": "sftp://evil.example/x"}}),
    ],
)
def test_secrets_go_to_known_hosts(key: str, tables: dict[str, Any]) -> None:
    """An address that no worker knows is refused with the option that allows it; pushed it can be."""
    settings = pushed(**tables)
    why = refused(settings)
    assert why.keys() == {key}
    host = why[key].partition("`--allow-host ")[2].partition("`")[0]
    name, _mark, port = host.partition(":")
    allowed = Host(name, int(port) if port else None)
    assert refused(settings, Trust("/", hosts=PORTAL_HOSTS | {allowed}, shared_disk=True)) == {}
    assert refused(settings, None) == {}


def photos(**given: str) -> dict[str, Any]:
    return {"catalog": {"path": "a.trs", "photos": {"folder": "p", "url": "https://cdn.example/"} | given}}


def test_an_endpoint_stands_for_its_bucket() -> None:
    """Amazon's host is asked for where no other one is named."""
    amazon = refused(pushed(**photos(publish="s3://bucket/x")))
    assert "s3.amazonaws.com" in amazon["catalog.photos.publish"]
    other = photos(publish="s3://bucket/x", publish_endpoint="https://s3.example")
    assert refused(pushed(**other)).keys() == {"catalog.photos.publish_endpoint"}


def test_an_export_with_a_password_is_on_a_known_host() -> None:
    """Without one it may be anywhere; Amazon is one host, and another service of S3 another."""
    open_to_all = {"path": "https://shop.example/a.trs"}
    assert refused(pushed(catalog=open_to_all, clients=open_to_all)) == {}
    for table in ("catalog", "clients"):
        for key in ("password", "query"):
            secret = open_to_all | {"server": {key: {"file": "../secrets/a"}}}
            assert refused(pushed(**{table: secret})).keys() == {f"{table}.path"}
        bucket = {"path": "s3://bucket/a.trs"}
        assert "s3.amazonaws.com" in refused(pushed(**{table: bucket}))[f"{table}.path"]
        served = bucket | {"server": {"endpoint": "https://s3.example"}}
        assert refused(pushed(**{table: served})).keys() == {f"{table}.server.endpoint"}
    centers = {"centers": {"1": "sftp://a.example/1", "2": "https://shop.example/2"}}
    assert refused(pushed(catalog=centers)).keys() >= {"catalog.centers.1"}


def test_what_everybody_may_see_is_on_any_host() -> None:
    """Addresses that others ask, and exports of the web without a password."""
    free = photos() | {"reports": {"url": "https://reports.example/"}}
    assert refused(pushed(**free)) == {}


def test_words_are_no_addresses() -> None:
    """A message to a buyer may have any link in it."""
    ship = {"outbox": "/srv/orders", "ship_message": "https://track.example/{parcel}"}
    assert refused(pushed(orders=ship, product_group="a://b")) == {}


@pytest.mark.parametrize(
    "tables",
    [
        {"orders": {"outbox": "ftp://me:abcdef@server.example/x"}},
        photos(publish="sftp://me:abcdef@server.example/x"),
        photos(publish="s3://bucket/x", publish_endpoint="https://abcdef@s3.example"),
        photos() | {"reports": {"url": "https://abcdef@reports.example/"}},
    ],
)
def test_a_password_in_an_address_is_refused(tables: dict[str, Any]) -> None:
    """Also when it is pushed; it is not repeated."""
    for trust in (None, Trust("/", hosts=frozenset({Host("server.example"), Host("s3.amazonaws.com")}))):
        why = " ".join(refused(pushed(**tables), trust).values())
        assert "a password in an address is not pushed" in why
        assert "abcdef" not in why


def test_unencrypted_only_to_this_machine() -> None:
    """Whatever the object says, and only where the host is allowed."""
    hosts = frozenset({Host("127.0.0.1", 8520), Host("shop.example")})
    trust = Trust("/", hosts=hosts, shared_disk=True)
    assert trust.refuses_host("http://127.0.0.1:8520/api/v1") is None
    assert "not encrypted" in (trust.refuses_host("http://shop.example/api/v1") or "")
    assert "with certainty" in (trust.refuses_host("https://%6dy.prom.ua/") or "")
    insecure = {"url": "http://127.0.0.1:8520/api/v1", "insecure": True}
    for by in (trust, None):
        assert refused(pushed(connection=insecure), by).keys() == {"connection.insecure"}


# Every file


def test_local_files_need_a_shared_disk() -> None:
    """Each is named; so is an outbox that is left out, unless no orders are fetched."""
    settings = sync_object(api_key=TOKEN, **photos())
    why = refused(settings, None, shared_disk=False)
    assert why.keys() == {"catalog.path", "catalog.photos.folder", "orders.outbox"}
    assert refused(settings, Trust("/"), shared_disk=False) == why
    assert refused(settings, None) == refused(settings, NOTHING, shared_disk=False) == {}
    centers = sync_object(api_key=TOKEN, catalog={"centers": {"1.5": "a.trs"}}, orders={"enabled": False})
    assert refused(centers, None, shared_disk=False).keys() == {"catalog.centers.1.5"}
