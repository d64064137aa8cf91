"""What became of the changes of one run, kept as it happens: of several parts the worst one counts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from torgsync.core.plan.diff import Verb
from torgsync.core.product.fields import Channel
from torgsync.core.text import counted
from torgsync.jobs.context import JobContext
from torgsync.state.runs.plans import Numbered, State

_log = logging.getLogger(__name__)

_WEIGHT = {State.DONE: 0, State.DEFERRED: 1, State.UNCLEAR: 2, State.REFUSED: 3}


class Outcomes:
    """The outcomes of one plan's changes.

    `late` ones are found out by a later run: what the first one had to leave open is no outcome then.
    """

    def __init__(self, context: JobContext, plan: int, *, late: bool = False) -> None:
        self._context = context
        self._plan = plan
        self._open = {None, State.DEFERRED} if late else {None}
        self.failed = False
        """Whether anything was refused or stayed unclear: then nothing is removed after it."""

    def note(self, seq: int, state: State, message: str = "") -> None:
        """Write down one outcome; of several for one change the worst stays."""
        self.note_all([(seq, state, message)])

    def note_all(self, notes: Iterable[tuple[int, State, str]]) -> None:
        """Write down outcomes by the numbers of their changes."""
        with self._context.transaction() as work:
            for seq, state, message in notes:
                self.failed = self.failed or state in (State.REFUSED, State.UNCLEAR)
                known = work.plans.state(self._plan, seq)
                if known in self._open or known is None or _WEIGHT[state] > _WEIGHT[known]:
                    work.plans.settle(self._plan, {seq: (state, message)})
                if state is not State.DONE:
                    _log.info("%s: %s: %s", work.plans.called(self._plan, seq), state, message)

    def defer_open(self, message: str) -> None:
        """Write down that all changes without an outcome were not reached."""
        with self._context.transaction() as work:
            left = work.plans.defer_open(self._plan, message)
        if left:
            _log.info("%s left for later: %s", counted(left, "change"), message)

    def defer_imported(self, message: str) -> None:
        """Write down that the changes of the import file that have no outcome wait for the import's end."""
        with self._context.transaction() as work:
            work.plans.defer_imported(self._plan, message)

    def reopen_imported(self) -> None:
        """Forget that the changes of the import file wait: they are about to be settled."""
        with self._context.transaction() as work:
            work.plans.reopen_imported(self._plan)

    def pages(self, verbs: Iterable[Verb], channel: Channel | None, size: int) -> Iterator[list[Numbered]]:
        """Yield the changes that may go, by pages; no transaction is open while a page is worked on."""
        for verb in verbs:
            after = 0
            while True:
                with self._context.transaction() as work:
                    page = work.plans.page(self._plan, verb, via=channel, after=after, size=size)
                if not page:
                    break
                after = page[-1].seq
                yield page
