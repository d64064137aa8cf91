"""What becomes of a good's photos, by their files."""

from __future__ import annotations

import pytest

from torgsync.core.product.fields import Photo, PhotoMoves, file_name, photo_moves

HERE = "https://shop.example/photos/"


def shots(*photos: str, at: str = HERE) -> list[Photo]:
    """Return photos from `name=content`; without a content only the address is known."""
    parts = (photo.partition("=") for photo in photos)
    return [Photo(f"{at}{name}", content) for name, _, content in parts]


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        (["17.jpg=a"], ["17.jpg=b"], PhotoMoves(changed=("17.jpg",))),
        ([], ["17.jpg=a", "17_1.jpg=b"], PhotoMoves(added=("17.jpg", "17_1.jpg"))),
        (["17.jpg=a", "17_1.jpg=b"], ["17.jpg=a"], PhotoMoves(removed=("17_1.jpg",))),
        (["17.jpg=a", "17_1.jpg=a"], ["17.jpg=a"], PhotoMoves(removed=("17_1.jpg",))),
        (
            ["17.jpg=a", "17_1.jpg=b", "17_2.jpg=c"],
            ["17.jpg=a", "17_1.jpg=c", "17_2.jpg=b"],
            PhotoMoves(reordered=("17_1.jpg", "17_2.jpg")),
        ),
        (["1.jpg", "2.jpg", "3.jpg"], ["2.jpg", "1.jpg", "3.jpg"], PhotoMoves(reordered=("2.jpg", "1.jpg"))),
        (
            ["1.jpg", "2.jpg"],
            ["2.jpg", "1.jpg", "3.jpg"],
            PhotoMoves(added=("3.jpg",), reordered=("2.jpg", "1.jpg")),
        ),
        (
            ["17.jpg=a", "17_1.jpg=b"],
            ["17.jpg=b"],
            PhotoMoves(changed=("17.jpg",), removed=("17_1.jpg",)),
        ),
        (
            ["17.jpg=a", "17_2.jpg=b"],
            ["17.jpg=c", "17_1.jpg=b"],
            PhotoMoves(changed=("17.jpg",), renamed=(("17_2.jpg", "17_1.jpg"),)),
        ),
        (["a/1.jpg"], ["a/1.jpg", "b/1.jpg"], PhotoMoves(added=(f"{HERE}b/1.jpg",))),
        (["%D0%BA.jpg=a"], ["%D0%BA.jpg=b"], PhotoMoves(changed=("к.jpg",))),
    ],
)
def test_what_becomes_of_photos(old: list[str], new: list[str], moves: PhotoMoves) -> None:
    """Each file is listed once, by its name in the folder."""
    assert photo_moves(shots(*old), shots(*new)) == moves


def test_a_folder_that_moved() -> None:
    """The same content under another address is the same photo."""
    old = shots("17.jpg=a", "17_1.jpg=b", at="https://old.example/")
    assert photo_moves(old, shots("17.jpg=a", "17_1.jpg=c")) == PhotoMoves(changed=("17_1.jpg",))
    assert photo_moves(old, shots("17.jpg=a", "17_1.jpg=b")) == PhotoMoves()


def test_the_name_of_a_file() -> None:
    """It is the last part of the address, without the signs that addresses need."""
    assert file_name("https://shop.example/photos/17%20a.jpg") == "17 a.jpg"
    assert file_name("https://shop.example/") == "shop.example"
