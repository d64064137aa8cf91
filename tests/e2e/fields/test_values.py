"""`torgsync fields values`, and what `[[values]]` changes on the way to Prom.ua."""

from __future__ import annotations

from homes import Home

MAP = """
[[values]]
column = "Color"
map = { "Рудий " = "мідний", "коричн" = "коричневий" }
"""


def add_map(home: Home, text: str = MAP) -> None:
    home.object.write_text(home.object.read_text("utf-8") + text, "utf-8")


def rows(home: Home, *args: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = home.run("fields", "values", *args, "--format", "json").json["values"]
    return listed


def test_the_values_of_a_column_are_listed_with_what_replaces_them(filled: Home) -> None:
    """The most frequent first; words that no row has come last, and a label names a column too."""
    before = rows(filled, "Color")
    assert before == rows(filled, "Колір") == sorted(before, key=lambda row: -int(str(row["count"])))
    assert {row["replaced_by"] for row in before} == {None}
    assert sum(int(str(row["count"])) for row in before) == 40
    add_map(filled)
    after = {row["value"]: (row["count"], row["replaced_by"]) for row in rows(filled, "color")}
    assert after["рудий"] == (1, "мідний")
    assert list(after.items())[-1] == ("коричн", (0, "коричневий"))
    shown = filled.run("fields", "values", "Color")
    assert "not in the export" in shown.out
    assert "(empty)" in shown.out
    assert "[[values]]" not in shown.err


def test_many_values_are_folded(filled: Home) -> None:
    """A table has the first forty of them; nothing is replaced yet, and how to do it is said."""
    filled.edit_export(
        lambda text: text + text.splitlines()[-1].replace("26940", "26999").replace("Лійка", "Лійки") + "\r\n"
    )
    ran = filled.run("fields", "values", "GoodName")
    assert "1 more value: `--show all` lists it" in ran.err
    assert 'column = "GoodName"' in ran.err
    assert len(filled.run("fields", "values", "GoodName", "--show", "all").lines) == len(ran.lines) + 1
    assert filled.run("fields", "values", "GoodName", "--format", "csv").lines[0] == "value,count,replaced_by"


def test_columns_whose_values_are_not_listed(filled: Home) -> None:
    """What the shop paid, and a column that is not there."""
    assert "what the shop paid" in filled.run("fields", "values", "primecost").err
    missing = filled.run("fields", "values", "Colour")
    assert (missing.code, "did you mean `Color`" in missing.err) == (64, True)


def test_replaced_words_are_sent_and_explained(filled: Home) -> None:
    """A table that is added later changes what was sent before; `why` shows both words."""
    add_map(filled)
    changes = filled.run("update", "--format", "json").json["changes"]
    assert {name for change in changes for name in change["fields"]} == {"characteristics"}
    assert changes
    good_id = changes[0]["good_id"]
    assert "рудий (replaced by мідний)" in filled.run("why", good_id).out
    ran = filled.sync()
    assert ran.code == 0
    product = filled.sandbox.product(good_id)
    assert "мідний" in {item.value for item in product.attributes}
    assert filled.run("update", "--format", "json").json["changes"] == []


def test_a_table_of_a_column_that_the_export_lacks_is_refused(filled: Home) -> None:
    """With its line and the column that is meant."""
    add_map(filled, MAP.replace('"Color"', '"TheColor"'))
    ran = filled.run("update")
    assert (ran.code, "values[0].column" in ran.err, "`Color`" in ran.err) == (3, True, True)
