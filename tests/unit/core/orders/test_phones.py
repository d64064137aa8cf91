"""Local phone numbers belong to the country of the marketplace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.orders.phones import international, is_phone, normal_phone
from torgsync.core.portals import PORTALS

REGIONS = [portal.region for portal in PORTALS.values()]


@pytest.mark.parametrize(
    ("region", "written", "normal"),
    [
        ("UA", "0500000001", "+380500000001"),
        ("UA", "8 050 000 00 01", "+380500000001"),
        ("BY", "80291234567", "+375291234567"),
        ("BY", "8 (029) 123-45-67", "+375291234567"),
        ("BY", "375291234567", "+375291234567"),
        ("BY", "80441234567", "+375441234567"),
        ("KZ", "87011234567", "+77011234567"),
        ("KZ", "7 701 123 45 67", "+77011234567"),
        ("KZ", "7011234567 дод. 5", "+77011234567"),
        ("MD", "069123456", "+37369123456"),
        ("BY", "+380 50 000 00 01", "+380500000001"),
        ("KZ", "+48 22 123 45 67", "+48221234567"),
    ],
)
def test_a_local_number_is_one_of_the_country(region: str, written: str, normal: str) -> None:
    """With the code of a country it is a number of that country everywhere."""
    assert normal_phone(written, region) == normal
    assert normal_phone(international(written, region)) == normal


def test_a_number_that_is_dialled_so_in_belarus_is_no_ukrainian_one() -> None:
    """No Ukrainian number begins so: it stays as written, and identifies no client."""
    assert normal_phone("80291234567") == "80291234567"
    assert not is_phone(normal_phone("8 029 123 45 67 Ганна"))


def test_other_words_next_to_a_number_stay() -> None:
    """A name or a second number is not lost when an order of another marketplace is read."""
    assert international("80291234567 Ганна", "BY") == "+375291234567 Ганна"
    both = international("8 029 123 45 67, 8 029 765 43 21 (Viber)", "BY")
    assert both == "+375291234567, +375297654321 (Viber)"
    assert international("дзвоніть увечері", "BY") == "дзвоніть увечері"


@given(st.text(max_size=40), st.sampled_from(REGIONS))
def test_any_text_has_one_normal_form(text: str, region: str) -> None:
    """What is made international is read the same everywhere, however often."""
    once = international(text, region)
    assert international(once, region) == once
    normal = normal_phone(once)
    assert normal_phone(normal) == normal
