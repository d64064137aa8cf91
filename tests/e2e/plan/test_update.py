"""`torgsync update`: the pending changes are shown, and nothing is ever written to Prom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemas
from faulty import PAGE, FaultyServer, says
from homes import Home
from pictures import named
from schemas import valid

from torgsync.errors import Exit
from torgsync.sandbox.faults import HookAnswer

DAY_ONE = """\
My Prom: TSGoods.trs, 40 items, utf-8

change       item   name, and each field: old -> new
──────────────────────────────────────────────────────────────────────────
+ create            15 items of Взуття, 41 in stock, worth 49603.54 UAH
+ create            10 items of Іграшки, 41 in stock, worth 22252.85 UAH
+ create            9 items of Дім і сад, 155 in stock, worth 15349.00 UAH
+ create            5 items of Краса, 55 in stock, worth 6546.50 UAH

`--show all` lists every change

39 to create, 0 to update, 0 to remove
0 held, 1 skipped, 0 unchanged, 0 foreign
to send: about 6 requests, 3 to 10 minutes; uses 1 of the 8 imports left today
next: torgsync sync -o "My Prom"
"""

DAY_TWO = """\
My Prom: TSGoods.trs, 40 items, utf-8

change       item    name, and each field: old -> new
──────────────────────────────────────────────────────────────
+ create     26941   М’яка іграшка Лисичка Руда 35 см
                       425.00, 6 in stock
+ create     26942   Викрутка пласка SL6
                       108.00, 4 in stock
~ update     26904   Черевики жіночі чорний 2107 Калина 39
                       quantity  2 -> 0
~ update     26910   Туфлі жіночі бежеві 311 Калина 37
                       price  1249.50 -> 1124.55 (-10 %)
~ update     26916   М’яка іграшка Ведмедик Мишко 40 см
                       price  489.00 -> 539.00 (+10 %)
~ update     26919   М’яка іграшка Слоник Бім 25 см
                       quantity  5 -> 0
~ update     26921   Конструктор Замок лицаря, 320 деталей
                       price  899.00 -> 799.00 (-11 %)
~ update     26923   Конструктор Космодром "Схід", 560 деталей
                       quantity  2 -> 0
~ update     26926   Крем [red] для рук ягідний
                       price  129.00 -> 99.00 (-23 %)
~ update     26931   Шуруп [/25] оцинкований 4х25, 100 шт
                       price  68.00 -> 74.50 (+10 %)
~ update     26935   Молоток столярний 300 г
                       price  268.00 -> 341.70 (+28 %)
- remove     26909   Туфлі жіночі бежеві 311 Калина 36
                       status  on the site -> hidden
                       not in the export any more
- remove     26936   Рулетка 5 м; з фіксатором
                       status  on the site -> hidden
                       not in the export any more

2 to create, 9 to update, 2 to remove
0 held, 1 skipped, 28 unchanged, 0 foreign
2 products will be taken down; 11 pieces in stock (2639.50 UAH) will no longer be for sale
2 products will be hidden now, and deleted after 30 days unless their items come back
to send: about 6 requests, 3 to 10 minutes; uses 1 of the 7 imports left today
next: torgsync sync -o "My Prom"
"""

SKIPPED = """\
My Prom: TSGoods.trs, 43 items, utf-8

skipped  1 item: in several rows of the export, left alone
           26926  line 71: Крем [red] для рук ягідний: this id is in lines 71,
             86 of the export; nothing of the item is sent
skipped  1 item: `Display` = 0 in the accounting program
           26939  line 84
skipped  1 item: deleted by Prom.ua's moderators
           26921  line 66: Конструктор Замок лицаря, 320 деталей
skipped  1 item: new and without a price that can be sent
           99901  line 87: Нове відро: the price is 0.00; none is sent
skipped  1 item: new and without a name
           99902  line 88: the item has no name; none is sent
""".splitlines()

NEW_WITHOUT_PRICE = (
    '99901;"Нове відро";"";"";"";0;0;0;0;102;3;1;"";"";"";"";0;"";"";"";"";"";"";"";"";"";"";0;"";0;0;0;0;0;'
    '"";0;"";"";0;"шт";0;"";;"";"";"";0;"";0;"2=1,000";"";""\r\n'
)
NEW_WITHOUT_NAME = NEW_WITHOUT_PRICE.replace("99901", "99902").replace("Нове відро", "")

PROGRESS = "reading the export …\nlooking at the photos …\nreading Prom.ua …\nmaking the plan …\n"


# The table


def test_the_first_day(home: Home) -> None:
    """The whole table fits 80 columns, reads without colour, and says how to go on."""
    shown = home.run("update")
    assert (shown.code, "\n".join(shown.lines) + "\n", shown.err) == (0, DAY_ONE, PROGRESS)
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "\x1b" not in shown.out + shown.err


def test_the_second_day(filled: Home) -> None:
    """Exactly what the accounting program changed is pending, one line a field in a table of 80 columns."""
    filled.next_day()
    shown = filled.run("update")
    assert (shown.code, "\n".join(shown.lines) + "\n") == (0, DAY_TWO)
    assert max(map(len, shown.out.partition("to create, ")[0].splitlines())) <= 80


def files_outside_the_state(home: Home) -> dict[str, bytes]:
    """Return all files in and next to the home, keyed by path, except the state's and the log."""
    return {
        str(path.relative_to(home.folder.parent)): path.read_bytes()
        for path in sorted(home.folder.parent.rglob("*"))
        if path.is_file()
        and not path.name.startswith("state.db")
        and path != home.folder / "logs/torgsync.log"
    }


@pytest.mark.parametrize(
    "trouble",
    ["", "GET products/list lost", "token", "export", "settings", "--no-such-flag", "--full-refresh"],
)
def test_purity(filled: Home, trouble: str) -> None:
    """No request but GET, and no file changed outside the state, even when it fails."""
    filled.next_day()
    flags = trouble.split() if trouble.startswith("--") else []
    if trouble == "export":
        filled.export.write_bytes(filled.export.read_bytes()[:-30])
    elif trouble == "settings":
        filled.edit_object("[limits]", "[limitz]")
    elif trouble == "token":
        (filled.shop / "token").write_text("wrong", "utf-8")
    elif trouble.startswith("GET"):
        filled.misbehave(trouble)
    before = files_outside_the_state(filled)
    filled.sandbox.log.clear()
    ran = filled.run("update", *flags)
    assert (ran.code == 0) is (trouble in ("", "--full-refresh"))
    assert {record.method for record in filled.sandbox.log.records()} <= {"GET"}
    assert files_outside_the_state(filled) == before


def test_the_schema_is_published(home: Home) -> None:
    """`--schema` prints the schema of the JSON output."""
    printed = home.run("update", "--schema")
    assert printed.json == schemas.UPDATE
    valid(home.run("update", "--format", "json").json, printed.json)


def test_names_appear_as_they_are(home: Home) -> None:
    """Brackets and colons in names are no markup: in the table, in JSON, in the feed and on Prom."""
    names = {
        "26926": "Крем [red] для рук ягідний",
        "26928": "Крем :wrench: для рук майстра",
        "26931": "Шуруп [/25] оцинкований 4х25, 100 шт",
    }
    changes = home.run("update", "--format", "json").json["changes"]
    table = home.run("update", "--show", "all").out
    home.sync()
    feed = home.sandbox.imports()[0].feed.decode()
    assert {change["good_id"]: change["title"] for change in changes if change["good_id"] in names} == names
    for good_id, name in names.items():
        assert name in table
        assert f"<name_ua>{name}</name_ua>" in feed
        assert home.sandbox.product(good_id).name_uk == name


def test_photos_are_named_by_their_files(filled: Home) -> None:
    """A photo with new content and the same name is changed; programs see that by the digest."""
    photos = filled.shop / "photos"
    (photos / "26925.jpg").write_bytes(named("another one"))
    (photos / "26902_1.jpg").unlink()
    for number in (3, 4, 5, 6):
        (photos / f"26931_{number}.jpg").write_bytes(named(f"{number}"))
    first, second = ((photos / name).read_bytes() for name in ("26906.jpg", "26906_1.jpg"))
    (photos / "26906.jpg").write_bytes(second)
    (photos / "26906_1.jpg").write_bytes(first)
    shown = filled.run("update")
    assert [line.strip() for line in shown.lines if " photos  " in line] == [
        "photos  26902_1.jpg removed",
        "photos  26906.jpg, 26906_1.jpg reordered",
        "photos  26925.jpg changed",
        "photos  4 photos added",
    ]
    changes = filled.run("update", "--format", "json").json["changes"]
    (photo,) = [change["fields"]["photos"] for change in changes if change["good_id"] == "26925"]
    assert [item["url"].partition("?v=")[0] for item in photo["new"]] == [
        item["url"] for item in photo["old"]
    ]
    assert photo["new"][0]["url"] != photo["old"][0]["url"]
    rows = csv.DictReader(io.StringIO(filled.run("update", "--format", "csv").out))
    (row,) = [row for row in rows if row["good_id"] == "26925"]
    assert re.match("26925.jpg [0-9a-f]{16}; ", row["old"])
    assert row["old"] != row["new"]
    assert (
        "plan       update, by an import file\n"
        "           photos: 26925.jpg changed (the photos changed)\n" in (filled.run("why", "26925").out)
    )


# --show


def test_show_summary_and_held(filled: Home) -> None:
    """Only the totals, below the held changes with the flags that allow them."""
    filled.next_day()
    filled.edit_row("26901", ";1713;0;1713;", ";171,3;0;171,3;")
    head, *below = filled.run("update", "--show", "summary").lines
    assert head == "My Prom: TSGoods.trs, 40 items, utf-8"
    assert [line[:6] for line in below[1:3]] == ["! held", "      "]
    assert "2 to create, 10 to update, 2 to remove" in below
    lines = filled.run("update", "--show", "held").lines
    assert [line.split()[2] for line in lines if line.startswith("! held")] == ["update", "item"]
    assert lines[-len(below) :] == below


def test_every_good_that_stays_out_says_why(filled: Home) -> None:
    """Filters, errors and earlier refusals are shown good by good, in all three formats."""
    row = next(row for row in filled.export.read_bytes().split(b"\r\n") if row.startswith(b"26926;"))
    filled.export.write_bytes(filled.export.read_bytes() + row + b"\r\n")
    filled.sandbox.edit_product("26921", status="deleted_by_moderator")
    filled.edit_export(lambda text: text + NEW_WITHOUT_PRICE + NEW_WITHOUT_NAME)
    shown = filled.run("update", "--show", "skipped")
    assert shown.lines[: len(SKIPPED)] == SKIPPED
    document = filled.run("update", "--format", "json").json
    valid(document, schemas.UPDATE)
    assert document["skipped"] == dict.fromkeys(
        ("blocked", "not-displayed", "deleted-by-moderator", "no-price", "no-name"), 1
    )
    skipped = {item["good_id"]: (item["reason"], item["line"]) for item in document["skipped_goods"]}
    assert skipped == {
        "26926": ("blocked", 71),
        "26939": ("not-displayed", 84),
        "26921": ("deleted-by-moderator", 66),
        "99901": ("no-price", 87),
        "99902": ("no-name", 88),
    }
    rows = csv.DictReader(io.StringIO(filled.run("update", "--show", "skipped", "--format", "csv").out))
    assert {row["good_id"]: (row["reason"], int(row["line"])) for row in rows} == skipped


def test_show_all(home: Home) -> None:
    """Every change with every field of it."""
    shown = home.run("update", "--show", "all")
    assert sum(line.startswith("+ create") for line in shown.lines) == 39
    assert "skipped  1 item: `Display` = 0 in the accounting program" in shown.lines
    at = next(number for number, line in enumerate(shown.lines) if "26925" in line)
    assert shown.lines[at + 1].split() == ["name", "->", *shown.lines[at].split()[3:]]
    assert max(map(len, shown.out.splitlines())) <= 80


# JSON and CSV


def test_json_follows_its_schema(filled: Home) -> None:
    """Keys and types of the document are those of the published schema."""
    filled.next_day()
    filled.edit_row("26931", ";74,5;0;74,5;", ";7450;0;7450;")
    filled.edit_row("26901", ";1713;0;1713;0;101;3;", ";ціна;0;1713;0;101;3;")
    document = filled.run("update", "--format", "json").json
    valid(document, schemas.UPDATE)
    assert document["object"] == "My Prom"
    assert document["export"] == {"path": "TSGoods.trs", "goods": 40, "encoding": "utf-8"}
    assert document["budget"] == {"requests": 6, "imports": 1, "imports_left": 7}
    changes = {(change["good_id"], change["held"]): change for change in document["changes"]}
    assert changes["26921", None]["fields"] == {"price": {"old": "899.00", "new": "799.00"}}
    assert changes["26919", None]["fields"] == {
        "presence": {"old": "available", "new": "not_available"},
        "quantity": {"old": 5, "new": 0},
    }
    assert changes["26931", "price"]["fields"] == {"price": {"old": "68.00", "new": "7450.00"}}
    assert {field["old"] for field in changes["26941", None]["fields"].values()} == {None}
    assert [finding["code"] for finding in document["findings"]] == ["number-unreadable"]


def test_csv_has_a_row_a_field(filled: Home) -> None:
    """Spreadsheets get one row for each field, names as they are."""
    filled.next_day()
    rows = list(csv.DictReader(io.StringIO(filled.run("update", "--format", "csv").out)))
    assert [row for row in rows if row["good_id"] == "26926"] == [
        {
            "good_id": "26926",
            "verb": "update",
            "title": "Крем [red] для рук ягідний",
            "via": "edit",
            "held": "",
            "reason": "",
            "field": "price",
            "old": "129.00",
            "new": "99.00",
            "last_sent": "",
        }
    ]
    assert [row["new"] for row in rows if row["verb"] == "remove"] == ["not_on_display"] * 2


# Flags


def test_detailed_exit_code(home: Home) -> None:
    """2 says that changes are pending, 8 that all of them are held, 0 that none are; also of two objects."""
    assert home.run("update", "--detailed-exitcode").code == 2
    assert home.run("update").code == 0
    home.sync()
    assert home.run("update", "--detailed-exitcode").code == 0
    home.edit_row("26931", ";68;0;68;", ";6800;0;6800;")
    assert home.run("update", "--detailed-exitcode").code == 8
    home.edit_row("26932", ";94,5;0;94,5;", ";95;0;95;")
    assert home.run("update", "--detailed-exitcode").code == 2


def test_offline(filled: Home) -> None:
    """No request is sent; the plan uses the last snapshot of Prom."""
    filled.next_day()
    filled.sandbox.edit_product("26921", price=None)
    shown = filled.run("update", "--offline")
    assert ("\n".join(shown.lines) + "\n", filled.sandbox.log.records()) == (DAY_TWO, [])


def test_full_refresh_lists_everything(filled: Home) -> None:
    """By default only modified products are requested, with `--full-refresh` all."""
    filled.run("update")
    filled.run("update", "--full-refresh")
    queries = [record.query for record in filled.sandbox.log.records() if record.path.endswith("/list")]
    assert "last_modified_from" in queries[0]
    assert "last_modified_from" not in queries[-1]


def test_full_refresh_finds_products_that_the_list_omits(filled: Home) -> None:
    """Products that the list omits are requested one by one, never taken for deleted."""
    filled.sandbox.quirks = replace(filled.sandbox.quirks, root_group_only=True)
    document = filled.run("update", "--full-refresh", "--format", "json").json
    assert document["counts"]["create"] == 0
    (finding,) = [finding for finding in document["findings"] if finding["code"] == "list-incomplete"]
    assert finding["message"] == "Prom.ua's list leaves out 39 products that exist; each was found by its id"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--fields", " ,"), "`--fields` is empty"),
        (("--offline", "--full-refresh"), "`--offline` and `--full-refresh` exclude each other"),
        (("--fields", "prise"), "there is no field `prise`; did you mean `price`?"),
        (("--allow", "removal=5"), "`--allow removal=5` cannot be used; did you mean `removals`?"),
        (("--object", "Other"), "there is no sync object `Other`"),
    ],
)
def test_wrong_usage(home: Home, args: tuple[str, ...], message: str) -> None:
    """Exit 64 with the wrong argument in the message, and no request is sent."""
    shown = home.run("update", *args)
    assert (shown.code, shown.out, home.sandbox.log.records()) == (64, "", [])
    assert shown.err.lower().startswith(f"error: {message}".lower())


# Exports that cannot be trusted


BAD_EXPORTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in mid-row": lambda content: content[: len(content) // 2 - 17],
    "no key": lambda content: content.replace(b'"GoodID"', b'"Number"', 1),
}


@pytest.mark.parametrize("damage", [*BAD_EXPORTS, "missing"])
def test_an_export_that_cannot_be_trusted(filled: Home, damage: str) -> None:
    """It is refused as a whole: exit 3, no write; the plan of the next valid export is not affected."""
    filled.next_day()
    expected = filled.run("update", "--format", "json").json
    good = filled.export.read_bytes()
    if damage == "missing":
        filled.export.unlink()
    else:
        filled.export.write_bytes(BAD_EXPORTS[damage](good))
    for command in ("update", "sync --yes"):
        refused = filled.run(*command.split(), "--format", "json")
        assert (refused.code, filled.writes()) == (3, [])
        valid(refused.json, schemas.FAILED)
        assert refused.json["error"]["kind"] == "export-invalid"
    assert filled.run("update").err.splitlines()[-1].startswith("hint: ")
    filled.export.write_bytes(good)
    assert filled.run("update", "--format", "json").json == expected


def test_a_good_that_is_in_the_export_twice(filled: Home) -> None:
    """It stays as it is on Prom, and both lines are reported; the rest is sent."""
    rows = filled.export.read_bytes()
    twin = next(row for row in rows.split(b"\r\n") if row.startswith(b"26926;"))
    filled.export.write_bytes(rows + twin.replace(b";129;", b";99;") + b"\r\n")
    document = filled.run("update", "--format", "json").json
    assert document["changes"] == []
    (finding,) = document["findings"]
    assert (finding["code"], finding["good_id"]) == ("id-duplicate", "26926")
    both = "this id is in lines 71, 86 of the"
    assert both in finding["message"]
    assert both in filled.run("object", "check").out


def test_a_shop_that_is_not_empty(home: Home) -> None:
    """A first run needs an empty shop: exit 7, with the way to take it over and none to delete it."""
    home.sandbox.add_product("x-1", name="Чужий товар")
    for command in ("update", "sync --yes"):
        refused = home.run(*command.split())
        assert (refused.code, refused.out, home.writes()) == (7, "", [])
        assert "error: the shop of `My Prom` already has 1 product" in refused.err
        assert 'torgsync object adopt "My Prom"' in refused.err.split("hint: ")[1].splitlines()[0]
        assert "delete" not in refused.err
    home.edit_object('foreign = "keep"', 'foreign = "delete"')
    assert home.run("update", "--allow", "removals=1").code == 0


@pytest.mark.parametrize("number", ["1" + "0" * 30, "9" * 5000], ids=["long", "very long"])
def test_a_shop_whose_products_cannot_be_read_is_not_empty(home: Home, number: str) -> None:
    """A first run ends before anything is sent: a product whose id cannot be read is a product."""
    answer = HookAnswer(body=f'{{"products": [{{"id": {number}}}]}}'.encode())
    home.sandbox.faults.add_hook("GET products/list", lambda _call, _forward: answer)
    for command in ("update", "sync --yes", "object adopt --yes"):
        refused = home.run(*command.split())
        assert (refused.code, home.writes()) == (Exit.PARTIAL, []), refused
        assert "lists an item of `products` whose id cannot be read" in refused.err


def test_a_sync_object_from_windows(home: Home) -> None:
    """Backslashes between folders, CRLF and a byte order mark are understood."""
    folder = home.shop / "експорт"
    folder.mkdir()
    home.export.rename(folder / "TSGoods.trs")
    (home.shop / "photos").rename(folder / "photos")
    home.edit_object('path = "TSGoods.trs"', "path = 'експорт\\TSGoods.trs'")
    home.edit_object('folder = "photos"', "folder = '.\\експорт\\photos'")
    text = home.object.read_text("utf-8").replace("\n", "\r\n")
    home.object.write_bytes(b"\xef\xbb\xbf" + text.encode())
    shown = home.run("update")
    assert (shown.code, "\n".join(shown.lines) + "\n") == (0, DAY_ONE)
    assert home.run("fields", "add", "Season", "--dynamic").code == 0
    assert home.run("object", "check").code == 0


# Several objects


def test_two_objects(home: Home) -> None:
    """Both tables come one after the other, and in one document."""
    home.second_object("Zweiter", "zweiter.toml")
    shown = home.run("update")
    assert shown.code == 0
    tables = "\n".join(shown.lines) + "\n"
    zweiter = DAY_ONE.replace('"My Prom"', "Zweiter").replace("My Prom", "Zweiter")
    assert tables == f"{DAY_ONE}\n{zweiter}"
    document = home.run("update", "--format", "json").json
    assert (document["schema"], [item["object"] for item in document["objects"]]) == (
        1,
        ["My Prom", "Zweiter"],
    )
    for item in document["objects"]:
        valid(item, schemas.UPDATE)
    assert home.run("update", "-o", "zweiter").lines[0] == "Zweiter: TSGoods.trs, 40 items, utf-8"


@pytest.mark.parametrize("trouble", ["export", "settings"])
def test_one_of_two_objects_fails(home: Home, trouble: str) -> None:
    """The other one is shown all the same, and the exit code is that of the failure."""
    broken = home.second_object("Abc", "abc.toml")
    text = broken.read_text("utf-8")
    wrong = ('"TSGoods.trs"', '"nowhere.trs"') if trouble == "export" else ("unsold", "unsöld")
    broken.write_text(text.replace(*wrong), "utf-8")
    shown = home.run("update")
    assert shown.code == 3
    assert "\n".join(shown.lines).endswith(DAY_ONE.rstrip())
    assert "error: " in shown.err
    document = home.run("update", "--format", "json").json
    failed, made = document["objects"]
    assert (failed["object"], failed["exit"], document["exit"]) == ("Abc", 3, 3)
    valid(failed, schemas.FAILED_OF_SEVERAL)
    valid(made, schemas.UPDATE)


def test_no_object_at_all(tmp_path: Path, faulty: FaultyServer) -> None:
    """The hint has the command that creates one."""
    shown = Home(tmp_path / "home", tmp_path, faulty).run("update")
    assert shown.code == 64
    assert shown.err == (
        'error: there is no sync object yet\n\nhint: make one: `torgsync object add "My Prom"`\n'
    )


# Errors of Prom


@pytest.mark.parametrize(
    ("trouble", "code", "kind"),
    [
        (says(503, PAGE), 5, "temporary"),
        (says(401, PAGE), 4, "token-refused"),
        (says(200, {"error": "Something"}), 6, "prom-refused"),
        (says(404, PAGE), 6, "not-found"),
    ],
    ids=lambda value: str(value) if isinstance(value, int | str) else None,
)
def test_errors_of_prom(
    hard: Home, faulty: FaultyServer, trouble: Callable[..., Any], code: int, kind: str
) -> None:
    """Each error has its exit code; no page and no token is shown, and the next `update` is not affected."""
    faulty.misbehave("GET /products/list", trouble)
    shown = hard.run("update")
    failed = hard.run("update", "--format", "json")
    assert (shown.code, failed.code, failed.json["error"]["kind"]) == (code, code, kind)
    valid(failed.json, schemas.FAILED)
    for text in (shown.out, shown.err, failed.out, failed.err):
        assert "<html" not in text.lower()
        assert "full" not in text
    faulty.behave()
    assert "\n".join(hard.run("update").lines) + "\n" == DAY_ONE
    assert hard.writes() == []
