"""A good's external id on Prom: the `GoodID`, except for adopted products.

A product made in the cabinet has an external id of its own, or none, and no known call gives it another one
(prom-api §3.4, §8 no. 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Adopted(NamedTuple):
    """A good that is another product's on Prom: `external_id` is the name there, empty where it has none."""

    good_id: str
    prom_id: str
    external_id: str


class ExternalIds:
    """The names of one shop's products, good by good; those that are named by their good are not kept."""

    def __init__(self, adopted: Iterable[Adopted] = ()) -> None:
        self._by_good = {one.good_id: one for one in adopted}
        self._by_prom = {one.prom_id: one.good_id for one in self._by_good.values()}

    def good_id(self, prom_id: str, external_id: str) -> str:
        """Return the good whose product this is; its external id if it was not adopted."""
        return self._by_prom.get(prom_id, external_id)

    def external_id(self, good_id: str) -> str:
        """Return the external id by which Prom knows a good, empty where it knows it by its own id alone."""
        adopted = self._by_good.get(good_id)
        return good_id if adopted is None else adopted.external_id

    def prom_id(self, good_id: str) -> str:
        """Return Prom's own id of an adopted good, empty for any other."""
        adopted = self._by_good.get(good_id)
        return "" if adopted is None else adopted.prom_id
