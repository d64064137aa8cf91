"""`torgsync sync`, the whole program against the sandbox on a real socket."""

from __future__ import annotations

from homes import Home


def test_a_first_sync_fills_the_shop_and_a_second_sends_no_write(home: Home) -> None:
    """The shop equals the export after one run, and nothing is left to send."""
    first = home.run("sync", "--yes", "--format", "json")
    assert (first.code, first.err.count("Traceback")) == (0, 0)
    assert {outcome["state"] for outcome in first.json["outcomes"]} == {"done"}
    assert len(home.market.products()) == 39

    home.market.log.clear()
    second = home.run("sync", "--yes", "--format", "json")
    assert second.code == 0
    assert home.writes() == []
    assert second.json["counts"]["unchanged"] == 39
