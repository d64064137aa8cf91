"""The explanations of codes: all that there are, with examples that are what the program says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import catalogs
import pytest
from builders import finding

from torgsync import i18n
from torgsync.cli.base.language import load_catalog
from torgsync.cli.messages.explained.entries import Entry, Kind, entries
from torgsync.cli.messages.findings import finding_message
from torgsync.core.findings import Code
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.plan.guards import SHOP, Guard
from torgsync.errors import Exit
from torgsync.i18n import LANGUAGES, translated

ENTRIES = list(entries())
ALL: dict[Kind, set[str]] = {
    Kind.FINDING: {code.value for code in Code},
    Kind.GUARD: {*map(str, Guard), SHOP},
    Kind.SKIP_REASON: {*map(str, SkipReason), *map(str, Leaving)},
    Kind.EXIT_CODE: {str(int(code)) for code in Exit},
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """One language, in which sentences are shown."""
    catalogs.compile_catalogs()
    i18n.use(load_catalog(request.param))
    yield str(request.param)
    i18n.use(None)


@pytest.mark.parametrize("kind", Kind)
def test_every_code_is_explained(kind: Kind) -> None:
    """Whatever a person meets can be looked up: no code is without an explanation, and none has two."""
    codes = [entry.code for entry in ENTRIES if entry.kind is kind]
    assert sorted(codes) == sorted(ALL[kind])


def test_no_two_findings_mean_the_same() -> None:
    """They would be one finding."""
    meanings = [entry.explanation.meaning for entry in ENTRIES if entry.kind is Kind.FINDING]
    assert len(set(meanings)) == len(meanings)


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.kind} {entry.code}")
def test_an_explanation_reads_well(entry: Entry) -> None:
    """Meaning, cure and example are each one line without a full stop, whose arguments are all filled in."""
    explanation = entry.explanation
    for text in (explanation.meaning, explanation.cure, entry.example):
        assert re.fullmatch(r"\S[^\n]*[^.\s]", translated(text))
    assert not re.search(r"\{\w+\}", translated(entry.example))


def test_the_example_of_a_finding_is_its_own_sentence() -> None:
    """It is made by the catalogue, so that the explanation cannot say something else than the program."""
    (entry,) = (entry for entry in ENTRIES if entry.code == Code.PRICE_MISSING)
    assert entry.example == finding_message(finding(Code.PRICE_MISSING, case="empty"))
