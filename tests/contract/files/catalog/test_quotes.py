"""What readers promise of quotation marks: only those around every text of a file are no part of it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import pytest
from dialects import csv, offer, xlsx, yml

from torgsync.files.catalog.catalog_file import Aspect, CatalogFile
from torgsync.files.catalog.trs import open_trs
from torgsync.files.catalog.xlsx import open_xlsx
from torgsync.files.catalog.yml.catalog import open_yml

COLUMNS = ("GoodID", "GoodName", "RetailPrice", "TheSize")
QUOTED = [("701", '"Капці ""Дім"""', "450", '"37"'), ("702", '"Капці"', "450", '"38"')]
PLAIN = [["701", 'Капці "Дім"', "450", "37"], ["702", "Капці", "450", "38"]]
ONE_TITLE = [("701", '"Кобзар"', "450", ""), ("702", "Листівка", "20", "")]
TITLES = [("701", '"Кобзар"', "450", ""), ("702", '"Лис Микита"', "20", "")]
FORMATS = ["trs", "yml", "xlsx"]
Rows = Sequence[tuple[str, ...]]


def escaped(rows: Rows) -> Rows:
    return [tuple(map(html.escape, row)) for row in rows]


def opened(folder: Path, kind: str, rows: Rows) -> CatalogFile:
    path = folder / "TSGoods.trs"
    if kind == "trs":
        path.write_text(csv(COLUMNS, rows), "utf-8")
        return open_trs(path)
    if kind == "xlsx":
        path.write_bytes(xlsx([COLUMNS, *rows]))
        return open_xlsx(path)
    path.write_text(yml([offer(COLUMNS, row) for row in rows]), "utf-8")
    return open_yml(path)


def texts(file: CatalogFile) -> list[list[str]]:
    return [list(file.cells(record).values()) for record in file.records()]


def are_undone(file: CatalogFile) -> bool:
    return Aspect.QUOTES in {guess.aspect for guess in file.guesses}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("rows", [QUOTED, escaped(QUOTED)])
def test_quotes_around_every_text_are_undone(tmp_path: Path, kind: str, rows: Rows) -> None:
    """Also where they are written as entities, and a person can see that they were."""
    file = opened(tmp_path, kind, rows)
    assert (texts(file), are_undone(file)) == (PLAIN, True)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "rows",
    [
        ONE_TITLE,
        TITLES,
        [*QUOTED, ("703", "Капці 39", "450", '"39"')],
        [("700", "Капці", "450", '"36"'), *QUOTED],
        [*[(str(number), "", "450", "") for number in range(1, 102)], *QUOTED],
        [("701", "", "450", "")],
    ],
)
def test_quotes_of_some_texts_are_theirs(tmp_path: Path, kind: str, rows: Rows) -> None:
    """Titles have quotes of their own, however many of them one column holds."""
    file = opened(tmp_path, kind, rows)
    assert (texts(file), are_undone(file)) == ([list(row) for row in rows], False)


@pytest.mark.parametrize("kind", FORMATS)
def test_doubled_quotes_are_those_of_a_csv(tmp_path: Path, kind: str) -> None:
    """One column is enough then."""
    file = opened(tmp_path, kind, [("701", '"Капці ""Дім"""', "450", "")])
    assert (texts(file)[0][1], are_undone(file)) == ('Капці "Дім"', True)


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_are_mapped_again_when_the_quotes_of_the_file_change(tmp_path: Path, kind: str) -> None:
    """Equal bytes of a row mean another text then, so the file's context differs."""
    before = opened(tmp_path, kind, QUOTED)
    after = opened(tmp_path, kind, [*QUOTED, ("703", "Капці 39", "450", '"39"')])
    assert before.context != after.context
    assert texts(after)[1] == list(QUOTED[1])


def test_elements_and_params_are_judged_apart(tmp_path: Path) -> None:
    """The columns of the file repeat the texts of its CSV, its elements need not."""
    path = tmp_path / "TSGoods.trs"
    inner = '<name>{}</name><vendor>{}</vendor><available>true</available><param name="сайт">{}</param>'
    rows = [('"Капці"', '"Верба"', "опис"), ('"Горщик"', '"Дім"', '"Опис"')]
    path.write_text(
        yml([f"<offer id='{n}'>{inner.format(*row)}</offer>" for n, row in enumerate(rows)]), "utf-8"
    )
    cells = [
        file_cells["GoodName"] + file_cells["сайт"]
        for file_cells in map(open_yml(path).cells, open_yml(path).records())
    ]
    assert cells == ["Капціопис", 'Горщик"Опис"']


@pytest.mark.parametrize("marks", [b"\xef\xbb\xbf" * 2, b"\xef\xbb\xbf\n\xef\xbb\xbf \xef\xbb\xbf"])
def test_byte_order_marks_may_come_in_numbers(tmp_path: Path, marks: bytes) -> None:
    """Before a YML file and before rows, with blanks between them or without."""
    path = tmp_path / "TSGoods.trs"
    path.write_bytes(marks + yml([offer(COLUMNS, ("701", "Капці", "450", ""))]).encode())
    assert texts(open_yml(path)) == [["701", "Капці", "450", ""]]
    path.write_bytes(marks + csv(COLUMNS, [("701", "Капці", "450", "")]).encode())
    assert texts(open_trs(path)) == [["701", "Капці", "450", ""]]
