"""The sentences of outcomes: every code has one, from its arguments alone."""

from __future__ import annotations

import logging

import pytest

from torgsync.cli.messages.obstacles import OBSTACLES
from torgsync.cli.messages.outcomes import (
    SENTENCES,
    STAGES,
    notice_message,
    reasons_message,
    render_reasons,
)
from torgsync.core.plan.channels import RowError
from torgsync.core.plan.import_rows import row_reason
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReason, because_of, prom_said, reason_of
from torgsync.core.plan.rollback import Obstacle
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.reason import Arg, Reason
from torgsync.errors import Temporary, TorgsyncError
from torgsync.i18n import verbatim
from torgsync.jobs.context import Stage
from torgsync.jobs.push.execute import Notice

BUSY = error_of(Temporary, problem(ProblemCode.BUSY, path="/products/list"))


def reason(code: OutcomeCode, **args: Arg) -> OutcomeReason:
    return Reason(code, args)


def test_every_code_has_a_sentence() -> None:
    """No outcome is shown as a bare code."""
    assert set(SENTENCES) == set(OutcomeCode)


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        ([], ""),
        ([prom_said("Поле price: занадто мала", "validation")], "Поле price: занадто мала; validation"),
        ([because_of(OutcomeCode.NOT_REACHED, BUSY)], f"not reached: {BUSY.message}"),
        ([because_of(OutcomeCode.FAILED, BUSY)], BUSY.message),
        (
            [because_of(OutcomeCode.END_UNKNOWN, TorgsyncError(verbatim("the disk is full")))],
            "it was sent, and the result is unknown: it ended with an error of the kind `error`",
        ),
        (
            [reason_of(OutcomeCode.MOVED, problem(ProblemCode.CHANGED_ON_PROM, field="price"))],
            "its price changed on Prom.ua since the plan was made",
        ),
        (
            [reason(OutcomeCode.IMPORTS_USED_UP, free="2026-03-02T10:00:00+00:00")],
            "today's imports are used up; it will be sent with the first run after 2026-03-02 12:00",
        ),
        (
            [row_reason(RowError("validation", "1001", "name"))],
            "Prom.ua refused the field `name` (validation, code 1001)",
        ),
        (
            [row_reason(RowError("", "", "", "зламано", ("1", "2", "3", "4", "5", "6")))],
            "Prom.ua refused the rows at positions 1, 2, 3, 4, 5 and 1 more row: зламано",
        ),
        (
            [
                prom_said("гаразд"),
                reason(OutcomeCode.TEXT_CUT, field="name", length=1, ending="і"),
                reason(OutcomeCode.PHOTOS_UNFETCHED, missing=1, sent=3),
                reason(OutcomeCode.PHOTOS_UNFETCHED, missing=1, sent=1, status="404"),
            ],
            (
                "гаразд; name: Prom.ua cut it to 1 character, it ends with `і`; "
                "Prom.ua could not fetch 1 of 3 photos; "
                "Prom.ua could not fetch 1 of 1 photo: the address answered with 404"
            ),
        ),
    ],
)
def test_reasons_read_as_sentences(reasons: list[OutcomeReason], message: str) -> None:
    """Several reasons of one outcome are one line; Prom's own words stay as they are."""
    assert reasons_message(reasons) == message


@pytest.mark.parametrize("count", [1, 2])
def test_notices_read_as_sentences(count: int) -> None:
    """Each notice has its sentence, in the singular and in the plural."""
    changes = ["change left open by an earlier run was", "changes left open by an earlier run were"][
        count - 1
    ]
    assert notice_message(Reason(Notice.EARLIER_RECONCILED, {"count": count})) == (
        f"{count} {changes} looked up on Prom.ua"
    )
    args: dict[str, Arg] = {"count": count, "when": "today", "called": "my-prom"}
    assert all(notice_message(Reason(notice, args)) for notice in Notice)


def test_the_log_has_sentences() -> None:
    """Jobs log reasons as data; what is written has their sentences, and other arguments as they are."""
    reasons = (reason(OutcomeCode.DECLINED),)
    record = logging.LogRecord("torgsync", logging.INFO, "", 1, "%d changes: %s", (2, reasons), None)
    assert render_reasons(record)
    assert record.getMessage() == "2 changes: not sent: a person said no"
    plain = logging.LogRecord("torgsync", logging.INFO, "", 1, "the run begins", None, None)
    assert render_reasons(plain)
    assert plain.getMessage() == "the run begins"


def test_every_stage_and_obstacle_has_words() -> None:
    """What a job is doing, and what a rollback cannot undo."""
    assert (set(STAGES), set(OBSTACLES)) == (set(Stage), set(Obstacle))
