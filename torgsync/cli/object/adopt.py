"""`torgsync object adopt`: take over a shop that has products already.

Nothing is written to Prom.ua, but for missing external ids with `--write-ids`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.command_line import repeated
from torgsync.cli.base.commands import one_object
from torgsync.cli.base.options import FormatOption, NameArgument, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import SCREENFUL, pick, print_csv, print_json
from torgsync.core.counts import item_count, product_count
from torgsync.core.plan.adopt import AmbiguousMatch, GoodIdentity, Matching, ProductIdentity, ProductMatch
from torgsync.errors import UsageError
from torgsync.i18n import Message, _, _n, composed, joined, verbatim

if TYPE_CHECKING:
    from torgsync.cli.object.write_ids import IdsCall
    from torgsync.core.plan.adopt import Matching
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.plan.adopt import AdoptionView, Decide


def adopt(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            help=_("CSV that decides ambiguous items, with columns `good_id` and `prom_id` (or `new`)."),
            metavar="FILE",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show; save nothing."))] = False,
    write_ids: Annotated[
        bool,
        typer.Option(
            "--write-ids",
            help=_("Also write missing external ids to Prom.ua, by import: first two, then the rest."),
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help=_("With `--write-ids`: what an import damaged is corrected, so write the others.")
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    every: Annotated[bool, typer.Option("--all", help=_("List everything."))] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Take over a shop with products: match them with your items.

    Nothing changes on Prom.ua without `--write-ids`.
    """
    program = program_of(context, output)
    from torgsync.cli.object.write_ids import IdsCall
    from torgsync.jobs.plan.adopt import adopt as adopt_shop

    file = program.object(one_object(context, name, wanted))
    decide = _decider(decisions) if decisions else None
    command = f"object adopt {file.called}"
    shows, takes = (repeated(context, command, flag) for flag in ("--dry-run", "--yes"))
    ids = None
    if again and not write_ids:
        raise UsageError(_("`--again` needs `--write-ids`"))
    if write_ids:
        ids = IdsCall(program, file, output, yes=yes, dry_run=dry_run, every=every, again=again)
        program.require_decision(yes or dry_run, shows, takes)

    with program.job(file) as job, job.stop.handling_signals():

        def agree(matching: Matching) -> bool | None:
            if output is Format.TABLE:
                _print_matching(program, file, matching, every=every)
            with job.stop.interruptible():
                return None if dry_run else yes or _agreed(program, matching, takes, shows)

        view = adopt_shop(job, decide, agree, ids.writer(job) if ids else None)
    program.hide_progress()
    if output is Format.JSON:
        _print_matching_json(file, view, ids)
    else:
        if output is Format.CSV:
            print_csv(_render_rows(view.matching))
        elif not view.adopted:
            program.notify(_("nothing was taken over"))
        if ids and view.ids:
            ids.print_view(view.ids)
        if output is Format.TABLE and view.adopted and not (view.ids and view.ids.trouble):
            _notify_next(program, file, view)
    raise typer.Exit(int(view.exit_code))


def _decider(path: Path) -> Decide:
    """Return what reads a file of decisions. Raises NamedFileInvalid where it is none."""
    from torgsync.files.plan.decisions import read_decisions, text_of_decisions

    text_of_decisions(path)
    return partial(read_decisions, path)


def _agreed(program: Program, matching: Matching, takes: str, shows: str) -> bool:
    """Return whether a shop is to be taken over; `takes` is the command that asks nothing, `shows` looks.

    Raises UsageError where there is no terminal to ask on and it looks like a stranger's.
    """
    others = len(matching.unmatched_products)
    strange = bool(others) and not (matching.matched or matching.ambiguous)
    doubt = _n(
        "the only product on Prom.ua matches no item of this export; is this your shop?",
        "none of the {count} products on Prom.ua matches an item of this export; is this your shop?",
        others,
    )
    if not program.asks:
        if strange:
            hint = _("look at it: {shows}\nand if it is yours: {takes}", shows=shows, takes=takes)
            raise UsageError(doubt, hint=hint)
        return True
    question = _("Take over the shop like this?")
    if not program.shows_data:
        sums = _(
            "matched: {matched}; ambiguous: {ambiguous}; "
            "only in the export: {here}; only on Prom.ua: {there}",
            matched=item_count(len(matching.matched)),
            ambiguous=len(matching.ambiguous),
            here=len(matching.unmatched_goods),
            there=product_count(others),
        )
        question = composed("{sums}\n{question}", sums=sums, question=question)
    return program.confirm(
        composed("! {doubt}\n{question}", doubt=doubt, question=question) if strange else question
    )


_RULES: dict[str, Message] = {
    "external-id": _("external id"),
    "sku": _("article"),
    "barcode": _("barcode"),
    "name": _("name"),
    "decision": _("your decision"),
}
"""By what a product was matched."""


def _print_matching(program: Program, file: ObjectFile, matching: Matching, *, every: bool) -> None:
    """Print the pairs, the doubts and what is only on one side: the first of each, or all with `every`."""
    most = None if every else SCREENFUL
    by = Counter(pair.by for pair in matching.matched).most_common()
    rules = joined(
        ", ", (_("{count} by {rule}", count=number, rule=_rules_message(rule)) for rule, number in by)
    )
    matched = _n("{count} item matched", "{count} items matched", len(matching.matched))
    program.print(
        composed("{name}: {matched}: {rules}", name=file.settings.name, matched=matched, rules=rules)
        if by
        else composed("{name}: {matched}", name=file.settings.name, matched=matched)
    )
    renamed = [pair for pair in matching.matched if str(pair.by[0]) != "external-id"]
    _print_lines(program, (_render_pair(pair) for pair in renamed), len(renamed), most)
    goods = sum(len(doubt.goods) for doubt in matching.ambiguous)
    program.print(
        _("0 items ambiguous")
        if not goods
        else _n(
            "{count} item ambiguous: it waits until you decide which product it is",
            "{count} items ambiguous: each waits until you decide which product it is",
            goods,
        )
    )
    _print_lines(program, map(_render_doubt, matching.ambiguous), len(matching.ambiguous), most)
    program.print(
        _n(
            "{count} item only in the export: new on Prom.ua",
            "{count} items only in the export: new on Prom.ua",
            len(matching.unmatched_goods),
        )
    )
    here = (verbatim(f"{good.good_id}  {good.title}") for good in matching.unmatched_goods)
    _print_lines(program, here, len(matching.unmatched_goods), most)
    program.print(
        _n(
            "{count} product only on Prom.ua: foreign",
            "{count} products only on Prom.ua: foreign",
            len(matching.unmatched_products),
        )
    )
    there = (verbatim(_render_product(product)) for product in matching.unmatched_products)
    _print_lines(program, there, len(matching.unmatched_products), most)


def _print_lines(program: Program, lines: Iterable[Message], number: int, most: int | None) -> None:
    for line in islice(lines, most):
        program.print(composed("  {line}", line=line), 6)
    if most is not None and number > most:
        program.print(_("  … and {count} more; `--all` lists them", count=number - most))


def _rules_message(rules: Iterable[str]) -> Message:
    return joined(" + ", (_RULES[rule] for rule in rules))


def _render_pair(match: ProductMatch) -> Message:
    good = match.good
    return _(
        "{item} = {product}, by {rule}",
        item=f"{good.good_id}  {good.title}",
        product=_render_product(match.product),
        rule=_rules_message(match.by),
    )


def _render_product(product: ProductIdentity) -> str:
    external = f" ({product.external_id})" if product.external_id else ""
    return f"Prom {product.prom_id}{external}  {product.title}"


def _render_doubt(doubt: AmbiguousMatch) -> Message:
    goods = ", ".join(good.good_id for good in doubt.goods)
    products = ", ".join(product.prom_id for product in doubt.products)
    title = doubt.goods[0].title
    return _(
        "{item} = any of Prom {products}, by {rule}",
        item=f"{goods}  {title}",
        products=products,
        rule=_RULES[doubt.by],
    )


def _notify_next(program: Program, file: ObjectFile, view: AdoptionView) -> None:
    wrote = view.ids is not None and bool(view.ids.results)
    done = (
        _("`{name}` is taken over") if wrote else _("`{name}` is taken over; nothing was changed on Prom.ua")
    )
    program.notify(done.filled(name=file.settings.name))
    if view.first_run and view.ids is None:
        program.notify(_("how many imports were used today is unknown; the seller's cabinet lists them"))
    called = file.called
    if view.matching.ambiguous:
        program.hint(
            _(
                "save the ambiguous items: torgsync object adopt {called} --format csv > decisions.csv\n"
                "  leave one line per item, or write `new` as its `prom_id` if it is none of them, then:\n"
                "  torgsync object adopt {called} --decisions decisions.csv",
                called=called,
            )
        )
    nameless = sum(not pair.product.external_id for pair in view.matching.matched)
    if nameless and view.ids is None:
        from torgsync.cli.messages.external_ids import WHY_IDS

        products = product_count(nameless)
        program.notify(_("{products} without an external id: {why}", products=products, why=WHY_IDS))
        program.notify(verbatim(f"  torgsync object adopt {called} --write-ids"))
    program.notify(_("next: {command}", command=f"torgsync update -o {called}"))


def _print_matching_json(file: ObjectFile, view: AdoptionView, ids: IdsCall | None) -> None:
    matching = view.matching
    written = ids.document(view.ids) if ids and view.ids else {"external_ids": None}
    print_json(
        {"schema": SCHEMA, "object": file.settings.name, "adopted": view.adopted},
        {
            "matched": (
                _good_document(pair.good) | _product_document(pair.product) | {"by": list(map(str, pair.by))}
                for pair in matching.matched
            ),
            "ambiguous": (
                {
                    "by": str(doubt.by),
                    "goods": list(map(_good_document, doubt.goods)),
                    "products": list(map(_product_document, doubt.products)),
                }
                for doubt in matching.ambiguous
            ),
            "only_here": map(_good_document, matching.unmatched_goods),
            "only_there": map(_product_document, matching.unmatched_products),
        },
        {**written, "exit": int(view.exit_code)},
    )


def _good_document(good: GoodIdentity) -> dict[str, object]:
    return pick(good, "good_id", "title")


def _product_document(product: ProductIdentity) -> dict[str, object]:
    return {
        "prom_id": product.prom_id,
        "external_id": product.external_id or None,
        "title_on_prom": product.title,
        "status": product.status or None,
    }


def _render_rows(matching: Matching) -> Iterator[Mapping[str, object]]:
    """Yield a row for each pair, so that a person need only delete the wrong ones; ambiguous goods first."""
    for doubt in matching.ambiguous:
        for good in doubt.goods:
            for product in doubt.products:
                yield _render_row("ambiguous", str(doubt.by), good, product)
    for pair in matching.matched:
        yield _render_row("matched", " ".join(pair.by), pair.good, pair.product)
    for good in matching.unmatched_goods:
        yield _render_row("only-here", "", good, None)
    for product in matching.unmatched_products:
        yield _render_row("only-there", "", None, product)


def _render_row(
    kind: str, by: str, good: GoodIdentity | None, product: ProductIdentity | None
) -> dict[str, object]:
    names = ("prom_id", "external_id", "title")
    prom_id, external_id, title = pick(product, *names).values() if product else ("", "", "")
    here = pick(good, "good_id", "title") if good else {"good_id": "", "title": ""}
    there = {"prom_id": prom_id, "external_id": external_id, "title_on_prom": title}
    return {"story": kind, "by": by, **here, **there}
