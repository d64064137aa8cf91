"""What is written shows letters, by whichever way it is written; documents keep what they hold."""

from __future__ import annotations

import io
import json
import sys
import tomllib

import pytest
import tomli_w

from torgsync.cli.base.output import Output
from torgsync.cli.base.streams import SafeStream, escaped, guard_streams, json_text
from torgsync.i18n import verbatim

ODD = "a\x1b]0;x\x07\x9b2J\u202eb\u2066\u200f\x7f\ud83d\r\u2028c\td\n"
SHOWN = "a]0;x2Jb  c\td\n"


def test_streams_are_guarded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a writer that asks them for more, as the csv module and a traceback do; they stay streams."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    guard_streams()
    guard_streams()
    assert isinstance(sys.stdout, SafeStream)
    assert sys.stdout.stream is out
    assert sys.stdout.write(ODD) == len(ODD)
    sys.stderr.writelines([ODD, "e"])
    print(ODD, end="", flush=True)  # noqa: T201
    assert (out.getvalue(), err.getvalue(), sys.stdout.isatty()) == (SHOWN * 2, SHOWN + "e", False)


def test_a_console_keeps_its_own_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text of a styled line has none."""
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    seen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", SafeStream(seen))
    Output().warn(verbatim("a\x1b[32m\u202eb"))
    assert seen.getvalue() == "\x1b[33m! a[32mb\x1b[0m\n"


def test_lines_are_our_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A line end inside a text begins no line; a hint may have several."""
    output = Output()
    output.notify(verbatim("a\nb\x85c"))
    output.print(verbatim("d\r\ne"))
    output.hint(verbatim("f\n  g"))
    assert capsys.readouterr() == ("d e\n", "a b c\nhint: f\n  g\n")


def test_documents_keep_everything() -> None:
    """JSON and TOML have escapes, and what is readable stays readable."""
    document = {"їжа": ODD, "n": [ODD]}
    text = json_text(document)
    assert json.loads(text) == document
    assert '"їжа": "a\\u001b' in text
    assert "\\ud83d" in text
    settings = {"name": ODD.replace("\ud83d", "")}
    assert tomllib.loads(escaped(tomli_w.dumps(settings))) == settings
    assert "\u202e" not in escaped(tomli_w.dumps(settings))
