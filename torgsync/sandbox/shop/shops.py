"""Many shops of one marketplace, a token each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from torgsync.sandbox.shop.shop import Shop

MOST_SHOPS = 1_000


def token_of(number: int) -> str:
    """Return the token of the shop with this number, from 1."""
    return f"sandbox-token-{number:03}"


class Shops(Mapping[str, Shop]):
    """Shops by their tokens; each is made when it is asked for first. Thread-safe.

    `make` returns the shop with a number, from 1, that knows the token. Shops share nothing: each has goods,
    orders, imports, quirks, faults and a log of its own.
    """

    def __init__(self, count: int, make: Callable[[int, str], Shop]) -> None:
        self._numbers = {token_of(number): number for number in range(1, count + 1)}
        self._make = make
        self._made: dict[str, Shop] = {}
        self._lock = Lock()

    def __getitem__(self, token: str) -> Shop:
        shop = self._made.get(token)
        if shop is None:
            number = self._numbers[token]
            with self._lock:
                shop = self._made.get(token)
                if shop is None:
                    shop = self._made[token] = self._make(number, token)
        return shop

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, token: object) -> bool:
        return token in self._numbers

    def made(self) -> dict[str, Shop]:
        """Return the shops that were asked for, by their tokens."""
        with self._lock:
            return dict(self._made)
