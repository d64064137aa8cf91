"""Published pictures with the names of the files that they were made of."""

from __future__ import annotations

from decimal import Decimal

from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.photo_names import PhotoNames
from torgsync.core.product.fields import Photo, Value

NAMES = PhotoNames({"aa.jpg": ("17.jpg", "18_1.png", "18.png"), "bb.jpg": ("19.jpg",)})


def photos(*names: str) -> tuple[Photo, ...]:
    """Return photos under one address."""
    return tuple(Photo(f"https://shop.example/img/{name}", name[:2]) for name in names)


def test_of_files_with_the_same_picture_a_good_has_its_own() -> None:
    """Where none is its own, it is the first; a picture of which nothing is known keeps its name."""
    given = photos("aa.jpg", "bb.jpg", "cc.jpg")
    expected = {
        "17": ("17.jpg", "19.jpg", "cc.jpg"),
        "18": ("18.png", "19.jpg", "cc.jpg"),
        "20": ("17.jpg", "19.jpg", "cc.jpg"),
    }
    for good_id, names in expected.items():
        shown = NAMES.of_value(good_id, given)
        assert isinstance(shown, tuple)
        assert [str(photo[0]).rpartition("/")[2] for photo in shown] == list(names)


def test_one_good_with_the_same_picture_twice() -> None:
    """Its files come in their order: the main one first."""
    shown = NAMES.of_value("18", photos("aa.jpg", "aa.jpg", "aa.jpg"))
    assert shown == tuple(
        Photo(f"https://shop.example/img/{name}", "aa") for name in ("18.png", "18_1.png", "17.jpg")
    )


def test_only_photos_are_named() -> None:
    """Other values stay as they are, and so does a change without photos."""
    values: tuple[Value, ...] = (None, "aa.jpg", Decimal(1), ())
    assert tuple(NAMES.of_value("17", value) for value in values) == values
    change = Change("17", Verb.UPDATE, "", {"price": FieldChange(Decimal(1), Decimal(2))})
    assert NAMES.of_change(change) is change
    moved = Change("17", Verb.UPDATE, "", {"photos": FieldChange(None, photos("aa.jpg"))})
    assert NAMES.of_change(moved).fields["photos"].new == (Photo("https://shop.example/img/17.jpg", "aa"),)
    assert PhotoNames().of_change(moved) == moved
