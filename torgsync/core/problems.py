"""What keeps something from being done, as data that can be stored, with the sentence of each.

An exception carries its message from where it is raised, so these sentences are here and not in
`cli/messages`; a stored problem is a list of codes with arguments, and its sentence is made when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from torgsync.core.clock import shop_time
from torgsync.core.text import counted
from torgsync.errors import Problem, TorgsyncError

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
    STATE_REFUSED = "state-refused"
    STATE_EMPTY = "state-empty"
    STATE_GONE = "state-gone"
    STATE_VALUE = "state-value"
    STATE_OTHER = "state-other"
    OTHER = "other"


_SENTENCES = {
    ProblemCode.NOT_FOUND: "Prom.ua knows no {sought}",
    ProblemCode.BUSY: "Prom.ua is busy: it answered 429 to {call}",
    ProblemCode.SERVER_ERROR: "Prom.ua is in trouble: it answered {status} to {call}",
    ProblemCode.REDIRECT: "the server sent {call} on to another address ({status})",
    ProblemCode.REFUSED: "Prom.ua refused {call}{with_status}: {words}",
    ProblemCode.UNREADABLE: "the answer to {call} is cut or is no JSON ({status})",
    ProblemCode.WEB_PAGE: (
        "the server answered {call} with a web page ({status}): bot protection, or a proxy"
    ),
    ProblemCode.NO_CONNECTION: "no connection to `{server}`: {words}",
    ProblemCode.TIMEOUT: "`{server}` did not answer {call} in time",
    ProblemCode.CONNECTION_BROKE: "the connection to `{server}` broke: {words}",
    ProblemCode.NO_IMPORT_ID: "Prom.ua took no import: {words}",
    ProblemCode.LIST_MISSING: "Prom.ua's answer has no list of `{key}`",
    ProblemCode.KEY_MISSING: "Prom.ua's answer has no `{key}`",
    ProblemCode.ITEM_UNREADABLE: "Prom.ua's answer lists an item of `{key}` without an id that can be read",
    ProblemCode.RIGHT_MISSING: "Prom.ua refused the token of `{shop}`: it may not {right}{in_words}",
    ProblemCode.TOKEN_UNKNOWN: (
        "Prom.ua refused the token of `{shop}`: it is unknown, expired or revoked, or may not {right}{says}"
    ),
    ProblemCode.API_CLOSED: (
        "Prom.ua closed its API for `{shop}`, perhaps because of the shop's plan; it says: {words}"
    ),
    ProblemCode.RIGHT_OR_PAGE: ("{cause}, or a page of bot protection or of a proxy stood in the way (403)"),
    ProblemCode.EDIT_LOST: "an edit of {items} was sent and its answer was lost: {cause}",
    ProblemCode.IMPORT_LOST: "an import was sent and its answer was lost: {cause}",
    ProblemCode.MESSAGE_LOST: "a message to a buyer was sent and its answer was lost: {cause}",
    ProblemCode.GIVEN_UP: (
        "{requests} requests in a row failed, with {tries} tries in all, and nothing more is asked in this "
        "run; the last time {cause}"
    ),
    ProblemCode.IMPORT_NOT_TAKEN: "Prom.ua takes no import now: {cause}",
    ProblemCode.ANOTHER_IMPORT: (
        "another import is running in the shop, and Prom.ua takes one at a time: {words}"
    ),
    ProblemCode.IDS_IMPORT: (
        "the import of external ids{sent} has no end yet, and Prom.ua takes no other import until it has"
    ),
    ProblemCode.IMPORT_RUNNING: "Prom.ua is still working on the import of {offers}{sent}",
    ProblemCode.IMPORT_UNCONFIRMED: (
        "the answer to the import of {offers}{sent} was lost, and Prom.ua does not show all of them yet"
    ),
    ProblemCode.IMPORT_ENDED_LATE: (
        "the import of {offers}{sent} came to its end after this plan was made, which knows nothing of that"
    ),
    ProblemCode.IMPORT_HANGS: (
        "the import of {offers}{sent} hangs: Prom.ua has dealt with none of them, and takes no other import "
        "until this one is cancelled"
    ),
    ProblemCode.IMPORT_BLOCKED: (
        "another import seems to hang in the shop: Prom.ua has taken none of ours because of it{since}"
    ),
    ProblemCode.STOPPED: "stopped by you",
    ProblemCode.LEASE_TAKEN: (
        "`{object}` was taken over by another run: {user} on {host}, process {pid}{since}; "
        "this run was silent for too long and sends no more"
    ),
    ProblemCode.LEASE_LET_GO: (
        "`{object}` was taken over and let go by another run; "
        "this run was silent for too long and sends no more"
    ),
    ProblemCode.ANSWERED_LATE: "the question waited too long, and what it was about may have changed since",
    ProblemCode.NOT_PENDING: "it is not pending any more",
    ProblemCode.FIELD_NOT_PENDING: "its {field} is not pending any more",
    ProblemCode.CHANGED_ON_PROM: "its {field} changed on Prom.ua since the plan was made",
    ProblemCode.CHANGED_IN_EXPORT: "its {field} changed in the export since the plan was made",
    ProblemCode.SETTINGS_CHANGED: "the settings of `{object}` changed, or the rules of this program",
    ProblemCode.PERFORMED: "it was performed already, by run {run} of {at}",
    ProblemCode.RUN_SINCE: "nothing of it is left to send: another run was performed since",
    ProblemCode.EXPORT_SINCE: "nothing of it is left to send: the export changed since",
    ProblemCode.PROM_SINCE: "nothing of it is left to send: the products changed on Prom.ua since",
    ProblemCode.SHOP_MISSING: "of {products} that were looked for none is there{and_no_groups}",
    ProblemCode.OUTBOX_GONE: "the outbox `{outbox}` is gone{with_files}",
    ProblemCode.OUTBOX_NOT_MOUNTED: "the share of the outbox `{outbox}` is not mounted{with_files}",
    ProblemCode.GOOD_UNKNOWN: "the export has no good `{good_id}`",
    ProblemCode.PRODUCT_UNKNOWN: "the shop has no product {prom_id}",
    ProblemCode.ID_TAKEN: "it cannot be made anew: product {prom_id} has its id on Prom.ua",
    ProblemCode.GOOD_DECIDED: "line {line} decides about it too; leave one line a good",
    ProblemCode.PRODUCT_DECIDED: "line {line} gives product {prom_id} to the good `{good_id}`",
    ProblemCode.PARCEL_NO_SALE: "order {order} is {status}; nothing is sent for it",
    ProblemCode.PARCEL_OF_PROM: (
        "order {order} takes no parcel number from here: a parcel by {carrier} gets its number (`PRM-…`) "
        "from Prom.ua, which delivers it itself"
    ),
    ProblemCode.PARCEL_MISTYPED: (
        "`{parcel}` is a number that Prom.ua itself gives to parcels by {carrier}, and order {order} goes "
        "another way: it is probably mistyped"
    ),
    ProblemCode.PARCEL_PICKED_UP: "the buyer of order {order} collects it; there is no parcel",
    ProblemCode.PARCEL_ODD: "`{parcel}` is no parcel number: {carrier} gives {format}",
    ProblemCode.CARRIER_MISSING: "Prom.ua does not say who carries order {order}",
    ProblemCode.CENTER_MISSING: "the export has no stock for center `{center}`; its centers are {known}",
    ProblemCode.CENTERS_MISSING: "the export has no stock by center: it has no column `{column}`",
    ProblemCode.GROUP_MISSING: (
        "the export has no item in the group `{group}`; its groups are {known}{and_more}{or_meant}"
    ),
    ProblemCode.STATE_BUSY: "the state `{place}` is in use by another process",
    ProblemCode.STATE_REPLACED: "the state `{place}` was replaced while this command worked with it",
    ProblemCode.STATE_FULL: "the disk of the state `{place}` is full ({words})",
    ProblemCode.STATE_READ_ONLY: "the state `{place}` can be read but not written ({words})",
    ProblemCode.STATE_NO_RIGHT: "this user may not read and write the state `{place}` ({words})",
    ProblemCode.STATE_NO_FOLDER: "the folder of the state `{place}` does not exist",
    ProblemCode.STATE_DISK: "the disk of the state `{place}` cannot be read or written ({words})",
    ProblemCode.STATE_DAMAGED: "the state `{place}` is damaged ({words})",
    ProblemCode.STATE_SCHEMA: "the state `{place}` is damaged: a part of its schema is missing ({words})",
    ProblemCode.STATE_NO_DATABASE: "the state `{place}` is not a database",
    ProblemCode.STATE_UNREACHABLE: "the server of the state `{place}` cannot be reached now ({words})",
    ProblemCode.STATE_REFUSED: "the server refused to open the state `{place}` ({words})",
    ProblemCode.STATE_EMPTY: "the state `{place}` is empty: what was in it is lost, or it was never one",
    ProblemCode.STATE_GONE: "the state `{place}` is gone, and copies of it are still there",
    ProblemCode.STATE_VALUE: "the state cannot keep a number or a text ({words})",
    ProblemCode.STATE_OTHER: "the state `{place}` cannot be used ({words})",
    ProblemCode.OTHER: "it ended with an error of the kind `{kind}`",
}


_CALLS = {
    "/delivery/save_declaration_id": "the parcel number",
    "/chat/send_order_context": "the message to the buyer",
    "/orders/set_status": "the status of an order",
}
"""What is sent to an address of the API that means nothing to the owner of a shop."""

RIGHTS = {
    "PRODUCTS_READ": "read products",
    "PRODUCTS_WRITE": "write products",
    "ORDERS_READ": "read orders",
    "ORDERS_WRITE": "write orders",
    "GROUPS_READ": "read groups",
    "SETTINGS_READ": "read payment options",
    "CLIENTS_READ": "read clients",
    "CHAT_WRITE": "write to buyers",
}
"""What a token may do by a right, keyed by its name."""
_ITEMS = {"products": "product", "orders": "order"}  # what an edit was of


IMPORT_FORBIDDEN = "Import forbidden"
"""What Torgsoft shows where the token may not write products: the words that people search for."""


def problem(code: ProblemCode, cause: Problem | None = None, **args: str | int) -> Problem:
    """Return a problem with its cause; the arguments of both must not share a name."""
    if cause is None:
        return Problem((code,), args)
    return Problem((code, *cause.codes), {**cause.args, **args})


def problem_of(error: TorgsyncError) -> Problem:
    """Return an error as data: its problem, or its kind where it has none."""
    return error.problem or problem(ProblemCode.OTHER, kind=error.kind)


def error_of(kind: type[_Error], what: Problem, hint: str | None = None) -> _Error:
    """Return the error of a problem."""
    return kind(problem_message(what), hint=hint, problem=what)


def problem_message(what: Problem) -> str:
    """Return the sentence of a problem."""
    code, *causes = what.codes
    args = dict(what.args)
    status, since, sent = args.get("status"), args.get("since"), args.get("sent")
    groups, files = int(args.get("groups", 0)), int(args.get("files", 0))
    path = str(args.get("path", ""))
    return _SENTENCES[ProblemCode(code)].format_map(
        {
            **args,
            "call": _CALLS.get(path, f"`{path}`"),
            "sought": f"order for {_CALLS[path]}" if path in _CALLS else f"`{path}`",
            "words": args.get("words") or "without a reason",
            "with_status": f" ({status})" if status else "",
            "right": RIGHTS.get(str(args.get("right")), ""),
            "in_words": _in_words(args),
            "says": f"; Prom.ua says: {args['words']}" if args.get("words") else "",
            "items": counted(int(args.get("items", 0)), _ITEMS[str(args.get("of", "products"))]),
            "offers": counted(int(args.get("offers", 0)), "product"),
            "sent": f" that was sent {shop_time(str(sent))}" if sent else "",
            "products": counted(int(args.get("products", 0)), "product"),
            "and_no_groups": f", and none of {counted(groups, 'group')}" if groups else "",
            "format": "14 digits" if args.get("digits") else "8 to 30 letters and digits",
            "or_meant": f"; did you mean `{args['meant']}`?" if args.get("meant") else "",
            "and_more": f" and {args['more']} more" if args.get("more") else "",
            "with_files": f", with {counted(files, 'order file')} in it" if files else "",
            "since": f", since {shop_time(str(since))}" if since else "",
            "cause": problem_message(Problem(tuple(causes), args)) if causes else "",
        }
    )


def _in_words(args: Mapping[str, str | int]) -> str:
    """Return Prom's words for a missing right, in brackets, and those that Torgsoft has for it."""
    words = str(args.get("words", ""))
    if args.get("right") == "PRODUCTS_WRITE" and IMPORT_FORBIDDEN.casefold() not in words.casefold():
        words = f"{words}; Torgsoft shows: {IMPORT_FORBIDDEN}" if words else IMPORT_FORBIDDEN
    return f" ({words})" if words else ""
