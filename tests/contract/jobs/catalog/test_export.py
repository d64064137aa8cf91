"""What reading an export promises: rows that did not change cost a hash, and no change is ever missed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from builders import NOON
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matrix import sampled
from pictures import named

from torgsync.cli.messages.findings import finding_message
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import Mapper
from torgsync.core.plan import decide
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Change, creation
from torgsync.core.plan.plan import Plan
from torgsync.core.product.products import Existing
from torgsync.errors import ExportInvalid
from torgsync.files.config.objects import load_object, slugify
from torgsync.files.config.settings import Settings
from torgsync.jobs.catalog import reading, shape
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.catalog.row_reader import duplicate
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import findings
from torgsync.jobs.plan.update import update
from torgsync.state.shop.products import Accepted
from torgsync.state.shop.snapshots import SnapshotRepository
from torgsync.state.store import Store, open_store

OBJECT = """
name = "My Prom"
api_key = "invented"
{tabs}
[catalog]
path = "TSGoods.trs"
[catalog.photos]
folder = "photos"
url = "https://shop.example/photos/"
"""
FIELDS = (
    ("GoodName", "name", ""),
    ("RetailPrice", "price", ""),
    ("WarehouseQuantity", "quantity", ""),
    ("SynchronizationSectionFull", "group", ""),
    ("ModelGoodID", "variant_group", ""),
    ("TheSize", "characteristic", "Розмір"),
)
COLUMNS = ("GoodID", *(column for column, *_ in FIELDS))


@dataclass
class Shop:
    """A folder with an export, photos and a sync object, each written as a test wants it."""

    folder: Path
    store: Store
    tabs: str = ""
    more: tuple[str, ...] = ()  # columns after the mapped ones
    rows: list[tuple[str, ...]] = field(default_factory=list)
    photos: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)  # of the last plan, by good

    def write(self) -> None:
        """Write all files; a photo with the same content keeps its time."""
        lines = (
            ";".join(f'"{cell}"' for cell in row) + "\r\n" for row in ((*COLUMNS, *self.more), *self.rows)
        )
        (self.folder / "TSGoods.trs").write_bytes("".join(lines).encode())
        fields = "".join(
            f'[[fields]]\ncolumn = "{column}"\nto = "{to}"\n' + (f'name = "{name}"\n' if name else "")
            for column, to, name in FIELDS
        )
        (self.folder / "object.toml").write_text(OBJECT.format(tabs=self.tabs) + fields, "utf-8")
        folder = self.folder / "photos"
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            if file.name not in self.photos:
                file.unlink()
        for name, words in self.photos.items():
            file, content = folder / name, named(words)
            if not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)

    def context(self, name: str = "object") -> JobContext:
        """Return the context of this shop; another name has its own state."""
        path = self.folder / f"{name}.toml"
        if name != "object":
            text = (self.folder / "object.toml").read_text("utf-8")
            path.write_text(text.replace("My Prom", name, 1), "utf-8")
        home = Settings(self.folder, "", None)
        return JobContext(home, load_object(path), self.store, now=lambda: NOON)

    def plan(self, name: str = "object") -> tuple[Plan, tuple[Finding, ...]]:
        """Return the plan and the findings."""
        result = update(self.context(name), None)
        with self.store.transaction(slugify(name if name != "object" else "My Prom")) as work:
            # A good that several rows have is known by the name of any of them.
            changes = (replace(item.change, title="") for item in work.plans.changes(result.number))
            self.changes = sorted(changes, key=lambda change: (change.good_id, change.held or ""))
            return result.plan, tuple(findings(work, result))

    def mapped(self) -> list[str]:
        """Read the export, and return the ids of the goods whose rows were mapped."""
        met: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            for channel in (Mapper.product, Mapper.price_stock):

                def noted(
                    mapper: Mapper,
                    good_id: str,
                    *rest: object,
                    _map: Callable[..., object] = channel,
                    **options: object,
                ) -> object:
                    met.append(good_id)
                    return _map(mapper, good_id, *rest, **options)

                patch.setattr(Mapper, channel.__name__, noted)
            read_export(self.context())
        return met


def row(good_id: str, **cells: str) -> tuple[str, ...]:
    """Return a row of the export."""
    usual = {
        "GoodID": good_id,
        "GoodName": f"Капці {good_id}",
        "RetailPrice": "100",
        "WarehouseQuantity": "5",
        "SynchronizationSectionFull": "1=Взуття",
        "ModelGoodID": "501",
        "TheSize": good_id,
    }
    return tuple({**usual, **cells}[column] for column in COLUMNS)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop of three goods, read once."""
    store = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    shop = Shop(tmp_path, store, rows=[row("1"), row("2"), row("3")], photos={"1.jpg": "a", "2_1.jpg": "b"})
    shop.write()
    assert shop.mapped() == ["1", "2", "3"]
    yield shop
    store.close()


# What costs nothing


def test_an_unchanged_file_is_not_even_opened(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are hashed, and that is all."""
    shop.write()
    opened: list[object] = []
    monkeypatch.setattr(reading, "open_export", lambda *given, **_: opened.append(given))
    before = read_export(shop.context())
    assert (opened, before.info.goods, before.info.encoding) == ([], 3, "utf-8")


def test_only_changed_rows_are_mapped(shop: Shop) -> None:
    """A moved row is not mapped again."""
    shop.rows = [row("3"), row("4"), row("1"), row("2", RetailPrice="90")]
    shop.write()
    assert shop.mapped() == ["4", "2"]


def test_a_photo_that_was_only_saved_again_is_no_change(shop: Shop) -> None:
    """Another time, the same content."""
    os.utime(shop.folder / "photos" / "1.jpg", ns=(1, 1))
    assert shop.mapped() == []
    assert shop.mapped() == []


# What is never missed


TOUCHES: dict[str, tuple[Callable[[Shop], object], list[str]]] = {
    "a photo with another content": (lambda shop: shop.photos.update({"1.jpg": "other"}), ["1"]),
    "a new extra photo": (lambda shop: shop.photos.update({"3_2.JPG": "c"}), ["3"]),
    "a photo that is gone": (lambda shop: shop.photos.pop("2_1.jpg"), ["2"]),
    "a photo under another name": (
        lambda shop: shop.photos.update({"2_3.jpg": shop.photos.pop("2_1.jpg")}),
        ["2"],
    ),
    "photos of nobody": (lambda shop: shop.photos.update({"99.jpg": "c"}), []),
    "another setting": (lambda shop: setattr(shop, "tabs", 'product_group = "Взуття"'), ["1", "2", "3"]),
    "a tab that shapes nothing": (lambda shop: setattr(shop, "tabs", "[clients]\ncreate = false"), []),
}


@pytest.mark.parametrize(("touch", "mapped"), TOUCHES.values(), ids=TOUCHES)
def test_what_shapes_a_good_has_it_taken_apart(
    shop: Shop, touch: Callable[[Shop], object], mapped: list[str]
) -> None:
    """Its row did not change, but something else that makes the product did."""
    touch(shop)
    shop.write()
    assert shop.mapped() == mapped


def test_other_rules_have_every_row_mapped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of the program may map the same row to another product."""
    monkeypatch.setattr(shape, "rules_version", lambda: "999")
    assert shop.mapped() == ["1", "2", "3"]
    assert shop.mapped() == []


def test_the_sign_of_a_column_of_prices_has_every_row_mapped(shop: Shop) -> None:
    """Where it changes for a cell that may be two amounts, and only there."""
    for changed, mapped in (
        ({0: "1,450", 1: "12,5"}, ["1", "2"]),
        ({2: "90,5"}, ["3"]),
        ({2: "90.5"}, ["1", "2", "3"]),
        ({2: "91.5"}, ["3"]),
        ({2: "90"}, ["1", "2", "3"]),
        ({0: "1450"}, ["1"]),
        ({2: "90.5"}, ["3"]),
        ({0: "1,450"}, ["1"]),
    ):
        for place, price in changed.items():
            shop.rows[place] = row(str(place + 1), RetailPrice=price)
        shop.write()
        assert shop.mapped() == mapped


def test_a_refused_file_does_not_change_the_state(shop: Shop) -> None:
    """No row of the restored file is mapped again."""
    good = (shop.folder / "TSGoods.trs").read_bytes()
    (shop.folder / "TSGoods.trs").write_bytes(good + row("4")[0].encode() + b";")
    with pytest.raises(ExportInvalid):
        read_export(shop.context())
    (shop.folder / "TSGoods.trs").write_bytes(good)
    assert shop.mapped() == []


@pytest.mark.parametrize(("count", "what"), [(1, "1 row of"), (3, "3 rows of"), (12, "12 rows of")])
def test_all_rows_without_an_id_are_listed(shop: Shop, count: int, what: str) -> None:
    """At the first reading and at a later one, with their lines; nothing of the file is stored."""
    good = list(shop.rows)
    shop.mapped()
    shop.rows = [row("", GoodName=f"Чоботи {place}") for place in range(count)] + good
    shop.write()
    for context in (shop.context(), shop.context("other")):
        with pytest.raises(ExportInvalid) as refused:
            read_export(context)
        assert what in refused.value.message
        lines = [mistake.line for mistake in refused.value.mistakes]
        assert lines == list(range(2, 2 + min(count, 10)))
        assert refused.value.unlisted == count - len(lines)
    shop.rows = good
    shop.write()
    assert shop.mapped() == []


def test_rows_of_nothing_change_nothing(shop: Shop) -> None:
    """Rows of empty cells, an end mark and an empty column neither are goods nor make a row dirty."""
    shop.mapped()
    path = shop.folder / "TSGoods.trs"
    empty = b";" * (len(COLUMNS) - 1) + b"\r\n"
    header, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + empty + b"".join(others) + empty * 2 + b"\x1a")
    assert shop.mapped() == []
    path.write_bytes(b"".join(line.replace(b"\r\n", b";\r\n") for line in (header, *others)))
    assert shop.plan()[0].counts.create == shop.plan("other")[0].counts.create == len(others)


def test_a_missing_display_column_shows_no_hidden_good(shop: Shop) -> None:
    """The column that kept a good off the site is gone: nothing is done until a person has decided."""
    shop.more, shop.rows = ("Display",), [(*row("1"), "1"), (*row("2"), "0"), (*row("3"), "1")]
    shop.write()
    assert shop.plan()[0].skipped == {"not-displayed": 1}
    shop.more, shop.rows = (), [row("1"), row("2"), row("3")]
    shop.write()
    for _ in range(2):
        with pytest.raises(
            ExportInvalid, match="no longer has the column `Display`, which keeps 1 item"
        ) as refused:
            shop.plan()
    assert "respect_display=false" in (refused.value.hint or "")
    shop.tabs = "[accounting_centers]\nrespect_display = false\n"
    shop.write()
    assert shop.plan()[0].counts.create == 3


def test_findings_about_all_rows_are_repeated(shop: Shop) -> None:
    """A mistyped center and group are reported by every plan until a row has them."""
    shop.more = ("WarehouseQuantityForPartner",)
    shop.rows = [(*row("1"), "2=5,000"), (*row("2"), "8=5,000")]
    shop.tabs = 'product_group = "Взутя"\n[accounting_centers]\nuse = ["2", "7"]\n'
    shop.write()
    expected = [Code.CENTER_UNKNOWN, Code.PRODUCT_GROUP_EMPTY]
    for _ in range(2):
        plan, found = shop.plan()
        assert ([finding.code for finding in found], plan.counts.create) == (expected, 0)
        assert found[0].args == {"center": "7", "known": ["2", "8"]}
        assert found[1].args == {"group": "Взутя", "meant": ""}
    shop.rows.append((*row("3", SynchronizationSectionFull="7=Сад"), "7=5,000"))
    shop.write()
    assert [finding.code for finding in shop.plan()[1]] == [Code.PRODUCT_GROUP_EMPTY]
    shop.rows[2] = (*row("3", SynchronizationSectionFull="7=Взутя"), "7=5,000")
    shop.write()
    assert [finding.code for finding in shop.plan()[1]] == []


def test_duplicates_are_blocked_wherever_they_are(shop: Shop) -> None:
    """Next to an unchanged row, as its exact copy, or both new; and freed when one is gone."""
    for rows in (
        [row("1"), row("2"), row("3"), row("2", RetailPrice="7")],
        [row("2", RetailPrice="7"), row("1"), row("2"), row("3")],
        [row("1"), row("2"), row("2"), row("3")],
        [row("2", RetailPrice="6"), row("2", RetailPrice="7"), row("1"), row("3")],
    ):
        shop.rows = [row("1"), row("2"), row("3")]
        shop.write()
        assert shop.plan()[1] == ()
        shop.rows = rows
        shop.write()
        for _ in range(2):
            plan, (finding,) = shop.plan()
            assert (plan.counts.create, plan.skipped) == (2, {"blocked": 1})
            lines = [str(number) for number, cells in enumerate(rows, 2) if cells[0] == "2"]
            assert (finding.code, finding.args) == (Code.ID_DUPLICATE, {"lines": lines})


@pytest.mark.parametrize(
    ("lines", "where"),
    [([71, 86], "lines 71, 86 of the export"), ([2, 2], "line 2 of the export more than once")],
)
def test_the_lines_of_a_duplicate(lines: list[int], where: str) -> None:
    """Each line is named once: all offers of a YML file may be in one line."""
    assert finding_message(duplicate("17", lines)) == (f"this id is in {where}; nothing of the item is sent")


def test_a_freed_duplicate_counts_for_its_group_again(shop: Shop) -> None:
    """Its row had been read, but the good had been blocked."""
    shop.rows = [row("1"), row("2", SynchronizationSectionFull="1=Взуття|11=Капці")]
    shop.rows += [row("3", SynchronizationSectionFull="11=Капці"), row("2")]
    shop.write()
    assert [finding.code for finding in shop.plan()[1]] == [Code.ID_DUPLICATE]
    del shop.rows[-1]
    shop.write()
    assert [finding.code for finding in shop.plan()[1]] == [Code.GROUP_CONFLICT]


def test_a_finding_of_the_model_stays_when_a_row_is_read_again(shop: Shop) -> None:
    """The row is read again for its photos; its missing size did not change."""
    shop.rows = [row("1"), row("2"), row("3", TheSize="")]
    shop.write()
    before = shop.plan()[1]
    assert [finding.code for finding in before] == [Code.VARIANT_MISSING]
    shop.photos["3.jpg"] = "c"
    shop.write()
    assert shop.plan()[1] == before


# Incremental and full reading

CELLS = st.fixed_dictionaries(
    {},
    optional={
        "RetailPrice": st.sampled_from(["90", "x", "0", "1,450", "1.450", "12,5", "12.5"]),
        "WarehouseQuantity": st.sampled_from(["0", "-1", "1,5"]),
        "SynchronizationSectionFull": st.sampled_from(["1=Взуття|11=Капці", "11=Капці", "11=Інше", ""]),
        "ModelGoodID": st.sampled_from(["502", ""]),
        "TheSize": st.sampled_from(["36", "37", ""]),
        "GoodName": st.sampled_from(["", "Капці\n друга лінія", "Екран 5 TFT"]),
        "Display": st.sampled_from(["0", "Ні", "так"]),
    },
)
GOODS = st.sampled_from("123456")
NAMES = ["1.jpg", "1_1.jpg", "2.JPG", "3.png", "77.jpg"]
TABS = [
    "",
    'product_group = "Взуття"',
    "[accounting_centers]\nonly_in_stock = true\nonly_with_photos = true",
    '[prices]\nmarkup = "10%"',
    '[prices]\nround = 5\n[stock]\nzero = "order"',
]


@dataclass(frozen=True)
class Day:
    """What changes from one day to the next: little, so that most is known."""

    cells: dict[str, dict[str, str]]
    gone: set[str]
    twins: list[tuple[str, dict[str, str]]]
    photos: dict[str, str | None]
    first: str
    tabs: str | None


DAYS = st.lists(
    st.builds(
        Day,
        cells=st.dictionaries(GOODS, CELLS, max_size=1),
        gone=st.sets(GOODS, max_size=1),
        twins=st.lists(st.tuples(GOODS, CELLS), max_size=1),
        photos=st.dictionaries(
            st.sampled_from(NAMES), st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=3
        ),
        first=GOODS,
        tabs=st.sampled_from([None] * 9 + TABS),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.parametrize("_part", sampled(range(24), 0))
@pytest.mark.timeout(1200)
@settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(DAYS)
def test_incremental_and_full_reading_give_the_same_plan(shop: Shop, _part: int, days: list[Day]) -> None:
    """Whatever changed from day to day, the stored rows give the plan of a first reading.

    The folder of photos is never empty: then the known photos stay, and a first reading has none.
    """
    examples = len(list(shop.folder.glob("*.toml")))
    cells: dict[str, dict[str, str]] = {good_id: {} for good_id in "123456"}
    shop.photos, shop.tabs = {"1.jpg": "a", "of nobody.jpg": "b"}, ""
    for number, day in enumerate(days):
        cells |= day.cells
        listed = sorted(cells.keys() - day.gone, key=lambda good_id: (good_id != day.first, good_id))
        shop.rows = [row(good_id, **cells[good_id]) for good_id in listed]
        shop.rows += [row(good_id, **changed) for good_id, changed in day.twins]
        for name, content in day.photos.items():
            if content is None:
                shop.photos.pop(name, None)
            else:
                shop.photos[name] = content
        shop.tabs = shop.tabs if day.tabs is None else day.tabs
        shop.write()
        plan, reported = shop.plan(f"daily-{examples}")
        afresh, found = shop.plan(f"afresh-{examples}-{number}")
        assert (plan.counts, plan.id, plan.skipped) == (afresh.counts, afresh.id, afresh.skipped)
        assert sorted(map(repr, reported)) == sorted(map(repr, found))
        assert shop.plan(f"daily-{examples}")[0].counts == plan.counts


def arrive(shop: Shop, slug: str) -> None:
    """Store all planned goods with a price as sent, and as existing on Prom."""
    with shop.store.transaction(slug) as work:
        work.object_state.note_first_write(NOON)
        for good_id, known in work.products.known(list("123456")).items():
            if known.row_status is RowStatus.IN and known.desired and known.desired.money("price"):
                values = dict(known.sent.values if known.sent else {}) | dict(known.desired.values)
                work.existing.remember_existing([Existing(f"9{good_id}", good_id, values, NOON)], 1)
                work.products.accept([Accepted(good_id, values, {})], NOON)


def arrive_after_plan(shop: Shop) -> None:
    """Plan, and store all goods of the export as sent and existing."""
    shop.write()
    shop.plan()
    arrive(shop, "my-prom")


def test_a_variant_outside_its_group_is_reported_until_it_is_created_again(shop: Shop) -> None:
    """With a mistyped size it was created alone; no call joins it to the group when it is corrected."""
    shop.rows[1] = row("2", TheSize="1")
    shop.write()
    assert [finding.code for finding in shop.plan()[1]] == [Code.VARIANT_ALIKE]
    arrive(shop, "my-prom")
    shop.rows[1] = row("2")
    for _ in range(2):
        shop.write()
        (found,) = shop.plan()[1]
        assert (found.code, found.good_id, found.line) == (Code.VARIANT_APART, "2", 3)
    with shop.store.transaction("my-prom") as work:
        work.products.accept([Accepted("2", {"variant_group": "501"}, {})], NOON)
    assert shop.plan()[1] == ()


def test_a_good_that_left_its_model_while_it_was_gone(shop: Shop) -> None:
    """Prom keeps it in its variant group, which is reported when it comes back."""
    arrive_after_plan(shop)
    rows = shop.rows
    shop.rows = rows[:-1]
    shop.write()
    shop.plan()
    last = rows[-1][0]
    shop.rows = [*rows[:-1], row(last, ModelGoodID="", TheSize="37")]
    shop.write()
    (found,) = shop.plan()[1]
    assert (found.code, found.good_id) == (Code.VARIANT_MOVED, last)


@pytest.mark.parametrize("_part", sampled(range(12), 0))
@pytest.mark.timeout(1200)
@settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    DAYS,
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.lists(st.sampled_from(["1", "0", "можливо", "хтозна"]), min_size=5, max_size=5),
)
def test_the_readings_agree_on_a_shop_with_products(
    shop: Shop, _part: int, days: list[Day], arrives: list[bool], words: list[str]
) -> None:
    """What was sent and what exists makes no difference: same updates, creations and removals.

    Nor does it whether every good is decided by all that is known of it, each creation with its values, nor a
    `Display` that cannot be read, which leaves the goods 2 and 3 as they were.
    """
    examples = len(list(shop.folder.glob("*.toml")))
    names = (f"daily-{examples}", f"whole-{examples}")
    cells: dict[str, dict[str, str]] = {good_id: {} for good_id in "123456"}
    shop.photos, shop.tabs = {"1.jpg": "a"}, ""
    for number, day in enumerate(days):
        cells |= day.cells
        cells |= {good_id: cells[good_id] | {"Display": words[number]} for good_id in "23"}
        shop.tabs = shop.tabs if day.tabs is None else day.tabs
        listed = sorted(cells.keys() - day.gone, key=lambda good_id: (good_id != day.first, good_id))
        shop.rows = [row(good_id, **cells[good_id]) for good_id in listed]
        shop.rows += [row(good_id, **changed) for good_id, changed in day.twins]
        shop.write()
        (plan, reported), changes = shop.plan(names[0]), shop.changes
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shape, "rules_version", lambda number=number: str(number))
            patch.setattr(SnapshotRepository, "dirty", one_by_one)
            patch.setattr(decide, "creation", lambda product, **_: creation(product))
            whole, found = shop.plan(names[1])
        assert (plan.counts, plan.skipped) == (whole.counts, whole.skipped)
        assert changes == shop.changes
        assert sorted(map(repr, reported)) == sorted(map(repr, found))
        if arrives[number]:
            for name in names:
                arrive(shop, slugify(name))


def one_by_one(goods: SnapshotRepository, *_given: object, **_options: object) -> Iterator[list[Any]]:
    """Yield what is known of goods that are not clean, whatever may be left out."""
    return DIRTY(goods, whole=True)


DIRTY = SnapshotRepository.dirty


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The goods that were mapped as a whole, from now on."""
    met: list[str] = []
    whole = Mapper.product

    def noted(mapper: Mapper, good_id: str, *rest: object, **options: object) -> object:
        met.append(good_id)
        return whole(mapper, good_id, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Mapper, "product", noted)
    return met


def test_a_price_or_a_stock_that_moved_maps_nothing_else(shop: Shop, met: list[str]) -> None:
    """Unless its stock keeps the good out, or something was found about it before."""
    shop.rows = [row("1", RetailPrice="90"), row("2", WarehouseQuantity="0"), row("3", RetailPrice="x")]
    shop.write()
    plan, (finding,) = shop.plan()
    assert (met, plan.counts.create, finding.good_id) == ([], 2, "3")
    shop.rows = [row("1", RetailPrice="90"), row("2", WarehouseQuantity="1"), row("3", RetailPrice="80")]
    shop.write()
    assert (shop.plan()[1], met) == ((), ["3"])
    shop.rows = [row("1", GoodName="Інше"), row("2", WarehouseQuantity="1"), row("3", RetailPrice="80")]
    shop.write()
    assert (shop.plan()[1], met) == ((), ["3", "1"])


def test_settings_of_price_and_stock_map_nothing_else(shop: Shop, met: list[str]) -> None:
    """Of goods whose content did not change; any other setting maps all of them."""
    arrive_after_plan(shop)
    shop.plan()
    shop.tabs, shop.rows[1] = '[prices]\nmarkup = "10%"\n', row("2", GoodName="Інше")
    shop.write()
    for _ in range(2):
        assert shop.plan()[0].counts.update == 3
        assert [list(change.fields) for change in shop.changes] == [
            ["price"],
            ["name", "name_ru", "price"],
            ["price"],
        ]
    assert met == ["2"]
    shop.tabs += '[removal]\ngone = "keep"\n'
    shop.write()
    assert shop.plan()[0].counts.update == 3
    assert met == ["2", "1", "2", "3"]
