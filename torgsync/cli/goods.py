"""`torgsync goods`: list and find items, and explain one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_json, print_table
from torgsync.cli.messages.goods import site_message, stock_message
from torgsync.core.product.fields import FIELDS, encode
from torgsync.core.shell import quoted
from torgsync.i18n import _, _n, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.catalog.goods import GoodList, ListedGood

PAGE = 50
"""Items that a table shows unless a number is given; the help of `--limit` says so too."""
COLUMNS = (
    "good_id", "sku", "gtin", "mpn", "title", "groups", "price", "quantity", "presence", "row", "reason",
    "prom_id", "status",
)  # fmt: skip
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", help=_("At most this many; a table shows 50 if not given."), metavar="N", min=1),
]
OffsetOption = Annotated[int, typer.Option("--offset", help=_("Skip the first N."), metavar="N", min=0)]


def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
) -> None:
    """List the items of the last export.

    Items that left it and are still on Prom.ua are listed too. No request is sent.
    """
    program = program_of(context, output)
    from torgsync.jobs.catalog.goods import list_goods

    file = program.object(wanted)
    with program.job(file) as job:
        found = list_goods(job, skip=offset, most=_most(limit, output))
        command = f"torgsync goods list -o {file.called}"
        _print_goods(program, output, file.settings.name, found, offset, limit, command)


def find(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(help=_("Id, article, barcode, group, or words of the name."), metavar="WORD"),
    ],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
) -> None:
    """Find items by words, id, article or barcode.

    All words must match; the best matches come first. No request is sent.
    """
    program = program_of(context, output)
    from torgsync.jobs.catalog.goods import GoodList, find_goods

    file = program.object(wanted)
    with program.job(file) as job:
        goods = find_goods(job, words)
    found = GoodList(iter(goods[offset:][: _most(limit, output)]), len(goods))
    command = f"torgsync goods find {' '.join(map(quoted, words))} -o {file.called}"
    _print_goods(program, output, file.settings.name, found, offset, limit, command)


def _most(limit: int | None, output: Format) -> int | None:
    return PAGE if limit is None and output is Format.TABLE else limit


def _print_goods(
    program: Program,
    output: Format,
    name: str,
    found: GoodList,
    offset: int,
    limit: int | None,
    command: str,
) -> None:
    """Print goods; where there are more, `command` with an offset shows the next ones."""
    program.hide_progress()
    most = _most(limit, output)
    end = found.total if most is None else min(offset + most, found.total)
    if output is Format.JSON:
        following = end if end < found.total else None
        head = {"schema": SCHEMA, "object": name, "total": found.total, "next": following}
        print_json(head, {"goods": map(_document, found.goods)})
    elif output is Format.CSV:
        print_csv(map(_flat, found.goods), COLUMNS)
    elif offset >= found.total:
        program.notify(
            _n("there is only {count} item", "there are only {count} items", found.total)
            if found.total
            else _("`{name}` has no such item", name=name)
        )
    else:
        headings = (_("id"), _("article"), _("name"), _("price"), _("stock"), verbatim("Prom.ua"))
        print_table(program, headings, map(_cells, found.goods))
        if end < found.total:
            size = f" --limit {limit}" if limit else ""
            program.print(
                _n(
                    "{first} to {last} of {count} item; the next ones:",
                    "{first} to {last} of {count} items; the next ones:",
                    found.total,
                    first=offset + 1,
                    last=end,
                )
            )
            program.print(verbatim(f"{command}{size} --offset {end}"), 2)


def _document(good: ListedGood) -> dict[str, object]:
    values = good.values
    coded = {
        name: encode(FIELDS[name], values.get(name))
        for name in ("sku", "gtin", "mpn", "price", "quantity", "presence")
    }
    return {
        "good_id": good.good_id,
        "sku": coded["sku"],
        "gtin": coded["gtin"],
        "mpn": coded["mpn"],
        "title": good.title or None,
        "groups": list(good.groups),
        "price": coded["price"],
        "quantity": coded["quantity"],
        "presence": coded["presence"],
        "row": str(good.row_status) if good.row_status else None,
        "reason": str(good.reason) or None,
        "prom_id": good.prom_id or None,
        "status": good.status or None,
    }


def _flat(good: ListedGood) -> dict[str, object]:
    return _document(good) | {"groups": " > ".join(good.groups)}


def _cells(good: ListedGood) -> Iterator[object]:
    yield good.good_id
    yield good.values.get("sku")
    yield good.title
    yield good.price
    yield stock_message(good.values)
    yield site_message(good)
