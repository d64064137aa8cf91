"""What pastes printed commands notices those that cannot be pasted."""

from __future__ import annotations

from pathlib import Path

from pasted import printed_commands, unpasteable


def test_commands_are_found_in_what_is_printed() -> None:
    """In backticks, at the end of a line, and in the texts of a document."""
    text = "see `torgsync orders list`, then: torgsync sync -o X\nupdate torgsync; made by torgsync 1.0"
    text = f"Usage: torgsync orders [OPTIONS] COMMAND [ARGS]...\n{text}"
    assert list(printed_commands(text)) == ["torgsync orders list", "torgsync sync -o X"]
    document = '{"error": {"hint": "torgsync update --out \\"a b\\""}}'
    assert list(printed_commands(document)) == ['torgsync update --out "a b"']


def test_what_cannot_be_pasted_is_noticed(tmp_path: Path) -> None:
    """Broken quotes, words too many, unknown commands and options; one of these spoils no other."""
    good = ["torgsync sync -o X", "torgsync object adopt X --format csv > a.csv", "torgsync rollback RUN"]
    good += ["torgsync --help", "torgsync payments map --help"]
    bad = [
        'torgsync payments map "a "b c" d"',
        'torgsync sync -o "X',
        "torgsync sync -o My Prom",
        "torgsync orders lsit",
        "torgsync orders lsit --help",
        "torgsync sync --alow x",
        "torgsync sync -o X (then wait)",
    ]
    assert list(unpasteable([*bad, *good], tmp_path)) == bad
