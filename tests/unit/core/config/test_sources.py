"""Addresses of files that are read: what can be one, what is secret of it, and what its server asks for."""

from __future__ import annotations

from typing import Any

import pytest
from builders import settings_data, sync_object

from torgsync.core.config.settings import SyncObject
from torgsync.core.config.sources import FileServer, shown_source, source
from torgsync.core.config.validation import read_settings

REFERENCE = {"env": "EXPORT_PW"}


def mistakes(table: str = "catalog", **keys: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the mistakes of a table by key."""
    found = read_settings(settings_data(**{table: keys}), len)
    return {} if isinstance(found, SyncObject) else {one.where: one.message for one in found}


@pytest.mark.parametrize(
    "path",
    [
        "TSGoods.trs",
        "C:\\export\\TSGoods.trs",
        "../export/Товари #1?.trs",
        "https://shop.example",
        "https://shop.example/out.php?shop=3&format=yml",
        "https://магазин.укр/вигрузка.yml",
        "sftp://torgsoft@shop.example:2222/out/TSGoods.trs",
        "ftp://[2001:db8::1]/TSGoods.trs",
        "s3://bucket/out/TSGoods.trs",
    ],
)
def test_what_can_be_read(path: str) -> None:
    """Paths of this machine are not looked at, addresses stay as they are."""
    assert source(path) == path
    assert mistakes(path=path) == {}


def test_a_scheme_is_written_in_small_letters() -> None:
    """It is compared everywhere."""
    assert source("HTTPS://Shop.example/A") == "https://Shop.example/A"
    assert (
        sync_object(catalog={"centers": {"1": "SFTP://a/b"}, "path": "SFTP://a/b"}).catalog.path
        == "sftp://a/b"
    )


SECRET = "s3cret"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("gopher://shop.example/x", "cannot read files from `gopher://`"),
        ("https://", "not an address of a file such as `https://"),
        ("https://shop.example:0/x", "not an address of a file"),
        ("https://shop.example/x#y", "not an address of a file"),
        ("https://shop.example/x\n", "not an address of a file"),
        ("sftp://shop.example", "not an address of a file such as `sftp://"),
        ("s3://bucket/", "not an address of a file such as `s3://"),
        (f"https://torgsoft:{SECRET}@shop.example/x", "a user or password in an address"),
        (f"https://{SECRET}@shop.example/x", "a user or password in an address"),
        (f"s3://{SECRET}@bucket/x", "a user or password in an address"),
        (f"sftp://torgsoft:{SECRET}@shop.example/x", "a user or password in an address"),
        ("sftp://torgsoft:@shop.example/x", "a user or password in an address"),
        ("sftp://shop.example/x?y", "only addresses of the web have a `?`"),
        (f"https://shop.example/x?key={SECRET}", "a secret behind the `?`"),
        (f"https://shop.example/x?a=b&api_key={SECRET}", "a secret behind the `?`"),
        (f"https://shop.example/x?X-Amz-Signature={SECRET}", "a secret behind the `?`"),
        (f"https://shop.example/x?access_token={SECRET}", "a secret behind the `?`"),
        (f"https://shop.example/x?sig={SECRET}&se=1", "a secret behind the `?`"),
        ("https://shop.example/x?password", "a secret behind the `?`"),
    ],
)
def test_what_can_not_be_read(path: str, words: str) -> None:
    """It is a mistake of its key in both tables, and no secret is repeated."""
    with pytest.raises(ValueError, match=r".") as refused:
        source(path)
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)
    assert words in mistakes(path=path)["catalog.path"]
    assert words in mistakes("clients", path=path)["clients.path"]
    assert words in mistakes(path="a.trs", centers={"1": path, "2": "a.trs"})["catalog.centers.1"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("../a?b.trs", "../a?b.trs"),
        ("https://shop.example/x", "https://shop.example/x"),
        ("https://shop.example/x?shop=3", "https://shop.example/x?…"),
        ("ftp://a:b@shop.example/x", "ftp://a@shop.example/x"),
    ],
)
def test_what_people_see_of_an_address(path: str, shown: str) -> None:
    """Never what is behind the `?`: it may be a secret that was not recognised."""
    assert shown_source(path) == shown


@pytest.mark.parametrize(
    ("path", "server", "key", "words"),
    [
        ("a.trs", {"user": "x"}, "server.user", "only a server asks for it"),
        ("a.trs", {"allow_private": True}, "server.allow_private", "only a server asks for it"),
        ("https://a.example/x", {"endpoint": "https://s3.example"}, "server.endpoint", "only `s3://`"),
        ("s3://bucket/x", {"endpoint": "s3.example"}, "server.endpoint", "is not an address such as"),
        ("sftp://a.example/x", {"query": REFERENCE}, "server.query", "have a query"),
        ("sftp://u@a.example/x", {"user": "x"}, "server.user", "names a user too"),
        ("sftp://u@a.example/x", {"password": "x"}, "server.password", "give `{ env = "),
        ("https://a.example/x", {"query": "x"}, "server.query", "give `{ env = "),
        ("http://a.example/x", {}, "path", "`http://` is not encrypted"),
        ("https://a.example/x", {"shape": 1}, "server.shape", "there is no such key"),
    ],
)
def test_what_a_server_does_not_ask_for(path: str, server: dict[str, Any], key: str, words: str) -> None:
    """It would be ignored without a word, or sent unencrypted."""
    for table in ("catalog", "clients"):
        assert words in mistakes(table, path=path, server=server)[f"{table}.{key}"]


@pytest.mark.parametrize(
    ("path", "server"),
    [
        ("http://192.168.1.2/x", {"allow_private": True}),
        ("sftp://u@a.example/x", {"password": REFERENCE}),
        ("https://a.example/x", {"user": "u", "password": REFERENCE, "query": REFERENCE}),
        ("s3://bucket/x", {"user": "u", "password": REFERENCE, "endpoint": "https://s3.example"}),
    ],
)
def test_what_a_server_asks_for(path: str, server: dict[str, Any]) -> None:
    """A table of its own for each file that may be on a server."""
    settings = sync_object(catalog={"path": path, "server": server}, clients={"path": path, "server": server})
    assert settings.catalog.server == settings.clients.server == FileServer.model_validate(server)


def test_a_password_is_not_sent_to_several_servers() -> None:
    """Files of centers may be anywhere, but then nothing secret is asked for."""
    centers = {"1": "sftp://a.example/x", "2": "sftp://b.example/y"}
    assert mistakes(centers=centers) == {}
    for key, value in (("user", "u"), ("password", REFERENCE)):
        assert "on several servers" in mistakes(centers=centers, server={key: value})[f"catalog.server.{key}"]
    same = {"1": "sftp://a.example/x", "2": "sftp://a.example/y", "3": "z.trs"}
    assert mistakes(centers=same, server={"user": "u"}) == {}


def test_no_secret_is_in_the_document() -> None:
    """What `object show` prints has only the way to it."""
    server = {"user": "u", "password": REFERENCE}
    document = sync_object(catalog={"path": "sftp://a.example/x", "server": server}).document
    assert document["catalog"]["server"]["password"] == REFERENCE
