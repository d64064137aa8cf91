"""Texts that another program escaped, marked or separated its own way, as far as the shop."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus import DATA, set_up
from homes import Home, SandboxAddress


def home_of(folder: Path, case: str, server: SandboxAddress) -> Home:
    """Return a home whose export is that of a folder of the corpus."""
    objects = folder / "home" / "objects"
    path = set_up(case, objects)
    (objects / "my-prom.toml").write_text(path.read_text("utf-8").replace("invented", "full"), "utf-8")
    path.unlink()
    return Home(folder / "home", objects, server)


def keywords(home: Home) -> list[str | None]:
    return [home.sandbox.product(good).keywords_uk for good in ("701", "702")]


def test_keywords_follow_other_separators(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """Semicolons and line ends separate phrases; where all of them are too long, Prom keeps its own."""
    home = home_of(tmp_path, "keywords-become-semicolons", sandbox_server)
    assert home.sync().code == 0
    assert keywords(home) == ["капці, капці сині", "капці, тапочки"]
    shutil.copyfile(DATA / "keywords-become-semicolons" / "next.trs", home.export)
    phrases = "капці, капці сині, капці повстяні, домашнє взуття, тапочки жіночі"
    ran = home.sync()
    assert (ran.code, ran.json["findings"], keywords(home)) == (0, [], [phrases] * 2)
    home.edit_row("701", "капці; капці сині; капці повстяні; домашнє взуття; тапочки жіночі", "капці " * 9)
    ran = home.sync()
    (finding,) = ran.json["findings"]
    assert (ran.code, ran.json["changes"], keywords(home)) == (0, [], [phrases] * 2)
    assert finding["message"].endswith("; none is sent")


def test_goods_that_look_alike_are_no_variants(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """An invisible character makes no second size, and reaches no shop."""
    home = home_of(tmp_path, "invisible-in-values", sandbox_server)
    checked = home.run("object", "check", "--show", "all").out
    assert "TSGoods.trs, line 2, item 701, `TheSize` = 37<U+200B>\n" in checked
    assert home.sync().code == 0
    products = home.sandbox.products()
    assert {(product.name_uk, product.sku) for product in products} == {("Капці сині 37", "7701")}
    assert {product.variation_group_id for product in products} == {None}
    assert [entry.feed.count(b"group_id=") for entry in home.sandbox.imports()] == [0]


def test_marks_that_come_later_are_no_change(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """A list that a spreadsheet saved holds the same texts as the export before it."""
    home = home_of(tmp_path, "csv-excel-text-formula", sandbox_server)
    marked = home.export.read_bytes()
    home.edit_export(lambda text: text.replace('="', '"'))
    assert home.sync().json["findings"] == []
    home.export.write_bytes(marked)
    ran = home.sync()
    assert (ran.code, ran.json["changes"]) == (0, [])
    assert {finding["code"] for finding in ran.json["findings"]} == {"text-cleaned"}
    assert [home.sandbox.product(good).sku for good in ("701", "702")] == ["0530", "0531"]
