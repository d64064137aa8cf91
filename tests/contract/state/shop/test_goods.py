"""Goods as they are listed and chosen."""

from __future__ import annotations

from builders import NOON, existing, product
from states import row

from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cells import Section
from torgsync.core.product.products import Existing
from torgsync.state.store import UnitOfWork

SHOES = (Section("1", "Взуття"), Section("11", "Жіноче"))


def remember(work: UnitOfWork, *products: Existing) -> None:
    work.existing.remember_existing(products, work.object_state.begin_look())


def shown(prom_id: str, good_id: str, status: str) -> Existing:
    return Existing(prom_id, good_id, dict(existing(status=status).values), NOON)


def test_goods_are_listed(work: UnitOfWork) -> None:
    """In the order of the file; those that left it only while Prom has them; what was deleted comes last."""
    work.variants.remember_sections({7: SHOES})
    out = row("3", 3, 3, row_status=RowStatus.OUT, reason="not-displayed", product=None)
    work.rows.remember_rows([row("9", 1, 1, section=7), out, row("2", 2, 2), row("5", 5, 5), row("6", 6, 6)])
    work.rows.mark_gone(["5", "6"])
    remember(
        work, shown("20", "9", "deleted"), shown("30", "9", "draft"), shown("40", "5", "on_display"),
        shown("50", "6", "deleted"), shown("60", "777", "on_display"),
    )  # fmt: skip
    assert (work.goods.ids(), work.goods.unnamed()) == (["9", "2", "3", "5"], {"3"})
    first, gone = work.goods.stored(["9", "none", "5"])
    assert (first.path, first.prom_id, first.status) == (SHOES, "30", "draft")
    assert (first.title, first.values["price"]) == (product().title, product().values["price"])
    assert (gone.row_status, gone.path, gone.line) == (RowStatus.GONE, (), 0)
    remember(work, Existing("70", "3", dict(existing(name="На сайті").values), NOON))
    assert work.goods.stored(["3"])[0].title == "На сайті"
    work.existing.forget_existing(["70"])
    (hidden,) = work.goods.stored(["3"])
    assert (hidden.title, hidden.values, hidden.prom_id, hidden.status) == ("", {}, "", "")
    assert work.goods.unknown(["9", "5", "777", "none"]) == ["none"]
    assert (work.goods.paths(), work.goods.members([7, 8])) == ({7: SHOES}, {"9"})


def test_variants_of_one_group(work: UnitOfWork) -> None:
    """Those that go with it; what goes alone, or left the export, is in no group."""
    work.rows.remember_rows(
        [row(good_id, number, number, model=4) for number, good_id in enumerate("1234", 1)]
    )
    work.rows.remember_rows([row("8", 8, 8)])
    work.variants.regroup({"1": 500, "2": 500, "4": 500})
    work.rows.mark_gone(["4"])
    assert work.goods.variants(["1"]) == {"1", "2"}
    assert work.goods.variants(["3", "8", "none"]) == set()
