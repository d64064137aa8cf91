"""`object add` and `object edit`: where photos are published, by answers and by options."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from homes import EXAMPLE, Home, Ran, SandboxAddress
from moto.server import ThreadedMotoServer
from servers import PASSWORD, FtpPlace, ftp_server

from torgsync.cli.base.program import Program

EXPORT, PHOTOS, URL = str(EXAMPLE / "TSGoods.trs"), str(EXAMPLE / "photos"), "https://shop.example/photos/"
GIVEN = ("object", "add", "My Prom", "--api-key", "full", "--export", EXPORT, "--photos", PHOTOS)
REST = ("--group", "", "--find-by", "phone", "--create-clients", "--no-fetch-payments", "--center", "2")
OTHERS = ("--no-only-in-stock", "--no-only-with-photos", "--every", "1d", "--between", "08:00-21:00")
ADD = (*GIVEN, *REST, *OTHERS, "--notify", "json://127.0.0.1:9/invented", "--all-fields")


@pytest.fixture
def empty(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A home without any sync object."""
    return Home(tmp_path / "home", EXAMPLE, sandbox_server)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpPlace]:
    """A server that takes a password."""
    with ftp_server(tmp_path_factory.mktemp("ftp")) as place:
        yield place


def asked(home: Home, monkeypatch: pytest.MonkeyPatch, *answers: str) -> Ran:
    """Run the wizard where only photos are still to be asked, and save what it made."""
    with monkeypatch.context() as patch:
        patch.setattr(Program, "asks", True)
        return home.run(*ADD, stdin="".join(f"{answer}\n" for answer in (*answers, "save")))


def made(home: Home, kind: str = "objects/my-prom.toml") -> str:
    return (home.folder / kind).read_text("utf-8")


def test_a_folder(empty: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried at once; the options make the same file."""
    folder = tmp_path / "public"
    folder.write_text("a file")
    tried = ("s3://shop", PHOTOS, str(folder), "1", str(tmp_path / "other"))
    ran = asked(empty, monkeypatch, "2", *tried, URL)
    assert ran.code == 0, ran.err
    assert "! this is the photo folder itself" in ran.err
    assert "`s3://shop` is no folder of this computer" in ran.err
    assert "cannot be used" in ran.err
    assert "✓ the folder will be made with the first photo" in ran.err
    assert f"  Photos are published: {tmp_path / 'other'}\n" in ran.err
    other = Home(tmp_path / "flags", EXAMPLE, empty.server)
    place = ("--photos-publish", str(tmp_path / "other"), "--photos-url", URL)
    assert other.run(*ADD, *place, "--yes").code == 0
    assert made(empty) == made(other)
    assert f'publish = "{tmp_path / "other"}"' in made(other)


def test_a_place_that_was_given_is_tried_too(
    empty: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it does not work, another one is asked."""
    folder = tmp_path / "public"
    folder.write_text("a file")
    answers = f"1\n{tmp_path}\n{URL}\nsave\n"
    monkeypatch.setattr(Program, "asks", True)
    ran = empty.run(*ADD, "--photos-publish", str(folder), stdin=answers)
    assert ran.code == 0, ran.err
    assert f"✓ photos can be written to `{tmp_path}`" in ran.err
    assert f'publish = "{tmp_path}"' in made(empty)


def test_a_server_with_a_password(
    empty: Home, server: FtpPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password is asked again; the right one is kept in a file of its own, and never shown."""
    place = f"ftp://127.0.0.1:{server.port}/photos"
    again = ("ftp://127.0.0.1:1/photos", "1", "torgsoft", "wrong-one", "1")
    ran = asked(
        empty, monkeypatch, "4", "http://x", "127.0.0.1/photos", *again, place, "1", "torgsoft", PASSWORD, URL
    )
    assert ran.code == 0, ran.err
    assert "it must begin with `sftp://`, `ftp://`" in ran.err
    assert "write how it is reached too: `sftp://127.0.0.1/photos`, `ftp://127.0.0.1/photos`" in ran.err
    assert "photos cannot be published on `ftp://127.0.0.1:1/photos`" in ran.err
    assert f"✓ photos can be written to `{place}`" in ran.err
    assert PASSWORD not in ran.err + ran.out + made(empty)
    assert made(empty, "secrets/my-prom.photos") == f"{PASSWORD}\n"
    assert (empty.folder / "secrets" / "my-prom.photos").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (server.folder / "photos").iterdir()] == []
    other = Home(tmp_path / "flags", EXAMPLE, empty.server)
    given = ("--photos-publish", place, "--photos-user", "torgsoft", "--photos-password", "-")
    ran = other.run(*ADD, *given, "--photos-url", URL, "--yes", stdin=f"{PASSWORD}\n")
    assert ran.code == 0, ran.err
    assert made(empty) == made(other)
    assert made(other, "secrets/my-prom.photos") == f"{PASSWORD}\n"
    assert other.run("object", "remove", "My Prom", "--yes").code == 0
    assert list((other.folder / "secrets").iterdir()) == []


def test_not_now(empty: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then photos on Prom.ua stay as they are, and the address is not asked."""
    ran = asked(empty, monkeypatch, "5")
    assert ran.code == 0, ran.err
    assert "  Photos: stay as they are\n" in ran.err
    assert "[catalog.photos]" not in made(empty)


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """The address of an S3 service."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    finally:
        server.stop()


def test_a_storage(empty: Home, storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket that is not there can be kept all the same; the key is not shown."""
    httpx.put(f"{storage}/shop")
    key = ("AKIA1", "hidden-key")
    again = ("2", "s3.example", storage, "1", *key, "1", "s3://shop/photos", "2", storage, "1", *key)
    ran = asked(empty, monkeypatch, "3", "none/photos", "s3://none/photos", *again, URL)
    assert ran.code == 0, ran.err
    assert "write how it is reached too: `s3://none/photos`" in ran.err
    assert "`s3.example` is not an address" in ran.err
    assert "photos cannot be published on `s3://none/photos`" in ran.err
    assert "✓ photos can be written to `s3://shop/photos`" in ran.err
    said = " ".join(ran.err.split())
    assert "check the bucket's name, the address of the storage and the access key" in said
    assert "with an access key" in said
    assert f"photos may have the address {storage}/shop/photos/ Address of the published photos on" in said
    for word in ("user", "with a password", "publish_"):
        assert word not in said
    assert "hidden-key" not in ran.err + ran.out
    for line in ('publish = "s3://shop/photos"', 'publish_user = "AKIA1"', f'publish_endpoint = "{storage}"'):
        assert line in made(empty)


def test_edit(home: Home, tmp_path: Path) -> None:
    """Every option has its key; what a kind of place was asked for goes with it."""
    ran = home.run("object", "edit", "My Prom", "--photos-publish", "S3://shop/photos")
    assert ran.code == 0, ran.err
    given = ("--photos-user", "olena", "--photos-password", "-", "--photos-endpoint", "https://s3.example")
    ran = home.run("object", "edit", "My Prom", *given, stdin="hidden\n")
    assert ran.code == 0, ran.err
    assert "hidden" not in ran.err
    shown = home.object.read_text("utf-8")
    for line in ('publish = "S3://shop/photos"', 'publish_user = "olena"', "my-prom.photos", "s3.example"):
        assert line in shown
    secret = home.folder / "secrets" / "my-prom.photos"
    assert secret.read_text("utf-8") == "hidden\n"
    assert home.run("object", "edit", "My Prom", "--photos-password", "second").code == 0
    assert secret.read_text("utf-8") == "second\n"
    assert home.run("object", "edit", "My Prom", "--photos-password", "-", stdin="\n").code == 64
    ran = home.run("object", "edit", "My Prom", "--photos-publish", "ftp://server.example/a", *given[:2])
    assert ran.code == 0, ran.err
    assert "catalog.photos.publish_endpoint: https://s3.example -> –" in ran.err
    shown = home.object.read_text("utf-8")
    assert ("publish_endpoint" in shown, "publish_password" in shown) == (False, False)
    assert 'publish_user = "olena"' in shown
    assert home.run("object", "edit", "My Prom", "--photos-publish", f"file://{tmp_path}").code == 0
    assert f'publish = "{tmp_path}"' in home.object.read_text("utf-8")
    assert "publish_user" not in home.object.read_text("utf-8")
    for place in ("ftp://olena:hidden@server.example/a", "sftp://server.example/a"):
        ran = home.run("object", "edit", "My Prom", "--photos-publish", place)
        assert (ran.code, "hidden" in ran.err, "server.example/a" in ran.err) == (0, False, True)
    ran = home.run("object", "edit", "My Prom", "--unset", "catalog.photos.publish")
    assert (ran.code, "publish = " in home.object.read_text("utf-8")) == (0, False)


@pytest.mark.parametrize(
    ("place", "key", "why"),
    [
        ("my-host.com/photos", "user", "only a server asks for it, and `publish` names none"),
        ("my-host.com/photos", "password", "only a server asks for it, and `publish` names none"),
        ("ftp://my-host.com/photos", "endpoint", "only `s3://` has such an address"),
        ("ftp://olena@my-host.com/photos", "user", "the address in `publish` names a user too"),
        ("ftp://olena:hidden@my-host.com/photos", "password", "the address in `publish` has a password too"),
    ],
)
def test_what_a_place_does_not_ask_for(home: Home, tmp_path: Path, place: str, key: str, why: str) -> None:
    """It is refused, and nothing is written: a server without its `sftp://` is no folder."""
    empty = Home(tmp_path / "other", EXAMPLE, home.server)
    value = "https://s3.example" if key == "endpoint" else "hidden"
    given = ("--photos-publish", place, f"--photos-{key}", value)
    added = empty.run(*ADD, *given, "--photos-url", URL, "--yes")
    before = home.object.read_text("utf-8")
    edited = home.run("object", "edit", "My Prom", *given)
    for ran in (added, edited):
        assert (ran.code, "hidden" in ran.err) == (3, False), ran.err
        assert f"catalog.photos.publish_{key}  {why}" in " ".join(ran.err.split()).replace(": ", "  ")
    assert home.object.read_text("utf-8") == before
    assert not (home.folder / "secrets" / "my-prom.photos").exists()


def test_two_passwords_of_an_outbox(home: Home) -> None:
    """It would be unknown which one counts."""
    outbox = ("--set", "orders.outbox=ftp://olena:hidden@server.example/a")
    ran = home.run("object", "edit", "My Prom", *outbox, "--set", 'orders.outbox_password={ env = "X" }')
    assert ran.code == 3
    assert "the address in `outbox` has a password too; keep it only here" in ran.err


def test_paths_are_relative_to_the_object(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are below its folder; others are whole, without steps back."""
    shop = home.folder / "shop"
    shutil.copytree(EXAMPLE, shop)
    monkeypatch.chdir(shop)
    given = ("--export", "TSGoods.trs", "--photos", "photos", "--photos-publish", "../pub")
    ran = home.run("object", "edit", "my-prom.toml", *given)
    assert ran.code == 0, ran.err
    shown = (shop / "my-prom.toml").read_text("utf-8")
    for line in ('path = "TSGoods.trs"', 'folder = "photos"', f'publish = "{home.folder / "pub"}"'):
        assert line in shown


def test_options_that_need_another(empty: Home) -> None:
    """A user without a place says nothing."""
    ran = empty.run(*ADD, "--photos-user", "olena", "--yes")
    assert (ran.code, "need `--photos-publish`" in ran.err) == (64, True)


def test_the_example(tmp_path: Path, empty: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its photos can be published next to it."""
    shutil.copytree(EXAMPLE.parent, tmp_path / "examples")
    monkeypatch.setenv("MY_PROM_TOKEN", "full")
    example = tmp_path / "examples" / "photos" / "my-prom.toml"
    assert empty.run("photos", "publish", "--yes", "-o", str(example)).code == 0
    assert len(list((example.parent / "public").iterdir())) == 37
    assert empty.run("photos", "publish", "--yes", "-o", str(example)).code == 0
    checked = empty.run("object", "check", str(example))
    assert (checked.code, "ok       publishing" in checked.out) == (0, True)
