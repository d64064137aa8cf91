"""What the tree of groups promises: the same one whichever goods happen to be sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.findings import Code
from torgsync.core.product.cells import Section
from torgsync.core.product.groups import Steps, grow

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


def test_a_conflict_with_a_root_group() -> None:
    """A group without a parent has an empty parent."""
    (finding,) = grow([((GARDEN,), 1), ((TOOLS, GARDEN), 2)]).findings
    assert finding.args["others"] == [["Сад", ""]]


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
