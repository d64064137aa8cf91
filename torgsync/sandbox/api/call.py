"""A request as the endpoints see it, and the pages of the `*/list` calls (prom-api §2.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from torgsync.core.clock import SHOP_ZONE
from torgsync.sandbox.api.answers import Language
from torgsync.sandbox.faults import FaultHit
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.collection import Collection, Item
from torgsync.sandbox.shop.shop import Shop

# Prom says this in English whatever the language (prom-api §1.3); the sandbox's other English texts are
# invented after it.
VALUE_NOT_ALLOWED = "This status value is not allowed"
# The client has its own constant for a page (`prom/api.py`): client and sandbox share no code on purpose.
LONGEST_PAGE = 100
SHORT_PAGE = 20
BAD_REQUEST = 400
# Several clients send dates without a time (prom-api §13); milliseconds and zones were never read.
DATES = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?", re.ASCII)
DATES_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
ZONES: Mapping[str, tzinfo] = {"utc": UTC, "kyiv": SHOP_ZONE}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The parts of an upload: a file, None where it is missing, and texts; `data` is that of an import."""

    file: bytes | None
    name: str = ""
    data: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: `body` is its JSON with exact decimals, `hit` the fault that fired for it."""

    query: Mapping[str, str]
    language: Language = "ru"
    body: Any = None
    upload: Upload | None = None
    hit: FaultHit | None = None


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON may be anything
    """Parse JSON with exact decimals; raise ValueError where it is none, or holds NaN or Infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON number")

    return json.loads(text, parse_float=Decimal, parse_constant=refuse)


class RefusedWithStatus(Exception):
    """A refusal with an HTTP status of its own; most refusals come with a 200 (prom-api §1.3).

    In its JSON all letters but ASCII are escaped (prom-api §4.3).
    """

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.answer = dict(answer)


def bad_request(message: str) -> RefusedWithStatus:
    """Return a 400 with the error object of prom-api §1.3, to be raised."""
    return RefusedWithStatus(BAD_REQUEST, {"error": {"status": BAD_REQUEST, "message": message}})


def refusal(message: str) -> dict[str, Any]:
    """Return the answer of a refused import or parcel."""
    return {"status": "error", "message": message}


def cut_page(
    shop: Shop,
    call: Call,
    collection: Collection[Item],
    matches: Callable[[Item], bool] = lambda _: True,
    among: Sequence[int] | None = None,
) -> list[Item]:
    """Return the page that a list call asks for, out of the ids `among`; unknown parameters are ignored."""
    windows = _windows(call.query, shop.quirks)
    if windows is None:
        return []
    # What a filter compares is the date that is shown.
    round_date = rounded_to_hour if shop.quirks.product_dates == "hour" else _exact
    shown = round_date if collection is shop.catalog.products else _exact

    def fits(item: Item) -> bool:
        # Products and groups have no date of creation; a window for it is ignored like any unknown parameter.
        dates = ((getattr(item, name, None), low, high) for name, low, high in windows)
        return matches(item) and all(date is None or low <= shown(date) <= high for date, low, high in dates)

    limit, last_id = call.query.get("limit", ""), call.query.get("last_id", "")
    usual = SHORT_PAGE if call.query else LONGEST_PAGE
    return collection.page(
        min(int(limit), LONGEST_PAGE) if is_digits(limit) and int(limit) else usual,
        matches=fits,
        among=among,
        modified_from=next(low for name, low, _ in windows if name == "date_modified"),
        last_id=int(last_id) if is_digits(last_id) else None,
        inclusive=shop.quirks.last_id == "inclusive",
        ascending=call.query.get("sort_dir") == "asc",
    )


def _exact(moment: datetime) -> datetime:
    return moment


def rounded_to_hour(moment: datetime) -> datetime:
    """Return the beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _windows(query: Mapping[str, str], quirks: Quirks) -> list[tuple[str, datetime, datetime]] | None:
    """Return the attributes that are limited by dates, each with its inclusive bounds.

    None where a date has any format but the one that Prom reads: the list is then silently empty.
    """
    form = DATES if quirks.plain_dates == "read" else DATES_WITH_TIME
    windows = []
    for parameter, attribute in (("last_modified", "date_modified"), ("date", "date_created")):
        bounds = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
        for place, end in enumerate(("from", "to")):
            text = query.get(f"{parameter}_{end}")
            if text is None:
                continue
            if not form.fullmatch(text):
                return None
            try:
                bounds[place] = datetime.fromisoformat(text).replace(tzinfo=ZONES[quirks.date_filters])
            except ValueError:
                return None
        windows.append((attribute, bounds[0], bounds[1]))
    return windows


def is_digits(text: str) -> bool:
    """Return whether a text consists of ASCII digits."""
    return text.isascii() and text.isdigit()
