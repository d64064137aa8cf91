"""What keeps something from being done, as data that can be stored, with the sentence of each.

An exception carries its message from where it is raised, so these sentences are here and not in
`cli/messages`; a stored problem is a list of codes with arguments, and its sentence is made when it is shown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from torgsync.core.clock import shop_time
from torgsync.core.counts import order_count, product_count
from torgsync.core.order_status import status_word
from torgsync.core.product.field_words import field_word
from torgsync.errors import Problem, TorgsyncError
from torgsync.i18n import Message, _, _n, verbatim
from torgsync.system import known_reason

_Error = TypeVar("_Error", bound=TorgsyncError)


class ProblemCode(StrEnum):
    """One problem. Those that are the consequence of another one hold its sentence as `{cause}`."""

    NOT_FOUND = "not-found"
    BUSY = "busy"
    SERVER_ERROR = "server-error"
    REDIRECT = "redirect"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    WEB_PAGE = "web-page"
    NO_CONNECTION = "no-connection"
    TIMEOUT = "timeout"
    CONNECTION_BROKE = "connection-broke"
    NO_IMPORT_ID = "no-import-id"
    LIST_MISSING = "list-missing"
    KEY_MISSING = "key-missing"
    ITEM_UNREADABLE = "item-unreadable"
    RIGHT_MISSING = "right-missing"
    TOKEN_UNKNOWN = "token-unknown"  # noqa: S105  # no secret
    API_CLOSED = "api-closed"
    RIGHT_OR_PAGE = "right-or-page"
    EDIT_LOST = "edit-lost"
    IMPORT_LOST = "import-lost"
    MESSAGE_LOST = "message-lost"
    GIVEN_UP = "given-up"
    IMPORT_NOT_TAKEN = "import-not-taken"
    ANOTHER_IMPORT = "another-import"
    IDS_IMPORT = "ids-import"
    IMPORT_RUNNING = "import-running"
    IMPORT_UNCONFIRMED = "import-unconfirmed"
    IMPORT_ENDED_LATE = "import-ended-late"
    IMPORT_HANGS = "import-hangs"
    IMPORT_BLOCKED = "import-blocked"
    STOPPED = "stopped"
    LEASE_TAKEN = "lease-taken"
    LEASE_LET_GO = "lease-let-go"
    ANSWERED_LATE = "answered-late"
    NOT_PENDING = "not-pending"
    FIELD_NOT_PENDING = "field-not-pending"
    CHANGED_ON_PROM = "changed-on-prom"
    CHANGED_IN_EXPORT = "changed-in-export"
    NOT_HELD = "not-held"
    HELD_OTHERWISE = "held-otherwise"
    HELD_TOGETHER = "held-together"
    ALREADY_SENT = "already-sent"
    SETTINGS_CHANGED = "settings-changed"
    PERFORMED = "performed"
    RUN_SINCE = "run-since"
    EXPORT_SINCE = "export-since"
    PROM_SINCE = "prom-since"
    SHOP_MISSING = "shop-missing"
    OUTBOX_GONE = "outbox-gone"
    OUTBOX_NOT_MOUNTED = "outbox-not-mounted"
    GOOD_UNKNOWN = "good-unknown"
    PRODUCT_UNKNOWN = "product-unknown"
    ID_TAKEN = "id-taken"
    GOOD_DECIDED = "good-decided"
    PRODUCT_DECIDED = "product-decided"
    PARCEL_NO_SALE = "parcel-no-sale"
    PARCEL_OF_PROM = "parcel-of-prom"
    PARCEL_MISTYPED = "parcel-mistyped"
    PARCEL_PICKED_UP = "parcel-picked-up"
    PARCEL_ODD = "parcel-odd"
    CARRIER_MISSING = "carrier-missing"
    CENTER_MISSING = "center-missing"
    CENTERS_MISSING = "centers-missing"
    GROUP_MISSING = "group-missing"
    STATE_BUSY = "state-busy"
    STATE_REPLACED = "state-replaced"
    STATE_FULL = "state-full"
    STATE_READ_ONLY = "state-read-only"
    STATE_NO_RIGHT = "state-no-right"
    STATE_NO_FOLDER = "state-no-folder"
    STATE_DISK = "state-disk"
    STATE_DAMAGED = "state-damaged"
    STATE_SCHEMA = "state-schema"
    STATE_NO_DATABASE = "state-no-database"
    STATE_UNREACHABLE = "state-unreachable"
    STATE_LOST = "state-lost"
    STATE_ENCRYPTION = "state-encryption"
    STATE_REFUSED = "state-refused"
    STATE_EMPTY = "state-empty"
    STATE_GONE = "state-gone"
    STATE_VALUE = "state-value"
    STATE_OTHER = "state-other"
    OTHER = "other"


_SENTENCES: dict[ProblemCode, Message] = {
    ProblemCode.NOT_FOUND: _("Prom.ua did not find the order ({call})"),
    ProblemCode.BUSY: _("Prom.ua is busy: it answered 429 to {call}"),
    ProblemCode.SERVER_ERROR: _("Prom.ua is in trouble: it answered {status} to {call}"),
    ProblemCode.REDIRECT: _("the server sent {call} on to another address ({status})"),
    ProblemCode.REFUSED: _("Prom.ua refused {call} ({status}): {words}"),
    ProblemCode.UNREADABLE: _("the answer to {call} is incomplete or not JSON ({status})"),
    ProblemCode.WEB_PAGE: _(
        "the server answered {call} with a web page ({status}): bot protection, or a proxy"
    ),
    ProblemCode.NO_CONNECTION: _("no connection to `{server}`: {words}"),
    ProblemCode.TIMEOUT: _("`{server}` did not answer {call} in time"),
    ProblemCode.CONNECTION_BROKE: _("the connection to `{server}` broke: {words}"),
    ProblemCode.NO_IMPORT_ID: _("Prom.ua did not accept the import: {words}"),
    ProblemCode.LIST_MISSING: _("Prom.ua's answer has no list of `{key}`"),
    ProblemCode.KEY_MISSING: _("Prom.ua's answer has no `{key}`"),
    ProblemCode.ITEM_UNREADABLE: _("Prom.ua's answer lists an item of `{key}` whose id cannot be read"),
    ProblemCode.RIGHT_MISSING: _("Prom.ua refused the token of `{shop}`: it may not {right} ({in_words})"),
    ProblemCode.TOKEN_UNKNOWN: _(
        "Prom.ua refused the token of `{shop}`: it is unknown, expired or revoked, or may not {right}; "
        "Prom.ua says: {words}"
    ),
    ProblemCode.API_CLOSED: _(
        "Prom.ua closed its API for `{shop}`, perhaps because of the shop's plan; it says: {words}"
    ),
    ProblemCode.RIGHT_OR_PAGE: _("{cause}, or a page of bot protection or of a proxy was in the way (403)"),
    ProblemCode.EDIT_LOST: _("an edit of {items} was sent and its answer was lost: {cause}"),
    ProblemCode.IMPORT_LOST: _("an import was sent and its answer was lost: {cause}"),
    ProblemCode.MESSAGE_LOST: _("a message to a buyer was sent and its answer was lost: {cause}"),
    ProblemCode.GIVEN_UP: _n(
        "{count} request in a row failed (tries: {tries}), and this run sends no "
        "more; the last cause: {cause}",
        "{count} requests in a row failed (tries: {tries}), and this run sends no "
        "more; the last cause: {cause}",
    ),
    ProblemCode.IMPORT_NOT_TAKEN: _("Prom.ua does not accept an import now: {cause}"),
    ProblemCode.ANOTHER_IMPORT: _(
        "another import is running in the shop, and Prom.ua runs one at a time: {words}"
    ),
    ProblemCode.IDS_IMPORT: _(
        "the import of external ids sent {sent} has not ended yet, and Prom.ua accepts no other import until "
        "it has"
    ),
    ProblemCode.IMPORT_RUNNING: _("Prom.ua is still working on the import of {offers} sent {sent}"),
    ProblemCode.IMPORT_UNCONFIRMED: _(
        "the answer to the import of {offers} sent {sent} was lost, and Prom.ua does not show all of them yet"
    ),
    ProblemCode.IMPORT_ENDED_LATE: _(
        "the import of {offers} sent {sent} ended after this plan was made, so the plan does not include it"
    ),
    ProblemCode.IMPORT_HANGS: _(
        "the import of {offers} sent {sent} hangs: Prom.ua has processed none of them, and accepts no other "
        "import until this one is cancelled"
    ),
    ProblemCode.IMPORT_BLOCKED: _(
        "another import seems to hang in the shop: because of it, Prom.ua has accepted no import of "
        "this program since {since}"
    ),
    ProblemCode.STOPPED: _("stopped by you"),
    ProblemCode.LEASE_TAKEN: _(
        "`{object}` was taken over by another run: {user} on {host}, process {pid}, since {since}; "
        "this run was silent for too long and sends no more"
    ),
    ProblemCode.LEASE_LET_GO: _(
        "`{object}` was taken over and released by another run; "
        "this run was silent for too long and sends no more"
    ),
    ProblemCode.ANSWERED_LATE: _(
        "the question waited too long for its answer, and what it was about may have changed since"
    ),
    ProblemCode.NOT_PENDING: _("it is not pending any more"),
    ProblemCode.FIELD_NOT_PENDING: _("its {field} is not pending any more"),
    ProblemCode.CHANGED_ON_PROM: _("its {field} changed on Prom.ua since the plan was made"),
    ProblemCode.CHANGED_IN_EXPORT: _("its {field} changed in the export since the plan was made"),
    ProblemCode.NOT_HELD: _("no guard holds it any more, so that `torgsync sync` sends it"),
    ProblemCode.HELD_OTHERWISE: _(
        "it is not held for the same reason any more; now the guard `{guard}` holds it"
    ),
    ProblemCode.HELD_TOGETHER: _("it goes only together with the item `{other}`, which does not go now"),
    ProblemCode.ALREADY_SENT: _("it was sent already, by run {run}"),
    ProblemCode.SETTINGS_CHANGED: _("the settings of `{object}` changed, or the rules of this program"),
    ProblemCode.PERFORMED: _("it was performed already, by run {run} of {at}"),
    ProblemCode.RUN_SINCE: _("nothing of it is left to send: another run was performed since"),
    ProblemCode.EXPORT_SINCE: _("nothing of it is left to send: the export changed since"),
    ProblemCode.PROM_SINCE: _("nothing of it is left to send: the products changed on Prom.ua since"),
    ProblemCode.SHOP_MISSING: _("looked for {products} and {groups}: none of them is there"),
    ProblemCode.OUTBOX_GONE: _n(
        "the outbox `{outbox}` is gone, with {count} order file in it",
        "the outbox `{outbox}` is gone, with {count} order files in it",
    ),
    ProblemCode.OUTBOX_NOT_MOUNTED: _n(
        "the share of the outbox `{outbox}` is not mounted, with {count} order file in it",
        "the share of the outbox `{outbox}` is not mounted, with {count} order files in it",
    ),
    ProblemCode.GOOD_UNKNOWN: _("the export has no item `{good_id}`"),
    ProblemCode.PRODUCT_UNKNOWN: _("the shop has no product {prom_id}"),
    ProblemCode.ID_TAKEN: _("it cannot be created again: product {prom_id} has its id on Prom.ua"),
    ProblemCode.GOOD_DECIDED: _("line {line} decides about it too; leave one line for each item"),
    ProblemCode.PRODUCT_DECIDED: _("line {line} gives product {prom_id} to the item `{good_id}`"),
    ProblemCode.PARCEL_NO_SALE: _("order {order} is {order_status}; nothing is sent for it"),
    ProblemCode.PARCEL_OF_PROM: _(
        "order {order} does not accept a parcel number from here: a parcel by {carrier} gets its number "
        "(`PRM-…`) from Prom.ua, which delivers it itself"
    ),
    ProblemCode.PARCEL_MISTYPED: _(
        "`{parcel}` is a number that Prom.ua itself gives to parcels by {carrier}, and order {order} goes "
        "another way: it is probably mistyped"
    ),
    ProblemCode.PARCEL_PICKED_UP: _("the buyer of order {order} collects it; there is no parcel"),
    ProblemCode.PARCEL_ODD: _("`{parcel}` is not a parcel number: {carrier} uses 14 digits"),
    ProblemCode.CARRIER_MISSING: _("Prom.ua does not say who carries order {order}"),
    ProblemCode.CENTER_MISSING: _("the export has no stock for center `{center}`; its centers are {known}"),
    ProblemCode.CENTERS_MISSING: _("the export has no stock by center: it has no column `{column}`"),
    ProblemCode.GROUP_MISSING: _(
        "the export has no item in the group `{group}`; its groups are {all_known}; did you mean `{meant}`?"
    ),
    ProblemCode.STATE_BUSY: _("the state `{place}` is in use by another process"),
    ProblemCode.STATE_REPLACED: _("the state `{place}` was replaced while this command worked with it"),
    ProblemCode.STATE_FULL: _("the disk of the state `{place}` is full ({words})"),
    ProblemCode.STATE_READ_ONLY: _("the state `{place}` can be read but not written ({words})"),
    ProblemCode.STATE_NO_RIGHT: _("this user may not read and write the state `{place}` ({words})"),
    ProblemCode.STATE_NO_FOLDER: _("the folder of the state `{place}` does not exist"),
    ProblemCode.STATE_DISK: _("the disk of the state `{place}` cannot be read or written ({words})"),
    ProblemCode.STATE_DAMAGED: _("the state `{place}` is damaged ({words})"),
    ProblemCode.STATE_SCHEMA: _("the state `{place}` is damaged: a part of its schema is missing ({words})"),
    ProblemCode.STATE_NO_DATABASE: _("the state `{place}` is not a database"),
    ProblemCode.STATE_UNREACHABLE: _("the server of the state `{place}` cannot be reached now ({words})"),
    ProblemCode.STATE_LOST: _(
        "the connection to the server of the state `{place}` broke while something was being saved ({words})"
    ),
    ProblemCode.STATE_ENCRYPTION: _(
        "the connection to the server of the state `{place}` is not encrypted as it must be ({words})"
    ),
    ProblemCode.STATE_REFUSED: _("the server refused to open the state `{place}` ({words})"),
    ProblemCode.STATE_EMPTY: _("the state `{place}` is empty: what was in it is lost, or it was never one"),
    ProblemCode.STATE_GONE: _("the state `{place}` is gone, and copies of it are still there"),
    ProblemCode.STATE_VALUE: _("the state cannot store a number or a text ({words})"),
    ProblemCode.STATE_OTHER: _("the state `{place}` cannot be used ({words})"),
    ProblemCode.OTHER: _("it ended with an error of the kind `{kind}`"),
}

_WITHOUT: dict[ProblemCode, tuple[str, Message]] = {
    ProblemCode.NOT_FOUND: ("about_order", _("Prom.ua found nothing at {call}")),
    ProblemCode.REFUSED: ("status", _("Prom.ua refused {call}: {words}")),
    ProblemCode.RIGHT_MISSING: (
        "in_words",
        _("Prom.ua refused the token of `{shop}`: it may not {right}"),
    ),
    ProblemCode.TOKEN_UNKNOWN: (
        "said",
        _("Prom.ua refused the token of `{shop}`: it is unknown, expired or revoked, or may not {right}"),
    ),
    ProblemCode.LEASE_TAKEN: (
        "since",
        _(
            "`{object}` was taken over by another run: {user} on {host}, process {pid}; "
            "this run was silent for too long and sends no more"
        ),
    ),
    ProblemCode.SHOP_MISSING: ("some_groups", _("looked for {products}: none of them is there")),
    ProblemCode.OUTBOX_GONE: ("files", _("the outbox `{outbox}` is gone")),
    ProblemCode.OUTBOX_NOT_MOUNTED: ("files", _("the share of the outbox `{outbox}` is not mounted")),
    ProblemCode.PARCEL_ODD: (
        "digits",
        _("`{parcel}` is not a parcel number: {carrier} uses 8 to 30 letters and digits"),
    ),
    ProblemCode.GROUP_MISSING: (
        "meant",
        _("the export has no item in the group `{group}`; its groups are {all_known}"),
    ),
}
"""An argument that a problem may lack, and the sentence of the problem without it."""

_CALLS = {
    "/delivery/save_declaration_id": _("the parcel number"),
    "/chat/send_order_context": _("the message to the buyer"),
    "/orders/set_status": _("the status of an order"),
}
"""What is sent to an address of the API that means nothing to the owner of a shop."""

RIGHTS = {
    "PRODUCTS_READ": _("read products"),
    "PRODUCTS_WRITE": _("write products"),
    "ORDERS_READ": _("read orders"),
    "ORDERS_WRITE": _("write orders"),
    "GROUPS_READ": _("read groups"),
    "SETTINGS_READ": _("read payment options"),
    "CLIENTS_READ": _("read clients"),
    "CHAT_WRITE": _("write to buyers"),
}
"""What a token may do by a right, keyed by its name."""

TOKENS_PAGE = _("in the seller's cabinet, «Налаштування» › «Управління API-токенами»")
"""Where tokens and their rights are."""

IMPORT_FORBIDDEN = "Import forbidden"
"""What Torgsoft shows where the token may not write products: the words that people search for."""


def problem(code: ProblemCode, cause: Problem | None = None, **args: str | int) -> Problem:
    """Return a problem with its cause; the arguments of both must not share a name."""
    if cause is None:
        return Problem((code,), args)
    return Problem((code, *cause.codes), {**cause.args, **args})


def of_state(error: TorgsyncError) -> bool:
    """Return whether an error is about the state, so that it says nothing of what was sent before it."""
    return error.problem is not None and error.problem.codes[0].startswith("state-")


def problem_of(error: TorgsyncError) -> Problem:
    """Return an error as data: its problem, or its kind where it has none."""
    return error.problem or problem(ProblemCode.OTHER, kind=error.kind)


def error_of(kind: type[_Error], what: Problem, hint: Message | None = None) -> _Error:
    """Return the error of a problem."""
    return kind(problem_message(what), hint=hint, problem=what)


def problem_message(what: Problem) -> Message:
    """Return the sentence of a problem."""
    code, args = ProblemCode(what.codes[0]), _shown(what)
    lacked, without = _WITHOUT.get(code, ("", None))
    sentence = without if without is not None and not args.get(lacked) else _SENTENCES[code]
    return sentence.filled(**args)


def _shown(what: Problem) -> dict[str, object]:
    """Return the arguments of a problem as its sentence has them."""
    args, causes, path = what.args, what.codes[1:], str(what.args.get("path", ""))
    offers, items, products, groups = (int(args.get(name, 0)) for name in _NUMBERS)
    words, known = str(args.get("words") or ""), verbatim(str(args.get("known", "")))
    more, times = args.get("more"), {name: shop_time(str(args[name])) for name in _TIMES if args.get(name)}
    return {
        **args,
        **times,
        "call": _CALLS.get(path, verbatim(f"`{path}`")),
        "about_order": path in _CALLS,
        "words": known_reason(words) if words else _("no reason was given"),
        "said": bool(words),
        "in_words": _in_words(args.get("right"), words),
        "right": RIGHTS.get(str(args.get("right")), ""),
        "offers": product_count(offers),
        "items": order_count(items) if args.get("of") == "orders" else product_count(items),
        "products": product_count(products),
        "groups": _n("{count} group", "{count} groups", groups),
        "some_groups": groups > 0,
        "count": args.get("requests", args.get("files", 0)),
        "order_status": status_word(str(args.get("status", ""))),
        "all_known": _("{known} and {more} more", known=known, more=more) if more else known,
        "field": field_word(str(args.get("field", ""))),
        "cause": problem_message(Problem(causes, args)) if causes else "",
    }


_NUMBERS = ("offers", "items", "products", "groups")
_TIMES = ("sent", "since")


def _in_words(right: object, words: str) -> str:
    """Return Prom's words for a missing right, and those that Torgsoft has for it."""
    if right != "PRODUCTS_WRITE" or IMPORT_FORBIDDEN.casefold() in words.casefold():
        return words
    if not words:
        return IMPORT_FORBIDDEN
    return _("{words}; Torgsoft shows: {shown}", words=words, shown=IMPORT_FORBIDDEN)
