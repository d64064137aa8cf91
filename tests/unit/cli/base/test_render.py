"""Tables: what can be copied stays whole, amounts are right-aligned, long ones go through a pager."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from torgsync.cli.base.program import Program
from torgsync.cli.base.render import print_table
from torgsync.i18n import verbatim

IBAN = "UA213223130000026007233566001"


@pytest.fixture
def screen(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],  # noqa: ARG001  # it replaces the streams first
) -> pytest.MonkeyPatch:
    """Make both streams a terminal of 80 columns and ten lines, with a person there."""
    for name, value in {"COLUMNS": "80", "LINES": "10", "TERM": "xterm", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(Program, "asks", True)
    return monkeypatch


def table(program: Program, rows: int = 1) -> None:
    """Print accounts with their sums."""
    names = tuple(map(verbatim, ("account", "a long heading of a sum", "of another", "and of one more")))
    print_table(program, names, [(f"Рахунок ФОП {IBAN}", "0.00", "12.50", None)] * rows)


def test_an_iban_is_whole_and_sums_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the width of the other columns; without a terminal nothing is coloured."""
    table(Program())
    line = capsys.readouterr().out.splitlines()[-1]
    assert IBAN in line
    assert len(line) <= 80
    assert "\x1b" not in line


@pytest.mark.parametrize("color", [True, False])
def test_zeros_are_dim(
    screen: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, color: bool
) -> None:
    """On a terminal, and not with `--no-color`."""
    screen.setenv("PAGER", "cat")
    table(Program(color=color))
    Program(color=color).print(verbatim("0 held, 10 skipped, 0 foreign"), style="total")
    out = capsys.readouterr().out
    assert ("\x1b[2m" in out, "\x1b[1m" in out) == (color, color)


def test_a_long_table_goes_through_the_pager(
    screen: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Only one that is longer than the screen, and not in a run that asks nothing."""
    pager, read = tmp_path / "pager.py", tmp_path / "read"
    pager.write_text("import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())")
    screen.setenv("PAGER", f"'{sys.executable}' '{pager}' '{read}'")
    screen.setattr(sys.stdout, "isatty", lambda: True)
    table(Program())
    table(Program(pages=False), 20)
    assert not read.exists()
    shown = capsys.readouterr().out.count(IBAN)
    table(Program(), 20)
    assert (shown, read.read_text("utf-8").count(IBAN), capsys.readouterr().out) == (21, 20, "")


def test_names_stay_whole_and_texts_are_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """Ids, times, amounts, phones and columns of an export are copied; a short text needs its share only."""
    row = ("2026-11-30 05:08", "1249.50 UAH", "+38 050 000 00 01", "Каса 1", "довгий текст " * 6)
    print_table(Program(), tuple(map(verbatim, "abcde")), [row])
    narrow = capsys.readouterr().out.splitlines()
    print_table(Program(), tuple(map(verbatim, "abcdef")), [(*row, IBAN)])
    wide = capsys.readouterr().out.splitlines()
    assert max(map(len, narrow)) <= 80 < max(map(len, wide))
    for lines in (narrow, wide):
        assert all(value in lines[2] for value in row[:3])
        assert {"довгий", "текст"} <= {word for line in lines for word in line.split()}
    assert row[3] in narrow[2]
    assert IBAN in wide[2]


def test_only_headings_are_broken_where_that_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """A name of two words stays on its line."""
    names = ("object", "last success", "pending", "orders to do", "imports left", "export age", "due in some")
    row = ("Shop 001", "0 min", 0, 0, 7, "0 min", "26 min")
    print_table(Program(), tuple(map(verbatim, names)), [row])
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].split() == ["Shop", "001", "0", "min", "0", "0", "7", "0", "min", "26", "min"]
