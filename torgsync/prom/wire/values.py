"""Parsing of Prom.ua's JSON values, and the base of all wire models.

Parsing is lenient on purpose: unknown keys are ignored, unknown words pass, and a value of an unexpected type
counts as absent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.fields import CENT
from torgsync.errors import PromRefused
from torgsync.prom.wire.money import exact

_log = logging.getLogger(__name__)

Words = Callable[[object], str]
"""Turns a reason that Prom gives, of any JSON type, into one short line."""


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


def _flag(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _moment(raw: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(raw))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _object_or_null(raw: object) -> object:
    return raw if raw is None or isinstance(raw, dict) else {}


def dict_or_empty(raw: object) -> object:
    """Return a JSON object as it is, an empty one in place of anything else."""
    return raw if isinstance(raw, dict) else {}


def dicts_of(raw: object) -> list[object] | None:
    """Return the JSON objects in a list, None where there is no list."""
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else None


Text = Annotated[str | None, BeforeValidator(parse_text)]
Amount = Annotated[Decimal | None, BeforeValidator(parse_amount)]
Whole = Annotated[int | None, BeforeValidator(parse_whole)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
NullableObject = BeforeValidator(_object_or_null)


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


def listed(answer: Mapping[str, object], key: str, model: type[Model]) -> list[Model]:
    """Return the objects under `key`, without those that have no id.

    Raises:
        PromRefused: There is no list; an answer without one is not an empty shop.
    """
    items = answer.get(key)
    if not isinstance(items, list):
        raise error_of(PromRefused, problem(ProblemCode.LIST_MISSING, key=key))
    objects = []
    for item in items:
        checked = _checked(model, item)
        if checked is None:
            _log.warning("an item of `%s` without an id was left out", key)
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
