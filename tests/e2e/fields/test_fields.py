"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

import csv
import io

import pytest
from homes import Home


@pytest.fixture
def bare(home: Home) -> Home:
    """The example shop, with no column mapped yet."""
    text = home.object.read_text("utf-8")
    end = text.index("# --- What happens to goods that are gone")
    home.object.write_text(text[: text.index("[[fields]]")] + text[end:], "utf-8")
    return home


def columns(home: Home) -> dict[str, str]:
    """Return the targets, keyed by column."""
    listed = home.run("fields", "list", "--format", "json").json["fields"]
    return {field["column"]: field["name"] or field["to"] for field in listed}


def test_all_standard_fields_at_once(bare: Home) -> None:
    """Every standard column of the export is mapped to its field, but neither cost nor wholesale price."""
    added = bare.run("fields", "add-all")
    assert (added.code, added.out) == (0, "")
    assert added.err == (
        "21 fields added to `my-prom.toml`\n"
        "columns of your own, not sent yet: `opys_saytu`, `visota_kabluka`\n"
    )
    mapped = columns(bare)
    assert mapped == {
        "GoodName": "name",
        "RetailPrice": "price",
        "RetailPriceWithDiscount": "sale_price",
        "WarehouseQuantity": "quantity",
        "Articul": "sku",
        "Barcode": "gtin",
        "SynchronizationSectionFull": "group",
        "MesUnit": "unit",
        "PCName": "vendor",
        "Country": "country",
        "ModelGoodID": "variant_group",
        "TheSize": "Розмір",
        "Color": "Колір",
        "Material": "Матеріал",
        "Sex": "Стать",
        "Season": "Сезон",
        "Age": "Вік",
        "Pack": "Упаковка",
        "PackSize": "Розмір упаковки",
        "PowerSupply": "Живлення",
        "CountUnitsPerBox": "Кількість в упаковці",
    }
    assert "# --- What happens to goods that are gone" in bare.object.read_text("utf-8")


@pytest.mark.parametrize(
    ("gone", "group"),
    [
        (["SynchronizationSectionFull"], "SynchronizationSection"),
        (["SynchronizationSectionFull", '"SynchronizationSection"'], "GoodTypeFull"),
    ],
)
def test_add_all_takes_the_best_column_there_is(bare: Home, gone: list[str], group: str) -> None:
    """Without section paths the section or the type of goods makes the group, without model ids the name."""

    def without(text: str) -> str:
        for place, name in enumerate([*gone, "ModelGoodID"]):
            text = text.replace(name, f"own_{place}", 1)
        return text

    bare.edit_export(without)
    assert bare.run("fields", "add-all").code == 0
    mapped = columns(bare)
    assert [column for column, to in mapped.items() if to == "group"] == [group]
    assert [column for column, to in mapped.items() if to == "variant_group"] == ["FashionName"]


def test_add_all_twice(bare: Home) -> None:
    """What is mapped already stays as it is, to the byte."""
    bare.run("fields", "add-all")
    before = bare.object.read_bytes()
    assert bare.run("fields", "add-all").err.splitlines()[0] == "0 fields added to `my-prom.toml`"
    assert bare.object.read_bytes() == before


def test_add_all_keeps_what_a_person_decided(home: Home) -> None:
    """Comments, owners and names in the file survive; only missing columns are appended."""
    home.edit_object(
        'column = "RetailPrice"\nto = "price"\nowner = "torgsoft"',
        'column = "RetailPrice"\nto = "price"\nowner = "prom"',
    )
    head, tail = home.object.read_text("utf-8").split("# --- What happens to goods that are gone")
    assert home.run("fields", "add-all").err.splitlines()[0] == "8 fields added to `my-prom.toml`"
    after = home.object.read_text("utf-8")
    assert after.startswith(head)
    assert after.endswith(f"\n\n# --- What happens to goods that are gone{tail}")
    assert after.removeprefix(head).split("# ---")[0].splitlines()[:8] == [
        "[[fields]]",
        'column = "Country"',
        'to = "country"',
        "",
        "[[fields]]",
        'column = "Sex"',
        'to = "characteristic"',
        'name = "Стать"',
    ]


def test_one_column_to_a_field(bare: Home) -> None:
    """The column goes where it was mapped, with the owner that was named."""
    added = bare.run("fields", "add", "opys_saytu", "--to", "description", "--owner", "prom")
    assert (added.code, added.err) == (0, "`opys_saytu` -> description\n")
    assert bare.run("fields", "list", "--format", "json").json == {
        "schema": 1,
        "fields": [
            {
                "column": "opys_saytu",
                "to": "description",
                "name": None,
                "split": None,
                "owner": "prom",
                "sample": "<p>Зимові черевики на стійкому підборі: тепла підкладка, бок",
                "in_export": True,
            }
        ],
    }


def test_a_column_that_holds_two_languages(bare: Home) -> None:
    """The separator is stored in the sync object, and each language gets its part."""
    bare.run("fields", "add", "RetailPrice", "--to", "price")
    added = bare.run("fields", "add", "GoodName", "--to", "name", "--split", "_")
    assert (added.code, added.err) == (0, "`GoodName` -> name, Ukrainian and Russian separated by `_`\n")
    assert bare.object.read_text("utf-8").count('to = "name"\nsplit = "_"\n') == 1
    assert bare.run("fields", "list", "--format", "json").json["fields"][1]["split"] == "_"
    bare.edit_row("26902", "Черевики жіночі чорний 2107 Калина 37", "Черевики_Ботинки")
    changes = bare.run("update", "--offline", "--format", "json").json["changes"]
    (fields,) = [change["fields"] for change in changes if change["good_id"] == "26902"]
    assert (fields["name"]["new"], fields["name_ru"]["new"]) == ("Черевики", "Ботинки")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("Articul", "--to", "sku"), "`split` is only for texts in two languages: `name`, "),
        (("visota_kabluka", "--dynamic"), 'the name of the column also has "_" and would be split into'),
        (("Color", "--dynamic", "--name", "а_б_в"), '"_" is in the name more than once'),
    ],
)
def test_what_cannot_be_split(bare: Home, args: tuple[str, ...], message: str) -> None:
    """A target without languages is refused, and a name that contains the separator."""
    before = bare.object.read_bytes()
    refused = bare.run("fields", "add", *args, "--split", "_")
    assert (refused.code, refused.err.startswith(f"error: {message}")) == (64, True)
    assert bare.object.read_bytes() == before


def test_a_column_as_a_characteristic_of_its_own(bare: Home) -> None:
    """A dynamic column becomes a characteristic, with the name and unit for buyers."""
    added = bare.run("fields", "add", "visota_kabluka", "--dynamic", "--name", "Висота", "--unit", "см")
    assert (added.code, added.err) == (0, "`visota_kabluka` -> Висота\n")
    assert 'name = "Висота"\nunit = "см"\n' in bare.object.read_text("utf-8")
    assert bare.run("fields", "add", "Season", "--dynamic").err == "`Season` -> Season\n"


def test_the_cost_price_is_never_mapped(bare: Home) -> None:
    """It cannot be mapped, however its column is written and whatever the target."""
    before = bare.object.read_bytes()
    for words in ("PrimeCost --to price", "primecost --dynamic", "PRIMECOST --to keywords"):
        added = bare.run("fields", "add", *words.split())
        assert (added.code, added.out) == (64, "")
        assert added.err == "error: `PrimeCost` is what the shop paid; it is never sent\n"
    assert bare.object.read_bytes() == before


def test_an_unknown_column_or_target(bare: Home) -> None:
    """The error suggests the nearest name or lists all, and the file is left alone."""
    bare.run("fields", "add", "Color", "--dynamic", "--name", "Колір")
    before = bare.object.read_bytes()
    for words, message in (
        ("RetailPrise --to price", "the export has no column `RetailPrise`; did you mean `RetailPrice`?"),
        ("RetailPrice --to prise", "there is no target `prise`; did you mean `price`?"),
        ("RetailPrice --to xxx", "the targets are `name`, `name_ru`, `description`,"),
        ("RetailPrice", "give either `--to TARGET` or `--dynamic`"),
        ("RetailPrice --to price --dynamic", "give either `--to TARGET` or `--dynamic`"),
        ("Color --dynamic --owner nobody", "`--owner`: `nobody` is not one of"),
        ("Season --dynamic --name Колір", "`Color` is already mapped to `characteristic Колір`"),
    ):
        added = bare.run("fields", "add", *words.split())
        assert (added.code, message in " ".join(added.err.split())) == (64, True), added.err
    assert bare.object.read_bytes() == before


def test_a_wholesale_price_that_is_the_cost_price(bare: Home) -> None:
    """A warning has the number of rows where it equals the cost price; the person decides."""
    bare.edit_export(_wholesale_is_cost)
    added = bare.run("fields", "add", "WholesalePrice", "--to", "wholesale_price")
    assert added.code == 0
    assert added.err.splitlines() == [
        "`WholesalePrice` -> wholesale_price",
        "! `WholesalePrice` equals the cost price in 40 of 40 rows: buyers would see what you paid",
    ]


def _wholesale_is_cost(text: str) -> str:
    """Put the cost price of every row into its wholesale price."""
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row | {"WholesalePrice": row["PrimeCost"]} for row in rows)
    return out.getvalue()


def test_the_list_of_fields(home: Home) -> None:
    """The table and the CSV have column, target, name, owner and a value; the table fits 80 columns."""
    listed = home.run("fields", "list")
    assert (listed.lines[0].split(), listed.err) == (["column", "to", "decided", "by", "sample"], "")
    assert listed.lines[2].split() == ["GoodName", "name", "torgsoft", "Черевики", "жіночі", "чор…"]
    assert max(map(len, listed.lines)) <= 80
    rows = home.run("fields", "list", "--format", "csv").lines
    assert rows[12] == "TheSize,characteristic,Розмір,torgsoft,36,true,"


def test_a_column_that_the_export_lacks(home: Home) -> None:
    """It is marked; the others keep their samples."""
    home.edit_object('column = "visota_kabluka"', 'column = "vysota"')
    listed = home.run("fields", "list")
    assert listed.lines[-1].split() == [
        *("vysota", "Висота", "каблука", "torgsoft", "!", "not", "in", "the", "export")
    ]
    fields = home.run("fields", "list", "--format", "json").json["fields"]
    assert [field["column"] for field in fields if not field["in_export"]] == ["vysota"]
    assert fields[-1]["sample"] is None


def test_the_list_without_an_export(home: Home) -> None:
    """The fields are listed all the same, with the reason why there are no samples."""
    home.export.unlink()
    listed = home.run("fields", "list", "--format", "json")
    assert listed.code == 0
    assert {(field["sample"], field["in_export"]) for field in listed.json["fields"]} == {(None, None)}
    assert listed.err.startswith("! no examples: there is no file")


# remove


def test_a_column_is_removed(home: Home) -> None:
    """Only its table goes; comments, order and everything else stay to the byte."""
    before = home.object.read_text("utf-8")
    removed = home.run("fields", "remove", "articul")
    assert (removed.code, removed.out) == (0, "")
    assert removed.err == "`Articul` is no longer sent as sku\n"
    table = '[[fields]]\ncolumn = "Articul"\nto = "sku"\nowner = "torgsoft"\n\n'
    assert before.count(table) == 1
    assert home.object.read_text("utf-8") == before.replace(table, "")


@pytest.mark.parametrize("column", ["GoodName", "visota_kabluka"])
def test_the_first_and_the_last_column_are_removed(home: Home, column: str) -> None:
    """Comments about remaining fields are kept."""
    before = home.object.read_text("utf-8")
    assert home.run("fields", "remove", column).code == 0
    after = home.object.read_text("utf-8")
    start = before.index(f'[[fields]]\ncolumn = "{column}"')
    end = before.index("\n\n", start) + 2
    assert after == before[:start] + before[end:]
    assert column not in columns(home)


def test_every_column_is_removed(home: Home) -> None:
    """What is left is the file without its fields, and fields can be added again."""
    head, rest = home.object.read_text("utf-8").split("[[fields]]", 1)
    tail = rest[rest.index("# --- What happens") :]
    for column in columns(home):
        assert home.run("fields", "remove", column).code == 0
    assert home.object.read_text("utf-8") == head + tail
    assert home.run("fields", "add", "GoodName", "--to", "name").code == 0
    assert columns(home) == {"GoodName": "name"}


def test_fields_at_the_end_of_the_file(bare: Home) -> None:
    """A comment behind the last table stays, also where nothing follows it."""
    bare.run("fields", "add", "GoodName", "--to", "name")
    with bare.object.open("a", encoding="utf-8") as file:
        file.write("\n# the end\n")
    assert bare.run("fields", "remove", "GoodName").code == 0
    assert bare.object.read_text("utf-8").endswith("# the end\n")
    assert bare.run("object", "show").code == 0


def test_fields_in_one_line(bare: Home) -> None:
    """Fields may be inline tables."""
    text = bare.object.read_text("utf-8")
    inline = 'fields = [{ column = "GoodName", to = "name" }, { column = "Articul", to = "sku" }]\n'
    bare.object.write_text(text.replace('via = "prom.ua"\n', f'via = "prom.ua"\n{inline}'), "utf-8")
    assert bare.run("fields", "remove", "GoodName").code == 0
    assert columns(bare) == {"Articul": "sku"}


def test_one_column_that_is_mapped_twice(home: Home) -> None:
    """All of its mappings go."""
    table = '[[fields]]\ncolumn = "Articul"\nto = "characteristic"\nname = "Артикул"\n\n'
    home.edit_object("# --- What happens", f"{table}# --- What happens")
    assert home.run("fields", "remove", "Articul").err.splitlines() == [
        "`Articul` is no longer sent as sku",
        "`Articul` is no longer sent as Артикул",
    ]
    assert "Articul" not in columns(home)


def test_a_column_that_is_not_mapped(home: Home) -> None:
    """The error suggests the nearest column, and the file is left alone."""
    before = home.object.read_bytes()
    removed = home.run("fields", "remove", "Articull")
    assert (removed.code, removed.out) == (64, "")
    assert removed.err == (
        "error: the column `Articull` is not mapped; did you mean `Articul`?\n\n"
        'hint: see those that are: torgsync fields list -o "My Prom"\n'
    )
    assert home.object.read_bytes() == before


def test_a_column_can_be_mapped_twice(home: Home) -> None:
    """What it is mapped to already stays: the article, and now a characteristic too."""
    before = home.object.read_text("utf-8")
    assert home.run("fields", "add", "Articul", "--dynamic", "--name", "Модель").code == 0
    assert home.object.read_text("utf-8").startswith(
        before.split("# --- What happens", maxsplit=1)[0].rstrip()
    )
    rows = home.run("fields", "list", "--format", "json").json["fields"]
    assert [row["to"] for row in rows if row["column"] == "Articul"] == ["sku", "characteristic"]


def test_a_target_that_is_taken_names_who_has_it(home: Home) -> None:
    """The hint has the command to run first."""
    ran = home.run("fields", "add", "Description", "--to", "description")
    assert (ran.code, ran.err.splitlines()) == (
        64,
        [
            "error: `opys_saytu` is already mapped to `description`",
            "",
            'hint: remove it first: torgsync fields remove opys_saytu -o "My Prom"',
        ],
    )


def test_a_column_may_be_named_as_the_file_names_it(bare: Home) -> None:
    """A label of Torgsoft means its standard column, and never maps the cost price."""
    text = bare.export.read_text("utf-8-sig")
    text = text.replace('"RetailPrice"', '"Ціна роздрібна"', 1).replace('"PrimeCost"', '"Собівартість"', 1)
    bare.export.write_text(text, "utf-8", newline="")
    assert bare.run("fields", "add", "Ціна роздрібна", "--to", "price").code == 0
    assert columns(bare) == {"RetailPrice": "price"}
    refused = bare.run("fields", "add", "Собівартість", "--to", "price")
    assert (refused.code, "it is never sent" in refused.err) == (64, True)
