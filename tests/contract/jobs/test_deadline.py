"""Work that is given a deadline: its result, its error, or a thread that is left behind."""

from __future__ import annotations

import threading

import pytest

from torgsync.jobs.deadline import NAME, within


def test_work_in_time_has_its_result_or_raises_its_error() -> None:
    """None is a result too."""
    assert within(5, lambda: 42) == 42
    assert within(5, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_work_that_hangs_is_left_behind() -> None:
    """Its thread keeps no process from ending."""
    release = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, release.wait)
    (left,) = [thread for thread in threading.enumerate() if thread.name == NAME]
    assert left.daemon
    release.set()
    left.join(5)
