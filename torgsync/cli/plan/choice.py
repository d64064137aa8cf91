"""The options that choose what of a plan may be sent; the rest stays pending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from torgsync.core.plan.choice import Choice
from torgsync.core.product.fields import FIELDS
from torgsync.core.text import did_you_mean
from torgsync.errors import UsageError

FieldsOption = Annotated[
    str | None, typer.Option("--fields", help="Only these product fields, with commas.", metavar="FIELD,…")
]
GoodOption = Annotated[
    list[str] | None,
    typer.Option("--good", help="Only these items, by their ids; repeatable.", metavar="ID,…"),
]
GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group", help="Only items of this group and below it, no removals; repeatable.", metavar="NAME"
    ),
]
FirstOption = Annotated[
    int | None,
    typer.Option("--first", help="Only the first N items with changes, no removals.", metavar="N", min=1),
]


def choice_of(
    fields: str | None, goods: Sequence[str] | None, groups: Sequence[str] | None, first: int | None
) -> Choice:
    """Return what these options choose. Raises UsageError where they name nothing or exclude each other."""
    if goods and (groups or first):
        raise UsageError(
            "`--good` names the items, `--group` and `--first` describe them",
            hint="give either `--good`, or `--group` and `--first`",
        )
    ids = _named([part for text in goods or () for part in text.split(",")], "--good", "item")
    names = _named(groups or (), "--group", "group")
    return Choice(field_names(fields), ids, names, first or 0)


def _named(texts: Sequence[str], option: str, noun: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for text in texts if (name := text.strip())))
    if texts and not names:
        raise UsageError(f"`{option}` names no {noun}", hint="leave it out to have all of them")
    return names


def field_names(text: str | None) -> tuple[str, ...]:
    """Return the product fields named by `--fields`; UsageError for one that there is not."""
    names = tuple(name for part in (text or "").split(",") if (name := part.strip()))
    if text is not None and not names:
        raise UsageError("`--fields` names no field", hint="leave it out to have all of them")
    for name in names:
        if name not in FIELDS:
            raise UsageError(f"there is no field `{name}`{did_you_mean(name, list(FIELDS))}")
    return names
