"""`torgsync goods` finds items, and `why` takes what is printed on them."""

from __future__ import annotations

import csv
import io

import pytest
from homes import Home


def test_items_are_listed_before_the_first_plan(home: Home) -> None:
    """They are those of the export, in pages whose last line asks for the next one."""
    ran = home.run("goods", "list", "--limit", "2", "--offset", "34")
    assert ran.lines[2] == "26935   T-935     Молоток столярний 300 г     268.00       4   not there"
    assert ran.lines[-2:] == [
        "35 to 36 of 40 items; the next ones:",
        'torgsync goods list -o "My Prom" --limit 2 --offset 36',
    ]
    assert home.run("why", "t-931").lines[0] == "26931  Шуруп [/25] оцинкований 4х25, 100 шт"
    assert not home.sandbox.log


def test_items_are_listed(filled: Home) -> None:
    """With what keeps them out, and those that left the export while Prom has them."""
    filled.next_day()
    filled.run("update")
    document = filled.run("goods", "list", "--format", "json").json
    by_id = {good["good_id"]: good for good in document["goods"]}
    assert (document["total"], document["next"], len(by_id)) == (42, None, 42)
    assert by_id["26931"] == {
        "good_id": "26931",
        "sku": "T-931",
        "gtin": "2900000102101",
        "mpn": None,
        "title": "Шуруп [/25] оцинкований 4х25, 100 шт",
        "groups": ["Дім і сад", "Кріплення та інструмент"],
        "price": "74.50",
        "quantity": 65,
        "presence": "available",
        "row": "in",
        "reason": None,
        "prom_id": by_id["26931"]["prom_id"],
        "status": "on_display",
    }
    out, gone = by_id["26939"], by_id["26909"]
    assert (out["title"], out["row"], out["reason"], out["status"]) == (
        "Кашпо підвісне Верба", "out", "not-displayed", None,
    )  # fmt: skip
    assert (gone["row"], gone["status"], list(by_id)[-2:]) == ("gone", "on_display", ["26909", "26936"])
    table = filled.run("goods", "find", "26939").out
    assert "not there: `Display` = 0" in " ".join(table.split())
    rows = list(csv.DictReader(io.StringIO(filled.run("goods", "list", "--format", "csv").out)))
    assert (len(rows), rows[0]["groups"]) == (42, "Взуття > Жіноче взуття")
    assert filled.run("goods", "list", "--offset", "50").err == "there are only 42 items\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("T-931",), ["26931"]),
        (("2900000102101",), ["26931"]),
        (("26931",), ["26931"]),
        (("М'ЯТА",), ["26929"]),
        (("лійка", "дім і сад"), ["26940"]),
        (("кашпо",), ["26939"]),
        (("креми", "ромашка"), ["26927"]),
        (("такого", "нема"), []),
    ],
)
def test_items_are_found(filled: Home, words: tuple[str, ...], found: list[str]) -> None:
    """By id, article, barcode, words of the name and group, in any case."""
    ran = filled.run("goods", "find", *words, "--format", "json")
    assert [good["good_id"] for good in ran.json["goods"]] == found
    assert ran.json["total"] == len(found)


def test_nothing_is_found(filled: Home) -> None:
    """It is said, and no word at all is a mistake."""
    assert filled.run("goods", "find", "нема").err == "`My Prom` has no such item\n"
    assert filled.run("goods", "find", " ").code == 64
    page = filled.run("goods", "find", "жіноче взуття", "--limit", "2").lines
    assert page[-1] == 'torgsync goods find "жіноче взуття" -o "My Prom" --limit 2 --offset 2'


def test_why_takes_an_article_or_a_barcode(filled: Home) -> None:
    """Under both names of the command; where several items have it, they are listed."""
    for command in (("why",), ("goods", "why")):
        assert filled.run(*command, "2900000102101").lines[0].startswith("26931  Шуруп")
    many = filled.run("why", "77001")
    assert (many.code, "4 items have the article or barcode `77001`: " in many.err) == (64, True)
    assert many.err.splitlines()[-1].startswith("hint: name one by its id: torgsync why ")
    filled.edit_row("26932", "T-932", "N-1")  # not read yet
    assert filled.run("why", "n-1").lines[0].startswith("26932  ")
    assert filled.run("why", "немає такого").code == 64
