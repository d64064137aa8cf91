"""Parcels: which number is sent by which word, and which orders take none."""

from __future__ import annotations

import pytest
from builders import order

from torgsync.core.orders.parcels import Parcel, carrier_name, decide_parcel, is_proms_number
from torgsync.core.problems import ProblemCode
from torgsync.errors import Problem

TTN = "20450000000001"


@pytest.mark.parametrize(
    ("of_order", "number", "carrier", "decided"),
    [
        ({"carrier": "nova_poshta"}, "2045 0000\u2011000001", "", Parcel(TTN, "nova_poshta")),
        ({"carrier": "meest_express"}, "ab12345678", "", Parcel("AB12345678", "meest")),
        ({"carrier": "ukrposhta"}, "0500000000001", "meest_express", Parcel("0500000000001", "meest")),
        ({"carrier": "delivery_auto"}, "1234567890", "", Parcel("1234567890", "delivery_auto")),
        ({"carrier": "pickup"}, TTN, "nova_poshta", Parcel(TTN, "nova_poshta")),
        (
            {"carrier": "nova_poshta", "parcel": "2045 00000 00001"},
            TTN,
            "",
            Parcel("2045 00000 00001", "nova_poshta", known=True),
        ),
        (
            {"carrier": "rozetka_delivery", "parcel": "PRM-1"},
            "prm1",
            "",
            Parcel("PRM-1", "rozetka_delivery", known=True),
        ),
        ({"carrier": "rozetka_delivery"}, TTN, "", ProblemCode.PARCEL_OF_PROM),
        ({"carrier": "rozetka_delivery"}, TTN, "nova_poshta", ProblemCode.PARCEL_OF_PROM),
        ({"carrier": "nova_poshta"}, TTN, "rozetka_delivery", ProblemCode.PARCEL_OF_PROM),
        ({"carrier": "nova_poshta"}, "PRM-000001", "", ProblemCode.PARCEL_MISTYPED),
        ({}, "PRM-000001", "", ProblemCode.PARCEL_OF_PROM),
        ({"carrier": "pickup"}, TTN, "", ProblemCode.PARCEL_PICKED_UP),
        ({"carrier": "nova_poshta"}, TTN, "pickup", ProblemCode.PARCEL_PICKED_UP),
        ({}, TTN, "", ProblemCode.CARRIER_MISSING),
        ({"carrier": "nova_poshta"}, "2045", "", ProblemCode.PARCEL_ODD),
        ({"carrier": "nova_poshta"}, "\u0662" * 14, "", ProblemCode.PARCEL_ODD),
        ({"carrier": "meest_express"}, "x", "", ProblemCode.PARCEL_ODD),
        ({"carrier": "nova_poshta", "status": "canceled"}, TTN, "", ProblemCode.PARCEL_NO_SALE),
    ],
)
def test_what_is_sent(
    of_order: dict[str, str], number: str, carrier: str, decided: Parcel | ProblemCode
) -> None:
    """The buyer's choice or the word given, as Prom takes it; what Prom carries itself takes no number."""
    found = decide_parcel(order(**of_order), number, carrier)
    assert (found.codes[0] if isinstance(found, Problem) else found) == decided


@pytest.mark.parametrize(
    ("carrier", "name"),
    [
        ("nova_poshta", "Нова Пошта"),
        ("meest_express", "Meest"),
        ("rozetka_delivery", "Магазини Rozetka"),
        ("delivery_auto", "Делівері"),
    ],
)
def test_the_name_of_a_carrier(carrier: str, name: str) -> None:
    """A carrier that is not known has the name by which the order names its delivery."""
    assert carrier_name(order(delivery_name="Делівері"), carrier) == name


def test_numbers_of_prom() -> None:
    """Prom's own numbers begin with `PRM`."""
    assert [is_proms_number(number) for number in ("PRM-12", "prm 12", TTN)] == [True, True, False]
