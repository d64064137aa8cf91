"""Chooses the language of a call: `--lang`, `TORGSYNC_LANG`, then the locale; English where it is unknown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import torgsync
from torgsync import i18n
from torgsync.cli.base.catalog import CompiledCatalog
from torgsync.core.shell import WINDOWS

VARIABLE = "TORGSYNC_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
CATALOGS = Path(torgsync.__file__).with_name("locale")


def use_language(args: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Show sentences in the language of a call from now on, and return it.

    It is chosen before the command line is parsed, because helps and mistakes are in it too.
    """
    language = chosen_language(args, environment)
    i18n.use(load_catalog(language))
    return language


def chosen_language(args: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language that a command line and an environment choose; what is unknown chooses nothing."""
    wanted = (_given(args), environment.get(VARIABLE, ""), _of_system(environment))
    return next((name for name in wanted if name in i18n.LANGUAGES), i18n.LANGUAGES[0])


def names_language(args: Sequence[str]) -> bool:
    """Return whether a command line names a language that there is."""
    return _given(args) in i18n.LANGUAGES


def unattended_language(chosen: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of what a shop's people read later: `language` of the object, else Ukrainian.

    Args:
        chosen: `language` of the sync object, None where it says nothing; then `TORGSYNC_LANG` decides.
        environment: The variables of the process.
    """
    wanted = (chosen, environment.get(VARIABLE))
    return next((name for name in wanted if name in i18n.LANGUAGES), i18n.Language.UK)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Show sentences in the `unattended_language` of a sync object until the block ends."""
    before = i18n.use(load_catalog(unattended_language(language)))
    try:
        yield
    finally:
        i18n.use(before)


def load_catalog(language: str) -> i18n.Translations | None:
    """Return the catalog of a language; None for English, and where none was compiled."""
    if language == i18n.LANGUAGES[0]:
        return None
    with suppress(OSError, ValueError):
        return CompiledCatalog((CATALOGS / language / "LC_MESSAGES/torgsync.mo").read_bytes())
    return None


def _given(args: Sequence[str]) -> str:
    """Return what the last `--lang` of a command line says; options end at `--`."""
    given, words = "", iter(args)
    for word in words:
        if word == "--":
            break
        if word == "--lang":
            given = next(words, "")
        elif word.startswith("--lang="):
            given = word.partition("=")[2]
    return given


def _of_system(environment: Mapping[str, str]) -> str:
    name = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    if not name and WINDOWS:  # pragma: no cover  # the other systems say it by variables
        import ctypes
        import locale

        windll = getattr(ctypes, "windll")  # noqa: B009  # a checker on another system does not know it
        name = locale.windows_locale.get(windll.kernel32.GetUserDefaultUILanguage(), "")
    return name.partition(".")[0].partition("_")[0].casefold()
