"""The question about who gets the messages of unattended runs, and the address that was given for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torgsync.cli.interview.questions import Interview, until_works
from torgsync.cli.object.trials import read_given
from torgsync.core.addresses import scheme_alone
from torgsync.core.config.unattended import is_address
from torgsync.errors import UsageError
from torgsync.i18n import Message, _

if TYPE_CHECKING:
    from torgsync.cli.object.draft import NewObject

_QUESTION = _("Address of messages such as tgram://… or mailto://…, empty for none (it is not shown)")
_WRONG = _("this is not an address such as `tgram://…` or `mailto://…`")


def ask_notify(person: Interview, draft: NewObject) -> None:
    """Ask whom unattended runs notify, without showing it; an empty answer is no one."""

    def refuse(address: str) -> None:
        if address and not is_address(address):
            raise ValueError(_WRONG)

    draft.set(notify=until_works(person, lambda _typed: person.secret(_QUESTION, optional=True), refuse))


def read_given_address(given: str) -> str:
    """Return an address; see `read_given`. Raises UsageError for what is none."""
    address = read_given(given, _QUESTION).strip()
    if not is_address(address):
        raise UsageError(_WRONG, hint=_("how addresses are written: https://appriseit.com/services/"))
    return address


def shown_address(address: str | None) -> str | Message:
    """Return an address without what is secret of it."""
    return scheme_alone(address) if address else _("no one")
