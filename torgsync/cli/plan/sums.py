"""The sums of a plan in words: in its table, and in the question where the table goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from torgsync.cli.plan.labels import STAYS, label_width, labelled
from torgsync.core.counts import change_count, day_count, item_count, piece_count, product_count
from torgsync.core.product.field_words import field_word
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.core.plan.plan import Counts, Plan
    from torgsync.core.plan.rollback import Undone

NAMED = 20
"""Things that stay as they are which a table names; `--show all` names more."""


class SumLine(NamedTuple):
    """A line, and by how much it is indented where it goes on below."""

    text: Message
    indent: int = 2


def count_lines(counts: Counts) -> tuple[Message, Message]:
    """Return the sums of a plan in two lines."""
    kinds = _(
        "{create} to create, {update} to update, {remove} to remove",
        create=counts.create,
        update=counts.update,
        remove=counts.remove,
    )
    rest = {"skipped": counts.skipped, "unchanged": counts.unchanged, "foreign": counts.foreign}
    if not counts.held:
        return kinds, _("0 held, {skipped} skipped, {unchanged} unchanged, {foreign} foreign", **rest)
    together = counts.to_send + counts.held
    return kinds, _(
        "{changes}: {sent} to send, {held} held; {skipped} skipped, {unchanged} unchanged, {foreign} foreign",
        changes=changes_of(together, together - counts.parted),
        sent=counts.to_send,
        held=counts.held,
        **rest,
    )


def changes_of(number: int, goods: int) -> Message:
    """Return how many changes there are, of how many goods; one of which a part is held has two."""
    changes = change_count(number)
    return changes if number == goods else _("{changes} of {items}", changes=changes, items=item_count(goods))


def removed_lines(plan: Plan, currency: str, days: int) -> Iterator[Message]:
    """Yield what leaves with stock, what is deleted later, and what is deleted now, which nothing undoes.

    `days` is how long a product whose good left the export stays hidden before it is deleted.
    """
    stocked, removed = plan.removed_stock, plan.removed
    if stocked.products:
        yield _(
            "{products} will be taken down; {pieces} in stock ({worth} {currency}) will no longer be "
            "for sale",
            products=product_count(stocked.products),
            pieces=piece_count(stocked.pieces),
            worth=stocked.worth,
            currency=currency,
        )
    if removed.later:
        yield _n(
            "{count} product will be hidden now, and deleted after {days} unless its item comes back",
            "{count} products will be hidden now, and deleted after {days} unless their items come back",
            removed.later,
            days=day_count(days),
        )
    if removed.deleted:
        yield _n(
            "{count} product will be deleted for good: Prom.ua does not accept a deleted id again",
            "{count} products will be deleted for good: Prom.ua does not accept a deleted id again",
            removed.deleted,
        )


def undone_lines(back: Undone, *, every: bool = False) -> Iterator[SumLine]:
    """Yield what of a run cannot be turned back, good by good, and what comes back only in part."""
    from torgsync.cli.messages.obstacles import obstacle_message

    listed = back.remains if every else back.remains[:NAMED]
    for remain in listed:
        called = f"{remain.good_id or f'Prom {remain.prom_id}'}  {remain.title}"
        field = composed(", {field}", field=field_word(remain.field)) if remain.field else ""
        why = obstacle_message(remain)
        stays = composed("{item}{field}: {why}", item=called, field=field, why=why)
        yield SumLine(labelled(STAYS, stays), label_width())
    if rest := len(back.remains) - len(listed):
        more = _("… and {more} more; `--show all` lists them", more=rest)
        yield SumLine(labelled(STAYS, more), label_width())
    if back.held:
        named = back.held if every else back.held[:NAMED]
        items = joined(", ", named)
        if rest := len(back.held) - len(named):
            items = _("{items} and {more} more; `--show all` lists them", items=items, more=rest)
        yield SumLine(
            _n(
                "a guard held {count} change, so run {run} did not send it: {items}",
                "guards held {count} changes, so run {run} did not send them: {items}",
                len(back.held),
                run=back.run,
                items=items,
            )
        )
    if unsent := back.not_done - len(back.held):
        yield SumLine(
            _n(
                "{count} change of run {run} did not reach Prom.ua: it was refused or left for later",
                "{count} changes of run {run} did not reach Prom.ua: they were refused or left for later",
                unsent,
                run=back.run,
            )
        )
    if back.hidden:
        yield SumLine(
            _n(
                "{count} product that the run created will be hidden, not deleted: Prom.ua does not accept a "
                "deleted id again, and the next `torgsync sync` may need it",
                "{count} products that the run created will be hidden, not deleted: Prom.ua does not accept "
                "a deleted id again, and the next `torgsync sync` may need them",
                back.hidden,
            )
        )
    if back.recreated:
        yield SumLine(
            _n(
                "{count} product will be created again from what was sent last: reviews, sales, its place in "
                "lists and what was added in the cabinet do not come back; Prom.ua may refuse a deleted id",
                "{count} products will be created again from what was sent last: reviews, sales, their "
                "place in lists and what was added in the cabinet do not come back; Prom.ua may refuse a "
                "deleted id",
                back.recreated,
            )
        )


def send_question(plan: Plan) -> Message:
    """Return the question whether a plan is to be sent; it says what of it nothing undoes."""
    going, deleted = plan.counts.to_send, plan.removed.deleted
    if not deleted:
        return _n("Send {count} change to Prom.ua?", "Send {count} changes to Prom.ua?", going)
    if going == deleted:
        return _n(
            "Delete {count} product on Prom.ua for good?",
            "Delete {count} products on Prom.ua for good?",
            deleted,
        )
    return _n(
        "Send {count} change to Prom.ua? {deleted} of them cannot be undone: products deleted for good",
        "Send {count} changes to Prom.ua? {deleted} of them cannot be undone: products deleted for good",
        going,
        deleted=deleted,
    )
