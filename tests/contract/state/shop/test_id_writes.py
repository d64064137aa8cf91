"""External ids that are being written are remembered until their products were compared."""

from __future__ import annotations

from builders import LATER, NOON
from states import ME, dirty_pages, rows

from torgsync.core.plan.external_ids import IdWrite, ProductCopy
from torgsync.core.product.products import Existing
from torgsync.state.runs.history import WrittenIds
from torgsync.state.runs.journal import ImportEnd, SentIds
from torgsync.state.store import UnitOfWork

TUB, CUP = IdWrite("7", "77", "Таз"), IdWrite("8", "78", "Кухоль")


def before(work: UnitOfWork) -> int:
    run = work.journal.begin_run(ME, NOON)
    number = work.journal.begin_import(run, 2, LATER)
    copies = {one: ProductCopy(one.prom_id, "", one.title, "", facts={"price": '"1"'}) for one in (TUB, CUP)}
    work.id_writes.begin(number, copies)
    return number


def test_what_an_import_is_writing(work: UnitOfWork) -> None:
    """It comes back with the id that Prom gave, and is no import of a plan; closed, it is gone."""
    assert work.id_writes.open() is None
    number = before(work)
    left = work.id_writes.open()
    assert left is not None
    assert (left.number, left.prom_id, left.started, list(left.before)) == (number, None, LATER, [TUB, CUP])
    assert left.before[TUB].facts == {"price": '"1"'}
    work.journal.import_accepted(number, "abc")
    again = work.id_writes.open()
    assert again is not None
    assert again.prom_id == "abc"
    assert work.journal.unfinished_import() is None
    work.id_writes.close([TUB, CUP])
    assert work.id_writes.open() is None


def test_an_import_that_did_harm(work: UnitOfWork) -> None:
    """What it changed stays on record, also once it was put right; it counts for the run that sent it."""
    number = before(work)
    (run,) = work.history.runs()
    assert (run.ids, work.journal.pending_ids()) == (WrittenIds(open=1), SentIds(LATER, damaged=False))
    work.journal.end_ids(number, ImportEnd.DAMAGED, 2)
    work.id_writes.close([CUP])
    damaged = work.id_writes.damaged()
    assert damaged is not None
    assert (list(damaged.before), work.id_writes.open()) == ([TUB], None)
    assert work.journal.pending_ids() == SentIds(LATER, damaged=True)
    work.journal.end_import(number, ImportEnd.PUT_RIGHT)
    (run,) = work.history.runs()
    assert run.ids == WrittenIds(written=2, changed=1)
    assert (work.id_writes.damaged(), work.journal.pending_ids()) == (None, None)


def test_an_import_that_hangs(work: UnitOfWork) -> None:
    """It is waited for until Prom took a later one."""
    number = before(work)
    work.journal.end_ids(number, ImportEnd.HANGING, 0)
    work.id_writes.close([TUB, CUP])
    assert work.journal.pending_ids() == SentIds(LATER, damaged=False)
    later = work.journal.begin_import(work.journal.begin_run(ME, LATER), 1, LATER)
    work.journal.end_ids(later, ImportEnd.FINISHED, 1)
    assert work.journal.pending_ids() is None


def test_an_object_that_begins_again_forgets_them(work: UnitOfWork) -> None:
    """They belonged to the other shop."""
    before(work)
    work.products.forget_shop()
    assert work.id_writes.open() is None


def test_a_written_external_id(work: UnitOfWork) -> None:
    """The product is known by its good's id from then on, and its good is compared again."""
    work.rows.remember_rows(rows("7"))
    work.existing.remember_existing([Existing("77", "7", {}, NOON, alias="")], work.object_state.begin_look())
    work.rows.mark_clean(["7"])
    work.existing.note_external_ids({"77": "7"})
    assert work.products.known(["7"])["7"].existing == Existing("77", "7", {}, NOON)
    assert [good.good_id for page in dirty_pages(work) for good in page] == ["7"]
