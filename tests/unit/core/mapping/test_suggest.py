"""Suggestions: which columns could go to Prom, judged by name and values."""

from __future__ import annotations

import pytest
from builders import fields_of, sync_object

from torgsync.core.mapping.suggest import ENOUGH, SAMPLE, Samples, Suggestion, suggest

PAIRS = [("GoodName", "name"), ("RetailPrice", "price")]


def suggested(
    *rows: dict[str, str], fields: list[tuple[str, ...]] | None = None, language: str = "uk"
) -> list[Suggestion]:
    """Return the proposals for an export of these rows; name and price are mapped by default."""
    mappings = fields_of(*(PAIRS if fields is None else fields))
    catalog = {"path": "goods.trs", "languages": {"name": language, "both": False}}
    columns = list(rows[0])
    samples = Samples(columns)
    for row in rows:
        samples.add(row)
    return list(suggest(columns, samples, sync_object(fields=mappings, catalog=catalog)))


def targets(*rows: dict[str, str], language: str = "uk") -> dict[str, str]:
    """Where the columns of these rows could go, keyed by column."""
    return {item.column: item.to for item in suggested(*rows, language=language)}


@pytest.mark.parametrize(
    ("column", "value", "target"),
    [
        ("opys_saytu", "Шовк і льон", "description"),
        ("new_description", "Шовк і льон", "description"),
        ("Опис", "Шовк і льон", "description"),
        ("tekst", "<p>Шовк і льон</p>", "description"),
        ("opys_ru", "Шелк", "description_ru"),
        ("Описание", "Шёлк и лён", "description_ru"),
        ("opys_ua", "объём, мова на вибір", "description"),
        ("tekst", "<b>Объём</b>", "description_ru"),
        ("descriptionRu", "Шелк", "description_ru"),
        ("opysUa", "объём", "description"),
        ("nazva_ru", "Платье", "name_ru"),
        ("name_rus", "Платье", "name_ru"),
        ("Название", "Чёрный чай", "name_ru"),
        ("Название товара", "Чёрный чай", "name_ru"),
        ("Height", "12,5", "characteristic"),
        ("keywords", "сукня, шовк і льон", "keywords"),
        ("keywords_ru", "платье", "keywords_ru"),
        ("visota_kabluka", "6,5 см", "characteristic"),
        ("name_of_colour", "синій", "characteristic"),
        ("Season", "літо", "characteristic"),
        ("Country", "Україна", "country"),
        ("сцена", "мала", "characteristic"),
        ("Оцінка", "5", "characteristic"),
        ("Одиниця виміру", "шт", "unit"),
        ("Виробник", "Верба", "vendor"),
        ("GTIN", "2900000000124", "gtin"),
        ("prices", "5=150", "wholesale_prices"),
        ("Category", "Взуття", "group"),
    ],
)
def test_a_column_by_its_name_and_values(column: str, value: str, target: str) -> None:
    """Texts go to their field and language, standard columns where they belong, the rest is dynamic."""
    assert targets({"GoodID": "17", "GoodName": "Сукня", column: value}) == {column: target}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("visota_kabluka", ""),
        ("visota_kabluka", "НЕМАЄ ІНФОРМАЦІЇ"),
        ("Sex", "0"),
        ("PrimeCost", "80"),
        ("sobivartist", "80"),
        ("Закупка", "80"),
        ("inshe", "80,00"),
        ("video", "https://shop.example/17.mp4"),
        ("ShortName", "Сукня"),
        ("WholesalePrice", "90"),
        ("nazva", "Сукня їхня"),
        ("старая цена", "100"),
        ("price_note", "від 5 штук"),
        ("Знижка", "5%"),
        ("minimum_order_quantity", "2"),
        ("visota@unit", "см"),
        ("назва", "Сукня їхня"),
    ],
)
def test_a_column_that_is_not_proposed(column: str, value: str) -> None:
    """Nothing empty, no purchase price, no address, nothing without a field or with a mapped one."""
    assert targets({"GoodName": "Сукня", "PrimeCost": "80", "Pack": "", column: value}) == {}


def test_a_value_that_equals_the_cost_price_by_chance() -> None:
    """Only what equals it in most rows is taken for it."""
    rows = [{"PrimeCost": "80", "waga": weight} for weight in ("80", "90", "95")]
    assert targets(*rows) == {"waga": "characteristic"}


def test_a_wholesale_price_with_its_quantity() -> None:
    """Both are proposed where both are filled, or the other one is mapped already."""
    row = {"PrimeCost": "80", "WholesalePrice": "90", "WholesaleCount": "10"}
    assert targets(row) == {"WholesalePrice": "wholesale_price", "WholesaleCount": "wholesale_minimum"}
    assert targets(row | {"WholesaleCount": "0"}) == {}
    assert targets(row | {"WholesalePrice": "80"}) == {}
    (item,) = suggested(row, fields=[("WholesalePrice", "wholesale_price")])
    assert item.words == ("WholesaleCount", "--to", "wholesale_minimum")


def test_one_target_for_two_columns() -> None:
    """The first column gets it; a characteristic needs a name that a person gives."""
    row = {"opys": "їх", "opys_2": "їх", "fason": "міді", "stil": "класика"}
    assert targets(row) == {"opys": "description", "fason": "characteristic", "stil": "characteristic"}
    assert suggested({"Season": "літо"}, fields=[("pora", "characteristic", "Сезон")]) == []


def test_an_export_in_russian() -> None:
    """Russian texts are the main ones there, and Ukrainian ones have no field."""
    row = {"opys": "Объём", "nazva_ua": "Сукня"}
    assert targets(row, language="ru") == {"opys": "description"}


def test_the_command() -> None:
    """A characteristic gets the column's own name where people can read it."""
    items = suggested({"Висота каблука": "6,5", "fason": "міді", "Country": "Україна"})
    assert [item.words for item in items] == [
        ("Висота каблука", "--dynamic", "--name", "Висота каблука"),
        ("fason", "--dynamic", "--name", "…"),
        ("Country", "--to", "country"),
    ]


def test_samples() -> None:
    """The first value that says something, cut; none of what is secret or not there."""
    samples = Samples(["GoodName", "Sex", "PrimeCost", "zakupka"])
    complete = [samples.complete]
    samples.add({"GoodName": "", "Sex": "0", "PrimeCost": "80", "zakupka": "75"})
    samples.add({"GoodName": "Я" * 100, "Sex": "2", "PrimeCost": "ціна", "zakupka": "75"})
    complete.append(samples.complete)
    assert complete == [False, True]
    assert [samples.sample(name) for name in ("GoodName", "Sex", "PrimeCost", "zakupka", "Pack")] == [
        "Я" * SAMPLE,
        "2",
        "",
        "",
        "",
    ]


def test_a_measure_has_a_name_that_buyers_know() -> None:
    """Nothing is proposed where it is 0, as in most shops."""
    (found,) = suggested({"Height": "12,5", "Width": "0"})
    assert found.words == ("Height", "--dynamic", "--name", "Висота, см")


def test_many_rows() -> None:
    """A column is judged by its first values."""
    rows = [{"tekst": "<p>так</p>"}] * ENOUGH + [{"tekst": "ні"}] * ENOUGH * 2
    assert targets(*rows) == {"tekst": "description"}


def test_what_an_offer_says_of_itself_is_no_characteristic() -> None:
    """The marks of a YML offer are no characteristics; its description goes, where buyers could read it."""
    offer = {"available": "true", "currencyId": "UAH", "url": "17", "picture": "a.jpg", "Довжина": "90"}
    assert targets(offer) == {"available": "presence", "Довжина": "characteristic"}
    assert targets({"Description": "<p>Шовк</p>"}) == {"Description": "description"}
    assert targets({"Description": "Капці"}) == {}


@pytest.mark.parametrize(
    ("column", "values", "target"),
    [
        *((name, "так ні", "presence") for name in ("Наявність", "Наличие", "Availability", "Presence")),
        *(
            (name, "1 0 +", "presence")
            for name in ("В наявності", "в_наличии", "Статус наявності", "in_stock")
        ),
        ("Наявність", "так закінчується available", "presence"),
        ("Статус", "available order так", "presence"),
        ("Статус", "available скоро", "characteristic"),
        ("Наявність", "12 5 0", ""),
        ("Наявність кишень", "так ні", "characteristic"),
        ("Підкладка", "так відсутня", "characteristic"),
        ("Новинка", "1 0", "characteristic"),
    ],
)
def test_a_column_of_its_own_for_the_presence(column: str, values: str, target: str) -> None:
    """It is known by its name or its words, also where a quantity is mapped, and proposed once."""
    rows = [{column: value, f"{column} ": value} for value in values.split()]
    found = suggested(*rows, fields=[*PAIRS, ("WarehouseQuantity", "quantity")])
    assert [item.to for item in found][:1] == ([target] if target else [])
    assert [item.to for item in found].count("presence") == (target == "presence")


@pytest.mark.parametrize(
    ("language", "both", "found"),
    [
        ("uk", False, {"a": "keywords_ru", "b": "keywords", "c": "name_ru", "d": "name"}),
        ("ru", True, {"a": "keywords_ru", "b": "keywords", "c": "name_ru", "d": "name"}),
        ("ru", False, {"a": "keywords", "c": "name"}),
    ],
)
def test_texts_that_are_there_in_both_languages(language: str, both: bool, found: dict[str, str]) -> None:
    """A Russian text is never proposed for a Ukrainian field, whatever its letters are."""
    columns = {"keywords": "a", "keywords_ua": "b", "GoodName": "c", "name_ua": "d"}
    samples = Samples([*columns])
    samples.add(dict.fromkeys(columns, "текст"))
    catalog = {"path": "goods.trs", "languages": {"name": language, "both": both}}
    settings = sync_object(fields=fields_of(("RetailPrice", "price")), catalog=catalog)
    assert {columns[item.column]: item.to for item in suggest([*columns], samples, settings)} == found


def test_a_name_is_proposed_once_however_it_is_spelt() -> None:
    """Two characteristics of one name are none."""
    assert suggested({"КОЛІР": "синій"}, fields=[("Color", "characteristic", "Колір")]) == []


def test_one_kind_of_wholesale_prices() -> None:
    """Several at once, or one with its minimum: never both."""
    row = {"PrimeCost": "80", "WholesalePrice": "90", "WholesaleCount": "10", "prices": "5=90"}
    assert suggested(row, fields=[("prices", "wholesale_prices")]) == []
    ladder: list[tuple[str, ...]] = [
        ("WholesalePrice", "wholesale_price"),
        ("WholesaleCount", "wholesale_minimum"),
    ]
    assert suggested(row, fields=[*ladder]) == []


def test_a_section_number_is_no_name() -> None:
    """Only names make groups by themselves."""
    assert targets({"Category": "12"}) == {}
