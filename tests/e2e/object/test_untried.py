"""`object check` and `doctor`: "ok" is said only of what was tried."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import Elsewhere, Home, Ran

from torgsync.errors import TorgsyncError
from torgsync.files.config.settings import who
from torgsync.files.photos.storage import PhotoStorage
from torgsync.i18n import verbatim
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop


def marks(ran: Ran, subject: str) -> list[tuple[str, str]]:
    """Return mark and message of every line about a subject."""
    return [(row["state"], row["message"]) for row in ran.json["checks"] if row["subject"] == subject]


def without_photos(home: Home) -> None:
    for photo in (home.shop / "photos").iterdir():
        photo.rename(photo.with_name(f"no-good-{photo.name}"))


def without_folder(home: Home) -> None:
    home.edit_object('[catalog.photos]\nfolder = "photos" ', "[catalog.other]\nfolder = 1")
    text = home.object.read_text("utf-8")
    start = text.index("[catalog.other]")
    home.object.write_text(text[:start] + text[text.index("# --- Clients") :], "utf-8")


@pytest.mark.parametrize(
    ("change", "subject", "message"),
    [
        (
            lambda home: home.edit_object('# product_group = "Іграшки"', 'product_group = "Інша"'),
            "selection",
            "0 items go to Prom.ua; 40 stay out: outside the product group",
        ),
        (
            lambda home: home.edit_object('use = ["2", "8"]', 'use = ["2", "99"]'),
            "centers",
            "2 (used), 8; not in the export: `99`",
        ),
        (
            lambda home: home.edit_object('use = ["2", "8"]', 'use = []\nkeep = { "7" = 1 }'),
            "centers",
            "2, 8; not in the export: `7`",
        ),
        (
            lambda home: home.edit_export(lambda text: text.replace("2=", "=").replace("8=", "=")),
            "centers",
            (
                "the export has no stock of any center in `WarehouseQuantityForPartner`; the sync object "
                "names `2`, `8`"
            ),
        ),
        (without_photos, "photos", "no item that goes to Prom.ua has a photo"),
        (without_folder, "photos", "no item that goes to Prom.ua has a photo"),
        (
            lambda home: home.edit_object("https://shop", "ftp://shop"),
            "photos",
            "`ftp://` is not encrypted: photos could be replaced on the way to Prom.ua",
        ),
        (
            lambda home: home.edit_object("https://shop", "http://shop"),
            "photos",
            "`http://` is not encrypted: photos could be replaced on the way to Prom.ua",
        ),
        (
            lambda home: home.edit_object(
                "[clients]", '[orders]\noutbox = "ftp://127.0.0.1:1/a"\n\n[clients]'
            ),
            "outbox",
            "`ftp://` is not encrypted: names and phone numbers of buyers can be read on the way",
        ),
        (
            lambda home: home.edit_object("[clients]", "[connection]\ninsecure = true\n\n[clients]"),
            "connection",
            "`insecure = true` under `[connection]`: the token may go to Prom.ua unencrypted",
        ),
    ],
)
def test_what_is_not_in_order(home: Home, change: Callable[[Home], None], subject: str, message: str) -> None:
    """It is a warning of the check, and of `doctor`, and nothing else says that it is in order."""
    change(home)
    for command in ("check", "doctor"):
        ran = home.run(*(("object", "check") if command == "check" else ("doctor",)), "--format", "json")
        found = marks(ran, subject)
        assert ("warning", message) in found, (command, found)
        assert ran.code in ((0,) if subject != "outbox" else (0, 5)), command


def test_a_token_that_was_not_tried(home: Home) -> None:
    """`object check` never tries it; `doctor` says so where Prom.ua does not answer."""
    assert marks(home.run("object", "check", "--format", "json"), "token") == [
        ("warning", "there is one; it was not tried")
    ]
    (home.shop / "token").chmod(0o600)
    assert marks(home.run("doctor", "--format", "json"), "token") == []
    with serve(Shop()) as gone:
        address = gone.url
    ran = Home(home.folder, home.shop, Elsewhere(address, home.sandbox)).run("doctor", "--format", "json")
    assert marks(ran, "token") == [("warning", "6 rights of the token were not tried")]


CRONTAB = """#!/bin/sh
cat "$(dirname "$0")/table"
"""


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for crontab")
def test_a_schedule_that_nothing_calls(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in order once something is installed that calls it, by the program or by hand."""
    user, host, _ = who()
    home.edit_object("OFFICE-PC\\\\olena", f"{host}\\\\{user}")
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    (commands / "cat").symlink_to(shutil.which("cat", path=os.defpath) or "/bin/cat")
    (commands / "dirname").symlink_to(shutil.which("dirname", path=os.defpath) or "/usr/bin/dirname")

    morning = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)

    def looked(table: str | None) -> list[str]:
        crontab = commands / "crontab"
        if table is None:
            crontab.unlink(missing_ok=True)
        else:
            (commands / "table").write_text(table, "utf-8")
            crontab.write_text(CRONTAB, "utf-8")
            crontab.chmod(0o755)
        commands_run = (("object", "check"), ("doctor",))
        return [
            marks(home.run(*words, "--format", "json", now=morning), "schedule")[0][0]
            for words in commands_run
        ]

    assert looked(None) == ["warning", "warning"]
    assert looked("# 5 * * * * torgsync sync --due\n17 3 * * * backup\n") == ["warning", "warning"]
    assert looked("*/5 * * * * torgsync --home /srv/shop sync --due\n") == ["ok", "ok"]
    assert looked(home.run("schedule", "install", "--print", "--with", "cron").out) == ["ok", "ok"]


def publishing(home: Home, *settings: str) -> list[tuple[str, str]]:
    """Have photos published, and return what the check says of it."""
    given = [word for setting in settings for word in ("--set", f"catalog.photos.{setting}")]
    edited = home.run("object", "edit", "My Prom", *given)
    assert edited.code == 0, edited.err
    return marks(home.run("object", "check", "--format", "json"), "publishing")


def test_a_place_for_photos_is_tried(home: Home, tmp_path: Path) -> None:
    """A small file is written and removed; nothing else is made or looked at."""
    folder = tmp_path / "public"
    url = "https://shop.example/photos/"
    assert publishing(home, f"publish={folder}") == [("warning", f"there is no folder `{folder}` yet")]
    assert not folder.exists()
    folder.mkdir()
    done = f"photos can be written to `{folder}`; Prom.ua fetches them from `{url}`"
    assert publishing(home, f"publish=file://{folder}") == [("ok", done)]
    assert list(folder.iterdir()) == []
    assert marks(home.run("doctor", "--format", "json"), "publishing") == [("ok", done)]
    folder.rmdir()
    folder.write_text("a file")
    ((mark, message),) = publishing(home, f"publish={folder}")
    assert (mark, "cannot be used" in message) == ("warning", True)
    ((mark, message),) = publishing(home, f"publish={home.shop / 'photos'}")
    assert (mark, "in their own folder" in message) == ("warning", True)


def test_a_place_where_nothing_can_be_removed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos can be published there, but not cleaned."""

    def refuse(_storage: PhotoStorage, _name: str) -> bool:
        raise TorgsyncError(verbatim("not allowed"))

    monkeypatch.setattr(PhotoStorage, "remove", refuse)
    message = f"photos can be written to `{tmp_path}`, but not removed: `photos clean` will not work"
    assert publishing(home, f"publish={tmp_path}") == [("warning", message)]


def test_a_server_for_photos_that_cannot_be_used(home: Home) -> None:
    """Its password is nowhere shown, and what is not encrypted is said."""
    found = publishing(home, "publish=ftp://olena:hidden@127.0.0.1:1/photos")
    assert [mark for mark, _message in found] == ["warning"] * 3
    texts = [message for _mark, message in found]
    assert texts[0] == "`ftp://` is not encrypted: the password can be read on the way"
    assert "the password is in the sync object's file" in texts[1]
    assert texts[2].startswith("photos cannot be published on `ftp://olena@127.0.0.1:1/photos`: ")
    assert "hidden" not in "".join(texts)
    assert home.run("doctor").code == 5
    place = ("--photos-publish", "ftp://olena@127.0.0.1:1/photos")
    password = ("--set", 'catalog.photos.publish_password={ env = "NO_PW" }')
    assert home.run("object", "edit", "My Prom", *place, *password).code == 3
    assert home.run("object", "check").code == 3


def test_two_objects_that_publish_in_one_place(home: Home, tmp_path: Path) -> None:
    """The check of each names the other."""
    text = home.object.read_text("utf-8").replace('name = "My Prom"', 'name = "Second"')
    place = f'folder = "photos"\npublish = "{tmp_path.as_posix()}/public/"'
    home.object.write_text(home.object.read_text("utf-8").replace('folder = "photos" ', f"{place} "), "utf-8")
    (home.shop / "second.toml").write_text(text.replace('folder = "photos" ', f"{place} "), "utf-8")
    for name, other in (("My Prom", "Second"), ("Second", "My Prom")):
        found = marks(home.run("object", "check", name, "--format", "json"), "publishing")
        assert found[0][1].startswith(f"`{other}` publishes photos in the same place")
