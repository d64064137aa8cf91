"""Updates the catalogs of translations from the sources: `python -m tests.catalog`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from inspect import cleandoc
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po

from torgsync.i18n import LANGUAGES

ROOT = Path(__file__).parents[1]
CHANGING = (
    "# ",
    "#\n",
    '"Project-Id',
    '"Report-',
    '"POT-',
    '"PO-',
    '"Last-',
    '"Language-Team',
    '"Generated',
)
"""How lines of a header begin that say when and by what a catalog was written."""
KEYWORDS = {"_": None, "_n": (1, 2)}


def template() -> Catalog:
    """Return all messages of the program, in English."""
    catalog = Catalog(project="torgsync", fuzzy=False)
    for path in sorted((ROOT / "torgsync").rglob("*.py")):
        for words, comments in _messages(path):
            found = words if isinstance(words, str) else tuple(words)
            catalog.add(found, locations=[(path.relative_to(ROOT).as_posix(), 0)], auto_comments=comments)
    return catalog


def catalog_of(language: str) -> Path:
    """Return the path of a language's catalog."""
    return ROOT / f"torgsync/locale/{language}/LC_MESSAGES/torgsync.po"


def read_catalog(language: str) -> Catalog:
    """Return the catalog of a language as it is in the repository."""
    path = catalog_of(language)
    if not path.exists():
        return Catalog(locale=language, project="torgsync", fuzzy=False)
    with path.open("rb") as text:
        return read_po(text, locale=language)


def update(language: str) -> list[str]:
    """Bring a catalog in line with the sources; return the messages that it lacks."""
    catalog = read_catalog(language)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    out = BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(CHANGING))
    catalog_of(language).write_text(text, "utf-8", newline="\n")
    return untranslated(catalog)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages of a catalog without a translation, or with one that is not sure."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (str(string or ""),)


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str]]]:
    with path.open("rb") as source:
        for _line, function, words, comments in extract_python(source, KEYWORDS, ["Translators:"], {}):
            if function in KEYWORDS:
                found = tuple(words)[:2] if isinstance(words, (tuple, list)) else words
                if function == "_":
                    found = words[0] if isinstance(words, (tuple, list)) else words
                if found:
                    yield found, comments
    for docstring in _shown_docstrings(path):
        yield docstring, []


def _shown_docstrings(path: Path) -> Iterator[str]:
    """Yield the docstrings that people are shown: helps of commands, descriptions of settings."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            one.annotation is not None and ast.unparse(one.annotation) == "typer.Context"
            for one in node.args.args
        ):
            yield from filter(None, [ast.get_docstring(node)])
        if isinstance(node, ast.ClassDef) and path.is_relative_to(ROOT / "torgsync/core/config"):
            yield from _described(node)


def _described(node: ast.ClassDef) -> Iterator[str]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield cleandoc(after.value.value)


if __name__ == "__main__":
    for _language in LANGUAGES[1:]:
        missing = update(_language)
        for message in missing:
            print(message)  # noqa: T201
        print(f"{_language}: {len(missing)} messages without a translation", file=sys.stderr)  # noqa: T201
