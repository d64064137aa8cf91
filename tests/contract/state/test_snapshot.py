"""A copy of the state: what was committed, and nothing that happens in one is seen in the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from builders import NOON, update
from sqlalchemy import Engine, create_engine
from states import ME, SLUG, rows

from torgsync.state.snapshot import copy_file, copy_rows, temporary_engine
from torgsync.state.store import Store, UnitOfWork, open_store


def remember(work: UnitOfWork, *good_ids: str) -> int:
    """Record rows, and a run with a plan and a request; return the number of the run."""
    work.rows.remember_rows(rows(*good_ids))
    run, plan = work.journal.begin_run(ME, NOON), work.plans.begin(NOON)
    work.plans.add(plan, [update("1", quantity=(1, 2))])
    work.journal.plan_of_run(run, plan, 5)
    work.journal.before(run, "GET", "/products/list", 0, "", NOON)
    return run


def test_a_copy_is_what_was_committed_last(state: Store) -> None:
    """Also while a transaction is open; what is done in the copy stays there."""
    with state.transaction(SLUG) as work:
        remember(work, "1", "2")
    with state.transaction(SLUG) as work:
        work.rows.remember_rows(rows("1", "2", "3"))
        with closing(state.snapshot(SLUG)) as copy, copy.transaction(SLUG) as copied:
            assert copied.products.known(["1", "2", "3"]).keys() == {"1", "2"}
            copied.journal.begin_run(ME, NOON)
            assert copied.history.count() == 2
    with state.transaction(SLUG) as work:
        assert (work.history.count(), len(work.products.known(["3"]))) == (1, 1)


def _by_rows(source: Engine, target: Engine) -> None:
    with source.connect() as read, target.begin() as write:
        copy_rows(read, write, SLUG)


@pytest.mark.parametrize("copy", [copy_file, _by_rows])
def test_both_ways_copy_all_of_an_object(tmp_path: Path, copy: Callable[[Engine, Engine], None]) -> None:
    """Page by page of the file, and row by row of another database: there only its own rows."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with closing(open_store(url)) as state:
        with state.transaction("other") as work:
            remember(work, "9")
        with state.transaction(SLUG) as work:
            run = remember(work, "1", "2")
    source, target = create_engine(url), temporary_engine()
    copy(source, target)
    source.dispose()
    with closing(Store(target)) as copied, copied.transaction(SLUG) as work:
        assert work.products.known(["1", "2"]).keys() == {"1", "2"}
        record = work.history.run(run)
        assert record is not None
        assert (record.requests, record.outcomes["open"]) == (1, 1)
        if copy is _by_rows:
            others = "SELECT count(*) FROM changes UNION ALL SELECT count(*) FROM requests"
            assert list(work.connection.exec_driver_sql(others).scalars()) == [1, 1]
