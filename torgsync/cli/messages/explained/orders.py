"""Findings about orders, clients and the money of orders."""

from __future__ import annotations

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.core.findings import Code, Finding
from torgsync.i18n import _

ORDERS: dict[Code, Explanation] = {
    Code.ORDER_SUM: Explanation(
        _(
            "the total of an order differs from its lines, discounts and delivery, or its price is "
            "below its lines and Prom.ua shows no discount; the order is kept as Prom.ua shows it"
        ),
        _("compare the order in the seller's cabinet with its file"),
        Finding(Code.ORDER_SUM, order="1042", args={"total": "500.00", "lines": "480.00"}),
    ),
    Code.ORDER_GOOD_UNKNOWN: Explanation(
        _("a line of an order has no `GoodID`; no order file is written"),
        _("enter the order in Torgsoft, then run `torgsync orders done ORDER`"),
        Finding(Code.ORDER_GOOD_UNKNOWN, order="1042", args={"name": "Корм сухий", "good_id": ""}),
    ),
    Code.ORDER_NO_LINES: Explanation(
        _(
            "Prom.ua shows an order with a total and without items, or with free ones only; no order "
            "file is written"
        ),
        _(
            "look at the order in the seller's cabinet, enter it in Torgsoft, then run `torgsync "
            "orders done ORDER`"
        ),
        Finding(Code.ORDER_NO_LINES, order="1042", args={"total": "480.00"}),
    ),
    Code.ORDER_FREE_LINE: Explanation(
        _(
            "a line of an order costs nothing and is not an item of Torgsoft, such as a gift card or "
            "free delivery; it is in the comment of the order file"
        ),
        _('nothing needs to be done; with `free_lines = "hold"` under `[orders]` such orders wait for you'),
        Finding(Code.ORDER_FREE_LINE, order="1042", args={"name": "Подарункова картка"}),
    ),
    Code.ORDER_ID_UNKNOWN: Explanation(
        _(
            "a line of an order has an id that neither the export nor Prom.ua has and that was never "
            "sent; the order file is written"
        ),
        _("check whether Torgsoft found the item when it loaded the order"),
        Finding(
            Code.ORDER_ID_UNKNOWN,
            order="1042",
            args={"name": "Корм сухий", "good_id": "99120", "asked": True},
        ),
    ),
    Code.ORDER_MONEY_UNREADABLE: Explanation(
        _(
            "a sum of an order, or its currency, cannot be read; no order file is written, and "
            "without a total no more money is posted for it; what was posted stays"
        ),
        _(
            "look at the order in the seller's cabinet, enter it in Torgsoft, then run `torgsync "
            "orders done ORDER`"
        ),
        Finding(
            Code.ORDER_MONEY_UNREADABLE,
            order="1042",
            args={"why": "amount", "field": "price", "text": "480 або 500", "total_missing": False},
        ),
    ),
    Code.ORDER_FORGOTTEN: Explanation(
        _(
            "`torgsync clients forget PHONE` removed an order file that Torgsoft had not taken yet; "
            "it cannot be written again"
        ),
        _("enter the sale in Torgsoft, then run `torgsync orders done ORDER`"),
        Finding(Code.ORDER_FORGOTTEN, order="1042"),
    ),
    Code.ORDER_CHANGED: Explanation(
        _("an order changed, or was canceled, after Torgsoft took its file"),
        _("change it in Torgsoft, or release its reserve there, then run `torgsync orders done ORDER`"),
        Finding(Code.ORDER_CHANGED, order="1042", args={"work": "change", "parts": ["total"]}),
    ),
    Code.ORDER_UNLISTED: Explanation(
        _("Prom.ua left an order out of its list; it was read by its number, nothing is lost"),
        _("nothing needs to be done"),
        Finding(Code.ORDER_UNLISTED, order="1042"),
    ),
    Code.ORDER_REWRITTEN: Explanation(
        _(
            "an order changed while its file was in the outbox, or the file there was empty or "
            "incomplete; the file was written again"
        ),
        _("nothing needs to be done: Torgsoft had not taken the old file"),
        Finding(Code.ORDER_REWRITTEN, order="1042", args={"damaged": False}),
    ),
    Code.ORDER_WITHDRAWN: Explanation(
        _(
            "an order was canceled, or must wait for a person, while its file was in the outbox; the "
            "file was removed"
        ),
        _("nothing needs to be done"),
        Finding(Code.ORDER_WITHDRAWN, order="1042", args={"sale": False}),
    ),
    Code.ORDER_NOT_ACCEPTED: Explanation(
        _('Prom.ua did not set a new order to "received"; the order is saved and its file is written'),
        _("the next run tries again; or accept the order in the seller's cabinet"),
        Finding(Code.ORDER_NOT_ACCEPTED, order="1042", args={"reason": "Order is locked"}),
    ),
    Code.OUTBOX_FAILED: Explanation(
        _(
            "order files could not be written: the outbox is full, missing or not connected; the "
            "orders are saved"
        ),
        _("repair what the message names; the next run writes the files"),
        Finding(Code.OUTBOX_FAILED, order="1042"),
    ),
    Code.OUTBOX_MOVED: Explanation(
        _("order files may still be in an outbox that the sync object named before; they count as not taken"),
        _("move them, or run `torgsync orders export ORDER`"),
        Finding(Code.OUTBOX_MOVED, args={"files": 2, "place": "/srv/torgsoft/in"}),
    ),
    Code.CLIENTS_UNREAD: Explanation(
        _("Torgsoft's clients could not be read; orders were fetched without them"),
        _("export `TSClients.trs` again, then run `torgsync clients import`"),
        Finding(Code.CLIENTS_UNREAD, args={"trouble": _("`TSClients.trs` is cut in the middle of a row")}),
    ),
    Code.CLIENT_AMBIGUOUS: Explanation(
        _("an order fits several clients, or one with another phone; no client was chosen"),
        _(
            "look with `torgsync clients list --held`, then `torgsync clients choose ORDER CLIENT` or"
            " `torgsync clients merge CLIENT --into CLIENT`"
        ),
        Finding(Code.CLIENT_AMBIGUOUS, order="1042", args={"clients": ["17", "52"], "against": ""}),
    ),
    Code.PAYMENT_UNMAPPED: Explanation(
        _(
            "no cash register or account is chosen yet for a payment method, or an order has no "
            "payment method; the order is kept, its money is not posted"
        ),
        _(
            "`torgsync payments map NAME --cash-register ACCOUNT`; without a method, look at the "
            "order in the seller's cabinet"
        ),
        Finding(Code.PAYMENT_UNMAPPED, args={"orders": 3, "method": "Оплата на рахунок"}),
    ),
}
"""What each of these findings means, and what a person can do."""
