"""`torgsync doctor`: what keeps a synchronisation from working, and its cure; nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import NoReturn

import pytest
from homes import Elsewhere, Home, Ran

from torgsync.errors import Temporary
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import read_settings
from torgsync.i18n import verbatim
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.sandbox.quirks import Rights
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop
from torgsync.state.store import Store, open_store

ALL = (
    "read products",
    "write products",
    "read groups",
    "read orders",
    "read clients",
    "read payment options",
)


def lines(ran: Ran, subject: str) -> list[tuple[str, str, str]]:
    """Return state, message and cure of every line about a subject."""
    return [
        (row["state"], row["message"], row["hint"] or "")
        for row in ran.json["checks"]
        if row["subject"] == subject
    ]


def examine(home: Home, *args: str) -> Ran:
    """Run `doctor` as a program would."""
    return home.run("doctor", "--format", "json", *args)


def given(home: Home, **rights: str) -> None:
    """Give the token of the object these rights and no others."""
    home.sandbox.tokens["some"] = Rights(**rights)  # type: ignore[arg-type]  # the test knows them
    (home.shop / "token").write_text("some\n", "utf-8")


def test_all_is_well(home: Home) -> None:
    """Each check is one line; the shop and the state are unchanged."""
    (home.shop / "token").chmod(0o600)
    shown = home.run("doctor")
    assert (shown.code, shown.err) == (0, "")
    for right in ALL:
        assert f"✓ ok       right      the token can {right}" in shown.lines
    assert (
        "✓ ok       imports    8 of 8 imports left in these 24 hours; at most 50 requests a second"
        in shown.lines
    )
    (schedule,) = [line for line in shown.lines if "schedule" in line]
    assert schedule.startswith(
        "! warning  schedule   every 30 minutes, 08:00-21:00 by `OFFICE-PC\\olena`: of another"
    )
    assert "✓ ok       lock       no other run is working with this sync object" in shown.lines
    assert "✗" not in shown.out
    assert home.sandbox.products() == []
    ran = examine(home)
    assert (ran.json["object"], ran.json["exit"]) == ("My Prom", 0)
    assert home.run("doctor", "--format", "csv").lines[0] == "object,subject,state,message,hint"
    assert home.sync().code == 0


@pytest.mark.parametrize(
    ("rights", "lacks", "cabinet"),
    [
        (
            {"products": "read", "groups": "write", "orders": "read", "settings": "read"},
            "write products",
            "write",
        ),
        ({"products": "write", "groups": "write", "settings": "read"}, "read orders", "«Замовлення»"),
        (
            {"products": "write", "groups": "write", "orders": "read"},
            "read payment options",
            "«Способи оплати»",
        ),
    ],
)
def test_a_right_that_is_missing(home: Home, rights: dict[str, str], lacks: str, cabinet: str) -> None:
    """It is reported with its place in the cabinet; one that is not used yet is only a warning."""
    given(home, **rights)
    ran = examine(home)
    assert ran.code == 4
    (error,) = [line for line in lines(ran, "right") if line[0] == "error"]
    assert f"it may not {lacks}" in error[1]
    assert cabinet in error[2]
    assert ("warning", "the token cannot read clients") in [line[:2] for line in lines(ran, "right")]


def test_an_unknown_token(home: Home) -> None:
    """One line says how to create a new token."""
    (home.shop / "token").write_text("invented-unknown\n", "utf-8")
    ran = examine(home)
    assert ran.code == 4
    ((state, message, hint),) = lines(ran, "right")
    assert state == "error"
    assert "unknown, expired or revoked" in message
    assert "create a new token" in hint
    assert "invented-unknown" not in ran.out


def test_a_token_that_is_not_there(home: Home) -> None:
    """Prom is not asked."""
    (home.shop / "token").unlink()
    ran = examine(home)
    assert (ran.code, lines(ran, "right"), lines(ran, "Prom.ua")) == (3, [], [])
    assert lines(ran, "token")[0][0] == "error"


def test_prom_cannot_be_reached(home: Home) -> None:
    """It is temporary; everything else is still reported."""
    with serve(Shop()) as gone:
        address = gone.url
    ran = examine(Home(home.folder, home.shop, Elsewhere(address, home.sandbox)))
    assert (ran.code, lines(ran, "Prom.ua")[0][0]) == (5, "error")
    assert lines(ran, "export")[0][0] == "ok"


def test_an_export_that_is_old_or_missing(home: Home) -> None:
    """Torgsoft may have stopped writing it."""
    long_ago = datetime(2026, 1, 1).timestamp()  # noqa: DTZ001  # any moment
    os.utime(home.export, (long_ago, long_ago))
    (_, old) = lines(examine(home), "export")
    assert old[0] == "warning"
    assert "days ago" in old[1]
    assert "Torgsoft still writes it" in old[2]
    home.export.unlink()
    ran = examine(home)
    assert (ran.code, len(lines(ran, "export"))) == (3, 1)


def test_secrets_that_others_may_read(home: Home) -> None:
    """The token's file, and a token in the object itself."""
    token = home.shop / "token"
    token.chmod(0o644)
    assert (
        "warning",
        f"other users of this computer may read the token in `{token}`",
        f'chmod 600 "{token}"',
    ) in lines(examine(home), "token")
    home.edit_object('{ file = "token" }', '"full"')
    assert [line[0] for line in lines(examine(home), "token")] == ["warning"]


@pytest.mark.parametrize(
    ("subject", "section", "keys"),
    [
        (
            "publishing",
            "[catalog.photos]",
            'publish = "ftp://127.0.0.1:1/a"\npublish_password = { file = "password" }',
        ),
        (
            "outbox",
            "[clients]",
            '[orders]\noutbox = "in"\noutbox_password = { file = "password" }\n\n[clients]',
        ),
    ],
)
def test_passwords_that_others_may_read(home: Home, subject: str, section: str, keys: str) -> None:
    """A file outside of the home, which nothing narrows; one for its owner alone is not reported."""
    password = home.shop / "password"
    password.write_text("invented")
    home.edit_object(section, keys if section in keys else f"{section}\n{keys}")
    for mode, reported in ((0o644, True), (0o600, False)):
        password.chmod(mode)
        said = f"other users of this computer may read the password in `{password}`"
        line = ("warning", said, f'chmod 600 "{password}"')
        assert (line in lines(examine(home), subject)) is reported


def test_what_a_run_left_behind(home: Home) -> None:
    """An import that was not reconciled, and a day without imports."""
    home.edit_object("imports_per_day = 8", "imports_per_day = 1")
    assert home.sync().code == 0
    assert lines(examine(home), "imports")[0][:2] == (
        "warning",
        "0 of 1 imports left in these 24 hours; at most 50 requests a second",
    )
    (state,) = lines(examine(home), "state")
    assert str(home.folder / "state.db") in state[1]
    assert "products were last read from Prom.ua at" in state[1]


def test_another_run_holds_the_object(home: Home) -> None:
    """The message says who."""
    settings = read_settings(home.folder)
    store = open_store(settings.state_url)
    try:
        with running(JobContext(settings, load_object(home.object), store)):
            ran = examine(home)
    finally:
        store.close()
    assert ran.code == 10
    ((state, message, _),) = lines(ran, "lock")
    assert (state, "another run is working with" in message) == ("error", True)


def test_several_objects(home: Home) -> None:
    """Each is checked; the gravest exit code counts, also that of a file that cannot be read."""
    home.second_object("Other", "other.toml")
    ran = examine(home)
    assert [item["object"] for item in ran.json["objects"]] == ["My Prom", "Other"]
    (home.shop / "broken.toml").write_text("name = ", "utf-8")
    assert examine(home).code == 3
    assert home.run("doctor", "-o", "Other").code == 0


def test_the_schedule(home: Home) -> None:
    """A time that nothing calls is reported with a command, and so is one that failed."""
    home.run("schedule", "add", "--every", "1h")
    monday = datetime(2026, 11, 23, 10, 10, tzinfo=UTC)

    def shown(minutes: int) -> tuple[str, str, str]:
        ran = home.run("doctor", "--format", "json", now=monday + timedelta(minutes=minutes))
        return lines(ran, "schedule")[1]

    state, message, hint = shown(0)
    assert (state, hint) == ("warning", "torgsync schedule install")
    assert message.endswith(": nothing on this computer calls `sync --due`")
    state, message, hint = shown(20)
    assert (state, hint) == ("warning", "torgsync schedule install")
    assert message.endswith("not done at 2026-11-23 12:00; does anything call `sync --due`?")
    assert home.run("sync", "--due", now=monday + timedelta(minutes=20)).code == 0
    state, message, _ = shown(20)
    assert (state, message.split("; ")[1]) == ("ok", "next 2026-11-23 13:00")
    home.export.unlink()
    assert home.run("sync", "--due", now=monday + timedelta(minutes=50)).code == 3
    state, message, hint = shown(51)
    assert (state, hint) == ("warning", 'torgsync sync -o "My Prom"')
    assert message.endswith("the run of 2026-11-23 13:00 ended with exit code 3")


def test_an_object_that_accepts_orders_needs_the_right(home: Home) -> None:
    """With `accept` the right to write orders is tried, on no order at all."""
    home.edit_object("[clients]", "[orders]\naccept = true\n\n[clients]")
    assert "✓ ok       right      the token can write orders" in home.run("doctor").lines
    tokens = home.sandbox.tokens
    tokens["full"] = replace(tokens["full"], orders="read")
    ran = home.run("doctor")
    assert (ran.code, "it may not write orders" in ran.out) == (4, True)


def test_order_files_in_the_outbox_are_counted(filled: Home) -> None:
    """Those that Torgsoft has not taken, and those that could not be written."""
    filled.sandbox.place_order([("26901", 1)])
    filled.run("orders", "fetch")
    assert "1 order file for Torgsoft in `" in filled.run("doctor").out
    filled.edit_object("[clients]", '[orders]\noutbox = "TSGoods.trs"\n\n[clients]')
    filled.sandbox.place_order([("26901", 1)])
    filled.run("orders", "fetch")
    assert "! warning  outbox     1 order file could not be written yet" in filled.run("doctor").lines


STATELESS = {
    "object",
    "token",
    "photos",
    "export",
    "selection",
    "centers",
    "outbox",
    "payments",
    "right",
}
"""Subjects of lines that need no state."""


def damage(home: Home, _patch: pytest.MonkeyPatch) -> None:
    (home.folder / "state.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)


def replace_by_text(home: Home, _patch: pytest.MonkeyPatch) -> None:
    (home.folder / "state.db").write_text("no database at all\n" * 100, "utf-8")


def replace_by_folder(home: Home, _patch: pytest.MonkeyPatch) -> None:
    (home.folder / "state.db").unlink()
    (home.folder / "state.db").mkdir()


def open_read_only(home: Home, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TORGSYNC_STATE", f"sqlite:///file:{home.folder}/state.db?mode=ro&uri=true")


def fill_the_disk(_home: Home, patch: pytest.MonkeyPatch) -> None:
    """Fail in every transaction of a state that could be opened."""

    def full(*_: object, **__: object) -> NoReturn:
        raise Temporary(verbatim("the state cannot be used now: database or disk is full"))

    patch.setattr(Store, "transaction", full)


@pytest.mark.parametrize("spoil", [damage, replace_by_text, replace_by_folder, open_read_only, fill_the_disk])
def test_a_state_that_cannot_be_used(
    filled: Home, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Home, pytest.MonkeyPatch], None]
) -> None:
    """It is one line with the reason; every line that needs no state is there as before."""
    before = [row for row in examine(filled).json["checks"] if row["subject"] in STATELESS]
    spoil(filled, monkeypatch)
    ran = examine(filled)
    ((mark, _, _),) = lines(ran, "state")
    assert (mark, ran.code in (1, 5), ran.json["exit"]) == ("error", True, ran.code)
    assert [row for row in ran.json["checks"] if row["subject"] in STATELESS] == before
    assert lines(ran, "schedule")[0][0] == "warning"
    shown = filled.run("doctor")
    assert (shown.code, shown.out.count("✗ error    state")) == (ran.code, 1)


def test_the_gravest_exit_code_counts(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing export outweighs a state that is full for now; a full disk is a line of its own."""
    fill_the_disk(filled, monkeypatch)
    nothing = SimpleNamespace(free=7_000_000)
    monkeypatch.setattr("torgsync.jobs.config.doctor.disk_usage", lambda _folder: nothing)
    filled.export.unlink()
    ran = examine(filled)
    assert (ran.code, lines(ran, "disk")[0][:2]) == (3, ("warning", "7 MB free"))


def test_an_address_that_is_not_encrypted(home: Home) -> None:
    """It is refused before anything is asked, and named with the way to allow it."""
    away = Home(home.folder, home.shop, Elsewhere("http://192.0.2.1/api/v1", home.sandbox))
    ran = examine(away)
    ((mark, message, hint),) = lines(ran, "Prom.ua")
    assert (ran.code, mark) == (64, "error")
    assert message.startswith("`http://192.0.2.1` is not encrypted")
    allowing = 'torgsync object edit "My Prom" --set connection.insecure=true'
    assert hint.endswith(allowing)
    for command in ("update", "sync"):
        refused = away.run(command, "--format", "json", *(["--yes"] if command == "sync" else []))
        assert (refused.code, allowing in refused.json["error"]["hint"]) == (64, True)
    assert home.sandbox.log.records() == []
