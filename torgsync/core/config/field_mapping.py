"""One table of `[[fields]]`: a column and its target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from torgsync.core.config.table import SettingsTable
from torgsync.core.product.columns import SECRET, canonical
from torgsync.core.product.fields import TARGETS
from torgsync.core.text import did_you_mean

SPLIT_TARGETS = ("name", "description", "keywords", "characteristic", "vendor", "country", "unit")
"""Targets whose texts may be written in both languages, `<uk>_<ru>` (torgsoft §5)."""


class FieldMapping(SettingsTable):
    """One column of the export and where it goes. `name` and `unit` belong to characteristics.

    `split` parts a text that is written in both languages: Ukrainian, then Russian.
    """

    column: str = Field(min_length=1)
    """Column of the export."""
    to: Annotated[str, WithJsonSchema({"type": "string", "enum": [*TARGETS]})]
    """What it is on Prom; the README lists the targets."""
    name: str | None = None
    """The characteristic's name for buyers."""
    unit: str | None = None
    """The characteristic's unit."""
    split: str | None = Field(None, min_length=1)
    """What parts Ukrainian from Russian in one cell."""
    owner: Literal["torgsoft", "prom"] = "torgsoft"
    """torgsoft: Prom shows what the export says; prom: set at creation, then left alone."""

    @field_validator("column")
    @classmethod
    def _speakable(cls, column: str) -> str:
        name = canonical(column)
        if name in SECRET:
            raise ValueError(f"`{name}` is what the shop paid; it can never be sent")
        return name

    @field_validator("to")
    @classmethod
    def _known(cls, target: str) -> str:
        if target not in TARGETS:
            raise ValueError(f"there is no target `{target}`{did_you_mean(target, TARGETS)}")
        return target

    @model_validator(mode="after")
    def _characteristic_named(self) -> Self:
        if self.to == "characteristic" and not self.name:
            raise ValueError('a characteristic needs a name, such as name = "Колір"')
        return self

    @model_validator(mode="after")
    def _split_in_two(self) -> Self:
        if self.split is None:
            return self
        if self.to not in SPLIT_TARGETS:
            known = ", ".join(SPLIT_TARGETS)
            raise ValueError(f"`split` parts two languages of a text; `{self.to}` is none of {known}")
        if (self.name or "").count(self.split) > 1:
            raise ValueError(f'the name holds "{self.split}" more than once; it parts two languages')
        return self


def twin_target(fields: Sequence[FieldMapping]) -> str | None:
    """Return a target that two columns are mapped to, None where there is none.

    A quantity also sets the presence.
    """
    seen: set[str] = set()
    for mapping in fields:
        target = f"{mapping.to} {mapping.name}" if mapping.to == "characteristic" else mapping.to
        targets = {target, f"{target}_ru"} if mapping.split and f"{target}_ru" in TARGETS else {target}
        targets |= {"presence"} if mapping.to == "quantity" else set()
        if twins := targets & seen:
            return max(twins)
        seen |= targets
    return None
