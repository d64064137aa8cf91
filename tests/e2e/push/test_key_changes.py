"""However the keys of an export change, no good gets a second product, and none is lost."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from homes import Home, invented_shop
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from machines import run_machine
from matrix import sampled

from torgsync.core.product.texts import check_digit
from torgsync.sandbox.server import RunningServer, serve

OBJECT = """
name = "Keys"
api_key = {{ file = "token" }}
[catalog]
path = "TSGoods.trs"
[limits]
removals = "100%"
export_rows = "1%"
imports_per_day = 100
requests_per_second = 50
[removal]
gone = "{gone}"
delete_after = "{after}"
[[fields]]
column = "GoodName"
to = "name"
[[fields]]
column = "Articul"
to = "sku"
[[fields]]
column = "Barcode"
to = "gtin"
[[fields]]
column = "RetailPrice"
to = "price"
[[fields]]
column = "WarehouseQuantity"
to = "quantity"
"""
SPELLINGS = ("{}", '"{}"', '="{}"', "'{}", "{},00", "{}.0", " {} ", "{}\u200b", '="{}\u00a0"')


@dataclass
class Row:
    """A row of the export: its key, and what it is recognised by, of which some goods lack a part."""

    key: int
    number: int
    stock: int = 3

    def cells(self, spelling: str) -> str:
        """Return the row with its key in a spelling."""
        article = f"А-{self.number}" if self.number % 3 else ""
        digits = f"29{self.number:010d}"
        barcode = f"{digits}{check_digit(digits)}" if self.number % 2 else ""
        return f"{spelling.format(self.key)};{name_of(self.number)};{article};{barcode};450;{self.stock}\n"


def name_of(number: int) -> str:
    return f"Капці вигадані {number}"


class KeysMachine(RuleBasedStateMachine):
    """A small shop, and an accounting program that changes the keys of its goods."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="keys-")
        self.server: RunningServer = serve(invented_shop())
        self.home = Home.empty(Path(self.folder.name), self.server)
        self.home.set_quirks("imports_per_day=1000")
        self.goods: list[Row] = []
        self.made = 0
        self.spelling = SPELLINGS[0]

    def teardown(self) -> None:
        """Stop the server."""
        self.server.stop()
        self.folder.cleanup()

    @initialize(
        count=st.integers(2, 6),
        gone=st.sampled_from(("delete", "hide", "not-available", "keep")),
        after=st.sampled_from(("0d", "30d")),
    )
    def begin(self, count: int, gone: str, after: str) -> None:
        self.home.object.write_text(OBJECT.format(gone=gone, after=after), "utf-8")
        self.goods = [Row(number, number) for number in range(1, count + 1)]
        self.run()
        self.made = count

    @rule(spelling=st.sampled_from(SPELLINGS))
    def respell(self, spelling: str) -> None:
        self.spelling = spelling
        self.run()

    @rule(every=st.integers(1, 3), offset=st.sampled_from((100, 2000, 70_000)))
    def renumber(self, every: int, offset: int) -> None:
        for good in self.goods[::every]:
            good.key = offset + good.number
        self.run()

    @rule()
    def mend(self) -> None:
        for good in self.goods:
            good.key = good.number
        self.run()

    @rule(pick=st.integers(0, 9), stock=st.integers(1, 9))
    def sell(self, pick: int, stock: int) -> None:
        self.goods[pick % len(self.goods)].stock = stock
        self.run()

    @rule()
    def adopt(self) -> None:
        assert self.home.run("object", "adopt", "--yes").code == 0
        assert self.run() == 0
        self.home.sandbox.log.clear()
        assert (self.run(), self.home.writes()) == (0, [])
        shown = {one.name_uk: one.quantity_in_stock for one in self.home.sandbox.products()}
        assert shown == {name_of(good.number): good.stock for good in self.goods}

    def run(self) -> int:
        """Write the export and synchronise; every good has its one product, and it is for sale."""
        header = "GoodID;GoodName;Articul;Barcode;RetailPrice;WarehouseQuantity\n"
        rows = "".join(good.cells(self.spelling) for good in self.goods)
        self.home.export.write_text(header + rows, "utf-8")
        code = self.home.sync().code
        assert code in {0, 8}
        on_sale = Counter(one.name_uk for one in self.home.sandbox.products() if one.status == "on_display")
        assert on_sale == {name_of(good.number): 1 for good in self.goods}
        assert not self.made or len(self.home.sandbox.products()) == self.made
        return code


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("examples", sampled([1, 30], 1))
def test_random_key_changes(examples: int) -> None:
    """In any order, with any of the policies for goods that left the export."""
    run_machine(KeysMachine, examples=examples, steps=5)
