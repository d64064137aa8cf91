"""The exit codes of the pages: what they mean and what to do, as `torgsync explain` says it."""

from __future__ import annotations

from pathlib import Path

import catalogs
import pytest

import torgsync
from torgsync import i18n
from torgsync.cli.base.language import load_catalog
from torgsync.cli.messages.explained.exits import EXITS
from torgsync.i18n import LANGUAGES, translated

PAGE = "environment-and-files.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_explain_says(language: str) -> None:
    """A row for each code, in the order of the numbers; nothing is said in two ways."""
    catalogs.compile_catalogs()
    page = (Path(torgsync.__file__).parent / "docs" / language / PAGE).read_text("utf-8")
    i18n.use(load_catalog(language))
    try:
        rows = [
            f"| {int(code)} | {translated(EXITS[code].meaning)} | {translated(EXITS[code].cure)} |"
            for code in sorted(EXITS)
        ]
    finally:
        i18n.use(None)
    assert [line for line in page.splitlines() if line[2:3].isdigit() and line.startswith("| ")] == rows
