"""Tokens: where they are stored, and that they are nowhere else."""

from __future__ import annotations

import builtins
import sys
import traceback
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import keyring
import pytest
from homes import Home, Ran
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError
from matrix import sampled
from receivers import closed_port

from torgsync.files.config.objects import load_object
from torgsync.sandbox.quirks import Rights

TOKEN = "invented-9c41f7-token"


class Ring(KeyringBackend):
    """A keyring in memory; a locked one refuses everything."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> dict[tuple[str, str], str]:
        if self.locked:
            raise KeyringLocked("the collection is locked")
        return self.kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self._open():
            raise PasswordDeleteError("not found")
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """The keyring of the user's system."""
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def secret(home: Home) -> Home:
    """The example shop with a token that occurs nowhere by chance."""
    home.sandbox.tokens[TOKEN] = Rights.full()
    (home.shop / "token").write_text(TOKEN, "utf-8")
    return home


# The keyring


def test_a_token_in_the_keyring(secret: Home, ring: Ring) -> None:
    """It is stored, used, changed and deleted there; no file holds it."""
    home = secret
    moved = home.run("object", "edit", "--api-key", "-", "--keyring", stdin=f"{TOKEN}\n")
    assert (moved.code, moved.err) == (0, "the token is in the system's keyring as `my-prom`\n")
    assert ring.kept == {("torgsync", "my-prom"): TOKEN}
    assert 'api_key = {keyring = "my-prom"}' in home.object.read_text("utf-8")
    (home.shop / "token").unlink()
    assert home.sync().code == 0
    assert TOKEN.encode() not in home.everything_written()
    assert home.run("object", "edit", "--api-key", "another").code == 0
    assert ring.kept == {("torgsync", "my-prom"): "another"}
    assert home.run("object", "remove", "--yes").err.startswith(f"removed `{home.object}` and its token\n")
    assert ring.kept == {}


def test_a_new_object_with_its_token_in_the_keyring(secret: Home, ring: Ring) -> None:
    """No file is made for it; one that was in `secrets` for the object goes when it moves."""
    export = ("--export", str(secret.export))
    assert secret.run("object", "add", "New", "--api-key", TOKEN, "--keyring", *export).code == 0
    assert ring.kept == {("torgsync", "new"): TOKEN}
    assert not (secret.folder / "secrets").exists()
    assert secret.run("object", "add", "Old", "--api-key", TOKEN, *export).code == 0
    assert (secret.folder / "secrets" / "old.token").exists()
    assert secret.run("object", "edit", "Old", "--api-key", TOKEN, "--keyring").code == 0
    assert not (secret.folder / "secrets" / "old.token").exists()
    assert secret.run("object", "check", "Old").code == 0


def test_the_password_of_a_place_for_photos_in_the_keyring(secret: Home, ring: Ring) -> None:
    """It is kept as the token is, replaced there, and forgotten with the object."""
    photos = ("--photos", str(secret.shop / "photos"), "--photos-url", "https://shop.example/photos/")
    server = "ftp://127.0.0.1:1/photos"
    place = ("--photos-publish", server, "--photos-user", "olena", "--photos-password", "first")
    given = ("--api-key", TOKEN, "--keyring", "--export", str(secret.export), *photos, *place)
    assert secret.run("object", "add", "New", *given).code == 0
    assert ring.kept == {("torgsync", "new"): TOKEN, ("torgsync", "new.photos"): "first"}
    assert not (secret.folder / "secrets").exists()
    assert secret.run("object", "edit", "New", "--photos-password", "second").code == 0
    assert ring.kept["torgsync", "new.photos"] == "second"
    assert secret.run("object", "remove", "New", "--yes").code == 0
    assert ring.kept == {}


def test_a_keyring_that_does_not_answer(secret: Home, ring: Ring) -> None:
    """Locked, empty, or none at all: reported at its place, and nothing is changed."""
    secret.run("object", "edit", "--api-key", TOKEN, "--keyring")
    ring.locked = True
    shown = secret.run("sync", "--yes")
    assert shown.code == 3
    assert "the system's keyring cannot be used: the collection is locked" in shown.err
    before = secret.object.read_bytes()
    refused = secret.run("object", "edit", "--api-key", "another")
    assert (refused.code, secret.object.read_bytes()) == (1, before)
    assert "hint: unlock it, or keep the token in a file" in refused.err
    ring.locked = False
    ring.kept.clear()
    assert "there is no token under `my-prom` in the system's keyring" in secret.run("sync", "--yes").err
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    assert "this system has no keyring that can be used" in secret.run("sync", "--yes").err
    assert secret.run("object", "remove", "--yes").code == 0


def test_a_program_without_the_keyring_library(
    secret: Home, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra that is missing is named."""
    secret.run("object", "edit", "--api-key", TOKEN, "--keyring")
    assert ring.kept
    imported = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name == "keyring":
            raise ImportError(name)
        return imported(name, *args, **more)  # type: ignore[arg-type]  # whatever was asked

    monkeypatch.setattr(builtins, "__import__", without)
    assert "[keyring]" in secret.run("object", "check").out


def test_the_keyring_needs_a_token(secret: Home) -> None:
    """It is not moved by guessing."""
    assert "`--keyring` needs the token too" in secret.run("object", "edit", "--keyring").err


# Nowhere else


KEPT = {
    "file": '{ file = "token" }',
    "environment": '{ env = "MY_PROM_TOKEN" }',
    "keyring": '{ keyring = "my-prom" }',
    "literal": f'"{TOKEN}"',
}
COMMANDS = (
    "object list --format json",
    "object show",
    "object show --format json",
    "object show --format csv",
    "object show --format toml",
    "object show --explain",
    "object check",
    "object check --format json",
    "object edit --set removal.gone=hide",
    "doctor",
    "doctor --format json",
    "payments fetch",
    "payments list --format json",
    "fields list --format csv",
    "update --show all",
    "-v -v update --format json",
    "-v -v sync --yes --format json",
    "-v update --full-refresh",
    "sync --due",
    "status",
    "status --format json",
    "status --format prometheus",
    "why 26901",
    "why 26901 --format json",
    "orders list --format json",
    "clients list",
    "payments report",
    "schedule list",
    "schedule install --print --with cron",
    "schedule install --print --with systemd",
    "schedule install --print --with windows",
)


def nowhere(home: Home, ran: Ran, way: str) -> None:
    """Assert that the token is in nothing that was printed or written."""
    assert TOKEN not in ran.out + ran.err
    if way == "literal":  # the file itself holds it, as its owner wanted
        home.object.rename(home.folder.parent / "aside.toml")
    written = home.everything_written()
    if way == "literal":
        (home.folder.parent / "aside.toml").rename(home.object)
    assert TOKEN.encode() not in written


@pytest.mark.parametrize("way", sampled(KEPT, "literal"))
def test_no_command_shows_a_token(
    secret: Home, ring: Ring, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    """Neither what it prints, nor logs, plans, reports, the journal and any other file."""
    caplog.set_level(0)
    ring.set_password("torgsync", "my-prom", TOKEN)
    monkeypatch.setenv("MY_PROM_TOKEN", TOKEN)
    secret.edit_object('{ file = "token" }', KEPT[way])
    for command in COMMANDS:
        ran = secret.run(*command.split())
        assert ran.code in (0, 8), f"{command}: {ran.err}"
        nowhere(secret, ran, way)
    assert len(secret.sandbox.products()) == 39
    assert TOKEN not in caplog.text
    assert "GET" in caplog.text


FAULTS = ["500", "429", "cut", "lost", "truncated", "web-page status=200", "web-page status=403"]


@pytest.mark.parametrize(
    ("way", "fault"), sampled(product(KEPT, FAULTS), ("literal", "cut"), ("file", "web-page status=403"))
)
def test_no_failure_shows_a_token(
    secret: Home, ring: Ring, monkeypatch: pytest.MonkeyPatch, way: str, fault: str
) -> None:
    """Whatever Prom answers, also where a run breaks off."""
    ring.set_password("torgsync", "my-prom", TOKEN)
    monkeypatch.setenv("MY_PROM_TOKEN", TOKEN)
    secret.edit_object('{ file = "token" }', KEPT[way])
    secret.misbehave(f"ANY * {fault}")
    for command in ("sync --yes", "-v sync --yes --format json", "doctor", "payments fetch"):
        ran = secret.run(*command.split())
        assert ran.code != 0
        nowhere(secret, ran, way)


@pytest.mark.parametrize("way", sampled(KEPT, "literal"))
def test_no_traceback_shows_a_token(
    secret: Home, ring: Ring, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A bug shows a traceback, and that, too, can be sent to others: with the settings in its message."""
    ring.set_password("torgsync", "my-prom", TOKEN)
    monkeypatch.setenv("MY_PROM_TOKEN", TOKEN)
    secret.edit_object('{ file = "token" }', KEPT[way])
    settings = load_object(secret.object).settings

    def broken(_client: httpx.Client, request: httpx.Request, **_more: object) -> None:
        message = (
            f"a bug: {settings!r} {settings.model_dump()} {settings.model_dump_json()} {request.headers}"
        )
        raise RuntimeError(message)

    monkeypatch.setattr(httpx.Client, "send", broken)
    with pytest.raises(RuntimeError) as crashed:
        secret.run("sync", "--yes")
    shown = "".join(traceback.format_exception(crashed.value))
    assert "a bug: " in shown
    assert TOKEN not in shown
    nowhere(secret, Ran(1, shown, ""), way)


def test_a_token_that_no_header_can_carry(secret: Home) -> None:
    """It is refused before the HTTP library, whose error would show it."""
    for token in (f"{TOKEN}\u2019", f"{TOKEN} x", f"{TOKEN}\x07"):
        (secret.shop / "token").write_text(token, "utf-8")
        ran = secret.run("sync", "--yes")
        assert (ran.code, TOKEN in ran.out + ran.err) == (3, False)


def test_a_token_on_the_command_line_of_a_mistake(secret: Home) -> None:
    """Neither is it shown where the rest of the command line is wrong."""
    for args in (
        ("object", "edit", "--api-key", TOKEN, "--set", "removl.gone=hide"),
        ("object", "add", "My Prom", "--api-key", TOKEN, "--export", "x"),
        ("object", "add", "New", "--api-key", TOKEN, "--nonsense"),
        ("object", "edit", "--set", f"api_key={TOKEN} x"),
        ("object", "edit", "--set", f"api_key={TOKEN}"),
    ):
        ran = secret.run(*args)
        assert TOKEN not in ran.out + ran.err


def test_files_of_tokens_are_their_owners(secret: Home, tmp_path: Path) -> None:
    """Whatever the umask is."""
    if sys.platform == "win32":
        pytest.skip("Windows has rights of its own")
    assert tmp_path.is_dir()
    assert secret.run("object", "add", "New", "--api-key", TOKEN, "--export", str(secret.export)).code == 0
    token = secret.folder / "secrets" / "new.token"
    assert (token.stat().st_mode & 0o777, token.parent.stat().st_mode & 0o077) == (0o600, 0)


PLACES = {"literal": '"{}"', "env": '{{ env = "INVENTED_ADDRESS" }}', "file": '{{ file = "{}" }}'}


@pytest.mark.parametrize("way", PLACES)
def test_addresses_of_people_and_monitors_are_not_shown(
    secret: Home,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    way: str,
) -> None:
    """Neither where they are tried and fail, nor in what is shown of the settings, logged or kept."""
    caplog.set_level(0, "torgsync")
    caplog.set_level(0, "httpx")
    caplog.set_level(0, "urllib3")
    person = f"json://olena:{TOKEN}@127.0.0.1:{closed_port()}/"
    monitor = f"http://127.0.0.1:{closed_port()}/ping/{TOKEN}"
    kept = []
    for name, address in (("to", person), ("heartbeat", monitor)):
        (secret.shop / f"{name}.address").write_text(address, "utf-8")
        monkeypatch.setenv(f"INVENTED_{name.upper()}", address)
        text = PLACES[way].format(f"{name}.address" if way == "file" else address)
        kept.append(text.replace("INVENTED_ADDRESS", f"INVENTED_{name.upper()}"))
    (secret.shop / "token").write_text("full", "utf-8")
    secret.sandbox.tokens["full"] = Rights.full()
    with secret.object.open("a", encoding="utf-8") as file:
        file.write(f"\n[notify]\nto = [{kept[0]}]\nheartbeat = {kept[1]}\n")
    for command in (
        "notify test --heartbeat",
        "notify test --format json",
        "object show",
        "object show --format json",
        "object show --explain",
        "object check",
        "object edit --set removal.gone=hide",
        "-vv --record recorded.jsonl sync --yes --format json",
        "doctor",
        "update --out saved.plan",
        "schedule install --print --with cron",
        "history",
    ):
        monkeypatch.chdir(secret.folder)
        ran = secret.run(*command.split())
        assert TOKEN not in ran.out + ran.err, command
    secret.sandbox.tokens.clear()
    assert secret.run("sync", "--yes").code == 4
    assert "was not notified" in secret.run("-vv", "sync", "--yes").err
    assert TOKEN not in caplog.text + "".join(capfd.readouterr())
    for name in ("to", "heartbeat"):
        (secret.shop / f"{name}.address").unlink()
    if way == "literal":
        secret.object.unlink()
    assert TOKEN.encode() not in secret.everything_written()
