"""Problems: an error says the same as what is stored of it."""

from __future__ import annotations

import pytest

from torgsync.core.problems import ProblemCode, error_of, problem, problem_message, problem_of
from torgsync.errors import Problem, Temporary
from torgsync.i18n import verbatim

REFUSED = problem(ProblemCode.REFUSED, path="/products/import_file", status=400, words="зачекайте")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (REFUSED, "Prom.ua refused `/products/import_file` (400): зачекайте"),
        (problem(ProblemCode.REFUSED, path="/a", words=""), "Prom.ua refused `/a`: no reason was given"),
        (
            problem(ProblemCode.REFUSED, path="/delivery/save_declaration_id", words="ні"),
            "Prom.ua refused the parcel number: ні",
        ),
        (
            problem(ProblemCode.NOT_FOUND, path="/chat/send_order_context"),
            "Prom.ua did not find the order (the message to the buyer)",
        ),
        (
            problem(ProblemCode.IMPORT_NOT_TAKEN, REFUSED),
            "Prom.ua does not accept an import now: Prom.ua refused `/products/import_file` (400): зачекайте",
        ),
        (
            problem(
                ProblemCode.GIVEN_UP,
                problem(
                    ProblemCode.EDIT_LOST,
                    problem(ProblemCode.SERVER_ERROR, path="/a", status=500),
                    items=1,
                    of="products",
                ),
                requests=3,
                tries=15,
            ),
            (
                "3 requests in a row failed (tries: 15), and this run sends no more; "
                "the last cause: an edit of 1 product was sent and its answer was lost: Prom.ua is in "
                "trouble: it answered 500 to `/a`"
            ),
        ),
        (
            problem(ProblemCode.IMPORT_RUNNING, offers=2, sent="2026-03-02T10:00:00+00:00"),
            "Prom.ua is still working on the import of 2 products sent 2026-03-02 12:00",
        ),
        (
            problem(ProblemCode.IMPORT_BLOCKED, since="2026-03-02T10:00:00+00:00"),
            (
                "another import seems to hang in the shop: because of it, Prom.ua has accepted no import "
                "of this program since 2026-03-02 12:00"
            ),
        ),
        (
            problem(
                ProblemCode.LEASE_TAKEN,
                object="My Prom",
                user="olena",
                host="PC",
                pid=7,
                since="2026-03-02T10:00:00+00:00",
            ),
            (
                "`My Prom` was taken over by another run: olena on PC, process 7, since 2026-03-02 12:00; "
                "this run was silent for too long and sends no more"
            ),
        ),
    ],
)
def test_problems_read_as_sentences(what: Problem, message: str) -> None:
    """A consequence has the sentence of its cause in its own."""
    assert problem_message(what) == message


def test_an_error_has_the_message_of_its_problem() -> None:
    """What is shown at once and what is shown from the state later are the same sentence."""
    error = error_of(Temporary, REFUSED, verbatim("wait"))
    assert (error.message, error.hint, problem_of(error)) == (problem_message(REFUSED), "wait", REFUSED)
    assert problem_of(Temporary(verbatim("the state is locked"))) == problem(
        ProblemCode.OTHER, kind="temporary"
    )


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_a_sentence(code: ProblemCode) -> None:
    """With the arguments that it names."""
    names = ("path", "status", "server", "words", "key", "shop", "right", "requests", "tries", "field")
    more = ("kind", "object", "user", "host", "pid", "outbox", "good_id", "prom_id", "line", "order")
    last = ("carrier", "parcel", "group", "center", "known", "column", "place", "run", "at", "guard", "other")
    args: dict[str, str | int] = dict.fromkeys((*names, *more, *last), "x")
    args |= dict.fromkeys(("sent", "since"), "2026-03-02T10:00:00+00:00")
    assert problem_message(Problem((code,), args))
