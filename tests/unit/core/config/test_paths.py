"""The keys that name local files: all of them, also one that is new."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

import pytest
from builders import sync_object
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from torgsync.core.config.keys import Key, key_text
from torgsync.core.config.paths import PATH_KEYS, local_paths
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject

REFERENCES = (FromEnvironment, FromFile, FromKeyring)
"""Ways to a secret, which have rules of their own."""
NO_PATHS = {
    "name",
    "product_group",
    "catalog.names",
    "catalog.extra_columns",
    "catalog.columns",
    "catalog.currency",
    "catalog.server.user",
    "catalog.server.endpoint",
    "clients.server.user",
    "clients.server.endpoint",
    "catalog.photos.url",
    "connection.url",
    "catalog.photos.publish_user",
    "catalog.photos.publish_endpoint",
    "catalog.placeholders",
    "orders.since",
    "orders.zone",
    "orders.ship_message",
    "payment_methods.name",
    "payment_methods.cash_register",
    "payment_methods.current_account",
    "accounting_centers.use",
    "synchronization_times.user",
    "synchronization_times.every",
    "synchronization_times.between",
    "synchronization_times.days",
    "fields.column",
    "fields.to",
    "fields.name",
    "fields.unit",
    "fields.split",
    "values.column",
    "values.map",
    "reports.url",
}
"""Keys with a text that names no file."""


def types_in(annotation: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the plain types that an annotation is made of; the keys of a table are none of its values."""
    inner = get_args(annotation)
    if get_origin(annotation) is dict:
        inner = inner[1:]
    if get_origin(annotation) in (list, dict, tuple, Union, types.UnionType) or hasattr(
        annotation, "__metadata__"
    ):
        for one in inner:
            yield from types_in(one)
    else:
        yield annotation


def text_keys(model: type[BaseModel], above: Key = ()) -> Iterator[Key]:
    """Yield every key of a model and of the tables in it whose value is any text."""
    for name, field in model.model_fields.items():
        assert isinstance(field, FieldInfo)
        for kind in set(types_in(field.annotation)):
            if kind is str:
                yield (*above, name)
            elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in REFERENCES:
                yield from text_keys(kind, (*above, name))


def test_every_text_is_a_path_or_is_known_to_be_none() -> None:
    """Whoever adds a key with a text says here, or in `PATH_KEYS`, whether it is a path."""
    assert {key_text(key) for key in text_keys(SyncObject)} == {*map(key_text, PATH_KEYS), *NO_PATHS}


WHOLE: dict[str, Any] = {
    "catalog": {
        "path": "../a.trs",
        "photos": {"folder": "C:\\photos", "url": "https://shop.example/", "publish": "/srv/www"},
    },
    "clients": {"path": "clients.trs"},
    "orders": {"outbox": "../orders"},
    "reports": {"folder": "~/reports"},
}


def test_local_paths_are_named_with_their_keys() -> None:
    """Each key that names a file or folder is there as people write it."""
    assert local_paths(sync_object(**WHOLE)) == [
        ("catalog.path", "../a.trs"),
        ("catalog.photos.folder", "C:\\photos"),
        ("catalog.photos.publish", "/srv/www"),
        ("clients.path", "clients.trs"),
        ("orders.outbox", "../orders"),
        ("reports.folder", "~/reports"),
    ]


@pytest.mark.parametrize("named", [{}, {"path": "b.trs"}])
def test_each_file_of_a_center_is_one(named: dict[str, str]) -> None:
    """The file of each center is listed once, with the main one among them."""
    settings = sync_object(catalog={**named, "centers": {"1": "a.trs", "2": "b.trs"}})
    assert {path for _key, path in local_paths(settings)} == {"a.trs", "b.trs"}
    assert len(local_paths(settings)) == 2


def test_servers_are_no_local_paths() -> None:
    """What is on a server is there for every machine."""
    settings = sync_object(
        orders={"outbox": "sftp://torgsoft@shop.example/orders"},
        clients={"path": "https://shop.example/TSClients.trs"},
        catalog={
            "path": "https://shop.example/TSGoods.trs",
            "photos": {"folder": "photos", "url": "https://shop.example/", "publish": "s3://bucket/photos"},
        },
    )
    assert local_paths(settings) == [("catalog.photos.folder", "photos")]
