"""`torgsync demo`: a complete synchronisation in one command."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from homes import Home, SandboxAddress

from torgsync.sandbox.quirks import Quirks


def test_the_demo(tmp_path: Path, sandbox_server: SandboxAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends well, fits 80 columns, asks nothing, leaves nothing behind, and needs no other marketplace."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr("torgsync.demo.story.Quirks", lambda **_: Quirks(import_seconds=0))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TORGSYNC_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("TORGSYNC_STATE", f"sqlite:///{tmp_path / 'own.db'}")
    shown = Home(tmp_path / "home", tmp_path, sandbox_server).run("demo", stdin="")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["temporary"]
    assert shown.code == 0
    assert "Traceback" not in shown.out + shown.err
    assert list((tmp_path / "temporary").iterdir()) == []
    assert sandbox_server.shop.log.records() == []
    commands = [line.split()[2] for line in shown.lines if line.startswith("$ torgsync ")]
    assert commands == [
        *("object", "payments", "payments", "payments", "payments", "fields", "fields", "fields"),
        *("photos", "photos"),
        *("update", "sync", "update", "update", "sync", "update"),
        *("sync", "orders", "clients", "payments"),
    ]
    assert "40 items with 52 photos; 2 without a photo" in shown.lines
    assert shown.lines.count("no changes are pending") == 2
    assert "Done: 39 changes are on Prom.ua (" in shown.out
    assert "orders: 1 new, 0 changed, 1 file for Torgsoft in the outbox" in shown.lines
    assert shown.lines[-2:] == [
        "# That was all: 39 products are for sale, as in the export. Nothing was left",
        "behind.",
    ]
    tables = [line for line in shown.lines if line[:1] in "+~-" and not line.startswith("$")]
    assert max(map(len, tables)) <= 80


_NAMES = "shop example UA My Prom Torgsoft TSGoods UAH TRS CSV trs ua utf http id email red SL"
NAMES = frozenset(_NAMES.split())
"""Names, and words of the export."""
KEYS = frozenset("catalog format delimiter header description".split())


@pytest.mark.slow
def test_the_demo_in_ukrainian(
    tmp_path: Path, sandbox_server: SandboxAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No word of it is English but in commands, addresses, keys and names."""
    monkeypatch.setattr("torgsync.demo.story.Quirks", lambda **_: Quirks(import_seconds=0))
    shown = Home(tmp_path / "home", tmp_path, sandbox_server).run("demo", "--lang", "uk", stdin="")
    assert shown.code == 0
    text = re.sub(r"`[^`]*`|torgsync [a-z](?:[^\n\\]|\\\n?)*|https?://\S+", "", shown.out + shown.err)
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= NAMES | KEYS
