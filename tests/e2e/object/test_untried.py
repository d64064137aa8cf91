"""`object check` and `doctor`: "ok" is said only of what was tried."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import Elsewhere, Home, Ran

from torgsync.files.config.settings import who
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
