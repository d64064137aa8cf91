"""Parsing of Prom.ua's JSON values, and the base of all wire models.

Parsing is lenient on purpose: unknown keys are ignored, unknown words pass, and a value of an unexpected type
counts as absent. Source: docs/developers/prom-api.md §3.3, §5.5.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from torgsync.core.orders.order import parse_money
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.currencies import LONGEST, named_currency
from torgsync.core.product.fields import CENT
from torgsync.errors import PromRefused
from torgsync.i18n import _

_log = logging.getLogger(__name__)

ONE = Decimal(1)
MOST_DIGITS = 20
EXCERPT = LONGEST
"""Letters shown of a text that cannot be read."""

YEARS = range(1970, 3000)
"""Years of moments that are read: nothing can be subtracted from the first of all, or added to the last."""

HIGHEST_ID = 2**63 - 1
"""What a state can store of a whole number."""

Words = Callable[[object], str]
"""Turns a reason that Prom gives, of any JSON type, into one short line."""


def exact(raw: object) -> Decimal:
    """Return a JSON number, or the localised money in a JSON text, without rounding.

    Whether Prom writes `1` or `1.0` (prom-api §13), the result has one form, so that a stored order stays the
    same. Raises ValueError for anything else.
    """
    if isinstance(raw, str):
        return _plain(parse_money(raw))
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return _plain(Decimal(raw))
    raise ValueError(type(raw).__name__)


def _plain(amount: Decimal) -> Decimal:
    plain = amount.normalize()
    # `1E+2` becomes `100`; more digits than any amount has stay as they are.
    is_whole = plain == plain.to_integral_value() and plain.adjusted() < MOST_DIGITS
    return plain.quantize(ONE) if is_whole else plain


def exact_money(raw: object) -> Decimal:
    """Return an amount with two places, or with more where Prom gives more; raises like `exact`."""
    amount = exact(raw)
    rounded = amount.quantize(CENT)
    return rounded if rounded == amount else amount


def currency_of(money: object, home: str) -> str:
    """Return the currency that money names, else that at `home`. Raises ValueError: unknown, or several."""
    return (named_currency(money, home) if isinstance(money, str) else "") or home


def json_number(amount: Decimal) -> int | float:
    """Return a number that JSON prints exactly as the amount, with at most two places.

    Whole amounts become integers. Others are exact below ten million millions, since a float of that many
    digits prints the shortest text that means it.
    """
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def parse_text(raw: object) -> str | None:
    """Return a JSON text or number as text, None for anything else."""
    return str(raw) if isinstance(raw, str | int | Decimal) and not isinstance(raw, bool) else None


def parse_amount(raw: object) -> Decimal | None:
    """Return a number rounded to two places, None where there is none."""
    try:
        return exact(raw).quantize(CENT, ROUND_HALF_UP)
    except (ValueError, DecimalException):
        return None


def parse_whole(raw: object) -> int | None:
    """Return a number rounded down to an integer, None where there is none."""
    amount = parse_amount(raw)
    return None if amount is None else int(amount.to_integral_value(ROUND_FLOOR))


def _moment(raw: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(raw))
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in YEARS else None


def dict_or_empty(raw: object) -> object:
    """Return a JSON object as it is, an empty one in place of anything else."""
    return raw if isinstance(raw, dict) else {}


def dicts_of(raw: object) -> list[object] | None:
    """Return the JSON objects in a list, None where there is no list."""
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else None


Text = Annotated[str | None, BeforeValidator(parse_text)]
Amount = Annotated[Decimal | None, BeforeValidator(parse_amount)]
Whole = Annotated[int | None, BeforeValidator(parse_whole)]
Flag = Annotated[bool | None, BeforeValidator(lambda raw: raw if isinstance(raw, bool) else None)]
Identity = Annotated[int, Field(ge=0, le=HIGHEST_ID)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
NullableObject = BeforeValidator(lambda raw: None if raw is None else dict_or_empty(raw))


class WireModel(BaseModel):
    """An object of Prom's JSON. Only its id, where it has one, is required."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class WireTexts(WireModel):
    """One text in both of Prom's languages."""

    ru: Text = None
    uk: Text = None


BothTexts = Annotated[WireTexts | None, NullableObject]


def both_texts(texts: WireTexts | None, plain: str | None) -> tuple[str | None, str | None]:
    """Return the Ukrainian and the Russian text; `plain`, without a language, is the default of both."""
    if texts is None:
        return plain, plain
    return texts.uk or plain, texts.ru or plain


def one_line(text: str | None) -> str | None:
    """Return a text as one line, None for None."""
    return None if text is None else line_of_text(text)


Model = TypeVar("Model", bound=WireModel)


def listed(
    answer: Mapping[str, object], key: str, model: type[Model], *, complete: bool = False
) -> list[Model]:
    """Return the objects under `key` that have an id.

    Raises PromRefused where there is no list, which is not an empty shop, and, where the list has to be
    `complete`, for an object without an id that can be read.
    """
    items = answer.get(key)
    if not isinstance(items, list):
        raise error_of(PromRefused, problem(ProblemCode.LIST_MISSING, key=key))
    objects = []
    for item in items:
        checked = _checked(model, item)
        if checked is None and complete:
            raise error_of(PromRefused, problem(ProblemCode.ITEM_UNREADABLE, key=key))
        if checked is None:
            _log.warning("%s", _("an item of `{key}` without an id was left out", key=key))
        else:
            objects.append(checked)
    return objects


def single(answer: Mapping[str, object], key: str, model: type[Model]) -> Model:
    """Return the one object under `key`. Raises PromRefused where there is none."""
    checked = _checked(model, answer.get(key))
    if checked is None:
        raise error_of(PromRefused, problem(ProblemCode.KEY_MISSING, key=key))
    return checked


def _checked(model: type[Model], item: object) -> Model | None:
    # A validation error's own text shows what Prom sent, so it must not stay on any chain.
    try:
        return model.model_validate(item)
    except ValidationError:
        return None
