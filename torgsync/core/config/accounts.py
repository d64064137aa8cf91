"""Where the money of payment methods goes: cash registers, and current accounts.

An account is named by its IBAN, whose check digits catch a typing mistake, or by a name of its own.
"""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from torgsync.core.config.tables import SettingsTable
from torgsync.core.shell import command
from torgsync.i18n import Message, _, _n, composed

LENGTH = 29
"""Letters and digits of a Ukrainian IBAN."""
_GAP = "\0"
"""What no name has: it is where a person fills something in."""
_LIKE_IBAN = re.compile(r"[A-Za-z]{2}\s*\d[\d\sA-Za-z]*")


def account_of(text: str) -> str:
    """Return an account as it is kept: an IBAN without blanks and in capitals, a name as it is.

    Raises ValueError, with what is wrong, for what begins as an IBAN and is none.
    """
    name = " ".join(text.split())
    if not _LIKE_IBAN.fullmatch(name):
        return name
    from stdnum import iban  # noqa: PLC0415  # only an IBAN needs it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    try:
        return str(iban.validate(name))
    except ValidationError as wrong:
        given = len("".join(name.split()))
        if name[:2].upper() == "UA" and given != LENGTH:
            raise ValueError(
                _n(
                    "it has {count} character, and a Ukrainian one has {length}",
                    "it has {count} characters, and a Ukrainian one has {length}",
                    given,
                    length=LENGTH,
                )
            ) from wrong
        raise ValueError(_("its digits do not fit together; one is wrong or missing")) from wrong


class PaymentMethod(SettingsTable):
    """One of Prom's payment methods and where its money goes. Without either it is not mapped yet."""

    id: int = Field(ge=0, le=2**63 - 1)
    """Its id on Prom.ua."""
    name: str
    """Its name on Prom.ua."""
    cash_register: str | None = Field(None, min_length=1)
    """Cash register that gets its money; either this or `current_account`."""
    current_account: str | None = Field(None, min_length=1)
    """Current account that gets its money; either this or `cash_register`."""
    gone: bool = False
    """Whether Prom.ua no longer lists it; old orders may still be paid by it."""

    @field_validator("cash_register", "current_account")
    @classmethod
    def _named(cls, place: str | None) -> str | None:
        if place is not None and not place.strip():
            raise ValueError(_("the name is empty"))
        return place

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.cash_register and self.current_account:
            raise ValueError(_("give either `cash_register` or `current_account`, not both"))
        return self

    @property
    def mapped(self) -> bool:
        """Whether its money has a cash register or an account."""
        return bool(self.cash_register or self.current_account)


def map_command(method: str, called: str) -> Message:
    """Return the command that gives the money of a payment method a place, for the object `called`.

    The name of the place is for a person to fill in.
    """
    whole = command("payments map", method, options=f'--cash-register "{_GAP}" -o {called}')
    before, after = whole.split(_GAP)
    return composed("{before}{name}{after}", before=before, name=_("REGISTER NAME"), after=after)
