"""What Typer's library says of a command line, as sentences of this program."""

from __future__ import annotations

import pytest

from torgsync.cli.base.usage import usage_message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "No such option: --token (Possible options: --api-key)",
            "no such option: --token; possible options: --api-key",
        ),
        ("No such option: --hom Did you mean --home?", "no such option: --hom; possible options: --home"),
        ("No such option: --hom", "no such option: --hom"),
        ("No such command 'synch'.", "no such command 'synch'"),
        ("Missing option '--every'.", "missing option '--every'"),
        ("Missing argument 'METHOD'.", "missing argument 'METHOD'"),
        ("Got unexpected extra argument (x)", "these words are too many: x"),
        ("Got unexpected extra argument(s) (x y)", "these words are too many: x y"),
        ("Option '--show' requires an argument.", "option '--show' needs a value"),
        ("Option '--yes' does not take a value.", "option '--yes' does not take a value"),
        (
            (
                "Invalid value for '--fill' (env var: 'TORGSYNC_SANDBOX_FILL'): "
                "Input should be a valid integer, unable to parse string as an integer"
            ),
            "invalid value for '--fill' (env var: 'TORGSYNC_SANDBOX_FILL'): this is not a whole number",
        ),
        (
            "Invalid value for '--fill': Input should be greater than or equal to 0",
            "invalid value for '--fill': it must be 0 or more",
        ),
        (
            "Invalid value for '--from': 'now' does not match the formats '%Y-%m-%d', '%d.%m.%Y'.",
            "invalid value for '--from': 'now' is not a day such as 2026-11-30 or 30.11.2026",
        ),
        (
            "Invalid value for '--photos': Directory 'x' does not exist.",
            "invalid value for '--photos': `x` does not exist",
        ),
        ("Invalid value for '--x': Something else", "invalid value for '--x': Something else"),
        ("Something else.", "something else"),
    ],
)
def test_what_is_wrong(said: str, shown: str) -> None:
    """Known sentences are said in our words, which have translations; others stay as they are."""
    assert usage_message(said) == shown
