"""Labels below a plan: what they are about begins in one column, in every language."""

from __future__ import annotations

from collections.abc import Iterator

import catalogs
import pytest

from torgsync import i18n
from torgsync.cli.base.findings import MARKS
from torgsync.cli.base.language import load_catalog
from torgsync.cli.plan.labels import HELD, STAYS, below, label_width, labelled
from torgsync.i18n import LANGUAGES, translated, verbatim


@pytest.fixture(params=LANGUAGES, autouse=True)
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    catalogs.compile_catalogs()
    i18n.use(load_catalog(request.param))
    yield
    i18n.use(None)


def test_texts_begin_in_one_column() -> None:
    """After findings of every severity, what is held, what stays, and the lines below them."""
    text = verbatim("text")
    lines = [translated(labelled(label, text)) for label in (HELD, STAYS, *MARKS.values())]
    assert {line.index("text") for line in (*lines, translated(below(text)))} == {label_width()}
    assert all(line[label_width() - 2 : label_width()] == "  " for line in lines)
