"""Torgsoft's clients: a file without a header, 14 columns by position, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from torgsync.core.orders.clients import Client
from torgsync.errors import ExportInvalid
from torgsync.files.orders.clients import clients_stamp, read_clients

ROW = '"Вигадана Особа";"";"+380500000001";0;"";"990000000017";"";"";"";"";"";"";1250;33,9'


def written(folder: Path, *rows: str, encoding: str = "cp1251", end: str = "\r\n") -> Path:
    path = folder / "TSClients.trs"
    path.write_bytes("".join(f"{row}{end}" for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_clients_are_read_by_position(tmp_path: Path, encoding: str, end: str) -> None:
    """Name, e-mail, phone and card, in one form; discounts, turnover and bonuses are not read."""
    other = '"Тестовий  Іван";" IVAN@Example.com ";"0500000002";3;"";"";"";"";"";"";"";"";6670,28;-5'
    path = written(tmp_path, ROW, other, encoding=encoding, end=end)
    assert read_clients(path, "UA") == [
        Client("", "Вигадана Особа", "+380500000001", "", "990000000017"),
        Client("", "Тестовий Іван", "+380500000002", "ivan@example.com", ""),
    ]


def test_quotes_and_separators_stand_in_names(tmp_path: Path) -> None:
    """Doubled quotes, a `;` and a line end inside a cell belong to it; a blank line is none."""
    odd = ROW.replace("Вигадана Особа", 'ТОВ ""Ромашка""; філія\r\nЛьвів')
    (first, second) = read_clients(written(tmp_path, odd, "", ROW), "UA")
    assert first.name == 'ТОВ "Ромашка"; філія Львів'
    assert second.name == "Вигадана Особа"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_an_export_without_clients_is_refused(tmp_path: Path, content: bytes) -> None:
    """A real export has clients: the file was cut off, or is still being written."""
    path = tmp_path / "TSClients.trs"
    path.write_bytes(content)
    with pytest.raises(ExportInvalid, match="is empty: there is no client in it") as caught:
        read_clients(path, "UA")
    assert str(caught.value.hint).startswith("export the clients from Torgsoft once more")


def test_every_text_is_one_line(tmp_path: Path) -> None:
    """Line ends, tabs and invisible characters break neither a table nor a file."""
    name = "Вига\u200bдана\n\tОсоба\x1b[31m"
    row = f'"{name}";"IVAN\n@example.com";"050\n0000001";0;"";"99\n17";"";"";"";"";"";"";0;0'
    (client,) = read_clients(written(tmp_path, row, encoding="utf-8"), "UA")
    assert client == Client("", "Вигадана Особа[31m", "+380500000001", "ivan @example.com", "99 17")


@pytest.mark.parametrize(
    ("rows", "message", "places"),
    [
        ([ROW, f"{ROW};5", ROW], "1 row of", ["line 2  it does not have the 14 columns"]),
        ([ROW[:40], ROW[:50]], "2 rows of", ["line 1  it does not", "line 2  it does not"]),
        ([ROW.replace(";0;", ";знижка;")], "1 row of", ["line 1  column 4: this should be a number"]),
        ([ROW.replace("33,9", "багато")], "1 row of", ["line 1  column 14"]),
    ],
)
def test_another_shape_is_refused_whole(
    tmp_path: Path, rows: list[str], message: str, places: list[str]
) -> None:
    """Who would read a phone out of the wrong column makes one person of two."""
    with pytest.raises(ExportInvalid, match=message) as caught:
        read_clients(written(tmp_path, *rows), "UA")
    for mistake, place in zip(caught.value.mistakes, places, strict=True):
        assert str(mistake).startswith(place)


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    """Missing, a folder, UTF-16: a sentence and a way on."""
    with pytest.raises(ExportInvalid, match="there is no file") as caught:
        read_clients(tmp_path / "nowhere.trs", "UA")
    assert caught.value.hint == "correct `path` under `[clients]` in the sync object"
    with pytest.raises(ExportInvalid, match="cannot be read: it is a folder, not a file"):
        read_clients(tmp_path, "UA")
    for content, message in (
        (ROW.encode("utf-16"), "UTF-16"),
        (b"\0" * 99, "zero bytes"),
        (
            f"{ROW}\r\n".encode("cp1251").replace(b";", b";\x98", 1),
            "that cannot be read, the first in line 1",
        ),
    ):
        path = tmp_path / "TSClients.trs"
        path.write_bytes(content)
        with pytest.raises(ExportInvalid, match=message) as caught:
            read_clients(path, "UA")
        assert str(caught.value.hint).startswith("export the clients from Torgsoft once more")
    with pytest.raises(ExportInvalid, match="there is no file"):
        clients_stamp(tmp_path / "nowhere.trs")


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    """Another size is another file."""
    before = clients_stamp(written(tmp_path, ROW))
    assert clients_stamp(written(tmp_path, ROW, ROW)) != before
