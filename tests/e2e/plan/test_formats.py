"""Every form of an export through the whole program: what the shop holds afterwards is what the file says.

Each test synchronises a few goods twice; the second time nothing may be written. `fields add-all` maps the
columns, as a user would have it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest
from dialects import Row, csv, offer, xlsx, yml
from homes import Home, Ran
from matrix import sampled
from pictures import named

from torgsync.core.product.columns import LAYOUTS
from torgsync.sandbox.shop.products import ShopProduct, Wholesale

COLUMNS = (
    "GoodID",
    "GoodName",
    "Articul",
    "RetailPrice",
    "RetailPriceWithDiscount",
    "WarehouseQuantity",
    "Display",
    "TheSize",
    "Color",
    "Barcode",
    "PCName",
    "ModelGoodID",
    "SynchronizationSectionFull",
    "PrimeCost",
)
SECTION = "1=Одяг|11=Сукні, літні"
ROWS: list[list[str]] = [
    "101|Сукня синя 42|S-42|1200,50|1100|3|1|42|синя|2900000102101|Верба|501".split("|"),
    "102|Сукня синя 44|S-44|1200,50|1200,50|0|1|44|синя||НЕТ ИНФОРМАЦИИ|501".split("|"),
    '103|Лійка, "Верба"; 2 л|L-2|95|95|7|1||зелена|||'.split("|"),
]
ROWS = [[*row, SECTION, "71,3"] for row in ROWS]
CATEGORIES = {"1": ("", "Одяг"), "11": ("1", "Сукні, літні")}
CHANGED = [[*ROWS[0][:3], "1150,50", *ROWS[0][4:]], [*ROWS[1][:5], "6", *ROWS[1][6:]], ROWS[2]]
"""The export of another day: the price of one good has fallen, another is in stock again."""


def set_up(home: Home, catalog: str = 'path = "TSGoods.trs"', tables: str = "") -> None:
    """Make a sync object by hand, and map the standard columns."""
    home.object.write_text(
        'name = "My Prom"\napi_key = { file = "token" }\n'
        f"[catalog]\n{catalog}\n{tables}\n[limits]\nrequests_per_second = 50\n",
        "utf-8",
    )
    assert home.run("fields", "add-all").code == 0
    assert home.run("object", "check").code == 0


def synced(home: Home) -> Ran:
    """Synchronise, and check that it succeeds and that a second run writes nothing."""
    ran = home.sync()
    assert (ran.code, {outcome["state"] for outcome in ran.json["outcomes"]} - {"done"}) == (0, set())
    home.sandbox.log.clear()
    again = home.sync()
    assert (again.code, again.json["changes"], home.writes()) == (0, [], [])
    assert home.run("update", "--detailed-exitcode").code == 0
    return ran


def path_of(home: Home, product: ShopProduct) -> list[str]:
    """The names of the groups of a product, root first; none where it is in no group."""
    groups = {group.external_id: group for group in home.sandbox.groups()}
    group = next((one for one in groups.values() if one.id == product.group_id), None)
    found: list[str] = []
    while group:
        found.insert(0, group.name)
        group = groups.get(group.parent_external_id)
    return found


def characteristics(product: ShopProduct) -> dict[str, str]:
    """What buyers read below a product, with units behind the values."""
    return {item.name: f"{item.value} {item.unit}".strip() for item in product.attributes}


def sources(product: ShopProduct) -> list[str]:
    """The names of a product's photos."""
    return [image.source.rpartition("/")[2] for image in product.images]


def check_goods(home: Home) -> None:
    """Check that the shop has the goods of `ROWS`."""
    shop = home.sandbox
    assert [product.external_id for product in shop.products()] == ["101", "102", "103"]
    dress, other, can = (shop.product(good) for good in ("101", "102", "103"))
    assert (dress.name, dress.name_uk, can.name_uk) == ("Сукня синя 42",) * 2 + ('Лійка, "Верба"; 2 л',)
    assert (dress.price, dress.price_to_pay) == (Decimal("1200.50"), Decimal(1100))
    assert (other.discount, can.price) == (None, Decimal(95))
    assert (dress.quantity_in_stock, dress.presence) == (3, "available")
    assert (other.quantity_in_stock, other.presence) == (0, "not_available")
    assert (dress.sku, dress.gtin, other.gtin) == ("S-42", "2900000102101", None)
    assert (dress.vendor, other.vendor, can.vendor) == ("Верба", None, None)
    assert path_of(home, dress) == path_of(home, can) == ["Одяг", "Сукні, літні"]
    assert characteristics(dress) == {"Колір": "синя", "Розмір": "42"}
    assert characteristics(can) == {"Колір": "зелена"}
    assert [product.variation_group_id for product in (dress, other, can)] == [501, 501, None]
    assert b"71" not in b"".join(entry.feed for entry in shop.imports())


def as_text(rows: Sequence[Row], delimiter: str, encoding: str) -> bytes:
    """Write a table as a spreadsheet saves it."""
    return csv(COLUMNS, rows, delimiter=delimiter, needless=False).encode(encoding)


def as_spreadsheet(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a spreadsheet whose numbers are numbers, and whose empty cells are none."""
    numbers = {"GoodID", "RetailPrice", "RetailPriceWithDiscount", "WarehouseQuantity", "Display", "TheSize"}
    cells = [
        [
            (int(cell) if cell.isdigit() else float(cell.replace(",", ".")))
            if cell and name in numbers
            else cell or None
            for name, cell in zip(COLUMNS, row, strict=True)
        ]
        for row in rows
    ]
    return xlsx([COLUMNS, *cells])


def as_params(rows: Sequence[Row]) -> bytes:
    """Write a YML file whose params repeat the columns, with the quotes that are left of the CSV."""
    offers = [offer(COLUMNS, row, quotes=True) for row in rows]
    return yml(offers, categories=CATEGORIES, encoding="windows-1251").encode("cp1251")


def as_elements(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a YML file by the norm, without any column."""
    offers = []
    for row in rows:
        cell = dict(zip(COLUMNS, row, strict=True))
        full, sale = (cell[name].replace(",", ".") for name in ("RetailPrice", "RetailPriceWithDiscount"))
        parts = {
            "name": cell["GoodName"].replace("&", "&amp;"),
            "price": sale,
            "oldprice": full if full != sale else "",
            "currencyId": "UAH",
            "categoryId": "11",
            "vendor": cell["PCName"],
            "vendorCode": cell["Articul"],
            "barcode": cell["Barcode"],
            "quantity_in_stock": cell["WarehouseQuantity"],
        }
        inner = "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts.items() if text)
        for name in ("Розмір", "Колір"):
            if text := cell["TheSize" if name == "Розмір" else "Color"]:
                inner += f'<param name="{name}">{text}</param>'
        group = f' group_id="{cell["ModelGoodID"]}"' if cell["ModelGoodID"] else ""
        inner += f"<groupId>{cell['ModelGoodID']}</groupId>" if group else ""
        offers.append(f'<offer id="{cell["GoodID"]}" available="true"{group}>{inner}</offer>')
    return yml(offers, categories=CATEGORIES).encode()


FORMS: dict[str, tuple[str, Callable[[list[list[str]]], bytes]]] = {
    "csv-commas": ("goods.csv", lambda rows: as_text(rows, ",", "utf-8-sig")),
    "csv-tabs": ("goods.txt", lambda rows: as_text(rows, "\t", "cp1251")),
    "xlsx": ("goods.xlsx", as_spreadsheet),
    "yml-params-in-a-trs": ("TSGoods.trs", as_params),
    "yml-elements": ("goods.yml", as_elements),
    "yml-elements-in-a-trs": ("TSGoods.trs", as_elements),
}


@pytest.mark.parametrize("form", sampled(FORMS, "xlsx", "yml-elements"))
def test_formats_of_the_same_goods(form: str, bare: Home) -> None:
    """In every format the shop gets the same goods; changes of two of them are sent as edits."""
    name, write = FORMS[form]
    export = bare.shop / name
    export.write_bytes(write(ROWS))
    set_up(bare, f'path = "{name}"')
    synced(bare)
    check_goods(bare)
    export.write_bytes(write(CHANGED))
    ran = synced(bare)
    assert {change["good_id"]: set(change["fields"]) for change in ran.json["changes"]} == {
        "101": {"price", "discount"},
        "102": {"quantity", "presence"},
    }
    assert {change["via"] for change in ran.json["changes"]} == {"edit"}
    dress, other = (bare.sandbox.product(good) for good in ("101", "102"))
    assert (dress.price, dress.price_to_pay) == (Decimal("1150.50"), Decimal(1100))
    assert (other.quantity_in_stock, other.presence) == (6, "available")


def positional(width: int, cells: Mapping[str, str]) -> str:
    """Return one row of a file without names, in the quotes that Torgsoft gives it."""
    columns, unquoted = LAYOUTS[width]
    written = []
    for place, name in enumerate(columns):
        text = cells.get(name, "0" if place in unquoted and name != "ModelGoodID" else "")
        quoted = place not in unquoted
        written.append('"' + text.replace('"', '""') + '"' if quoted else text)
    return ";".join(written) + "\n"


@pytest.mark.parametrize("width", sampled([40, 48, 50], 48))
def test_rows_without_names(width: int, bare: Home) -> None:
    """The columns are known by count and types, the letters are Windows-1251; `Display` 0 stays out."""

    def write(price: str) -> None:
        separator = ";" if width == 48 else "|"
        rows = [
            {
                "GoodID": str(good),
                "GoodName": f'Капці "Ж" сині {size}(р)',
                "RetailPrice": price,
                "RetailPriceWithDiscount": "600",
                "WarehouseQuantity": str(stock),
                "Display": str(int(good != 403)),
                "TheSize": f"{size} ",
                "Color": "сині ",
                "FashionName": "Капці сині",
                "GoodTypeFull": "Взуття,Капці",
                "Category": "21",
                "SynchronizationSectionFull": f"2=Взуття{separator}21=Капці",
                "ModelGoodID": "500",
                "WarehouseQuantityForPartner": "" if stock <= 0 else "2=1,000|8=2,000",
            }
            for good, size, stock in ((401, "37", 3), (402, "38", -1), (403, "39", 3))
        ]
        text = "".join(positional(width, row) for row in rows)
        bare.export.write_bytes(text.encode("cp1251"))

    write("632,74")
    set_up(bare)
    synced(bare)
    first, second = (bare.sandbox.product(good) for good in ("401", "402"))
    assert len(bare.sandbox.products()) == 2
    assert (first.name, first.price, first.price_to_pay) == (
        'Капці "Ж" сині 37(р)',
        Decimal("632.74"),
        Decimal(600),
    )
    assert (first.quantity_in_stock, second.quantity_in_stock, second.presence) == (3, 0, "not_available")
    assert characteristics(first) == {"Колір": "сині", "Розмір": "37"}
    assert path_of(bare, first) == (["Взуття,Капці"] if width == 40 else ["Взуття", "Капці"])
    assert first.variation_group_id == second.variation_group_id
    assert (first.variation_group_id == 500) == (width != 40)
    write("650")
    synced(bare)
    assert bare.sandbox.product("401").price == Decimal(650)


PLAIN = ("GoodID", "GoodName", "RetailPrice", "WarehouseQuantity", "SynchronizationSectionFull")


def test_a_file_for_each_accounting_center(bare: Home) -> None:
    """Balances are added up, less what each center keeps; the first file gives texts and prices."""

    def write(first: int, second: int) -> None:
        tables: dict[str, list[Row]] = {
            "01.First.trs": [[1, "Відро", 100, first, "2=Сад"], [2, "Лійка", 50, 2, "2=Сад"]],
            "02.Second.trs": [[1, "Відро інше", 110, second, "2=Сад"], [3, "Граблі", 70, 3, "2=Сад"]],
        }
        for name, rows in tables.items():
            (bare.shop / name).write_text(csv(PLAIN, rows), "utf-8")

    write(5, 4)
    set_up(
        bare,
        'centers = { "1" = "01.First.trs", "2" = "02.Second.trs" }',
        '[accounting_centers]\nkeep = { "1" = 1, "2" = 3 }',
    )
    guessed = bare.run("object", "check").out
    assert [guessed.count(word) for word in ("\nformat ", "\nencoding ", "\nheader ")] == [1, 1, 1]
    synced(bare)
    shop = bare.sandbox
    assert [(shop.product(good).name, shop.product(good).price) for good in ("1", "3")] == [
        ("Відро", Decimal(100)),
        ("Граблі", Decimal(70)),
    ]
    assert [shop.product(good).quantity_in_stock for good in ("1", "2", "3")] == [5, 1, 0]
    write(1, 8)
    synced(bare)
    assert shop.product("1").quantity_in_stock == 5
    write(1, 9)
    synced(bare)
    assert shop.product("1").quantity_in_stock == 6


def test_columns_of_the_shops_own(bare: Home) -> None:
    """Dynamic characteristics, column pairs, texts in two languages and the shop's own placeholders."""
    texts = ("<p>Так</p>", "<p>Да</p>")
    columns = (*PLAIN[:4], "Color", "TheSize", "visota", "Ширина", "Назва ru", "Опис", "Опис ru")

    def write(height: str) -> None:
        rows: list[Row] = [
            [1, "Туфлі сині", 100, 3, "синій_синий", "38", height, "10_10 р", "Туфли", *texts],
            [2, "Капці", 50, 1, "-", "немає", "", "", "", "", ""],
        ]
        bare.export.write_text(csv(columns, rows), "utf-8")

    write("7,5")
    set_up(bare, 'path = "TSGoods.trs"\nplaceholders = ["-", "Немає"]')
    for words in (
        ("visota", "--dynamic", "--name", "Висота каблука", "--unit", "см"),
        ("Ширина", "--dynamic", "--name", "Ширина_Ширина ru"),
        ("Назва ru", "--to", "name_ru"),
        ("Опис", "--to", "description"),
        ("Опис ru", "--to", "description_ru"),
    ):
        assert bare.run("fields", "add", *words).code == 0, words
    for column in ("Color", "Width"):  # the label of Torgsoft is its column
        bare.edit_object(f'column = "{column}"\n', f'column = "{column}"\nsplit = "_"\n')
    shown = " ".join(bare.run("update", "--show", "all").out.split())
    assert "description -> `Так` description (ru) -> `Да`" in shown
    synced(bare)
    shoes, slippers = (bare.sandbox.product(good) for good in ("1", "2"))
    assert (shoes.name_uk, shoes.name) == ("Туфлі сині", "Туфли")
    assert (shoes.description_uk, shoes.description) == ("<p>Так</p>", "<p>Да</p>")
    assert (slippers.name_uk, slippers.name) == ("Капці", "Капці")
    assert characteristics(shoes) == {
        "Висота каблука": "7,5 см",
        "Колір": "синій",
        "Розмір": "38",
        "Ширина": "10",
    }
    assert characteristics(slippers) == {}
    write("8")
    synced(bare)
    assert characteristics(bare.sandbox.product("1"))["Висота каблука"] == "8 см"


def test_prices_with_a_markup(bare: Home) -> None:
    """Prices, sale prices and wholesale prices get the markup and the ending; a change of them is an edit."""
    columns = (*PLAIN[:4], "RetailPriceWithDiscount", "WholesalePrice", "WholesaleCount")
    rows: list[Row] = [[1, "Відро", 100, 5, "90", "80", "5"], [2, "Лійка", 50, 5, "50", "0", "0"]]
    bare.export.write_text(csv(columns, rows), "utf-8")
    set_up(bare, tables='[prices]\nmarkup = "5%"\nround = "0.99"')
    for column, target in (("WholesalePrice", "wholesale_price"), ("WholesaleCount", "wholesale_minimum")):
        assert bare.run("fields", "add", column, "--to", target).code == 0
    synced(bare)
    bucket, can = (bare.sandbox.product(good) for good in ("1", "2"))
    assert (bucket.price, bucket.price_to_pay) == (Decimal("104.99"), Decimal("94.99"))
    assert bucket.prices == (Wholesale(Decimal("83.99"), Decimal(5)),)
    assert (can.price, can.discount, can.prices) == (Decimal("52.99"), None, ())
    bare.edit_object('markup = "5%"', 'markup = "10%"')
    ran = synced(bare)
    assert {change["via"] for change in ran.json["changes"]} == {"edit"}
    assert bare.sandbox.product("1").price == Decimal("109.99")


@pytest.mark.parametrize(
    ("model", "fashion"), sampled([("500", "Капці"), ("", "Капці сині")], ("", "Капці сині"))
)
def test_models(model: str, fashion: str, bare: Home) -> None:
    """Goods of one model are variants; one that enters later joins them, one that leaves stays in place."""
    columns = (*PLAIN[:4], "TheSize", "ModelGoodID", "FashionName")
    others: list[Row] = [[good, f"Інше {good}", 50, 1, "", "", f"Інше {good}"] for good in range(10, 20)]

    def slippers(good: int, model: str, fashion: str) -> Row:
        return [good, f"Капці {36 + good}", 100, 3, str(36 + good), model, fashion]

    def groups() -> dict[str, int | None]:
        shown = (product for product in bare.sandbox.products() if product.status == "on_display")
        found = {product.external_id or "": product.variation_group_id for product in shown}
        return {good: found[good] for good in sorted(found) if len(good) == 1}

    rows = [slippers(good, model, fashion) for good in (1, 2, 3)]
    bare.export.write_text(csv(columns, rows + others), "utf-8")
    set_up(bare)
    synced(bare)
    (number,) = set(groups().values())
    assert number
    assert number == 500 or not model
    assert bare.sandbox.product("10").variation_group_id is None
    rows = [rows[0], slippers(2, "600" if model else "", "Шкарпетки"), slippers(4, model, fashion)]
    bare.export.write_text(csv(columns, rows + others), "utf-8")
    ran = synced(bare)
    assert [(change["good_id"], change["verb"]) for change in ran.json["changes"]] == [
        ("4", "create"),
        ("3", "remove"),
    ]
    assert groups() == {"1": number, "2": number, "4": number}
    base = bare.sandbox.product("1")
    joined = bare.sandbox.product("4")
    assert (joined.is_variation, joined.variation_base_id) == (True, base.id)


def test_a_variant_that_changes_stays_among_its_siblings(bare: Home) -> None:
    """The import file has the whole group, each sibling as Prom has it; none of them is changed."""
    columns = (*PLAIN[:4], "TheSize", "ModelGoodID")

    def slippers(good: int, size: int) -> Row:
        return [good, f"Капці {good}", 100, 3, str(size), "500"]

    rows = [slippers(good, 36 + good) for good in range(1, 5)]
    bare.export.write_text(csv(columns, rows), "utf-8")
    set_up(bare)
    synced(bare)
    bare.sandbox.edit_product("2", price=Decimal(111))
    rows[2] = slippers(3, 45)
    bare.export.write_text(csv(columns, rows), "utf-8")
    ran = bare.sync("--fields", "characteristics")
    assert (ran.code, [change["good_id"] for change in ran.json["changes"]]) == (0, ["3"])
    first, *others = (bare.sandbox.product(good) for good in "1234")
    assert (first.is_variation, first.variation_base_id) == (False, None)
    assert {(one.is_variation, one.variation_base_id) for one in others} == {(True, first.id)}
    assert [one.attributes[0].value for one in (first, *others)] == ["37", "38", "45", "40"]
    assert others[0].price == Decimal(111)


def test_what_its_variant_group_on_prom_would_refuse_is_not_sent(bare: Home) -> None:
    """A product stays in its group on Prom and keeps its variant traits there; the rest of it goes."""
    columns = (*PLAIN[:4], "TheSize", "ModelGoodID")
    others: list[Row] = [[good, f"Інше {good}", 50, 1, "", ""] for good in range(10, 20)]

    def sizes() -> list[str]:
        products = [bare.sandbox.product(good) for good in ("1", "2", "3")]
        assert {product.variation_group_id for product in products} == {500}
        return [product.attributes[0].value for product in products]

    def day(*rows: Row) -> dict[str, list[str]]:
        bare.export.write_text(csv(columns, [*rows, *others]), "utf-8")
        ran = synced(bare)
        return {change["good_id"]: list(change["fields"]) for change in ran.json["changes"]}

    first: Row = [1, "Капці", 100, 3, "37", "500"]
    bare.export.write_text(csv(columns, [first, *others]), "utf-8")
    set_up(bare)
    day(first, [2, "Капці", 100, 3, "38", "500"], [3, "Капці", 100, 3, "39", "500"])
    assert sizes() == ["37", "38", "39"]
    assert day(first, [2, "Капці", 90, 3, "37", "500"], [3, "Капці", 95, 3, "40", ""]) == {
        "2": ["price"],
        "3": ["price"],
    }
    assert sizes() == ["37", "38", "39"]
    found = {item["good_id"]: item for item in bare.run("update", "--format", "json").json["findings"]}
    assert (found["2"]["code"], found["3"]["code"]) == ("variant-alike", "variant-moved")
    assert all(item["message"].endswith("stays as it is there") for item in found.values())
    for good in ("2", "3"):
        assert bare.run("why", good, "--format", "json").json["good"]["fate"] == "kept"
    assert day(first, [2, "Капці", 90, 3, "41", "500"], [3, "Капці", 95, 3, "40", "500"]) == {
        "2": ["characteristics"],
        "3": ["characteristics"],
    }
    assert sizes() == ["37", "41", "40"]


def test_photos_of_a_folder(bare: Home) -> None:
    """A changed photo is sent, a renamed one is not, a photo that is gone leaves the shop."""
    photos = bare.shop / "photos"
    photos.mkdir()
    for name, content in (("1.jpg", "one"), ("1_1.JPG", "two"), ("10.png", "three")):
        (photos / name).write_bytes(named(content))
    bare.export.write_text(csv(PLAIN, [[1, "Відро", 100, 3, ""], [10, "Лійка", 50, 1, ""]]), "utf-8")
    set_up(bare, tables='[catalog.photos]\nfolder = "photos"\nurl = "https://shop.example/photos"')
    synced(bare)
    assert [sources(product) for product in bare.sandbox.products()] == [["1.jpg", "1_1.JPG"], ["10.png"]]
    (photos / "1_1.JPG").rename(photos / "1_2.jpg")
    assert synced(bare).json["changes"] == []
    (photos / "1.jpg").write_bytes(named("another"))
    (photos / "10.png").unlink()
    shown = " ".join(bare.run("update").out.split())
    assert "photos 1.jpg changed" in shown
    assert "photos 10.png removed" in shown
    assert [change["good_id"] for change in synced(bare).json["changes"]] == ["1", "10"]
    changed, bared = (sources(product) for product in bare.sandbox.products())
    assert (changed[0].partition("?v=")[0], changed[1:], bared) == ("1.jpg", ["1_2.jpg"], [])


def test_a_folder_of_photos_that_is_empty_today(bare: Home) -> None:
    """Photos stay on Prom and goods in the shop until there are photos again; every look says so."""
    photos = bare.shop / "photos"
    photos.mkdir()
    goods: list[Row] = [[good, f"Відро {good}", 100, 3, "1=Сад"] for good in (1, 2, 3)]
    for good in (1, 2):
        (photos / f"{good}.jpg").write_bytes(named(f"photo {good}"))
    bare.export.write_text(csv(PLAIN, goods), "utf-8")
    folder = '[catalog.photos]\nfolder = "photos"\nurl = "https://shop.example/photos"'
    set_up(bare, tables=f"{folder}\n[accounting_centers]\nonly_with_photos = true")
    synced(bare)
    photos.rename(bare.shop / "elsewhere")
    photos.mkdir()
    renamed: Row = [1, "Відро нове", 100, 3, "1=Сад"]
    for rows in (goods, [renamed, *goods[1:]]):
        bare.export.write_text(csv(PLAIN, rows), "utf-8")
        ran = bare.sync()
        assert [list(change["fields"]) for change in ran.json["changes"]] == (
            [] if rows is goods else [["name", "name_ru"]]
        )
        assert [finding["code"] for finding in ran.json["findings"]] == ["photos-unread"]
        assert [sources(product) for product in bare.sandbox.products()] == [["1.jpg"], ["2.jpg"]]
    checked = " ".join(bare.run("object", "check").out.split())
    assert "there is no photo in `photos`: photos on Prom.ua stay as they are" in checked
    (photos / "1.jpg").write_bytes(named("photo 1"))
    (photos / "2.jpg").write_bytes(b"")
    ran = bare.sync()
    assert (ran.json["changes"], [finding["code"] for finding in ran.json["findings"]]) == (
        [],
        ["photos-unread"],
    )
    (photos / "3 (1).jpg").write_bytes(named("photo 3"))
    checked = " ".join(bare.run("object", "check").out.split())
    assert "1 file is empty, for example `2.jpg`" in checked
    assert "1 photo belongs to no item of the export, for example `3 (1).jpg`" in checked
    assert "1 item goes to Prom.ua; 2 stay out: without photos" in checked


def test_a_shop_loses_no_photos_at_once(bare: Home) -> None:
    """Most photos gone is held, whatever else of these goods goes; a person may allow exactly that many."""
    photos = bare.shop / "photos"
    photos.mkdir()
    for good in (1, 2, 3):
        (photos / f"{good}.jpg").write_bytes(named(f"photo {good}"))
    bare.export.write_text(csv(PLAIN, [[good, f"Відро {good}", 100, 3, ""] for good in (1, 2, 3)]), "utf-8")
    set_up(bare, tables='[catalog.photos]\nfolder = "photos"\nurl = "https://shop.example/photos"')
    synced(bare)
    for good in (1, 2):
        (photos / f"{good}.jpg").unlink()
    bare.export.write_text(csv(PLAIN, [[good, f"Відро {good}", 90, 3, ""] for good in (1, 2, 3)]), "utf-8")
    held = bare.sync()
    assert held.code == 8
    (guard,) = held.json["guards"]
    assert guard["saw"] == "2 products of 3 with photos would lose them all (66.7 %)"
    assert [str(product.price) for product in bare.sandbox.products()] == ["90"] * 3
    assert all(map(sources, bare.sandbox.products()))
    assert bare.sync(*guard["allow"].split()).code == 0
    assert [sources(product) for product in bare.sandbox.products()] == [[], [], ["3.jpg"]]
