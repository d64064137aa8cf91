"""The headings of tables, by the keys of their rows."""

from __future__ import annotations

from torgsync.i18n import Message, _, verbatim

HEADINGS = {
    "account": _("account"),
    "amount": _("amount"),
    "at": _("at"),
    "cash_register": _("cash register"),
    "column": _("column"),
    "cost": _("cost"),
    "current_account": _("current account"),
    "email": _("email"),
    "expected": _("expected"),
    "export": _("export"),
    "full_name": _("full name"),
    "in": _("currency"),
    "kind": _("kind"),
    "last": _("last"),
    "name": _("name"),
    "next": _("next"),
    "no": _("no."),
    "object": _("object"),
    "open": _("open"),
    "order": _("order"),
    "owner": _("decided by"),
    "payment": _("payment"),
    "phone": _("phone"),
    "placed": _("placed"),
    "problem": _("problem"),
    "received": _("received"),
    "replaced_by": _("replaced by"),
    "reversed": _("reversed"),
    "rows": _("rows"),
    "sample": _("sample"),
    "slug": _("short name"),
    "status": _("status"),
    "time": _("time"),
    "to": _("to"),
    "to_be_done": _("to do"),
    "total": _("total"),
    "value": _("value"),
}


def heading(key: str) -> Message:
    """Return the heading of a column; names, such as `Torgsoft`, are headings themselves."""
    return HEADINGS.get(key.replace(" ", "_")) or verbatim(key.replace("_", " "))
