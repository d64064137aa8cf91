"""Long sentences in lines that fit: words stay whole, and so does what can be pasted."""

from __future__ import annotations

import pytest

from torgsync.cli.base.output import wrapped
from torgsync.cli.base.render import cell


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("two words that do not fit", ["two words that do", "    not fit"]),
        ("a name in `Крем для рук`", ["a name in", "    `Крем для рук`"]),
        ("a long `Крем для рук ягідний`", ["a long `Крем для рук", "    ягідний`"]),
        (
            "run `torgsync fields add-all -o my-prom.toml` now",
            ["run", "    `torgsync fields add-all -o my-prom.toml`", "    now"],
        ),
        ("hint: torgsync payments fetch -o x", ["hint:", "    torgsync payments fetch -o x"]),
        ("if it is right: --allow price=26901", ["if it is right:", "    --allow price=26901"]),
        ('write api_key = { env = "NAME" }', ["write", '    api_key = { env = "NAME" }']),
        ('or extra_columns = ["…", "…"]', ["or", '    extra_columns = ["…", "…"]']),
        (
            "go on with:\n  torgsync sync --only goods -o x",
            ["go on with:", "  torgsync sync --only goods -o x"],
        ),
        ("well-known-words-with-hyphens", ["well-known-words-with-hyphens"]),
    ],
)
def test_a_sentence_in_lines(text: str, lines: list[str]) -> None:
    """What goes on is indented; a command or a setting is never broken, even where it does not fit."""
    assert wrapped(text, 20, more="    ") == lines


def test_an_indented_sentence() -> None:
    """Its first line is indented as well."""
    assert wrapped("a sentence to indent", 12, "   ", "  ") == [
        "   a",
        "     sentence",
        "     to",
        "     indent",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        ("", "–"),
        (True, "yes"),
        (12, "12"),
        (("two", "lines  of", "our\nown"), "two\nlines  of\nour own"),
        ("1\u00a0713\x0b\u202egrn\x1b[31m", "1 713 grn[31m"),
    ],
)
def test_a_cell_steers_no_terminal(value: object, shown: str) -> None:
    """Invisible signs are left out, lines are our own; nothing is a dash."""
    assert cell(value) == shown
