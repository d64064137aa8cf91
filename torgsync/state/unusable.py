"""A state that cannot be opened, for `doctor`: what needs it fails with the reason, and nothing else does."""

from __future__ import annotations

from typing import NoReturn

from torgsync.errors import TorgsyncError
from torgsync.state.store import Store


class UnusableStore(Store):
    """Raises in every transaction why the state could not be opened."""

    def __init__(self, reason: TorgsyncError) -> None:
        self._reason = reason

    def transaction(self, slug: str, **_given: object) -> NoReturn:  # noqa: ARG002  # it never begins
        """Raise the reason."""
        raise self._reason

    def close(self) -> None:
        """Do nothing: nothing was opened."""
