"""How the time of a page of the sandbox's list grows with its shop: milliseconds, and their ratio."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from torgsync.sandbox.app import SandboxApp
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.shop import Shop

ROUNDS = 30


def milliseconds(work: Callable[[], object]) -> float:
    """Return the shortest of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best * 1000


def pages(size: int) -> dict[str, float]:
    """Return the milliseconds of each kind of page in a shop of this many products."""
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    shop = Shop(clock=lambda: moment)
    fill(shop, size)
    moment += timedelta(hours=1)
    middle = shop.products()[size // 2]
    shop.edit_product(middle.id, name="Інший")
    since = f"{moment:%Y-%m-%dT%H:%M:%S}"
    queries: dict[str, dict[str, str | int]] = {
        "newest": {"limit": 100},
        "from the middle": {"limit": 40, "last_id": middle.id},
        "modified lately": {"limit": 100, "last_modified_from": since},
        "one group": {"limit": 10, "group_id": middle.group_id},
    }
    transport = httpx.WSGITransport(app=SandboxApp(shop))
    token = {"Authorization": "Bearer sandbox"}
    found = {}
    with httpx.Client(
        transport=transport, base_url="http://sandbox.localhost/api/v1", headers=token
    ) as client:
        for name, query in queries.items():
            found[name] = milliseconds(lambda query=query: client.get("/products/list", params=query))  # type: ignore[misc]  # its own query each
    return found


def compare_pages(small: int, large: int, say: Callable[[str], object]) -> None:
    """Print the kinds of pages in two shops of so many products."""
    before, after = pages(small), pages(large)
    say(f"{'page':<18}{small:>12,}{large:>12,}   ratio")
    for name, milli in before.items():
        say(f"{name:<18}{milli:>9.2f} ms{after[name]:>9.2f} ms{after[name] / milli:>8.2f}")
