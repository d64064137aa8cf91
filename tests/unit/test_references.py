"""Every section that code and tests cite exists in the developers' documents."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "torgsync" / "docs" / "developers"
SECTION = r"(?:§\d+(?:\.\d+)*|Q\d+|no\. \d+)"
CITATION = re.compile(
    rf"\b(?P<name>prom-api|torgsoft|architecture|glossary)(?:\.md)?[`\s#/]*"
    rf"(?P<sections>{SECTION}(?:(?:,| and| to|,? or|:)?\s+(?:and\s+)?{SECTION})*)"
)
FILES = sorted(
    path
    for folder in ("torgsync", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "data" not in path.parts and path != Path(__file__)
)


@cache
def sections_of(name: str) -> frozenset[str]:
    """Return the numbers of a document's headings, and its numbered questions."""
    text = (DOCUMENTS / f"{name}.md").read_text("utf-8")
    headings = re.findall(r"^#+ (\d+(?:\.\d+)*)\.? ", text, re.MULTILINE)
    return frozenset({f"§{number}" for number in headings} | set(re.findall(r"\bQ\d+\b", text)))


def text_of(path: Path) -> str:
    """Return a file as one line, so that a citation may go over the end of a line."""
    return re.sub(r"\n\s*(?:#\s)?", " ", path.read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_cited_sections_exist(path: Path) -> None:
    """A reader who follows a reference arrives at the section that is meant."""
    text = text_of(path)
    missing = [
        f"{match['name']} {section}"
        for match in CITATION.finditer(text)
        for section in re.findall(r"§\d+(?:\.\d+)*|Q\d+", match["sections"])
        if section not in sections_of(match["name"])
    ]
    assert not missing
    rest = CITATION.sub("", text)
    lost = [match[0] for match in re.finditer(r".{0,40}§\d[\d.]*", rest)]
    assert not lost, "a section without its document"
    assert not re.search(r"\b(?:design|style|reference/\w+)(?:\.md)? §", text)
