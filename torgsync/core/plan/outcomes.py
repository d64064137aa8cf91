"""What happened to a change of a plan, and why, as data. `cli/messages/outcomes.py` has the sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from torgsync.core.problems import problem_of
from torgsync.core.reason import Reason, write_json
from torgsync.errors import Problem, TorgsyncError


class Outcome(StrEnum):
    """What happened to a change."""

    DONE = "done"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    DEFERRED = "deferred"


class OutcomeCode(StrEnum):
    """Why a change has its outcome, or what Prom made of a change that is done; with its arguments."""

    # Refused or unclear
    PROM_SAID = "prom-said"  # words: a list of texts in Prom's own words
    FAILED = "failed"  # the problem of the request
    END_UNKNOWN = "end-unknown"  # the problem that kept it from being read back
    ROW_REFUSED = "row-refused"  # stage, number, field, words, positions: rows that fit no good
    NO_REASON = "no-reason"
    DELETED_BEFORE = "deleted-before"  # run: that deleted its product; at: when, ISO 8601 in UTC
    NOT_CONFIRMED = "not-confirmed"
    OLD_VALUE_SHOWN = "old-value-shown"
    OTHER_VALUE_SHOWN = "other-value-shown"
    NOT_ON_PROM = "not-on-prom"
    IMPORT_TOO_LONG = "import-too-long"
    IMPORT_HUNG = "import-hung"
    IMPORT_HUNG_AGAIN = "import-hung-again"
    SENDER_DIED = "sender-died"
    # Not sent, or not yet known
    DECLINED = "declined"
    STOPPED = "stopped"
    NOT_REACHED = "not-reached"  # the problem that ended the run
    IMPORTS_USED_UP = "imports-used-up"  # free: when an import is free again, ISO 8601 in UTC
    IMPORT_LEFT = "import-left"
    IMPORT_WAITS = "import-waits"
    IMPORT_IN_TURN = "import-in-turn"  # another run of the fleet sends it
    PHOTOS_UNPUBLISHED = "photos-unpublished"  # photos: how many, called: the object
    REMOVALS_AFTER_FAILURE = "removals-after-failure"
    REMOVALS_BEFORE_IMPORT_END = "removals-before-import-end"
    MOVED = "moved"  # the problem why a saved change is not pending any more
    # Found out by a later run
    FOUND_DONE = "found-done"
    RUN_ENDED_BEFORE = "run-ended-before"
    MADE_IN_PART = "made-in-part"
    # Done, and yet not quite as sent
    TEXT_CUT = "text-cut"  # field, length, ending
    PHOTOS_UNFETCHED = "photos-unfetched"  # missing, sent


OutcomeReason = Reason[OutcomeCode]
OutcomeReasons = tuple[OutcomeReason, ...]


def because_of(code: OutcomeCode, error: TorgsyncError) -> OutcomeReason:
    """Return a reason with the problem of an error among its arguments."""
    return reason_of(code, problem_of(error))


def reason_of(code: OutcomeCode, problem: Problem) -> OutcomeReason:
    """Return a reason with a problem among its arguments."""
    return Reason(code, {"problem": list(problem.codes), **problem.args})


def because_deleted(run: int, at: datetime) -> OutcomeReason:
    """Return as a reason that a run deleted the product before."""
    return Reason(OutcomeCode.DELETED_BEFORE, {"run": run, "at": at.isoformat()})


def prom_said(*words: str) -> OutcomeReason:
    """Return Prom's own words as a reason."""
    return Reason(OutcomeCode.PROM_SAID, {"words": list(words)})


def encode_reasons(reasons: Iterable[OutcomeReason]) -> str:
    """Return reasons as one JSON text, "" for none; equal texts are equal reasons."""
    pairs = [[reason.code, reason.args] for reason in reasons]
    return write_json(pairs) if pairs else ""


def decode_reasons(text: str) -> OutcomeReasons:
    """Return the reasons of a text that `encode_reasons` made."""
    return tuple(Reason(OutcomeCode(code), args) for code, args in json.loads(text)) if text else ()
