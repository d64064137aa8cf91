"""A compiled catalog of translations that is looked up, not read: start-up does not pay for its size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from struct import unpack_from


class CompiledCatalog:
    """A `.mo` file: sorted templates and their translations, each by its length and offset.

    `gettext.GNUTranslations` reads the same file into a dictionary, which takes longer than a short command.

    Source: the GNU gettext manual, "The Format of GNU MO Files".
    """

    def __init__(self, content: bytes) -> None:
        magic, _, self._count, self._templates, self._translations = unpack_from("<5I", content)
        if magic != 0x950412DE:  # noqa: PLR2004  # little-endian, as Babel writes it
            raise ValueError("not a compiled catalog")
        self._content = content

    def gettext(self, message: str, /) -> str:
        """Return the translation of a template, or itself."""
        return self._find(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Return the translation of a template in the form for a number, or English's."""
        if found := self._find(f"{msgid1}\0{msgid2}"):
            return found.split("\0")[self._form(n)]
        return msgid1 if n == 1 else msgid2

    def _find(self, template: str) -> str:
        wanted = template.encode()
        first, after = 0, self._count
        while first < after:
            middle = (first + after) // 2
            key = self._text(self._templates, middle)
            if key == wanted:
                return self._text(self._translations, middle).decode()
            if key < wanted:
                first = middle + 1
            else:
                after = middle
        return ""

    def _text(self, table: int, number: int) -> bytes:
        length, offset = unpack_from("<2I", self._content, table + 8 * number)
        return self._content[offset : offset + length]

    @cached_property
    def _form(self) -> Callable[[int], int]:
        """Which form a number takes, by the rule in the header of the catalog."""
        from gettext import c2py

        header = self._text(self._translations, 0).decode()
        rule: Callable[[int], int] = c2py(header.partition("plural=")[2].partition(";")[0])
        return rule
