"""Updates the catalogs of translations from the sources: `python tests/support/catalogs.py`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from inspect import cleandoc
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from torgsync.i18n import LANGUAGES

ROOT = Path(__file__).parents[2]
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
TEMPLATES = {"_": 1, "_n": 2}
"""How many templates each function takes."""


def template() -> Catalog:
    """Return all messages of the program, in English."""
    catalog = Catalog(project="torgsync", fuzzy=False)
    for pattern, messages_of in (("*.py", _messages), ("templates/*.html", _messages_of_page)):
        for path in sorted((ROOT / "torgsync").rglob(pattern)):
            for texts in messages_of(path):
                place = (path.relative_to(ROOT).as_posix(), 0)
                catalog.add(texts if len(texts) > 1 else texts[0], locations=[place])
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


def compile_catalogs() -> None:
    """Compile the catalogs that are newer than what was made of them when the package was built."""
    for language in LANGUAGES[1:]:
        source = catalog_of(language)
        path = source.with_suffix(".mo")
        if path.exists() and path.stat().st_mtime >= source.stat().st_mtime:
            continue
        with NamedTemporaryFile(dir=path.parent, delete=False) as out:
            write_mo(out, read_catalog(language))
        Path(out.name).replace(path)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages of a catalog without a translation, or with one that is not sure."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: object) -> tuple[str, ...]:
    """Return texts that are one or several; those that are missing are empty."""
    return (
        tuple(str(one or "") for one in string) if isinstance(string, (tuple, list)) else (str(string or ""),)
    )


def _messages(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the templates of a module: one text, or one and the one for many."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TEMPLATES:
            yield tuple(ast.literal_eval(text) for text in node.args[: TEMPLATES[node.func.id]])
    yield from ((docstring,) for docstring in _shown_docstrings(path, tree))


def _messages_of_page(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the templates of a page in the same way."""
    syntax = Environment(autoescape=True).parse(path.read_text("utf-8"))
    for _line, _function, found in extract_from_ast(syntax, tuple(TEMPLATES), babel_style=False):
        yield tuple(map(str, found or ()))


def _shown_docstrings(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings that people are shown: helps of commands, descriptions of settings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            yield from filter(None, [ast.get_docstring(node)])
        if isinstance(node, ast.ClassDef) and path.is_relative_to(ROOT / "torgsync/core/config"):
            yield from _described(node)


def _is_command(node: ast.FunctionDef) -> bool:
    """Return whether a function is a command: it takes the context first, and returns nothing."""
    first = node.args.args[0].annotation if node.args.args else None
    nothing = node.returns is not None and ast.unparse(node.returns) == "None"
    return nothing and first is not None and ast.unparse(first) == "typer.Context"


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
        compile_catalogs()
        print(f"{_language}: {len(missing)} messages without a translation", file=sys.stderr)  # noqa: T201
