"""The language of a call, and of what a sync object's people read later."""

from __future__ import annotations

from contextlib import suppress

import pytest

from torgsync.cli.base.language import speaking, unattended_language
from torgsync.i18n import _, translated

WORD = _("it is not UTF-8 text")


@pytest.mark.parametrize(
    ("chosen", "environment", "language"),
    [
        ("en", {}, "en"),
        ("en", {"TORGSYNC_LANG": "uk"}, "en"),
        (None, {"TORGSYNC_LANG": "en"}, "en"),
        (None, {"TORGSYNC_LANG": "de"}, "uk"),
        (None, {"LANG": "en_US.UTF-8"}, "uk"),
        (None, {}, "uk"),
    ],
)
def test_unattended_language(chosen: str | None, environment: dict[str, str], language: str) -> None:
    """A sync object's people read its language; of the environment only our own variable counts."""
    assert unattended_language(chosen, environment) == language


def test_speaking_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block speaks the language of a sync object, also one in another; after it all is as before."""
    monkeypatch.delenv("TORGSYNC_LANG", raising=False)
    said = [translated(WORD)]
    with speaking(None):
        said.append(translated(WORD))
        with suppress(RuntimeError), speaking("en"):
            said.append(translated(WORD))
            raise RuntimeError
        said.append(translated(WORD))
    said.append(translated(WORD))
    assert said[0] == said[2] == said[4] == "it is not UTF-8 text"
    assert said[1] == said[3] != said[0]
