"""`torgsync explain`: what a code means, an example, and what to do."""

from __future__ import annotations

import csv
import io

import pytest
from homes import Home

from torgsync.errors import Exit


def test_a_code_is_explained_where_it_was_met(bare: Home) -> None:
    """What it is, what it means, what to do, and what the program says then."""
    ran = bare.run("explain", "price-missing")
    assert ran.out.splitlines() == [
        "`price-missing`: finding, error",
        "  meaning  the item has no price that can be sent; the price on Prom.ua stays, a",
        "           new item waits",
        "  to do    enter a price in Torgsoft",
        "  example  there is no price; none is sent",
    ]


def test_a_code_of_two_kinds_is_explained_twice(bare: Home) -> None:
    """`display-unknown` is a finding, and a reason why a new item stays out."""
    found = bare.run("explain", "display-unknown", "--format", "json").json["explanations"]
    assert [(row["kind"], row["severity"]) for row in found] == [("finding", "error"), ("skip-reason", None)]
    assert len({row["meaning"] for row in found}) == 2


@pytest.mark.parametrize("written", ["stock-out", "STOCK_OUT", "`stock-out`"])
def test_a_code_is_found_as_people_write_it(bare: Home, written: str) -> None:
    """In any case, with the backticks of a message, or as the setting of its limit is called."""
    found = bare.run("explain", written, "--format", "json").json["explanations"]
    assert [(row["code"], row["kind"]) for row in found] == [("stock-out", "guard")]


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("prise-missing", "there is no code `prise-missing`; did you mean `price-missing`", "price-missing"),
        ("barcode", "there is no code `barcode`; did you mean `barcode-invalid`?", "barcode-invalid"),
        ("12345", "there is no code `12345`", "torgsync explain"),
    ],
)
def test_an_unknown_code_is_wrong_usage(bare: Home, code: str, message: str, hint: str) -> None:
    """The nearest codes are named, and how to come to one, or to all of them."""
    ran = bare.run("explain", code)
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert f"error: {message}" in ran.err
    assert ran.err.rstrip().endswith(hint)


def test_all_codes_are_listed(bare: Home) -> None:
    """People see them in groups, the errors first; programs get one row a code with all that is known."""
    shown = bare.run("explain").out.splitlines()
    headings = [line.partition(":")[0] for line in shown[:-1] if line and not line.startswith(" ")]
    assert headings == ["Errors", "Warnings", "Notices", "Guards", "Skip reasons", "Exit codes"]
    assert max(map(len, shown)) <= 80
    rows = list(csv.DictReader(io.StringIO(bare.run("explain", "--format", "csv").out)))
    assert rows == [
        {name: value or "" for name, value in row.items()}
        for row in bare.run("explain", "--format", "json").json["explanations"]
    ]
    assert all(row["meaning"] and row["cure"] and row["example"] for row in rows)
