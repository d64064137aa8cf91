"""The switches for what answers look like and what is refused, where recordings differ (prom-api §13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torgsync.core.portals import PortalName


@dataclass(frozen=True, kw_only=True)
class AnswerQuirks:
    """Switches for the recorded answers of prom-api §13; the defaults are those of its table.

    What answers look like: `whole_numbers` is how JSON writes a number without decimals, `order_keys` whether
    orders have all keys or lack those that orders of 2023 lacked. `product_dates` is how exact the
    modification of a product is, in answers and for filters. `warehouse_refs` is when an order by Nova Poshta
    has the Ref of its warehouse. `status_options` is under which key the words of an order status are.

    What is taken: `unknown_fields` are keys of an edit that no product has, `edit_errors` is the form of the
    errors of one product. `minimum_quantity` is whether a product without a `minimum_order_quantity` refuses
    every edit (prom-api §3.4). `cancellation_reasons` are those on which all lists agree, or all that were
    seen. `plain_dates` are dates without a time in filters. `chat` is whether the shop uses the chat.

    `portal` is the marketplace whose money is shown: Satu.kz also writes the price of a product as text
    (prom-api §12.2).
    """

    whole_numbers: Literal["integer", "float"] = "integer"
    order_keys: Literal["all", "fewer"] = "all"
    product_dates: Literal["second", "hour"] = "second"
    warehouse_refs: Literal["at-once", "later", "never"] = "at-once"
    status_options: Literal["title", "name"] = "title"
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    edit_errors: Literal["fields", "text"] = "fields"
    minimum_quantity: Literal["optional", "required"] = "optional"
    cancellation_reasons: Literal["agreed", "all"] = "agreed"
    plain_dates: Literal["read", "empty"] = "read"
    chat: bool = True
    portal: PortalName = "prom.ua"
