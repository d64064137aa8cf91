"""The rights of a token: pages and hints name the same sections and levels of the seller's cabinet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from torgsync.core.problems import TOKENS_PAGE
from torgsync.prom.request import NEEDED_RIGHTS, Right

ROOT = Path(__file__).parents[3]
WORDS = re.compile(r"«[^»]+»")
PLACE = " › ".join(WORDS.findall(TOKENS_PAGE))


def words(*rights: Right) -> set[str]:
    """Return the words of the cabinet for some rights: their sections and levels."""
    return {word for right in rights for word in WORDS.findall(right.in_cabinet)}


@pytest.mark.parametrize("page", ["README.md", "torgsync/docs/uk/README.md"])
def test_the_first_page_names_the_rights_of_a_new_token(page: str) -> None:
    """Those that are needed, and no other."""
    (line,) = [line for line in (ROOT / page).read_text("utf-8").splitlines() if "API-токен" in line]
    assert PLACE in line
    assert set(WORDS.findall(line.replace(PLACE, ""))) == words(*NEEDED_RIGHTS)


@pytest.mark.parametrize("page", ["torgsync/docs/en/first-shop.md", "torgsync/docs/uk/first-shop.md"])
def test_the_page_of_the_first_shop_has_a_row_for_each_section(page: str) -> None:
    """Those that are needed, and those of a command that a shop may do without."""
    text = (ROOT / page).read_text("utf-8").partition(f"{PLACE} ")[2].partition("## 2.")[0]
    rows = {
        section: level
        for section, level, _why in re.findall(r"^\| («.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    }
    assert set(rows) == {right.section for right in (*NEEDED_RIGHTS, Right.CHAT_WRITE)}
    for right in (*NEEDED_RIGHTS, Right.CHAT_WRITE):
        assert words(right) <= set(WORDS.findall(right.section + rows[right.section]))


def test_an_instruction_names_what_the_cabinet_shows() -> None:
    """In both languages, so that the words can be looked for."""
    for right in Right:
        assert right.in_cabinet in right.instruction
