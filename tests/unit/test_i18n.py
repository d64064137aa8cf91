"""Sentences: English text, and the same in another language."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from typing import ClassVar

import pytest

from torgsync.i18n import Message, _, _n, composed, joined, translated, use, verbatim


class Invented:
    """A catalog of a few templates with three plural forms."""

    ONE: ClassVar = {
        "no file `{path}`": "немає файлу `{path}`",
        "the state: {why}": "стан: {why}",
        "{flag:hidden|shown}": "{flag:прихований|показаний}",
        "write { env = … }": "напишіть { env = … }",
    }
    MANY: ClassVar = {"{count} item": ("{count} товар", "{count} товари", "{count} товарів")}

    def gettext(self, message: str) -> str:
        """Return a translation, or the template."""
        return self.ONE.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return a translation by Ukrainian's rule, or the template by English's."""
        forms = self.MANY.get(msgid1)
        few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
        form = 0 if n % 10 == 1 and n % 100 != 11 else 1 if few else 2
        return forms[form] if forms else msgid1 if n == 1 else msgid2


@pytest.fixture(autouse=True)
def _ukrainian() -> Iterator[None]:
    use(Invented())
    yield
    use(None)


def items(count: int) -> Message:
    """Return a number of items."""
    return _n("{count} item", "{count} items", count)


@pytest.mark.parametrize(
    ("message", "english", "ukrainian"),
    [
        (_("no file `{path}`", path="a{b}.trs"), "no file `a{b}.trs`", "немає файлу `a{b}.trs`"),
        (
            _("the state: {why}", why=_("no file `{path}`", path="x")),
            "the state: no file `x`",
            "стан: немає файлу `x`",
        ),
        (items(1), "1 item", "1 товар"),
        (items(22), "22 items", "22 товари"),
        (items(112), "112 items", "112 товарів"),
        (_("{flag:hidden|shown}", flag=True), "hidden", "прихований"),
        (_("write { env = … }"), "write { env = … }", "напишіть { env = … }"),
        (
            _("in no catalog: {this}", this=items(1)),
            "in no catalog: 1 item",
            "in no catalog: 1 товар",
        ),
        (composed("{key}: {what}", key="limits", what=items(2)), "limits: 2 items", "limits: 2 товари"),
        (joined(", {", [items(1), "{x}", items(5)]), "1 item, {{x}, {5 items", "1 товар, {{x}, {5 товарів"),
        (joined(", ", []), "", ""),
        (verbatim("no file `{path}`"), "no file `{path}`", "no file `{path}`"),
        (_("the state: {why}").filled(why=items(1)), "the state: 1 item", "стан: 1 товар"),
        (_("{names:quoted}", names=["a", "b"]), "`a`, `b`", "`a`, `b`"),
    ],
)
def test_a_message_is_english_and_can_be_shown_in_another_language(
    message: Message, english: str, ukrainian: str
) -> None:
    """Documents and logs have the English text; arguments are translated with the whole."""
    assert (str(message), translated(message)) == (english, ukrainian)
    assert json.dumps(message) == json.dumps(english)
    for same in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):  # noqa: S301  # our own bytes
        assert (same, translated(same)) == (english, ukrainian)


def test_data_is_never_translated() -> None:
    """A text that is no message stays as it is, also where a template reads like it."""
    assert translated("write { env = … }") == "write { env = … }"
    use(None)
    assert translated(items(3)) == "3 items"
