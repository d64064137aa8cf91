"""Sentences for people: English where they are made, in the language of the person where they are shown.

A `Message` is a `str` with the English text, so documents, logs and comparisons need nothing more. It keeps
its template and arguments, from which `translated` makes the sentence of another language. Babel finds
templates: they are literals in `_("…")`, or in `_n("…", "…")` where a number decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from string import Formatter
from types import MappingProxyType
from typing import Any, Protocol, Self


class Language(StrEnum):
    """What the program speaks; the first is the language of the templates."""

    EN = "en"
    UK = "uk"


LANGUAGES = tuple(Language)


class Translations(Protocol):
    """Translations of templates, as `gettext.GNUTranslations` has them."""

    def gettext(self, message: str, /) -> str:
        """Return the translation of a template."""

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Return the translation of a template in the form for a number."""


class _Spoken:
    """What sentences are translated by."""

    def __init__(self, catalog: Translations | None = None) -> None:
        self.catalog = catalog


_spoken: ContextVar[_Spoken] = ContextVar("spoken", default=_Spoken())  # noqa: B039  # the language of a process
FORMATS: dict[str, Callable[[Any], str]] = {}
"""How `{value:name}` is written, keyed by the name; whoever knows a kind of value adds it."""


class Message(str):
    """A sentence: its English text, and what it is made of.

    Made without arguments it is a template, whose braces stay as they are until `filled`.

    Args:
        template: The English text, with `{name}` for each argument.
        many: The same for all numbers but one, where the argument `count` decides.
        args: Arguments by name; those that are messages are translated with the whole.
    """

    __slots__ = ("args", "many", "template")

    template: str
    many: str
    args: Mapping[str, object]

    def __new__(
        cls, template: str, many: str = "", args: Mapping[str, object] = MappingProxyType({})
    ) -> Self:
        """Return the message with its English text."""
        text = template if not many or args.get("count") == 1 else many
        made = super().__new__(cls, _fill(text, args) if args else template)
        made.template, made.many, made.args = template, many, args
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, object]]:  # type: ignore[override]  # that of `str` has one
        """Return what a copy is made of."""
        return self.template, self.many, dict(self.args)

    def filled(self, **args: object) -> Message:
        """Return the message with more arguments."""
        return Message(self.template, self.many, {**self.args, **args})

    def translated(self) -> str:
        """Return the sentence in the language of `use`."""
        catalog = _spoken.get().catalog
        if catalog is None:
            return str(self)
        if self.many:
            count = self.args.get("count")
            text = catalog.ngettext(self.template, self.many, count if isinstance(count, int) else 0)
        else:
            text = catalog.gettext(self.template) if self.template else ""
        return _fill(text, self.args, translated) if self.args else text


def _(template: str, /, **args: object) -> Message:
    """Return a sentence for people."""
    return Message(template, "", args)


def _n(one: str, many: str, /, count: int | None = None, **args: object) -> Message:
    """Return a sentence whose form is decided by a number, its argument `{count}`."""
    return Message(one, many, args if count is None else {"count": count, **args})


def composed(template: str, /, **args: object) -> Message:
    """Return texts in an order that is the same in every language: `{key}: {mistake}`. It has no words."""
    return Message(template, "", args)


def verbatim(text: str) -> Message:
    """Return data as a message: it is shown as it is."""
    return composed("{text}", text=text)


def joined(separator: str, parts: Iterable[str]) -> Message:
    """Return texts as one, with a separator between them; messages among them stay messages."""
    args = {f"part{number}": part for number, part in enumerate(parts)}
    between = separator.replace("{", "{{").replace("}", "}}")
    return composed(between.join(f"{{{name}}}" for name in args), **args)


def translated(text: str) -> str:
    """Return a text in the language of the person; what is no message is data and stays as it is."""
    return text.translated() if isinstance(text, Message) else text


def translated_text(text: str) -> str:
    """Return the translation of a text that other software handed on as a plain string, a help say."""
    catalog = _spoken.get().catalog
    return catalog.gettext(text) if catalog and text else text


def use(catalog: Translations | None) -> Translations | None:
    """Show sentences in the language of a catalog from now on, and return the catalog used before.

    Without a catalog they are shown in English. It is the language of the process, in `language_of_its_own`
    that of the block.
    """
    spoken = _spoken.get()
    before, spoken.catalog = spoken.catalog, catalog
    return before


class Reworded:
    """The sentences of a catalog, None for English, each as `change` returns it."""

    def __init__(self, catalog: Translations | None, change: Callable[[str], str]) -> None:
        self._catalog = catalog
        self._change = change

    def gettext(self, message: str, /) -> str:
        """Return the translation of a template."""
        return self._change(self._catalog.gettext(message) if self._catalog else message)

    def ngettext(self, one: str, many: str, count: int, /) -> str:
        """Return the translation of a template in the form for a number."""
        english = one if count == 1 else many
        return self._change(self._catalog.ngettext(one, many, count) if self._catalog else english)


@contextmanager
def reworded(change: Callable[[str], str]) -> Iterator[None]:
    """Show each sentence as `change` returns its template, in the language that is spoken, in the block."""
    before = use(None)
    use(Reworded(before, change))
    try:
        yield
    finally:
        use(before)


@contextmanager
def language_of_its_own() -> Iterator[None]:
    """Have what chooses a language in the block, or in threads with its context, choose it only for these."""
    token = _spoken.set(_Spoken(_spoken.get().catalog))
    try:
        yield
    finally:
        _spoken.reset(token)


def _fill(template: str, args: Mapping[str, object], shown: Callable[[str], str] = str) -> str:
    """Return a template with its arguments, each as `shown` returns it.

    `{flag:yes|no}` chooses by a flag, `{names:quoted}` lists names in backticks, others are in `FORMATS`.
    """
    if "{" not in template and "}" not in template:
        return template
    pieces = []
    for literal, name, spec, _conversion in _PARSER.parse(template):
        pieces.append(literal)
        if name is not None:
            pieces.append(_argument(args[name], spec or "", shown))
    return "".join(pieces)


def _argument(value: object, spec: str, shown: Callable[[str], str]) -> str:
    """Return an argument as its template wants it."""
    if spec in FORMATS:
        return FORMATS[spec](value)
    one, _bar, other = spec.partition("|")
    match value:
        case bool() if one:
            return one if value else other
        case list() | tuple():
            items = (shown(item if isinstance(item, str) else str(item)) for item in value)
            return ", ".join(f"`{item}`" if one else item for item in items)
        case str():
            return shown(value)
    return str(getattr(value, "shown", value))  # a copy of a file is shown as what it is of


_PARSER = Formatter()
NOTHING = verbatim("")
"""No words, where a message is expected."""
