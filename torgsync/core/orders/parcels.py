"""Parcels of orders: their numbers, and by which of Prom's words a carrier is sent.

Source: docs/developers/prom-api.md §5.4, §5.5, §11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from torgsync.core.orders.order import Order
from torgsync.core.problems import ProblemCode, problem
from torgsync.errors import Problem

CARRIERS: Mapping[str, str] = {"nova_poshta": "Нова Пошта", "ukrposhta": "Укрпошта", "meest": "Meest"}
"""Carriers whose parcel numbers Prom takes, keyed by its word, with the name that buyers know."""

SENT_AS: Mapping[str, str] = {"meest_express": "meest"}
"""Words of orders for which a parcel number needs another word."""

ROZETKA, PICKUP = "rozetka_delivery", "pickup"
ROZETKA_NAME = "Магазини Rozetka"

CARRIER_WORDS = (*CARRIERS, *SENT_AS, ROZETKA, PICKUP)
"""The words for a delivery that are known, with those for which no parcel number can be sent."""

_PROMS_NUMBER = "PRM"
_NUMBER = re.compile(r"[0-9A-Z]{8,30}")
_PATTERNS = {"nova_poshta": re.compile(r"[0-9]{14}")}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel number to be sent: `carrier` as Prom takes it; `known` is whether the order has it already."""

    number: str
    carrier: str
    known: bool = False


def parcel_number(text: str) -> str:
    """Return a parcel number in normal form: without blanks and hyphens, in capitals."""
    return re.sub(r"[\s\u2010-\u2015\u2212-]", "", text).upper()


def is_proms_number(number: str) -> bool:
    """Return whether Prom itself issued a number (`PRM-…`)."""
    return parcel_number(number).startswith(_PROMS_NUMBER)


def carrier_name(order: Order, carrier: str) -> str:
    """Return the name of a carrier for the buyer; of an unknown one as the order names the delivery."""
    word = SENT_AS.get(carrier, carrier)
    if word == ROZETKA:
        return ROZETKA_NAME
    return CARRIERS.get(word) or order.delivery_name or carrier


def decide_parcel(order: Order, text: str, carrier: str = "") -> Parcel | Problem:
    """Decide what is to be sent for the number `text`, or why none can be.

    Without a `carrier` it is the one that the buyer chose. A word that is not known passes as it is.
    """
    if not order.takes_place:
        return problem(ProblemCode.PARCEL_NO_SALE, order=order.id, status=order.shown)
    number = parcel_number(text)
    chosen = carrier or order.carrier
    word = SENT_AS.get(chosen, chosen)
    if order.parcel and parcel_number(order.parcel) == number:
        return Parcel(order.parcel, word, known=True)
    issued = is_proms_number(number)
    if ROZETKA in (order.carrier, word) or (issued and not word):
        return problem(ProblemCode.PARCEL_OF_PROM, order=order.id, carrier=ROZETKA_NAME)
    if issued:
        return problem(ProblemCode.PARCEL_MISTYPED, order=order.id, parcel=text, carrier=ROZETKA_NAME)
    if word == PICKUP:
        return problem(ProblemCode.PARCEL_PICKED_UP, order=order.id)
    if not word:
        return problem(ProblemCode.CARRIER_MISSING, order=order.id)
    pattern = _PATTERNS.get(word, _NUMBER)
    if not pattern.fullmatch(number):
        name, digits = carrier_name(order, word), int(word in _PATTERNS)
        return problem(ProblemCode.PARCEL_ODD, parcel=text, carrier=name, digits=digits)
    return Parcel(number, word)
