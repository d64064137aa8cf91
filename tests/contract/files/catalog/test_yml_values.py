"""What the reader of YML exports promises of values: their units, repeated elements, prices, categories."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from dialects import yml

from torgsync.core.config.value_map import ValueMap, ValueMapping
from torgsync.core.product.cells import number
from torgsync.core.product.groups import MADE, made_number
from torgsync.core.product.money import decimal_signs
from torgsync.files.catalog.catalog_file import ReadSettings
from torgsync.files.catalog.yml.catalog import YmlFile, open_yml
from torgsync.files.catalog.yml.elements import OWN_UNITS, Measured, joined
from torgsync.files.catalog.yml.prices import PRICE, SALE, price_columns


def opened(
    folder: Path, *offers: str, mapped: frozenset[str] = frozenset(), tree: dict[str, str] | None = None
) -> YmlFile:
    """Return a file of offers with these contents; `tree` are the names of categories by id."""
    path = folder / "shop.yml"
    texts = [f'<offer id="{number}">{inner}</offer>' for number, inner in enumerate(offers, start=1)]
    path.write_text(
        yml(texts, categories={number: ("", name) for number, name in (tree or {}).items()}), "utf-8"
    )
    return open_yml(path, ReadSettings(mapped=mapped))


def goods(file: YmlFile) -> list[dict[str, str]]:
    """Return the goods without their empty columns."""
    cells = (file.cells(record) for record in file.records())
    return [{name: text for name, text in good.items() if text and name != "GoodID"} for good in cells]


def test_a_unit_is_a_column_next_to_its_values(tmp_path: Path) -> None:
    """Of params and of elements; where no value has a unit there is no such column."""
    file = opened(
        tmp_path,
        '<param name="Вага" unit=" кг ">5</param><weight unit="kg">0.5</weight><param name="Тон">5</param>',
        '<param name="Вага">7</param>',
    )
    assert file.columns == ("GoodID", "Вага", "Тон", "Вага@unit", "weight", "weight@unit")
    assert goods(file) == [
        {"Вага": "5", "Вага@unit": "кг", "weight": "0.5", "weight@unit": "kg", "Тон": "5"},
        {"Вага": "7"},
    ]


@pytest.mark.parametrize(
    ("values", "text", "unit"),
    [
        ([("5", "кг")], "5", "кг"),
        ([("5", "кг"), ("7", "кг")], "5|7", "кг"),
        ([("5", "кг"), ("300", "г"), ("8", "")], "5 кг|300 г|8", OWN_UNITS),
        ([("а|б", ""), (" б ", ""), ("", "кг"), ("в", "")], "а|б|в", ""),
        ([("", ""), (" ", "")], "", ""),
    ],
)
def test_values_of_one_name_are_one_text(values: list[tuple[str, str]], text: str, unit: str) -> None:
    """Each different value once; units that differ stay with their values."""
    assert joined([Measured(*value) for value in values]) == (text, unit)


def test_names_that_differ_by_case_are_one_column(tmp_path: Path) -> None:
    """It is spelt as the sync object spells it, else as in the first offer that has it."""
    offers = ('<param name="Тон">а</param><param name="ТОН ">б</param>', '<param name="тон">в</param>')
    assert goods(opened(tmp_path, *offers)) == [{"Тон": "а|б"}, {"Тон": "в"}]
    assert goods(opened(tmp_path, *offers, mapped=frozenset({"тон"}))) == [{"тон": "а|б"}, {"тон": "в"}]
    colours = '<param name="Колір">а</param><param name="колір">б</param>'
    assert goods(opened(tmp_path, colours)) == [{"Color": "а|б"}]


def test_repeated_elements(tmp_path: Path) -> None:
    """Keywords, photos and characteristics are joined; of a text, a price, a code the first counts."""
    inner = (
        "<name> </name><name>А</name><name>Б</name><keyword>а</keyword><keyword>б</keyword>"
        "<name_ua>а</name_ua><name_ua>б</name_ua><description_ua>а</description_ua>"
        "<description_ua>б</description_ua><vendor>В</vendor><vendor>Г</vendor><Color>а</Color>"
        "<Color>б</Color><тон>а</тон><тон>б</тон><url>u</url><url>v</url><description>1</description>"
        "<description>2</description><barcode>11</barcode><barcode>22</barcode><price>5</price>"
        "<price>6</price><categoryId>1</categoryId><categoryId>2</categoryId><VendorCode>К</VendorCode>"
        "<VendorCode>Л</VendorCode><WarehouseQuantity>3</WarehouseQuantity>"
        "<WarehouseQuantity>4</WarehouseQuantity><picture>p</picture><picture>q</picture>"
    )
    assert goods(opened(tmp_path, inner)) == [
        {
            "GoodName": "А",
            "name_ua": "а",
            "description_ua": "а",
            "PCName": "В",
            "Color": "а|б",
            "тон": "а|б",
            "url": "u",
            "keyword": "а|б",
            "Description": "1",
            "WarehouseQuantity": "3",
            "picture": "p\nq",
            "Barcode": "11",
            "Category": "1",
            "Articul": "К",
            "RetailPrice": "5",
            "RetailPriceWithDiscount": "5",
        }
    ]


@pytest.mark.parametrize(
    ("found", "full", "to_pay"),
    [
        ({"old": "100"}, "100", "80"),
        ({"old": "1 400.00"}, "1 400.00", "80"),
        ({"old": "70"}, "80", "80"),
        ({"old": "немає"}, "80", "80"),
        ({"old": "немає", "discount": "10%"}, "80", "72"),
        ({"old": "100 або 120"}, "100 або 120", "80"),
        ({"price": "?", "old": "немає"}, "?", "?"),
        ({"old": "1.450"}, "80 / 1.450", "80"),
        ({"old": "100.500"}, "100.500", "80"),
        ({SALE: "70"}, "80", "70"),
        ({SALE: "дешево"}, "80", "дешево"),
        ({SALE: "none", "discount": "-"}, "80", "80"),
        ({"old": "100", SALE: "70"}, "100", "70"),
        ({"old": "100", "discount": "20%"}, "100", "80"),
        ({"discount": "20 %"}, "80", "64"),
        ({"discount": "12,5%"}, "80", "70"),
        ({"discount": "0.01%"}, "80", "79.99"),
        ({"discount": "5.50"}, "80", "74.50"),
        ({"discount": "0%"}, "80", "80"),
        ({"discount": "100%"}, "80", "80 - 100%"),
        ({"discount": "90"}, "80", "80 - 90"),
        ({"discount": "-5"}, "80", "80 - -5"),
        ({"discount": "1.450"}, "80", "80 - 1.450"),
        ({"discount": "багато"}, "80", "80 - багато"),
        ({"price": "80,50", "discount": "10%"}, "80,50", "72.45"),
        ({"price": "?", "discount": "10%"}, "?", "?"),
        ({"price": "?", "old": "100"}, "?", "?"),
        ({"price": "0", "discount": "10%"}, "0", "0"),
        ({"price": "", "discount": "10%"}, "", ""),
        ({"price": "", "old": "10"}, "", ""),
    ],
)
def test_the_full_price_and_the_one_to_pay(found: dict[str, str], full: str, to_pay: str) -> None:
    """Nothing is guessed: what cannot be decided is no number, so that it is refused and reported."""
    assert price_columns({"price": "80"} | found) == {PRICE: full, SALE: to_pay}


def test_a_computed_price_shows_no_decimal_sign(tmp_path: Path) -> None:
    """Whether `1.450` is 1450.00 is for the prices that the file has; it holds where words are replaced."""
    promo = "<price>1500</price><price_promo>1.450</price_promo>"
    words = ValueMap([ValueMapping(column="GoodName", map={"а": "б"})])
    for discount in ("0.5", "0.5%"):
        file = opened(tmp_path, promo, f"<name>а</name><price>99</price><discount>{discount}</discount>")
        rows = [words.apply(cells) for cells in map(file.cells, file.records())]
        assert number(rows[1][SALE]) in {Decimal("98.5"), Decimal("98.51")}
        assert rows[1]["GoodName"] == "б"
        assert decimal_signs([SALE], rows) == {SALE: ""}


def test_an_offer_without_a_price(tmp_path: Path) -> None:
    """A discount alone makes none."""
    assert goods(opened(tmp_path, "<discount>5%</discount><url>u</url>")) == [{"url": "u"}]


def test_an_element_of_a_price_that_a_person_mapped(tmp_path: Path) -> None:
    """It stays the column that it was."""
    inner = "<price>80</price><price_old>100</price_old>"
    (cells,) = goods(opened(tmp_path, inner, mapped=frozenset({"price_old"})))
    assert cells == {"RetailPrice": "80", "RetailPriceWithDiscount": "80", "price_old": "100"}


def test_wholesale_prices(tmp_path: Path) -> None:
    """All of them in one column, which a sync object that maps it never lacks."""
    step = "<price><value> 150 </value><quantity>5</quantity></price>"
    offers = (f"<prices>{step}<price><value>120</value></price></prices>", "<prices> дешевше </prices>")
    assert goods(opened(tmp_path, *offers)) == [{"prices": "5=150|=120"}, {"prices": "дешевше"}]
    assert "prices" not in opened(tmp_path, "<url>u</url>").columns
    assert "prices" in opened(tmp_path, "<url>u</url>", mapped=frozenset({"prices"})).columns


def test_the_id_of_a_category_may_be_no_number(tmp_path: Path) -> None:
    """The number made from it is the same in every export, whatever else is in the file."""
    offer = "<categoryId>A-7</categoryId>"
    found = [
        goods(opened(tmp_path, offer, tree=tree)) for tree in ({"A-7": "Одяг"}, {"б": "x", "A-7": "Одяг"})
    ]
    assert found[0] == found[1]
    section = found[0][0]["Category"]
    assert int(section) >= MADE
    assert found[0][0]["SynchronizationSectionFull"] == f"{section}=Одяг"


def test_the_case_of_an_id_is_part_of_it(tmp_path: Path) -> None:
    """Small and capital ids keep their numbers whichever of them are in the file; mixed ones when alone."""
    lower, upper, mixed = "abc-1", "ABC-1", "Abc-1"
    files = [
        opened(tmp_path, "<url>u</url>", tree=dict.fromkeys(ids, "x"))
        for ids in ([lower], [upper], [upper, lower], [lower, mixed, upper], [mixed])
    ]
    numbers = [{identity: section.number for identity, section in file.sections.items()} for file in files]
    assert numbers[2] == numbers[0] | numbers[1]
    assert numbers[3].items() >= numbers[2].items()
    assert len({*numbers[3].values()}) == 3
    assert numbers[0][lower] == numbers[4][mixed] == str(made_number("category abc-1"))


def test_two_categories_never_share_a_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also where the same number would be made from both; an id that is a number stays as it is."""
    monkeypatch.setattr("torgsync.files.catalog.yml.categories.made_number", lambda _: MADE)
    file = opened(tmp_path, "<url>u</url>", tree={"а": "А", "б": "Б", "7": "В", "-1": "Г"})
    numbers = {category.name: category.number for category in file.sections.values()}
    assert numbers == {"А": str(MADE), "Б": str(MADE + 1), "В": "7", "Г": "-1"}
