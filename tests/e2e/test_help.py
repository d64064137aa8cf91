"""`torgsync help`, and its pages: what they show works, in both languages alike."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from homes import EXAMPLE, Home, SandboxAddress
from pasted import unpasteable
from rich.console import Console
from sessions import steps_of, walk

from torgsync.cli.base.page import LINK, HelpPage
from torgsync.cli.help import PAGES, TOPICS, page_of
from torgsync.core.config.settings import SyncObject
from torgsync.core.config.validation import read_settings
from torgsync.i18n import LANGUAGES

WRITTEN = [
    (language, topic)
    for language in LANGUAGES
    for topic in TOPICS
    if (PAGES / language / f"{topic}.md").exists()
]
"""The pages, by language and topic."""
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
STRUCTURE = re.compile(r"^(#+ |[-*] |\d+\. |\| |```\w*)", re.MULTILINE)
COMMENT = re.compile(r"[ \t]+# .*")
REPLACED = re.compile(r"\b[A-ZА-ЯІЇЄҐ]{2,}\b")
WORD = re.compile(r"[\w]+")


@pytest.fixture
def empty(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A home without anything."""
    return Home.empty(tmp_path, sandbox_server)


@pytest.fixture(params=WRITTEN, ids="/".join)
def text(request: pytest.FixtureRequest) -> str:
    """One page."""
    language, topic = request.param
    return page_of(topic, language)


def commands_of(text: str) -> Iterator[str]:
    """Yield the commands of a page that are shown in blocks and in sentences."""
    for kind, block in FENCE.findall(text):
        if kind in ("sh", "console"):
            yield from (line.removeprefix("$ ") for line in block.splitlines() if "torgsync " in line[:11])
    yield from (code for code in CODE.findall(FENCE.sub("", text)) if code.startswith("torgsync "))


@pytest.mark.slow
@pytest.mark.parametrize("topic", [topic for topic in TOPICS if ("en", topic) in WRITTEN])
def test_a_session_of_a_page_works(topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command in a console block ends as the page says, and prints what is below it."""
    with walk(tmp_path, monkeypatch) as person:
        for step in steps_of(page_of(topic, "en")):
            code, lines = person.run(step.command)
            assert (step.command, code, lines if step.lines else []) == (step.command, step.code, step.lines)


def test_every_command_can_be_pasted(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program would take each command of a page, in the folder of the example shop."""
    monkeypatch.chdir(EXAMPLE)
    shown = [command for command in commands_of(text) if not re.search("COMMAND|КОМАНДА", command)]
    assert not unpasteable(shown, tmp_path)


def test_settings_are_valid(text: str) -> None:
    """Each block in TOML can be put into a sync object."""
    example = tomllib.loads((EXAMPLE / "my-prom.toml").read_text("utf-8"))
    for kind, block in FENCE.findall(text):
        if kind == "toml":
            given: dict[str, Any] = tomllib.loads(block)
            merged = {
                key: {**example.get(key, {}), **value} if isinstance(value, dict) else value
                for key, value in given.items()
            }
            assert isinstance(read_settings({**example, **merged}, lambda _key: 1), SyncObject), block


def test_every_link_is_of_a_page(text: str) -> None:
    """Each link names a page that `torgsync help` shows in the same language."""
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert target.removesuffix(".md") in TOPICS, target
        assert (PAGES / "en" / target).exists(), target


def test_a_page_begins_as_the_list_needs_it(text: str) -> None:
    """The title, then one sentence on what it is about; a page is neither a note nor a book."""
    title, about, _rest = text.split("\n\n", 2)
    assert re.fullmatch(r"# \S[^\n]+", title)
    assert re.fullmatch(r"[^\n]+\.", about)
    assert 40 <= text.count("\n") <= 200


def test_both_languages_say_the_same() -> None:
    """The same topics, headings, rows, commands and names in the same order; only sentences differ."""
    for topic in TOPICS:
        english, *others = (page_of(topic, language) for language in LANGUAGES)
        for other in others:
            assert STRUCTURE.findall(other) == STRUCTURE.findall(english), topic
            assert _names(other) == _names(english), topic
            assert _blocks(other) == _blocks(english), topic
            assert re.findall(r"\]\(([^)]+)\)", other) == re.findall(r"\]\(([^)]+)\)", english), topic


def _names(text: str) -> list[str]:
    """Return what is in backticks in the sentences; words that a person replaces may be in any language."""
    return sorted(REPLACED.sub("X", name) for name in CODE.findall(FENCE.sub("", text)))


def _blocks(text: str) -> list[tuple[str, str]]:
    return [(kind, COMMENT.sub("", block)) for kind, block in FENCE.findall(text)]


@pytest.mark.parametrize("width", [80, 40])
def test_a_terminal_shows_all_of_it(text: str, width: int) -> None:
    """Nothing is cut, and only lines that can be copied are longer than the terminal."""
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(HelpPage(text), crop=False)
    shown = out.getvalue()
    sentences = LINK.sub(r"\1 torgsync help \2", text)
    assert _letters(shown) >= _letters(re.sub(r"^```\w+.*$", "", sentences, flags=re.MULTILINE))
    copied = {line.strip() for _kind, block in FENCE.findall(text) for line in block.splitlines()}
    assert not [
        line for line in shown.splitlines() if len(line.rstrip()) > width and line.strip() not in copied
    ]


def test_a_terminal_breaks_no_word_and_no_command(text: str) -> None:
    """At 80 columns: a percentage, a command and every word of a table stay whole; an address is once."""
    out = StringIO()
    Console(file=out, width=80, color_system=None).print(HelpPage(text), crop=False)
    shown, word = out.getvalue(), re.compile(r"[\w’'-]+")
    known = {*word.findall(LINK.sub(r"\1 torgsync help \2", text))}
    assert known.issuperset(word.findall(shown))
    assert not re.search(r"\d *\n? +%|\([^)]*\(`|(https?://\S+) \(\1", shown.replace(" %", ""))
    assert not re.search(r"`torgsync help *$", shown, re.MULTILINE)


def _letters(text: str) -> int:
    return sum(map(len, WORD.findall(text)))


def test_it_lists_the_topics(empty: Home) -> None:
    """Each with a sentence; a program gets the title too."""
    ran = empty.run("help")
    assert ran.code == 0
    assert all(f"{topic} " in ran.out for topic in TOPICS)
    rows = empty.run("help", "--format", "json").json["topics"]
    assert [row["topic"] for row in rows] == list(TOPICS)
    assert all(row["title"] and row["about"].endswith(".") for row in rows)


def test_it_prints_a_page_as_it_is(empty: Home) -> None:
    """Through a pipe a page is Markdown, in the language of the call; as a document it has its title."""
    for words in (["help", "first-shop"], ["help", "First", "Shop"]):
        assert empty.run(*words).out == page_of("first-shop", "en")
    page = page_of("photos", "uk")
    assert empty.run("--lang", "uk", "help", "photos").out == page
    (row,) = empty.run("help", "photos", "--lang", "uk", "--format", "json").json["topics"]
    assert (row["title"], row["text"]) == (page.split("\n")[0].removeprefix("# "), page)


def test_it_shows_the_help_of_a_command(empty: Home) -> None:
    """By its words; a group lists its commands."""
    usage: Callable[[str], str] = lambda out: re.sub(r"^Usage: \S+ ", "", out)  # noqa: E731
    for words in (["orders", "ship"], ["orders"], ["help"], ["sync"]):
        assert usage(empty.run("help", *words).out) == usage(empty.run(*words, "--help").out)
    assert empty.run("help", "object add").out == empty.run("help", "object", "add").out


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (["frist-shop"], ["torgsync help first-shop"]),
        (["orders", "shp"], ["torgsync help orders ship"]),
        (["sync", "more"], ["torgsync help sync"]),
        (["=x"], ["torgsync help"]),
    ],
)
def test_an_unknown_topic_is_answered_by_the_nearest(empty: Home, words: list[str], hints: list[str]) -> None:
    """As wrong usage, with commands that show what may be meant."""
    ran = empty.run("help", *words)
    assert (ran.code, ran.out) == (64, "")
    lines = [line.strip() for line in ran.err.splitlines()]
    assert all(any(line.endswith(hint) for line in lines) for hint in hints), ran.err


def test_a_page_by_its_title(empty: Home) -> None:
    """The titles of the README are understood in both languages."""
    assert empty.run("help", "Ціни й тексти").out == page_of("prices-and-texts", "en")
    assert empty.run("help", "Export formats").out == page_of("export-formats", "en")
