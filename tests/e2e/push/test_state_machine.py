"""After any sequence of runs, exports and edits in the cabinet, two runs without faults converge."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import stamina
from homes import Home, Ran, invented_shop, no_waiting
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from machines import run_machine
from matrix import sampled
from truth import differences, open_ends

from torgsync.core.product.columns import BARE_50, LAYOUT_50
from torgsync.errors import Interrupted
from torgsync.i18n import verbatim
from torgsync.prom.http import TRIES
from torgsync.sandbox.server import RunningServer, serve

OBJECT = """
name = "Small"
api_key = { file = "token" }
[catalog]
path = "TSGoods.trs"
[[fields]]
column = "GoodName"
to = "name"
[[fields]]
column = "RetailPrice"
to = "price"
[[fields]]
column = "WarehouseQuantity"
to = "quantity"
[limits]
removals = "100%"
deletions = "100%"
price_drop = "100%"
price_rise = "1000%"
stock_out = "100%"
export_rows = "1%"
imports_per_day = 100
requests_per_second = 50
[removal]
gone = "delete"
delete_after = "10d"
"""
STAYS = 1
"""A good that never goes: a shop is never emptied as a whole."""

EDITS = (
    {"price": Decimal(77)},
    {"name_uk": "Ручне"},
    {"status": "not_on_display"},
    {"status": "on_display"},
)
"""What a person does in the cabinet."""
FAULTS = st.one_of(
    st.builds(
        "{} share=0.4 seed={}".format,
        st.sampled_from(("500", "429", "cut", "lost", "truncated", "web-page", "gaps", "POST lost")),
        st.integers(0, 99),
    ),
    st.builds(
        "{} nth={}".format,
        st.sampled_from(
            (
                "POST products/import_file lost",
                "POST products/import_file cut",
                "import-refused",
                "import-never-ends",
                "POST products/edit* lost",
                "POST products/edit* cut",
                "gaps items_every=2",
            )
        ),
        st.integers(1, 2),
    ),
    st.sampled_from(("POST products/edit* lost", "POST products/edit* 503", "GET products/by* 500")),
)


class Killed(BaseException):
    """Raised as a kill: no code may catch it, and the state stays as it is."""


@dataclass
class Clock:
    """A clock that can raise `Killed`: programs read it around everything they do."""

    time: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 8, tzinfo=UTC))
    left: int = -1

    def now(self) -> datetime:
        """Return the time, or raise `Killed`."""
        self.left -= 1
        if self.left == 0:
            raise Killed
        return self.time


@dataclass
class Good:
    """A row of the export."""

    name: str
    price: int
    stock: int


class ShopMachine(RuleBasedStateMachine):
    """A small shop, and every event that may happen to it as a rule."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="whatever-")
        self.clock = Clock()
        self.server: RunningServer = serve(invented_shop())
        self.shop = self.server.shop
        self.shop._clock = lambda: self.clock.time
        self.home = Home.empty(Path(self.folder.name), self.server)
        self.home.object.write_text(OBJECT, "utf-8")
        self.home.set_quirks("imports_per_day=1000")
        self.goods: dict[int, Good] = {}
        self.dropped: dict[int, Good] = {}
        self.last = STAYS
        self.moved = True
        self.pauses = stamina.set_testing(True, attempts=TRIES)
        self.pauses.__enter__()

    def teardown(self) -> None:
        """Stop the server."""
        self.pauses.__exit__(None, None, None)
        self.server.stop()
        self.folder.cleanup()

    @initialize(count=st.integers(1, 8))
    def begin(self, count: int) -> None:
        self.goods = {number: Good(f"Товар {number}", 100 + number, number) for number in range(1, count + 1)}
        self.last = count
        self.export()

    def export(self) -> None:
        """Have the accounting program write the export."""
        blank = {name: "0" if place in BARE_50 else '""' for place, name in enumerate(LAYOUT_50)}
        lines = [";".join(f'"{name}"' for name in LAYOUT_50)]
        for number, good in self.goods.items():
            row = {
                **blank,
                "GoodID": str(number),
                "GoodName": f'"{good.name}"',
                "RetailPrice": str(good.price),
                "RetailPriceWithDiscount": str(good.price),
                "WarehouseQuantity": str(good.stock),
                "Display": "1",
                "ModelGoodID": "",
            }
            lines.append(";".join(row[name] for name in LAYOUT_50))
        self.home.export.write_text("\r\n".join([*lines, ""]), "utf-8")
        self.moved = True

    # The accounting program

    @rule(pick=st.integers(0, 99), price=st.integers(60, 500), stock=st.integers(0, 9))
    def sell(self, pick: int, price: int, stock: int) -> None:
        good = self.goods[list(self.goods)[pick % len(self.goods)]]
        good.price, good.stock = price, stock
        self.export()

    @rule(pick=st.integers(0, 99), price=st.integers(60, 500), word=st.sampled_from(("новий", "кращий")))
    def rename(self, pick: int, price: int, word: str) -> None:
        number = list(self.goods)[pick % len(self.goods)]
        self.goods[number].name, self.goods[number].price = f"Товар {word} {number}", price
        self.export()

    @rule(count=st.integers(1, 7))
    def bring(self, count: int) -> None:
        for _ in range(count):
            self.last += 1
            self.goods[self.last] = Good(f"Товар {self.last}", 100, self.last % 3)
        self.export()

    @precondition(lambda self: len(self.goods) > 1)
    @rule(pick=st.integers(0, 99))
    def drop(self, pick: int) -> None:
        going = [number for number in self.goods if number != STAYS]
        number = going[pick % len(going)]
        self.dropped[number] = self.goods.pop(number)
        self.export()

    @precondition(lambda self: self.returning())
    @rule(pick=st.integers(0, 99))
    def bring_back(self, pick: int) -> None:
        number = self.returning()[pick % len(self.returning())]
        self.goods[number] = self.dropped.pop(number)
        self.export()

    def returning(self) -> list[int]:
        """Return the goods that left the export and that Prom would take again."""
        deleted = self.shop.catalog.deleted_external_ids
        return [number for number in self.dropped if str(number) not in deleted]

    @rule()
    def pass_ten_days(self) -> None:
        self.clock.time += timedelta(days=10, hours=1)
        self.moved = True

    # The cabinet

    @rule(
        pick=st.integers(0, 99),
        what=st.sampled_from(EDITS),
    )
    def edit_in_the_cabinet(self, pick: int, what: dict[str, object]) -> None:
        there = [product for product in self.shop.products() if product.external_id]
        if there:
            self.clock.time += timedelta(minutes=1)
            self.shop.edit_product(there[pick % len(there)].id, **what)
            self.moved = True

    # Runs

    def run(self, *args: str, kill: int = -1, stop: int = -1) -> Ran | None:
        """Synchronise four hours later, and return the result, or None if it was killed."""
        self.clock.time += timedelta(hours=4)
        self.clock.left = kill
        waits = [stop]

        def sleep(seconds: float) -> None:
            waits[0] -= 1
            if waits[0] == 0:
                raise Interrupted(verbatim("stopped by you"))
            self.clock.time += timedelta(seconds=seconds)
            no_waiting(seconds)

        try:
            return self.home.run("sync", "--yes", "--format", "json", *args, now=self.clock.now, sleep=sleep)
        except Killed:
            return None
        finally:
            self.clock.left = -1
            assert differences(self.home.folder / "state.db", self.shop) == []

    @rule(fault=st.none() | FAULTS, kill=st.integers(1, 160), no_wait=st.booleans())
    def run_and_pull_the_plug(self, fault: str | None, kill: int, no_wait: bool) -> None:
        self.home.misbehave(*([fault] if fault else []))
        self.run(*(["--no-wait"] if no_wait else []), kill=kill)
        self.home.misbehave()
        self.moved = True

    @rule(fault=FAULTS, no_wait=st.booleans())
    def run_among_faults(self, fault: str, no_wait: bool) -> None:
        self.home.misbehave(fault)
        ran = self.run(*(["--no-wait"] if no_wait else []))
        self.home.misbehave()
        assert ran is not None
        assert ran.code in {0, 5, 6}
        self.moved = True

    @rule(stop=st.integers(1, 3))
    def run_and_stop_it(self, stop: int) -> None:
        ran = self.run(stop=stop)
        assert ran is not None
        assert ran.code in {0, 130}
        self.moved = True

    @precondition(lambda self: self.moved)
    @rule()
    def two_undisturbed_runs(self) -> None:
        self.run()
        last = self.run()
        assert last is not None
        assert last.code == 0
        assert self.contents() == {
            str(number): (
                Decimal(good.price),
                good.stock,
                "available" if good.stock else "not_available",
                good.name,
                "on_display",
            )
            for number, good in self.goods.items()
        }
        assert open_ends(self.home.folder / "state.db") == []
        self.shop.log.clear()
        third = self.run()
        assert third is not None
        assert (third.code, self.home.writes()) == (0, [])
        self.moved = False

    def contents(self) -> dict[str | None, tuple[object, ...]]:
        """Products of the export and what else buyers see, keyed by external id."""
        return {
            product.external_id: (
                product.price,
                product.quantity_in_stock,
                product.presence,
                product.name_uk,
                product.status,
            )
            for product in self.shop.products()
            if product.status == "on_display" or int(product.external_id or 0) in self.goods
        }

    # At any time

    @invariant()
    def nothing_of_the_export_was_deleted(self) -> None:
        assert not self.shop.catalog.deleted_external_ids & set(map(str, self.goods))

    @invariant()
    def no_import_was_spent_without_need(self) -> None:
        for entry in self.shop.imports():
            if entry.report:
                assert entry.report.created + entry.report.updated > 0

    @invariant()
    def nothing_was_made_twice(self) -> None:
        made = sum(entry.report.created for entry in self.shop.imports() if entry.report)
        there = {product.external_id for product in self.shop.products()}
        assert made == len(there | self.shop.catalog.deleted_external_ids)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("examples", sampled([1, 15], 1))
def test_random_sequences(examples: int) -> None:
    """The rules and invariants hold in many random sequences of steps."""
    run_machine(ShopMachine, examples=examples, steps=10)
