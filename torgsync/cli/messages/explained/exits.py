"""The exit codes: how a command ended."""

from __future__ import annotations

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.core.problems import TOKENS_PAGE
from torgsync.errors import Exit
from torgsync.i18n import _

EXITS: dict[Exit, Explanation] = {
    Exit.DONE: Explanation(
        _("everything is done, or there was nothing to do"),
        _("nothing needs to be done"),
        _("`torgsync sync --yes` sent all changes"),
    ),
    Exit.PENDING: Explanation(
        _(
            "with `--detailed-exitcode`: `torgsync update` found changes that can be sent (8 if all "
            "of them are held), or `torgsync sandbox compare FILE` found answers that differ"
        ),
        _("`torgsync sync` sends the changes"),
        _("`torgsync update --detailed-exitcode` shows 3 new prices"),
    ),
    Exit.HELD: Explanation(
        _(
            "it is done, but something waits for a person: a guard holds changes, orders need a look, a "
            "payment method has no cash register, or an import hangs"
        ),
        _(
            "look at what is held with `torgsync update`; correct the export, or allow it with the "
            "command that is shown there, or with `torgsync approve PLAN`; orders: `torgsync orders list "
            "--held`; payment methods without a cash register: `torgsync payments map`"
        ),
        _("all is sent but one price, which a guard holds"),
    ),
    Exit.BUSY: Explanation(
        _("another run holds the sync object; nothing was done"),
        _(
            "wait until that run has ended, then run the command again; `torgsync doctor` shows which"
            " run it is"
        ),
        _("a scheduled `torgsync sync --due` is still going on"),
    ),
    Exit.TEMPORARY: Explanation(
        _(
            "it failed for a reason that passes by itself: the network, Prom.ua overloaded or busy, "
            "today's imports used up, or an import that has not ended yet or waits for its turn"
        ),
        _("run the same command again later; nothing is sent twice"),
        _("Prom.ua answers 503, or its import takes more than 15 minutes"),
    ),
    Exit.PARTIAL: Explanation(
        _(
            "some changes were not made: Prom.ua refused them, it is unclear what became of them, or "
            "`rollback` cannot undo them; the rest is done, or a guard holds it"
        ),
        _("`torgsync history` shows the run, `torgsync history RUN` what was not made and why"),
        _("Prom.ua refuses 2 of 40 items"),
    ),
    Exit.STALE: Explanation(
        _(
            "a saved or kept plan cannot be used any more: the export, the settings or the state changed "
            "since, so that nothing of it is left that may be sent"
        ),
        _("save a new plan: `torgsync update --out PLAN`, then `torgsync sync --plan PLAN`"),
        _("the price was changed once more after `torgsync update --out PLAN`"),
    ),
    Exit.UNSAFE: Explanation(
        _("the whole run is refused as unsafe, because it could do harm; nothing was sent"),
        _(
            "the message names the reason and the command that goes on: often another shop's token, "
            "or a first run in a shop that has products (`torgsync object adopt`)"
        ),
        _("the token opens another shop than before"),
    ),
    Exit.INVALID: Explanation(
        _(
            "the sync object or the export is invalid; every mistake is listed with its place, and "
            "nothing was sent"
        ),
        _("correct the mistakes, or export again; `torgsync object check` looks without sending anything"),
        _("the export is cut in the middle of a row"),
    ),
    Exit.TOKEN: Explanation(
        _(
            "Prom.ua refused the token, it has expired, or it lacks a right, which is named; or the "
            "plan of the shop has no API"
        ),
        _(
            "{place}, create a token with the named right; then run `torgsync object edit NAME --api-key -`",
            place=TOKENS_PAGE,
        ),
        _("the token may read products, but not write them"),
    ),
    Exit.USAGE: Explanation(
        _(
            "the command line cannot be understood, leaves out what is needed, or names a file, run, "
            "order or number that cannot be used; nothing was done"
        ),
        _("read the message, or the help of the command: `torgsync COMMAND --help`"),
        _("`torgsync sync` without `--yes` and without a terminal"),
    ),
    Exit.ERROR: Explanation(
        _("an error that has no code of its own, or a question was answered with no; then nothing was sent"),
        _(
            "the message says what happened and what to do; `torgsync doctor` checks everything that "
            "a sync needs"
        ),
        _('"no" was answered to the question of `torgsync sync`'),
    ),
    Exit.INTERRUPTED: Explanation(
        _("stopped by Ctrl-C; what was done is remembered"),
        _("run the same command again; it goes on and sends nothing twice"),
        _("Ctrl-C during `torgsync sync`"),
    ),
}
"""What each exit code means and what a person can do, in the order of their gravity."""
