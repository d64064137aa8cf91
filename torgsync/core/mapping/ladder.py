"""Maps the wholesale prices of an offer, several at once: `5=150.00|10=120.00`.

Source: docs/developers/prom-api.md §7.2.
"""

from __future__ import annotations

from decimal import Decimal

from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules
from torgsync.core.product.cells import ERRORS, CellFault, number
from torgsync.core.product.fields import WholesaleStep
from torgsync.core.product.money import doubtful_sign

Ladder = tuple[WholesaleStep, ...]


def check_ladder(rules: Rules, cell: MappedCell) -> Part:
    """Check that every wholesale price has its amount and its quantity."""
    try:
        read_ladder(rules, cell.text)
    except ValueError:
        fault = CellFault.ERROR if cell.text.strip() in ERRORS else CellFault.NO_LADDER
        return cell.refused(fault, "wholesale_prices")
    return EMPTY


def read_ladder(rules: Rules, text: str) -> Ladder:
    """Return the wholesale prices in a cell as `[prices]` makes them, by quantity.

    A price of 0 is none. Raises ValueError for anything else, and for two prices of one quantity.
    """
    steps: dict[int, Decimal] = {}
    for item in filter(None, (part.strip() for part in text.split("|"))):
        quantity, sign, price = item.partition("=")
        least, amount = number(quantity), number(price)
        if not sign or least is None or amount is None or doubtful_sign(price):
            raise ValueError(text)
        if least < 1 or least % 1 or int(least) in steps or amount < 0:
            raise ValueError(text)
        steps[int(least)] = rules.pricing.apply(amount).value
    return tuple(WholesaleStep(least, price) for least, price in sorted(steps.items()) if price > 0)
