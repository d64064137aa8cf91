"""`torgsync object add` on a terminal: it asks in the order of the tabs, and tries each answer at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from homes import EXAMPLE, Elsewhere, Home, Ran, SandboxAddress
from matrix import sampled

from torgsync.cli.base.program import Program

if os.name != "nt":
    from terminals import Typist

EXPORT = str(EXAMPLE / "TSGoods.trs")
PHOTOS = str(EXAMPLE / "photos")
URL = "https://shop.example/photos/"
ADDRESS = "tgram://123456:invented/789"
IBAN = "UA213223130000026007233566001"
GENERAL = ["My Prom", "full", EXPORT, "Взуття", "2", PHOTOS, "1", URL]
"""Name, token, export, product group, photos from a folder, its path, by a web server, address."""
PLACES = ["1", "Каса 1", "another current account…", IBAN, "decide later"]
OTHERS = ["email phone", "n", "y", *PLACES, "2, 8", "y", "n", "30m", "2", "08:00-21:00", ADDRESS, "y"]
"""Clients: found by, made; payments: fetched; centers, in stock, with photos; every, between; all fields."""
ANSWERS = [*GENERAL, *OTHERS, "save"]
NOTHING = ["", "", "", "n", "", "n", "n", "", "n", ""]
"""The other tabs, with as little as can be said: every default, and nothing else; and the summary."""
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")


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


def by_flags(home: Home) -> None:
    """Make the object of ANSWERS without a question."""
    general = ("--api-key", "full", "--export", EXPORT, "--group", "Взуття", "--photos", PHOTOS)
    clients = ("--photos-url", URL, "--find-by", "email", "--find-by", "phone", "--no-create-clients")
    centers = ("--fetch-payments", "--center", "2", "--center", "8", "--only-in-stock")
    times = ("--no-only-with-photos", "--every", "30m", "--between", "08:00-21:00", "--notify", ADDRESS)
    assert (
        home.run("object", "add", "My Prom", *general, *clients, *centers, *times, "--all-fields").code == 0
    )
    assert home.run("payments", "map", "Пром-оплата", "--cash-register", "Каса 1").code == 0
    assert home.run("payments", "map", "Накладений платіж", "--current-account", IBAN).code == 0


def same_object(home: Home, other: Home) -> bool:
    """Return whether the object and the token of two homes are equal byte for byte."""
    names = ("objects/my-prom.toml", "secrets/my-prom.token")
    return all((home.folder / name).read_bytes() == (other.folder / name).read_bytes() for name in names)


def test_the_wizard_and_the_flags_make_the_same_file(
    empty: Home, tmp_path: Path, sandbox_server: SandboxAddress
) -> None:
    """Byte for byte, and the token next to it."""
    asked = ask(empty, ANSWERS)
    assert asked.code == 0
    for shown in (
        "1 of 6: General",
        "✓ the token can read products, write products, read orders, read payment options",
        "✓ 40 items, 52 columns, utf-8",
        "   6    Жіноче взуття  (11 items, 25 pieces)",
        "✓ 52 photos",
        "3 of 6: Payment methods",
        "2  2  (35 items, 186 pieces)",
        "6 of 6: Synchronization files",
        "  Money of `Накладений платіж`: current account `UA213223130000026007233566001`",
        "  Hours: 08:00-21:00",
        "  Messages go to: tgram://…",
        'then: torgsync payments map "Оплата на карту" --cash-register "REGISTER NAME" -o "My Prom"',
    ):
        assert shown in asked.err
    assert not {"full", ADDRESS} & {*asked.err.split()}
    assert (empty.folder / "secrets" / "my-prom.notify").read_text("utf-8") == f"{ADDRESS}\n"
    assert "✓ ok       token          Prom.ua accepts it" in asked.lines
    other = Home(tmp_path / "other", EXAMPLE, sandbox_server)
    by_flags(other)
    assert set(written(empty)) == set(written(other))
    assert same_object(empty, other)


def test_an_answer_that_does_not_work_is_asked_again(empty: Home, tmp_path: Path) -> None:
    """A taken name, a token without a right and an unknown one, a missing export, no folder, no address."""
    empty.run("object", "add", "Old", "--api-key", "full", "--export", EXPORT, "--yes")
    again = ["1"]
    answers = [
        *("Old", "My Prom"),
        *("read-only", *again, "nobody", *again, "full"),
        *(str(tmp_path / "none.trs"), *again, f'"{EXPORT}"'),
        *("Взутя", "Взуття", "2", str(tmp_path / "none"), *again, PHOTOS, "1", "shop.example", URL),
        *("card", "phone", "maybe", "y", "y", "2", "UA213223130000026007233566002", IBAN, "4", "4"),
        *("1,4", "2, 8", "y", "n"),
        *(
            "6",
            "often",
            "36h",
            "2h",
            "2",
            "8-21",
            "08:00",
            "08:00-08:00",
            "22:00-06:00",
            "olena",
            "",
            "n",
            "save",
        ),
    ]
    asked = ask(empty, answers)
    assert asked.code == 0
    for shown in (
        "! there is already a sync object `Old`",
        "it may not write products",
        "it is unknown, expired or revoked",
        "! there is no file",
        "! `Взутя` is not one of these answers",
        "! there is no folder of photos",
        "! `shop.example` is not a whole address",
        "! `UA213223130000026007233566002` is not an IBAN",
        "! `card` is not one of these answers",
        "! Please answer y or n",
        "! `1` is not one of these answers: 2, 8",
        '! "often" is not an interval such as `30m`, `2h` or `1d`',
        '! "36h" is longer than a day',
        '! "8" is not an hour such as `08:00`',
        "! `08:00` is not two hours such as `08:00-21:00`",
        "! this is not an address such as `tgram://…`",
    ):
        assert shown in asked.err
    assert (empty.folder / "secrets" / "my-prom.token").read_text("utf-8") == "full\n"
    assert "nobody" not in asked.err
    assert empty.sandbox.products() == []


def test_an_answer_may_be_kept_all_the_same(empty: Home, tmp_path: Path) -> None:
    """The export may come later, and a token be given its right afterwards; what it has is typed.

    What was tried and failed is said, with the commands that mend it, in place of the first look.
    """
    missing = str(tmp_path / "later.trs")
    asked = ask(empty, ["My Prom", "read-only", "2", missing, "2", "2", "Взуття", *NOTHING])
    assert asked.code == 4
    assert "then enter it here" in asked.err
    assert "  Token: Prom.ua refused it\n" in asked.err
    assert "✗ error    token      Prom.ua refused the token of `My Prom`: it may not write" in asked.out
    assert [line for line in asked.err.splitlines() if line.startswith(("next: ", "then: "))] == [
        'next: torgsync object edit "My Prom" --api-key -',
        'then: torgsync object edit "My Prom" --export FILE',
        'then: torgsync object check "My Prom"',
    ]
    text = (empty.folder / "objects" / "my-prom.toml").read_text("utf-8")
    assert missing in text
    assert 'product_group = "Взуття"' in text
    assert (empty.folder / "secrets" / "my-prom.token").read_text("utf-8") == "read-only\n"


def test_an_export_may_be_on_a_server(empty: Home) -> None:
    """What its server asks for is asked too, and kept as the token is; the address itself has no secret."""
    refused = "sftp://torgsoft:g3heim@shop.example/TSGoods.trs"
    first = ("sftp://127.0.0.1:1/TSGoods.trs", "1", "torgsoft", "g3heim")
    other = ("s3://bucket/TSGoods.trs", "2", "https://127.0.0.1:1", "1", "KEY", "g3heim")
    third = ("https://127.0.0.1:1/TSGoods.trs", "2")
    last = ("sftp://torgsoft@127.0.0.1:1/TSGoods.trs", "g3heim")
    places = (refused, *first, "1", *other, "1", *third, "1", *last, "2")
    asked = ask(empty, ["My Prom", "full", *places, "1", *NOTHING])
    assert asked.code == 3, asked.err
    said = " ".join(asked.err.split())
    assert "! a user or password in an address is seen by everyone who reads it" in said
    assert said.count("it is this computer, or one of a private network: 127.0.0.1") == 4
    assert "Export: sftp://torgsoft@127.0.0.1:1/TSGoods.trs" in said
    assert "g3heim" not in said + asked.out
    assert (empty.folder / "secrets" / "my-prom.export").read_text("utf-8") == "g3heim\n"
    text = (empty.folder / "objects" / "my-prom.toml").read_text("utf-8")
    assert 'path = "sftp://torgsoft@127.0.0.1:1/TSGoods.trs"' in text
    assert "../secrets/my-prom.export" in text


def test_a_way_back_and_a_change_before_saving(empty: Home) -> None:
    """`<` returns to the question before; of the summary one answer is changed, and what it decides.

    Back from an answer that is to be changed, and from what it decides, every answer is as it was.
    """
    back = ["My Prom", "full", EXPORT, "Взуття", "<", "Краса", "1", "phone", "<", "<", "2", "<", "1"]
    rest = ["email", "y", "n", "-", "n", "n", "1h", "1", "", "y"]
    kept = ["change", "Export", "<", "change", "Export", EXPORT, "<", "<"]
    changed = ["change", "Schedule", "1", "change", "<", "change", "Name", "Two", "1"]
    asked = ask(empty, [*back, *rest, *kept, *changed])
    assert asked.code == 0
    (path,) = (empty.folder / "objects").glob("*.toml")
    text = path.read_text("utf-8")
    assert path.name == "two.toml"
    assert 'product_group = "Краса"' in text
    assert re.search(r'find_by = \[\s*"email",?\s*\]', text)
    assert "[catalog.photos]" not in text
    assert "\n[[synchronization_times]]" not in text


def test_what_is_not_given_is_asked(empty: Home) -> None:
    """What is given is tried in the place of its question, and asked only where it does not work."""
    given = ("My Prom", "--api-key", "nobody", "--export", EXPORT, "--find-by", "name", "--every", "3h")
    rest = ["Взуття", "", "n", "n", "", "n", "n", "", "n", "save"]
    asked = empty.run("object", "add", *given, stdin="".join(f"{one}\n" for one in ["1", "full", *rest]))
    assert asked.code == 0
    for shown in ("it is unknown, expired or revoked", "✓ 40 items", "found: by name", "every 3 hours"):
        assert shown in asked.err
    assert asked.err.count("Name of the object") == asked.err.count("File that Torgsoft writes") == 0
    assert 'product_group = "Взуття"' in (empty.folder / "objects" / "my-prom.toml").read_text("utf-8")


def test_nothing_is_asked_with_yes(empty: Home) -> None:
    """What is not given has its default; what every object needs must be given."""
    assert empty.run("object", "add", "My Prom", "--export", EXPORT, "--yes").code == 64
    made = empty.run("object", "add", "My Prom", "--api-key", "full", "--export", EXPORT, "--yes")
    assert (made.code, "? " in made.err, "[" in made.err) == (0, False, False)


def test_leaving_at_the_summary_saves_nothing(empty: Home) -> None:
    """Neither an object nor a token."""
    asked = ask(empty, [*ANSWERS[:-1], "leave"])
    assert (asked.code, asked.out) == (0, "")
    assert asked.err.endswith("nothing was saved\n")
    assert written(empty) == []


def test_a_token_that_cannot_be_tried_is_kept(empty: Home, sandbox_server: SandboxAddress) -> None:
    """Without a network it cannot be checked; `doctor` does that later."""
    home = Home(empty.folder, empty.shop, Elsewhere("http://127.0.0.1:9/api/v1", sandbox_server.shop))
    asked = ask(home, ["My Prom", "full", EXPORT, "", *NOTHING])
    assert asked.code == 0
    assert "the token is kept, but could not be tried" in asked.err


@pytest.mark.parametrize("count", sampled(range(len(ANSWERS)), 1, 10))
def test_nothing_is_written_when_a_question_is_interrupted(empty: Home, count: int) -> None:
    """Neither an object nor a token, at whichever question the input ends or Ctrl-C is pressed."""
    asked = ask(empty, ANSWERS[:count])
    assert asked.code == 130
    assert "stopped by you; nothing was saved" in asked.err
    assert not list(empty.folder.rglob("*.*"))


def test_what_the_new_object_can_do_without(empty: Home, sandbox_server: SandboxAddress) -> None:
    """Payment methods that cannot be fetched now leave an object that works; what is to do is shown."""
    home = Home(empty.folder, empty.shop, Elsewhere("http://127.0.0.1:9/api/v1", sandbox_server.shop))
    asked = ask(home, ["My Prom", "full", EXPORT, "", "", "", "", "y", "", "n", "n", "", "y", ""])
    assert asked.code == 5
    assert "torgsync payments fetch" in asked.out
    assert "next: torgsync update" in asked.err
    assert home.run("object", "list", "--format", "json").json["objects"][0]["problem"] is None


def test_a_token_that_is_refused_after_the_object_was_made(empty: Home) -> None:
    """Without a question as well: the next step is the one that mends it."""
    flags = ("--export", EXPORT, "--fetch-payments", "--all-fields", "--yes")
    made = empty.run("object", "add", "My Prom", "--api-key", "nobody", *flags)
    assert made.code == 4
    assert "✗ error    token      Prom.ua refused the token of `My Prom`" in made.out
    assert "create a new token with these rights" in made.out
    nexts = [line for line in made.err.splitlines() if line.startswith(("next: ", "then: "))]
    assert nexts == [
        'next: torgsync object edit "My Prom" --api-key -',
        'then: torgsync object check "My Prom"',
    ]


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("--between", "08:00-21:00"), "`--between` and `--days` need `--every`"),
        (("--notify", "olena"), "this is not an address such as"),
        (("--notify", ""), "this is not an address such as"),
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


UP, DOWN, RIGHT, LEFT, ESC, CTRL_C = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b", "\x03"


@posix
def test_keys_choose_complete_and_go_back(
    empty: Home, tmp_path: Path, sandbox_server: SandboxAddress
) -> None:
    """Arrows, Tab, letters that search and Esc make the same file as the flags; stdout is a pipe.

    What is typed or pasted replaces a default, arrows edit it; Esc at an answer of the summary keeps all.
    """
    with Typist(empty, "object", "add") as person:
        person.answers("Name of the object", "My Prom")
        person.answers("Token of Prom.ua", "full")
        person.sees("File that Torgsoft writes")
        person.completes(f"{EXAMPLE}/TSG", "oods")
        person.completes(".t", "rs")
        person.press("\r")
        person.answers("Which product group", "взу")
        person.answers("Photos", DOWN)
        person.sees("Photo folder")
        person.completes(f"{EXAMPLE}/pho", "tos")
        person.press("\r")
        person.answers("Where are photos published", "")
        person.answers("Address of the photo folder", URL[:-1])
        person.answers("How to find a buyer", ESC)
        person.answers("Address of the photo folder", LEFT, RIGHT, "/")
        person.answers("How to find a buyer", DOWN)
        person.answers("Create a client", DOWN)
        person.answers("Fetch the payment methods", "")
        person.answers("Money of `Пром-оплата`", "")
        person.answers("Name of the cash register", "Каса 1")
        person.answers("Money of `Накладений платіж`", DOWN)
        person.answers("IBAN or name", IBAN)
        person.answers("Money of `Оплата на карту`", DOWN, DOWN)
        person.answers("Centers whose stock", " ", DOWN, " ")
        person.answers("Send only items in stock", ESC)
        person.answers("Centers whose stock", "")
        person.answers("Send only items in stock", UP)
        person.answers("Send only items with photos", "")
        person.answers("Synchronize on a schedule", DOWN)
        person.answers("At which hours", DOWN)
        person.answers("Hours", "\x1b[200~08:00-21:00\r\n\x1b[201~")
        person.answers("Address of messages", ADDRESS)
        person.answers("Send every standard field", "")
        person.answers("This will be saved", DOWN)
        person.answers("Which answer", DOWN, DOWN)
        person.answers("File that Torgsoft writes", ESC)
        person.answers("This will be saved", "")
    assert person.code == 0
    assert "✓ ok       token          Prom.ua accepts it" in person.printed
    assert "full" not in person.screen
    other = Home(tmp_path / "other", EXAMPLE, sandbox_server)
    by_flags(other)
    assert same_object(empty, other)


@posix
@pytest.mark.parametrize("term", [pytest.param("xterm", marks=pytest.mark.slow), "dumb"])
def test_ctrl_c_leaves_nothing(empty: Home, term: str) -> None:
    """Neither an object nor a token, and the terminal is as it was."""
    with Typist(empty, "object", "add", term=term) as person:
        person.answers("Name of the object", "")
        person.answers("Token of Prom.ua", "full")
        person.answers("File that Torgsoft writes", EXPORT)
        person.sees("Which product group")
        person.press(CTRL_C)
    assert person.code == 130
    assert "stopped by you; nothing was saved" in person.screen
    assert "full" not in person.screen
    assert not list(empty.folder.rglob("*.*"))
