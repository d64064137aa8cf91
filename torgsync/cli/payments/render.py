"""Payment methods, postings and sums as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from torgsync.core.config.settings import PaymentMethod
from torgsync.core.orders.postings import AccountBalance, Posting

METHOD_COLUMNS = ("id", "name", "cash_register", "current_account", "gone")

POSTING_COLUMNS = (
    "at", "order", "kind", "place", "account", "payment_id", "payment", "amount", "currency",
)  # fmt: skip

_SUMS = ("expected", "received", "reversed", "open")
BALANCE_COLUMNS = ("place", "account", *_SUMS, "currency")


def method_rows(methods: Iterable[PaymentMethod]) -> list[dict[str, object]]:
    """Return payment methods as rows of a document."""
    return [
        {
            "id": str(method.id),
            "name": method.name,
            "cash_register": method.cash_register,
            "current_account": method.current_account,
            "gone": method.gone,
        }
        for method in methods
    ]


def shown_method_rows(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Return payment methods as rows for people."""
    return [
        {key: value for key, value in row.items() if key != "gone"}
        | ({"name": f"{row['name']} (gone from Prom.ua)"} if row["gone"] else {})
        for row in rows
    ]


def posting_row(posting: Posting, clock: tzinfo) -> dict[str, object]:
    """Return a posting as a row of a document."""
    return {
        "at": posting.at.astimezone(clock).isoformat(timespec="seconds"),
        "order": posting.order_id,
        "kind": str(posting.kind),
        "place": posting.place,
        "account": posting.account or None,
        "payment_id": posting.payment_id or None,
        "payment": posting.payment_name,
        "amount": str(posting.amount),
        "currency": posting.currency,
    }


def shown_posting_row(posting: Posting, clock: tzinfo) -> dict[str, object]:
    """Return a posting as a row for people."""
    return {
        "at": f"{posting.at.astimezone(clock):%d.%m.%Y %H:%M}",
        "order": posting.order_id,
        "kind": str(posting.kind),
        "account": posting.account or posting.place,
        "amount": f"{posting.amount} {posting.currency}",
    }


def balance_row(balance: AccountBalance) -> dict[str, object]:
    """Return the sums of one place as a row of a document."""
    return {"place": balance.place, "account": balance.account or None} | _sums(balance, "currency")


def shown_balance_row(balance: AccountBalance) -> dict[str, object]:
    """Return the sums of one place as a row for people."""
    return {"account": balance.account or balance.place} | _sums(balance, "in")


def _sums(balance: AccountBalance, currency: str) -> dict[str, object]:
    sums: dict[str, object] = {name: str(getattr(balance, name)) for name in _SUMS}
    return sums | {currency: balance.currency}


def none_message(first: datetime | None, last: datetime | None) -> str:
    """Return what is said of days without money; a shop without any money needs no special sentence."""
    return "no money moved on these days" if first or last else ""
