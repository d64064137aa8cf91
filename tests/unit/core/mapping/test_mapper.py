"""Desired products: what the rules make of a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import FULL, any_values, existing, fields_of, mapped, sync_object
from hypothesis import given
from hypothesis import strategies as st

from torgsync import __version__
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.stock import Stock, count_stock
from torgsync.core.mapping.version import MAPPING_VERSION, rules_version
from torgsync.core.product.cells import Section
from torgsync.core.product.documents import dump, load
from torgsync.core.product.fields import Characteristic, Discount, Photo, Value, WholesaleStep
from torgsync.core.product.products import Product
from torgsync.core.reason import Args
from torgsync.core.text import cut


def codes(result: Mapped) -> list[Code]:
    return [finding.code for finding in result.findings]


def values(result: Mapped, *names: str) -> list[Value]:
    return [result.product.values.get(name, "absent") for name in names]


# Memory


@given(any_values())
def test_values_come_back_from_the_memory(drawn: dict[str, Value]) -> None:
    """Loading is the inverse of dumping, and equal products have equal texts."""
    text = dump(drawn)
    assert load(text) == drawn
    assert dump(load(text)) == text
    assert dump(dict(reversed(drawn.items()))) == text


def test_fields_of_an_older_program_are_forgotten() -> None:
    """A field that is no longer known is not spoken of."""
    assert load('{"colour":"red","price":"1.00"}') == {"price": Decimal("1.00")}


@given(any_values())
def test_only_a_status_looks_like_a_status(drawn: dict[str, Value]) -> None:
    """No text of a product contains the patterns by which the state finds deleted and available ones."""
    drawn["description"] = '"status":"deleted" "presence":"available"'
    drawn["status"] = "on_display"
    drawn["presence"] = "not_available"
    assert '"status":"deleted' not in dump(drawn)
    assert '"presence":"available"' not in dump(drawn)


def test_a_product_is_asked_by_kind() -> None:
    """Texts, money and quantities have typed accessors with a default each."""
    full, empty = Product("17", FULL), Product("17", {})
    assert (full.text("sku"), full.money("price"), full.whole("quantity")) == ("AA7775", Decimal("150.00"), 5)
    assert (empty.text("sku"), empty.money("price"), empty.whole("quantity")) == ("", None, None)
    assert (full.title, empty.title) == ("Сукня вечірня", "")
    assert Product("17", {"name_ru": "Платье"}).title == "Платье"


def split(cell: str, to: str, separator: str = "_", **tables: object) -> Mapped:
    fields = [{"column": "X", "to": to, "split": separator}, *fields_of(("P", "price"))]
    if to == "characteristic":
        fields[0]["name"] = "Ширина, см_Ширина изделия, см"
    if to != "name":
        fields += fields_of(("N", "name"))
    row = {"X": cell, "P": "100", "N": "Капці"}
    settings = sync_object(fields=fields, **tables)
    return Mapper(settings).product("17", 3, row, Stock(None), lambda _: None)


@pytest.mark.parametrize(
    ("status", "removed"),
    [("on_display", False), ("not_on_display", False), ("deleted", True), ("deleted_by_moderator", True)],
)
def test_a_deleted_product_is_out_of_reach(status: str, removed: bool) -> None:
    """What we or a moderator deleted cannot be changed any more, what is hidden can."""
    assert existing(status=status).removed is removed


# Every product


def test_a_product_has_its_mapped_fields_and_the_constant_ones() -> None:
    """Only mapped columns give values, and every product has a status, a currency and a unit."""
    result = mapped({"Articul": "0530", "PrimeCost": "37,5"})
    assert dict(result.product.values) == {
        "name": "Капці",
        "name_ru": "Капці",
        "price": Decimal("100.00"),
        "status": "on_display",
        "currency": "UAH",
        "unit": "шт.",
    }
    assert not result.findings
    assert not result.unreadable


def test_a_column_that_the_file_lacks_gives_no_value() -> None:
    """A missing column is no signal: the field stays as it is on Prom."""
    fields = fields_of(("GoodName", "name"), ("Articul", "sku"), ("RetailPrice", "price"))
    result = Mapper(sync_object(fields=fields)).product(
        "17", 3, {"GoodName": "Капці"}, Stock(None), lambda _: None
    )
    assert values(result, "name", "sku", "price") == ["Капці", "absent", "absent"]


def test_a_characteristic_whose_column_the_file_lacks() -> None:
    """It is there without a value: what was last sent of it stays, and the others go."""
    result = mapped({}, ("Color", "characteristic", "Колір"), ("heel", "characteristic", "Підбор"))
    assert values(result, "characteristics") == [
        (Characteristic("Колір", "", ""), Characteristic("Підбор", "", ""))
    ]


def test_a_text_whose_column_the_file_lacks_is_not_overwritten() -> None:
    """The other language's text takes the place of an empty one, not of one that the file lacks today."""
    columns = (("Опис", "description"), ("Описание", "description_ru"))
    assert values(mapped({"Опис": "Шовк"}, *columns), "description_ru") == ["absent"]


@pytest.mark.parametrize(("cell", "fault"), [("x" * 100, "no-digit"), ("1" * 100, "too-long")])
def test_a_finding_names_its_place(cell: str, fault: str) -> None:
    """Good, line, column and the value as it was written, cut to what fits a line."""
    (found,) = mapped({"RetailPrice": cell}, ("RetailPrice", "price")).findings
    args = {"cell": cut(cell, 40), "fault": fault, "fields": ["price", "discount"]}
    assert found == Finding(Code.NUMBER_UNREADABLE, "17", 3, "RetailPrice", cut(cell, 60), args=args)


# Texts


@pytest.mark.parametrize(
    ("language", "both", "cells", "name", "name_ru"),
    [
        ("uk", True, {"name": "Сукня"}, "Сукня", "Сукня"),
        ("uk", False, {"name": "Сукня"}, "Сукня", "absent"),
        ("ru", True, {"name": "Платье"}, "Платье", "Платье"),
        ("ru", False, {"name": "Платье"}, "absent", "Платье"),
        ("uk", True, {"name": "Сукня", "name_ru": "Платье"}, "Сукня", "Платье"),
        ("uk", True, {"name": "Сукня", "name_ru": " "}, "Сукня", "Сукня"),
        ("uk", False, {"name": "", "name_ru": "Платье"}, "absent", "Платье"),
    ],
)
def test_a_text_goes_to_its_languages(
    language: str, both: bool, cells: dict[str, str], name: str, name_ru: str
) -> None:
    """One language goes to one or both of Prom's; a blank cell leaves the place to the other language."""
    catalog = {"path": "goods.trs", "languages": {"name": language, "both": both}}
    result = mapped(cells, *((target, target) for target in cells), catalog=catalog)
    assert (values(result, "name", "name_ru"), codes(result)) == ([name, name_ru], [])


@pytest.mark.parametrize("cell", ["", "НЕТ ИНФОРМАЦИИ", "\x0b", "??? ?????"])
def test_a_good_without_a_name_keeps_the_one_it_had(cell: str) -> None:
    """The rest of it goes, and the finding names the column that should hold the name."""
    result = mapped({"Назва": cell, "RetailPrice": "5"}, ("Назва", "name"), ("RetailPrice", "price"))
    assert values(result, "name", "name_ru", "price") == ["absent", "absent", Decimal("5.00")]
    assert (result.findings[-1].code, result.findings[-1].column) == (Code.NAME_MISSING, "Назва")


@pytest.mark.parametrize(
    ("cell", "name", "found"),
    [
        ("Ї" * 110, "Ї" * 110, []),
        ("Ї" * 111, "Ї" * 110, [Code.NAME_CUT]),
        ("Ї" * 109 + " слово", "Ї" * 109, [Code.NAME_CUT]),
    ],
)
def test_a_long_name_is_cut_with_a_finding(cell: str, name: str, found: list[Code]) -> None:
    """Past Prom's limit; one that is cut before a word is trimmed again: normal form stays normal."""
    result = mapped({"GoodName": cell}, ("GoodName", "name"))
    assert (values(result, "name", "name_ru"), codes(result)) == ([name] * 2, found)


@pytest.mark.parametrize(
    ("cell", "sku", "found"),
    [
        ("0530 ", "0530", []),
        ("Я" * 25, "Я" * 25, []),
        ("Я" * 24 + " Я", "Я" * 24, [Code.SKU_CUT]),
        ("ТК-12_a./ 7", "ТК-12_a./ 7", []),
        ("№5+", "№5+", [Code.SKU_CHARACTERS]),
        ("", "", []),
    ],
)
def test_an_article_fits_proms_limit(cell: str, sku: str, found: list[Code]) -> None:
    """Leading zeros stay, blanks go; more than 25 letters and letters that Prom may refuse are findings."""
    result = mapped({"Articul": cell}, ("Articul", "sku"))
    assert (values(result, "sku"), codes(result)) == ([sku], found)


@pytest.mark.parametrize(
    ("cell", "keywords", "found"),
    [
        (" сукня ,, шовк,", "сукня, шовк", []),
        ("сукня; шовк|льон\r\nміді\nмаксі", "сукня, шовк, льон, міді, максі", []),
        ("сукня&amp;шовк; льон&#10;міді", "сукня&шовк, льон, міді", [Code.TEXT_CLEANED]),
        ("<p>сукня</p><p>шовк</p>", "сукня, шовк", [Code.TEXT_CLEANED]),
        ("null", "", [Code.TEXT_CLEANED]),
        ("", "", []),
        (",".join(["я" * 48] * 21), ", ".join(["я" * 48] * 20), [Code.TEXT_CUT]),
        ("я" * 50, "я" * 50, []),
        (f"{'я' * 51}, шовк", "шовк", [Code.KEYWORD_LONG]),
        (
            ",".join(["я" * 51, *["я" * 48] * 21]),
            ", ".join(["я" * 48] * 20),
            [Code.KEYWORD_LONG, Code.TEXT_CUT],
        ),
    ],
)
def test_keywords_are_cut_by_phrases(cell: str, keywords: str, found: list[Code]) -> None:
    """Phrases are joined as Prom joins them; those past its limit are left out with a finding."""
    result = mapped({"Слова": cell}, ("Слова", "keywords"))
    assert values(result, "keywords", "keywords_ru") == [keywords] * 2
    assert codes(result) == found


@pytest.mark.parametrize(
    ("result", "russian"),
    [
        (mapped({"Слова": "я" * 51}, ("Слова", "keywords")), "absent"),
        (split("я" * 51, "keywords"), "absent"),
        (split(f"{'я' * 51}_платье", "keywords"), "платье"),
    ],
)
def test_keywords_that_are_all_too_long_keep_what_prom_has(result: Mapped, russian: str) -> None:
    """A limit may shorten a field, never empty it; of two languages each is judged by itself."""
    assert values(result, "keywords", "keywords_ru") == ["absent", russian]
    assert codes(result) == [Code.KEYWORD_LONG]


@pytest.mark.parametrize(("length", "found"), [(12_153, []), (12_154, [Code.TEXT_LONG])])
def test_a_long_description_is_not_cut(length: int, found: list[Code]) -> None:
    """HTML is sent whole; past the length that Prom is known to accept, there is a finding."""
    result = mapped({"Опис": "я" * length}, ("Опис", "description"))
    assert values(result, "description") == [f"<p>{'я' * length}</p>"]
    assert codes(result) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("ab\x0bc", [Code.TEXT_CLEANED]),
        ("a\r\nb", []),
        ("a\rb", []),
        ("a\rb\x00", [Code.TEXT_CLEANED]),
        ("об?єм", [Code.LETTERS_LOST]),
        ("Чому? Тому", []),
        ("??????", [Code.LETTERS_LOST, Code.NAME_MISSING]),
        ("Крем ?????", [Code.LETTERS_LOST]),
        ("?ині капці", [Code.LETTERS_LOST]),
        ("Що?!", []),
        ("Де ми ? Тут", []),
        ("Крем 5? Догляд", [Code.LETTERS_LOST]),
        ("Що? Де?", []),
        ("https://shop.example/a?b=1", []),
    ],
)
def test_a_damaged_text_is_reported(cell: str, found: list[Code]) -> None:
    """Removed control characters and lost letters are findings; line ends are neither."""
    assert codes(mapped({"Назва": cell}, ("Назва", "name"))) == found


def test_control_characters_in_a_description_are_reported() -> None:
    """A description is cleaned with a finding too."""
    result = mapped({"Опис": "a\x0bb"}, ("Опис", "description_ru"))
    assert values(result, "description_ru") == ["<p>ab</p>"]
    assert codes(result) == [Code.TEXT_CLEANED]


@pytest.mark.parametrize(
    ("target", "cell", "value"),
    [
        ("gtin", "2900000000124", "2900000000124"),
        ("gtin", "", ""),
        ("mpn", " ", ""),
        ("vendor", "", "absent"),
        ("country", "НЕТ ИНФОРМАЦИИ", "absent"),
        ("unit", " ", "шт."),
        ("unit", "мл", "мл"),
    ],
)
def test_a_plain_text_goes_as_it_is(target: str, cell: str, value: str) -> None:
    """A code can be emptied; a brand, a country or a unit that is blank is not spoken of."""
    assert values(mapped({"X": cell}, ("X", target)), target) == [value]


@pytest.mark.parametrize(
    ("column", "cells", "sent"),
    [
        ("PCName", {"PCName": "Верба", "Country": "Україна"}, ["Верба", "Україна"]),
        ("PCName", {"PCName": "Україна ", "Country": "Україна"}, ["absent", "absent"]),
        ("PCName", {"PCName": "", "Country": "Україна"}, ["absent", "Україна"]),
        ("Бренд", {"PCName": "Україна", "Country": "Україна", "Бренд": "ЗАТИШОК"}, ["ЗАТИШОК", "absent"]),
    ],
)
def test_a_word_that_is_brand_and_country_is_neither(
    column: str, cells: dict[str, str], sent: list[str]
) -> None:
    """Only the ambiguous word is held back, not a brand that is mapped from another column."""
    assert values(mapped(cells, (column, "vendor"), ("Country", "country")), "vendor", "country") == sent


@pytest.mark.parametrize(
    ("column", "target"), [("PCName", "vendor"), ("Country", "vendor"), ("Country", "country")]
)
def test_a_word_mapped_to_one_field_is_not_ambiguous(column: str, target: str) -> None:
    """Where only one of brand and country is mapped, its word is sent."""
    cells = {"PCName": "Верба", "Country": "Верба"}
    assert values(mapped(cells, (column, target)), target) == ["Верба"]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("2900000517333", {"fault": "check-digit", "last": "3", "right": "2"}),
        ("12345", {"fault": "length", "digits": 5}),
        ("А900000000124", {"fault": "cyrillic", "letter": "А", "latin": "A"}),
        ("29 00000000124", {"fault": "letter", "letter": " "}),
    ],
)
def test_an_invalid_barcode_is_not_sent(cell: str, fault: Args) -> None:
    """The rest of the good is sent, its last valid barcode stays, and the finding has the fault."""
    result = mapped({"Barcode": cell}, ("Barcode", "gtin"))
    (finding,) = result.findings
    assert (finding.code, finding.args) == (Code.BARCODE_INVALID, {"barcode": cell, **fault})
    assert values(result, "gtin") == ["absent"]
    assert result.unreadable == {"gtin"}


def test_the_shops_own_placeholders_are_no_values() -> None:
    """Texts, descriptions, brands and groups: what the shop writes for nothing is nothing."""
    columns = (("Назва", "name_ru"), ("Опис", "description"), ("B", "vendor"), ("GoodTypeFull", "group"))
    cells = dict.fromkeys(("Назва", "Опис", "B", "GoodTypeFull"), " Немає ")
    result = mapped(cells, *columns, catalog={"path": "x", "placeholders": ["немає"]})
    assert values(result, "description", "vendor", "group") == ["", "absent", "absent"]
    assert values(result, "name_ru") == ["Капці"]


# Two languages in one cell


RU = {"path": "x", "languages": {"name": "ru", "both": False}}


@pytest.mark.parametrize(
    ("cell", "to", "uk", "ru", "found"),
    [
        ("Сукня _ Платье", "name", "Сукня", "Платье", []),
        ("Сукня", "name", "Сукня", "Сукня", []),
        ("Сукня_", "name", "Сукня", "Сукня", []),
        ("_Платье", "name", "Платье", "Платье", []),
        ("А_Б_В", "name", "А_Б_В", "А_Б_В", [Code.SPLIT_AMBIGUOUS]),
        ("шовк, льон_шёлк, лён", "keywords", "шовк, льон", "шёлк, лён", []),
        ("<p>Шовк</p>_<p>Шёлк</p>", "description", "<p>Шовк</p>", "<p>Шёлк</p>", []),
        ("Шовк\n_Шёлк", "description", "<p>Шовк</p>", "<p>Шёлк</p>", []),
        ("", "description", "", "", []),
        ("Ї" * 111, "name", "Ї" * 110, "Ї" * 110, [Code.NAME_CUT]),
    ],
)
@pytest.mark.parametrize("catalog", [{"path": "x"}, RU])
def test_a_text_in_two_languages_is_parted(
    cell: str, to: str, uk: str, ru: str, found: list[Code], catalog: dict[str, Any]
) -> None:
    """Ukrainian first, Russian second, whatever the object's language; one text alone goes to both."""
    result = split(cell, to, catalog=catalog)
    assert (values(result, to, f"{to}_ru"), codes(result)) == ([uk, ru], found)


@pytest.mark.parametrize(
    ("catalog", "cell", "name", "value"),
    [
        ({"path": "x"}, "синій_синий", "Ширина, см", "синій"),
        (RU, "синій_синий", "Ширина изделия, см", "синий"),
        (RU, "44", "Ширина изделия, см", "44"),
    ],
)
def test_a_characteristic_speaks_one_language(
    catalog: dict[str, Any], cell: str, name: str, value: str
) -> None:
    """Prom has one name and one value: both in the object's language."""
    result = split(cell, "characteristic", catalog=catalog)
    assert values(result, "characteristics") == [(Characteristic(name, "", value),)]


def test_a_brand_speaks_one_language() -> None:
    """A single field takes the part of the object's language."""
    assert values(split("Верба / Ива", "vendor", "/"), "vendor") == ["Верба"]
    assert values(split("Верба / Ива", "vendor", "/", catalog=RU), "vendor") == ["Ива"]


# Groups, variants, characteristics, photos


@pytest.mark.parametrize(
    ("cells", "columns", "model"),
    [
        ({"ModelGoodID": "4310", "FashionName": "501"}, [("ModelGoodID", "variant_group")], "id:4310"),
        ({"ModelGoodID": "4310", "FashionName": "501"}, [("FashionName", "variant_group")], "id:4310"),
        ({"ModelGoodID": ""}, [("ModelGoodID", "variant_group")], ""),
        ({"ModelGoodID": "4310"}, [], ""),
    ],
)
def test_the_model_is_not_a_value_of_the_product(
    cells: dict[str, str], columns: list[tuple[str, str]], model: str
) -> None:
    """Which of its goods are variants is decided when all of them are known; there may be no model."""
    result = mapped(cells, *columns)
    assert ("variant_group" in result.product.values, result.model) == (False, model)


def test_the_rules_have_a_version_of_their_own() -> None:
    """Another version of the program or of the rules reads every row again."""
    assert rules_version() == f"{MAPPING_VERSION}/{__version__}"


@pytest.mark.parametrize(
    ("cell", "group"), [("1=Сад|11=Полив", (Section("1", "Сад"), Section("11", "Полив"))), ("", "absent")]
)
def test_a_group_is_a_path(cell: str, group: Value) -> None:
    """A good without a section keeps the group it has."""
    result = mapped({"SynchronizationSectionFull": cell}, ("SynchronizationSectionFull", "group"))
    assert values(result, "group") == [group]


def test_characteristics_are_sorted() -> None:
    """Characteristics come sorted by name, blank ones are left out, sexes become words."""
    result = mapped(
        {"TheSize": " 42 ", "Color": "сині", "Sex": "2", "Season": ""},
        ("TheSize", "characteristic", "Розмір"),
        ("Color", "characteristic", "Колір"),
        ("Sex", "characteristic", "Стать"),
        ("Season", "characteristic", "Сезон"),
    )
    assert values(result, "characteristics") == [
        (
            Characteristic("Колір", "", "сині"),
            Characteristic("Розмір", "", "42"),
            Characteristic("Стать", "", "Жіноча"),
        )
    ]


@pytest.mark.parametrize("cell", ["0", "", '="0"'])
def test_a_sex_that_is_not_set_is_no_characteristic(cell: str) -> None:
    """Nothing left is an empty list."""
    result = mapped({"Sex": cell}, ("Sex", "characteristic", "Стать"))
    assert values(result, "characteristics") == [()]


@pytest.mark.parametrize("cell", ["6", "жін", "-1"])
def test_a_sex_that_means_nothing_keeps_what_was_sent(cell: str) -> None:
    """Codes without a meaning are reported; a characteristic without a value is that which was sent."""
    result = mapped({"Sex": cell}, ("Sex", "characteristic", "Стать"))
    assert (values(result, "characteristics"), codes(result)) == (
        [(Characteristic("Стать", "", ""),)],
        [Code.SEX_UNKNOWN],
    )


@pytest.mark.parametrize(("count", "found"), [(100, []), (101, [Code.CHARACTERISTICS_TOO_MANY])])
def test_the_first_hundred_characteristics_go(count: int, found: list[Code]) -> None:
    """Past Prom's limit the object's last ones are left out, and that is said."""
    names = [f"{number:03}" for number in reversed(range(count))]
    result = mapped(dict.fromkeys(names, "так"), *((name, "characteristic", name) for name in names))
    expected = tuple(sorted(Characteristic(name, "", "так") for name in names[:100]))
    assert (values(result, "characteristics"), codes(result)) == ([expected], found)


def test_a_long_characteristic_is_cut() -> None:
    """Past 500 characters a value is cut with a finding."""
    result = mapped({"X": "я" * 499 + " яя"}, ("X", "characteristic", "Склад"))
    assert values(result, "characteristics") == [(Characteristic("Склад", "", "я" * 499),)]
    assert codes(result) == [Code.TEXT_CUT]


@pytest.mark.parametrize(
    ("cells", "value", "unit"),
    [
        ({"X": "5", "X@unit": " кг "}, "5", "кг"),
        ({"X": "5", "X@unit": ""}, "5", "г"),
        ({"X": "5"}, "5", "г"),
        ({"X": "5 кг|300 г", "X@unit": " "}, "5 кг|300 г", ""),
        ({"X": "5 КГ", "X@unit": "кг"}, "5 КГ", ""),
        ({"X": "5кг", "X@unit": "кг"}, "5кг", ""),
        ({"X": "0,5 мкг", "X@unit": "кг"}, "0,5 мкг", "кг"),
        ({"X": "кг", "X@unit": "кг"}, "кг", ""),
        ({"X": "55", "X@unit": ' "'}, "55", '"'),
        ({"X": "55", "X@unit": "&quot;"}, "55", '"'),
        ({"X": '55"', "X@unit": '"'}, '55"', ""),
        ({"X": "5", "X@unit": "''"}, "5", "''"),
        ({"X": "5", "X@unit": "'"}, "5", "'"),
        ({"X": "5", "X@unit": "*"}, "5", "*"),
        ({"X": "5", "X@unit": "-"}, "5", ""),
        ({"X": "5", "X@unit": "null"}, "5", ""),
        ({"X": "5", "X@unit": "\u200b"}, "5", ""),
    ],
)
def test_the_unit_of_a_value_goes_before_that_of_the_object(
    cells: dict[str, str], value: str, unit: str
) -> None:
    """The object's is for values without one; no unit is said twice."""
    fields = [{"column": "X", "to": "characteristic", "name": "Вага", "unit": "г"}, *fields_of(("N", "name"))]
    mapper = Mapper(sync_object(fields=fields))
    found = mapper.product("17", 3, {"N": "Гантель", **cells}, Stock(Decimal(5)), lambda _: None)
    assert found.product.characteristics == (Characteristic("Вага", unit, value),)


def test_a_characteristic_carries_its_unit() -> None:
    """The unit that the object names goes with the value."""
    fields = [{"column": "X", "to": "characteristic", "name": "Вага", "unit": "г"}, *fields_of(("N", "name"))]
    mapper = Mapper(sync_object(fields=fields))
    result = mapper.product("17", 3, {"X": "500", "N": "Крем"}, Stock(None), lambda _: None)
    assert values(result, "characteristics") == [(Characteristic("Вага", "г", "500"),)]


SHOTS = tuple(Photo(f"https://shop.example/{number}.jpg", "00") for number in range(11))


@pytest.mark.parametrize(
    ("photos", "value", "found"),
    [
        (None, "absent", []),
        ((), (), []),
        (SHOTS[:10], SHOTS[:10], []),
        (SHOTS, SHOTS[:10], [Code.PHOTOS_TOO_MANY]),
    ],
)
def test_photos_are_ours_only_with_a_source(
    photos: tuple[Photo, ...] | None, value: Value, found: list[Code]
) -> None:
    """No source is no signal, an empty list is none, and past ten the first ten go."""
    result = mapped({}, photos=photos)
    assert (values(result, "photos"), codes(result)) == ([value], found)


# Stock


@pytest.mark.parametrize(
    ("quantity", "whole", "presence", "found"),
    [
        ("5", 5, "available", []),
        ("0", 0, "not_available", []),
        ("2.7", 2, "available", [Code.STOCK_FRACTION]),
        ("0.5", 0, "not_available", [Code.STOCK_FRACTION]),
    ],
)
def test_stock_is_whole_pieces(quantity: str, whole: int, presence: str, found: list[Code]) -> None:
    """A fraction is rounded down with a notice: nothing is sold that is not there."""
    result = mapped({"Q": ""}, ("Q", "quantity"), stock=Stock(Decimal(quantity), "Q"))
    assert (values(result, "quantity", "presence"), codes(result)) == ([whole, presence], found)


UNREADABLE = Stock(
    None, "Q", (Finding(Code.NUMBER_UNREADABLE, column="Q", value="x", args={"fault": "no-quantity"}),)
)


def test_unreadable_stock_is_not_spoken_of() -> None:
    """Quantity and presence keep their last good value, and the finding comes to the good's line."""
    result = mapped({"Q": "x"}, ("Q", "quantity"), stock=UNREADABLE)
    assert values(result, "quantity", "presence") == ["absent"] * 2
    assert result.unreadable == {"quantity", "presence"}
    assert [(one.code, one.good_id, one.line) for one in result.findings] == [
        (Code.NUMBER_UNREADABLE, "17", 3)
    ]


@pytest.mark.parametrize(("only", "status"), [(True, "absent"), (False, "on_display")])
def test_unreadable_stock_neither_shows_nor_hides_a_good(only: bool, status: str) -> None:
    """With `only_in_stock` it stays as it is on Prom."""
    centers = {"only_in_stock": only}
    result = mapped({"Q": "x"}, ("Q", "quantity"), stock=UNREADABLE, accounting_centers=centers)
    assert values(result, "status") == [status]


@pytest.mark.parametrize(
    ("cell", "flag", "found"),
    [
        *(("1", True, []), ("0", False, []), ("3,5", True, []), ("", "absent", [])),
        ("багато", "absent", [Code.NUMBER_UNREADABLE]),
    ],
)
def test_ready_to_ship_is_more_than_nothing(cell: str, flag: Value, found: list[Code]) -> None:
    """A number above zero is a yes, zero a no; a blank, or what cannot be read, keeps what Prom has."""
    result = mapped({"R": cell}, ("R", "ready_to_ship"))
    assert (values(result, "ready_to_ship"), codes(result)) == ([flag], found)


# Prices

PRICES = (("RetailPrice", "price"), ("Sale", "sale_price"))
OFF = Discount(Decimal("170.00"), "amount")


@pytest.mark.parametrize(
    ("price", "sale", "wanted", "discount", "found"),
    [
        ("950", "780", "950.00", OFF, []),
        ("950", "950", "950.00", None, []),
        ("950", "", "950.00", None, []),
        ("950", "0", "950.00", None, []),
        ("950", "960", "950.00", None, [Code.SALE_PRICE_ABOVE]),
        ("950", "xx", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("119,46667", "119,46667", "119.47", None, [Code.PRICE_ROUNDED]),
        ("1010,005", "1009,995", "1010.01", Discount(Decimal("0.01"), "amount"), [Code.PRICE_ROUNDED] * 2),
        ("1234,567", "", "1234.57", None, [Code.PRICE_ROUNDED]),
        ("1,2300", "1,23", "1.23", None, []),
        ("1,234", "", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("1,234", "1,234", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("1,234", "1,230", "absent", "absent", [Code.NUMBER_UNREADABLE] * 2),
        ("1234", "1.230", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("договірна", "договірна", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("", "780", "absent", "absent", [Code.PRICE_MISSING]),
        ("0", "780", "absent", "absent", [Code.PRICE_MISSING]),
        ("-5", "780", "absent", "absent", [Code.PRICE_MISSING]),
        ("0,004", "0", "absent", "absent", [Code.PRICE_MISSING]),
        ("1,3,1", "780", "absent", "absent", [Code.NUMBER_UNREADABLE]),
        ("9" * 30, "780", "absent", "absent", [Code.NUMBER_UNREADABLE]),
    ],
)
def test_price_and_sale_price_make_a_discount(
    price: str, sale: str, wanted: str, discount: Value, found: list[Code]
) -> None:
    """The lower price is a discount in money; what cannot be read or is no price is not spoken of."""
    result = mapped({"RetailPrice": price, "Sale": sale}, *PRICES)
    assert [str(values(result, "price")[0]), *values(result, "discount")] == [wanted, discount]
    assert codes(result) == found
    silent = {name for name in ("price", "discount") if name not in result.product.values}
    assert result.unreadable == silent


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"EqualCurrencyName": "$", "EqualSalePrice": "10,5"}, [Code.CURRENCY_SIGN]),
        ({"EqualCurrencyName": "€", "EqualSalePrice": "x", "EqualWholesalePrice": "9"}, [Code.CURRENCY_SIGN]),
        ({"EqualCurrencyName": "$", "EqualSalePrice": "0", "EqualWholesalePrice": "0"}, [Code.CURRENCY_SIGN]),
        ({"EqualCurrencyName": "$"}, [Code.CURRENCY_SIGN]),
        ({"EqualCurrencyName": "Грн.", "EqualSalePrice": "10"}, []),
        ({"EqualCurrencyName": " ", "EqualSalePrice": "10"}, []),
    ],
)
def test_a_linked_price_is_never_converted(cells: dict[str, str], found: list[Code]) -> None:
    """The price is the shop's own; the sign of another currency is a finding."""
    result = mapped(cells)
    assert (codes(result), values(result, "price")) == (found, [Decimal("100.00")])


@pytest.mark.parametrize("currency", ["USD", "usd", "RUR", "$"])
def test_a_price_in_another_currency_is_not_sent(currency: str) -> None:
    """A hundred dollars are never sold for a hundred hryvnias; stock and the rest go."""
    columns = (("RetailPrice", "price"), ("W", "wholesale_price"), ("M", "wholesale_minimum"))
    result = mapped({"RetailPrice": "100", "W": "90", "M": "5", "currencyId": currency}, *columns)
    assert values(result, "price", "wholesale_prices") == ["absent"] * 2
    (found,) = result.findings
    assert (found.code, found.column) == (Code.CURRENCY_OTHER, "currencyId")
    assert found.args == {"named": currency, "currency": "UAH"}


@pytest.mark.parametrize("currency", ["UAH", "uah", "грн", "", " "])
def test_a_price_in_the_shops_own_currency(currency: str) -> None:
    """However it is written; an offer that names none is in the shop's."""
    result = mapped({"RetailPrice": "100", "currencyId": currency}, ("RetailPrice", "price"))
    assert (codes(result), values(result, "price")) == ([], [Decimal("100.00")])


LADDER = (("W", "wholesale_price"), ("M", "wholesale_minimum"))
NO_MINIMUM: Args = {"case": "no-minimum", "wholesale": "90.00"}


def unreadable(cell: str, fault: str) -> Args:
    return {"cell": cell, "fault": fault, "fields": ["wholesale_prices"]}


@pytest.mark.parametrize(
    ("wholesale", "minimum", "ladder", "found"),
    [
        ("90,5", "10", (WholesaleStep(10, Decimal("90.50")),), []),
        ("90", "1", (WholesaleStep(1, Decimal("90.00")),), []),
        ("90", "0", (), [NO_MINIMUM]),
        ("90", "", (), [NO_MINIMUM]),
        ("110", "5", (), [{"case": "above-price", "wholesale": "110.00", "price": "100.00"}]),
        ("0", "0", (), []),
        ("0", "10", (), []),
        ("0,004", "10", (), []),
        ("", "10", (), []),
        ("90", "2,5", "absent", [unreadable("2,5", "not-whole")]),
        ("xx", "10", "absent", [unreadable("xx", "no-digit")]),
        ("90", "xx", "absent", [unreadable("xx", "no-digit")]),
    ],
)
def test_wholesale_price_and_minimum_make_a_ladder(
    wholesale: str, minimum: str, ladder: Value, found: list[Args]
) -> None:
    """It needs a whole minimum and is no higher than the retail price; an unreadable one keeps the last."""
    result = mapped({"W": wholesale, "M": minimum}, *LADDER)
    assert values(result, "wholesale_prices") == [ladder]
    assert [one.args for one in result.findings] == found


@pytest.mark.parametrize(
    ("cell", "presence", "found"),
    [
        ("true", "available", []),
        (" 1 ", "available", []),
        ("False", "not_available", []),
        ("", "not_available", []),
        (" Під  замовлення", "order", []),
        ("Очікується", "waiting", []),
        ("!", "available", []),
        ("-", "not_available", []),
        ("*", "absent", [{"cell": "*"}]),
        ("нема на базі", "absent", [{"cell": "нема на базі"}]),
        ("#REF!", "absent", [{"cell": "#REF!", "fault": "error"}]),
    ],
)
def test_presence_without_a_quantity(cell: str, presence: str, found: list[Args]) -> None:
    """An unreadable cell leaves the presence on Prom as it is."""
    result = mapped({"available": cell}, ("available", "presence"))
    assert values(result, "presence") == [presence]
    assert [one.args for one in result.findings] == found
    assert ("presence" in result.unreadable) == bool(found)


@pytest.mark.parametrize(
    ("available", "stock", "zero", "made"),
    [
        ("так", "4", "order", [4, "available"]),
        ("так", "0", "order", [0, "order"]),
        ("ні", "4", "not_available", [0, "not_available"]),
        ("ні", "4", "waiting", [0, "waiting"]),
        ("", "4", "not_available", [0, "not_available"]),
        ("немає в наявності", "4", "order", [0, "not_available"]),
        ("під замовлення", "4", "not_available", [0, "order"]),
        ("нема на базі", "4", "order", ["absent", "absent"]),
        (None, "4", "order", [4, "available"]),
        (None, "0,4", "waiting", [0, "waiting"]),
        ("ні", "багато", "not_available", [0, "not_available"]),
        ("так", " ", "waiting", ["absent", "available"]),
        ("ні", "", "waiting", [0, "waiting"]),
        ("під замовлення", "", "waiting", [0, "order"]),
        (None, "", "waiting", ["absent", "absent"]),
        (None, "Под заказ", "not_available", [0, "order"]),
        (None, "очікується", "not_available", [0, "waiting"]),
        (None, "в наявності", "order", ["absent", "available"]),
        ("так", "немає в наявності", "order", [0, "not_available"]),
    ],
)
def test_presence_next_to_a_quantity(
    available: str | None, stock: str, zero: str, made: list[Value | str]
) -> None:
    """A mere no is a good without stock, which `[stock] zero` decides about; four words say it plainly."""
    row = {"WarehouseQuantity": stock} | ({} if available is None else {"available": available})
    settings = sync_object(fields=fields_of(("WarehouseQuantity", "quantity")), stock={"zero": zero})
    product = Mapper(settings).product("17", 3, row, count_stock(settings, row), lambda _: None).product
    assert [product.values.get(name, "absent") for name in ("quantity", "presence")] == made


@pytest.mark.parametrize(
    ("word", "stock", "made", "found"),
    [
        ("так", "4", [4, "available"], []),
        ("так", "0", [0, "waiting"], []),
        ("під замовлення", "4", [0, "order"], []),
        ("хтозна", "4", ["absent", "absent"], [Code.PRESENCE_UNKNOWN]),
        ("так", "багато", ["absent", "available"], [Code.NUMBER_UNREADABLE]),
        ("так", "", ["absent", "available"], []),
        ("!", "4", [4, "available"], []),
        ("-", "4", [0, "waiting"], []),
        ("…", "4", ["absent", "absent"], [Code.PRESENCE_UNKNOWN]),
        ("ні", "багато", [0, "waiting"], []),
    ],
)
def test_a_column_of_its_own_for_the_presence(
    word: str, stock: str, made: list[Value | str], found: list[Code]
) -> None:
    """It counts before the quantity, and what cannot be read is reported once."""
    row = {"WarehouseQuantity": stock, "Наявність": word}
    columns = fields_of(("WarehouseQuantity", "quantity"), ("Наявність", "presence"))
    settings = sync_object(fields=columns, stock={"zero": "waiting"})
    result = Mapper(settings).product("17", 3, row, count_stock(settings, row), lambda _: None)
    assert (values(result, "quantity", "presence"), codes(result)) == (made, found)


@pytest.mark.parametrize(
    ("cell", "ready"),
    [("так", True), ("0", False), ("3", True), ("-1", False), ("", "absent"), ("?", "absent")],
)
def test_ready_to_ship_is_a_yes_or_a_number(cell: str, ready: bool | str) -> None:
    """A cell that is neither leaves it as it is."""
    assert values(mapped({"Готово": cell}, ("Готово", "ready_to_ship")), "ready_to_ship") == [ready]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", " #ССЫЛКА! "])
def test_an_error_of_a_spreadsheet_is_no_text(error: str) -> None:
    """What was last sent of each stays, prices and stock go; an article that only begins like one is one."""
    columns = (
        *(("Name", "name"), ("A", "sku"), ("Color", "characteristic", "Колір")),
        *(("Size", "characteristic", "Розмір"), ("RetailPrice", "price")),
    )
    row = {"Name": error, "A": error, "Color": error, "Size": "37", "RetailPrice": "5"}
    result = mapped(row, *columns)
    assert values(result, "name", "name_ru", "sku", "price") == ["absent"] * 3 + [Decimal("5.00")]
    assert result.product.characteristics == (
        Characteristic("Колір", "", ""),
        Characteristic("Розмір", "", "37"),
    )
    assert codes(result) == [Code.CELL_ERROR] * 3
    assert {"name", "sku"} <= result.unreadable
    assert values(mapped({"A": "#12"}, ("A", "sku")), "sku") == ["#12"]
    (found,) = mapped({"RetailPrice": error}, ("RetailPrice", "price")).findings
    args = {"cell": error.strip(), "fault": "error", "fields": ["price", "discount"]}
    assert (found.code, found.args) == (Code.CELL_ERROR, args)


def test_the_sign_of_another_currency_is_reported() -> None:
    """The sign of the shop's own currency is no finding."""
    sign = {"EqualCurrencyName": "$"}
    assert codes(mapped(sign, catalog={"path": "goods.trs", "currency": "USD"})) == []
    (found,) = mapped(sign, catalog={"path": "goods.trs", "currency": "PLN"}).findings
    assert found.args == {"case": "sign", "sign": "$", "currency": "PLN"}
    assert found.column == "EqualCurrencyName"


@pytest.mark.parametrize(
    ("base", "sale", "percent", "found"),
    [
        ("950", "780", "17,89473684", []),
        ("950", "780", "17,9", []),
        ("950", "780", "18", []),
        ("950", "780", "17", [Code.DISCOUNT_MISMATCH]),
        ("950", "780", "0", [Code.DISCOUNT_MISMATCH]),
        ("1000", "999", "0,00", [Code.DISCOUNT_MISMATCH]),
        ("9,99", "8,99", "10,00", []),
        ("100", "100", "0", []),
        ("100", "0", "0", []),
        ("100", "", "10", [Code.DISCOUNT_MISMATCH]),
        ("100", "90", "", []),
        ("100", "90", "десять", []),
        ("100", "110", "10", [Code.SALE_PRICE_ABOVE]),
        ("0,001", "0,001", "5", [Code.PRICE_MISSING]),
    ],
)
def test_the_percent_of_a_discount_is_cross_checked(
    base: str, sale: str, percent: str, found: list[Code]
) -> None:
    """The two prices make the discount; a percent that does not match them, even rounded, is a finding."""
    row = {"RetailPrice": base, "RetailPriceWithDiscount": sale, "PriceDiscountPercent": percent}
    columns = (("RetailPrice", "price"), ("RetailPriceWithDiscount", "sale_price"))
    assert codes(mapped(row, *columns)) == found


def test_the_percent_belongs_to_the_two_prices_of_the_accounting_program() -> None:
    """It is not checked against other columns; the finding has the prices before any markup."""
    row = {"Ціна": "100", "Sale": "90", "PriceDiscountPercent": "50"}
    assert codes(mapped(row, ("Ціна", "price"), ("Sale", "sale_price"))) == []
    row = {"RetailPrice": "100", "RetailPriceWithDiscount": "90", "PriceDiscountPercent": "50"}
    columns = (("RetailPrice", "price"), ("RetailPriceWithDiscount", "sale_price"))
    (found,) = mapped(row, *columns, prices={"markup": "7%"}).findings
    args = {"percent": "50", "actual": "10.00"}
    assert (found.args, found.column, found.value) == (args, "PriceDiscountPercent", "50")


@pytest.mark.parametrize(
    ("cell", "respect", "found"),
    [("можливо", True, [Code.DISPLAY_UNKNOWN]), ("2", True, [Code.DISPLAY_UNKNOWN]), ("2", False, [])]
    + [(cell, True, []) for cell in ("0", "1", "1,0", " ", "так")],
)
def test_a_display_that_is_neither_yes_nor_no(cell: str, respect: bool, found: list[Code]) -> None:
    """With `respect_display` the value is reported, and the status stays."""
    result = mapped({"Display": cell}, accounting_centers={"respect_display": respect})
    assert codes(result) == found
    assert values(result, "status") == ["absent" if found else "on_display"]


def test_a_good_in_no_group() -> None:
    """An empty mapped group is a finding, and the one on Prom stays; an absent column is none."""
    result = mapped({"Розділ": " "}, ("Розділ", "group"))
    assert (codes(result), values(result, "group")) == ([Code.GROUP_MISSING], ["absent"])
    assert codes(mapped({}, ("Розділ", "group"))) == []


def test_a_missing_price_names_its_column() -> None:
    """The finding names the column that is mapped to the price."""
    result = mapped({"Ціна": ""}, ("Ціна", "price"))
    assert [(finding.code, finding.column) for finding in result.findings] == [(Code.PRICE_MISSING, "Ціна")]


def test_a_product_need_not_speak_of_its_price() -> None:
    """An object without a column for the price never sends one."""
    mapper = Mapper(sync_object(fields=fields_of(("N", "name"))))
    result = mapper.product("17", 3, {"N": "Капці"}, Stock(None), lambda _: None)
    assert values(result, "price", "discount") == ["absent"] * 2
    assert not result.findings


def test_a_minimum_alone_says_nothing() -> None:
    """Without a wholesale price the ladder is not spoken of."""
    assert values(mapped({"M": "10"}, ("M", "wholesale_minimum")), "wholesale_prices") == ["absent"]


@given(st.decimals("0.01", 10**9, places=2), st.decimals("0.01", 10**9, places=2))
def test_the_buyer_pays_the_lower_price(price: Decimal, sale: Decimal) -> None:
    """Price less discount is the sale price, exactly, wherever that is lower."""
    cells = {"RetailPrice": str(price).replace(".", ","), "Sale": str(sale)}
    product = mapped(cells, *PRICES).product
    discount = product.values["discount"]
    off = discount.value if isinstance(discount, Discount) else Decimal(0)
    assert product.values["price"] == price
    assert price - off == min(price, sale)


@pytest.mark.parametrize(
    ("cell", "urls"),
    [
        ("https://shop.example/1.jpg\nhttps://shop.example/2.jpg", ["1.jpg", "2.jpg"]),
        ("https://shop.example/1.jpg_x000d_\nhttps://shop.example/1.jpg", ["1.jpg"]),
        ("https://shop.example/1.jpg|https://shop.example/2.jpg", ["1.jpg", "2.jpg"]),
        ("C:\\Torgsoft\\Photo\\17.jpg", None),
        ("", None),
    ],
)
def test_the_export_itself_names_photos(cell: str, urls: list[str] | None) -> None:
    """Addresses on the internet are sent where no folder is named; none at all is no signal."""
    expected: Value = tuple(Photo(f"https://shop.example/{name}", "") for name in urls or ())
    assert values(mapped({"picture": cell}), "photos") == [expected if urls else "absent"]


def test_the_folder_counts_more_than_the_export() -> None:
    """Its photos are known by their content; an empty folder is a good without photos."""
    own = (Photo("https://shop.example/photos/17.jpg", "aa"),)
    cells = {"picture": "https://shop.example/1.jpg"}
    assert values(mapped(cells, photos=own), "photos") == [own]
    assert values(mapped(cells, photos=()), "photos") == [()]
