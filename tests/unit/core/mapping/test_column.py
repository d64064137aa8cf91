"""What is remembered of the cells of earlier rows."""

from __future__ import annotations

from collections.abc import Mapping

from builders import fields_of, sync_object
from hypothesis import given, settings
from hypothesis import strategies as st

from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.stock import StockCounter, count_stock
from torgsync.core.product.columns import CENTERS_COLUMN, SUM_COLUMN, unit_column
from torgsync.core.product.fields import Photo
from torgsync.core.product.money import TypedNumber

CELLS = {
    "GoodName": ["Капці", "Кап?ці", "", "#REF!"],
    "RetailPrice": ["100", "1.450", TypedNumber("1.450"), "x", "#N/A"],
    "RetailPriceWithDiscount": ["100", "90", "1.450", TypedNumber("1.450"), "x"],
    "EqualCurrencyName": ["", "$"],
    "EqualSalePrice": ["", "1.450", TypedNumber("1.450")],
    "PriceDiscountPercent": ["0", "10"],
    SUM_COLUMN: ["3", "2,5", "-1", "x", ""],
    CENTERS_COLUMN: ["1=1,000|2=2,000", "1=x", ""],
    "SynchronizationSectionFull": ["1=Сад|11=Полив", "Сад", ""],
    "SynchronizationSection": ["Полив", ""],
    "Category": ["11", "0"],
    "PCName": ["Верба", "Україна"],
    "Country": ["Україна", ""],
    "ModelGoodID": ["17", "0"],
    "FashionName": ["Верба", ""],
    "Color": ["синій", "си?ній", "", "#REF!", "&amp;"],
    "Sex": ["1", "9", "0"],
    unit_column("Color"): ["см", ""],
    "Display": ["1", "0", "x"],
}
FIELDS = fields_of(
    ("Color", "characteristic", "Колір"),
    ("GoodName", "name"),
    ("RetailPrice", "price"),
    ("RetailPriceWithDiscount", "sale_price"),
    (SUM_COLUMN, "quantity"),
    ("Sex", "characteristic", "Стать"),
    ("SynchronizationSectionFull", "group"),
    ("PCName", "vendor"),
    ("Country", "country"),
    ("ModelGoodID", "variant_group"),
)
ROWS = st.fixed_dictionaries({}, optional={name: st.sampled_from(cells) for name, cells in CELLS.items()})


def no_photos(_good_id: str) -> tuple[Photo, ...] | None:
    return None


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=2, max_size=8))
def test_a_row_is_mapped_as_if_it_were_the_first(rows: list[Mapping[str, str]]) -> None:
    """Cells that earlier rows had too change no product and no finding, whatever the type of a number."""
    shop = sync_object(fields=FIELDS)
    mapper, counter = Mapper(shop), StockCounter(shop)

    def by(fresh: Mapper, line: int, cells: Mapping[str, str]) -> tuple[Mapped, Mapped]:
        stock = count_stock(shop, cells)
        assert counter.count(cells) == stock
        return (
            fresh.product(f"{line}", line, cells, stock, no_photos),
            fresh.price_stock(f"{line}", line, cells, stock),
        )

    for line, cells in enumerate(rows, start=1):
        assert by(mapper, line, cells) == by(Mapper(shop), line, cells)
