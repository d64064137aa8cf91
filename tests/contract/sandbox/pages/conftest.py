"""The pages speak Ukrainian in these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from torgsync import i18n
from torgsync.cli.base.language import load_catalog


@pytest.fixture(autouse=True)
def ukrainian() -> Iterator[None]:
    i18n.use(load_catalog("uk"))
    yield
    i18n.use(None)
