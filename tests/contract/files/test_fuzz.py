"""Files with anything in them: whatever reads them returns or raises an error of ours, and soon."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_files import within
from xxhash import xxh3_64

from torgsync.core.product.fields import FIELDS
from torgsync.errors import TorgsyncError
from torgsync.files.catalog.xlsx import open_xlsx
from torgsync.files.config.objects import load_object
from torgsync.files.orders.clients import read_clients
from torgsync.files.plan.decisions import read_decisions
from torgsync.files.plan.plan_file import read_changes, read_head
from torgsync.files.recording.recording_file import load_recording

SIZES = pytest.mark.parametrize("examples", [15, pytest.param(300, marks=pytest.mark.slow)])
ODD = st.sampled_from(
    [
        "",
        "\0",
        "\ud800",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59+00:00",
        "NaN",
        "sNaN",
        "1e999999",
        "a" * 300,
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=8) | ODD
VALUES = st.recursive(
    SCALARS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
)
HEAD: dict[str, Any] = {
    "kind": "torgsync plan",
    "schema": 1,
    "id": "7f3a91cd",
    "object": "My Prom",
    "made": "2026-11-30T08:00:00+00:00",
    "user": "olena",
    "host": "office",
    "settings": "a",
    "export": "b",
    "state": "1/1",
    "counts": {"update": 1},
    "fields": [],
    "allow": [],
    "undoes": 0,
}
CHANGE: dict[str, Any] = {
    "good_id": "7",
    "prom_id": "",
    "verb": "update",
    "title": "Ляльки",
    "held": None,
    "reason": "",
    "fields": {"price": ["1.00", "2.00"]},
}
KEYS = {"value", "type", "quantity", "price", "name", "unit", "url", "digest"}
SIDES = (
    SCALARS
    | st.lists(st.dictionaries(st.sampled_from(sorted(KEYS)), SCALARS) | VALUES, max_size=2)
    | st.dictionaries(st.sampled_from(sorted(KEYS)), SCALARS)
)


def survives(read: Callable[[], object]) -> None:
    """Read, within a time limit; an error of ours is an answer."""
    with within(read):
        try:
            read()
        except TorgsyncError:
            return


def sealed(*documents: object) -> bytes:
    """Return a plan with a right digest, whatever its lines are."""
    lines = b"".join(json.dumps(document).encode() + b"\n" for document in documents)
    return lines + json.dumps({"digest": xxh3_64(lines).hexdigest()}).encode() + b"\n"


def changed(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return copies of a document in which one or two keys have other values, or none."""
    edits = st.dictionaries(st.sampled_from(sorted(document)), VALUES, max_size=2)
    return edits.map(lambda edit: {**document, **edit})


@SIZES
def test_sealed_plans(tmp_path: Path, examples: int) -> None:
    """Lines that are none of a plan, under a digest that fits."""
    path = tmp_path / "plan"
    fields = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.tuples(SIDES, SIDES), max_size=3)
    lines = changed(CHANGE) | fields.map(lambda these: {**CHANGE, "fields": these}) | VALUES

    def read() -> None:
        read_head(path)
        for change in read_changes(path):
            assert {change.via, change.title}
            json.dumps([str(moved) for moved in change.fields.values()])

    @settings(max_examples=examples)
    @given(changed(HEAD) | VALUES, st.lists(lines, max_size=3))
    def reads(head: object, changes: list[object]) -> None:
        path.write_bytes(sealed(head, *changes))
        survives(read)

    reads()
    path.write_bytes(sealed(HEAD, CHANGE))
    read()


BYTES = st.binary(max_size=200) | st.text('",;\n\r\0' + "1аb", max_size=60).map(str.encode)
READERS: dict[str, tuple[Callable[[Path], object], bytes]] = {
    "decisions": (lambda path: read_decisions(path, {}, {}), b"good_id,prom_id\n"),
    "clients": (
        lambda path: read_clients(path, "UA"),
        b'"A";"a@b.c";"0671234567";"0";' + b";" * 8 + b'"0";"0"\r\n',
    ),
    "recording": (load_recording, b'{"torgsync_recording": 1, "program": "1.0"}\n'),
    "object": (
        load_object,
        b'name = "A"\ncategory = "online-store"\nvia = "prom.ua"\n[catalog]\npath = "a"\n',
    ),
}


@SIZES
@pytest.mark.parametrize("kind", READERS)
def test_files_of_text(tmp_path: Path, kind: str, examples: int) -> None:
    """Anything at all, and anything behind a right beginning."""
    reader, beginning = READERS[kind]
    path = tmp_path / "file"

    @settings(max_examples=examples)
    @given(BYTES, st.booleans())
    def reads(content: bytes, begun: bool) -> None:
        path.write_bytes(beginning * begun + content)
        survives(lambda: reader(path))

    reads()


TOML = (
    st.integers(-(10**30), 10**30).map(str)
    | st.text(st.characters(codec="utf-8"), max_size=12).map(lambda text: json.dumps(text, ensure_ascii=True))
    | st.sampled_from(
        ["nan", "-inf", "0001-01-01", "9999-12-31T23:59:59-12:00", "[[[]]]", "{}", "true", '"\\u0000"']
    )
    | st.sampled_from(['"1000000000000000000d"', '"99999999999999999%"', '"-5%"', '"00:00-99:99"', '"1e5"'])
)
KEYS_OF_OBJECTS = (
    "limits.removals limits.requests_per_second limits.imports_per_day orders.outbox orders.accept "
    "prices.markup prices.round catalog.path catalog.photos catalog.centers catalog.languages "
    "catalog.currency product_group api_key clients.find_by accounting_centers.use removal.gone "
    "synchronization_times fields values language"
).split()


@SIZES
def test_settings_of_objects(tmp_path: Path, examples: int) -> None:
    """Keys that exist with odd values."""
    path = tmp_path / "object.toml"
    times = '[[synchronization_times]]\nuser = "a"\nevery = {0}\nbetween = [{0}, {1}]\n'

    @settings(max_examples=examples)
    @given(st.dictionaries(st.sampled_from(KEYS_OF_OBJECTS), TOML, max_size=3), TOML, TOML)
    def reads(keys: dict[str, str], every: str, between: str) -> None:
        head = 'name = "A"\ncategory = "online-store"\nvia = "prom.ua"\napi_key = "x"\n'
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        path.write_text(f"{head}{lines}{times.format(every, between)}", "utf-8")
        survives(lambda: load_object(path))

    reads()


PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)


@pytest.fixture(scope="module")
def book() -> bytes:
    """A spreadsheet of two goods."""
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="writing spreadsheets is an extra")
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made)
    sheet = workbook.add_worksheet()
    for number, row in enumerate((("GoodID", "GoodName", "RetailPrice"), (1, "Лялька", 5.5), (2, "М'яч", 7))):
        sheet.write_row(number, 0, row)
    workbook.close()
    return made.getvalue()


@SIZES
def test_spreadsheets(tmp_path: Path, book: bytes, examples: int) -> None:
    """Bytes of the archive or of its parts are others; the library behind it may panic."""
    path = tmp_path / "goods.xlsx"
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    @settings(max_examples=examples)
    @given(st.data())
    def reads(data: st.DataObject) -> None:
        if data.draw(st.booleans()):
            path.write_bytes(spoilt(data, book))
        else:
            name = data.draw(st.sampled_from(PARTS))
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for part, content in parts.items():
                    archive.writestr(part, spoilt(data, content) if part == name else content)
        survives(lambda: [*open_xlsx(path).records()])

    reads()


def spoilt(data: st.DataObject, content: bytes) -> bytes:
    """Return a content with a piece of it replaced."""
    at = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 20))
    return (
        content[:at]
        + data.draw(st.binary(max_size=8) | st.sampled_from([b"9" * 12, b"<", b'"']))
        + content[at + length :]
    )
