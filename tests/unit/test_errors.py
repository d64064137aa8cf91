"""Errors: exit codes, places, and which of several weighs most."""

from __future__ import annotations

import pytest

from torgsync import errors
from torgsync.errors import Exit, Mistake, ObjectInvalid, TorgsyncError
from torgsync.i18n import verbatim


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], Exit.DONE),
        ([Exit.DONE, Exit.PENDING], Exit.PENDING),
        ([Exit.HELD, Exit.PARTIAL, Exit.TEMPORARY], Exit.PARTIAL),
        ([Exit.UNSAFE, Exit.TOKEN], Exit.TOKEN),
        ([Exit.INTERRUPTED, Exit.ERROR], Exit.INTERRUPTED),
    ],
)
def test_the_gravest_exit_code_counts(codes: list[Exit], worst: Exit) -> None:
    """What a person must mend outweighs what mends itself."""
    assert Exit.worst(codes) is worst


def test_every_exit_code_can_be_weighed() -> None:
    """Each code alone is its own worst, and none is heavier than an interruption."""
    for code in Exit:
        assert Exit.worst([code]) is code
        assert Exit.worst([code, Exit.INTERRUPTED]) is Exit.INTERRUPTED


def test_every_error_has_a_kind_of_its_own() -> None:
    """Scripts can distinguish all errors by their slug."""
    family = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TorgsyncError)
    ]
    assert len({kind.kind for kind in family}) == len(family)
    assert {kind.exit_code for kind in family} <= set(Exit)


@pytest.mark.parametrize(
    ("mistake", "text"),
    [
        (
            Mistake(21, "fields[3].column", verbatim("no such column")),
            "line 21  fields[3].column: no such column",
        ),
        (Mistake(0, "", verbatim("it is empty")), "it is empty"),
    ],
)
def test_a_mistake_has_its_place(mistake: Mistake, text: str) -> None:
    """Line and key come before the message, where there are any."""
    assert str(mistake) == text


def test_an_invalid_file_carries_all_its_mistakes() -> None:
    """Message, hint, mistakes and exit code travel together."""
    mistakes = (Mistake(2, "name", verbatim("this key is needed")),)
    error = ObjectInvalid(verbatim("1 mistake in `a.toml`"), mistakes=mistakes, hint=verbatim("mend it"))
    assert (str(error), error.hint, error.mistakes) == ("1 mistake in `a.toml`", "mend it", mistakes)
    assert error.exit_code is Exit.INVALID
