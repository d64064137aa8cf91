"""The catalogs of translations: complete, with the placeholders and plural forms that they need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import catalogs
import pytest
from babel.messages.catalog import Catalog, Message

from torgsync.cli.base.helps.placeholders import PLACEHOLDERS
from torgsync.cli.base.language import load_catalog
from torgsync.i18n import LANGUAGES

ROOT = Path(__file__).parents[2]
FORMS = {"uk": 3}
WORD = re.compile(r"[^\W\d_]{2,}")
_MAKERS = ("_", "_n", "composed")
PATHS = sorted((ROOT / "torgsync").rglob("*.py"))


@pytest.fixture(params=LANGUAGES[1:])
def language(request: pytest.FixtureRequest) -> str:
    """One language other than English."""
    return str(request.param)


@pytest.fixture
def translations(language: str) -> Catalog:
    """The catalog of a language."""
    return catalogs.read_catalog(language)


def test_it_has_every_message_and_no_other(translations: Catalog) -> None:
    """`python tests/support/catalogs.py` brings it in line; what it prints is to be translated."""
    template = {message.id for message in catalogs.template() if message.id}
    assert {message.id for message in translations if message.id} == template
    assert not catalogs.untranslated(translations)


def test_placeholders_are_those_of_the_template(language: str, translations: Catalog) -> None:
    """Every form of a translation has the arguments of its template; the number alone may be a word."""
    for message in filter(None, translations):
        if not message.id:
            continue
        templates, strings = _texts(message.id), _texts(message.string)
        wanted = set().union(*map(_placeholders, templates))
        for string in strings:
            given = _placeholders(string)
            assert given <= wanted, (message.id, string)
            assert len(strings) > 1 or given == wanted, (message.id, string)
        assert len(strings) == (FORMS[language] if len(templates) > 1 else 1), message.id


def test_what_is_in_backticks_stays(translations: Catalog) -> None:
    """Commands, keys, codes and paths are the same in every language; words that stand for values are not."""
    words = {word: str(translations[word].string) for word in PLACEHOLDERS}
    place = re.compile(rf"(?<![\w%-])({'|'.join(sorted(words, key=len, reverse=True))})(?![\w-])")
    english = re.compile("|".join(rf"\b{word}\b" for word, shown in words.items() if word != shown))
    for message in translations:
        if not message.id:
            continue
        text = place.sub(lambda word: words[word[1]], _texts(message.id)[-1])
        wanted = set(re.findall(r"`[^`]*`", text))
        for string in _texts(message.string):
            assert wanted <= set(re.findall(r"`[^`]*`", string)), (message.id, string)
            assert not english.search(string), string


def test_what_was_compiled_is_what_was_translated(language: str, translations: Catalog) -> None:
    """Each message is found in the file that the program reads; what is in none stays English."""
    compiled = load_catalog(language)
    assert compiled is not None
    for message in translations:
        if not message.id:
            continue
        texts, strings = _texts(message.id), _texts(message.string)
        if len(texts) == 1:
            assert compiled.gettext(texts[0]) == strings[0]
        else:
            assert [compiled.ngettext(texts[0], texts[1], n) for n in (21, 3, 11)] == [*strings]
    assert compiled.gettext("in no catalog") == "in no catalog"
    assert [compiled.ngettext("{count} of none", "none", n) for n in (1, 2)] == ["{count} of none", "none"]


def test_only_data_and_signs_go_around_the_catalogs() -> None:
    """What `composed` puts together has no words of its own, and no template is made while it runs."""
    for path, call, name in _calls():
        template = call.args[0] if call.args else None
        if name in ("_", "_n"):
            assert isinstance(template, ast.Constant), f"{path}:{call.lineno}"
        elif isinstance(template, ast.Constant) and name == "composed":
            words = WORD.findall(re.sub(r"\{[^}]*\}|`[^`]*`|\w+ =", "", str(template.value)))
            assert not words, f"{path}:{call.lineno} {words}"


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Yield the calls that make messages."""
    for path in PATHS:
        if path.name == "i18n.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
                yield path.relative_to(ROOT).as_posix(), node, node.func.id


def _texts(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text),)


def _placeholders(text: str) -> set[str]:
    """Return the names of a template's arguments; one that cannot be parsed has none."""
    try:
        return {
            name
            for _text, name, _spec, _conversion in Formatter().parse(text)
            if name and name.isidentifier()
        }
    except ValueError:
        return set()


def test_messages_are_compared_as_they_are() -> None:
    """A message of Babel is what the tests above take it for."""
    assert _texts(Message(("one", "many"), ("1", "2", "3")).string) == ("1", "2", "3")
