"""Printed commands can be pasted: the words arrive as they were meant."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.shell import command, in_lines, quoted, unescaped

NAMES = (
    "My Prom",
    "її",
    'Наложенный платеж "Нова Пошта"',
    "it's",
    "$HOME `id` \\",
    "a!b",
    "~",
    "=ls",
    "a,b=1",
    "",
    "a\tb!",
    "\x1b[1m\x0b'\u0085",
    "\u202emorP\u2066 \u200f!",
    "caf\udce9.toml",
)
SIGNS = "ab я'\"$`\\!*?[]{}()<>|&;#~=,%^\n\t-“”„’"


def arrived(words: list[str]) -> list[str]:
    """Return the words that a shell passes on; the one that people type into."""
    line = " ".join(quoted(word, powershell=False) for word in words)
    ran = subprocess.run(["/bin/bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    return ran.stdout.decode(errors="surrogateescape").split("\0")[:-1]


def test_words_arrive_as_they_are() -> None:
    """Quotes of both kinds, signs that a shell replaces, and nothing at all."""
    assert arrived(list(NAMES)) == list(NAMES)


@given(st.lists(st.text(SIGNS, min_size=1), min_size=1, max_size=40))
def test_any_words_arrive_as_they_are(words: list[str]) -> None:
    """Whatever a name holds."""
    assert arrived(words) == words


@pytest.mark.parametrize(
    ("word", "posix", "powershell"),
    [
        ("price-1.50", "price-1.50", "price-1.50"),
        ("My Prom", '"My Prom"', '"My Prom"'),
        ("price=311,312", "price=311,312", '"price=311,312"'),
        (r"C:\Torgsoft\a.trs", r"'C:\Torgsoft\a.trs'", r"C:\Torgsoft\a.trs"),
        ("Магазин $1", "'Магазин $1'", "'Магазин $1'"),
        ("Об`єм", "'Об`єм'", "'Об`єм'"),
        ("it's", '"it\'s"', '"it\'s"'),
        ("it's $1", "'it'\"'\"'s $1'", "'it''s $1'"),
        ("„Зоо” $1’", "'„Зоо” $1’'", "'„Зоо” $1’’'"),
        ('Платеж "НП"', "'Платеж \"НП\"'", "'Платеж \\\"НП\\\"'"),
        ("a\tb", "$'a\\tb'", '"a`tb"'),
        ("it's\x1b\n$1!", "$'it\\'s\\033\\n$1\\041'", '"it\'s`u{1b}`n`$1!"'),
        ("a\u202eb", "$'a\\342\\200\\256b'", '"a`u{202e}b"'),
        ("a\ud83d", "$'a\\355\\240\\275'", '"a`u{d83d}"'),
        ('"НП"\t', "$'\"НП\"\\t'", '"\\`"НП\\`"`t"'),
        ('a\\"', "'a\\\"'", "'a\\\\\\\"'"),
    ],
)
def test_quotes_for_each_shell(word: str, posix: str, powershell: str) -> None:
    """Double quotes where nothing in them is special, else single ones as the shell reads them."""
    assert (quoted(word, powershell=False), quoted(word, powershell=True)) == (posix, powershell)


def test_a_whole_command() -> None:
    """An argument that looks like an option comes last; newer PowerShells keep a backslash."""
    assert command("orders list") == "torgsync orders list"
    assert command("payments map", "a b", options="-o X") == 'torgsync payments map "a b" -o X'
    assert command("payments map", "-a b", options="-o X") == 'torgsync payments map -o X -- "-a b"'
    assert unescaped(["map", 'Платеж \\"НП\\"']) == ["map", 'Платеж "НП"']


def test_a_long_command_in_lines() -> None:
    """The shell takes them for one command; an option stays with its value, and names are whole."""
    words = [
        "torgsync",
        "object",
        "add",
        "My Prom",
        "--export",
        "TSGoods.trs",
        "--yes",
        "--photos",
        "a b",
    ]
    text = in_lines(words, 38, powershell=False)
    assert text.splitlines() == [
        'torgsync object add "My Prom" \\',
        "    --export TSGoods.trs --yes \\",
        '    --photos "a b"',
    ]
    ran = subprocess.run(
        ["/bin/sh", "-c", text.replace("torgsync", "printf '%s|'", 1)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split("|")[:-1] == words[1:]
    assert in_lines(words, 40, powershell=True).count("\n") == 0
