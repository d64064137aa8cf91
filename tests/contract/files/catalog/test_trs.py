"""What the reader of `TSGoods.trs` promises: every good comes back as it was written, or nothing at all."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from dialects import csv
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from matrix import sampled

from torgsync.core.product.cells import balances, key_of, number, section_path
from torgsync.core.product.columns import LAYOUT_40, LAYOUT_48, LAYOUT_50, ExportRecord
from torgsync.errors import ExportInvalid
from torgsync.files.catalog import refusals
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, ReadSettings
from torgsync.files.catalog.trs import open_trs

DATA = Path(__file__).parents[3] / "data"
SHOP = Path(__file__).parents[4] / "examples" / "shop"

HEADER = '"GoodID";"GoodName";"RetailPrice";"Color"\r\n'
ROW = '17;"Капці";632,74;"сірі"\r\n'

STANDARD_ROW = (
    '4307;"Рукавиці робочі";"Рукавиці";"Україна";"0530";75;37,5;75;0;56;12;1;"10 ";"сірі";"";"Рукавиці";0;"";'
    '"Одяг,Рукавиці";"Україна,Верба";"";"2900000043077";"";"";"";"";"";0;"";0;0;0;0;0;"";37,5;"";"";0;"шт";0;'
    '"Верба";;"Рукавиці";"Рукавиці";"";0;"4=Одяг|56=Рукавиці";0;"2=4,000|8=8,000"'
)


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "TSGoods.trs") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read(trs: CatalogFile) -> list[tuple[str, ...]]:
    return [tuple(trs.cells(record).values()) for record in trs.records()]


def refusal(path: Path, given: ReadSettings = ReadSettings()) -> ExportInvalid:  # noqa: B008  # a value that never changes
    with pytest.raises(ExportInvalid) as caught:
        list(open_trs(path, given).records())
    error = caught.value
    assert str(path) in error.message
    assert error.hint
    assert not error.message.endswith(".")
    return error


def places(error: ExportInvalid) -> list[str]:
    return [str(mistake) for mistake in error.mistakes]


# Encoding


@pytest.mark.parametrize(
    ("written", "found", "bom"),
    [("utf-8-sig", "utf-8", True), ("utf-8", "utf-8", False), ("cp1251", "cp1251", False)],
)
def test_the_encoding_is_found_out(tmp_path: Path, written: str, found: str, bom: bool) -> None:
    """UTF-8 with and without its mark, and Windows-1251, all give the same texts."""
    trs = open_trs(write(tmp_path, HEADER + ROW, written))
    assert (trs.encoding, trs.bom) == (found, bom)
    assert trs.columns == ("GoodID", "GoodName", "RetailPrice", "Color")
    assert read(trs) == [("17", "Капці", "632,74", "сірі")]


def test_the_encoding_is_judged_by_the_whole_file(tmp_path: Path) -> None:
    """A Cyrillic letter after megabytes of Latin ones still makes the file Windows-1251."""
    latin = '1;"Latin";1;"x"\r\n' * 200_000
    trs = open_trs(write(tmp_path, HEADER + latin + ROW, "cp1251"))
    assert trs.encoding == "cp1251"
    assert read(trs)[-1][1] == "Капці"


def test_letters_that_a_block_of_reading_tears_apart_are_whole(tmp_path: Path) -> None:
    """A letter of two bytes across the border of two blocks does not make the file Windows-1251."""
    text = HEADER + "".join(f'{number};"яяяяяяя{"x" * (number % 2)}";1;""\r\n' for number in range(60_000))
    assert open_trs(write(tmp_path, text)).encoding == "utf-8"


@pytest.mark.parametrize("name", ["cp1251", "windows-1251", "UTF-8", "utf8"])
def test_an_encoding_can_be_forced_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    """What is forced is not guessed."""
    trs = open_trs(write(tmp_path, '"GoodID";"GoodName"\n1;"Latin"\n'), ReadSettings(encoding=name))
    assert trs.encoding in {"cp1251", "utf-8"}
    assert trs.encoding == ("utf-8" if "8" in name else "cp1251")


@pytest.mark.parametrize("name", ["koi8-u", "no such encoding"])
def test_other_encodings_are_refused(tmp_path: Path, name: str) -> None:
    """Torgsoft writes two encodings, and no other is tried."""
    error = refusal(write(tmp_path, HEADER + ROW), ReadSettings(encoding=name))
    assert f"`{name}`" in error.message


def test_a_forced_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """The line of the first letter that cannot be read is named."""
    assert (
        "line 2"
        in refusal(
            write(tmp_path, HEADER.replace("Color", "c") + ROW, "cp1251"), ReadSettings(encoding="utf8")
        ).message
    )


def test_a_byte_order_mark_is_a_promise(tmp_path: Path) -> None:
    """With the mark of UTF-8 but letters of Windows-1251 behind it, the file is spoilt."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(codecs.BOM_UTF8 + (HEADER + ROW).encode("cp1251"))
    assert "line 2" in refusal(path).message


def test_one_broken_letter_does_not_turn_the_catalog_into_another_encoding(tmp_path: Path) -> None:
    """A file that was UTF-8 for many letters is not read as Windows-1251: every name would be rubbish."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes((HEADER + ROW * 10).encode() + b'18;"\xd0";1;""\r\n' + ROW.encode())
    assert "line 12" in refusal(path).message


def test_a_file_that_is_cut_inside_a_letter_is_not_finished(tmp_path: Path) -> None:
    """It is not reported as damaged: the program is still writing, or stopped."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes((HEADER + ROW * 10).encode() + '18;"Кап'.encode()[:-1])
    assert refusal(path).message == f"`{path}` ends in the middle of line 12"


@pytest.mark.parametrize(("said", "delimiter"), [("sep=;", ";"), ('"SEP=,"', ","), ("sep=\t", "\t")])
def test_a_spreadsheet_may_name_its_delimiter(tmp_path: Path, said: str, delimiter: str) -> None:
    """Its first line is no row; the lines are counted with it."""
    rows = [HEADER.replace(";", delimiter), f"17{delimiter}x{delimiter}5{delimiter}y\r\n"]
    trs = open_trs(write(tmp_path, f"{said}\r\n{''.join(rows)}"))
    assert trs.columns == ("GoodID", "GoodName", "RetailPrice", "Color")
    assert [(record.line, tuple(trs.cells(record).values())) for record in trs.records()] == [
        (3, ("17", "x", "5", "y"))
    ]


def test_letters_that_another_program_lost_are_refused(tmp_path: Path) -> None:
    """U+FFFD replaced a letter, so no name can be trusted."""
    assert "line 3" in refusal(write(tmp_path, HEADER + ROW + ROW.replace("ц", "\ufffd"))).message


def test_bytes_of_neither_encoding_are_refused(tmp_path: Path) -> None:
    """Byte 98 is no letter of Windows-1251, and alone none of UTF-8."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes((HEADER + ROW).encode("cp1251") + b'18;"\x98";1;""\r\n')
    assert "line 3" in refusal(path).message


NAMES = (
    "Рукавиці робочі сірі Верба",
    "Горщик «Ромашка» для квітів, зелений",
    "Туфлі жіночі бежеві шкіра",
    "Куртка зимова чорна з хутром",
    "Крем для рук ягідний, об'єм 75 мл",
    "КАПЦІ ДИТЯЧІ СИНІ ПОВСТЬ",
)
WORDS = "".join(f'{at};"{NAMES[at % 6]}";100;"{NAMES[at % 5]}"\r\n' for at in range(1, 30))


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig"])
def test_words_are_words(tmp_path: Path, encoding: str) -> None:
    """In capitals too."""
    for text in (WORDS, WORDS.upper()):
        assert open_trs(write(tmp_path, HEADER + text, encoding)).encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (WORDS.encode("koi8-u", "replace"), "make no words as cp1251; they look like koi8-u"),
        (WORDS.encode("cp866", "replace"), "make no words as cp1251; they look like cp866"),
        (
            WORDS.encode().decode("cp1251", "replace").replace("\ufffd", "").encode(),
            "UTF-8 that was taken for",
        ),
        (WORDS.encode().decode("latin-1").encode(), "UTF-8 that was taken for"),
    ],
)
def test_letters_that_make_no_words_are_refused(tmp_path: Path, written: bytes, words: str) -> None:
    """What is letters in any encoding would ruin every name; who knows better may force the encoding."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(HEADER.encode("ascii") + written)
    assert words in refusal(path).message
    forced = "utf-8" if "UTF-8" in words else "cp1251"
    assert open_trs(path, ReadSettings(encoding=forced)).encoding == forced


# Header and layout


def test_a_header_is_known_by_its_names(tmp_path: Path) -> None:
    """Case and the two spellings of a standard name do not matter; a merchant's own name stays as it is."""
    trs = open_trs(write(tmp_path, '"goodid";"GOODNAME";"SuppLierCode";" Опис (сайт) "\n1;"a";"b";"c"\n'))
    assert trs.has_header
    assert trs.columns == ("GoodID", "GoodName", "SupplierCode", "Опис (сайт)")


def test_a_header_may_be_bare_and_stand_after_blank_lines(tmp_path: Path) -> None:
    """Header cells without quotes, in another order, with the key in the middle."""
    trs = open_trs(write(tmp_path, '\r\n\r\nGoodName;GoodID;Color\r\n\r\n"Капці";17;""\r\n'))
    records = list(trs.records())
    assert [record.line for record in records] == [5]
    assert trs.good_id(records[0]) == "17"


def test_a_header_can_be_forced(tmp_path: Path) -> None:
    """A first row that is said to be a header is one, whatever it looks like."""
    path = write(tmp_path, '"Мій ключ";"Моя назва"\n1;"a"\n')
    assert places(refusal(path, ReadSettings(header=True))) == ["line 1  no column is named `GoodID`"]
    unknown = "line 1  none of these names is Torgsoft's: `Мій ключ`, `Моя назва`"
    assert places(refusal(path)) == [unknown]


def test_a_header_can_be_denied(tmp_path: Path) -> None:
    """A first row that is said to be a good must look like one."""
    path = write(tmp_path, ";".join(f'"{name}"' for name in LAYOUT_50) + "\n" + STANDARD_ROW + "\n")
    assert open_trs(path).has_header
    error = refusal(path, ReadSettings(header=False))
    assert len(error.mistakes) == 10
    assert places(error)[0] == 'line 1  column 1 (GoodID): `"GoodID"` does not belong there'


@pytest.mark.parametrize(
    ("header", "mistakes"),
    [
        ('"GoodName";"Color";"TheSize"', ["line 1  no column is named `GoodID`"]),
        ('"GoodID";"Color";"COLOR"', ["line 1  column 3: `Color` is also the name of column 2"]),
        ('"GoodID";"opys";"Opys"', ["line 1  column 3: `Opys` is also the name of column 2"]),
        ('"GoodID"', ["line 1  there is only one column"]),
        ('"GoodID";"";"Color"', ["line 1  column 2: it has no name, but line 2 has a value in it"]),
        (
            '"Color";"";"color";"Sex"',
            [
                "line 1  column 2: it has no name, but line 2 has a value in it",
                "line 1  column 3: `Color` is also the name of column 1",
                "line 1  no column is named `GoodID`",
            ],
        ),
    ],
)
def test_a_header_is_refused_with_all_its_mistakes(tmp_path: Path, header: str, mistakes: list[str]) -> None:
    """No key, a duplicate name, a column without a name: all are listed at once, with their places."""
    row = ";".join(f'"{place}"' for place, _ in enumerate(header.split(";")))
    error = refusal(write(tmp_path, f"{header}\n{row}\n"), ReadSettings(header=True))
    assert places(error) == mistakes


def test_a_header_whose_quotes_do_not_pair_up_is_refused(tmp_path: Path) -> None:
    """Its cells cannot be separated."""
    refusal(write(tmp_path, '"GoodID";"GoodName\n1;"a"\n'), ReadSettings(header=True))
    refusal(write(tmp_path, '"GoodID";"GoodName\n1;"a"\n'))


@pytest.mark.parametrize("name", ["no-header-48.trs", "no-header-50-cp1251.trs"])
def test_a_standard_layout_is_known_without_a_header(name: str) -> None:
    """The count of columns picks a layout, and quotes and numbers in its rows confirm it."""
    trs = open_trs(DATA / name)
    assert not trs.has_header
    assert trs.encoding == "cp1251"
    goods = [trs.cells(record) for record in trs.records()]
    assert [record.line for record in trs.records()] == list(range(1, len(goods) + 1))
    assert [good["GoodID"] for good in goods] == [trs.good_id(record) for record in trs.records()]
    assert all(re.fullmatch(r"\d+(,\d+)?", good["RetailPrice"]) for good in goods)
    assert all(good["Country"] in {"Україна", "Польща"} for good in goods)


def test_forty_columns_are_known_without_a_header(tmp_path: Path) -> None:
    """The oldest layout has heights and widths, and no section path."""
    row = (
        '12;"Капці";"";"Польща";"77001";1050;840;1050;0;0;0;-1;2;1;"37";"сині";"повсть";"Капці";2;"";"Взуття";'
        '"Польща";"лето 2014";"2900000000124";"";"";"";"";"";0;"";0;0;0;0;0;"";0;"";""\n'
    )
    trs = open_trs(write(tmp_path, row))
    assert trs.columns == LAYOUT_40
    assert read(trs)[0][LAYOUT_40.index("TheSize")] == "37"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("4307;", '"A-17";', "column 1 (GoodID)"),
        ("75;37,5;", '"75";37,5;', "column 6 (RetailPrice)"),
        ('"Верба";;', '"Верба";1,5;', "column 43 (ModelGoodID)"),
        ('"4=Одяг|56=Рукавиці"', '"синій"', "column 48 (SynchronizationSectionFull)"),
        (';0;"2=4,000|8=8,000"', ';"Зволоження";"2=4,000"', "column 49 (MinWarehouseQuantity)"),
        ('"2=4,000|8=8,000"', '"шкіра"', "column 50 (WarehouseQuantityForPartner)"),
        ('"Рукавиці робочі"', "5", "column 2 (GoodName)"),
    ],
)
def test_a_count_alone_proves_no_layout(tmp_path: Path, old: str, new: str, column: str) -> None:
    """Two columns of a merchant's own make 50 of 48: the misplaced cell is shown."""
    odd = STANDARD_ROW.replace(old, new, 1)
    assert odd != STANDARD_ROW
    error = refusal(write(tmp_path, f"{STANDARD_ROW}\n{odd}\n"))
    assert [(mistake.line, mistake.where) for mistake in error.mistakes] == [(2, column)]


def test_an_unknown_count_of_columns_needs_a_header(tmp_path: Path) -> None:
    """48 columns and six of a merchant's own mean nothing without their names."""
    error = refusal(write(tmp_path, STANDARD_ROW + ';"a";"b";"c";"d"\n'))
    assert "54 columns" in error.message
    assert "40, 48, 50" in str(error.hint)


# Copies re-saved in a spreadsheet


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("needless", [True, False])
@pytest.mark.parametrize("header", [True, False])
def test_a_copy_from_a_spreadsheet_is_read(
    tmp_path: Path, delimiter: str, needless: bool, header: bool
) -> None:
    """The columns are known with another delimiter, and with quotes only where CSV needs them."""
    row: list[str | int] = [*[0] * 9, -1, 5, 1, *[""] * 4, 0, *[""] * 10, 0, "", *[0] * 5, "", 0]
    row += ["", "", 0, "шт", 0, "Верба", "", "", "", "", 0, "4=Одяг|56=А, б"]
    row[0:6] = [4307, 'Рукавиці "Верба", сірі', "", "Україна", "0530", "37,5"]
    written: list[tuple[str | int, ...]] = [tuple(row), (4308, *row[1:])]
    text = csv(LAYOUT_48 if header else None, written, delimiter=delimiter, needless=needless)
    # Torgsoft writes a price and an empty model without quotes, whatever a writer of CSV would do.
    text = text.replace('"37,5"', "37,5") if needless and delimiter != "," else text
    if needless and delimiter == "," and not header:
        return  # no program puts quotes around all texts and around prices too
    text = text.replace(f'"Верба"{delimiter}""', f'"Верба"{delimiter}')
    trs = open_trs(write(tmp_path, text))
    assert (trs.delimiter, trs.columns, trs.has_header) == (delimiter, LAYOUT_48, header)
    assert read(trs)[0] == tuple(map(str, row))
    assert [trs.good_id(record) for record in trs.records()] == ["4307", "4308"]
    aspects = {guess.aspect: guess for guess in trs.guesses}
    assert set(aspects) == {Aspect.ENCODING, Aspect.DELIMITER, Aspect.HEADER} | (
        set() if header else {Aspect.LAYOUT}
    )
    assert all(guess.because and guess.file == "TSGoods.trs" for guess in trs.guesses)


def test_a_copy_without_quotes_must_have_its_numbers_where_they_belong(tmp_path: Path) -> None:
    """Without quotes around texts, the numbers alone confirm a layout."""
    row = STANDARD_ROW.replace('"', "").replace(";75;37,5;", ";дорого;37,5;")
    error = refusal(write(tmp_path, row.replace("2=4,000|8=8,000", "сині") + "\n"))
    assert places(error) == [
        "line 1  column 6 (RetailPrice): `дорого` does not belong there",
        "line 1  column 50 (WarehouseQuantityForPartner): `сині` does not belong there",
    ]


def test_a_delimiter_can_be_set(tmp_path: Path) -> None:
    """A setting is no guess."""
    path = write(tmp_path, "GoodID,GoodName;Color\n1,a;b\n")
    assert open_trs(path).columns == ("GoodID", "GoodName;Color")
    trs = open_trs(path, ReadSettings(delimiter=";", header=True, names={"GoodID,GoodName": "GoodID"}))
    assert trs.columns == ("GoodID", "Color")
    assert [guess.aspect for guess in trs.guesses] == [Aspect.ENCODING]


def test_a_table_by_tabs_may_end_in_empty_cells(tmp_path: Path) -> None:
    """Its last row is not taken for cut when its last columns are empty."""
    trs = open_trs(write(tmp_path, "GoodID\tGoodName\tColor\n1\ta\t\n2\t\t\n"))
    assert read(trs) == [("1", "a", ""), ("2", "", "")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_unicode_text_of_a_spreadsheet_is_refused(tmp_path: Path, encoding: str) -> None:
    """The hint says what to do: export again, or save in another format."""
    text = ("" if encoding == "utf-16" else "\ufeff") + HEADER + ROW
    error = refusal(write(tmp_path, text, encoding))
    assert "UTF-16" in error.message
    assert "CSV UTF-8" in str(error.hint)


# Names of a merchant, columns of a merchant


def test_labels_stand_for_columns(tmp_path: Path) -> None:
    """Torgsoft's labels and a spreadsheet's headers, also with Latin look-alikes, are guesses."""
    trs = open_trs(
        write(tmp_path, "Код фото;Название  товара;Колiр;ЦВЕТ;Кiлькiсть;Собівартість\n1;a;b;c;5;3\n")
    )
    assert trs.columns == ("GoodID", "GoodName", "Color", "ЦВЕТ", "WarehouseQuantity", "PrimeCost")
    names = [guess for guess in trs.guesses if guess.aspect is Aspect.NAME]
    assert [guess.value for guess in names][:2] == ["`GoodID`", "`GoodName`"]
    assert names[2].because == "the column is named `Колiр`"


def test_a_label_never_steals_a_name(tmp_path: Path) -> None:
    """Next to the standard column, or where a field names it, a merchant's column keeps its name."""
    path = write(tmp_path, "GoodID;Колір;Color;Розмір\n1;a;b;c\n")
    trs = open_trs(path)
    assert trs.columns == ("GoodID", "Колір", "Color", "TheSize")
    assert ("`Колір` is your own", "another column is `Color` already") in {
        (guess.value, guess.because) for guess in trs.guesses
    }
    assert open_trs(path, ReadSettings(mapped={"Розмір"})).columns == ("GoodID", "Колір", "Color", "Розмір")


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (
            "GoodID;Ціна роздрібна;x;Ціна роздрібна",
            "4: `Ціна роздрібна` means `RetailPrice`, and so does column 2",
        ),
        ("GoodID;Ключ товару;x", "2: `Ключ товару` means `GoodID`, and so does column 1"),
        ("Код фото;x;ID товару", "3: `ID товару` means `GoodID`, and so does column 1"),
        ("GoodID;Отображение;Display", "2: `Отображение` means `Display`, and so does column 3"),
        ("GoodID;Кількість;Кол-во", "3: `Кол-во` means `WarehouseQuantity`, and so does column 2"),
        ("GoodID;PrimeCost;Собівартість", "3: `Собівартість` means `PrimeCost`, and so does column 2"),
        ("GoodID;Колір;колiр", "3: `колiр` means `Color`, and so does column 2"),
    ],
)
def test_two_names_of_one_column(tmp_path: Path, header: str, place: str) -> None:
    """None of the two is taken where a key, a price or a stock depends on it, or the label is the same."""
    path = write(tmp_path, f"{header}\n1{';5' * header.count(';')}\n")
    assert places(refusal(path)) == [f"line 1  column {place}"]


def test_the_sync_object_decides_between_two_names(tmp_path: Path) -> None:
    """By its table of names, or by a field that uses the label; the hint shows how."""
    path = write(tmp_path, "GoodID;Кількість;Кол-во;Display;Отображение\n1;5;6;1;0\n")
    assert '"Кількість" = "WarehouseQuantity"' in str(refusal(path).hint)
    given = ReadSettings(names={"Кол-во": "WarehouseQuantity", "Display": "Display"})
    assert open_trs(path, given).columns == (
        "GoodID",
        "Кількість",
        "WarehouseQuantity",
        "Display",
        "Отображение",
    )
    given = ReadSettings(mapped={"Кількість", "Отображение"})
    assert open_trs(path, given).columns == (
        "GoodID",
        "Кількість",
        "WarehouseQuantity",
        "Display",
        "Отображение",
    )
    cost = write(tmp_path, "GoodID;PrimeCost;Собівартість\n1;5;6\n")
    given = ReadSettings(names={"PrimeCost": "PrimeCost"}, mapped={"Собівартість"})
    assert refusal(cost, given).hint == "remove one of the two columns from the export"


def test_unknown_names_that_repeat_are_reported(tmp_path: Path) -> None:
    """They are names all the same."""
    error = refusal(
        write(tmp_path, "Артикул;Назва;Ціна;Ціна;Залишок\nA-1;Капці;450;400;3\nA-2;Чоботи;45;40;2\n")
    )
    assert "the column names" in error.message
    assert places(error) == [
        "line 1  column 4: `Ціна` is also the name of column 3",
        "line 1  none of these names is Torgsoft's: `Ціна`, `Залишок`",
    ]


def test_the_cost_price_is_known_by_every_name(tmp_path: Path) -> None:
    """No field can speak of it under another one."""
    path = write(tmp_path, "GoodID;Собiвартість\n1;5\n")
    assert open_trs(path, ReadSettings(mapped={"Собiвартість"})).columns == ("GoodID", "PrimeCost")


def test_a_merchants_table_names_columns(tmp_path: Path) -> None:
    """A setting is no guess; the hint shows how to name a missing key."""
    path = write(tmp_path, '"Мій ключ";"Моя назва"\n1;"a"\n')
    trs = open_trs(path, ReadSettings(names={"мій Ключ": "goodid", "Моя назва": "GoodName", "x": "Color"}))
    assert trs.columns == ("GoodID", "GoodName")
    assert not [guess for guess in trs.guesses if guess.aspect is Aspect.NAME]
    assert '"Мій ключ" = "GoodID"' in str(refusal(path, ReadSettings(header=True)).hint)


ROW_48 = STANDARD_ROW.removesuffix(';0;"2=4,000|8=8,000"')


@pytest.mark.parametrize(
    ("row", "extra", "standard"),
    [
        (ROW_48 + ';"а";5;"б"', ("x", "y", "z"), 48),
        (STANDARD_ROW + ';"а"', ("x",), 50),
        (ROW_48 + ';"а";"б"', ("x", "y"), 48),
        (ROW_48 + ';0;""', ("x", "y"), 48),
        (STANDARD_ROW, ("x", "y"), 50),
    ],
)
def test_a_merchants_columns_may_follow_the_standard_ones(
    tmp_path: Path, row: str, extra: tuple[str, ...], standard: int
) -> None:
    """The settings name them; the cells decide whether 50 columns are 48 and two more."""
    trs = open_trs(write(tmp_path, f"{row}\n{row}\n"), ReadSettings(extra_columns=extra))
    own = trs.columns[standard:]
    assert own == (extra if len(trs.columns) > standard else ())
    assert trs.columns[:48] == LAYOUT_50[:48]
    assert trs.guesses[-1].aspect is Aspect.LAYOUT
    assert trs.guesses[-1].value.startswith(f"{standard} standard columns")


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_a_merchants_columns_must_fit(tmp_path: Path, count: int) -> None:
    """One name too few or too many would shift nothing, but it is a sign of a wrong file."""
    error = refusal(write(tmp_path, ROW_48 + ";1;2\n"), ReadSettings(extra_columns=("x", "y", "z")[:count]))
    assert "50 columns" in error.message
    assert "extra_columns" in error.message


def test_both_readings_are_listed(tmp_path: Path) -> None:
    """54 columns may be 48 and six or 50 and four: the settings can say which."""
    error = refusal(write(tmp_path, STANDARD_ROW + ';"a";"b";"c";"d"\n'))
    assert places(error) == [
        "it may be 48 standard columns and 6 of your own",
        "it may be 50 standard columns and 4 of your own",
    ]
    assert 'extra_columns = ["…", "…", "…", "…", "…", "…"]' in str(error.hint)
    error = refusal(write(tmp_path, ROW_48 + ';"a";"b"\n'))
    assert str(error.hint).endswith(
        "or if the last 2 columns are your own and the 48 before them are standard, "
        'name them under `[catalog]`: extra_columns = ["…", "…"]'
    )
    error = refusal(write(tmp_path, ROW_48 + ';"a"\n'))
    assert str(error.hint).endswith(
        "or if the last column is your own and the 48 before it are standard, "
        'name it under `[catalog]`: extra_columns = ["…"]'
    )


# What is no export at all


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message names its path."""
    error = refusal(tmp_path / "TSGoods.trs")
    assert error.message == f"there is no file `{tmp_path / 'TSGoods.trs'}`"


def test_a_folder_is_no_export(tmp_path: Path) -> None:
    """Giving the folder instead of the file is an easy slip."""
    assert "is a folder" in refusal(tmp_path).message


@pytest.mark.parametrize("text", ["\r\n\r\n", " \n", HEADER, HEADER + "\r\n  \r\n", "\ufeff\n"])
def test_an_export_without_goods_is_refused(tmp_path: Path, text: str) -> None:
    """Blank lines and a header alone would empty the shop."""
    assert "there are no items in" in refusal(write(tmp_path, text)).message


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """Not one byte."""
    assert "is empty" in refusal(write(tmp_path, "")).message


def test_a_byte_order_mark_alone_is_no_export(tmp_path: Path) -> None:
    """A file of three bytes holds nothing."""
    assert "there are no items in" in refusal(write(tmp_path, "\ufeff")).message


@pytest.mark.parametrize("content", [b"\0" * 5000, HEADER.encode() + b"\0" * 100 + b"\n"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    """A disk that was full, or a power cut, leaves zeros."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(content)
    assert "is not a text file" in refusal(path).message


def test_a_line_without_an_end_never_fills_the_memory(tmp_path: Path) -> None:
    """Megabytes without a line end are no table."""
    assert "is not a text file" in refusal(write(tmp_path, HEADER + "x" * 6_000_000)).message


def test_a_path_of_no_file_is_not_held_open(tmp_path: Path) -> None:
    """Too long, through a file, in a circle: closing a program would not help."""
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    for path in (tmp_path / ("x" * 300), write(tmp_path, HEADER) / "x.trs", circle):
        with pytest.raises(ExportInvalid, match="cannot be read") as caught:
            open_trs(path)
        assert str(caught.value.hint).startswith("give the path of the file")


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds it open, as Windows allows."""
    path = write(tmp_path, HEADER + ROW)

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    trs = open_trs(path)
    monkeypatch.setattr(os, "open", locked)
    assert "cannot be read: Permission denied" in refusal(path).message
    with pytest.raises(ExportInvalid, match="cannot be read"):
        list(trs.records())


# Cut, spoilt and changing files


@pytest.mark.parametrize("tail", ['18;"Ка', "18", '18;"', '18;"Капці";5;"сірі\r\nсині'])
@pytest.mark.parametrize("accepted", [False, True])
def test_a_file_that_ends_inside_a_row_is_refused_at_once(tmp_path: Path, tail: str, accepted: bool) -> None:
    """The last row has lost more than its line end, so no setting accepts it."""
    error = refusal(write(tmp_path, HEADER + ROW + tail), ReadSettings(last_line_end=not accepted))
    line = 3 + tail.count("\n")
    assert (
        "is cut off in its last row" if accepted else f"ends in the middle of line {line}"
    ) in error.message
    assert error.hint == refusals.AGAIN


@pytest.mark.parametrize(
    ("tail", "line"),
    [('18;"Капці";5;"сірі"', 3), ('18;"Капці";5;"сірі\r\nсині"', 4), ('18;"Капці";5;""\r', 3)],
)
def test_a_whole_last_row_without_a_line_end_is_said_to_be_one(tmp_path: Path, tail: str, line: int) -> None:
    """Its last cell may be cut all the same, so it is refused unless the settings accept it."""
    path = write(tmp_path, HEADER + ROW + tail)
    error = refusal(path)
    assert f"no line end after line {line}; the row looks complete (all 4 cells)" in error.message
    assert "last_line_end = false" in str(error.hint)
    assert [row[0] for row in read(open_trs(path, ReadSettings(last_line_end=False)))] == ["17", "18"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r\n\r\n"])
def test_a_last_row_with_too_few_columns_is_refused_at_once(tmp_path: Path, end: str) -> None:
    """It is cut right after a line end inside a row."""
    with pytest.raises(ExportInvalid, match="last row, line 3: 3 columns instead of 4"):
        open_trs(write(tmp_path, HEADER + ROW + '18;"Капці";5' + end))


@pytest.mark.parametrize(
    "row", ['18;"Капці\r\n', '18;"Капці";5;"сірі\r\n', '18;"Капці";5;"сірі\r\n""сині""; 5" білі\r\n']
)
def test_a_last_row_open_in_quotes_is_refused(tmp_path: Path, row: str) -> None:
    """Cut inside a text of several lines."""
    error = refusal(write(tmp_path, HEADER + ROW + row))
    assert "is cut off in its last row, line 3" in error.message


def test_a_text_cut_at_a_line_end_is_refused_at_once(tmp_path: Path) -> None:
    """The last line of a good is no end of a row, and says so before the first good is read."""
    with pytest.raises(ExportInvalid, match="last row, line 4: 1 column instead of 4"):
        open_trs(write(tmp_path, HEADER + ROW + '18;"Капці";5;"сірі\r\nсині\r\n'))


def test_the_only_row_may_be_the_cut_one(tmp_path: Path) -> None:
    """A file of one row is judged like any other."""
    error = refusal(write(tmp_path, HEADER + '18;"Капці"\r\n'))
    assert "is cut off in its last row, line 2: 2 columns instead of 4" in error.message


def test_a_last_row_with_too_many_columns_is_not_called_cut(tmp_path: Path) -> None:
    """It is reported as an uneven row."""
    error = refusal(write(tmp_path, HEADER + ROW + ROW.rstrip() + ";5\r\n"))
    assert "1 row of" in error.message
    assert places(error) == ["line 3  5 columns instead of 4"]


def test_uneven_rows_refuse_the_whole_file(tmp_path: Path) -> None:
    """A lost key would look like a vanished good, so the first ten are listed and nothing is used."""
    rows = [f'{number};"a";1\r\n' if number % 2 else ROW for number in range(1, 31)]
    trs = open_trs(write(tmp_path, HEADER + "".join(rows)))
    seen: list[ExportRecord] = []
    with pytest.raises(ExportInvalid) as caught:
        seen.extend(trs.records())
    assert not seen
    assert caught.value.message.startswith("15 rows of")
    assert caught.value.unlisted == 5
    assert places(caught.value) == [f"line {line}  3 columns instead of 4" for line in range(2, 22, 2)]


def test_two_uneven_rows_are_both_listed(tmp_path: Path) -> None:
    """Also where the last of them ends the file."""
    error = refusal(write(tmp_path, HEADER + '1;"a"\r\n' + ROW + '2;"b";1;"c";"d"\r\n'))
    assert error.message.startswith("2 rows of")
    assert [mistake.line for mistake in error.mistakes] == [2, 4]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Torgsoft began a new export between the first look and the last row."""
    path = write(tmp_path, HEADER + ROW)
    trs = open_trs(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ExportInvalid, match="changed while it was read"):
        list(trs.records())


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Even if its time stays as it was."""
    path = write(tmp_path, HEADER + ROW)
    trs = open_trs(path)
    with path.open("ab") as file:
        file.write(ROW.encode())
    os.utime(path, ns=(trs.modified_ns, trs.modified_ns))
    with pytest.raises(ExportInvalid, match="changed while it was read"):
        list(trs.records())


def test_a_file_that_vanishes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """What was read is not the whole any more."""
    path = write(tmp_path, HEADER + ROW)
    trs = open_trs(path)
    path.unlink()
    with pytest.raises(ExportInvalid, match="there is no file"):
        list(trs.records())


@pytest.mark.parametrize("raw", [b'17;"\xff";1;""', b"17;1"])
def test_a_record_that_the_first_look_did_not_see_is_refused(tmp_path: Path, raw: bytes) -> None:
    """Bytes that cannot be of this file came from a change in the middle of the reading."""
    trs = open_trs(write(tmp_path, HEADER + ROW))
    with pytest.raises(ExportInvalid, match="changed while it was read"):
        trs.cells(ExportRecord(2, raw))


# Rows


def test_texts_come_as_they_were_written(tmp_path: Path) -> None:
    """Quotes are undone; blanks, delimiters inside quotes and empty cells stay."""
    text = HEADER + '17;"Горщик ""Ромашка""; синій";;" a "\r\n18;"""";1;""\r\n'
    assert read(open_trs(write(tmp_path, text))) == [
        ("17", 'Горщик "Ромашка"; синій', "", " a "),
        ("18", '"', "1", ""),
    ]


def test_the_quoting_may_change_from_row_to_row(tmp_path: Path) -> None:
    """Numbers in quotes and texts without them are read all the same."""
    text = HEADER + ROW + '"18";Latin;"5";\r\n' + ROW
    assert read(open_trs(write(tmp_path, text)))[1] == ("18", "Latin", "5", "")


def test_line_ends_inside_quotes_survive(tmp_path: Path) -> None:
    """A site description of several lines, with blank ones, comes back to the byte."""
    description = '<p>один</p>\r\n\r\n<a href=""x"">два</a>\r\n""три""\n'
    text = HEADER + f'17;"{description}";5;""\r\n' + ROW
    trs = open_trs(write(tmp_path, text))
    records = list(trs.records())
    assert [record.line for record in records] == [2, 7]
    assert trs.cells(records[0])["GoodName"] == description.replace('""', '"')


def test_a_description_of_many_lines_may_end_the_file(tmp_path: Path) -> None:
    """Its last line is no row of too few columns."""
    trs = open_trs(write(tmp_path, '"GoodID";"opys"\n1;"a\nb; c"\n'))
    assert read(trs) == [("1", "a\nb; c")]


def test_a_huge_description_is_read(tmp_path: Path) -> None:
    """A cell past the limit of the csv module is no mistake."""
    text = 'x"";""' * 40_000
    trs = open_trs(write(tmp_path, f'"GoodID";"opys"\n1;"{text}"\n'))
    assert read(trs) == [("1", text.replace('""', '"'))]


def test_blank_lines_between_rows_are_skipped(tmp_path: Path) -> None:
    """The numbers of the lines count them all the same."""
    trs = open_trs(write(tmp_path, HEADER + "\r\n" + ROW + " \r\n\r\n" + ROW + "\r\n"))
    assert [record.line for record in trs.records()] == [3, 6]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('"Екран 5" TFT"', 'Екран 5" TFT'),
        ('"Екран 5""', 'Екран 5"'),
        ('"5" і 7" TFT"', '5" і 7" TFT'),
        ('Екран 5"', 'Екран 5"'),
        ('""Ромашка" біла"', '"Ромашка" біла'),
    ],
)
def test_an_unescaped_quote_damages_no_other_row(tmp_path: Path, cell: str, text: str) -> None:
    """The row is repaired by itself, and its neighbours are whole."""
    odd = f'18;{cell};5;"сірі"\r\n'
    trs = open_trs(write(tmp_path, HEADER + ROW + odd + ROW + odd))
    rows = read(trs)
    assert [row[0] for row in rows] == ["17", "18", "17", "18"]
    assert rows[1] == rows[3] == ("18", text, "5", "сірі")


def test_an_unescaped_quote_in_a_text_of_several_lines_is_repaired(tmp_path: Path) -> None:
    """The text is taken whole, up to where the columns come out right."""
    trs = open_trs(write(tmp_path, '"GoodID";"opys"\n17;"<a href="x">\nдва\nтри"\n18;"a"\n'))
    assert read(trs) == [("17", '<a href="x">\nдва\nтри'), ("18", "a")]


def test_a_text_that_ends_its_line_with_a_doubled_quote_is_not_cut_there(tmp_path: Path) -> None:
    """The strict reading over several lines goes before the careful reading of one."""
    trs = open_trs(write(tmp_path, '"GoodID";"opys"\n17;"про ""диван""\nі ""стіл"""\n'))
    assert read(trs) == [("17", 'про "диван"\nі "стіл"')]


def test_a_broken_row_takes_no_good_row_with_it(tmp_path: Path) -> None:
    """A row beyond repair is reported once, by its first line, and ends at the next good row."""
    text = '"GoodID";"opys"\n17;"<a href="x">\nдва\nтри\n18;"b" c\n19;"d"\n20;"e" f\n21;"g"\n'
    error = refusal(write(tmp_path, text))
    assert places(error) == [
        f"line {line}  a quotation mark is missing, or there is one too many" for line in (2, 5, 7)
    ]


def test_a_cut_row_swallows_no_key(tmp_path: Path) -> None:
    """A row cut inside quotes, and another cut at its beginning, never make one good of two."""
    error = refusal(write(tmp_path, HEADER + '17;"Кап\r\n18;5;"сірі"\r\n' + ROW))
    assert error.mistakes[0].line == 2


def test_a_text_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """An open quote may not gather a whole file in memory."""
    filler = "текст без лапок\r\n" * 300_000
    error = refusal(write(tmp_path, HEADER + '17;"a\r\n' + filler + ROW))
    assert error.mistakes[0].line == 2


# The key


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ('17;"a"', "17"),
        ('"17";"a"', "17"),
        (' 17 ;"a"', "17"),
        ('А-17;"a"', "А-17"),
        (';"a"', ""),
        ('"";"a"', ""),
        ('0017;"a"', "0017"),
        ('"1""7";"a"', '1"7'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_the_key_is_read_however_it_is_written(tmp_path: Path, row: str, key: str, encoding: str) -> None:
    """Bare or quoted, a number or not, with blanks around it; never changed otherwise."""
    trs = open_trs(write(tmp_path, f'"GoodID";"Назва"\n{row}\n', encoding), ReadSettings(encoding=encoding))
    assert [trs.good_id(record) for record in trs.records()] == [key]


# The example


@pytest.mark.parametrize("name", ["TSGoods.trs", "TSGoods-tomorrow.trs"])
def test_the_example_is_a_sound_export(name: str) -> None:
    """Its goods have one key each, their centers add up, and its oddest names come to the letter."""
    trs = open_trs(SHOP / name)
    assert (trs.encoding, trs.bom, trs.has_header, len(trs.columns)) == ("utf-8", True, True, 52)
    goods = {trs.good_id(record): trs.cells(record) for record in trs.records()}
    assert len(goods) == len(list(trs.records())) == 40
    for good in goods.values():
        assert sum(balances(good["WarehouseQuantityForPartner"]).values()) == number(
            good["WarehouseQuantity"]
        )
        assert section_path(good["SynchronizationSectionFull"])[-1].number == good["Category"]
    found = " ".join(good["GoodName"] for good in goods.values())
    assert all(odd in found for odd in ("Шуруп [/25]", "Крем [red]", ":wrench:", 'Горщик "Ромашка" 200х150'))


def test_the_example_a_day_later_differs_as_its_readme_says() -> None:
    """Two goods gone, two new, six prices changed, three sold out."""
    today, tomorrow = (
        {trs.good_id(record): trs.cells(record) for record in trs.records()}
        for trs in (open_trs(SHOP / "TSGoods.trs"), open_trs(SHOP / "TSGoods-tomorrow.trs"))
    )
    both = today.keys() & tomorrow.keys()
    assert (len(today.keys() - both), len(tomorrow.keys() - both)) == (2, 2)
    changed = [
        (key, column) for key in both for column in today[key] if today[key][column] != tomorrow[key][column]
    ]
    assert sum(column == "RetailPrice" for _, column in changed) == 6
    assert [tomorrow[key][column] for key, column in changed if column == "WarehouseQuantity"] == ["0"] * 3


# Whatever is written


class Table(NamedTuple):
    """A table of texts, and how it is written down."""

    columns: tuple[str, ...]
    rows: list[tuple[str | int, ...]]
    encoding: str
    end: str
    header: bool = True

    def content(self) -> bytes:
        lines = [self.columns, *self.rows]
        text = self.end.join(";".join(map(written, line)) for line in lines) + self.end
        return text.encode(self.encoding)


def written(cell: str | int) -> str:
    """Write a cell as Torgsoft does: a text in quotes even when empty, a number bare."""
    return str(cell) if isinstance(cell, int) else '"' + cell.replace('"', '""') + '"'


LETTERS = st.sampled_from('абвїєґ ab5;;;""\n\r,|=<>')


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 6))  # without the key
    names = draw(
        st.lists(st.text("абвxyz_", min_size=1), min_size=width, max_size=width, unique_by=str.casefold)
    )
    key = draw(st.integers(0, width))
    cell = st.one_of(st.text(LETTERS, max_size=12), st.integers(-5, 5))
    number = st.integers(0, 10**6)
    rows = draw(st.lists(st.tuples(*[cell] * key, number, *[cell] * (width - key)), min_size=1, max_size=8))
    return Table(
        columns=(*names[:key], "GoodID", *names[key:]),
        rows=rows,
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1251"])),
        end=draw(st.sampled_from(["\n", "\r\n"])),
    )


@pytest.mark.parametrize("_part", sampled(range(3), 0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(table=tables())
@example(table=Table(("GoodID", "x"), [(1, '";"'), (2, "\n"), (3, '"\r\n"')], "cp1251", "\n"))
def test_every_table_comes_back_as_it_was(tmp_path: Path, _part: int, table: Table) -> None:
    """Texts with delimiters, quotes and line ends, in both encodings, come back to the letter."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(table.content())
    trs = open_trs(path, ReadSettings(encoding=table.encoding.removesuffix("-sig")))
    assert trs.columns == table.columns
    assert read(trs) == [tuple(map(str, row)) for row in table.rows]
    keys = [str(row[table.columns.index("GoodID")]) for row in table.rows]
    assert [trs.good_id(record) for record in trs.records()] == keys


SOUND = (HEADER + ROW + '18;"Горщик ""Ромашка""";5;"опис\r\nу два рядки"\r\n' + ROW * 3).encode()


@pytest.mark.parametrize("_part", sampled(range(4), 0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, len(SOUND) - 1),
            st.sampled_from(
                [*[bytes([byte]) for byte in b'";\r\n01\0a<\x98\xd0\xff'], b"", b'""', b"\r\n", b';"']
            ),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=6,
    ),
    cut=st.one_of(st.none(), st.integers(0, len(SOUND))),
    headless=st.booleans(),
)
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(
    tmp_path: Path, _part: int, changes: list[tuple[int, bytes, int]], cut: int | None, headless: bool
) -> None:
    """Whatever happens to the bytes, there is either a whole table or a refusal with a way on."""
    content = bytearray(SOUND if not headless else (STANDARD_ROW + "\n").encode() * 4)
    for at, new, length in changes:
        content[at : at + length] = new
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(content[:cut])
    refused: ExportInvalid | None = None
    try:
        trs = open_trs(path)
        rows = [(trs.good_id(record), trs.cells(record)) for record in trs.records()]
    except ExportInvalid as error:
        refused = error
    if refused:
        assert refused.hint
        assert str(path) in refused.message
    else:
        assert all(key == key_of(row["GoodID"]) and tuple(row) == trs.columns for key, row in rows)


# Lines and columns without any value


@pytest.mark.parametrize("end", ["\x1a", "\x1a\x1a\x1a", "\x1a\r\n", ";;;", ";;;\r\n;;;\x1a"])
@pytest.mark.parametrize("text", [HEADER + ROW, f"{STANDARD_ROW}\n", ";;;\r\n" + HEADER + ";;;\r\n" + ROW])
def test_an_end_mark_and_rows_of_nothing_are_not_read(tmp_path: Path, text: str, end: str) -> None:
    """MS-DOS ended a text with U+001A, a spreadsheet writes its empty rows."""
    assert len(read(open_trs(write(tmp_path, text + end)))) == 1


@pytest.mark.parametrize("row", [";;;", '"";"";"";""', ' ; ;"\u00a0"; ', "\x1a"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_row_of_nothing_is_no_good(tmp_path: Path, row: str, encoding: str) -> None:
    """Wherever it is; a header with such rows alone has no goods."""
    text = f'{HEADER}{row}\r\n{ROW}{row}\r\n18;"";;""\r\n'
    trs = open_trs(write(tmp_path, text, encoding))
    assert [(record.line, trs.good_id(record)) for record in trs.records()] == [(3, "17"), (5, "18")]
    assert "there are no items in" in refusal(write(tmp_path, f"{HEADER}{row}\r\n")).message


def test_a_line_of_quotes_may_open_a_text(tmp_path: Path) -> None:
    """It is the beginning of a row, not a row of nothing; a row of blank lines is one."""
    text = 'GoodName;GoodID\n"\n5";17\n"\n";""\n"";"\n"\n'
    assert read(open_trs(write(tmp_path, text))) == [("\n5", "17")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("GoodID;GoodName;", "1;a;"),
        ("GoodID;GoodName;;", '1;a;"";'),
        ("GoodID;;GoodName", "1;;a"),
        ("GoodID;GoodName", "1;a;"),
        (";GoodID;GoodName", ";1;a"),
    ],
)
def test_a_column_without_name_and_value_is_not_read(tmp_path: Path, header: str, row: str) -> None:
    """A delimiter too many in every line does no harm."""
    trs = open_trs(write(tmp_path, f"{header}\n{row}\n{row.replace('1', '2')}\n"))
    assert trs.columns == ("GoodID", "GoodName")
    assert read(trs) == [("1", "a"), ("2", "a")]
    assert [trs.good_id(record) for record in trs.records()] == ["1", "2"]


def test_a_value_under_no_name_is_refused_wherever_it_is(tmp_path: Path) -> None:
    """Its column may have lost its name; the first line with a value is named."""
    error = refusal(write(tmp_path, "GoodID;GoodName;;\n1;a;;\n2;b;;x\n3;c;;y\n"))
    assert places(error) == ["line 1  column 4: it has no name, but line 3 has a value in it"]


def test_a_trailing_delimiter_needs_no_header(tmp_path: Path) -> None:
    """A standard layout and an empty cell more; with a value in it, it is no standard layout."""
    row = STANDARD_ROW.replace('"2=4,000|8=8,000"', '""')
    trs = open_trs(write(tmp_path, f"{row};\n{row};\n"))
    assert (trs.columns, trs.width) == (LAYOUT_50, 51)
    late = "\n".join([f"{row};"] * 150 + [f"{row};x", ""])
    assert places(refusal(write(tmp_path, late))) == [
        "line 1  column 51: it has no name, but line 151 has a value in it"
    ]


def test_mistakes_of_names_and_of_rows_are_listed_together(tmp_path: Path) -> None:
    """All mistakes of a file at once."""
    error = refusal(write(tmp_path, "GoodID;Color;color\n1;a;b\n2;a\n3;a;b\n"))
    assert places(error) == [
        "line 1  column 3: `Color` is also the name of column 2",
        "line 3  2 columns instead of 3",
    ]


def test_uneven_rows_and_a_missing_line_end_are_listed_together(tmp_path: Path) -> None:
    """Both have to be mended before the file can be read."""
    error = refusal(write(tmp_path, HEADER + "1;2\r\n" + ROW + '18;"Капці";5;"сірі"'))
    assert places(error) == ["line 2  2 columns instead of 4", "line 4  it has no line end"]


# Columns that the settings name, and keys that a hint proposes


def test_columns_can_be_named_for_a_file_without_names(tmp_path: Path) -> None:
    """In any number, by names or labels; an empty cell more is nothing."""
    given = ReadSettings(columns=("Мій код", "Назва товару", "RetailPrice"), names={"Мій код": "GoodID"})
    trs = open_trs(write(tmp_path, "A-1;Капці;450;\nA-2;Чоботи;1 450,00;\n"), given)
    assert (trs.columns, trs.has_header) == (("GoodID", "GoodName", "RetailPrice"), False)
    assert read(trs) == [("A-1", "Капці", "450"), ("A-2", "Чоботи", "1 450,00")]
    assert Aspect.HEADER not in {guess.aspect for guess in trs.guesses}
    assert (
        "2 columns, but `columns` under `[catalog]` names 3"
        in refusal(write(tmp_path, "1;a\n"), given).message
    )
    assert "4 columns, but" in refusal(write(tmp_path, "1;a;5;6\n"), given).message
    two = ReadSettings(columns=("GoodID", "Кількість", "Кол-во"))
    assert places(refusal(write(tmp_path, "1;5;6\n"), two)) == [
        "column 3: `Кол-во` means `WarehouseQuantity`, and so does column 2"
    ]
    named = write(tmp_path, "GoodID;GoodName;RetailPrice\n1;a;5\n")
    assert "names the columns, and `columns`" in refusal(named, given).message


def test_a_key_is_proposed_only_where_its_values_differ_in_all_rows(tmp_path: Path) -> None:
    """Also behind the first hundred, and never a price, a stock or a name."""
    rows = [f"{number};A-{number};Капці {number};{number * 10}\n" for number in range(1, 300)]
    head = "Ціна;Артикул;Назва (UA);Залишок\n"
    assert '`"Артикул" = "GoodID"` (no value of this column is repeated in the 299 rows' in str(
        refusal(write(tmp_path, head + "".join(rows))).hint
    )
    rows[-1] = rows[-1].replace("A-299", "A-1")
    error = refusal(write(tmp_path, head + "".join(rows)))
    assert "Артикул" not in str(error.mistakes)
    assert error.hint == refusals.NAMES
    rows[-1] = "5;6\n"
    assert '"Артикул" = "GoodID"' in str(refusal(write(tmp_path, head + "".join(rows))).hint)


def test_columns_without_names_are_not_taken_for_names(tmp_path: Path) -> None:
    """Where nothing below looks like a number or a key, a first row may be a good."""
    error = refusal(write(tmp_path, "a;b\nc;d\n"))
    assert "has no column names" in error.message
    assert "`columns` under `[catalog]`" in str(error.hint)


def test_uneven_rows_under_a_nameless_column_are_listed(tmp_path: Path) -> None:
    """They are what is wrong with the file, not its names; a key that is there is not proposed."""
    error = refusal(write(tmp_path, "GoodID;Color;\n1;a;\n2\n3;a;\n"))
    assert places(error) == ["line 3  1 column instead of 3"]
    error = refusal(write(tmp_path, "GoodID;Код;Color;color\n1;5;a;b\n"))
    assert error.hint == refusals.NAMES


def test_known_names_without_a_key_are_not_called_unknown(tmp_path: Path) -> None:
    """There the key alone is missing."""
    error = refusal(write(tmp_path, "Артикул;Колір\n5;6\n7;6\n"))
    assert places(error) == ["line 1  no column is named `GoodID`"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("given", [ReadSettings(), ReadSettings(delimiter=";"), ReadSettings(header=True)])
def test_the_export_of_prom_is_named(tmp_path: Path, delimiter: str, given: ReadSettings) -> None:
    """Whatever separates its columns; only a merchant who names its key means it."""
    head = delimiter.join(["Код_товару", "Назва_позиції", "Назва_Характеристики", "Ідентифікатор_товару"])
    path = write(tmp_path, f"{head}\n{delimiter.join('abc5')}\n")
    assert "Prom.ua's own export" in refusal(path, given).message
    named = ReadSettings(names={"Ідентифікатор_товару": "GoodID"})
    assert open_trs(path, named).columns[3] == "GoodID"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ('1;"Горщик \\"Ромашка\\"; великий";2', 'Горщик \\"Ромашка\\"; великий'),
        ('1;"Екран 5\\"";2', 'Екран 5\\"'),
        ('1;="Капці; сині";2', '="Капці; сині"'),
        ('1;="Екран 5"" TFT";2', '="Екран 5"" TFT"'),
        ('1;"Кабель 5\\";2', "Кабель 5\\"),
    ],
)
def test_a_delimiter_may_be_inside_marked_quotes(tmp_path: Path, row: str, name: str) -> None:
    """A backslash escapes a quote unless it ends its cell; a formula has quotes of its own."""
    trs = open_trs(write(tmp_path, f"GoodID;GoodName;RetailPrice\n{row}\n2;Капці;3\n"))
    records = list(trs.records())
    assert [trs.cells(record)["GoodName"] for record in records] == [name, "Капці"]
    assert [trs.good_id(record) for record in records] == ["1", "2"]
