"""One file per accounting center promises to be as good as one file: nothing lost, nothing counted twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from dialects import Row, csv

from torgsync.core.config.settings import Catalog
from torgsync.core.product.cells import balances
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.files.catalog.export import open_catalog

COLUMNS = ("GoodID", "GoodName", "RetailPrice", "WarehouseQuantity", "Display")
FIRST = [(17, "Капці", 100, 3, 1), (18, "Лійка", 50, 0, 0)]
SECOND = [(18, "Лійка зелена", 55, 5, 1), (19, "Шуруп", 7, 2, 1)]


def shop(
    folder: Path, first: Sequence[Row] | None = None, second: Sequence[Row] | None = None, **settings: str
) -> CatalogFile:
    (folder / "export").mkdir(exist_ok=True)
    for name, rows in (("01.First.trs", first or FIRST), ("02.Second.trs", second or SECOND)):
        (folder / "export" / name).write_text(csv(COLUMNS, rows), "utf-8")
    return reopened(folder, **settings)


def reopened(folder: Path, **settings: str) -> CatalogFile:
    centers = {"1": "export/01.First.trs", "2": "export\\02.Second.trs"}
    return open_catalog(Catalog.model_validate({"centers": centers, **settings}), folder)


def goods(file: CatalogFile) -> dict[str, dict[str, str]]:
    return {file.good_id(record): file.cells(record) for record in file.records()}


def test_goods_are_the_union(tmp_path: Path) -> None:
    """The first file that has a good gives its texts and prices; quantities come from all."""
    file = shop(tmp_path)
    found = goods(file)
    assert file.columns == (*COLUMNS, "WarehouseQuantityForPartner")
    assert all(tuple(cells) == file.columns for cells in found.values())
    assert [tuple(cells.values()) for cells in found.values()] == [
        ("17", "Капці", "100", "3", "1", "1=3,000"),
        ("18", "Лійка", "50", "5", "1", "1=0,000|2=5,000"),
        ("19", "Шуруп", "7", "2", "1", "2=2,000"),
    ]
    places = [(file.file_of(record), record.line) for record in file.records()]
    assert places == [("01.First.trs", 2), ("01.First.trs", 3), ("02.Second.trs", 3)]


def test_the_files_are_one(tmp_path: Path) -> None:
    """The attributes describe all files together, or the main one."""
    file = shop(tmp_path)
    paths = [tmp_path / "export" / name for name in ("01.First.trs", "02.Second.trs")]
    assert (file.path, file.kind, file.encoding, file.has_header) == (paths[0], FileFormat.TRS, "utf-8", True)
    assert file.size == sum(path.stat().st_size for path in paths)
    assert file.modified_ns == max(path.stat().st_mtime_ns for path in paths)
    assert {guess.file for guess in file.guesses} == {path.name for path in paths}
    assert file.context != reopened(tmp_path, path="export\\02.Second.trs").context


def test_another_main_file(tmp_path: Path) -> None:
    """`path` names it; the centers keep their files."""
    found = goods(shop(tmp_path, path="export\\02.Second.trs"))
    assert list(found) == ["18", "19", "17"]
    assert (found["18"]["GoodName"], found["18"]["WarehouseQuantityForPartner"]) == (
        "Лійка зелена",
        "2=5,000|1=0,000",
    )


def test_a_quantity_elsewhere_changes_the_record(tmp_path: Path) -> None:
    """A row whose own bytes stay is another record where another center sold a piece."""
    before = {record.line: record.raw for record in shop(tmp_path).records()}
    after = {record.line: record.raw for record in shop(tmp_path, second=[(18, "x", 1, 4, 1)]).records()}
    assert before[2] == after[2]
    assert before[3] != after[3]


def test_an_unreadable_quantity_is_kept(tmp_path: Path) -> None:
    """It is neither 0 nor a guess; fractions and negative quantities are kept too."""
    found = goods(
        shop(tmp_path, [(17, "а", 1, "багато", 1), (18, "б", 1, "-1,5", 1)], [(18, "б", 1, "0,1234", 1)])
    )
    assert found["17"]["WarehouseQuantity"] == "багато"
    with pytest.raises(ValueError, match="багато"):
        balances(found["17"]["WarehouseQuantityForPartner"])
    assert (found["18"]["WarehouseQuantity"], found["18"]["WarehouseQuantityForPartner"]) == (
        "-1,3766",
        "1=-1,500|2=0,1234",
    )


def test_an_empty_quantity_in_one_file_is_not_zero(tmp_path: Path) -> None:
    """The sum of the centers is unknown."""
    found = goods(shop(tmp_path, [(17, "а", 1, "", 1)], [(17, "а", 1, 2, 1)]))
    assert (found["17"]["WarehouseQuantity"], found["17"]["WarehouseQuantityForPartner"]) == (
        "?",
        "1=?|2=2,000",
    )


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [(0, 0, "0"), (0, 1, "1"), (1, 0, "1"), ("Ні", "так", "так"), ("?", "ні", "?"), ("?", "+", "+")],
)
def test_a_good_is_displayed_where_any_center_displays_it(
    tmp_path: Path, first: str | int, second: str | int, shown: str
) -> None:
    """The accounting program hides what one center has sold out, though another has it."""
    found = goods(shop(tmp_path, [(17, "а", 1, 1, first)], [(17, "а", 1, 1, second)]))
    assert found["17"]["Display"] == shown


def test_a_good_twice_in_one_file_comes_twice(tmp_path: Path) -> None:
    """In the first file or in a later one: the job reports it; once in each file is no mistake."""
    twice = [(18, "а", 1, 1, 1), (18, "б", 1, 2, 1)]
    for first, second in ((twice, SECOND), (FIRST, twice)):
        file = shop(tmp_path, first, second)
        assert [file.good_id(record) for record in file.records()].count("18") == 2


def test_files_of_other_columns_are_refused(tmp_path: Path) -> None:
    """All differences are listed, file by file; another order of columns is none."""
    shop(tmp_path)
    second = tmp_path / "export" / "02.Second.trs"
    second.write_text(csv(COLUMNS[::-1], [(1, 5, 7, "а", 19)]), "utf-8")
    assert goods(reopened(tmp_path))["19"]["RetailPrice"] == "7"
    second.write_text(csv(("GoodID", "GoodName", "RetailPrice", "fason"), [(19, "а", 7, "x")]), "utf-8")
    with pytest.raises(ExportInvalid) as caught:
        reopened(tmp_path)
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        "02.Second.trs: it has no column `WarehouseQuantity`",
        "02.Second.trs: it has no column `Display`, `01.First.trs` has",
        "02.Second.trs: it has a column `fason`, `01.First.trs` has not",
    ]


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    """Any of them."""
    file = shop(tmp_path)
    os.utime(tmp_path / "export" / "02.Second.trs", ns=(1, 1))
    with pytest.raises(ExportInvalid, match=r"02\.Second"):
        list(file.records())


YML = (
    "<yml_catalog><shop><offers><offer id='{good_id}'>"
    "<param name='GoodID'>{good_id}</param><param name='WarehouseQuantity'>{stock}</param>{more}"
    "</offer></offers></shop></yml_catalog>"
)


def test_offers_speak_of_what_they_have(tmp_path: Path) -> None:
    """A YML file may lack a param that another center's file has: its goods have no such cell."""
    (tmp_path / "export").mkdir()
    more = "<param name='fason'>човник</param>"
    for name, text in (
        ("01.First.trs", YML.format(good_id=17, stock=3, more=more)),
        ("02.Second.trs", YML.format(good_id=18, stock=2, more="<param name='toe'>гострий</param>")),
    ):
        (tmp_path / "export" / name).write_text(text, "utf-8")
    found = goods(reopened(tmp_path))
    assert {good_id: set(cells) & {"fason", "toe"} for good_id, cells in found.items()} == {
        "17": {"fason"},
        "18": {"toe"},
    }
    assert [cells["WarehouseQuantityForPartner"] for cells in found.values()] == ["1=3,000", "2=2,000"]


@pytest.mark.parametrize(
    ("first", "second", "stock", "centers"),
    [
        ("ні", "так", "5", "1=0,000|2=5,000"),
        ("", "no", "0", "1=0,000|2=0,000"),
        ("так", "хтозна", "хтозна", "1=3,000|2=хтозна"),
    ],
)
def test_a_center_that_does_not_offer_a_good_has_none_of_it(
    tmp_path: Path, first: str, second: str, stock: str, centers: str
) -> None:
    """The word of each file counts for its own quantity; one that cannot be read is no quantity."""
    columns = (*COLUMNS, "available")
    (tmp_path / "export").mkdir()
    for name, row in (("01.First.trs", (3, 1, first)), ("02.Second.trs", (5, 1, second))):
        text = csv(columns, [(17, "Капці", 100, *row)])
        (tmp_path / "export" / name).write_text(text, "utf-8")
    found = goods(reopened(tmp_path))["17"]
    assert (found["WarehouseQuantity"], found["WarehouseQuantityForPartner"]) == (stock, centers)
    assert "available" not in found
