"""Current accounts: by their IBAN, whose check digits catch a typing mistake, or by a name of their own."""

from __future__ import annotations

import re

from torgsync.i18n import _, _n

LENGTH = 29
"""Letters and digits of a Ukrainian IBAN."""
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
