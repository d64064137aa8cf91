"""The commission for an order from the shop's own site: Prom's JSON to an amount (prom-api §5.6)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from torgsync.prom.wire.values import parse_amount, parse_text

_FROM_SITE = "2"
"""The type of this commission; what other types mean is not recorded."""
_TITLE = re.compile(r"з сайт|с сайт|from the site", re.IGNORECASE)
"""How its title names the site, in the languages of `X-LANGUAGE`."""


def _site_commission(raw: object) -> Decimal | None:
    """Return the amount of `prosale_commission`, None where it is another commission or none.

    The money is in `value`, or in `amount`; the type may be a number or a text.
    """
    if not isinstance(raw, dict):
        return None
    if parse_text(raw.get("type")) != _FROM_SITE and not _TITLE.search(parse_text(raw.get("title")) or ""):
        return None
    value, amount = (parse_amount(raw.get(key)) for key in ("value", "amount"))
    return amount if amount is not None and not value else value


SiteCommission = Annotated[Decimal | None, BeforeValidator(_site_commission)]
