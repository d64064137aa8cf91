"""What the help of `torgsync sandbox` lists: quirks, troubles, and what is done while it runs."""

from __future__ import annotations

from torgsync.i18n import Message, _, composed, joined, verbatim

_MANNERS = """\
last_id=inclusive|exclusive, root_group_only=true|false,
forbidden_as=200-message|401-html|403-html|403-json,
api_closed=no|401-json|403-json|200-message, texts=clean|broken,
report_unchanged=true|false, date_filters=utc|kyiv,
deleted_lines=no-id|no-ids|whole, gifts=none|zero|null,
chat_refusals=200-error|400-error|404-error, quiet_orders=true|false,
commission_seconds=N."""
_IMPORTS = """\
second_import=refuse|accept, imports_per_day=N,
import_seconds=N, spreadsheets=as-asked|wipe|no-ids,
busy_import_as=400-object|400-flat|400-text|200-object|200-flat,
row_errors=flat|external-ids|prom-ids|row-numbers, refused_file=ends|hangs,
failed_import_as=FATAL|FAIL|error|failed."""
_ANSWERS = """\
whole_numbers=integer|float, order_keys=all|fewer,
product_dates=second|hour, warehouse_refs=at-once|later|never,
status_options=title|name, edit_errors=fields|text."""
_INPUTS = """\
unknown_fields=refuse|ignore,
minimum_quantity=optional|required, cancellation_reasons=agreed|all,
plain_dates=read|empty, chat=true|false,
portal=prom.ua|satu.kz|deal.by|prom.md."""
_TROUBLES = """\
429, 500-599 (retry_after=N), lost, cut, slow (seconds=N), truncated,
web-page (status=200|403|503), gaps (items_every=N, items_share=0.3),
import-refused (reason=daily-limit|running), import-never-ends, import-fails,
photos-missing (status=404, items_every=N, items_share=0.3),
status-warning, parcel-refused,
no-lines (lines=absent|null|empty, items_every=N, items_share=0.3)."""
_PLACE = r"""curl http://127.0.0.1:8765/cabinet/order/place \
  -d '{"products": [{"product": "26931"}]}'"""
_EDIT = r"""curl http://127.0.0.1:8765/cabinet/product/edit \
  -d '{"product": "26931", "price": 74.5}'"""
_CALLS = """\
order/pay, order/cancel, order/refund, order/status, order/parcel,
order/costs, product/add, product/hide, product/delete, group/add,
payment/add, message/write, chat/write, import/start, import/cancel,
faults/set, quirks/set."""


def _listed(heading: Message, words: str) -> Message:
    """Return a paragraph of the help whose lines stay as they are."""
    return composed("\b\n{heading}\n{words}", heading=heading, words=words)


EPILOG = joined(
    "\n\n",
    (
        _listed(_("Manners, `--manner KEY=VALUE`:"), _MANNERS),
        _listed(_("Manners of imports:"), _IMPORTS),
        _listed(_("Manners of the form of answers:"), _ANSWERS),
        _listed(_("Manners of what is accepted:"), _INPUTS),
        _(
            "A fault, `--fault`, is [METHOD] [PATH] TROUBLE [KEY=VALUE …]. The path begins below /api/v1/ "
            "and may contain * and ?."
        ),
        _listed(_("Troubles:"), _TROUBLES),
        _(
            "A fault affects all calls, or those that are chosen: nth=N, every=N, first=N and last=N, or a "
            "random share=0.2 with seed=N."
        ),
        _("While it runs, you act as seller and buyers by JSON posted below /cabinet/, without a token:"),
        verbatim(f"\b\n{_PLACE}"),
        verbatim(f"\b\n{_EDIT}"),
        _listed(_("Others; a GET of one shows its keys:"), _CALLS),
    ),
)
