"""Types of single values of a sync object: read from TOML, validated, and dumped as a person writes them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from torgsync.core.config.schedule import WEEK, read_days, read_step
from torgsync.i18n import _

KINDS = {
    "string_type": _("this should be a text in quotes"),
    "int_type": _("this should be a whole number, without quotes"),
    "float_type": _("this should be a number, without quotes"),
    "bool_type": _("this should be `true` or `false`, without quotes"),
    "list_type": _('this should be a list in brackets, such as `["…"]`'),
    "dict_type": _("this should be a table"),
    "model_type": _("this should be a table"),
    "model_attributes_type": _("this should be a table"),
    "float_parsing": _("this should be a number, without quotes"),
    "string_unicode": _("this has characters that cannot be stored"),
}
"""What a value of another kind should be, as a person writes it in TOML, by pydantic's names of kinds."""
_PERCENT = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*%")


def _written(value: object) -> str:
    """Return a value as TOML has it: a text in double quotes."""
    return repr(value).replace("'", '"')


def _fraction(value: object) -> object:
    """Turn `"10%"` into the fraction 0.1; anything else is left to be refused."""
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        return Decimal(match[1]) / 100
    raise ValueError(_('{given} is not a share such as `"10%"`', given=_written(value)))


def _share(value: object) -> object:
    fraction = _fraction(value)
    if isinstance(fraction, Decimal) and fraction > 1:
        raise ValueError(_('"{given}" is not between 0% and 100%', given=value))
    return fraction


_SHARE_IN_JSON = WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,4}(\.\d+)?\s*%\s*$"})


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"


_AS_PERCENT = PlainSerializer(_percent, when_used="json")
Share = Annotated[Decimal, BeforeValidator(_share), _SHARE_IN_JSON, _AS_PERCENT]
Rise = Annotated[Decimal, BeforeValidator(_fraction), _SHARE_IN_JSON, _AS_PERCENT]


_SIGNED_PERCENT = re.compile(r"([+-]?\d{1,4}(?:\.\d+)?)\s*%")


def _markup(value: object) -> object:
    """Turn `"5%"` or `"-3%"` into a fraction; a discount of everything is refused."""
    match = _SIGNED_PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(_('{given} is not a markup such as `"5%"` or `"-3%"`', given=_written(value)))
    fraction = Decimal(match[1]) / 100
    if fraction <= -1:
        raise ValueError(_('"{given}" leaves nothing of a price', given=value))
    return fraction


def _rounding(value: object) -> object:
    """Turn `"0.99"` into its decimal; what no price can be rounded to is refused."""
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text):
        raise ValueError(
            _('{given} is not a step such as `"0.5"` or an ending such as `"0.99"`', given=_written(value))
        )
    number = Decimal(text)
    if number == 0:
        raise ValueError(_("prices cannot be rounded to 0; the smallest step is 0.01"))
    if number % Decimal("0.01"):
        raise ValueError(_("{given} is less than a kopiyka; the smallest step is 0.01", given=text))
    if number >= _ROUNDING_END:
        raise ValueError(
            _("{given} is too much to round to; it must be below {limit}", given=text, limit=_ROUNDING_END)
        )
    return number.quantize(Decimal("0.01")) if number % 1 else number.quantize(Decimal(1))


_ROUNDING_END = 100_000


def _kept(value: object) -> object:
    """Turn `2`, `0.5` or `{ "2" = 1, "8" = 3 }` into exact quantities."""
    if isinstance(value, dict):
        return {center: _quantity(kept) for center, kept in value.items()}
    return _quantity(value)


def _quantity(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _KEEP_END:
        raise ValueError(
            _(
                '{given} is not a quantity; give a number, or one for each center: `{{ "2" = 1, "8" = 3 }}`',
                given=_written(value),
            )
        )
    return Decimal(str(value))


def _as_number(kept: Decimal | dict[str, Decimal]) -> object:
    """Return what is kept as a person writes it: `2`, `0.5`, or one for each center."""
    if isinstance(kept, dict):
        return {center: _as_number(quantity) for center, quantity in kept.items()}
    return float(kept) if kept % 1 else int(kept)


_KEEP_END = 1_000_000

Markup = Annotated[
    Decimal,
    BeforeValidator(_markup),
    _AS_PERCENT,
    WithJsonSchema({"type": "string", "pattern": r"^\s*[+-]?\d{1,4}(\.\d+)?\s*%\s*$"}),
]
Rounding = Annotated[Decimal, BeforeValidator(_rounding), WithJsonSchema({"type": ["string", "number"]})]
Kept = Annotated[
    Decimal | dict[str, Decimal],
    BeforeValidator(_kept),
    PlainSerializer(_as_number, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
            ]
        }
    ),
]


def _every(text: str) -> str:
    read_step(text)
    return text


Every = Annotated[
    str, AfterValidator(_every), WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d{0,3}[mhd]$"})
]


_DAYS = re.compile(r"(\d{1,4})\s*d")


def _days(value: object) -> object:
    """Turn `"30d"` into thirty days; anything else is refused."""
    match = _DAYS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(_('{given} is not a number of days such as `"30d"`', given=_written(value)))
    return timedelta(days=int(match[1]))


Days = Annotated[
    timedelta,
    BeforeValidator(_days),
    PlainSerializer(lambda days: f"{days.days}d", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,4}\s*d\s*$"}),
]


def _weekdays(days: str) -> str:
    read_days(days)
    return days.replace(" ", "").lower()


_WEEKDAY = f"({'|'.join(WEEK)})"
_DAYS_IN_JSON = rf"^{_WEEKDAY}(-{_WEEKDAY})?(,{_WEEKDAY}(-{_WEEKDAY})?)*$"
Weekdays = Annotated[
    str, AfterValidator(_weekdays), WithJsonSchema({"type": "string", "pattern": _DAYS_IN_JSON})
]
