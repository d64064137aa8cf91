"""All that Prom shows of a product, known keys or not, to be compared before and after an import."""

from __future__ import annotations

from pydantic import ConfigDict

from torgsync.core.plan.external_ids import ProductCopy, compared_keys, facts_of
from torgsync.prom.wire.values import BothTexts, Text, WireModel

CLOSED = ("deleted", "deleted_by_moderator")
"""Statuses of products that no import changes (prom-api §4.5)."""


class WireCopy(WireModel):
    """A product with every key of its JSON."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: int

    def copy_of(self) -> ProductCopy:
        """Return the product as it is compared."""
        answer: dict[str, object] = dict(self.model_extra or {})
        texts = _Texts.model_validate(answer)
        names = texts.name_multilang
        return ProductCopy(
            str(self.id),
            texts.external_id or "",
            # The column of the name is the Russian one; its Ukrainian twin is a column of its own.
            (names and names.ru) or texts.name or "",
            texts.sku or "",
            closed=texts.status in CLOSED,
            facts=facts_of(answer),
            keys=compared_keys(answer),
        )


class _Texts(WireModel):
    external_id: Text = None
    name: Text = None
    name_multilang: BothTexts = None
    sku: Text = None
    status: Text = None
