"""A plan that is saved or performed is the one that was made, whatever other processes read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import NOON
from exports import write_shop

from torgsync.core.plan.diff import Change
from torgsync.core.plan.guards import Allowed
from torgsync.errors import Temporary
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import Settings
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import PlanView
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.saved import save
from torgsync.state.store import open_store


@pytest.fixture
def context(tmp_path: Path) -> Iterator[JobContext]:
    """A new shop with an export of ten goods."""
    file = load_object(write_shop(tmp_path, 10, 1))
    with closing(open_store(f"sqlite:///{tmp_path / 'state.db'}")) as store:
        yield JobContext(Settings(tmp_path, "", None), file, store, now=lambda: NOON)


def read_other_prices(context: JobContext) -> None:
    """Read an export of other prices, as another process does before it makes a plan."""
    export = context.file.catalog_path
    export.write_bytes(export.read_bytes().replace(b",50;", b",90;"))
    read_export(context)


def test_a_plan_is_saved_as_it_was_made_or_not_at_all(context: JobContext, tmp_path: Path) -> None:
    """Its creations have no values of their own yet: the desired products of now are others."""
    result = update(context, None)
    save(context, result, tmp_path / "as-made", allowed=Allowed())
    read_other_prices(context)
    with pytest.raises(Temporary, match="another process read the export"):
        save(context, result, tmp_path / "changed", allowed=Allowed())
    assert [(tmp_path / name).exists() for name in ("as-made", "changed")] == [True, False]


def test_a_run_sends_what_its_plan_has(context: JobContext) -> None:
    """From the transaction on in which it is made."""

    def changes(number: int) -> list[Change]:
        return [item.change for item in PlanView(context, number).changes()]

    result = update(context, None, run=1)
    made = changes(result.number)
    read_other_prices(context)
    assert changes(result.number) == made
