"""Groups and models: which group a good belongs to, their tree, and which goods are one model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.findings import Code
from torgsync.core.product.cells import Section
from torgsync.core.product.groups import Steps, group_path, grow, in_group, made_number, model_key

FULL, NAME, TYPE = "SynchronizationSectionFull", "SynchronizationSection", "GoodTypeFull"
ROW = {FULL: "1=Сад|11=Полив", "Category": "56", NAME: "Рукавиці", TYPE: "Одяг,Рукавиці"}


def made(name: str) -> tuple[tuple[str, str], ...]:
    return ((str(made_number(name)), name),)


@pytest.mark.parametrize(
    ("column", "cells", "path"),
    [
        (FULL, ROW, (("1", "Сад"), ("11", "Полив"))),
        (FULL, ROW | {FULL: "1=Сад;11=Полив"}, (("1", "Сад"), ("11", "Полив"))),
        (FULL, ROW | {"Category": "-1"}, (("1", "Сад"), ("11", "Полив"))),
        (FULL, ROW | {FULL: ""}, (("56", "Рукавиці"),)),
        (FULL, ROW | {FULL: "", "Category": "-1"}, made("Одяг,Рукавиці")),
        (FULL, ROW | {FULL: "", NAME: ""}, made("Одяг,Рукавиці")),
        (FULL, {FULL: "", NAME: "Полив"}, made("Полив")),
        (FULL, {FULL: "", "Category": "-1", NAME: "", TYPE: ""}, ()),
        (FULL, {FULL: "-1", "Category": "-1"}, ()),
        (NAME, ROW, (("56", "Рукавиці"),)),
        (NAME, ROW | {NAME: " "}, (("1", "Сад"), ("11", "Полив"))),
        ("Category", ROW, (("56", "Рукавиці"),)),
        ("Category", {"Category": "Взуття "}, made("Взуття")),
        (TYPE, {TYPE: "", "Category": "Взуття"}, made("Взуття")),
        (TYPE, {TYPE: "", "Category": "Взуття", NAME: ""}, ()),
        ("Category", {"Category": "-1"}, ()),
        (TYPE, ROW, made("Одяг,Рукавиці")),
        (TYPE, {"Category": "12", TYPE: "Сад,Лійки, відра,  шланги "}, made("Сад,Лійки, відра, шланги")),
        (TYPE, {TYPE: "НЕТ ИНФОРМАЦИИ", "Category": "-1"}, ()),
        (TYPE, {TYPE: "НЕТ ИНФОРМАЦИИ,НЕТ ИНФОРМАЦИИ"}, ()),
        (FULL, {FULL: "1=Сад|11=НЕТ ИНФОРМАЦИИ"}, (("1", "Сад"),)),
        (FULL, {FULL: "0=Нема"}, ()),
        ("Розділ", {"Розділ": "7=Ігри"} | ROW, (("7", "Ігри"),)),
        ("Розділ", {"Розділ": "Ігри"} | ROW, made("Ігри")),
        ("Розділ", {"Розділ": ""} | ROW, ()),
    ],
)
def test_a_group_is_found_by_the_best_witness(
    column: str, cells: dict[str, str], path: tuple[tuple[str, str], ...]
) -> None:
    """The mapped column is read first, then path, numbered section and the unsplit type of goods."""
    assert group_path(cells, column) == tuple(Section(*step) for step in path)


def test_the_shop_has_placeholders_of_its_own() -> None:
    """What the shop calls empty is no group and no model."""
    blank = frozenset({"-"})
    assert group_path({FULL: "1=-", NAME: "-", TYPE: "-"}, FULL, blank) == ()
    assert model_key({"FashionName": " - "}, "FashionName", blank) == ""


@given(st.text(min_size=1))
def test_a_made_number_is_stable_and_out_of_the_way(name: str) -> None:
    """The same for any case, positive, above every real section, below 2^31."""
    assert made_number(name) == made_number(name.casefold())
    assert 2**30 <= made_number(name) < 2**31


def test_a_made_number_is_the_same_in_every_run() -> None:
    """It is kept on Prom, so it must never change: this one is written down."""
    assert made_number("Взуття,Капці") == 2132391422


@pytest.mark.parametrize(
    ("group", "cells", "inside"),
    [
        ("Полив", {"SynchronizationSectionFull": "1=Сад|11=Полив|21=Лійки, відра"}, True),
        ("лійки,  відра", {"SynchronizationSectionFull": "1=Сад|21=Лійки,  Відра"}, True),
        ("Одяг", {"SynchronizationSectionFull": "1=Сад", "GoodTypeFull": "Одяг"}, False),
        ("Полив", {"SynchronizationSectionFull": "", "SynchronizationSection": " полив "}, True),
        ("Сад", {"SynchronizationSection": "Полив", "GoodTypeFull": "Сад,Полив"}, False),
        ("Лійки, відра, шланги", {"GoodTypeFull": "Сад,Лійки, відра, шланги"}, True),
        ("відра", {"GoodTypeFull": "Сад,Лійки, відра, шланги"}, False),
        ("Взут", {"GoodTypeFull": "Взуття"}, False),
        ("Сад", {}, False),
    ],
)
def test_a_group_holds_what_is_under_it(group: str, cells: dict[str, str], inside: bool) -> None:
    """The section path is asked first, then the section, then the type of goods; names are whole."""
    assert in_group(group, cells) is inside


@given(
    st.fixed_dictionaries(
        {},
        optional={
            FULL: st.sampled_from(["", "1=Сад|11=Полив", "4=Одяг"]),
            "Category": st.sampled_from(["-1", "11", "4"]),
            NAME: st.sampled_from(["", "Полив", "Одяг"]),
            TYPE: st.sampled_from(["", "Сад,Полив", "НЕТ ИНФОРМАЦИИ"]),
        },
    ),
    st.sampled_from([FULL, NAME, TYPE, "Category"]),
)
def test_a_good_lies_in_every_group_of_its_path(cells: dict[str, str], column: str) -> None:
    """What is chosen by group and what is sent as group never contradict each other."""
    path = group_path(cells, column)
    assert all(in_group(section.name, cells, column) for section in path)
    assert path or not in_group("Сад", cells, column)


@pytest.mark.parametrize(
    ("column", "cells", "key"),
    [
        ("ModelGoodID", {"ModelGoodID": "4310", "FashionName": "Капці"}, "id:4310"),
        ("ModelGoodID", {"ModelGoodID": " 004310 "}, "id:4310"),
        ("ModelGoodID", {"ModelGoodID": "", "FashionName": " Капці  Верба "}, "name:капці верба"),
        ("ModelGoodID", {"ModelGoodID": "0", "FashionName": "Капці"}, "name:капці"),
        ("ModelGoodID", {"ModelGoodID": "-1", "FashionName": ""}, ""),
        ("ModelGoodID", {"ModelGoodID": "٣"}, ""),
        ("FashionName", {"FashionName": "Капці"}, "name:капці"),
        ("FashionName", {"ModelGoodID": "7", "FashionName": "Капці"}, "id:7"),
        ("FashionName", {"FashionName": "НЕТ ИНФОРМАЦИИ"}, ""),
        ("Модель", {"Модель": "ТК-12", "ModelGoodID": "7", "FashionName": "Капці"}, "name:тк-12"),
        ("Модель", {"Модель": "12"}, "id:12"),
    ],
)
def test_goods_of_one_model_have_one_key(column: str, cells: dict[str, str], key: str) -> None:
    """The model's number, else its name; never the article."""
    assert model_key(cells, column) == key


# The tree of groups


GARDEN, WATER, TOOLS = Section("1", "Сад"), Section("11", "Полив"), Section("2", "Інструмент")


def test_paths_that_agree_make_a_tree() -> None:
    """Every path comes back unchanged."""
    tree = grow([((GARDEN, WATER), 2), ((TOOLS,), 1), ((GARDEN,), 1)])
    assert tree.groups == {"1": ("Сад", ""), "11": ("Полив", "1"), "2": ("Інструмент", "")}
    assert tree.findings == ()
    assert tree.path((GARDEN, WATER)) == (GARDEN, WATER)


def test_most_goods_decide() -> None:
    """A group with two names or parents is one group, with a finding."""
    tree = grow([((GARDEN, WATER), 1), ((TOOLS, WATER), 5), ((TOOLS, Section("11", "Шланги")), 1)])
    assert tree.path((GARDEN, WATER)) == (TOOLS, WATER)
    assert tree.path((TOOLS, Section("11", "Шланги"))) == (TOOLS, WATER)
    (finding,) = tree.findings
    assert finding.code is Code.GROUP_CONFLICT
    others = [["Полив", "1"], ["Шланги", "2"]]
    assert finding.args == {"number": "11", "chosen": ["Полив", "2"], "others": others}
    (root,) = grow([((GARDEN,), 1), ((TOOLS, GARDEN), 2)]).findings
    assert root.args["others"] == [["Сад", ""]]


def test_an_unknown_group_keeps_its_path() -> None:
    """A good that was sent before may have a group that is no longer in the export."""
    tree = grow([((GARDEN,), 1)])
    assert tree.path((TOOLS, WATER)) == (TOOLS, WATER)
    assert tree.path(()) == ()


def test_a_circle_is_not_walked_for_ever() -> None:
    """Two groups that most goods put under each other: the good keeps its own path."""
    far = Section("9", "Інше")
    paths = [((far, GARDEN, WATER), 1), ((far, WATER, GARDEN), 1)]
    tree = grow([*paths, ((Section("12", "Я"), WATER, GARDEN), 1), ((Section("12", "Я"), GARDEN, WATER), 1)])
    assert {tree.groups[number][1] for number in ("1", "11")} == {"1", "11"}
    assert tree.path((far, GARDEN, WATER)) == (far, GARDEN, WATER)


SECTIONS = st.builds(Section, st.sampled_from("123"), st.sampled_from("ab"))
PATHS = st.lists(SECTIONS, min_size=1, max_size=3, unique_by=lambda section: section.number).map(tuple)


@given(st.lists(st.tuples(PATHS, st.integers(1, 3)), max_size=6), st.randoms())
def test_the_order_of_goods_decides_nothing(paths: list[tuple[Steps, int]], chance: object) -> None:
    """However goods are sorted, the tree is one."""
    mixed = list(paths)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis draws a Random
    assert grow(mixed) == grow(paths)


@given(st.lists(st.tuples(PATHS, st.integers(1, 3)), max_size=6))
def test_a_path_keeps_its_last_group(paths: list[tuple[Steps, int]]) -> None:
    """A product never changes its group, only the names and parents above it; no group twice in a path."""
    tree = grow(paths)
    for path, _ in paths:
        resolved = tree.path(path)
        assert resolved[-1].number == path[-1].number
        assert len({section.number for section in resolved}) == len(resolved)
