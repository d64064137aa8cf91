"""`torgsync object adopt`: take over a shop that has products already. Nothing is written to Prom.ua."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, NameArgument
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.core.text import counted
from torgsync.errors import Exit

if TYPE_CHECKING:
    from torgsync.core.plan.adopt import AmbiguousMatch, GoodIdentity, Matching, ProductIdentity, ProductMatch
    from torgsync.files.config.objects import ObjectFile

SCREENFUL = 10
"""Lines of one kind that are shown before the rest is counted."""
_RULES = {
    "external-id": "external id",
    "sku": "article",
    "barcode": "barcode",
    "name": "name",
    "decision": "a person's decision",
}


def adopt(
    context: typer.Context,
    name: NameArgument = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            help="CSV that says of ambiguous goods which product they are: good_id, prom_id or `new`.",
            metavar="FILE",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show; remember nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List everything.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Take over a shop that has products: tell which product is which good. Nothing changes on Prom.ua."""
    program = program_of(context)
    program.format(form)
    from torgsync.files.plan.decisions import read_decisions
    from torgsync.jobs.connect import connect_unverified
    from torgsync.jobs.plan.adopt import match_shop, take_over
    from torgsync.jobs.run import refuse_held, running

    file = program.object(name)
    decide = partial(read_decisions, decisions) if decisions else None
    with program.job(file) as job:
        refuse_held(job)
        with running(job) as run, connect_unverified(job, run) as prom:
            matching = match_shop(job, prom, decide)
            if form is Format.TABLE:
                _print_table(program, file, matching, every=every)
            agreed = not dry_run and _agreed(program, form, yes=yes)
            if agreed:
                take_over(job, prom, matching)
            run.exit_code = Exit.HELD if agreed and matching.ambiguous else Exit.DONE
            with job.transaction(durable=False) as work:
                fresh = work.history.count() == 1
    program.hide_progress()
    if form is Format.JSON:
        _print_json(file, matching, adopted=agreed, code=run.exit_code)
    elif form is Format.CSV:
        _print_csv(matching)
    elif agreed:
        _notify_next(program, file, matching, fresh=fresh)
    else:
        program.notify("nothing was taken over")
    raise typer.Exit(int(run.exit_code))


def _agreed(program: Program, form: Format, *, yes: bool) -> bool:
    if yes or not program.asks or form is not Format.TABLE:
        return True
    return typer.confirm("Take the shop over like this?", default=False, err=True)


# For people


def _print_table(program: Program, file: ObjectFile, matching: Matching, *, every: bool) -> None:
    most = None if every else SCREENFUL
    by = _counts(matching.matched)
    told = ", ".join(f"{number} by {rules}" for rules, number in by.items())
    program.print(f"{file.settings.name}: {counted(len(matching.matched), 'good')} matched" + _after(told))
    renamed = [one for one in matching.matched if str(one.by[0]) != "external-id"]
    _list(program, (_pair(one) for one in renamed), len(renamed), most)
    goods = sum(len(doubt.goods) for doubt in matching.ambiguous)
    program.print(f"{counted(goods, 'good')} ambiguous: each waits until you say which product it is")
    _list(program, map(_doubt_words, matching.ambiguous), len(matching.ambiguous), most)
    program.print(f"{counted(len(matching.unmatched_goods), 'good')} only in the export: new on Prom.ua")
    here = (f"{good.good_id}  {good.title}" for good in matching.unmatched_goods)
    _list(program, here, len(matching.unmatched_goods), most)
    program.print(f"{counted(len(matching.unmatched_products), 'product')} only on Prom.ua: foreign")
    there = (_product(product) for product in matching.unmatched_products)
    _list(program, there, len(matching.unmatched_products), most)


def _after(told: str) -> str:
    return f": {told}" if told else ""


def _list(program: Program, lines: Iterable[str], number: int, most: int | None) -> None:
    for line in islice(lines, most):
        program.print(f"  {line}", 6)
    if most is not None and number > most:
        program.print(f"  … and {number - most} more; `--all` lists them")


def _counts(matched: Sequence[ProductMatch]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in matched:
        rules = " and ".join(_RULES[rule] for rule in one.by)
        found[rules] = found.get(rules, 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _pair(one: ProductMatch) -> str:
    rules = " and ".join(_RULES[rule] for rule in one.by)
    return f"{one.good.good_id}  {one.good.title} = {_product(one.product)}, by {rules}"


def _product(product: ProductIdentity) -> str:
    external = f" ({product.external_id})" if product.external_id else ""
    return f"Prom {product.prom_id}{external}  {product.title}"


def _doubt_words(doubt: AmbiguousMatch) -> str:
    goods = ", ".join(good.good_id for good in doubt.goods)
    products = ", ".join(product.prom_id for product in doubt.products)
    title = doubt.goods[0].title
    return f"{goods}  {title} = any of Prom {products}, by {_RULES[doubt.by]}"


def _notify_next(program: Program, file: ObjectFile, matching: Matching, *, fresh: bool) -> None:
    program.notify(f"`{file.settings.name}` is taken over; nothing was changed on Prom.ua")
    if fresh:
        program.notify("how many imports were used today is not known: the seller's cabinet lists them")
    called = file.called
    if matching.ambiguous:
        program.notify(
            f"hint: torgsync object adopt {called} --format csv > decisions.csv; leave one line a good"
        )
        program.notify("  and write `new` as prom_id of a good that is none of them, then:")
        program.notify(f"  torgsync object adopt {called} --decisions decisions.csv")
    program.notify(f"next: torgsync update -o {called}")


# For programs


def _print_json(file: ObjectFile, matching: Matching, *, adopted: bool, code: Exit) -> None:
    from torgsync.cli.base.render import print_json

    print_json(
        {"schema": SCHEMA, "object": file.settings.name, "adopted": adopted},
        {
            "matched": (
                _good(one.good) | _there(one.product) | {"by": list(map(str, one.by))}
                for one in matching.matched
            ),
            "ambiguous": (
                {
                    "by": str(doubt.by),
                    "goods": list(map(_good, doubt.goods)),
                    "products": list(map(_there, doubt.products)),
                }
                for doubt in matching.ambiguous
            ),
            "only_here": map(_good, matching.unmatched_goods),
            "only_there": map(_there, matching.unmatched_products),
        },
        {"exit": int(code)},
    )


def _good(good: GoodIdentity) -> dict[str, object]:
    return {"good_id": good.good_id, "title": good.title}


def _there(product: ProductIdentity) -> dict[str, object]:
    return {
        "prom_id": product.prom_id,
        "external_id": product.external_id or None,
        "title_on_prom": product.title,
        "status": product.status or None,
    }


def _print_csv(matching: Matching) -> None:
    from torgsync.cli.base.render import print_csv

    print_csv(_rows(matching))


def _rows(matching: Matching) -> Iterator[Mapping[str, object]]:
    """Yield a row a pair, so that a person need only delete those that are wrong; ambiguous goods first."""
    for doubt in matching.ambiguous:
        for good in doubt.goods:
            for product in doubt.products:
                yield _row("ambiguous", str(doubt.by), good, product)
    for one in matching.matched:
        yield _row("matched", " ".join(one.by), one.good, one.product)
    for good in matching.unmatched_goods:
        yield _row("only-here", "", good, None)
    for product in matching.unmatched_products:
        yield _row("only-there", "", None, product)


def _row(
    story: str, by: str, good: GoodIdentity | None, product: ProductIdentity | None
) -> dict[str, object]:
    return {
        "story": story,
        "by": by,
        "good_id": good.good_id if good else "",
        "title": good.title if good else "",
        "prom_id": product.prom_id if product else "",
        "external_id": product.external_id if product else "",
        "title_on_prom": product.title if product else "",
    }
