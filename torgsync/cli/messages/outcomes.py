"""The sentences of a run: what it reports meanwhile, and why each change has its outcome."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason
from torgsync.core.problems import problem_message
from torgsync.core.reason import Reason
from torgsync.errors import Problem

WORDS = {
    Outcome.DONE: "done",
    Outcome.REFUSED: "refused",
    Outcome.UNCLEAR: "unclear",
    Outcome.DEFERRED: "left for later",
}
"""How people read an outcome."""
STAGES = {
    "read": "reading the export",
    "look": "looking at Prom.ua",
    "plan": "making the plan",
    "orders": "bringing orders home",
    "free": "waiting for another import to end",
    "upload": "sending the import file",
    "import": "waiting for Prom.ua to import",
    "read-back": "reading back what Prom.ua made",
    "edit": "sending prices, stock and status",
    "remove": "taking products out",
}
"""What a job is doing at the moment, by its `Stage`."""

_NOTICES = {
    "orders-left": "orders stay on Prom.ua: what was sold since the last fetch is offered again",
    "orders-disabled": (
        "orders are left out (`enabled = false` in `[orders]`): what was sold on Prom.ua is offered until "
        "the export knows of it"
    ),
    "import-recovered": "an import that an earlier run left behind was settled first",
    "import-ended": "an import that an earlier run left behind came to its end and was settled",
    "earlier-reconciled": (
        "{count:change that an earlier run|changes that an earlier run} left open: what became of them was "
        "looked up"
    ),
    "ids-pending": (
        "what became of the import of external ids of {when} is not known yet: "
        "torgsync object adopt {called} --write-ids"
    ),
    "ids-damaged": (
        "the import of external ids of {when} changed more than these; see what, and how to go on: "
        "torgsync object adopt {called} --write-ids"
    ),
}


def notice_message(notice: Reason[Any]) -> str:
    """Return the sentence of what a run reports meanwhile: a `Notice` with its arguments."""
    return fill(_NOTICES[notice.code], notice.args)


DELETED_BEFORE = (
    "run {run} of {at:time} deleted its product, and Prom.ua takes no deleted id again: "
    "restore that product in the seller's cabinet and run `torgsync update --full-refresh`, "
    "or give the good a new `GoodID` in Torgsoft"
)
"""Why Prom refuses a good that comes back, and the ways on."""
NAMED = 5
"""Rows that the message of a refusal names."""


def _row_refused(stage: str, number: str, field: str, words: str, positions: Sequence[str]) -> str:
    """Return why Prom refused a row of an import; positions that fit no good are named as they are."""
    where = ", ".join(filter(None, (stage, number and f"code {number}")))
    what = f"the field `{field}`" if field else "the row"
    more = f" and {len(positions) - NAMED} more" if len(positions) > NAMED else ""
    rows = f" at position {', '.join(positions[:NAMED])}{more}" if positions else ""
    return f"Prom.ua refused {what}{rows}{f' ({where})' if where else ''}{f': {words}' if words else ''}"


SENTENCES: dict[OutcomeCode, Sentence] = {
    OutcomeCode.PROM_SAID: lambda words: "; ".join(words) or "no reason was given",
    OutcomeCode.FAILED: "{problem}",
    OutcomeCode.END_UNKNOWN: "it was sent, and its end is not known: {problem}",
    OutcomeCode.ROW_REFUSED: _row_refused,
    OutcomeCode.NO_REASON: "Prom.ua made no product of it and gave no reason",
    OutcomeCode.DELETED_BEFORE: DELETED_BEFORE,
    OutcomeCode.NOT_CONFIRMED: "Prom.ua did not confirm it",
    OutcomeCode.OLD_VALUE_SHOWN: "Prom.ua took the edit without a word and shows the old value",
    OutcomeCode.OTHER_VALUE_SHOWN: "Prom.ua took the edit and shows another value",
    OutcomeCode.NOT_ON_PROM: "it is not on Prom.ua any more; the next run makes it anew",
    OutcomeCode.IMPORT_TOO_LONG: "Prom.ua did not finish the import in time",
    OutcomeCode.IMPORT_HUNG: "Prom.ua did not deal with it: its import hangs",
    OutcomeCode.IMPORT_HUNG_AGAIN: (
        "Prom.ua did not deal with it: its import hangs, as the one before did; "
        "it is not sent again until it changes"
    ),
    OutcomeCode.SENDER_DIED: "Prom.ua's answer to its import never arrived",
    OutcomeCode.DECLINED: "not sent: a person said no",
    OutcomeCode.STOPPED: "not reached: stopped by a person",
    OutcomeCode.NOT_REACHED: "not reached: {problem}",
    OutcomeCode.IMPORTS_USED_UP: "today's imports are used up; it goes with the first run after {free:time}",
    OutcomeCode.IMPORT_LEFT: "sent with an import; the next run looks up what became of it",
    OutcomeCode.IMPORT_WAITS: "not sent yet: an earlier import has to come to its end first",
    OutcomeCode.REMOVALS_AFTER_FAILURE: "products are taken out only when everything before went well",
    OutcomeCode.REMOVALS_BEFORE_IMPORT_END: "products are taken out only after the import has ended",
    OutcomeCode.MOVED: "{problem}",
    OutcomeCode.FOUND_DONE: "a later look found it done",
    OutcomeCode.RUN_ENDED_BEFORE: "not reached: the run ended before it",
    OutcomeCode.MADE_IN_PART: "made, and not all of it as wanted when the run ended",
    OutcomeCode.TEXT_CUT: "Prom.ua cut {field} to {length:character}, it ends with `{ending}`",
    OutcomeCode.PHOTOS_UNFETCHED: "{missing} of {sent:photo} could not be fetched by Prom.ua",
}


def reasons_message(reasons: Iterable[OutcomeReason]) -> str:
    """Return the sentences of an outcome's reasons, "" for none."""
    return "; ".join(filter(None, map(_sentence, reasons)))


def _sentence(reason: OutcomeReason) -> str:
    args: dict[str, Any] = dict(reason.args)
    if codes := args.pop("problem", ()):
        args = {"problem": problem_message(Problem(tuple(codes), args))}
    return fill(SENTENCES[reason.code], args)


def render_reasons(record: logging.LogRecord) -> bool:
    """Put the sentences of outcomes into a record of the log; a filter of a handler."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_worded, record.args))
    return True


def _worded(arg: object) -> object:
    reasons = isinstance(arg, tuple) and all(isinstance(reason, Reason) for reason in arg)
    return reasons_message(arg) if reasons and isinstance(arg, tuple) else arg
