"""`torgsync why`: one good's way from its row to Prom.ua, without a request to Prom."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import Any

import schemas
from corpus import DATA
from homes import Home, SandboxAddress
from schemas import valid

WHOLE = """\
26931  Шуруп [/25] оцинкований 4х25, 100 шт

answer     Prom.ua shows what the export says; there is nothing to do

row        `TSGoods.trs`, line 76

columns    `GoodName`: Шуруп [/25] оцинкований 4х25, 100 шт -> `name`
           `opys_saytu`: (empty) -> `description`
           `RetailPrice`: 68 -> `price`
           `RetailPriceWithDiscount`: 68 -> `sale_price`
           `WarehouseQuantity`: 65 -> `quantity`
           `Articul`: T-931 -> `sku`
           `Barcode`: 2900000102101 -> `gtin`
           `SynchronizationSectionFull`: 40=Дім і сад|401=Кріплення та
             інструмент -> `group`
           `MesUnit`: упак -> `unit`
           `ModelGoodID`: (empty) -> `variant_group`
           `PCName`: Майстер -> `vendor`
           `TheSize`: (empty) -> characteristic `Розмір`
           `Color`: (empty) -> characteristic `Колір`
           `Material`: сталь -> characteristic `Матеріал`
           `visota_kabluka`: (empty) -> characteristic `Висота каблука`

price      `RetailPrice` 68 -> 68.00
           `RetailPriceWithDiscount` 68 -> not lower than the price: no discount

filters    ✓ group: in Дім і сад > Кріплення та інструмент; every group is sent
           ✓ display: `Display` is 1
           ✓ stock: 65 by `WarehouseQuantityForPartner` (2=40,000|8=25,000);
             centers counted: 2, 8; `only_in_stock` is off
           ✓ photos: 1 photo; `only_with_photos` is off

variants   model `шуруп [/25] оцинкований 4х25, 100 шт`; a product of its own:
             the export has no other item of this model

product    name: Шуруп [/25] оцинкований 4х25, 100 шт
           name (ru): Шуруп [/25] оцинкований 4х25, 100 шт
           article: T-931
           price: 68.00
           discount: –
           availability: in stock
           quantity: 65
           status: on the site
           description: –
           description (ru): –
           group: Дім і сад; Кріплення та інструмент
           photos: 26931.jpg
           characteristics: Матеріал: сталь
           barcode: 2900000102101
           vendor: Майстер
           unit: упак
           currency: UAH

sent       last YYYY-MM-DD HH:MM: name, name (ru), article, price, discount,
             availability, quantity, status, description, description (ru),
             group, photos, characteristics, barcode, vendor, unit, currency

on Prom.ua product 1600000031, as seen YYYY-MM-DD HH:MM, changed YYYY-MM-DD
             HH:MM
           status: on the site
           price: 68.00
           discount: –
           availability: in stock
           quantity: 65

plan       no change

history    YYYY-MM-DD HH:MM: create in run 1: done
"""


def explained(home: Home, good_id: str) -> dict[str, object]:
    """The answer as a document."""
    asked = home.run("why", good_id, "--format", "json")
    assert (asked.code, asked.err) == (0, "")
    valid(asked.json, schemas.WHY)
    good: dict[str, object] = asked.json["good"]
    return good


def row_of(home: Home, good_id: str) -> dict[str, Any]:
    """The part of the document about the export."""
    row = explained(home, good_id)["row"]
    assert isinstance(row, dict)
    return row


def test_a_good_in_step(filled: Home) -> None:
    """The explanation fits 80 columns and reads without colour; no request is sent."""
    filled.run("update")
    filled.sandbox.log.clear()
    shown = filled.run("why", "26931")
    assert (shown.code, shown.err, filled.sandbox.log.records()) == (0, "", [])
    timeless = re.sub(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD", "\n".join(shown.lines))
    assert re.sub(r"\d\d:\d\d(?=[,:]|$)", "HH:MM", timeless, flags=re.MULTILINE) + "\n" == WHOLE
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "\x1b" not in shown.out
    assert explained(filled, "26931")["fate"] == "in-step"


def test_a_long_text_is_shortened_in_the_table_alone(home: Home) -> None:
    """There its beginning and its length are shown, and where it goes all the same."""
    text = f"{'дуже ' * 80}довгий "
    home.edit_row("26931", '"Шуруп', f'"{text}Шуруп')
    table = " ".join(home.run("why", "26931").out.split())
    assert text not in table
    assert re.search(r"`GoodName`: (дуже )+… \(\d{3} characters\) -> `name`", table)
    assert text in home.run("why", "26931", "--format", "csv").out


def test_nothing_is_changed(filled: Home) -> None:
    """The next plan is the same as without it."""
    filled.next_day()
    before = filled.run("update", "--offline", "--format", "json").json
    for good_id in ("26931", "26909", "26941", "26939"):
        filled.run("why", good_id)
    assert filled.run("update", "--offline", "--format", "json").json == before


def test_the_cost_price_is_never_shown(filled: Home) -> None:
    """It is in no output format."""
    for form in ("table", "json", "csv"):
        shown = filled.run("why", "26901", "--format", form)
        assert "1044,93" not in shown.out
        assert "PrimeCost" not in shown.out


def test_changed_in_the_export(filled: Home) -> None:
    """A change of the export is shown field by field, before any look."""
    filled.next_day()
    shown = filled.run("why", "26921")
    assert "plan       update, by an edit" in shown.lines
    assert "           price: 899.00 -> 799.00 (the export changed)" in shown.lines
    good = explained(filled, "26921")
    assert (good["fate"], good["standing"]) == ("moved", "in")


def causes(home: Home, good_id: str) -> dict[str, list[str]]:
    """The causes of a change, as a document has them."""
    found = explained(home, good_id)["causes"]
    assert isinstance(found, dict)
    return found


def test_sold_on_prom(filled: Home) -> None:
    """The order took the stock, not the export; the product is shown with what is left."""
    filled.sandbox.place_order([("26904", 1)])
    filled.run("orders", "fetch")
    shown = filled.run("why", "26904")
    assert "answer     it was sold on Prom.ua; it will be updated on Prom.ua" in shown.lines
    assert "           quantity: 1 (2 in the export, 1 sold)" in shown.lines
    order = filled.sandbox.log.records() and explained(filled, "26904")["sold"][0]["order"]  # type: ignore[index]
    assert f"           quantity: 2 -> 1 (sold on Prom.ua: 1 in order `{order}`)" in shown.lines
    assert causes(filled, "26904") == {"quantity": ["sold"]}
    filled.sync()
    text = " ".join(filled.run("why", "26904").out.split())
    assert "Prom.ua shows what the export says, less what was sold there; there is nothing to do" in text


def test_who_moved_a_field(filled: Home) -> None:
    """The file that was written since it was sent; both are named where both were."""
    filled.edit_row("26931", ";68;", ";70;")
    assert causes(filled, "26931") == {"price": ["export"], "discount": ["export"]}
    filled.edit_object("[removal]", '[prices]\nmarkup = "10%"\n\n[removal]')
    assert causes(filled, "26931")["price"] == ["export-or-settings"]


def test_only_the_settings_moved_a_field(filled: Home) -> None:
    """The export is older than what was sent."""
    filled.edit_object("[removal]", '[prices]\nmarkup = "10%"\n\n[removal]')
    assert causes(filled, "26931") == {"price": ["settings"]}
    assert "answer     the settings changed; it will be updated on Prom.ua" in (
        filled.run("why", "26931").lines
    )


def test_an_earlier_run_took_it_down(filled: Home) -> None:
    """An item that is displayed again is shown again: an earlier run had hidden it."""
    filled.edit_row("26931", ";65;1;", ";65;0;")
    filled.sync()
    assert "plan       nothing is sent: `Display` = 0 in the accounting program" in (
        filled.run("why", "26931").lines
    )
    filled.edit_row("26931", ";65;0;", ";65;1;")
    assert causes(filled, "26931") == {"status": ["taken-down"]}


def test_what_a_guard_holds_of_a_change(filled: Home) -> None:
    """Its fields are named where the rest is sent."""
    filled.edit_row("26901", ";1713;0;1713;", ";171,3;0;171,3;")
    assert "           held: all of it" in filled.run("why", "26901").lines
    filled.edit_row("26901", "Черевики жіночі чорний 2107", "Чоботи жіночі чорний 2107")
    assert "           held: price" in filled.run("why", "26901").lines


def test_edited_on_prom(filled: Home) -> None:
    """A change made there is marked."""
    filled.sandbox.edit_product("26925", name_uk="Мій чайник", name="Мій чайник")
    filled.run("update")
    shown = filled.run("why", "26925")
    assert shown.lines[2].startswith("answer     it was edited on Prom.ua; it will be changed back")
    assert "(edited on Prom.ua)" in " ".join(shown.out.split())
    filled.edit_object('to = "name"\nowner = "torgsoft"', 'to = "name"\nowner = "prom"')
    assert explained(filled, "26925")["left_alone"] == ["name", "name_ru"]
    assert "differs, but is kept as it is on Prom.ua" in filled.run("why", "26925").out


def test_a_price_that_a_guard_holds(filled: Home) -> None:
    """The observed value and the flag that allows it are shown."""
    filled.edit_row("26901", ";1713;0;1713;", ";171,3;0;171,3;")
    good = explained(filled, "26901")
    assert good["fate"] == "held"
    assert good["held"] == {
        "guard": "price",
        "saw": (
            "1713.00 -> 171.30 (-90 %); the limit is -40 % to +150 %; "
            "10 times lower: looks like a slipped decimal point"
        ),
        "allow": "--allow price=26901",
    }
    assert "--allow price=26901" in filled.run("why", "26901").out


def test_a_removal_that_a_guard_holds(filled: Home) -> None:
    """What the last plan held is shown with its guard."""
    filled.edit_object("# product_group", "product_group")
    filled.run("update")
    good = explained(filled, "26901")
    assert (good["fate"], good["standing"]) == ("held", "out")
    assert good["held"] == {"guard": "removals", "saw": None, "allow": "--allow removals=N"}
    assert "held by the guard `removals`" in filled.run("why", "26901").out


def test_a_good_that_is_gone(filled: Home) -> None:
    """It will be removed; afterwards its product is hidden and its history is left."""
    filled.next_day()
    assert explained(filled, "26909")["fate"] == "take-out"
    filled.sync()
    good = explained(filled, "26909")
    assert good["fate"] == "in-grace"
    shown = filled.run("why", "26909")
    assert "row        the export does not have it" in shown.lines
    assert re.search(r"remove \(status on the site -> hidden\) in run \d+: done", " ".join(shown.out.split()))


def test_a_good_that_a_filter_keeps_out(home: Home) -> None:
    """The filter is named with what it saw."""
    shown = home.run("why", "26939")
    assert "           left out: `Display` = 0 in the accounting program" in shown.lines
    assert "           ✗ left out by display: `Display` is 0" in shown.lines
    assert "sent       nothing was ever sent" in shown.lines
    assert "on Prom.ua not asked yet" in shown.lines


def test_a_good_that_is_in_the_export_twice(filled: Home) -> None:
    """Both lines are shown."""
    rows = filled.export.read_bytes()
    twin = next(row for row in rows.split(b"\r\n") if row.startswith(b"26926;"))
    filled.export.write_bytes(rows + twin + b"\r\n")
    shown = filled.run("why", "26926")
    assert "row        `TSGoods.trs`, lines 71, 86" in shown.lines
    assert explained(filled, "26926")["fate"] == "blocked"
    assert "plan       nothing is sent: in several rows of the export, left alone" in shown.lines


def test_an_item_that_was_never_on_the_site(home: Home) -> None:
    """Nothing says that it stays on Prom.ua, is on the site, or needs no change."""
    home.edit_row("26926", ";129;", ";ціна;")
    rows = home.export.read_bytes()
    twins = [row for row in rows.split(b"\r\n") if row.startswith((b"26939;", b"26931;"))]
    home.export.write_bytes(rows + b"".join(twin + b"\r\n" for twin in twins))
    home.run("update")
    for good_id in ("26926", "26931", "26939"):
        text = " ".join(home.run("why", good_id).out.split())
        assert "on Prom.ua no such product, as seen" in text
        assert "plan nothing is sent: " in text
        assert not re.search(r"has stays|stays (as|on|there)|status: on the site|no change", text)


def test_a_good_with_an_error(filled: Home) -> None:
    """The finding is at its column, and the good is not called in step."""
    filled.edit_row("26926", ";129;", ";ціна;")
    shown = filled.run("why", "26926")
    assert "           `RetailPrice`: ціна -> `price` (error `number-unreadable`)" in shown.lines
    assert "           price: cannot be read, and is not sent" in shown.lines
    assert explained(filled, "26926")["fate"] == "kept"


def test_a_word_that_may_be_a_brand_or_a_country(filled: Home) -> None:
    """Neither is sent: both columns say why, and a check says how many goods it is about and the way out."""
    filled.run("fields", "add", "Country", "--to", "country")
    filled.edit_row("26901", '"Калина";5201', '"Україна";5201')
    table = " ".join(filled.run("why", "26901").out.split())
    because = "not sent: `PCName` and `Country` have the same word, which may be a brand or a country"
    assert f"`PCName`: Україна -> `vendor`; {because}" in table
    assert f"`Country`: Україна -> `country`; {because}" in table
    columns = filled.run("why", "26901", "--format", "json").json["good"]["row"]["columns"]
    assert {item["column"] for item in columns if item["unsent"]} == {"PCName", "Country"}
    checked = " ".join(filled.run("object", "check").out.split())
    assert "1 item has the same word as brand and as country; neither is sent" in checked
    assert 'torgsync fields remove Country -o "My Prom"' in checked
    filled.run("fields", "remove", "Country")
    assert "brand and country" not in filled.run("object", "check").out
    assert "not sent" not in filled.run("why", "26901").out


def test_a_finding_is_one_document(filled: Home) -> None:
    """`why`, `update` and `object check` show it with the same keys and the same place."""
    filled.edit_row("26926", ";129;", ";ціна;")
    whole = explained(filled, "26926")["findings"]
    assert whole == [
        {
            "code": "number-unreadable",
            "severity": "error",
            "good_id": "26926",
            "file": "TSGoods.trs",
            "line": 71,
            "column": "RetailPrice",
            "value": "ціна",
            "message": "`ціна` is not a number; correct the cell; not sent: price, discount",
        }
    ]
    assert filled.run("update", "--format", "json").json["findings"] == whole
    assert filled.run("object", "check", "--format", "json").json["findings"] == whole


def test_the_goods_of_one_model(filled: Home) -> None:
    """Each other good is shown with what makes it another variant; one that stays out with the reason."""
    filled.edit_row("26905", '"бордовий"', '""')
    shown = filled.run("why", "26902")
    start = shown.lines.index("variants   model `5201`; 7 other items of this model; variant group 5201")
    assert shown.lines[start + 1 : start + 3] == [
        "           26901: Розмір: 36",
        "           26903: Розмір: 38",
    ]
    variants = row_of(filled, "26902")["variants"]
    assert (variants["model"], variants["group"], variants["alone"]) == ("5201", 5201, None)
    five, six = [one for one in variants["sisters"] if one["good_id"] in ("26905", "26906")]
    assert (five["lacks"], five["alone"].partition(",")[0]) == (["Колір"], "lacks `Колір`")
    assert (six["differs"], six["out"], six["alone"]) == (
        [{"name": "Колір", "unit": "", "value": "бордовий"}],
        None,
        None,
    )
    alone = " ".join(filled.run("why", "26905").out.split())
    assert (
        "variants model `5201`; 7 other items of this model; a product of its own: lacks `Колір`, "
        "which the other items of its model have 26901: " in alone
    )


def test_more_siblings_than_fit_a_screen(filled: Home) -> None:
    """The table shows the first ones; a good of the model that stays out says so."""
    filled.edit_export(
        lambda text: text.replace(";5202;", ";5201;").replace(";5203;", ";5201;").replace(";5204;", ";5201;")
    )
    variants = row_of(filled, "26902")["variants"]
    assert len(variants["sisters"]) > 10
    shown = filled.run("why", "26902").out
    rest = len(variants["sisters"]) - 10
    assert f"           … and {rest} more; `--format json` lists all\n" in shown


def test_a_file_for_each_center(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """Each file is named with the stock found in it, also the one that gives the good's texts."""
    folder = tmp_path / "home" / "objects"
    shutil.copytree(DATA / "centers-one-file-each", folder)
    (folder / "object.toml").rename(folder / "my-prom.toml")
    home = Home(tmp_path / "home", folder, sandbox_server)
    home.run("fields", "add-all")
    shown = home.run("why", "3").lines
    start = shown.index("row        `02.Second.trs`, line 4")
    assert shown[start + 1 : start + 4] == [
        "",
        "centers    1: `01.First.trs` does not have it",
        "           2: `02.Second.trs`: 1 in stock",
    ]
    row = row_of(home, "1")
    assert (row["file"], row["centers"]) == (
        "01.First.trs",
        [
            {"center": "1", "file": "01.First.trs", "value": "2,000", "quantity": 2, "counted": True},
            {"center": "2", "file": "02.Second.trs", "value": "3,000", "quantity": 3, "counted": True},
        ],
    )
    assert row["variants"]["alone"] == "no column is mapped to `variant_group`, the model of an item"
    second = folder / "02.Second.trs"
    second.write_bytes(second.read_bytes().replace(b";300;1;1", ";300;багато;1".encode()))
    home.edit_object("[catalog]\n", '[accounting_centers]\nuse = ["1"]\n\n[catalog]\n')
    assert "           2: `02.Second.trs` has a stock that cannot be read: багато" in (
        home.run("why", "3").out
    )
    assert "           2: `02.Second.trs`: 4 in stock, not counted" in home.run("why", "2").lines


def test_a_foreign_product(filled: Home) -> None:
    """It is on Prom, and not managed by torgsync."""
    filled.sandbox.add_product("x-1", name="Чужий товар")
    filled.run("update", "--full-refresh")
    assert explained(filled, "x-1")["fate"] == "foreign"
    filled.edit_object('foreign = "keep"', 'foreign = "delete"')
    assert explained(filled, "x-1")["fate"] == "take-out"


def test_a_product_that_moderators_deleted(filled: Home) -> None:
    """It is left alone, and the output says so."""
    filled.sandbox.edit_product("26921", status="deleted_by_moderator")
    filled.run("update")
    assert explained(filled, "26921")["fate"] == "deleted-by-moderator"


def test_a_good_that_prom_refused(filled: Home) -> None:
    """Prom's reason is shown, and that it waits."""
    filled.sandbox.catalog.deleted_external_ids.add("26941")
    filled.next_day()
    filled.sync()
    good = explained(filled, "26941")
    assert good["fate"] == "refused-before"
    assert isinstance(good["refusal"], dict)
    assert good["refusal"]["current"] is True
    shown = filled.run("why", "26941")
    assert re.search(r"refused \d{4}-\d\d-\d\d", shown.out)
    assert re.search(r"create in run \d+: refused: ", shown.out)
    filled.edit_row("26941", "М’яка", "Нова м’яка")
    assert explained(filled, "26941")["fate"] == "create"
    assert "the item has changed since then" in " ".join(filled.run("why", "26941").out.split())


def test_a_product_that_vanished(filled: Home) -> None:
    """Prom was looked at and does not show it."""
    filled.next_day()
    filled.run("update")
    shown = filled.run("why", "26941")
    assert re.search(r"on Prom\.ua no such product, as seen \d{4}", shown.out)
    assert "create" in shown.out


def test_an_export_that_cannot_be_read(filled: Home) -> None:
    """The error is shown, and the data in the state as well."""
    filled.run("update")
    filled.export.unlink()
    shown = filled.run("why", "26931")
    assert shown.code == 0
    assert "row        the export cannot be read: there is no file" in " ".join(shown.out.split("\n"))
    good = explained(filled, "26931")
    assert (good["fate"], good["title"]) == ("in-step", "Шуруп [/25] оцинкований 4х25, 100 шт")
    assert "there is no file" in str(good["export_problem"])
    unknown = filled.run("why", "x-9")
    assert (unknown.code, "the export cannot be read" in unknown.err) == (64, True)


def test_an_unknown_id(home: Home) -> None:
    """The error suggests similar ids, in JSON as well."""
    asked = home.run("why", "2693l")
    assert (asked.code, asked.out) == (64, "")
    assert "hint: similar ids: `26939`" in asked.err
    assert 'find it: torgsync goods find 2693l -o "My Prom"\n' in asked.err
    assert asked.err.startswith(
        "error: neither the state nor the export has an item `2693l`; did you mean `26939`?\n\n"
    )
    failed = home.run("why", "zzz", "--format", "json")
    valid(failed.json, schemas.FAILED)
    hint = 'find it: torgsync goods find zzz -o "My Prom"'
    assert (failed.code, failed.json["error"]["hint"]) == (64, hint)
    empty = home.run("why", " ")
    assert (empty.code, "nothing to explain: give an id" in empty.err) == (64, True)


def test_csv_has_a_row_a_line(filled: Home) -> None:
    """Spreadsheets get the same lines, names as they are."""
    rows = list(csv.DictReader(io.StringIO(filled.run("why", "26931", "--format", "csv").out)))
    assert rows[0] == {
        "section": "answer",
        "about": "",
        "text": "Prom.ua shows what the export says; there is nothing to do",
    }
    assert {row["section"] for row in rows} == {
        *("answer", "row", "columns", "price", "filters", "variants"),
        *("product", "sent", "on Prom.ua", "plan", "history"),
    }
