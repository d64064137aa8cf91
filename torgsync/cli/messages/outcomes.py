"""The sentences of a run: what it reports meanwhile, and why each change has its outcome."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from torgsync.cli.messages.fields import VERBS
from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.counts import photo_count
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason
from torgsync.core.problems import problem_message
from torgsync.core.product.field_words import field_word
from torgsync.core.reason import Reason
from torgsync.errors import Problem
from torgsync.i18n import Message, _, _n, composed, joined, translated, verbatim

WORDS = {
    Outcome.DONE: _("done"),
    Outcome.REFUSED: _("refused"),
    Outcome.UNCLEAR: _("unclear"),
    Outcome.DEFERRED: _("left for later"),
}
"""How people read an outcome."""
STAGES = {
    "read": _("reading the export"),
    "photos": _("looking at the photos"),
    "publish": _("publishing photos"),
    "clean": _("removing photos that nothing uses"),
    "addresses": _("asking the addresses of the photos"),
    "look": _("reading Prom.ua"),
    "plan": _("making the plan"),
    "orders": _("fetching orders"),
    "free": _("waiting for another import to end"),
    "upload": _("sending the import file"),
    "import": _("waiting for Prom.ua to import"),
    "read-back": _("reading back what Prom.ua created"),
    "edit": _("sending prices, stock and status"),
    "remove": _("removing products"),
}
"""What a job is doing at the moment, by its `Stage`."""

_NOTICES = {
    "orders-left": _("orders stay on Prom.ua: what was sold since the last fetch is offered again"),
    "orders-disabled": _(
        "orders are not fetched (`enabled = false` in `[orders]`): what was sold on Prom.ua stays on offer "
        "until the export shows the sale"
    ),
    "import-recovered": _("finished checking an import left over from an earlier run"),
    "import-ended": _("an import left over from an earlier run has ended, and its results were checked"),
    "earlier-reconciled": _n(
        "{count} change left open by an earlier run was looked up on Prom.ua",
        "{count} changes left open by an earlier run were looked up on Prom.ua",
    ),
    "ids-pending": _(
        "the result of the import of external ids of {when} is not known yet; to look it up: "
        "torgsync object adopt {called} --write-ids"
    ),
    "ids-damaged": _(
        "the import of external ids of {when} changed more than the ids; to see what, and how to go on: "
        "torgsync object adopt {called} --write-ids"
    ),
}


def notice_message(notice: Reason[Any]) -> Message:
    """Return the sentence of what a run reports meanwhile: a `Notice` with its arguments."""
    return fill(_NOTICES[notice.code], notice.args)


DELETED_BEFORE = _(
    "run {run} of {at:time} deleted its product, and Prom.ua does not accept a deleted id again: "
    "restore that product in the seller's cabinet and run `torgsync update --full-refresh`, "
    "or give the item a new `GoodID` in Torgsoft"
)
"""Why Prom refuses a good that comes back, and the ways on."""
NAMED = 5
"""Rows that the message of a refusal names."""


def _row_refused(stage: str, number: str, field: str, words: str, positions: Sequence[str]) -> Message:
    """Return why Prom refused a row of an import; positions that fit no good are named as they are."""
    refused = _refused(field, positions)
    codes = [verbatim(stage)] if stage else []
    if number:
        codes.append(_("code {number}", number=number))
    if codes:
        refused = composed("{refused} ({codes})", refused=refused, codes=joined(", ", codes))
    return composed("{refused}: {words}", refused=refused, words=words) if words else refused


def _refused(field: str, positions: Sequence[str]) -> Message:
    known, more = verbatim(", ".join(positions[:NAMED])), len(positions) - NAMED
    rows = (
        _n("{known} and {count} more row", "{known} and {count} more rows", more, known=known)
        if more > 0
        else known
    )
    if field and positions:
        return _n(
            "Prom.ua refused the field `{field}` at position {rows}",
            "Prom.ua refused the field `{field}` at positions {rows}",
            len(positions),
            field=field,
            rows=rows,
        )
    if field:
        return _("Prom.ua refused the field `{field}`", field=field)
    if positions:
        return _n(
            "Prom.ua refused the row at position {rows}",
            "Prom.ua refused the rows at positions {rows}",
            len(positions),
            rows=rows,
        )
    return _("Prom.ua refused the row")


def _text_cut(field: str, length: int, ending: str) -> Message:
    return _n(
        "{field}: Prom.ua cut it to {count} character, it ends with `{ending}`",
        "{field}: Prom.ua cut it to {count} characters, it ends with `{ending}`",
        length,
        field=field_word(field),
        ending=ending,
    )


def _photos_unfetched(missing: int, sent: int, status: str = "") -> Message:
    lost = _n(
        "Prom.ua could not fetch {missing} of {count} photo",
        "Prom.ua could not fetch {missing} of {count} photos",
        sent,
        missing=missing,
    )
    return _("{lost}: the address answered with {status}", lost=lost, status=status) if status else lost


SENTENCES: dict[OutcomeCode, Sentence] = {
    OutcomeCode.PROM_SAID: lambda words: verbatim("; ".join(words)) if words else _("no reason was given"),
    OutcomeCode.FAILED: composed("{problem}"),
    OutcomeCode.END_UNKNOWN: _("it was sent, and the result is unknown: {problem}"),
    OutcomeCode.ROW_REFUSED: _row_refused,
    OutcomeCode.NO_REASON: _("Prom.ua did not create the product and gave no reason"),
    OutcomeCode.DELETED_BEFORE: DELETED_BEFORE,
    OutcomeCode.NOT_CONFIRMED: _("Prom.ua did not confirm it"),
    OutcomeCode.OLD_VALUE_SHOWN: _("Prom.ua accepted the edit and still shows the old value"),
    OutcomeCode.OTHER_VALUE_SHOWN: _("Prom.ua accepted the edit and shows another value"),
    OutcomeCode.NOT_ON_PROM: _("it is not on Prom.ua any more; the next run creates it again"),
    OutcomeCode.IMPORT_TOO_LONG: _("Prom.ua did not finish the import in time"),
    OutcomeCode.IMPORT_HUNG: _("Prom.ua did not process it: its import hangs"),
    OutcomeCode.IMPORT_HUNG_AGAIN: _(
        "Prom.ua did not process it: its import hangs, as the one before did; "
        "it is not sent again until it changes"
    ),
    OutcomeCode.SENDER_DIED: _("Prom.ua's answer to its import never arrived"),
    OutcomeCode.DECLINED: _("not sent: a person said no"),
    OutcomeCode.STOPPED: _("not reached: stopped by a person"),
    OutcomeCode.NOT_REACHED: _("not reached: {problem}"),
    OutcomeCode.IMPORTS_USED_UP: _(
        "today's imports are used up; it will be sent with the first run after {free:time}"
    ),
    OutcomeCode.IMPORT_LEFT: _("sent with an import; the next run looks up the result"),
    OutcomeCode.PHOTOS_UNPUBLISHED: lambda photos, called: _(
        "not sent yet: {photos} could not be published; `torgsync photos publish -o {called}` shows why",
        photos=photo_count(photos),
        called=called,
    ),
    OutcomeCode.IMPORT_WAITS: _("not sent yet: an earlier import has to end first"),
    OutcomeCode.IMPORT_IN_TURN: _("not sent yet: the next run for imports sends it"),
    OutcomeCode.REMOVALS_AFTER_FAILURE: _("products are removed only when everything before went well"),
    OutcomeCode.REMOVALS_BEFORE_IMPORT_END: _("products are removed only after the import has ended"),
    OutcomeCode.MOVED: composed("{problem}"),
    OutcomeCode.FOUND_DONE: _("a later check found it done"),
    OutcomeCode.RUN_ENDED_BEFORE: _("not reached: the run ended before it"),
    OutcomeCode.MADE_IN_PART: _("created, but not yet complete when the run ended"),
    OutcomeCode.TEXT_CUT: _text_cut,
    OutcomeCode.PHOTOS_UNFETCHED: _photos_unfetched,
}


def reasons_message(reasons: Iterable[OutcomeReason]) -> Message:
    """Return the sentences of an outcome's reasons, "" for none."""
    return joined("; ", filter(None, map(_sentence, reasons)))


def _sentence(reason: OutcomeReason) -> Message:
    args: dict[str, Any] = dict(reason.args)
    if codes := args.pop("problem", ()):
        args = {"problem": problem_message(Problem(tuple(codes), args))}
    return fill(SENTENCES[reason.code], args)


def shown_word(arg: object) -> object:
    """Return an argument of a log's record as a person reads it: a word for a code."""
    if isinstance(arg, Outcome):
        return translated(WORDS[arg])
    if isinstance(arg, Verb):
        return translated(VERBS[arg])
    return translated(arg) if isinstance(arg, str) else arg


def render_reasons(record: logging.LogRecord) -> bool:
    """Put the sentences of outcomes into a record of the log; a filter of a handler."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_worded, record.args))
    return True


def _worded(arg: object) -> object:
    reasons = isinstance(arg, tuple) and all(isinstance(reason, Reason) for reason in arg)
    return reasons_message(arg) if reasons and isinstance(arg, tuple) else arg
