"""The table of pending changes: one by one, folded, in 80 columns, without colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

import pytest
from builders import product, update
from rich.console import Console

from torgsync.cli.base.options import Show
from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.plan.change_table import mover_words, render_changes, table_of
from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.product.fields import Photo
from torgsync.i18n import verbatim
from torgsync.state.runs.change_rows import NumberedChange

SLIP = update("26901", price=(Decimal("1713.00"), Decimal("171.30")))


@dataclass
class Plan:
    """Changes of goods that are all in one group, or in none."""

    all_changes: list[Change]
    group: str = ""

    def changes_by_group(self) -> Iterator[tuple[NumberedChange, str]]:
        """Yield the changes."""
        for number, change in enumerate(self.all_changes, 1):
            yield NumberedChange(number, change), self.group

    def totals(self, *, held: bool) -> Mapping[Verb, int]:
        """Return how many there are."""
        return Counter(change.verb for change in self.all_changes if change.held or not held)


def texts(plan: Plan, show: Show = Show.CHANGES) -> list[str]:
    return [line.text for line in render_changes(plan, show, "UAH").lines]


def printed(plan: Plan, show: Show = Show.CHANGES) -> list[str]:
    console = Console(file=StringIO(), width=80, markup=False, emoji=False, highlight=False, no_color=True)
    console.print(table_of(render_changes(plan, show, "UAH").lines))
    out = console.file
    assert isinstance(out, StringIO)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def priced(good_id: str, old: str = "100", new: str = "105") -> Change:
    return update(good_id, price=(Decimal(old), Decimal(new)))


def held(change: Change, guard: str) -> Change:
    (stopped,) = change.split(change.fields, guard)
    return stopped


@pytest.mark.parametrize("name", ["Шуруп [/25] оцинкований", "Крем [red] для рук", "Крем :wrench: для рук"])
def test_a_name_appears_as_it_is(name: str) -> None:
    """Brackets and colons are no markup, and no line is wider than the screen."""
    long = f"{name} {'дуже ' * 20}довгий"
    lines = printed(Plan([Change("26931", Verb.UPDATE, long, SLIP.fields)]))
    assert " ".join(" ".join(line.split()) for line in lines).count(name) == 1
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)


def test_a_change_has_a_sign_a_word_and_a_line_a_field() -> None:
    """A creation names its price, stock and photos; a removal its reason."""
    gone = Change(
        "3", Verb.REMOVE, "Рулетка", {"status": FieldChange("on_display", "deleted")}, reason="gone"
    )
    new = creation(product("1", price=Decimal("425.00"), quantity=6, photos=()))
    lines = printed(Plan([new, held(SLIP, "price"), gone]))
    assert [line.split("  ")[0] for line in lines[2:] if line[:1] != " "] == [
        "+ create",
        "! held update",
        "- remove",
    ]
    assert [line.strip() for line in lines[2:] if line[:1] == " "] == [
        "425.00, 6 in stock",
        "price  1713.00 -> 171.30 (-90 %)",
        "status  on the site -> deleted",
        "not in the export any more",
    ]


def test_a_field_goes_on_below_its_value() -> None:
    """A line that is broken looks like no other field; a word that is too long is broken."""
    long = Change("1", Verb.UPDATE, "Шуруп", {"name": FieldChange("а " * 40, "б" * 90)})
    lines = printed(Plan([long]))[3:]
    assert lines[0].index("name  а") + len("name  ") == lines[1].index("а") == lines[3].index("б") > 20
    assert max(map(len, lines)) <= 80


def test_a_foreign_product_without_an_id_is_named_by_its_prom_id() -> None:
    """Nothing else names it."""
    change = Change("", Verb.REMOVE, "Чужий", {"status": FieldChange("draft", "deleted")}, prom_id="77")
    assert render_changes(Plan([change]), Show.CHANGES, "UAH").lines[0].good == "Prom 77"


def test_the_same_change_in_many_goods_is_one_line() -> None:
    """`--show all` lists them one by one."""
    plan = Plan([priced(str(number)) for number in range(4)], "Взуття")
    assert texts(plan) == ["price 100 -> 105 (+5 %) in 4 items of Взуття"]
    assert texts(plan, Show.ALL).count("price  100 -> 105 (+5 %)") == 4
    assert len(texts(Plan(plan.all_changes[:3]))) == 6


def test_photos_of_many_goods_are_counted() -> None:
    """Their names are those of one good alone."""
    moves = [
        update(str(number), photos=((Photo(f"{number}.jpg", "a"),), (Photo(f"{number}.jpg", "b"),)))
        for number in range(5)
    ]
    assert texts(Plan(moves, "Взуття")) == ["1 photo changed in 5 items of Взуття"]
    assert "photos  3.jpg changed" in texts(Plan(moves), Show.ALL)


def test_more_changes_than_a_screen_holds_are_folded() -> None:
    """By what they have in common, the most goods first; the biggest price changes are named."""
    moves = [priced(str(number), new="105" if number else "190") for number in range(SCREENFUL + 1)]
    changes = render_changes(Plan(moves, "Взуття"), Show.CHANGES, "UAH")
    assert [line.text for line in changes.lines] == [
        "price +5 % in 10 items of Взуття",
        "price +90 % in 1 item of Взуття",
    ]
    assert changes.folded
    assert mover_words(changes.movers[0]) == "  0  Капці: 100 -> 190 (+90 %)"


def test_folds_show_what_was_edited_why_and_what_is_new() -> None:
    """Edits on Prom are folds of their own; new goods have their stock and its worth."""
    edited = FieldChange(Decimal(100), Decimal(110), edited=True, sent=Decimal(110))
    goods = [Change(str(number), Verb.UPDATE, "", {"price": edited}) for number in range(11)]
    leaving = {"status": FieldChange("on_display", "deleted")}
    goods += [Change(f"r{n}", Verb.REMOVE, "", leaving, reason="gone") for n in range(11)]
    goods += [creation(product(f"n{n}", price=Decimal("2.00"), discount=None, quantity=3)) for n in range(11)]
    assert sorted(texts(Plan(goods))) == [
        "11 items, 33 in stock, worth 66.00 UAH",
        "price +10 % (edited on Prom.ua) in 11 items",
        "status on the site -> deleted in 11 items: not in the export any more",
    ]


def test_the_smallest_folds_are_counted() -> None:
    """A screen holds ten lines."""
    moves = [priced(str(number), new=str(101 + number)) for number in range(SCREENFUL + 2)]
    assert texts(Plan(moves))[-1] == "… and 3 smaller kinds of change"
    assert len(texts(Plan(moves))) == SCREENFUL


def test_only_what_is_held() -> None:
    """With `--show held` the rest is left out, and does not make the table crowded."""
    moves = [priced(str(number)) for number in range(SCREENFUL + 1)]
    changes = render_changes(Plan([*moves, held(SLIP, "price")]), Show.HELD, "UAH")
    assert [line.good for line in changes.lines] == ["26901", ""]
    assert not changes.folded


def test_outcomes_follow_what_is_shown_by_itself() -> None:
    """Each in a line of its own."""
    changes = render_changes(
        Plan([SLIP]), Show.CHANGES, "UAH", lambda item: verbatim(f"outcome of {item.seq}")
    )
    assert changes.lines[-1].text == "outcome of 1"
