"""Names, docstrings and comments use the field's words (docs/developers/glossary.md)."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from tokenize import TokenInfo

import catalogs
from babel.messages.catalog import Message

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("torgsync", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "data" not in path.parts and path != Path(__file__)
)
PAGES = [ROOT / "README.md", ROOT / "examples/README.md", *(ROOT / "torgsync/docs/en").glob("*.md")]
IN_NAMES = frozenset(
    "tell tells told telling lead leads led anew beside besides house room floor road desk shelf brake ears "
    "trip trips dark stir lasting sister sisters manners utils helpers "
    "settle settles settled settling terms".split()
)
IN_PROSE = re.compile(
    r"\b(tells?|told|telling|leads?|led|anew|besides?|house|rooms?|floors?|roads?|desks?|shel(?:f|ves)|brakes?"
    r"|ears|trips?|dark|stirs?|lasting|sisters?|manners?|settl(?:e[sd]?|ing)|(?<!in )terms|nobody|somebody"
    r"|none of ours|(?:takes?|taken|took|taking) out|call(?:s|ed)? off|(?:stands?|stood|lies|lay) "
    r"(?:in|at|on|there|under))\b",
    re.IGNORECASE,
)
IN_SHOP = re.compile(r"\b(?:cards?|(?:an?|and|by|its|the|their|these) marks?)\b", re.IGNORECASE)
"""Content and row hash; elsewhere a card is a buyer's or a page's, and a mark one of a text."""
SHOP = re.compile(r"/(core/plan|state/shop|jobs/(catalog|p))")
ONLY_IN_CODE = re.compile(r"(?<!\{)\bslugs?\b", re.IGNORECASE)
"""People read of a short name."""
LONGEST = 400
ALLOWED = re.compile(r"`[^`]*`|\"[^\"]*\"|«[^»]*»|--\w[\w-]*|\[\w+\]")
"""What is quoted is a message, a key or another program's word."""
TECHNICAL = re.compile(r"(?<!\w)dark(?!\w)|\.tell\b|\b(?:sisters|anew|settled)=")
"""The browser's colour scheme, the position of a file, and keys of a published JSON schema."""
STANDARD_LIBRARY = frozenset({"ROUND_FLOOR", "tell", "utils"})


def own_words(path: Path, source: str, tokens: Iterable[TokenInfo]) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and comments of a file, with their lines, but those that people are shown."""
    tree = ast.parse(source)
    messages = list(shown_docstrings(path, tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node not in messages:
            yield node.lineno, str(node.value.value)
    for token in tokens:
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def shown_docstrings(path: Path, tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the docstrings that are messages: the help of commands and the descriptions of settings."""
    settings = path.is_relative_to(ROOT / "torgsync/core/config")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            argument.annotation is not None and ast.unparse(argument.annotation) == "typer.Context"
            for argument in node.args.args
        ):
            yield node.body[0]
        elif settings and isinstance(node, ast.ClassDef):
            yield from (line for line in node.body if isinstance(line, ast.Expr))


def names(tokens: Iterable[TokenInfo]) -> Iterator[tuple[int, str]]:
    """Yield the names that a file defines or uses, with their lines, but the technical words."""
    for token in tokens:
        (_, start), (_, end) = token.start, token.end
        in_line = token.line[max(start - 1, 0) : end + 1]
        if token.type == tokenize.NAME and not (
            token.string in STANDARD_LIBRARY or TECHNICAL.search(in_line)
        ):
            yield token.start[0], token.string


def words(text: str) -> set[str]:
    """Return the words of a text, also those within names."""
    return {word.lower() for word in re.findall(r"[A-Za-z][a-z]*", text)}


def hits(path: Path) -> list[str]:
    """Return the places of a file that use another word."""
    source = path.read_text("utf-8")
    in_shop = bool(SHOP.search(path.as_posix()))
    in_names = IN_NAMES | {"card", "cards"} if in_shop else IN_NAMES
    in_prose = (IN_PROSE, IN_SHOP) if in_shop else (IN_PROSE,)
    if not (in_names & words(source) or any(banned.search(source) for banned in in_prose)):
        return []  # nearly every file, without parsing it
    tokens = list(tokenize.generate_tokens(StringIO(source).readline))
    named = names(tokens) if in_names & words(source) else ()
    found = [f"{line}: {name}" for line, name in named if in_names & words(name)]
    if not any(banned.search(source) for banned in in_prose):
        return found
    return found + [
        f"{line}: {match[0]}"
        for line, text in own_words(path, source, tokens)
        for banned in in_prose
        if (match := banned.search(ALLOWED.sub("", text)))
    ]


def test_words_of_the_field() -> None:
    """A reader who knows the field's tools needs no glossary for a name or a docstring."""
    found = {str(path.relative_to(ROOT)): places for path in FILES if (places := hits(path))}
    assert not found


def test_a_class_name_exists_once() -> None:
    """Wherever a class is spoken of, it is clear which one is meant."""
    places: dict[str, list[str]] = {}
    for path in FILES:
        if "torgsync" in path.relative_to(ROOT).parts[:1]:
            for name in re.findall(r"^ *class _*(\w+)[(:]", path.read_text("utf-8"), re.MULTILINE):
                places.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert not {name: where for name, where in places.items() if len(where) > 1}


def test_words_of_the_field_in_sentences_and_pages() -> None:
    """What people read is in the same words; `--manner` is an option of the sandbox."""
    texts = [text for message in catalogs.template() for text in sentences(message)]
    texts += [page.read_text("utf-8") for page in PAGES]
    found = [word for text in texts for word in IN_PROSE.findall(ALLOWED.sub("", text))]
    assert [word for word in found if not word.lower().startswith("manner")] == []
    assert [text for text in texts if ONLY_IN_CODE.search(text)] == []


def sentences(message: Message) -> tuple[str, ...]:
    """Return the templates of a message."""
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (message.id,)


def test_modules_are_read_at_a_glance() -> None:
    """No module is longer than `LONGEST` lines, and no folder has more than twenty."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "torgsync").rglob("*.py")
        if (count := path.read_text("utf-8").count("\n")) > LONGEST and "schema" not in path.parts
    }
    full = [
        str(folder.relative_to(ROOT))
        for folder in (ROOT / "torgsync").rglob("*")
        if folder.is_dir() and len(list(folder.glob("*.py"))) > 20
    ]
    assert not long
    assert not full
