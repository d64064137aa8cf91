"""The errors for ids and groups that the export does not have, with those that are near."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from torgsync.core.shell import command
from torgsync.core.text import did_you_mean
from torgsync.errors import UsageError
from torgsync.i18n import NOTHING, Message, _, _n, joined
from torgsync.jobs.context import JobContext

NEAR = 5
"""Ids and groups that a message names."""


def unknown_goods(context: JobContext, good_ids: Sequence[str], ids: Collection[str]) -> UsageError:
    """Return the error for ids that no good has, with those that are near."""
    first, more = good_ids[0], len(good_ids) - 1
    others = (
        _n(" (nor one with {count} other id)", " (nor those with {count} other ids)", more)
        if more
        else NOTHING
    )
    return UsageError(
        _(
            "`{object}` has no item with the id `{id}`{others}{near}",
            object=context.object.name,
            id=first,
            others=others,
            near=near_words(first, ids),
        ),
        hint=_(
            "find it: {command}",
            command=command("goods find", first, options=f"-o {context.file.called}"),
        ),
    )


def unknown_group(group: str, names: Collection[str]) -> UsageError:
    """Return the error for a group that the export does not have, with those that are near."""
    some = [f"`{name}`" for name in sorted(names)[: NEAR * 2]]
    more = [_("{count} more", count=len(names) - len(some))] if len(names) > len(some) else []
    return UsageError(
        _("the export has no group `{group}`{near}", group=group, near=near_words(group, names)),
        hint=_("its groups are {groups}", groups=joined(", ", [*some, *more]))
        if names
        else _("to choose by groups, map a column to `group`"),
    )


def near_words(word: str, known: Iterable[str]) -> Message:
    """Return `; similar: `a`, `b`` for the known words near to one, in any case; else nothing."""
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), sorted(folded), n=NEAR)
    return _("; similar: {words:quoted}", words=[folded[name] for name in near]) if near else NOTHING


def unknown_good(good_id: str, called: str, ids: Iterable[str], problem: Message) -> UsageError:
    """Return the error for an id that neither state nor export has; `problem` is why it is not read."""
    near = get_close_matches(good_id, sorted(ids), n=5)
    message = (
        _("neither the state nor the export has an item `{id}`{near}; the export cannot be read: {problem}")
        if problem
        else _("neither the state nor the export has an item `{id}`{near}")
    )
    hint = _("similar ids: {near:quoted}\nfind it: {command}") if near else _("find it: {command}")
    return UsageError(
        message.filled(id=good_id, near=did_you_mean(good_id, near), problem=problem),
        hint=hint.filled(near=near, command=command("goods find", good_id, options=f"-o {called}")),
    )
