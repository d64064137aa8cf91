"""Matrices of similar cases, of which the usual run tries a few and `pytest -m slow` the others."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def sampled(cases: Iterable[object], *usual: object) -> list[ParameterSet]:
    """Return the cases as parameters of a test, all but the usual ones marked slow."""
    listed = list(cases)
    assert all(case in listed for case in usual)
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)), marks=[] if case in usual else [pytest.mark.slow]
        )
        for case in listed
    ]
