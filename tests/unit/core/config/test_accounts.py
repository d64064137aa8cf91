"""Current accounts are checked as far as they can be."""

from __future__ import annotations

import pytest

from torgsync.core.config.accounts import account_of

IBAN = "UA213223130000026007233566001"


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (IBAN, IBAN),
        (" ua21 3223 1300 0002 6007 2335 6600 1 ", IBAN),
        ("Рахунок  ФОП", "Рахунок ФОП"),
        ("26007233566001", "26007233566001"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_an_account_is_an_iban_or_a_name(text: str, account: str) -> None:
    """An IBAN has one spelling; whatever does not begin as one is a name."""
    assert account_of(text) == account


@pytest.mark.parametrize(
    "text", [IBAN[:-1] + "9", IBAN[:-1], "UA21", "XX82 0000 0000 0000", "GB82WEST1234569876543Z"]
)
def test_a_mistyped_iban_is_refused(text: str) -> None:
    """Money would be booked to an account that does not exist."""
    with pytest.raises(ValueError, match=r"its digits do not fit|a Ukrainian one has 29"):
        account_of(text)
