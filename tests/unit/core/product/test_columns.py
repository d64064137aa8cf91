"""Values inside a cell: numbers, balances, section paths and texts, as Torgsoft writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import torgsync
from torgsync.core.product.cells import (
    IdFault,
    Section,
    balances,
    id_fault,
    key_of,
    line_of_text,
    number,
    one_key,
    section_path,
)
from torgsync.core.product.cleaning import clean
from torgsync.core.product.columns import (
    BARE_40,
    BARE_48,
    BARE_50,
    LAYOUTS,
    SECRET,
    canonical,
    folded,
    is_standard,
    known_names,
    labelled,
    resolve,
)

DEVELOPERS = Path(torgsync.__file__).parent / "docs" / "developers"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("632,74", "632.74"),
        ("37.5", "37.5"),
        ("119,46667", "119.46667"),
        ("-3", "-3"),
        ("+5", "5"),
        (" 75 ", "75"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234", "1234"),
        ("1\u202f234,5", "1234.5"),
        ("1\u2007234\u2060,5\ufeff", "1234.5"),
        ("123456789012345,12345678", "123456789012345.12345678"),
    ],
)
def test_a_number_is_read_exactly(cell: str, value: str) -> None:
    """Comma or point, blanks of every kind: the decimal is the one that was written."""
    assert number(cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["", " ", "\u00a0"])
def test_a_blank_cell_is_no_number(cell: str) -> None:
    """Nothing written is None, not zero."""
    assert number(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "1,000.00",
        "38,,5",
        "5-",
        ",5",
        "5,",
        "1e3",
        "NaN",
        "10 мл",
        "?",
        "1" * 16,
        "0x1F",
        "--1",
        "１.450",
        "1.4５",
        "٤٥٠",
        "²",
    ],
)
def test_a_number_is_never_guessed(cell: str) -> None:
    """What can be read in two ways, or is longer than any price, is refused."""
    with pytest.raises(ValueError, match=re.escape(cell)):
        number(cell)


@given(
    st.decimals(-(10**9), 10**9, places=5), st.sampled_from([",", "."]), st.sampled_from(["", " ", "\u00a0"])
)
def test_a_written_number_comes_back(value: Decimal, point: str, blank: str) -> None:
    """Reading is the inverse of writing, whatever the point and the blanks around it."""
    assert number(f"{blank}{value:f}{blank}".replace(".", point)) == value


def test_balances_by_center() -> None:
    """Center ids are text; nothing in stock anywhere is an empty mapping."""
    assert balances("2=4,000|38=-1,500") == {"2": Decimal(4), "38": Decimal("-1.5")}
    assert balances(" ") == {}


@pytest.mark.parametrize("cell", ["2", "2=", "=4", "2=x", "2=1;8=1", "2=1|2=3", "2=1|8"])
def test_balances_are_never_guessed(cell: str) -> None:
    """A center without a balance, a balance without a center and a duplicate center are refused."""
    with pytest.raises(ValueError, match=r"[2=x;|]"):
        balances(cell)


@given(st.dictionaries(st.integers(1, 99).map(str), st.decimals(-1000, 1000, places=3), max_size=4))
def test_written_balances_come_back(by_center: dict[str, Decimal]) -> None:
    """Reading is the inverse of Torgsoft's way of writing."""
    cell = "|".join(f"{center}={amount:.3f}".replace(".", ",") for center, amount in by_center.items())
    assert balances(cell) == by_center


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("26926", None),
        ("A-1", None),
        ("", IdFault.MISSING),
        ("702\x1f7020", IdFault.SEVERAL),
        ("#REF!", IdFault.SPREADSHEET),
        ("2,9E+12", IdFault.SPREADSHEET),
    ],
)
def test_a_key_identifies_a_good(text: str, why: IdFault | None) -> None:
    """A value that a spreadsheet rounded or formatted does not."""
    assert id_fault(text) is why


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        (" 701 ", "701"),
        ("７０１,0", "７０１,0"),
        ('="701"', "701"),
        ('= "701"', "701"),
        ("=701", "701"),
        ("'701", "701"),
        ("’701", "701"),
        ('"701"', "701"),
        ("'701,00", "701"),
        ('="7 01"', "701"),
        ("\ufeff701\u200b", "701"),
        ("70\u00ad1", "701"),
        ("701.0", "701"),
        ("0701", "0701"),  # another key; the guard `identity` recognises the good
        ('="7,010"', "7,010"),
        ('="A-701"', "A-701"),
        ("'A\u00a0701\u200e", "A 701"),
        ("00-00000123", "00-00000123"),
        ("", ""),
    ],
)
def test_a_key_has_one_spelling(cell: str, key: str) -> None:
    """A spreadsheet's marks, invisible letters and blanks are no part of it; a key stays as it is."""
    assert (key_of(cell), key_of(key)) == (key, key)


@given(
    st.integers(1, 10**12),
    st.sampled_from(['="{}"', "'{}", "={}", "{},00", "{}.0", " {} ", '"{}"', "\ufeff{}", "{}\u200b\n"]),
    st.sampled_from(["{}", "{} ", "\u00a0{}"]),
)
def test_no_respelling_makes_another_key(number: int, spelling: str, blanks: str) -> None:
    """However a program writes the number of a good."""
    assert key_of(blanks.format(spelling.format(number))) == str(number)


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ([], ""),
        (["", " "], ""),
        (["701", "", '="701"'], "701"),
        (["702", "7020", "702,0"], "702\x1f7020"),
    ],
)
def test_different_keys_are_no_key(cells: list[str], key: str) -> None:
    """One key in several spellings is one key."""
    assert one_key(cells) == key
    assert (id_fault(key) is None) is (key == "701")


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("1=Сад|11=Полив", [("1", "Сад"), ("11", "Полив")]),
        ("1=Сад;11=Полив", [("1", "Сад"), ("11", "Полив")]),
        ("21=Лійки, відра, шланги", [("21", "Лійки, відра, шланги")]),
        ("4=Одяг; взуття;56=Рукавиці", [("4", "Одяг; взуття"), ("56", "Рукавиці")]),
        ("4=А=Б", [("4", "А=Б")]),
        (" 4 = Одяг ", [("4", "Одяг")]),
        ("-1=Нема|x=Нема|7=", []),
        ("", []),
    ],
)
def test_a_section_path_begins_with_the_root(cell: str, path: list[tuple[str, str]]) -> None:
    """Both separators are known, names keep their commas, items without number or name are dropped."""
    assert section_path(cell) == tuple(Section(*step) for step in path)


_NAME = st.text(
    st.characters(categories=["L", "N"], include_characters=" ,.-="), min_size=1, max_size=20
).map(str.strip)
_STEPS = st.lists(st.builds(Section, st.integers(1, 9999).map(str), _NAME.filter(bool)), max_size=4)


@given(_STEPS, st.sampled_from([";", "|"]))
def test_a_written_path_comes_back(steps: list[Section], separator: str) -> None:
    """Reading is the inverse of writing, in the old form and in the new."""
    assert section_path(separator.join(f"{step.number}={step.name}" for step in steps)) == tuple(steps)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("повсть  ", "повсть"),
        ("a\u00a0\u00a0b\t c", "a b c"),
        ("два\r\nрядки\rі ще", "два рядки і ще"),
        ("НЕТ ИНФОРМАЦИИ", ""),
        (" немає інформації ", ""),
        ("a\x0bb\x00", "ab"),
    ],
)
def test_a_short_text_is_one_clean_line(cell: str, text: str) -> None:
    """Trimmed, blanks folded, control characters gone; a placeholder is no text."""
    assert line_of_text(cell) == text


@given(st.text())
def test_a_normal_form_is_its_own(text: str) -> None:
    """Cleaning twice changes nothing more, and leaves nothing that XML cannot carry."""
    assert clean(clean(text)) == clean(text)
    once = line_of_text(text)
    assert line_of_text(once) == once
    assert not set(once) & set("\r\n\x00\x0b\x0c\x1f\x7f\ufffe\uffff")


@pytest.mark.parametrize(
    ("written", "name", "standard"),
    [
        ("goodid", "GoodID", True),
        ("SuppLierCode", "SupplierCode", True),
        (" primecost ", "PrimeCost", False),
        ("height", "Height", True),
        ("visota_kabluka", "visota_kabluka", False),
    ],
)
def test_a_column_has_one_spelling(written: str, name: str, standard: bool) -> None:
    """Torgsoft's own columns are known in any case, a merchant's stay as they are."""
    assert canonical(written) == name
    assert is_standard(written) is standard


@pytest.mark.parametrize(("count", "bare"), [(40, BARE_40), (48, BARE_48), (50, BARE_50)])
def test_a_layout_is_as_wide_as_it_says(count: int, bare: frozenset[int]) -> None:
    """Each layout has its number of columns, no name twice, and its bare positions are inside it."""
    names, positions = LAYOUTS[count]
    assert len(names) == len(set(names)) == count
    assert positions == bare
    assert max(positions) < count
    assert {names[position] for position in positions} >= {"GoodID", "RetailPrice", "PrimeCost", "Sex"}
    assert set(names) >= SECRET


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Ключ товару", "ЦВЕТ", "x"], ("GoodID", "Color", "x")),
        (["Koлip"], ("Color",)),
        (["Колір", "Цвет"], ("Color", "Цвет")),
        (["Колір", "color"], ("Колір", "Color")),
        (["Колір", "Тон"], ("Колір", "Color")),
        (["Собівартість"], ("PrimeCost",)),
        (["Розмір"], ("Розмір",)),
    ],
)
def test_names_of_a_file_stand_for_columns(names: list[str], columns: tuple[str, ...]) -> None:
    """Labels are known, look-alike letters folded; names from settings, taken and mapped ones come first."""
    found = resolve(names, {"тон": "Color"}, mapped={"Розмір", "Собівартість"})
    assert found.columns == columns
    known = [name for name, column in zip(names, columns, strict=True) if name != column]
    assert [name for name, _ in found.aliases] == [name for name in known if name not in {"Тон", "color"}]


TABLE = (DEVELOPERS / "torgsoft.md").read_text("utf-8").split("### 3.8 ")[1]
LABELS = re.findall(r"^\| ([^|*]+) \| ([^|]+) \| `(\w+)` \|", TABLE, re.MULTILINE)


@pytest.mark.parametrize(("ukrainian", "russian", "column"), LABELS)
def test_every_label_is_known_in_both_languages(ukrainian: str, russian: str, column: str) -> None:
    """The whole table of the reference, however the labels are spelt: case, blanks, hyphens and dots."""
    labels = [label.strip() for text in (ukrainian, russian) for label in text.split(";")]
    for label in labels:
        if label == "–" or "`" in label:
            continue
        for spelt in (label, label.upper(), label.replace("-", ""), label.replace(" ", "_"), f" {label}. "):
            assert resolve([spelt], {}).columns == (column,)


def test_the_table_of_labels_is_read() -> None:
    """It has a row for each column with a known label."""
    assert len(LABELS) == 34


@pytest.mark.parametrize(
    ("names", "column"),
    [
        (["Штрихкод", "ШТРИХ КОД", "Штрих-код товара"], "Barcode"),
        (["Одиниця", "Од.вим.", "Ед.изм", "ЕД. ИЗМ.", "Единица"], "MesUnit"),
        (["Кол-во", "К-сть на складі"], "WarehouseQuantity"),
        (["Одиниця виміру", "Виробник", "Знижка", "Уцінка"], ""),
    ],
)
def test_common_spellings_of_a_label(names: list[str], column: str) -> None:
    """Those of other programs are known too; a label that may mean several columns is none."""
    assert [labelled(name) for name in names] == [column] * len(names)


def test_a_name_is_compared_without_case() -> None:
    """Also where only its capital letters look like Cyrillic ones."""
    assert folded("Tip  BKH") == folded("tip bkh") == folded("ТІР ВКН")


def test_known_names_are_counted() -> None:
    """Standard ones, labels, and those of the merchant's table."""
    assert known_names(["goodid", "Колір", "Тон", "x", ""], {"Тон": "Color"}) == 3
