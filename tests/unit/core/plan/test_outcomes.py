"""Outcomes as data: what is stored comes back equal, whatever it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.plan.outcomes import (
    OutcomeCode,
    OutcomeReasons,
    because_of,
    decode_reasons,
    encode_reasons,
    reason_of,
)
from torgsync.core.problems import ProblemCode, problem
from torgsync.core.reason import Reason
from torgsync.errors import Busy
from torgsync.i18n import verbatim

ARGS = st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()))
REASONS = st.lists(st.builds(Reason, st.sampled_from(OutcomeCode), ARGS)).map(tuple)


@given(REASONS)
def test_reasons_come_back_equal(reasons: OutcomeReasons) -> None:
    """Any reasons are stored as one text and read as they were; none are stored as no text."""
    text = encode_reasons(reasons)
    assert decode_reasons(text) == reasons
    assert bool(text) == bool(reasons)


def test_the_problem_of_an_error_is_an_argument() -> None:
    """With its causes; an error without a problem is known by its kind."""
    lost = problem(ProblemCode.EDIT_LOST, problem(ProblemCode.TIMEOUT, path="/a", server="b:1"), items=2)
    assert reason_of(OutcomeCode.FAILED, lost).args == {
        "problem": ["edit-lost", "timeout"],
        "path": "/a",
        "server": "b:1",
        "items": 2,
    }
    assert because_of(OutcomeCode.NOT_REACHED, Busy(verbatim("held"))).args == {
        "problem": ["other"],
        "kind": "busy",
    }
