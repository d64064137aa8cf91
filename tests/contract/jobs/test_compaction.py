"""Old runs are removed in passing: never under a run, a bounded part at a time, and without harm to a run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON, update
from exports import write_shop
from states import ME

from torgsync.errors import StateUnusable
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import Settings
from torgsync.i18n import verbatim
from torgsync.jobs.compaction import compact, compact_after_run
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.state.runs.compaction import STEP, Compacted
from torgsync.state.store import open_store
from torgsync.state.unusable import UnusableStore

RUNS = 4


@pytest.fixture
def context(tmp_path: Path) -> Iterator[JobContext]:
    """An object with four runs of one change each, 181 days later."""
    file = load_object(write_shop(tmp_path, 1, 10))
    with closing(open_store(f"sqlite:///{tmp_path / 'state.db'}")) as store:
        with store.transaction(file.slug) as work:
            for _ in range(RUNS):
                run, plan = work.journal.begin_run(ME, NOON), work.plans.begin(NOON)
                work.plans.add(plan, [update("1", quantity=(1, 2))])
                work.journal.plan_of_run(run, plan, 1)
                work.journal.end_run(run, 0, NOON)
        settings = Settings(tmp_path, "", None)
        yield JobContext(settings, file, store, now=lambda: NOON + timedelta(days=181))


def test_what_is_not_kept_is_removed(context: JobContext) -> None:
    """All but the last run, after the time that the object keeps them; a limited call leaves the rest."""
    early = replace(context, now=lambda: NOON + timedelta(days=180))
    assert compact(early) == Compacted()
    assert compact(context, 1) == Compacted(runs=1, changes=1)
    assert compact(context) == Compacted(runs=RUNS - 2, changes=RUNS - 2)


def test_a_run_is_not_disturbed(context: JobContext) -> None:
    """While one holds the object, nothing is removed."""
    with running(context):
        assert compact(context) == Compacted()


def test_a_run_ends_well_whatever_happens_then(context: JobContext, caplog: pytest.LogCaptureFixture) -> None:
    """A state that cannot be written, or a stop, leaves the old runs to the next one."""
    full = replace(context, store=UnusableStore(StateUnusable(verbatim("the disk is full"))))
    with caplog.at_level(logging.WARNING):
        compact_after_run(full, 10 * STEP)
    assert "older runs were left as they are: the disk is full" in caplog.text
    context.stop.request()
    compact_after_run(context, 0)
    assert compact(replace(context, stop=type(context.stop)())).runs == RUNS - 1
