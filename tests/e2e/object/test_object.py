"""`torgsync object`: sync objects are made, listed, shown and checked, and no token is ever shown."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import tomllib
from pathlib import Path

import pytest
from homes import EXAMPLE, Home, Ran, SandboxAddress

from torgsync.core.config.validation import read_settings
from torgsync.files.config.objects import load_object

TOKEN = "invented-secret-7f3a"

GUESSES = [
    "",
    "found out   it is                      because                     [catalog] key",
    "────────────────────────────────────────────────────────────────────────────────",
    "format      TRS or CSV                 it begins with text         format",
    "delimiter   semicolon                  it gives 50 known column    delimiter",
    "                                       names",
    "header      the first row holds        a column is named like      header",
    "            names                      one of Torgsoft's",
]
"""The findings of the example's export in a check."""


@pytest.fixture
def empty(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A home without any sync object, and the example's export next to it."""
    return Home(tmp_path / "home", EXAMPLE, sandbox_server)


def add(home: Home, *args: str, stdin: str | None = None) -> Ran:
    """Add `My Prom` with the example's export."""
    return home.run("object", "add", "My Prom", "--export", str(home.export), *args, stdin=stdin)


def objects(home: Home) -> list[str]:
    """Return the files of all sync objects."""
    return sorted(path.name for path in (home.folder / "objects").glob("*"))


# add


def test_every_answer_given_by_flag(empty: Home) -> None:
    """The object has exactly these settings, and its check is printed."""
    added = add(
        empty,
        *("--api-key-env", "MY_PROM_TOKEN", "--group", "Іграшки", "--center", "2", "--center", "8"),
        *("--photos", str(EXAMPLE / "photos"), "--photos-url", "https://shop.example/photos"),
        *("--only-in-stock", "--only-with-photos", "--requests-per-second", "5"),
    )
    assert added.code == 3
    assert tomllib.loads((empty.folder / "objects" / "my-prom.toml").read_text("utf-8")) == {
        "name": "My Prom",
        "category": "online-store",
        "via": "prom.ua",
        "api_key": {"env": "MY_PROM_TOKEN"},
        "product_group": "Іграшки",
        "catalog": {
            "path": str(empty.export),
            "languages": {"name": "uk", "both": True},
            "photos": {"folder": str(EXAMPLE / "photos"), "url": "https://shop.example/photos"},
        },
        "clients": {"find_by": ["phone", "email"], "create": True},
        "accounting_centers": {
            "use": ["2", "8"],
            "only_in_stock": True,
            "only_with_photos": True,
            "respect_display": True,
        },
        "limits": {"requests_per_second": 5.0},
    }
    assert added.lines == [
        "! warning  object     no fields are mapped yet",
        '                      torgsync fields add-all -o "My Prom"',
        (
            "✗ error    token      1 mistake in `my-prom.toml`; line 8  api_key: the environment variable "
            "`MY_PROM_TOKEN` is not set"
        ),
        "✓ ok       photos     52 files in `photos`",
        "✓ ok       export     40 rows, 52 columns, with a header, utf-8",
        "✓ ok       selection  10 items go to Prom.ua; 30 stay out: outside the product group",
        "✓ ok       centers    2 (used), 8 (used)",
        "✓ ok       columns    your own columns that are not sent: `opys_saytu`, `visota_kabluka`",
        "✓ ok       outbox     order files can be written to `outbox/my-prom` in the home folder",
        "! warning  payments   payment methods have not been fetched yet",
        '                      torgsync payments fetch -o "My Prom"',
        *GUESSES,
        "",
        "2 more columns could be sent; an example and the command for each:",
        "  `opys_saytu`: <p>Зимові черевики на стійкому підборі: тепла підкладка, бок",
        '    torgsync fields add opys_saytu --to description -o "My Prom"',
        "  `visota_kabluka`: 6,5 см",
        '    torgsync fields add visota_kabluka --dynamic --name "…" -o "My Prom"',
    ]
    made = empty.folder / "objects" / "my-prom.toml"
    assert added.err == (
        f"created `{made}`\n! nothing can be sent to Prom.ua before what has a ✗ above is mended\n"
        'next: torgsync object check "My Prom"\n'
    )


@pytest.mark.parametrize(
    ("args", "missing"),
    [
        ((), "NAME"),
        (("My Prom",), "--api-key TOKEN"),
        (("My Prom", "--api-key", TOKEN), "--export FILE"),
        (("My Prom", "--api-key", TOKEN, "--export", "a.trs", "--photos", "photos"), "--photos-url URL"),
    ],
)
def test_something_is_missing_without_a_terminal(empty: Home, args: tuple[str, ...], missing: str) -> None:
    """Without a terminal what is missing is named, and nothing is written."""
    added = empty.run("object", "add", *args)
    assert (added.code, added.out) == (64, "")
    assert added.err == (
        f"error: `{missing}` is needed\n\n"
        "hint: without a terminal nothing is asked; give it on the command line\n"
    )
    assert list(empty.folder.rglob("*")) == []


def test_a_name_that_is_taken(empty: Home) -> None:
    """The object that is there stays as it is, whatever way its name is written."""
    add(empty, "--api-key", TOKEN)
    before = (empty.folder / "objects" / "my-prom.toml").read_bytes()
    again = empty.run("object", "add", "my prom", "--export", "other.trs", "--api-key", "another")
    assert again.code == 64
    assert again.err == (
        "error: there is already a sync object `my prom`\n\n"
        'hint: look at it: torgsync object show "my prom"\n'
    )
    assert (empty.folder / "objects" / "my-prom.toml").read_bytes() == before
    assert (empty.folder / "secrets" / "my-prom.token").read_text() == f"{TOKEN}\n"


@pytest.mark.parametrize("way", ["flag", "stdin"])
def test_a_token_goes_into_a_file_of_its_own(empty: Home, way: str) -> None:
    """The token is in `secrets`, for its owner alone, and in no output and no other file."""
    given = ("--api-key", TOKEN) if way == "flag" else ("--api-key", "-")
    added = add(empty, *given, stdin=None if way == "flag" else f"{TOKEN}\n")
    secret = empty.folder / "secrets" / "my-prom.token"
    assert (added.code, secret.read_text("utf-8")) == (0, f"{TOKEN}\n")
    if os.name == "posix":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    shown = [
        added,
        empty.run("object", "show", "my-prom"),
        empty.run("object", "list"),
        empty.run("object", "check", "my-prom"),
    ]
    assert [TOKEN in ran.out + ran.err for ran in shown] == [False] * 4
    others = [path for path in empty.folder.rglob("*") if path.is_file() and path != secret]
    assert [path.name for path in others if TOKEN.encode() in path.read_bytes()] == []


def test_a_token_file_that_others_could_read(empty: Home) -> None:
    """A token file left from before is closed to others before the new token is in it."""
    secret = empty.folder / "secrets" / "my-prom.token"
    secret.parent.mkdir(parents=True)
    secret.write_text("old\n")
    secret.chmod(0o644)
    assert add(empty, "--api-key", TOKEN).code == 0
    assert secret.read_text() == f"{TOKEN}\n"
    if os.name == "posix":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_an_empty_token_from_standard_input(empty: Home) -> None:
    """An empty token is refused, and nothing is written."""
    for stdin in ("", "\n", "  \n"):
        added = add(empty, "--api-key", "-", stdin=stdin)
        assert (added.code, objects(empty), "the token is empty" in added.err) == (64, [], True)


def test_two_places_for_the_token(empty: Home) -> None:
    """The token and its source cannot both be given."""
    added = add(empty, "--api-key", TOKEN, "--api-key-env", "MY_PROM_TOKEN")
    assert (added.code, objects(empty)) == (64, [])
    assert added.err == "error: give either `--api-key` or `--api-key-env`, not both\n"


def test_settings_that_could_not_be_read_back(empty: Home) -> None:
    """What would be a mistake in the file is refused before there is a file."""
    added = add(
        empty,
        *("--api-key", TOKEN, "--requests-per-second", "500"),
        *("--photos", "photos", "--photos-url", "photos"),
    )
    assert (added.code, objects(empty)) == (3, [])
    assert added.err == (
        "error: the sync object would not be valid\n"
        '  catalog.photos.url: "photos" is not an address such as `"https://shop.example/photos/"`\n'
        "  limits.requests_per_second: this must be at most 50\n"
    )
    assert not (empty.folder / "secrets").exists()


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        (
            ("--center", "2,9"),
            ("accounting_centers: the export has no stock for center `9`; its centers are 2, 8",),
        ),
        (
            ("--center", "1", "--group", "Взутя"),
            (
                "accounting_centers: the export has no stock for center `1`; its centers are 2, 8",
                "product_group: the export has no item in the group `Взутя`; its groups are ",
            ),
        ),
    ],
)
def test_centers_and_groups_that_the_export_lacks(
    empty: Home, given: tuple[str, ...], mistakes: tuple[str, ...]
) -> None:
    """`add` and `edit` refuse them with what it has, and write nothing; other keys may still be edited."""
    refused = add(empty, "--api-key", TOKEN, *given)
    assert (refused.code, objects(empty), (empty.folder / "secrets").exists()) == (3, [], False)
    assert add(empty, "--api-key", TOKEN, "--center", "2").code == 0
    file = empty.folder / "objects" / "my-prom.toml"
    before = file.read_bytes()
    edited = empty.run("object", "edit", *given)
    assert (edited.code, file.read_bytes()) == (3, before)
    for shown in (refused, edited):
        lines = shown.err.splitlines()
        assert lines[0] == "error: the export does not have what was chosen; nothing was saved"
        assert all(line.strip().startswith(words) for line, words in zip(lines[1:], mistakes, strict=False))
    if "--group" in given:
        assert edited.err.splitlines()[2].endswith("; did you mean `Взуття`?")
    file.write_bytes(before.replace(b'"2"', b'"9"'))
    assert empty.run("object", "edit", "--only-in-stock").code == 0
    assert empty.run("object", "edit", "--set", "accounting_centers.keep={ 7 = 1 }").code == 3


def test_an_export_that_knows_no_centers(empty: Home, tmp_path: Path) -> None:
    """No center can be chosen; one that cannot be read refuses nothing, and its check says why."""
    export = tmp_path / "TSGoods.trs"
    text = empty.export.read_bytes().decode("utf-8-sig")
    export.write_text(text.replace("WarehouseQuantityForPartner", "own_column"), "utf-8")
    known = ("object", "add", "My Prom", "--api-key", TOKEN, "--center", "2", "--export")
    refused = empty.run(*known, str(export))
    assert (refused.code, objects(empty)) == (3, [])
    assert "no stock by center: it has no column `WarehouseQuantityForPartner`" in refused.err
    later = empty.run(*known, str(tmp_path / "later.trs"))
    assert later.code == 3
    assert later.err.endswith(
        "! nothing can be sent to Prom.ua before what has a ✗ above is mended\n"
        'next: torgsync object edit "My Prom" --export FILE\nthen: torgsync object check "My Prom"\n'
    )


# list


def test_no_object_yet(empty: Home) -> None:
    """The table has a message, JSON an empty list."""
    assert (empty.run("object", "list").out, empty.run("object", "list").err) == ("", "no objects yet\n")
    assert empty.run("object", "list", "--format", "json").json == {"schema": 1, "objects": []}


def test_objects_good_and_broken(home: Home) -> None:
    """Every object is listed, a broken one with what is wrong."""
    (home.shop / "broken.toml").write_text('name = "Зламаний"\n', "utf-8")
    assert home.run("object", "list", "--format", "json").json == {
        "schema": 1,
        "objects": [
            {"slug": "broken", "name": "Зламаний", "export": None, "problem": "2 mistakes in `broken.toml`"},
            {"slug": "my-prom", "name": "My Prom", "export": "TSGoods.trs", "problem": None},
        ],
    }
    assert home.run("object", "list").lines == [
        "short name   name       export        problem",
        "─" * 65,
        "broken       Зламаний   –             2 mistakes in `broken.toml`",
        "my-prom      My Prom    TSGoods.trs   –",
    ]


# show


def test_show_has_every_setting(home: Home) -> None:
    """Defaults are shown like what was set, in all three forms."""
    shown = home.run("object", "show", "--format", "json").json
    assert shown["schema"] == 1
    assert shown["object"]["removal"] == {"gone": "delete", "delete_after": "30d"} | {
        "unsold": "hide",
        "foreign": "keep",
    }
    assert shown["object"]["api_key"] == {"file": "token"}
    rows = {
        row["setting"]: row["value"]
        for row in csv.DictReader(io.StringIO(home.run("object", "show", "--format", "csv").out))
    }
    assert rows["limits.removals"] == "10%"
    assert rows["fields[0]"] == 'column = "GoodName", to = "name", owner = "torgsoft"'
    assert (
        rows["synchronization_times[0]"]
        == r'user = "OFFICE-PC\\olena", every = "30m", between = ["08:00", "21:00"]'
    )
    table = home.run("object", "show", "My Prom")
    assert table.lines[0] == str(home.object)
    assert "removal.gone" in table.out
    assert max(map(len, table.lines[1:])) <= 80
    assert rows["clients.create"] == "true"
    assert rows["catalog.names"] == ""
    assert not re.search(r"\b(?:True|False|None)\b|\{\}|\[\]", table.out)


def test_every_key_is_explained(home: Home) -> None:
    """With its value; programs get the same, and no output has the token."""
    home.edit_object('{ file = "token" }', f'"{TOKEN}"')
    output = home.run("object", "show", "--explain")
    assert TOKEN not in output.out
    at = output.lines.index('removal.gone = "delete"')
    assert output.lines[at + 1].startswith("    Items that left the export: `delete` (see `delete_after`)")
    assert 'removal.delete_after = "30d"' in output.lines
    assert 'clients.find_by = ["phone", "email"]' in output.lines
    assert "clients.create = true" in output.lines
    document = home.run("object", "show", "--explain", "--format", "json").json
    found = {item["key"]: item for item in document["settings"]}
    assert found["limits.imports_per_day"]["value"] == 8
    assert (found["api_key"]["value"], found["api_key"]["needed"]) == ("(hidden)", True)


def test_the_json_schema_describes_a_sync_object(empty: Home) -> None:
    """By a schema that a new object names in its first line; without any object it can be printed."""
    schema = json.loads(empty.run("object", "show", "--schema").out)
    assert schema["properties"]["removal"]
    add(empty, "--api-key", TOKEN)
    folder = empty.folder / "objects"
    first, *_ = (folder / "my-prom.toml").read_text("utf-8").splitlines()
    assert json.loads((folder / first.removeprefix("#:schema ")).read_text("utf-8")) == schema


def test_a_new_file_explains_its_tabs(empty: Home) -> None:
    """Each table has a comment with the text of `--explain`."""
    add(empty, "--api-key", TOKEN)
    lines = (empty.folder / "objects" / "my-prom.toml").read_text("utf-8").splitlines()
    explained = empty.run("object", "show", "--explain", "--format", "json").json["settings"]
    meanings = {row["key"]: row["meaning"] for row in explained}
    tables = [number for number, line in enumerate(lines) if line.startswith("[")]
    assert len(tables) == 5
    for number in tables:
        assert lines[number - 1] == f"# {meanings[lines[number].strip('[]')]}"


def test_an_object_as_toml(home: Home) -> None:
    """Every setting with its default, as it can be put into a file again: it means the same."""
    home.edit_object("[limits]", '[prices]\nmarkup = "-2.5%"\nround = "0.99"\n\n[limits]')
    home.edit_object("[accounting_centers]", '[accounting_centers]\nkeep = { "2" = 1.5, "8" = 2 }')
    home.run("payments", "fetch")
    shown = home.run("object", "show", "--format", "toml")
    data = tomllib.loads(shown.out)
    assert data["limits"]["removals"] == "10%"
    assert data["accounting_centers"]["keep"] == {"2": 1.5, "8": 2}
    again = read_settings(data, lambda _key: 0)
    assert again == load_object(home.object).settings
    assert home.run("object", "show", "--format", "toml", "--explain").code == 64


def test_a_literal_token_is_hidden(home: Home) -> None:
    """A token in the file itself is never shown, and the check warns about it."""
    home.edit_object('{ file = "token" }', f'"{TOKEN}"')
    for form in ("table", "json", "csv", "toml"):
        shown = home.run("object", "show", "--format", form)
        assert (shown.code, TOKEN in shown.out + shown.err) == (0, False)
        assert "(hidden)" in shown.out
    checked = home.run("object", "check")
    assert TOKEN not in checked.out + checked.err
    assert "! warning  token      the token is in the sync object's file" in checked.out


def test_an_object_is_found_by_name_slug_and_path(home: Home) -> None:
    """All ways find the same object, and the name inside a file that a person named as they like."""
    home.second_object("Інший", "other.toml")

    def found(wanted: str) -> object:
        return home.run("object", "show", wanted, "--format", "json").json["object"]["name"]

    ways = ("My Prom", "my-prom", "MY PROM", str(home.object))
    assert {found(wanted) for wanted in ways} == {"My Prom"}
    home.object.rename(home.object.with_name("крамниця.toml"))
    slug = home.run("status", "-o", "крамниця", "--format", "json").json["objects"][0]["slug"]
    ways = ("My Prom", "MY PROM", "крамниця", slug)
    assert {found(wanted) for wanted in ways} == {"My Prom"}


def test_a_name_of_two_objects(home: Home) -> None:
    """One's file is called as the other object is: neither is taken for the other."""
    other = home.second_object("Інший", "other.toml")
    third = home.second_object("Other", "third.toml")
    shown = home.run("object", "show", "other")
    assert shown.code == 64
    assert f"several sync objects are called `other`: `{other}`, `{third}`" in shown.err
    assert home.run("object", "show", str(third), "--format", "json").json["object"]["name"] == "Other"


def test_an_unknown_object(home: Home) -> None:
    """The hint lists the objects, also for a path without a file, which is no mistake of an object."""
    lost = home.run("object", "show", "nowhere.toml")
    assert (lost.code, lost.err) == (
        64,
        "error: there is no sync object `nowhere.toml`\n\nhint: these are known: `My Prom`\n",
    )
    shown = home.run("object", "show", "Mein Prom")
    assert shown.code == 64
    assert shown.err == "error: there is no sync object `Mein Prom`\n\nhint: these are known: `My Prom`\n"


# check


def test_an_object_in_order(home: Home) -> None:
    """Every line of the check says what was found."""
    home.run("payments", "fetch")
    for name in ("Пром-оплата", "Накладений платіж", "Оплата на карту"):
        home.run("payments", "map", name, "--cash-register", "Каса 1")
    checked = home.run("object", "check")
    assert (checked.code, checked.err) == (0, "")
    assert checked.lines == [
        "✓ ok       object     `My Prom`, 15 fields mapped",
        "! warning  token      there is one; it was not tried",
        '                      torgsync doctor -o "My Prom"',
        "✓ ok       photos     52 files in `photos`",
        "✓ ok       export     40 rows, 52 columns, with a header, utf-8",
        "✓ ok       selection  39 items go to Prom.ua; 1 stays out: `Display` = 0 in the accounting program",
        "✓ ok       centers    2 (used), 8 (used)",
        "✓ ok       outbox     order files can be written to `outbox/my-prom` in the home folder",
        (
            "! warning  schedule   every 30 minutes, 08:00-21:00 by `OFFICE-PC\\olena`: of another user or "
            "computer; this computer does not know whether anything calls it"
        ),
        '                      run there: torgsync doctor -o "My Prom"',
        "✓ ok       payments   3 payment methods mapped",
        *GUESSES,
        "",
        "2 more columns could be sent; an example and the command for each:",
        "  `Country`: Україна",
        '    torgsync fields add Country --to country -o "My Prom"',
        "  `Sex`: 2",
        '    torgsync fields add Sex --dynamic --name Стать -o "My Prom"',
    ]
    document = home.run("object", "check", "--format", "json").json
    assert (document["schema"], document["valid"], len(document["checks"])) == (1, True, 9)
    assert home.writes() == []


def test_an_unmapped_payment_method_and_center(home: Home) -> None:
    """What is still to do is warned about, with the command that does it."""
    home.run("payments", "fetch")
    home.edit_object('use = ["2", "8"]', 'use = ["2", "99"]')
    checked = home.run("object", "check")
    assert checked.code == 0
    at = checked.lines.index("! warning  centers    2 (used), 8; not in the export: `99`")
    assert checked.lines[at + 1].strip() == 'torgsync object edit "My Prom" --center 2,8'
    assert "the export has no stock for center `99`; its centers are 2, 8" in " ".join(checked.out.split())
    at = next(number for number, line in enumerate(checked.lines) if "payments" in line)
    assert checked.lines[at : at + 2] == [
        (
            "! warning  payments   no cash register or account chosen yet for `Пром-оплата`, "
            "`Накладений платіж`, `Оплата на карту`"
        ),
        f'{" " * 22}torgsync payments map Пром-оплата --cash-register "REGISTER NAME" -o "My Prom"',
    ]


def test_all_mistakes_at_once_with_their_lines(home: Home) -> None:
    """Each mistake of a file is reported with its line."""
    home.edit_object('removals = "10%"', 'removals = "110%"')
    home.edit_object('gone = "delete"', 'gone = "burn"')
    home.edit_object("only_in_stock = false", "only_in_stok = false")
    home.edit_object('column = "RetailPrice"\n', 'column = "PrimeCost"\n')
    lines = home.object.read_text("utf-8").splitlines()

    starts = ("only_in_stok", 'column = "PrimeCost"', 'gone = "burn"', 'removals = "110%"')
    places = [
        next(number for number, line in enumerate(lines, 1) if line.startswith(start)) for start in starts
    ]
    stock, cost, gone, removals = places

    checked = home.run("object", "check")
    assert checked.code == 3
    assert checked.err.splitlines() == [
        "error: 4 mistakes in `my-prom.toml`",
        (
            f"  line {stock}  accounting_centers.only_in_stok: there is no such key; "
            "did you mean `only_in_stock`?"
        ),
        f"  line {cost}  fields[2].column: `PrimeCost` is what the shop paid; it is never sent",
        f'  line {gone}  removal.gone: "burn" is not one of `delete`, `hide`, `not-available`, `keep`',
        f'  line {removals}  limits.removals: "110%" is not between 0% and 100%',
    ]
    document = home.run("object", "check", "--format", "json").json
    assert document["schema"] == 1
    assert (document["error"]["kind"], document["error"]["exit"]) == ("object-invalid", 3)
    assert [mistake["line"] for mistake in document["error"]["mistakes"]] == places


def test_the_export_is_missing(home: Home) -> None:
    """A missing export is one line of the check, and the rest is checked all the same."""
    home.export.unlink()
    checked = home.run("object", "check")
    assert checked.code == 3
    (line,) = [line for line in checked.lines if line.startswith("✗")]
    assert line.startswith("✗ error    export     there is no file")
    assert checked.lines[checked.lines.index(line) + 1].endswith(
        'to change the path: torgsync object edit "My Prom" --export FILE'
    )
    assert any(line.startswith("! warning  payments") for line in checked.lines)


def test_the_photo_folder_is_missing(home: Home) -> None:
    """The commands that name another one, and that leave photos alone, are printed; the second one works."""
    (home.shop / "photos").rename(home.shop / "away")
    for words in ("object check", "update"):
        ran = home.run(*words.split())
        assert ran.code == 3
        assert "there is no folder of photos" in ran.out + ran.err
        assert 'another folder: torgsync object edit "My Prom" --photos DIR' in ran.out + ran.err
    assert home.run("object", "edit", "My Prom", "--unset", "catalog.photos").code == 0
    assert home.run("object", "check").code == 0


def test_the_token_variable_is_not_set(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named while it is missing, and its content never is."""
    home.edit_object('{ file = "token" }', '{ env = "MY_PROM_TOKEN" }')
    checked = home.run("object", "check", "--format", "json")
    assert checked.code == 3
    (token,) = [line for line in checked.json["checks"] if line["subject"] == "token"]
    assert token["state"] == "error"
    assert "the environment variable `MY_PROM_TOKEN` is not set" in token["message"]
    monkeypatch.setenv("MY_PROM_TOKEN", TOKEN)
    checked = home.run("object", "check", "--format", "csv")
    assert (checked.code, TOKEN in checked.out) == (0, False)
    hint = '"torgsync doctor -o ""My Prom"""'
    assert f"token,warning,there is one; it was not tried,{hint},,,,,," in checked.lines


def test_a_column_that_the_export_does_not_have(home: Home) -> None:
    """A misspelt column is reported at its line, with the column that was perhaps meant."""
    home.edit_object('column = "RetailPrice"\n', 'column = "RetailPrise"\n')
    line = home.object.read_text("utf-8").splitlines().index('column = "RetailPrise"') + 1
    checked = home.run("object", "check")
    assert checked.code == 3
    assert (
        "✗ error    export     1 mistake in `my-prom.toml`; "
        f"line {line}  fields[2].column: the export has no column `RetailPrise`; did you mean `RetailPrice`?"
    ) in checked.lines
    refused = home.run("update")
    assert (refused.code, refused.out) == (3, "")
    assert f"  line {line}  fields[2].column: the export has no column `RetailPrise`" in refused.err


@pytest.mark.parametrize(
    ("element", "cure"),
    [
        ("name", "; the element `name` of a YML file is the column `GoodName`"),
        ("Артикул", "; Torgsoft's `Артикул` is the column `Articul`"),
        ("Articull", "; did you mean `Articul`?"),
        ("country_of_origin", ""),
    ],
)
def test_a_column_by_another_name(home: Home, element: str, cure: str) -> None:
    """A person who writes the name of a YML element gets the column that it makes, if the file has it."""
    home.export.write_text(
        '<yml_catalog><shop><offers><offer id="1"><name>Капці</name><vendorCode>К-1</vendorCode>'
        "<price>80</price></offer></offers></shop></yml_catalog>",
        "utf-8",
    )
    head, _, _ = home.object.read_text("utf-8").partition("[[fields]]")
    home.object.write_text(f'{head}[[fields]]\ncolumn = "{element}"\nto = "price"\n', "utf-8")
    line = head.count("\n") + 2
    checked = home.run("object", "check", "--format", "json").json
    (export,) = [item["message"] for item in checked["checks"] if item["subject"] == "export"]
    assert export.endswith(f"; line {line}  fields[0].column: the export has no column `{element}`{cure}")
    added = home.run("fields", "add", element, "--to", "name")
    if "Torgsoft's" in cure:  # a label of Torgsoft's own is mapped to what it means
        assert added.err.startswith("`Articul` -> name\n")
    else:
        assert added.err.startswith(f"error: the export has no column `{element}`{cure}\n")


MESSY = [
    "✗ error    `number-unreadable`: 4 items",
    "           a cell is not a number, or may be two (`1.450` is 1450 or 1.45); what",
    "             Prom.ua has stays, a new item waits for its price, and is not",
    "             available without its stock; correct the number: digits, with one",
    "             comma or point at most; three digits after it (`1,450`) are read as",
    "             decimals only where all prices of the column have this sign and one",
    "             cannot be thousands, such as `12,5`",
    "           TSGoods.trs, line 2, item 26901, `RetailPrice` = ціна",
    "           TSGoods.trs, line 7, item 26902, `RetailPrice` = ціна",
    "           TSGoods.trs, line 22, item 26905, `RetailPrice` = ціна",
    "           … and 1 more; `--show all`",
    "",
    "✗ error    `id-duplicate`: 1 item",
    "           several rows of the export have the same `GoodID`; nothing of the",
    "             item is sent; leave one of the rows; `torgsync why ID` shows the",
    "             lines of all",
    "           TSGoods.trs, line 86, item 26926: this id is in lines 71, 86 of the",
    "             export; nothing of the item is sent",
    "",
    "! warning  `letters-lost`: 1 item",
    "           the export lost a letter and has a `?` in its place; the text is sent",
    "             as it is; correct the word in Torgsoft; an export in cp1251 loses",
    "             letters by itself: export in UTF-8",
    "           TSGoods.trs, line 71, item 26926, `GoodName` = К?ем [/red] :wrench:",
    "             для рук ягідний",
]


def break_rows(home: Home) -> None:
    """Put four invalid prices, a replacement character and a duplicate good into the export."""
    home.edit_export(lambda text: text.replace(";1713;0;1713;0;101;3;", ";ціна;0;1713;0;101;3;"))
    home.edit_row("26926", "Крем [red]", "К?ем [/red] :wrench:")
    rows = home.export.read_bytes()
    twin = next(row for row in rows.split(b"\r\n") if row.startswith(b"26926;"))
    home.export.write_bytes(rows + twin + b"\r\n")


def test_findings_by_code(home: Home) -> None:
    """Errors come first, by line; each code shows its goods, its meaning, first places, and what is left."""
    break_rows(home)
    checked = home.run("object", "check")
    assert (checked.code, checked.lines[-len(MESSY) :]) == (0, MESSY)
    assert max(map(len, checked.lines[-len(MESSY) :])) <= 80
    assert "\x1b" not in checked.out
    (place,) = [number for number, line in enumerate(checked.lines) if "✓ ok       selection" in line]
    assert checked.lines[place].removeprefix("✓ ok       selection  ").split("; ") == [
        "34 items go to Prom.ua",
        "6 stay out: 4 – new items without a price that can be sent",
        "1 – in several rows of the export, left alone",
        "1 – `Display` = 0 in the accounting program",
    ]
    assert checked.lines[place + 1].strip() == 'torgsync update --show skipped -o "My Prom"'


def test_every_place_of_a_finding(home: Home) -> None:
    """With all places requested nothing is folded."""
    break_rows(home)
    for flags in ("object check --show all", "-v object check"):
        checked = home.run(*flags.split())
        assert "           TSGoods.trs, line 27, item 26906, `RetailPrice` = ціна" in checked.lines
        assert "… and" not in checked.out


def test_findings_for_programs(home: Home) -> None:
    """Each finding has code, weight and the whole place, each code its counts; the CSV holds the same."""
    break_rows(home)
    document = home.run("object", "check", "--format", "json").json
    assert [(count["code"], count["findings"], count["goods"]) for count in document["counts"]] == [
        ("number-unreadable", 4, 4),
        ("id-duplicate", 1, 1),
        ("letters-lost", 1, 1),
    ]
    assert document["findings"][0] == {
        "code": "number-unreadable",
        "severity": "error",
        "file": "TSGoods.trs",
        "line": 2,
        "column": "RetailPrice",
        "value": "ціна",
        "good_id": "26901",
        "message": "`ціна` is not a number; correct the cell; not sent: price, discount",
    }
    keys = [guess["key"] for guess in document["guesses"]]
    assert keys == ["catalog.format", "catalog.delimiter", "catalog.header"]
    assert [item["command"] for item in document["suggestions"]] == [
        'torgsync fields add Country --to country -o "My Prom"',
        'torgsync fields add Sex --dynamic --name Стать -o "My Prom"',
    ]
    rows = list(csv.DictReader(io.StringIO(home.run("object", "check", "--format", "csv").out)))
    assert [row["line"] for row in rows if row["code"] == "number-unreadable"] == ["2", "7", "22", "27"]
    assert [row["subject"] for row in rows if row["state"] == "suggestion"] == ["Country", "Sex"]


def test_more_findings_than_are_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts are right whatever their number; places that are not kept are counted."""
    break_rows(home)
    monkeypatch.setattr("torgsync.core.findings.KEPT", 2)
    document = home.run("object", "check", "--format", "json").json
    assert [(count["findings"], count["listed"]) for count in document["counts"]] == [(4, 2), (1, 1), (1, 1)]
    shown = home.run("object", "check", "--show", "all")
    assert "           … and 2 more; only the first are kept" in shown.lines
    assert ",… and 2 more,,number-unreadable," in home.run("object", "check", "--format", "csv").out


def test_rows_without_their_id(home: Home) -> None:
    """The check names each line; these rows cannot be identified, so it fails."""
    home.edit_row("26926", "26926;", ";")
    home.edit_row("26927", "26927;", ";")
    checked = home.run("object", "check")
    assert checked.code == 3
    assert "✗ error    export     2 rows have no `GoodID`: lines 71, 72" in checked.lines
    assert "✗ error    `id-missing`: 2 places" in checked.lines


def test_a_skipped_good_that_is_in_the_export_twice(home: Home) -> None:
    """It counts as one good with an error, whatever other filter applies."""
    rows = home.export.read_bytes()
    hidden = next(row for row in rows.split(b"\r\n") if "Кашпо підвісне Верба".encode() in row)
    home.export.write_bytes(rows + hidden + b"\r\n" + hidden + b"\r\n")
    checked = home.run("object", "check")
    (selection,) = [line for line in checked.lines if "✓ ok       selection" in line]
    assert selection.endswith(
        "39 items go to Prom.ua; 1 stays out: in several rows of the export, left alone"
    )
    assert "✗ error    `id-duplicate`: 1 item" in checked.lines


def test_a_check_counts_as_the_plan_of_a_new_shop_does(home: Home) -> None:
    """The counts of created and skipped goods are the same."""
    break_rows(home)
    checked = home.run("object", "check", "--format", "json").json
    (selection,) = [line["message"] for line in checked["checks"] if line["subject"] == "selection"]
    made = home.run("update", "--format", "json").json
    counts, going = made["counts"], f"{made['counts']['create']} items go to Prom.ua; "
    assert selection.startswith(f"{going}{counts['skipped']} stay out: ")
    assert sum(map(int, re.findall(r"(\d+) – ", selection))) == counts["skipped"]


def test_a_column_that_is_the_cost_price(home: Home) -> None:
    """Neither the cost price nor a column that repeats it is proposed or shown."""
    home.edit_export(lambda text: text.replace('"visota_kabluka"', '"sobivartist"', 1))
    text = home.object.read_text("utf-8")
    start = text.index('[[fields]]\ncolumn = "visota_kabluka"')
    end = text.index("# --- What happens")
    home.object.write_text(text[:start] + text[end:], "utf-8")
    for form in ("table", "json", "csv"):
        checked = home.run("object", "check", "--format", form)
        assert "fields add sobivartist" not in checked.out
        assert "PrimeCost" not in checked.out
        assert "1044,93" not in checked.out


def test_a_shop_without_a_mapped_name(home: Home) -> None:
    """It is reported once, and not for each good."""
    home.edit_object('to = "name"', 'to = "mpn"')
    checked = home.run("object", "check", "--format", "json").json
    (warned,) = [
        line for line in checked["checks"] if line["state"] == "warning" and "`name`" in line["message"]
    ]
    assert warned["message"] == "no column is mapped to `name`: new items cannot be created"
    assert [finding for finding in checked["findings"] if finding["code"] == "name-missing"] == []


def test_a_column_that_has_another_name_now(home: Home) -> None:
    """The message says how to give its new name."""
    home.edit_export(lambda text: text.replace('"Color"', '"Забарвлення"', 1))
    checked = home.run("object", "check", "--format", "json")
    assert checked.code == 3
    assert "if it has another name now, add it under `[catalog.names]`" in checked.out
