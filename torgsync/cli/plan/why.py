"""`torgsync why`: one good's way from its row to Prom.ua, section by section, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.output import wrapped
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_json
from torgsync.cli.messages.fields import VERBS
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.guards import allow_words, remedy
from torgsync.cli.messages.outcomes import WORDS, reasons_message
from torgsync.cli.messages.photos import address_message
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import (
    cause_message,
)
from torgsync.cli.plan.changes import field_lines, moved
from torgsync.cli.plan.outcomes import guard_words
from torgsync.cli.plan.why_document import good_document, good_message, held_words
from torgsync.cli.plan.why_row import SEVERITIES, WhyLine, about_words, row_lines, value_words
from torgsync.core.clock import shop_time
from torgsync.core.plan.adopt import Rule
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.plan_guards import held_fields
from torgsync.core.product.cells import plain
from torgsync.core.product.field_words import field_word
from torgsync.core.product.fields import Channel, in_order
from torgsync.i18n import NOTHING, Message, _, _n, composed, joined, translated, verbatim

if TYPE_CHECKING:
    from torgsync.core.plan.diff import FieldChange
    from torgsync.jobs.plan.why import GoodView
    from torgsync.state.runs.change_rows import ChangeAttempt


LABEL = 11
"""The width of the column with the names of sections."""
LONGEST = 300
"""Letters of a cell or a value that are shown."""


def why(
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(help=_("The item's id in Torgsoft, or its article or barcode."), metavar="ITEM")
    ],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing."""
    program = program_of(context, output)
    from torgsync.jobs.catalog.goods import good_named
    from torgsync.jobs.plan.why import why as explain

    file = program.object(wanted)
    with program.job(file) as job:
        good = explain(job, good_named(job, item.strip()))
    if output is Format.JSON:
        document = good_document(file.catalog_path.name, good)
        print_json({"schema": SCHEMA, "object": file.settings.name, "good": document}, {})
        return

    lines = _render_good(good, file.called)
    if output is Format.CSV:
        print_csv({"section": line.section, "about": line.about, "text": line.text} for line in lines)
    else:
        _print_good(program, f"{good.good_id}  {good.title}".strip(), lines)


def _print_good(program: Program, title: str, lines: Iterable[WhyLine]) -> None:
    out, section = program.out, NOTHING
    for text in wrapped(title, out.width):
        out.print(text, soft_wrap=True, style="bold")
    for line in lines:
        if line.section != section:
            out.print()
        label = "" if line.section == section else translated(line.section)
        section = line.section
        text = translated(_shortened(about_words(line.about, line.text)))
        first, *rest = wrapped(text, out.width, " " * LABEL)
        out.print(f"{label:<{LABEL}}{first[LABEL:]}", soft_wrap=True)
        for more in rest:
            out.print(more, soft_wrap=True)


def _shortened(text: Message) -> Message:
    """Return a message in which long data is its beginning and its length; sentences stay whole."""
    short: dict[str, Message] = {}
    for name, arg in text.args.items():
        if isinstance(arg, Message):
            short[name] = _shortened(arg)
        elif isinstance(arg, str) and len(arg) > LONGEST:
            start = arg[:LONGEST]
            short[name] = _n(
                "{start} … ({count} character)", "{start} … ({count} characters)", len(arg), start=start
            )
    return text.filled(**short)


ANSWER, FINDINGS, SENT, THERE = _("answer"), _("findings"), _("sent"), _("on Prom.ua")
PLAN, HISTORY, PHOTOS = _("plan"), _("history"), _("photos")

RULES = {
    Rule.EXTERNAL_ID: _("external id"),
    Rule.SKU: _("article"),
    Rule.BARCODE: _("barcode"),
    Rule.NAME: _("name"),
    Rule.DECISION: _("a person's decision"),
}
"""By what a product was matched to an item."""


def _render_good(good: GoodView, called: str) -> Iterator[WhyLine]:
    yield from _answer(good, called)
    yield from row_lines(good)
    yield from _photo_lines(good, called)
    for finding in good.findings:
        severity = composed("{severity} `{code}`", severity=SEVERITIES[finding.severity], code=finding.code)
        column = verbatim(f"`{finding.column}`" if finding.column else "")
        yield WhyLine(FINDINGS, severity, about_words(column, finding_message(finding)))
    yield from _prom_lines(good)
    yield from _change_lines(good)
    for attempt in good.attempts:
        yield WhyLine(HISTORY, verbatim(_time(attempt.at)), _attempt_words(good, attempt))


def _answer(good: GoodView, called: str) -> Iterator[WhyLine]:
    answer = partial(WhyLine, ANSWER)
    yield answer(NOTHING, good_message(good))
    if good.deletion:
        yield answer(_("deletion"), _("with the first run after {at:time}", at=good.deletion))
    if good.problem:
        yield answer(NOTHING, _("the export cannot be read now: this is from the last time it was read"))
    if good.row and good.row.out and good.row_status is RowStatus.OUT:
        label = _("to be taken down") if good.held else _("left out")
        yield answer(label, skip_message(good.row.out))
    if good.held:
        observed, flag = held_words(good.held)
        seen = observed or _("`torgsync update` shows the number")
        if flag:
            command = f"torgsync sync -o {called} {flag}"
            held = good.held.violation
            way = allow_words(held, command) if held else _("if it is right: {command}", command=command)
            seen = composed("{seen}; {way}", seen=seen, way=way)
        yield answer(guard_words(good.held.guard), seen)
        if good.held.violation and (cure := remedy(good.held.violation)):
            yield answer(NOTHING, cure)
    if good.refusal:
        refused = reasons_message(good.refusal.reasons)
        if not good.refused:
            refused = _("{reasons}; the item has changed since then", reasons=refused)
        yield answer(_("refused {at:time}", at=good.refusal.at), refused)


def _photo_lines(good: GoodView, called: str) -> Iterator[WhyLine]:
    """Yield of each photo that is sent whether it is published, and what its address answered."""
    for photo in good.row.photos if good.row else ():
        if not photo.address or (photo.published is None and photo.answer is None):
            continue
        text = _("its address was not asked: `{address}`", address=photo.address)
        if photo.published is False:
            text = _("not published yet: {command}", command=f"torgsync photos publish -o {called}")
        elif photo.answer and photo.fault:
            why = address_message(photo.fault, photo.answer)
            text = composed("{why} (`{address}`)", why=why, address=photo.address)
        elif photo.answer:
            text = _("its address answers with the photo: `{address}`", address=photo.address)
        if photo.published:
            text = _("published; {text}", text=text)
        yield WhyLine(PHOTOS, verbatim(photo.file), text)


def _prom_lines(good: GoodView) -> Iterator[WhyLine]:
    there = partial(WhyLine, THERE)
    if good.sent is None:
        yield WhyLine(SENT, NOTHING, _("nothing was ever sent"))
    else:
        names = joined(", ", map(field_word, in_order(good.sent.values)))
        yield WhyLine(SENT, NOTHING, _("last {at}: {fields}", at=_time(good.sent_at), fields=names))
    for holding in good.sold:
        sold = _(
            "{pieces} in order `{order}`, which the export does not know yet",
            pieces=plain(holding.quantity),
            order=holding.order_id,
        )
        yield there(_("sold"), sold)
    if good.adoption:
        adopted = _(
            "product {product}, by {rules}, {at:time} by {user}",
            product=good.adoption.prom_id,
            rules=joined(", ", map(RULES.__getitem__, good.adoption.by)),
            at=good.adoption.at,
            user=good.adoption.user,
        )
        yield there(_("adopted"), adopted)
    if good.candidates:
        yield there(_("possible matches"), _("products {products}", products=list(good.candidates)))
    if good.looked is None:
        yield there(NOTHING, _("not asked yet"))
    elif good.existing is None:
        yield there(NOTHING, _("no such product, as seen {at:time}", at=good.looked))
    else:
        seen = _("product {product}, as seen {at:time}", product=good.existing.prom_id, at=good.looked)
        if good.existing.modified:
            seen = _("{seen}, changed {at:time}", seen=seen, at=good.existing.modified)
        yield there(NOTHING, seen)
        for name in ("status", "price", "discount", "presence", "quantity") if good.there else ("status",):
            if name in good.existing.values:
                yield there(field_word(name), value_words(name, good.existing.values[name]))


def _change_lines(good: GoodView) -> Iterator[WhyLine]:
    change = good.verdict.change
    kept_out = skip_message(good.kept_out) if good.kept_out else NOTHING
    if change is None and kept_out:
        yield WhyLine(PLAN, NOTHING, _("nothing is sent: {reason}", reason=kept_out))
    elif change is None:
        yield WhyLine(PLAN, NOTHING, _("no change"))
    else:
        way = {"verb": VERBS[change.verb]}
        imported = change.via is Channel.IMPORT
        by = _("{verb}, by an import file", **way) if imported else _("{verb}, by an edit", **way)
        yield WhyLine(PLAN, NOTHING, about_words(by, skip_message(change.reason)) if change.reason else by)
        for name, field in change.fields.items():
            yield WhyLine(PLAN, field_word(name), _field_words(good, change.verb, name, field))
        if good.held:
            names = good.held.fields or held_fields(change, good.held.guard)
            held = joined(", ", map(field_word, names))
            some = len(names) < len(change.fields)
            yield WhyLine(PLAN, _("held"), held if some else _("all of it"))
        if kept_out and good.verdict.skip:
            yield WhyLine(PLAN, NOTHING, _("the rest is not sent: {reason}", reason=kept_out))
    for name in good.verdict.left_alone:
        yield WhyLine(PLAN, field_word(name), _("differs, but is kept as it is on Prom.ua"))


def _field_words(good: GoodView, verb: Verb, name: str, field: FieldChange) -> Message:
    """Return how a field moves, and who moved it."""
    field = good.names.of_field(good.good_id, field)
    new = value_words(name, field.new)
    if verb is Verb.CREATE:
        return new
    if name == "photos":
        text = moved(name, field._replace(edited=False))
    else:
        text = composed("{old} -> {new}", old=value_words(name, field.old), new=new)
    causes = [cause_message(cause, good.sold) for cause in good.causes.get(name, ())]
    if field.edited and field.sent != field.new:
        causes.append(_("last sent: {sent}", sent=value_words(name, field.sent)))
    return composed("{move} ({causes})", move=text, causes=joined("; ", causes)) if causes else text


def _attempt_words(good: GoodView, attempt: ChangeAttempt) -> Message:
    item = attempt.item
    if item.outcome:
        ended = WORDS[item.outcome]
    elif item.change.held:
        ended = guard_words(item.change.held)
    else:
        ended = _("shown by `torgsync update`, not sent")
    what = VERBS[item.change.verb]
    if item.change.verb is not Verb.CREATE:
        fields = joined(", ", starmap(_moved_field, field_lines(good.names.of_change(item.change).fields)))
        what = composed("{verb} ({fields})", verb=what, fields=fields)
    if attempt.run and attempt.undoes:
        what = _(
            "{change} in run {run}, which rolled back run {undone}",
            change=what,
            run=attempt.run,
            undone=attempt.undoes,
        )
    elif attempt.run and attempt.approval:
        what = _(
            "{change} in run {run}, approved from the plan `{name}` of run {kept}",
            change=what,
            run=attempt.run,
            name=attempt.approval.name,
            kept=attempt.approval.run,
        )
    elif attempt.run:
        what = _("{change} in run {run}", change=what, run=attempt.run)
    text = composed("{change}: {outcome}", change=what, outcome=ended)
    reasons = reasons_message(item.reasons)
    return composed("{text}: {reasons}", text=text, reasons=reasons) if reasons else text


def _moved_field(name: str, moves: Message) -> Message:
    return composed("{field} {moves}", field=field_word(name), moves=moves)


def _time(at: datetime | None) -> str:
    return shop_time(at) if at else "–"
