"""The parts of reports: which photos are shown, how prices move, and what of a sentence is copied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import sync_object, update

from torgsync.cli.plan.reports.holds import holds_of
from torgsync.cli.plan.reports.markdown import code, escape
from torgsync.cli.plan.reports.pictures import picture, picture_source, policy
from torgsync.cli.plan.reports.prices import price_moves, share_words
from torgsync.cli.plan.reports.sentences import SentencePart, parts
from torgsync.core.config.settings import SyncObject
from torgsync.core.plan.diff import Change, creation
from torgsync.core.plan.guards import Cause, Guard, GuardViolation, PriceMove, ProductShare
from torgsync.core.product.products import Product
from torgsync.core.reason import Reason


def with_photos(url: str) -> SyncObject:
    """Return a sync object whose photos are at an address."""
    return sync_object(catalog={"path": "goods.trs", "photos": {"folder": "photos", "url": url}})


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://shop.example/photos", "https://shop.example/photos/"),
        ("http://shop.example:8080/a b/", "http://shop.example:8080/a%20b/"),
        ("https://shop.example/a;b,c'd/", "https://shop.example/a%3Bb%2Cc%27d/"),
        ("https://магазин.example/фото/", "https://xn--80aairftm.example/%D1%84%D0%BE%D1%82%D0%BE/"),
        ("ftp://shop.example/photos/", ""),
        ("https://user:secret@shop.example/photos/", ""),
        ("https://shop.example/photos/?of=", ""),
    ],
)
def test_where_photos_may_come_from(url: str, source: str) -> None:
    """A policy names the address as a browser takes it; one that it could not take, or a secret, is none."""
    assert picture_source(with_photos(url)) == source


def test_a_policy_without_photos() -> None:
    """Without a photo folder no picture is shown, and several addresses are named once each."""
    assert picture_source(sync_object()) == ""
    assert picture(sync_object(), "https://shop.example/photos/1.jpg") == ""
    assert "img-src 'none';" in policy([""], "sha256-x")
    assert "img-src https://a.example/ https://b.example/;" in policy(
        ["https://b.example/", "https://a.example/", "https://b.example/"], "sha256-x"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/photos/1.jpg",
        "https://shop.example/other/1.jpg",
        "https://shop.example.evil.example/photos/1.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//shop.example/photos/1.jpg",
        "https://shop.example/photos/\u202e1.jpg",
        "",
    ],
)
def test_other_photos_are_not_shown(url: str) -> None:
    """An address that is not below that of the photos is no picture."""
    settings = with_photos("https://shop.example/photos/")
    assert picture(settings, url) == ""
    assert (
        picture(settings, "https://shop.example/photos/1_2.jpg?v=2")
        == "https://shop.example/photos/1_2.jpg?v=2"
    )


def price(old: str, new: str, good_id: str = "17") -> Change:
    """Return an update of one price."""
    return update(good_id, price=(Decimal(old), Decimal(new)))


def test_prices_by_how_far_they_move() -> None:
    """Each price is in one bar, by its share; the farthest are named, in order, held ones marked."""
    moves = price_moves(
        [
            price("100", "40", "1"),
            price("100", "95", "2"),
            price("100", "99", "3"),
            price("100", "100.50", "4"),
            price("100", "105", "5"),
            replace(price("100", "400", "6"), held="price"),
            price("0", "10", "7"),
            update("8", quantity=(1, 2)),
            creation(Product("9", {"name": "Капці", "price": Decimal(5)})),
        ]
    )
    assert moves is not None
    assert [bar.count for bar in moves.bars] == [1, 0, 0, 0, 2, 1, 1, 0, 0, 1]
    assert [bar.up for bar in moves.bars] == [False] * 5 + [True] * 5
    assert (moves.falls, moves.rises, moves.held) == (3, 3, 1)
    assert [(move.item, move.share, move.width, move.held) for move in moves.farthest] == [
        ("6", "+300 %", 100, True),
        ("1", "−60 %", 60, False),
        ("5", "+5 %", 5, False),
        ("2", "−5 %", 5, False),
        ("3", "−1 %", 2, False),
    ]


def test_few_prices_need_no_chart() -> None:
    """One price is in the list of changes; a few are named, without a chart."""
    assert price_moves([price("100", "90")]) is None
    few = price_moves([price("100", "90", "1"), price("100", "120", "2")])
    assert few is not None
    assert (few.bars, [move.item for move in few.farthest]) == ((), ["2", "1"])
    assert share_words(Decimal("-0.25")) == "−0.2 %"
    assert share_words(Decimal("-99.53")) == "−99.5 %"
    assert share_words(Decimal(-100)) == "−100 %"


def test_what_of_a_sentence_is_copied() -> None:
    """Names in backticks, options and the command that ends a line are code; an arrow is one sign."""
    assert list(parts("see `x`; a -> b, or --allow price=1,2; then: torgsync sync -o `y")) == [
        SentencePart("see "),
        SentencePart("x", code=True),
        SentencePart("; a → b, or "),
        SentencePart("--allow price=1,2", code=True),
        SentencePart("; then: "),
        SentencePart("torgsync sync -o `y", code=True),
    ]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        ("a - b.", "a - b."),
        ("@me #1 GH-1", "@\u2060me \\#\u20601 GH\u2060-1"),
        ("a|b_c*d", r"a\|b\_c\*d"),
        ("two\nlines\t here", "two lines here"),
    ],
)
def test_text_in_markdown(text: str, escaped: str) -> None:
    """What would be markup or a mention is neither."""
    assert escape(text, begins=True) == escaped


def test_code_in_markdown() -> None:
    """The fence is longer than any in it, and does not touch one."""
    assert [code("x"), code("`x"), code("a``b")] == ["`x`", "`` `x ``", "```a``b```"]


def test_a_guard_of_many_items_names_the_command_of_all() -> None:
    """Where that lets through more than the guard held, it says so; where none was kept, a flag does it."""
    many = GuardViolation(Guard.REMOVALS, ProductShare(5, 9, Decimal("0.1")), Reason(Cause.CENTERS), count=5)
    move = PriceMove(Decimal(9), Decimal(1), Decimal("-0.4"), Decimal("1.5"))
    one = GuardViolation(Guard.PRICE, move, Reason(Cause.MISTYPED_PRICE), "17")

    def approve(item: str) -> str:
        return f"approve 7f3a91cd {item}".strip()

    def last(*held: GuardViolation, kept: bool = True) -> str:
        return holds_of(held, {}, approve if kept else None)[-1].ways[-1]

    assert last(many) == "if it is right: approve 7f3a91cd"
    assert last(one, many) == "if all that is held is right: approve 7f3a91cd"
    assert last(one).endswith("approve 7f3a91cd 17")
    assert last(many, kept=False) == "if it is right: --allow removals=5"
