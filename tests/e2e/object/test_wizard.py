"""`torgsync object add` on a terminal: it asks in the order of the tabs, and tries each answer at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import EXAMPLE, Elsewhere, Home, Ran, SandboxAddress
from matrix import sampled

from torgsync.cli.base.program import Program

EXPORT = str(EXAMPLE / "TSGoods.trs")
PHOTOS = str(EXAMPLE / "photos")
URL = "https://shop.example/photos/"
GENERAL = ["My Prom", "full", EXPORT, "Взуття", PHOTOS, URL]
"""Name, token, export, product group, photo folder, its address."""
OTHERS = ["email, phone", "n", "y", "2, 8", "y", "n", "30m", "08:00-21:00", "y"]
"""Clients: found by, made; payments: fetched; centers, in stock, with photos; every, between; all fields."""
ANSWERS = GENERAL + OTHERS
NOTHING = ["", "", "n", "", "n", "n", "", "n"]
"""The other tabs, with as little as can be said: every default, and nothing else."""


@pytest.fixture
def empty(tmp_path: Path, sandbox_server: SandboxAddress, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home without any sync object, and a person at the terminal."""
    monkeypatch.setattr(Program, "asks", True)
    return Home(tmp_path / "home", EXAMPLE, sandbox_server)


def ask(home: Home, answers: list[str]) -> Ran:
    """Run the wizard with these answers, one a line."""
    return home.run("object", "add", stdin="".join(f"{answer}\n" for answer in answers))


def written(home: Home) -> list[str]:
    """Every file of a home but the log, which has what was refused."""
    files = (path.name for path in home.folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name != "torgsync.log")


def test_the_wizard_and_the_flags_make_the_same_file(
    empty: Home, tmp_path: Path, sandbox_server: SandboxAddress
) -> None:
    """Byte for byte, and the token next to it."""
    asked = ask(empty, ANSWERS)
    assert asked.code == 0
    for shown in (
        "✓ the token can read products, write products, read orders, read payment options",
        "✓ 40 goods, 52 columns, utf-8",
        "✓ 52 photos",
    ):
        assert shown in asked.err
    assert "full" not in asked.err
    assert "✓ ok       token      Prom.ua accepts it" in asked.lines
    other = Home(tmp_path / "other", EXAMPLE, sandbox_server)
    general = ("--api-key", "full", "--export", EXPORT, "--group", "Взуття", "--photos", PHOTOS)
    clients = ("--photos-url", URL, "--find-by", "email", "--find-by", "phone", "--no-create-clients")
    centers = ("--fetch-payments", "--center", "2", "--center", "8", "--only-in-stock")
    times = ("--no-only-with-photos", "--every", "30m", "--between", "08:00-21:00", "--all-fields")
    assert other.run("object", "add", "My Prom", *general, *clients, *centers, *times).code == 0
    assert written(empty) == written(other)
    for name in ("objects/my-prom.toml", "secrets/my-prom.token"):
        assert (empty.folder / name).read_bytes() == (other.folder / name).read_bytes()


def test_an_answer_that_does_not_work_is_asked_again(empty: Home, tmp_path: Path) -> None:
    """A taken name, a token without a right and an unknown one, a missing export, no folder, no address."""
    empty.run("object", "add", "Old", "--api-key", "full", "--export", EXPORT)
    again = ["y"]
    answers = [
        *("Old", "My Prom"),
        *("read-only", *again, "nobody", *again, "full"),
        *(str(tmp_path / "none.trs"), *again, EXPORT),
        *("Взутя", "Взуття", str(tmp_path / "none"), *again, PHOTOS, "shop.example", URL),
        *("phone, card", "phone", "y", "n", "1,4", "2, 8", "y", "n"),
        *("often", "36h", "2h", "8-21", "08:00", "08:00-08:00", "22:00-06:00", "n"),
    ]
    asked = ask(empty, answers)
    assert asked.code == 0
    for shown in (
        "! there is a sync object `Old` already",
        "it may not write products",
        "it is unknown, expired or revoked",
        "! there is no file",
        "! the export has no item in the group `Взутя`",
        "! the export has no stock for center `1`; its centers are 2, 8; the export has no stock",
        "! there is no folder of photos",
        "! `shop.example` is not an address",
        "! `card` is none of phone, email, name",
        '! "often" is not an interval such as `30m`, `2h` or `1d`',
        '! "36h" is longer than a day',
        '! "8" is not an hour such as `08:00`',
        '! "08:00" is not two hours such as "08:00-21:00"',
    ):
        assert shown in asked.err
    assert (empty.folder / "secrets" / "my-prom.token").read_text("utf-8") == "full\n"
    assert "nobody" not in asked.err
    assert empty.sandbox.products() == []


def test_an_answer_may_be_kept_all_the_same(empty: Home, tmp_path: Path) -> None:
    """The export may come later, and a token be given its right afterwards."""
    missing = str(tmp_path / "later.trs")
    asked = ask(empty, ["My Prom", "read-only", "n", missing, "n", "", "", *NOTHING])
    assert asked.code == 0
    assert missing in (empty.folder / "objects" / "my-prom.toml").read_text("utf-8")
    assert (empty.folder / "secrets" / "my-prom.token").read_text("utf-8") == "read-only\n"


def test_a_token_that_cannot_be_tried_is_kept(empty: Home, sandbox_server: SandboxAddress) -> None:
    """Without a network it cannot be checked; `doctor` does that later."""
    home = Home(empty.folder, empty.shop, Elsewhere("http://127.0.0.1:9/api/v1", sandbox_server.shop))
    asked = ask(home, ["My Prom", "full", EXPORT, "", "", *NOTHING])
    assert asked.code == 0
    assert "the token is kept, but could not be tried" in asked.err


@pytest.mark.parametrize("count", sampled(range(len(ANSWERS)), 1, 10))
def test_nothing_is_written_when_a_question_is_interrupted(empty: Home, count: int) -> None:
    """Neither an object nor a token, at whichever question the input ends or Ctrl-C is pressed."""
    asked = ask(empty, ANSWERS[:count])
    assert asked.code == 130
    assert not list(empty.folder.rglob("*.*"))


def test_what_the_new_object_can_do_without(empty: Home, sandbox_server: SandboxAddress) -> None:
    """Payment methods that cannot be fetched now leave an object that works; what is to do is shown."""
    home = Home(empty.folder, empty.shop, Elsewhere("http://127.0.0.1:9/api/v1", sandbox_server.shop))
    asked = ask(home, ["My Prom", "full", EXPORT, "", "", "", "", "y", "", "n", "n", "", "y"])
    assert asked.code == 5
    assert "torgsync payments fetch" in asked.out
    assert "next: torgsync update" in asked.err
    assert home.run("object", "list", "--format", "json").json["objects"][0]["problem"] is None


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("--between", "08:00-21:00"), "`--between` and `--days` need `--every`"),
        (("--every", "often"), '"often" is not an interval'),
        (("--every", "1h", "--days", "weekend"), '"weekend" is not weekdays'),
        (("--find-by", "card"), '"card" is not one of'),
        (("--keyring", "--api-key-env", "X"), "give either `--keyring` or `--api-key-env`"),
    ],
)
def test_flags_that_cannot_be(empty: Home, flags: tuple[str, ...], shown: str) -> None:
    """They are refused before anything is written."""
    token = () if "--api-key-env" in flags else ("--api-key", "full")
    ran = empty.run("object", "add", "My Prom", *token, "--export", EXPORT, *flags)
    assert ran.code in (3, 64)
    assert shown in ran.err
    assert written(empty) == []
