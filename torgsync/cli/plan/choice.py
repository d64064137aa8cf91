"""The options that choose what of a plan may be sent; the rest stays pending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import separated
from torgsync.core.product.field_words import field_word
from torgsync.core.product.fields import FIELDS, TARGETS
from torgsync.core.text import nearest
from torgsync.errors import UsageError
from torgsync.i18n import NOTHING, Message, _, translated

if TYPE_CHECKING:
    from torgsync.core.plan.choice import Choice

FieldsOption = Annotated[
    list[str] | None,
    typer.Option("--fields", help=_("Only these product fields."), metavar="FIELD,…", callback=separated),
]
GoodOption = Annotated[
    list[str] | None,
    typer.Option("--good", help=_("Only these items, by their ids."), metavar="ID,…", callback=separated),
]
GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        help=_("Only items of this group and its subgroups, no removals; repeatable."),
        metavar="GROUP",
    ),
]
FirstOption = Annotated[
    int | None,
    typer.Option("--first", help=_("Only the first N items with changes, no removals."), metavar="N", min=1),
]


def choice_of(
    fields: Sequence[str] | None,
    goods: Sequence[str] | None,
    groups: Sequence[str] | None,
    first: int | None,
) -> Choice:
    """Return what these options choose. Raises UsageError where they name nothing or exclude each other."""
    if goods and (groups or first):
        raise UsageError(
            _("`--good` cannot be given with `--group` or `--first`"),
            hint=_("give either `--good`, or `--group` and `--first`"),
        )
    names = tuple(dict.fromkeys(name for text in groups or () if (name := text.strip())))
    if groups and not names:
        raise UsageError(_("`--group` names no group"), hint=_("leave it out to have all groups"))
    from torgsync.core.plan.choice import Choice

    return Choice(field_names(fields), tuple(goods or ()), names, first or 0)


def field_names(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the product fields named by `--fields`, also by targets of columns, which set one or several.

    Raises UsageError for a field that there is not.
    """
    found: dict[str, None] = {}
    for name in names or ():
        found |= dict.fromkeys((name,) if name in FIELDS else TARGETS.get(name, ()))
        if name not in FIELDS and name not in TARGETS:
            raise UsageError(
                _("there is no field `{name}`{near}", name=name, near=_near_field(name)),
                hint=_("the fields are {fields:quoted}", fields=list(FIELDS)),
            )
    return tuple(found)


def _near_field(name: str) -> Message:
    """Return which field may be meant, also by the word that people read for it."""
    called = {translated(field_word(field)).casefold(): field for field in FIELDS}
    meant = nearest(name.casefold(), [*called, *FIELDS])
    return _("; did you mean `{near}`?", near=called.get(meant, meant)) if meant else NOTHING
