"""What every reader of exports promises, whatever the format: the same goods, or a refusal with a way on."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from dialects import csv, offer, xlsx, yml
from hypothesis import given
from hypothesis import strategies as st
from matrix import sampled

from torgsync.core.config.settings import Catalog
from torgsync.core.product.columns import BARE_48, LAYOUT_48
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat
from torgsync.files.catalog.export import open_catalog, open_export
from torgsync.files.catalog.refusals import AGAIN
from torgsync.files.config.objects import load_object

COLUMNS = ("GoodID", "GoodName", "RetailPrice", "Висота каблука")
ROWS: list[tuple[str | int, ...]] = [
    (17, "Капці, сині", "632,74", ""),
    (18, 'Горщик "Ромашка"', "5", "3 см; 4"),
]

FORMS = {
    "trs": csv(COLUMNS, ROWS).encode("cp1251"),
    "tabs": csv(COLUMNS, ROWS, delimiter="\t", needless=False).encode("utf-8-sig"),
    "yml": yml([offer(COLUMNS, row) for row in ROWS]).encode(),
    "xlsx": xlsx([COLUMNS, *ROWS]),
}


def opened(folder: Path, content: bytes, **given: object) -> CatalogFile:
    (folder / "export").mkdir(exist_ok=True)
    (folder / "export" / "TSGoods.trs").write_bytes(content)
    return open_catalog(Catalog.model_validate({"path": "export/TSGoods.trs", **given}), folder)


def read(file: CatalogFile) -> list[tuple[str, ...]]:
    return [tuple(file.cells(record).values()) for record in file.records()]


@pytest.mark.parametrize("form", FORMS)
def test_the_format_does_not_depend_on_the_name(tmp_path: Path, form: str) -> None:
    """It is detected by the first bytes and recorded as a guess; all forms give the same goods."""
    file = opened(tmp_path, FORMS[form])
    assert file.kind == {"tabs": "trs"}.get(form, form)
    assert file.columns == COLUMNS
    assert read(file) == [tuple(map(str, row)) for row in ROWS]
    assert [file.good_id(record) for record in file.records()] == ["17", "18"]
    assert {file.file_of(record) for record in file.records()} == {"TSGoods.trs"}
    assert file.guesses[0].aspect is Aspect.FORMAT
    assert (str(file.guesses[0].value), file.guesses[0].key) == (file.kind, "format")
    assert file.size == len(FORMS[form])


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [("trs", FileFormat.TRS), ("csv", FileFormat.TRS), ("yml", FileFormat.YML), ("xlsx", FileFormat.XLSX)],
)
def test_a_format_can_be_set(tmp_path: Path, wanted: str, kind: FileFormat) -> None:
    """A format that is set is not guessed, and a file of another one is refused."""
    right = FORMS[kind]
    assert Aspect.FORMAT not in {guess.aspect for guess in opened(tmp_path, right, format=wanted).guesses}
    for content in FORMS.values():
        if content not in (right, FORMS["tabs"]):
            with pytest.raises(ExportInvalid):
                opened(tmp_path, content, format=wanted)


@pytest.mark.parametrize(
    ("form", "given", "keys"),
    [
        ("trs", {"format": "yml"}, "`format`"),
        ("yml", {"format": "csv", "encoding": "utf-8"}, "`format`, `encoding`"),
        ("trs", {"delimiter": ","}, "`delimiter`"),
        ("tabs", {"header": False}, "`header`"),
        ("trs", {"encoding": "utf-8"}, "`encoding`"),
    ],
)
def test_a_setting_that_spoils_the_reading_is_named(
    tmp_path: Path, form: str, given: dict[str, object], keys: str
) -> None:
    """Where the file could be read without what the object says of it, the refusal says so."""
    with pytest.raises(ExportInvalid) as refused:
        opened(tmp_path, FORMS[form], **given)
    them = "them" if "," in keys else "it"
    assert refused.value.hint == (
        f"remove {keys} under `[catalog]` from the sync object: without {them} the file can be read"
    )


def test_a_setting_that_spoils_nothing_is_not_blamed(tmp_path: Path) -> None:
    """A file that could not be read in any way keeps its own refusal."""
    with pytest.raises(ExportInvalid) as refused:
        opened(tmp_path, FORMS["trs"][:-3], delimiter=";")
    assert (refused.value.message.endswith("line 3"), refused.value.hint) == (True, AGAIN)


def test_unicode_text_is_refused_before_its_format_is_asked(tmp_path: Path) -> None:
    """Also where XML would be in it."""
    with pytest.raises(ExportInvalid, match="UTF-16"):
        opened(tmp_path, yml([]).encode("utf-16"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """By the reader that would have read it."""
    with pytest.raises(ExportInvalid, match="there is no file"):
        open_catalog(Catalog(path="TSGoods.trs"), tmp_path)


def test_a_column_that_a_field_speaks_of_keeps_its_name(tmp_path: Path) -> None:
    """A label of a spreadsheet is an alias of our column, unless a field names it."""
    text = 'name = "x"\napi_key = "k"\n[catalog]\npath = "goods.csv"\n'
    field = '[[fields]]\ncolumn = "Розмір"\nto = "characteristic"\nname = "Розмір"\n'
    (tmp_path / "goods.csv").write_text("GoodID;Розмір;Колір\n1;a;b\n", "utf-8")
    (tmp_path / "x.toml").write_text(text, "utf-8")
    assert open_export(load_object(tmp_path / "x.toml")).columns == ("GoodID", "TheSize", "Color")
    (tmp_path / "x.toml").write_text(text + field, "utf-8")
    assert open_export(load_object(tmp_path / "x.toml")).columns == ("GoodID", "Розмір", "Color")


class Form(NamedTuple):
    """A way to write a table down."""

    kind: str
    delimiter: str
    encoding: str
    end: str
    needless: bool


FORM = st.builds(
    Form,
    st.sampled_from(["csv", "bare", "yml", "xlsx"]),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1251"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
# Letters that all forms can carry: XML knows one line end only, and leftover quotes are undone in YML.
LETTERS = st.text(st.sampled_from("абвїєґ ab5;,\t\"'\n|=<>&"), max_size=10).map(
    lambda text: f"x{text}x" if text else text
)


def content(form: Form, columns: tuple[str, ...], rows: list[tuple[str | int, ...]]) -> bytes:
    match form.kind:
        case "yml":
            declared = "windows-1251" if form.encoding == "cp1251" else "UTF-8"
            offers = [offer(columns, row, quotes=form.needless) for row in rows]
            return yml(offers, encoding=declared).encode(form.encoding)
        case "xlsx":
            return xlsx([columns, *rows])
        case _:
            header = None if form.kind == "bare" else columns
            text = csv(header, rows, delimiter=form.delimiter, end=form.end, needless=form.needless)
            return text.encode(form.encoding)


@given(data=st.data(), form=FORM)
def test_every_table_comes_back_from_every_form(tmp_path: Path, data: st.DataObject, form: Form) -> None:
    """Header or none, any delimiter, encoding and quoting, YML or a spreadsheet: the texts are the same."""
    keys = data.draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=5, unique=True))
    if form.kind == "bare":
        columns = LAYOUT_48
        blank: list[str | int] = [0 if place in BARE_48 else "" for place in range(48)]
        blank[42] = 7
        rows = [(key, data.draw(LETTERS), data.draw(LETTERS), *blank[3:]) for key in keys]
    else:
        columns = ("GoodID", "GoodName", "fason", "Опис (сайт)")
        rows = [(key, data.draw(LETTERS), data.draw(LETTERS), data.draw(LETTERS)) for key in keys]
    file = opened(tmp_path, content(form, columns, rows))
    assert file.columns == columns
    assert read(file) == [tuple(map(str, row)) for row in rows]
    assert [file.good_id(record) for record in file.records()] == list(map(str, keys))


MARKS = [
    b"",
    b'"',
    b";",
    b"\t",
    b"<",
    b">",
    b"/",
    b"&",
    b"]]>",
    b"<!--",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\x98",
    b"</offer>",
]


@pytest.mark.parametrize("_part", sampled(range(3), 0))
@given(
    form=st.sampled_from(sorted(FORMS)),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(MARKS), st.integers(0, 3)), max_size=6
    ),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_a_spoilt_file_of_any_format_is_read_or_refused(
    tmp_path: Path, _part: int, form: str, changes: list[tuple[float, bytes, int]], kept: float
) -> None:
    """Whatever happens to the bytes, there is either a whole table or a refusal with a way on."""
    spoilt = bytearray(FORMS[form])
    for place, mark, length in changes:
        at = int(place * len(spoilt))
        spoilt[at : at + length] = mark
    refused: ExportInvalid | None = None
    try:
        file = opened(tmp_path, bytes(spoilt[: int(kept * len(spoilt))]))
        rows = [(file.good_id(record), file.cells(record)) for record in file.records()]
    except ExportInvalid as error:
        refused = error
    if refused:
        assert refused.hint
        assert not refused.message.endswith(".")
    else:
        assert all(key == cells["GoodID"].strip() and tuple(cells) == file.columns for key, cells in rows)
