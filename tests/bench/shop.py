"""Rows of what goes to a shop and comes from it, on the sandbox, and of long descriptions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from exports import write_shop

from tests.bench.processes import Row
from tests.bench.programs import BigShop, Tree, write_export
from tests.bench.work import SUMMARY
from torgsync.sandbox.shop.orders import ShopBuyer

EDITS, ORDERS = 1_000, 10_000
LETTERS = (10, 1_000, 10_000)


def edit_row(big: BigShop, edits: int) -> Row:
    """Return the row of a synchronisation after so many prices changed; each round goes on from the last."""
    numbers = range(1, big.goods + 1, big.goods // edits)[:edits]

    def prepare(number: int) -> None:
        if number == 0:
            big.restore(sandbox=True)
        folder = big.folder / "edited"
        big.read(write_export(folder, big.goods, moved=dict.fromkeys(numbers, 10 + number)))

    command = big.tree.command("sync", "-o", "big", "--yes", "--show", "summary")
    title = f"sync of {edits:,} edits"
    return Row(
        "edits",
        "sync",
        title,
        command,
        big.environment,
        prepare,
        big.tree.name,
        edits,
        lambda: big.state_bytes,
    )


def order_rows(shops: Sequence[BigShop], orders: int) -> Iterator[Row]:
    """Yield the rows of an explanation, and of bringing so many orders of different buyers home."""
    for big in shops:

        def synced(_: int, big: BigShop = big) -> None:
            big.restore()
            big.read(big.exports.yesterday)

        def ordered(_: int, big: BigShop = big) -> None:
            big.restore(sandbox=True)
            big.read(big.exports.yesterday)
            shutil.rmtree(big.folder / "outbox", ignore_errors=True)
            for number in range(len(list(big.shop.orders)), orders):
                buyer = ShopBuyer(phone=f"+38067{number:07d}", email=f"buyer{number}@shop.example")
                big.shop.place_order([(str(number % big.goods + 1), 1)], buyer=buyer)

        for key, title, args, prepare, items in (
            ("why", "why", ("why", "-o", "big", str(big.goods // 2)), synced, 1),
            ("orders", f"orders fetch of {orders:,}", ("orders", "fetch", "-o", "big"), ordered, orders),
        ):
            command = big.tree.command(*args)
            yield Row("shop", key, title, command, big.environment, prepare, big.tree.name, items)


def letter_rows(parent: Path, trees: Sequence[Tree], goods: int) -> Iterator[Row]:
    """Yield the first plan of goods with short and with long descriptions."""
    for letters in LETTERS:
        path = write_shop(parent / f"letters-{letters}", goods, letters)
        for tree in trees:
            home = parent / f"{tree.name}-letters"

            def forget(_: int, home: Path = home) -> None:
                shutil.rmtree(home, ignore_errors=True)

            command = tree.command("update", "-o", str(path), *SUMMARY[3:])
            title = f"first plan of {goods:,} goods, {letters:,} letters"
            environment = tree.environment(home)
            yield Row("memory", str(letters), title, command, environment, forget, tree.name, goods)
